"""What comes after this period: the rest solved again, period after period, with what came before delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from roadwright.domain.optimization import RunStatus
from roadwright.optimize.constraints import ExcludeInitiative, Mandatory
from roadwright.optimize.model.constraint import Constraint
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.solver.highs import CancelSignal
from roadwright.optimize.solving import SolveOptions, solve

SECONDS_A_PERIOD = 5.0
PINNED = "pinned {key}"
"""The id of a rule that puts an initiative into its period: with a blank, so that no row of a workspace has it."""


@dataclass(frozen=True, slots=True)
class LaterPeriod:
    """What is chosen for a period. `is_answered` is False where the rules can't be met or the time was up."""

    period: str
    selected: Sequence[str]
    tokens: float
    is_answered: bool


def later_periods(
    problem: Problem,
    taken: Sequence[str],
    periods: Sequence[str],
    pinned: Mapping[str, str],
    *,
    found: Callable[[LaterPeriod], None],
    cancel: CancelSignal | None = None,
) -> None:
    """Tell what each period would choose of what is left.

    Only rules that hold beyond their period are kept, and no targets. `pinned` puts initiatives into a period: they are
    chosen there, and not before.
    """
    delivered = set(taken)
    lasting = tuple(rule for rule in problem.constraints if rule.holds_later)
    for place, period in enumerate(periods):
        if cancel is not None and cancel.is_set():
            return
        rest = tuple(candidate for candidate in problem.candidates if candidate.key not in delivered)
        sized = frozenset(candidate.key for candidate in rest if candidate.tokens is not None)
        solution = solve(
            problem.changed(
                candidates=rest,
                constraints=(*_without_pinned(lasting, pinned), *_pins(sized, periods[place:], pinned)),
                targets=(),
                delivered=problem.delivered | delivered,
            ),
            SolveOptions(time_limit=SECONDS_A_PERIOD, diagnose=False),
            cancel=cancel,
        )
        if cancel is not None and cancel.is_set():
            return
        is_answered = solution.status in (RunStatus.OPTIMAL, RunStatus.FEASIBLE)
        found(LaterPeriod(period, tuple(solution.selected), solution.tokens_used or 0.0, is_answered))
        delivered |= set(solution.selected)


def _without_pinned(rules: Sequence[Constraint], pinned: Mapping[str, str]) -> list[Constraint]:
    """The rules without those that keep out what a person has put into a later period."""
    return [rule for rule in rules if rule.forbids not in pinned]


def _pins(keys: frozenset[str], periods: Sequence[str], pinned: Mapping[str, str]) -> list[Constraint]:
    now, *others = periods
    found: list[Constraint] = []
    for key, period in sorted(pinned.items()):
        if key in keys and period == now:
            found.append(Mandatory(id=PINNED.format(key=key), dimension_key=key, reason=period))
        elif key in keys and period in others:
            found.append(ExcludeInitiative(id=PINNED.format(key=key), dimension_key=key, reason=period))
    return found

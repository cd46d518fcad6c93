"""The best value at each capacity, step by step: first a rough curve, then its missing steps, the nearest first.

A portfolio that is best with some capacity stays the best one down to the tokens that it uses, so each solve gives the
exact left end of a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from roadwright.domain.decimals import as_float, exact
from roadwright.domain.optimization import RunStatus
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.solution import Solution
from roadwright.optimize.solver.highs import CancelSignal
from roadwright.optimize.solving import SolveOptions, solve

SECONDS_A_STEP = 5.0
ROUGH_STEPS = 24
MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class CapacityStep:
    """From `tokens` on `value` can be reached (the last stage's, where there are several), and not below.

    `value` is None where the rules can't be met: `tokens` is then the most that was tried. `is_exact` says whether
    nothing between this step and the one below it is missing.
    """

    tokens: float
    value: float | None
    count: int
    is_exact: bool


def worth(solution: Solution) -> float | None:
    """What an answer is worth: the objective's value, of several stages the last one's; None without an answer."""
    value = solution.objective_value
    if isinstance(value, list):
        return value[-1].final if value else None
    return value


def value_by_capacity(
    problem: Problem, most: float, *, found: Callable[[CapacityStep], None], cancel: CancelSignal | None = None
) -> None:
    """Tell the steps of the curve up to a capacity as they are found; a step is told again once it is exact."""
    unit = _unit(problem)
    steps: dict[Fraction, CapacityStep] = {}

    def solved_at(capacity: Fraction) -> CapacityStep | None:
        if cancel is not None and cancel.is_set():
            return None
        options = SolveOptions(time_limit=SECONDS_A_STEP, diagnose=False)
        solution = solve(problem.changed(capacity=as_float(capacity)), options, cancel=cancel)
        if solution.status is RunStatus.INFEASIBLE:
            return CapacityStep(as_float(capacity), None, 0, True)
        value = worth(solution)
        if solution.status is not RunStatus.OPTIMAL or value is None or solution.tokens_used is None:
            return None
        return CapacityStep(solution.tokens_used, value, len(solution.selected), False)

    def take(capacity: Fraction) -> CapacityStep | None:
        step = solved_at(capacity)
        if step is not None and exact(step.tokens) not in steps:
            steps[exact(step.tokens)] = step
            found(step)
        return step

    here, top = exact(problem.capacity), exact(most)
    lowest_failed = Fraction(-1)
    for capacity in _rough(here, top):
        if capacity <= lowest_failed:
            continue
        step = take(capacity)
        if step is None and cancel is not None and cancel.is_set():
            return
        if step is not None and step.value is None:
            lowest_failed = max(lowest_failed, capacity)
    for tokens in _missing(steps, here, unit, take, cancel):
        steps[tokens] = CapacityStep(steps[tokens].tokens, steps[tokens].value, steps[tokens].count, True)
        found(steps[tokens])


def _rough(here: Fraction, top: Fraction) -> list[Fraction]:
    """Capacities all over the range, those around the present one first."""
    spread = [top * number / ROUGH_STEPS for number in range(1, ROUGH_STEPS + 1)]
    return sorted({here, *spread}, key=lambda capacity: (abs(capacity - here), capacity))


def _missing(
    steps: dict[Fraction, CapacityStep],
    here: Fraction,
    unit: Fraction,
    take: Callable[[Fraction], CapacityStep | None],
    cancel: CancelSignal | None,
) -> Iterator[Fraction]:
    """Fill in what is missing below each step, the ones around the present capacity first; yields what is exact."""
    waiting = [tokens for tokens, step in steps.items() if step.value is not None]
    tried = 0
    while waiting and tried < MOST_STEPS and not (cancel is not None and cancel.is_set()):
        tokens = min(waiting, key=lambda one: (abs(one - here), one))
        waiting.remove(tokens)
        if tokens <= 0:
            yield tokens
            continue
        tried += 1
        below = take(tokens - unit)
        if below is None:
            continue
        yield tokens
        left = exact(below.tokens)
        if below.value is not None and not steps[left].is_exact and left not in waiting and left != tokens:
            waiting.append(left)


def _unit(problem: Problem) -> Fraction:
    """The least by which the tokens of two portfolios differ."""
    amounts = [exact(candidate.tokens) for candidate in problem.candidates if candidate.tokens is not None]
    return Fraction(1, lcm(*(amount.denominator for amount in amounts)) if amounts else 1)

"""Why a problem has no answer: a smallest set of rows that can't be met together.

Found by leaving out: first large blocks of rows, then smaller ones, at last single rows. A block is left out only where
the rest is *proved* to have no answer, so what remains never has one; it is minimal where leaving out each single row
of it was shown to give an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic

from roadwright.optimize.engine import Cancel, End, contradicting_rows
from roadwright.optimize.evaluate import Evaluation, evaluate
from roadwright.optimize.matrix import Model
from roadwright.optimize.stages import Search
from roadwright.optimize.steps import Step
from roadwright.optimize.systems import part, rule_ids
from roadwright.optimize.whole import WholeCost


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that can't be met together; `is_minimal` where dropping any one of them is shown to leave an answer."""

    rules: list[str]
    is_minimal: bool


@dataclass
class _Oracle:
    """Whether some rules can be met together: True, False (both proved), or None where the time was too short."""

    model: Model
    deadline: float | None
    cancel: Cancel | None
    met: list[frozenset[str]] = field(default_factory=list)
    """For each portfolio found so far the rules that it breaks."""

    def can_be_met(self, rules: list[str]) -> bool | None:
        wanted = frozenset(rules)
        if any(not wanted & broken for broken in self.met):
            return True
        search = Search(self.model, part(self.model, wanted), self.deadline, self.cancel)
        result = search.minimise(
            Step("feasibility", WholeCost([0] * self.model.width, Fraction(1)), lambda _: Fraction(0))
        )
        if result.evaluation is not None:
            self.remember(result.evaluation)
            return True
        return False if result.end is End.INFEASIBLE else None

    def remember(self, evaluation: Evaluation) -> None:
        self.met.append(frozenset(one.id for one in evaluation.violations if not one.is_rounding))


def find_conflict(model: Model, *, deadline: float | None = None, cancel: Cancel | None = None) -> Conflict | None:
    """A minimal set of rules that can't be met together, or None where it can't be shown that all of them can't.

    With a deadline (of `time.monotonic`) or a cancel the set may be larger than necessary, and says so.
    """
    oracle = _Oracle(model, deadline, cancel)
    oracle.remember(evaluate(model, []))
    oracle.remember(evaluate(model, model.universe.place))
    rules = _first_guess(model, oracle) or rule_ids(model)
    if oracle.can_be_met(rules) is not False:
        return None
    proved = True
    size = len(rules)
    while size:
        size = max(1, size // 2)
        at = 0
        while at < len(rules):
            rest = rules[:at] + rules[at + size :]
            verdict = oracle.can_be_met(rest)
            if verdict is False:
                rules = rest
            else:
                proved = proved and (verdict is True or size > 1)
                at += size
        if size == 1:
            break
    return Conflict(rules, proved)


def _first_guess(model: Model, oracle: _Oracle) -> list[str] | None:
    """A small set that is proved to have no answer, where the contradiction shows in fractions already."""
    seconds = None if oracle.deadline is None else max(0.0, oracle.deadline - monotonic())
    rows = contradicting_rows(model.linear, seconds)
    if rows is None:
        return None
    blamed = {model.owners[row] for row in rows}
    rules = [rule for rule in rule_ids(model) if rule in blamed]
    return rules if oracle.can_be_met(rules) is False else None

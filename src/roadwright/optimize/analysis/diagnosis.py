"""Why a problem has no answer: a minimal set of rows that can't be met together, and the cheapest repair.

The conflict is found by leaving out rows: first large blocks, then smaller ones, at last single rows. A block is left
out only where the rest is *proved* to have no answer, so what remains never has one; it is minimal where leaving out
each single row of it was shown to give an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic

from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import CAPACITY_ID, RunStatus
from roadwright.optimize.analysis.repair import RepairPlan, RuleChange, find_repair, repaired
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.numbers import WholeCost
from roadwright.optimize.model.objective import plan as objective_plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.solution import ConflictRow, Diagnosis, Repair, RepairChange
from roadwright.optimize.model.targets import demand_of
from roadwright.optimize.solver.highs import CancelSignal, SearchEnd, contradicting_rows
from roadwright.optimize.solver.portfolio import best_portfolio
from roadwright.optimize.solver.search import Search
from roadwright.optimize.solver.steps import SolveStep, part, rule_ids


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that can't be met together; `is_minimal` where dropping any one of them is shown to leave an answer."""

    rules: list[str]
    is_minimal: bool


@dataclass
class _Oracle:
    """Whether some rules can be met together: True, False (both proved), or None where the time was too short."""

    model: PortfolioModel
    deadline: float | None
    cancel: CancelSignal | None
    met: list[frozenset[str]] = field(default_factory=list)
    """For each portfolio found so far the rules that it breaks."""

    def can_be_met(self, rules: list[str]) -> bool | None:
        wanted = frozenset(rules)
        if any(not wanted & broken for broken in self.met):
            return True
        search = Search(self.model, part(self.model, wanted), self.deadline, self.cancel)
        result = search.minimise(
            SolveStep("feasibility", WholeCost([0] * self.model.width, Fraction(1)), lambda _: Fraction(0))
        )
        if result.evaluation is not None:
            self.remember(result.evaluation)
            return True
        return False if result.end is SearchEnd.INFEASIBLE else None

    def remember(self, evaluation: Evaluation) -> None:
        self.met.append(frozenset(one.id for one in evaluation.violations if not one.is_rounding))


def find_conflict(
    model: PortfolioModel, *, deadline: float | None = None, cancel: CancelSignal | None = None
) -> Conflict | None:
    """A minimal set of rules that can't be met together, or None where it can't be shown that all of them can't.

    With a deadline (of `time.monotonic`) or a cancel the set may be larger than necessary, and says so.
    """
    oracle = _Oracle(model, deadline, cancel)
    oracle.remember(evaluate(model, []))
    oracle.remember(evaluate(model, model.index.columns))
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


def _first_guess(model: PortfolioModel, oracle: _Oracle) -> list[str] | None:
    """A small set that is proved to have no answer, where the contradiction shows in fractions already."""
    seconds = None if oracle.deadline is None else max(0.0, oracle.deadline - monotonic())
    rows = contradicting_rows(model.linear, seconds)
    if rows is None:
        return None
    blamed = {model.owners[row] for row in rows}
    rules = [rule for rule in rule_ids(model) if rule in blamed]
    return rules if oracle.can_be_met(rules) is False else None


CONFLICT_UNTIL, REPAIR_UNTIL = 0.4, 0.8
"""The shares of the time after which conflict and repair must be done; the portfolio after the repair has the rest."""


def diagnose(problem: Problem, *, seconds: float | None = 30.0, cancel: CancelSignal | None = None) -> Diagnosis:
    """A minimal conflict and the cheapest repair of a problem that has no answer, within some seconds (None: any time).

    A problem that has an answer gets an empty conflict and no repair. What was not proved in time says so.
    """
    return diagnose_model(PortfolioModel.of(problem), seconds=seconds, cancel=cancel)


def diagnose_model(model: PortfolioModel, *, seconds: float | None, cancel: CancelSignal | None) -> Diagnosis:
    """`diagnose` for a model that has been built already."""
    began = monotonic()

    def until(share: float) -> float | None:
        return None if seconds is None else began + share * seconds

    conflict = find_conflict(model, deadline=until(CONFLICT_UNTIL), cancel=cancel)
    if conflict is None:
        return Diagnosis([], False, None, notice("no_conflict_found"))
    plan = find_repair(model, deadline=until(REPAIR_UNTIL), cancel=cancel)
    selected = [] if plan is None else _portfolio(model, plan, until(1.0), cancel)
    return Diagnosis(
        conflict=[ConflictRow(rule, demand_of(model.problem, rule)) for rule in conflict.rules],
        conflict_minimal=conflict.is_minimal,
        repair=None if plan is None else _repair(model, plan, selected),
        said=_open_points(conflict, plan),
    )


def _portfolio(
    model: PortfolioModel, plan: RepairPlan, deadline: float | None, cancel: CancelSignal | None
) -> list[str]:
    """The selection after the changes: what `solve` finds for the repaired problem, if there is time to find it."""
    after = PortfolioModel.of(repaired(model.problem, plan.changes))
    answer = best_portfolio(Search(after, deadline=deadline, cancel=cancel), objective_plan(after).stages)
    best = answer.best if answer.status is RunStatus.OPTIMAL and answer.best is not None else plan.best
    return list(best.selected)


def _repair(model: PortfolioModel, plan: RepairPlan, selected: list[str]) -> Repair:
    changes = []
    for change in plan.changes:
        moved = (change.id, change.field, change.before, change.after, change.cost)
        changes.append(RepairChange(*moved, _change_words(change, demand_of(model.problem, change.id))))
    return Repair(changes, plan.cost, plan.is_proved, selected)


def _change_words(change: RuleChange, demand: Message) -> Message:
    if change.field is None:
        return notice("drop_row", rule=change.id, demand=demand)
    code = "change_capacity" if change.id.split(":")[0] == CAPACITY_ID else "change_row"
    moved = {"before": change.before, "after": change.after}
    return notice(code, rule=change.id, field=change.field, demand=demand, **moved)


def _open_points(conflict: Conflict, plan: RepairPlan | None) -> Message:
    """What the time was too short for."""
    parts = [] if conflict.is_minimal else [notice("conflict_not_minimal")]
    if plan is None:
        parts.append(notice("no_repair_found"))
    elif not plan.is_proved:
        parts.append(notice("repair_not_proved"))
    return notice("several_points", parts=parts)

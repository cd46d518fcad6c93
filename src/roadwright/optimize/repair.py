"""The cheapest change of the rules that leaves an answer, and the portfolio it gives.

Every rule may be broken at its price (see `roadwright.optimize.elastic`). What the cheapest portfolio breaks is what
has to be changed; among equals the one with the better objective wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from roadwright.domain.optimization import CAPACITY_ID, capacity_id
from roadwright.optimize.elastic import Elastic, broken_rules
from roadwright.optimize.engine import Cancel, End
from roadwright.optimize.evaluate import Evaluation, Violation
from roadwright.optimize.exact import ROUNDING, as_float, exact
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import plan
from roadwright.optimize.problem import Constraint, Problem, Target
from roadwright.optimize.stages import Search
from roadwright.optimize.steps import is_proved
from roadwright.optimize.tie_break import stage_step

NODES_AMONG_EQUALS = 500
"""Branch-and-bound nodes for the best objective among repairs that cost the same."""
REPAIR_ROUNDING = 10 * ROUNDING
"""The elastic rows start from limits that hold what counts as rounding, each: costs may differ by so much."""
Row = TypeVar("Row", Constraint, Target)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a field of a row from a number to another, or (`field` None) the row dropped."""

    id: str
    field: str | None
    before: float | None
    after: float | None
    cost: float


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """The changes, their total cost, whether no cheaper ones exist for sure, and the portfolio they give."""

    changes: list[Change]
    cost: float
    is_proved: bool
    best: Evaluation


def find_repair(model: Model, *, deadline: float | None = None, cancel: Cancel | None = None) -> RepairPlan | None:
    """The cheapest changes of rules after which there is an answer, or None where the time was too short for any."""
    elastic = Elastic(model)
    search = Search(model, elastic.system(), deadline, cancel)
    step = elastic.step()
    result = search.minimise(step, gap=as_float(ROUNDING), slack=REPAIR_ROUNDING)
    if result.evaluation is None:
        return None
    best = result.evaluation
    proved = is_proved(step, result, REPAIR_ROUNDING)
    search.hold(step, step.cost(best))
    best = _best_among_equals(search, model, best)
    changes = [_change(model.problem, elastic, one) for one in broken_rules(best)]
    return RepairPlan(changes, as_float(elastic.cost(best)), proved, best)


def _best_among_equals(search: Search, model: Model, best: Evaluation) -> Evaluation:
    """The better objective at the same cost, as far as some nodes show."""
    for stage in plan(model).stages:
        step = stage_step(model, stage)
        result = search.minimise(step, nodes=NODES_AMONG_EQUALS, start=best)
        if result.evaluation is not None and step.cost(result.evaluation) < step.cost(best):
            best = result.evaluation
        if result.end is not End.PROVED:
            break
        search.hold(step, step.cost(best), stage.tolerance)
    return best


def _change(problem: Problem, elastic: Elastic, violation: Violation) -> Change:
    price = elastic.price_of(violation)
    cost = as_float(price.cost(violation.amount))
    if price.field is None or not price.is_moved(violation.amount):
        return Change(violation.id, None, None, None, cost)
    before = _number(problem, violation.id, price.field)
    sign = violation.side
    if price.field == "target_value":
        target = next(target for target in problem.targets if target.id == violation.id)
        sign = -problem.kpi[target.kpi_key].direction.sign
    return Change(violation.id, price.field, before, as_float(exact(before) + sign * violation.amount), cost)


def _number(problem: Problem, id: str, field: str) -> float:
    if field == "capacity":
        return problem.capacity if id == CAPACITY_ID else problem.capacities[id.removeprefix(f"{CAPACITY_ID}:")]
    rows: list[Constraint | Target] = [*problem.constraints, *problem.targets]
    value = getattr(next(row for row in rows if row.id == id), field)
    return float(value)


def repaired(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem with changes applied."""
    by_id = {change.id: change for change in changes}
    dropped = {change.id for change in by_id.values() if change.field is None}

    def changed(rows: Iterable[Row]) -> tuple[Row, ...]:
        return tuple(_with(row, by_id.get(row.id)) for row in rows if row.id not in dropped)

    return replace(
        problem,
        capacity=_after(by_id.get(CAPACITY_ID), problem.capacity),
        capacities={name: _after(by_id.get(capacity_id(name)), value) for name, value in problem.capacities.items()},
        constraints=changed(problem.constraints),
        targets=changed(problem.targets),
    )


def _after(change: Change | None, value: float) -> float:
    return value if change is None or change.after is None else change.after


def _with(row: Row, change: Change | None) -> Row:
    if change is None or change.field is None or change.after is None:
        return row
    value: Any = round(change.after) if change.field in ("min_count", "max_count") else change.after
    return replace(row, **{change.field: value})

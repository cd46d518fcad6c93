"""The cheapest change of the rules that leaves an answer, and the portfolio it gives.

Every rule may be broken at its price: moving a number costs its change as a share of itself (of the need, for a target;
twice that for a total capacity), dropping a row costs 1, and a row costs whichever is less. Total capacities can be
moved, but not dropped. What the cheapest portfolio breaks is what has to be changed; among equals the one with the
better objective wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf
from typing import TypeVar

import numpy as np

from roadwright.domain.decimals import as_float, exact
from roadwright.domain.optimization import CAPACITY_ID, TOKENS, TargetKind, capacity_id
from roadwright.optimize.model.constraint import Constraint, LinearRow, Violation
from roadwright.optimize.model.evaluation import Evaluation
from roadwright.optimize.model.numbers import Values, WholeCost, common_unit
from roadwright.optimize.model.objective import plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, Target
from roadwright.optimize.model.rounding import ROUNDING, rounding_of
from roadwright.optimize.model.targets import need_of
from roadwright.optimize.solver.highs import CancelSignal, SearchEnd
from roadwright.optimize.solver.portfolio import stage_step
from roadwright.optimize.solver.search import Search
from roadwright.optimize.solver.steps import SolveStep, System, is_proved

DROP_COST = Fraction(1)
CAPACITY_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Price:
    """How a rule can be given up: moving `field` by `unit` costs `per_unit`; dropping it costs 1, if it can be.

    `limit` is what the rule demands or allows as it is, counted as improvement for a target.
    """

    field: str | None
    limit: Fraction
    per_unit: int
    can_be_dropped: bool = True
    is_count: bool = False
    """Whether the number is whole."""

    @property
    def unit(self) -> Fraction:
        return abs(self.limit) or Fraction(1)

    def cost(self, amount: Fraction) -> Fraction:
        """What giving in by an amount costs."""
        if self.field is None:
            return DROP_COST
        moved = self.per_unit * amount / self.unit
        return min(moved, DROP_COST) if self.can_be_dropped else moved

    def is_moved(self, amount: Fraction) -> bool:
        """Whether moving is the cheaper way; a target that would be moved away altogether is dropped instead."""
        if self.field is None or not self.can_be_dropped:
            return self.field is not None
        moved = self.per_unit * amount / self.unit
        return moved < DROP_COST or (moved == DROP_COST and self.field != "target_value")


def _prices(problem: Problem) -> dict[tuple[str, int], Price]:
    """The price of each rule and side: -1 for what a floor demands, +1 for what a cap allows, 0 for all else."""
    prices: dict[tuple[str, int], Price] = {}
    for resource, capacity in [(TOKENS, problem.capacity), *problem.capacities.items()]:
        price = Price("capacity", exact(capacity), CAPACITY_FACTOR, can_be_dropped=False)
        prices[capacity_id(resource), 1] = price
    for row in problem.constraints:
        numbers = row.numbers()
        for number in numbers:
            prices[row.id, number.side] = Price(number.field, number.exact_value, 1, is_count=number.is_count)
        if not numbers:
            prices[row.id, 0] = Price(None, Fraction(1), 1)
    for target in problem.targets:
        if target.type is TargetKind.FLOOR:
            prices[target.id, -1] = Price("target_value", need_of(problem, target), 1)
    return prices


class Elastic:
    """The model with every rule made elastic: extra columns say by how much it gives in, or that it goes.

    A row gives in by whole units of its own.
    """

    def __init__(self, model: PortfolioModel) -> None:
        self.model = model
        self.prices = _prices(model.problem)
        self.width = model.width
        self.costs: list[Fraction] = []
        self.upper: list[int] = []
        self.integer: list[bool] = []
        self.dropped: dict[str, int] = {}
        self.moved: dict[tuple[str, int], tuple[int, Fraction]] = {}
        """By rule and side the column that says how far it is moved, and in which unit."""
        self.rows: list[LinearRow] = []

    def column(self, cost: Fraction, upper: int, *, integer: bool) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        self.integer.append(integer)
        return self.width + len(self.costs) - 1

    def drop_column(self, rule: str) -> int:
        """The column that is 1 where a rule is dropped: one for all of its rows."""
        if rule not in self.dropped:
            self.dropped[rule] = self.column(DROP_COST, 1, integer=True)
        return self.dropped[rule]

    def system(self) -> System:
        linear = self.model.linear
        soft = [at for at, owner in enumerate(self.model.owners) if owner is None]
        for owner, row in zip(self.model.owners, self.model.rows, strict=True):
            if owner is None:
                continue
            numbers = [int(value) for value in row.values]
            if row.lower > -inf:
                self.give_in(owner, -1, row._replace(values=numbers, upper=inf))
            if row.upper < inf:
                self.give_in(owner, 1, row._replace(values=numbers, lower=-inf))
        wide = linear.only(soft).with_columns([float(high) for high in self.upper], self.integer)
        owners = [None] * (len(soft) + len(self.rows))
        return System(wide.with_rows(self.rows), owners, frozenset(), self.columns_of)

    def columns_of(self, evaluation: Evaluation) -> Values:
        """The columns of a selection, with what it breaks given in in the cheapest way."""
        values = np.concatenate([self.model.columns_of(evaluation.selected), np.zeros(len(self.costs))])
        for broken in broken_rules(evaluation):
            if self.price_of(broken).is_moved(broken.amount) and (broken.id, broken.side) in self.moved:
                column, unit = self.moved[broken.id, broken.side]
                values[column] = float(ceil(broken.amount / unit))
            elif broken.id in self.dropped:
                values[self.dropped[broken.id]] = 1.0
        return values

    def give_in(self, owner: str, side: int, row: LinearRow) -> None:
        """The row with its side elastic."""
        price = self.prices.get((owner, side)) or self.prices[owner, 0]
        if price.field is not None:
            row = _in_finer_units(row, side, price.limit)
        most = _most_broken(row)
        columns, numbers = [*row.places], [*row.values]
        if most > 0:
            if price.field is not None:
                cost = price.per_unit * row.unit / price.unit
                top = min(most, ceil(DROP_COST / cost)) if price.can_be_dropped else most
                # Counts move by whole numbers: a bound that knows it proves far sooner what is cheapest.
                column = self.column(cost, top, integer=price.is_count)
                self.moved[owner, side] = column, row.unit
                columns.append(column)
                numbers.append(-side)
            if price.field is None or (price.can_be_dropped and most * row.unit > price.unit):
                columns.append(self.drop_column(owner))
                numbers.append(-side * most)
        self.rows.append(row._replace(places=columns, values=numbers))

    def cost(self, evaluation: Evaluation) -> Fraction:
        """The exact price of what a selection breaks."""
        return sum((self.price_of(one).cost(one.amount) for one in broken_rules(evaluation)), Fraction(0))

    def price_of(self, violation: Violation) -> Price:
        for side in (violation.side, 0):
            if (violation.id, side) in self.prices:
                return self.prices[violation.id, side]
        raise AssertionError(f"no price for {violation.id}")

    def step(self) -> SolveStep:
        parts = [(cost, [column], [1]) for column, cost in enumerate(self.costs, self.width)]
        return SolveStep("repair", WholeCost.of_whole(self.width + len(self.costs), parts), self.cost)


def _in_finer_units(row: LinearRow, side: int, limit: Fraction) -> LinearRow:
    """A one-sided row in units of which its limit, too, is a whole number: it gives in by whole units."""
    unit = common_unit([row.unit, limit])
    factor = int(row.unit / unit)
    rounded = limit + side * rounding_of(limit)
    low, high = (ceil(rounded / unit), inf) if side < 0 else (-inf, floor(rounded / unit))
    return LinearRow(row.places, [factor * int(value) for value in row.values], low, high, unit)


def _most_broken(row: LinearRow) -> int:
    """By how much any selection can break a one-sided row."""
    if row.upper < inf:
        return int(sum(max(value, 0) for value in row.values)) - int(row.upper)
    return int(row.lower) - int(sum(min(value, 0) for value in row.values))


def broken_rules(evaluation: Evaluation) -> Iterable[Violation]:
    return (one for one in evaluation.violations if not one.is_rounding)


NODES_AMONG_EQUALS = 500
"""Branch-and-bound nodes for the best objective among repairs that cost the same."""
REPAIR_ROUNDING = 10 * ROUNDING
"""The elastic rows start from limits that hold what counts as rounding, each: costs may differ by so much."""
RuleRow = TypeVar("RuleRow", Constraint, Target)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One change: a field of a row from a number to another, or (`field` None) the row dropped."""

    id: str
    field: str | None
    before: float | None
    after: float | None
    cost: float


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """The changes, their total cost, whether no cheaper ones exist for sure, and the portfolio they give."""

    changes: list[RuleChange]
    cost: float
    is_proved: bool
    best: Evaluation


def find_repair(
    model: PortfolioModel, *, deadline: float | None = None, cancel: CancelSignal | None = None
) -> RepairPlan | None:
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


def _best_among_equals(search: Search, model: PortfolioModel, best: Evaluation) -> Evaluation:
    """The better objective at the same cost, as far as some nodes show."""
    for stage in plan(model).stages:
        step = stage_step(model, stage)
        result = search.minimise(step, nodes=NODES_AMONG_EQUALS, start=best)
        if result.evaluation is not None and step.cost(result.evaluation) < step.cost(best):
            best = result.evaluation
        if result.end is not SearchEnd.PROVED:
            break
        search.hold(step, step.cost(best), stage.tolerance)
    return best


def _change(problem: Problem, elastic: Elastic, violation: Violation) -> RuleChange:
    price = elastic.price_of(violation)
    cost = as_float(price.cost(violation.amount))
    if price.field is None or not price.is_moved(violation.amount):
        return RuleChange(violation.id, None, None, None, cost)
    before = _number(problem, violation.id, price.field)
    sign = violation.side
    if price.field == "target_value":
        kpi = problem.rows[violation.id].about()["kpi_key"] or ""
        sign = -problem.kpi[kpi].direction.sign
    return RuleChange(violation.id, price.field, before, as_float(exact(before) + sign * violation.amount), cost)


def _number(problem: Problem, id: str, field: str) -> float:
    if field == "capacity":
        return problem.capacity if id == CAPACITY_ID else problem.capacities[id.removeprefix(f"{CAPACITY_ID}:")]
    return float(getattr(problem.rows[id], field))


def repaired(problem: Problem, changes: Iterable[RuleChange]) -> Problem:
    """The problem with changes applied."""
    by_id = {change.id: change for change in changes}
    dropped = {change.id for change in by_id.values() if change.field is None}

    def changed(rows: Iterable[RuleRow]) -> tuple[RuleRow, ...]:
        return tuple(_with(row, by_id.get(row.id)) for row in rows if row.id not in dropped)

    return problem.changed(
        capacity=_after(by_id.get(CAPACITY_ID), problem.capacity),
        capacities={name: _after(by_id.get(capacity_id(name)), value) for name, value in problem.capacities.items()},
        constraints=changed(problem.constraints),
        targets=changed(problem.targets),
    )


def _after(change: RuleChange | None, value: float) -> float:
    return value if change is None or change.after is None else change.after


def _with(row: RuleRow, change: RuleChange | None) -> RuleRow:
    if change is None or change.field is None or change.after is None:
        return row
    return row.with_number(change.field, change.after)

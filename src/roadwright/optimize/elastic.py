"""What giving rules up costs, and the model in which every rule can be given up at that price.

Moving a number costs its change as a share of itself (of the need, for a target; twice that for a total capacity),
dropping a row costs 1, and a row costs whichever is less. Total capacities can be moved, but not dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf

import numpy as np

from roadwright.domain.optimization import TOKENS, ConstraintType, TargetKind, capacity_id
from roadwright.optimize.evaluate import Evaluation, Violation
from roadwright.optimize.exact import exact, rounding_of
from roadwright.optimize.matrix import Model
from roadwright.optimize.problem import Constraint, Problem
from roadwright.optimize.rules import Row
from roadwright.optimize.steps import Step
from roadwright.optimize.systems import System
from roadwright.optimize.targets import need_of
from roadwright.optimize.whole import Values, WholeCost, common_unit

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
        for field, side in (("min_tokens", -1), ("max_tokens", 1), ("min_count", -1), ("max_count", 1)):
            number = getattr(row, field)
            if number is not None and field in _numbers_of(row):
                prices[row.id, side] = Price(field, exact(number), 1)
        if not _numbers_of(row):
            prices[row.id, 0] = Price(None, Fraction(1), 1)
    for target in problem.targets:
        if target.type is TargetKind.FLOOR:
            prices[target.id, -1] = Price("target_value", need_of(problem, target), 1)
    return prices


def _numbers_of(row: Constraint) -> tuple[str, ...]:
    """The fields of a constraint that hold the numbers it is about."""
    return {
        ConstraintType.CAPACITY_FLOOR: ("min_tokens",),
        ConstraintType.CAPACITY_CAP: ("max_tokens",),
        ConstraintType.CHOOSE_COUNT: ("min_count", "max_count"),
    }.get(row.type, ())


class Elastic:
    """The model with every rule made elastic: extra columns say by how much it gives in, or that it goes.

    A row gives in by whole units of its own.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.prices = _prices(model.problem)
        self.width = model.width
        self.costs: list[Fraction] = []
        self.upper: list[int] = []
        self.integer: list[bool] = []
        self.dropped: dict[str, int] = {}
        self.moved: dict[tuple[str, int], tuple[int, Fraction]] = {}
        """By rule and side the column that says how far it is moved, and in which unit."""
        self.rows: list[Row] = []

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

    def give_in(self, owner: str, side: int, row: Row) -> None:
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
                column = self.column(cost, top, integer=price.field in ("min_count", "max_count"))
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

    def step(self) -> Step:
        parts = [(cost, [column], [1]) for column, cost in enumerate(self.costs, self.width)]
        return Step("repair", WholeCost.of_whole(self.width + len(self.costs), parts), self.cost)


def _in_finer_units(row: Row, side: int, limit: Fraction) -> Row:
    """A one-sided row in units of which its limit, too, is a whole number: it gives in by whole units."""
    unit = common_unit([row.unit, limit])
    factor = int(row.unit / unit)
    rounded = limit + side * rounding_of(limit)
    low, high = (ceil(rounded / unit), inf) if side < 0 else (-inf, floor(rounded / unit))
    return Row(row.places, [factor * int(value) for value in row.values], low, high, unit)


def _most_broken(row: Row) -> int:
    """By how much any selection can break a one-sided row."""
    if row.upper < inf:
        return int(sum(max(value, 0) for value in row.values)) - int(row.upper)
    return int(row.lower) - int(sum(min(value, 0) for value in row.values))


def broken_rules(evaluation: Evaluation) -> Iterable[Violation]:
    return (one for one in evaluation.violations if not one.is_rounding)

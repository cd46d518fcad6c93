"""What giving rules up costs, and the model in which every rule can be given up at that price.

Moving a number costs its change as a share of itself (of the need, for a target; twice that for a total capacity),
dropping a row costs 1, and a row costs whichever is less. Total capacities can be moved, but not dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import inf

import numpy as np

from roadwright.domain.optimization import TOKENS, ConstraintType, TargetKind, capacity_id
from roadwright.optimize.evaluate import Evaluation, Violation
from roadwright.optimize.exact import as_float, exact
from roadwright.optimize.matrix import Linear, Model, Values
from roadwright.optimize.problem import Constraint, Problem
from roadwright.optimize.stages import Step
from roadwright.optimize.systems import System
from roadwright.optimize.targets import need_of

DROP_COST = Fraction(1)
CAPACITY_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Price:
    """How a rule can be given up: moving `field` by `unit` costs `per_unit`; dropping it costs 1, if it can be."""

    field: str | None
    unit: Fraction
    per_unit: int
    can_be_dropped: bool = True

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


def _unit(number: Fraction) -> Fraction:
    return abs(number) or Fraction(1)


def _prices(problem: Problem) -> dict[tuple[str, int], Price]:
    """The price of each rule and side: -1 for what a floor demands, +1 for what a cap allows, 0 for all else."""
    prices: dict[tuple[str, int], Price] = {}
    for resource, capacity in [(TOKENS, problem.capacity), *problem.capacities.items()]:
        price = Price("capacity", _unit(exact(capacity)), CAPACITY_FACTOR, can_be_dropped=False)
        prices[capacity_id(resource), 1] = price
    for row in problem.constraints:
        for field, side in (("min_tokens", -1), ("max_tokens", 1), ("min_count", -1), ("max_count", 1)):
            number = getattr(row, field)
            if number is not None and field in _numbers_of(row):
                prices[row.id, side] = Price(field, _unit(exact(number)), 1)
        if not _numbers_of(row):
            prices[row.id, 0] = Price(None, Fraction(1), 1)
    for target in problem.targets:
        if target.type is TargetKind.FLOOR:
            prices[target.id, -1] = Price("target_value", _unit(need_of(problem, target)), 1)
    return prices


def _numbers_of(row: Constraint) -> tuple[str, ...]:
    """The fields of a constraint that hold the numbers it is about."""
    return {
        ConstraintType.CAPACITY_FLOOR: ("min_tokens",),
        ConstraintType.CAPACITY_CAP: ("max_tokens",),
        ConstraintType.CHOOSE_COUNT: ("min_count", "max_count"),
    }.get(row.type, ())


class Elastic:
    """The model with every rule made elastic: extra columns say by how much (in units) it gives in, or that it goes."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.prices = _prices(model.problem)
        self.width = model.width
        self.costs: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.dropped: dict[str, int] = {}
        self.moved: dict[tuple[str, int], tuple[int, float]] = {}
        """By rule and side the column that says how far it is moved, and in which steps."""
        self.rows: list[tuple[list[int], list[float], float, float]] = []

    def column(self, cost: float, upper: float, *, integer: bool) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        self.integer.append(integer)
        return self.width + len(self.costs) - 1

    def drop_column(self, rule: str) -> int:
        """The column that is 1 where a rule is dropped: one for all of its rows."""
        if rule not in self.dropped:
            self.dropped[rule] = self.column(float(DROP_COST), 1.0, integer=True)
        return self.dropped[rule]

    def system(self) -> System:
        linear = self.model.linear
        least, most = _reach(linear)
        soft = [row for row, owner in enumerate(self.model.owners) if owner is None]
        for row, owner in enumerate(self.model.owners):
            if owner is None:
                continue
            entries = slice(linear.matrix.indptr[row], linear.matrix.indptr[row + 1])
            columns, values = linear.matrix.indices[entries].tolist(), linear.matrix.data[entries].tolist()
            low, high = float(linear.row_lower[row]), float(linear.row_upper[row])
            if low > -inf:
                self.give_in(owner, -1, (columns, values, low), low - float(least[row]))
            if high < inf:
                self.give_in(owner, 1, (columns, values, high), float(most[row]) - high)
        wide = linear.only(soft).with_columns(np.array(self.upper), np.array(self.integer, bool))
        owners = [None] * (len(soft) + len(self.rows))
        return System(wide.with_rows(self.rows), owners, frozenset(), self.columns_of)

    def columns_of(self, evaluation: Evaluation) -> Values:
        """The columns of a selection, with what it breaks given in in the cheapest way."""
        values = np.concatenate([self.model.columns_of(evaluation.selected), np.zeros(len(self.costs))])
        for broken in broken_rules(evaluation):
            if self.price_of(broken).is_moved(broken.amount) and (broken.id, broken.side) in self.moved:
                column, step = self.moved[broken.id, broken.side]
                values[column] = as_float(broken.amount) / step
            elif broken.id in self.dropped:
                values[self.dropped[broken.id]] = 1.0
        return values

    def give_in(self, owner: str, side: int, row: tuple[list[int], list[float], float], most: float) -> None:
        """The row with its side elastic; `most` is by how much any selection can break it."""
        columns, values, limit = [*row[0]], [*row[1]], row[2]
        if most > 0:
            price = self.prices.get((owner, side)) or self.prices[owner, 0]
            if price.field is not None:
                unit = as_float(price.unit)
                # Counts move by whole numbers: a bound that knows it proves far sooner what is cheapest.
                step = 1.0 if price.field in ("min_count", "max_count") else unit
                top = most / unit if not price.can_be_dropped else min(most / unit, float(DROP_COST))
                column = self.column(price.per_unit * step / unit, top * unit / step, integer=step != unit)
                self.moved[owner, side] = column, step
                columns.append(column)
                values.append(-side * step)
            if price.field is None or (price.can_be_dropped and most > as_float(price.unit)):
                columns.append(self.drop_column(owner))
                values.append(-side * most)
        self.rows.append((columns, values, limit, inf) if side < 0 else (columns, values, -inf, limit))

    def cost(self, evaluation: Evaluation) -> Fraction:
        """The exact price of what a selection breaks."""
        return sum((self.price_of(one).cost(one.amount) for one in broken_rules(evaluation)), Fraction(0))

    def price_of(self, violation: Violation) -> Price:
        for side in (violation.side, 0):
            if (violation.id, side) in self.prices:
                return self.prices[violation.id, side]
        raise AssertionError(f"no price for {violation.id}")

    def step(self) -> Step:
        return Step("repair", np.concatenate([np.zeros(self.width), self.costs]), self.cost)


def broken_rules(evaluation: Evaluation) -> Iterable[Violation]:
    return (one for one in evaluation.violations if not one.is_rounding)


def _reach(linear: Linear) -> tuple[Values, Values]:
    """The least and the most that each row can be."""
    upper = np.minimum(linear.upper, 1.0)
    positive, negative = linear.matrix.maximum(0), linear.matrix.minimum(0)
    return negative @ upper + positive @ linear.lower, positive @ upper + negative @ linear.lower

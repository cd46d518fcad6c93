"""The problem as a linear model in whole numbers: which rows say which rule, and what each KPI's improvement is.

Columns: x (one per candidate of the model, in key order), y (one per synergy: 1 where all its members are selected),
s (one per goal that may be met or not: its shortfall in the unit of its row). Rows have a fixed order: total
capacities, rules by content, targets by content, then what defines y and s. The input's order plays no part.

Every row is brought to whole numbers of its last decimal place, and its limit holds the whole allowance for rounding:
a selection keeps the row exactly where it keeps the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf

import numpy as np

from roadwright.domain.decimals import exact
from roadwright.domain.garbage import paused_collections
from roadwright.domain.optimization import TOKENS, capacity_id
from roadwright.optimize.model.candidates import CandidateIndex
from roadwright.optimize.model.canonical import target_order
from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.linear import Linear, matrix_of, measured_row
from roadwright.optimize.model.names import is_everything
from roadwright.optimize.model.numbers import Values, WholeCost, whole_numbers
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.rules import RuleRows, resolve
from roadwright.optimize.model.targets import Goal, Needed, needed_targets

Terms = tuple[list[int], list[float]]


class _Rows:
    """Collects rows; `owners` holds the id of the rule each belongs to, or None for what is no rule."""

    def __init__(self) -> None:
        self.rows: list[LinearRow] = []
        self.owners: list[str | None] = []

    def add(self, owner: str | None, rows: Sequence[LinearRow]) -> None:
        self.rows += rows
        self.owners += [owner] * len(rows)


@dataclass(frozen=True)
class PortfolioModel:
    """A problem, its candidates, rules and targets resolved, and the column of each."""

    index: CandidateIndex
    resolved: RuleRows
    targets: tuple[Needed, ...]

    @classmethod
    @paused_collections()
    def of(cls, problem: Problem) -> PortfolioModel:
        index = CandidateIndex.of(problem)
        targets = sorted(needed_targets(problem), key=lambda needed: (target_order(needed.target), needed.target.id))
        return cls(index, resolve(index), tuple(targets))

    @property
    def problem(self) -> Problem:
        return self.index.problem

    @property
    def size(self) -> int:
        """How many candidates there are; their columns come first."""
        return self.index.size

    @cached_property
    def all_goals(self) -> tuple[Goal, ...]:
        """The goals that are not met from the start."""
        goals = []
        for needed in self.targets:
            if needed.counts_shortfall:
                columns, values = self._improvement_of(needed)
                numbers, unit = whole_numbers(values, needed.need)
                least, most = sum(min(n, 0) for n in numbers), sum(max(n, 0) for n in numbers)
                goals.append(Goal(needed, columns, numbers, unit, int(needed.need / unit), least, most))
        return tuple(goals)

    @cached_property
    def goals(self) -> tuple[Goal, ...]:
        """The goals whose shortfall is a column."""
        return tuple(goal for goal in self.all_goals if goal.is_kinked)

    @property
    def first_goal_column(self) -> int:
        return self.size + len(self.resolved.synergies)

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.first_goal_column + len(self.goals)

    def improvement(self, kpi_key: str, dimension: str = "all", dimension_key: str = "all") -> Terms:
        """The improvement of a KPI in a slice as columns and values: contributions, and synergies inside the slice."""
        sign = self.problem.kpi[kpi_key].direction.sign
        contributions = self.index.contributions(kpi_key)
        places = self.index.in_slice(dimension, dimension_key)
        columns, values = list(places), [sign * contributions[place] for place in places]
        inside, everything = set(places), is_everything(dimension)
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            if synergy.bonus.kpi_key != kpi_key:
                continue
            if everything or (synergy.members and inside.issuperset(synergy.members)):
                columns.append(column)
                values.append(sign * synergy.bonus.value)
        return columns, values

    def shortfall(self) -> WholeCost:
        """The sum of shortfall / need over the goals."""
        parts: list[tuple[Fraction, Sequence[int], Sequence[int]]] = []
        constant = Fraction(0)
        for column, goal in enumerate(self.goals, self.first_goal_column):
            parts.append((goal.share, [column], [1]))
        for goal in self.all_goals:
            if goal.need >= goal.most:
                parts.append((-goal.share, goal.columns, goal.numbers))
                constant += 1
        return WholeCost.of_whole(self.width, parts, constant)

    @cached_property
    def _rows(self) -> _Rows:
        rows = _Rows()
        everyone = range(self.size)
        capacities = {TOKENS: self.problem.capacity, **dict(sorted(self.problem.capacities.items()))}
        for resource, capacity in capacities.items():
            rows.add(capacity_id(resource), [measured_row(everyone, self.index.usage(resource), None, exact(capacity))])
        for rule, found in self.resolved.rules:
            rows.add(rule.id, found)
        for needed in self.targets:
            if needed.is_floor:
                rows.add(needed.target.id, [measured_row(*self._improvement_of(needed), needed.need, None)])
        self._define_synergies(rows)
        for column, goal in enumerate(self.goals, self.first_goal_column):
            rows.add(None, [LinearRow([*goal.columns, column], [*goal.numbers, 1], goal.need, inf, goal.unit)])
        return rows

    @property
    def rows(self) -> Sequence[LinearRow]:
        """The rows of `linear`, in its order."""
        return self._rows.rows

    def _improvement_of(self, needed: Needed) -> Terms:
        target = needed.target
        return self.improvement(target.kpi_key, target.dimension, target.dimension_key)

    def _define_synergies(self, rows: _Rows) -> None:
        """y = 1 exactly where all members are selected, as far as it matters.

        A bonus that improves its KPI is never worth less than counted, so only y <= x is needed; one that worsens it is
        never dodged, so only y >= sum x - (n - 1) is. Half the rows say the same, and are solved faster.
        """
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            members = synergy.members
            if self.improves(column):
                rows.add(None, [LinearRow((column, place), (1.0, -1.0), -inf, 0.0) for place in members])
            elif members:
                ones = [1.0, *[-1.0] * len(members)]
                rows.add(None, [LinearRow([column, *members], ones, 1.0 - len(members), inf)])

    def improves(self, column: int) -> bool:
        """Whether the bonus of the synergy at a column makes its KPI better."""
        bonus = self.resolved.synergies[column - self.size].bonus
        return self.problem.kpi[bonus.kpi_key].direction.sign * bonus.value > 0

    @cached_property
    def owners(self) -> tuple[str | None, ...]:
        """For each row of `linear` the id of the rule or capacity it belongs to; None for synergies and goals."""
        return tuple(self._rows.owners)

    @cached_property
    @paused_collections()
    def linear(self) -> Linear:
        matrix, row_lower, row_upper, wide = matrix_of(self.rows, self.width)
        lower, upper = np.zeros(self.width), np.ones(self.width)
        for column, goal in enumerate(self.goals, self.first_goal_column):
            upper[column] = np.nextafter(float(goal.need - goal.least), inf)
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            if not synergy.members:
                lower[column] = 1.0
        places = np.arange(self.width)
        integer, implied = places < self.first_goal_column, (places >= self.size) & (places < self.first_goal_column)
        return Linear(matrix, row_lower, row_upper, lower, upper, integer, implied, wide)

    def keys_of(self, columns: Values) -> list[str]:
        """The candidates that column values select, rounded."""
        candidates = self.index.candidates
        return [candidates[place].key for place in np.flatnonzero(np.round(columns[: self.size]) == 1.0)]

    def columns_of(self, selected: Iterable[str]) -> Values:
        """The column values of a selection: x, and the y and s that follow from it."""
        values = np.zeros(self.width)
        values[np.asarray(self.index.columns_of(selected), np.int64)] = 1.0
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            values[column] = float(all(values[place] for place in synergy.members))
        for column, goal in enumerate(self.goals, self.first_goal_column):
            reached = sum(number for at, number in zip(goal.columns, goal.numbers, strict=True) if values[at])
            values[column] = float(max(0, goal.need - reached))
        return values

"""The problem as a linear model in 0/1 columns: which rows say which rule, and what each KPI's improvement is.

Columns: x (one per candidate of the model, in key order), y (one per synergy: 1 where all its members are selected),
s (one per goal that is not met from the start: its shortfall as a share of its need). Rows stand in a fixed order:
total capacities, rules by content, targets by content, then what defines y and s. The input's order plays no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import fsum, inf

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from roadwright.domain.optimization import TOKENS, ConstraintType, capacity_id
from roadwright.optimize.canonical import target_order
from roadwright.optimize.collector import paused_collector
from roadwright.optimize.exact import ROUNDING, as_float
from roadwright.optimize.problem import Problem
from roadwright.optimize.rules import Resolved, Row, resolve
from roadwright.optimize.targets import Needed, is_everything, needed_targets
from roadwright.optimize.universe import Universe

Values = NDArray[np.float64]
Terms = tuple[list[int], list[float]]

MEASURED = frozenset({ConstraintType.CAPACITY_FLOOR, ConstraintType.CAPACITY_CAP})
EDGE = as_float(ROUNDING) / 2
"""By this share of itself a limit is moved: half of what counts as rounding (see `_measured`)."""
CLEAR = as_float(ROUNDING) / 4
"""Beyond the moved limit by this share (at least of 1) is a violation, with room to what counts as rounding."""


@dataclass(frozen=True)
class Linear:
    """row_lower <= matrix @ columns <= row_upper, lower <= columns <= upper, some of the columns whole numbers.

    `implied` are those whole columns that may as well be whole in every best answer without being told to: the solver
    is faster where it need not make them so.
    """

    matrix: sp.csr_matrix
    row_lower: Values
    row_upper: Values
    lower: Values
    upper: Values
    integer: NDArray[np.bool_]
    implied: NDArray[np.bool_]

    def only(self, rows: Sequence[int]) -> Linear:
        """This model with some of its rows."""
        chosen = np.asarray(rows, np.int64)
        return Linear(
            sp.csr_matrix(self.matrix[chosen]),
            self.row_lower[chosen],
            self.row_upper[chosen],
            self.lower,
            self.upper,
            self.integer,
            self.implied,
        )

    def with_columns(self, upper: Values, integer: NDArray[np.bool_]) -> Linear:
        """This model and further columns from 0 to `upper` beside its own, in none of its rows."""
        height = self.matrix.shape[0]
        return Linear(
            sp.csr_matrix(sp.hstack([self.matrix, sp.csr_matrix((height, len(upper)))], format="csr")),
            self.row_lower,
            self.row_upper,
            np.append(self.lower, np.zeros(len(upper))),
            np.append(self.upper, upper),
            np.append(self.integer, integer),
            np.append(self.implied, np.zeros(len(upper), bool)),
        )

    def with_rows(self, rows: Sequence[tuple[Sequence[int], Sequence[float], float, float]]) -> Linear:
        """This model and further rows below its own: (columns, values, lower, upper) each."""
        if not rows:
            return self
        starts = np.cumsum([0, *(len(columns) for columns, _, _, _ in rows)])
        added = sp.csr_matrix(
            (
                np.concatenate([np.asarray(values, float) for _, values, _, _ in rows]),
                np.concatenate([np.asarray(columns, np.int64) for columns, _, _, _ in rows]),
                starts,
            ),
            shape=(len(rows), self.matrix.shape[1]),
        )
        return Linear(
            sp.csr_matrix(sp.vstack([self.matrix, added], format="csr")),
            np.append(self.row_lower, [low for _, _, low, _ in rows]),
            np.append(self.row_upper, [high for _, _, _, high in rows]),
            self.lower,
            self.upper,
            self.integer,
            self.implied,
        )


class _Rows:
    """Collects rows; `owners` holds the id of the rule each belongs to, or None for what is no rule."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.owners: list[str | None] = []

    def add(self, owner: str | None, rows: Sequence[Row]) -> None:
        self.rows += rows
        self.owners += [owner] * len(rows)

    def matrix(self, width: int) -> tuple[sp.csr_matrix, Values, Values]:
        """All rows over so many columns, and their limits."""
        columns, values, lower, upper = zip(*self.rows, strict=True)
        ends = np.cumsum(np.fromiter(map(len, columns), np.int32, len(columns)), dtype=np.int32)
        matrix = sp.csr_matrix(
            (
                np.fromiter(chain.from_iterable(values), float, ends[-1]),
                np.fromiter(chain.from_iterable(columns), np.int32, ends[-1]),
                np.append(np.int32(0), ends),
            ),
            shape=(len(columns), width),
        )
        matrix.eliminate_zeros()
        return matrix, np.array(lower), np.array(upper)


def _measured(row: Row) -> Row:
    """A row of amounts, its limits moved by half of what counts as rounding.

    A portfolio that meets a limit exactly must not stand on the edge of the solver's tolerance, where HiGHS is known
    to drop in one step what it accepted in another.
    """
    return row._replace(lower=row.lower - EDGE * abs(row.lower), upper=row.upper + EDGE * abs(row.upper))


@dataclass(frozen=True)
class Model:
    """A problem, its candidates, rules and targets resolved, and where each stands among the columns."""

    universe: Universe
    resolved: Resolved
    targets: tuple[Needed, ...]

    @classmethod
    @paused_collector()
    def of(cls, problem: Problem) -> Model:
        universe = Universe.of(problem)
        targets = sorted(needed_targets(problem), key=lambda needed: (target_order(needed.target), needed.target.id))
        return cls(universe, resolve(universe), tuple(targets))

    @property
    def problem(self) -> Problem:
        return self.universe.problem

    @property
    def size(self) -> int:
        """How many candidates there are; their columns come first."""
        return self.universe.size

    @cached_property
    def goals(self) -> tuple[Needed, ...]:
        """The goals whose shortfall is a column."""
        return tuple(needed for needed in self.targets if needed.counts_shortfall)

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
        contributions = self.universe.contributions(kpi_key)
        places = self.universe.in_slice(dimension, dimension_key)
        columns, values = list(places), [sign * contributions[place] for place in places]
        inside, everything = set(places), is_everything(dimension)
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            if synergy.constraint.kpi_key != kpi_key:
                continue
            if everything or (synergy.members and inside.issuperset(synergy.members)):
                columns.append(column)
                values.append(sign * (synergy.constraint.bonus_value or 0.0))
        return columns, values

    def vector(self, terms: Terms) -> Values:
        """Columns and values as a vector over all columns."""
        dense = np.zeros(self.width)
        dense[np.asarray(terms[0], np.int64)] = terms[1]
        return dense

    @cached_property
    def _rows(self) -> _Rows:
        rows = _Rows()
        everyone = range(self.size)
        capacities = {TOKENS: self.problem.capacity, **dict(sorted(self.problem.capacities.items()))}
        for resource, capacity in capacities.items():
            row = Row(everyone, self.universe.usage(resource), -inf, capacity)
            rows.add(capacity_id(resource), [_measured(row)])
        for constraint, found in self.resolved.rules:
            rows.add(constraint.id, [_measured(row) for row in found] if constraint.type in MEASURED else found)
        for needed in self.targets:
            if needed.is_floor:
                row = Row(*self._improvement_of(needed), as_float(needed.need), inf)
                rows.add(needed.target.id, [_measured(row)])
        self._define_synergies(rows)
        for column, goal in enumerate(self.goals, self.first_goal_column):
            need = as_float(goal.need)
            columns, values = self._improvement_of(goal)
            rows.add(None, [Row([*columns, column], [*(value / need for value in values), 1.0], 1.0, inf)])
        return rows

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
                rows.add(None, [Row((column, place), (1.0, -1.0), -inf, 0.0) for place in members])
            elif members:
                ones = [1.0, *[-1.0] * len(members)]
                rows.add(None, [Row([column, *members], ones, 1.0 - len(members), inf)])

    def improves(self, column: int) -> bool:
        """Whether the bonus of the synergy at a column makes its KPI better."""
        constraint = self.resolved.synergies[column - self.size].constraint
        kpi = self.problem.kpi[constraint.kpi_key or ""]
        return kpi.direction.sign * (constraint.bonus_value or 0.0) > 0

    @cached_property
    def owners(self) -> tuple[str | None, ...]:
        """For each row of `linear` the id of the rule or capacity it belongs to; None for synergies and goals."""
        return tuple(self._rows.owners)

    @cached_property
    @paused_collector()
    def linear(self) -> Linear:
        matrix, row_lower, row_upper = self._rows.matrix(self.width)
        lower, upper = np.zeros(self.width), np.ones(self.width)
        for column, goal in enumerate(self.goals, self.first_goal_column):
            worst = fsum(min(0.0, value) for value in self._improvement_of(goal)[1])
            upper[column] = (1.0 - worst / as_float(goal.need)) * (1.0 + EDGE)
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            if not synergy.members:
                lower[column] = 1.0
        places = np.arange(self.width)
        integer, implied = places < self.first_goal_column, (places >= self.size) & (places < self.first_goal_column)
        return Linear(matrix, row_lower, row_upper, lower, upper, integer, implied)

    def keys_of(self, columns: Values) -> list[str]:
        """The candidates that column values select, rounded."""
        candidates = self.universe.candidates
        return [candidates[place].key for place in np.flatnonzero(np.round(columns[: self.size]) == 1.0)]

    def columns_of(self, selected: Iterable[str]) -> Values:
        """The column values of a selection: x, and the y and s that follow from it."""
        values = np.zeros(self.width)
        values[np.asarray(self.universe.places(selected), np.int64)] = 1.0
        for column, synergy in enumerate(self.resolved.synergies, self.size):
            values[column] = float(all(values[place] for place in synergy.members))
        for column, goal in enumerate(self.goals, self.first_goal_column):
            columns, terms = self._improvement_of(goal)
            achieved = float(np.dot(values[np.asarray(columns, np.int64)], terms)) / as_float(goal.need)
            values[column] = max(0.0, 1.0 - achieved)
        return values

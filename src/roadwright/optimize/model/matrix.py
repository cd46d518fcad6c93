"""The problem as a linear model in whole numbers: which rows say which rule, and what each KPI's improvement is.

Columns: x (one per candidate of the model, in key order), y (one per synergy: 1 where all its members are selected),
s (one per goal that may be met or not: its shortfall in the unit of its row). Rows stand in a fixed order: total
capacities, rules by content, targets by content, then what defines y and s. The input's order plays no part.

Every row is brought to whole numbers of its last decimal place, and its limit holds the whole allowance for rounding:
a selection keeps the row exactly where it keeps the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import ceil, floor, inf, isfinite

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from roadwright.domain.optimization import TOKENS, ConstraintType, capacity_id
from roadwright.optimize.model.candidates import CandidateIndex
from roadwright.optimize.model.canonical import target_order
from roadwright.optimize.model.collector import paused_collector
from roadwright.optimize.model.numbers import FLOAT_WHOLE, Values, WholeCost, exact, rounding_of, whole_numbers
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.rules import LinearRow, Resolved, resolve
from roadwright.optimize.model.targets import Needed, is_everything, needed_targets

Terms = tuple[list[int], list[float]]

MEASURED = frozenset({ConstraintType.CAPACITY_FLOOR, ConstraintType.CAPACITY_CAP})


@dataclass(frozen=True)
class Linear:
    """row_lower <= matrix @ columns <= row_upper, lower <= columns <= upper, some of the columns whole numbers.

    All numbers of the rows are whole. Rows with numbers that floats can't hold are in `wide` as they are, by their
    place; in the matrix they are divided by a power of two, and rounded. `implied` are those whole columns that may as
    well be whole in every best answer without being told to: the solver is faster where it need not make them so.
    """

    matrix: sp.csr_matrix
    row_lower: Values
    row_upper: Values
    lower: Values
    upper: Values
    integer: NDArray[np.bool_]
    implied: NDArray[np.bool_]
    wide: Mapping[int, LinearRow] = field(default_factory=dict)

    def row(self, place: int) -> LinearRow:
        """One row with its exact numbers."""
        if place in self.wide:
            return self.wide[place]
        entries = slice(self.matrix.indptr[place], self.matrix.indptr[place + 1])
        values = [int(value) for value in self.matrix.data[entries].tolist()]
        low, high = float(self.row_lower[place]), float(self.row_upper[place])
        return LinearRow(
            self.matrix.indices[entries].tolist(),
            values,
            int(low) if isfinite(low) else low,
            int(high) if isfinite(high) else high,
        )

    def only(self, rows: Sequence[int]) -> Linear:
        """This model with some of its rows."""
        chosen = np.asarray(rows, np.int64)
        return replace(
            self,
            matrix=sp.csr_matrix(self.matrix[chosen]),
            row_lower=self.row_lower[chosen],
            row_upper=self.row_upper[chosen],
            wide={at: self.wide[row] for at, row in enumerate(rows) if row in self.wide} if self.wide else {},
        )

    def with_columns(self, upper: Sequence[float], integer: Sequence[bool]) -> Linear:
        """This model and further columns from 0 to `upper` beside its own, in none of its rows."""
        height = self.matrix.shape[0]
        return replace(
            self,
            matrix=sp.csr_matrix(sp.hstack([self.matrix, sp.csr_matrix((height, len(upper)))], format="csr")),
            lower=np.append(self.lower, np.zeros(len(upper))),
            upper=np.append(self.upper, upper),
            integer=np.append(self.integer, np.array(integer, bool)),
            implied=np.append(self.implied, np.zeros(len(upper), bool)),
        )

    def with_rows(self, rows: Sequence[LinearRow]) -> Linear:
        """This model and further rows below its own."""
        if not rows:
            return self
        height, width = self.matrix.shape
        matrix, low, high, wide = matrix_of(rows, width)
        return replace(
            self,
            matrix=sp.csr_matrix(sp.vstack([self.matrix, matrix], format="csr")),
            row_lower=np.append(self.row_lower, low),
            row_upper=np.append(self.row_upper, high),
            wide={**self.wide, **{height + at: row for at, row in wide.items()}},
        )


def matrix_of(rows: Sequence[LinearRow], width: int) -> tuple[sp.csr_matrix, Values, Values, dict[int, LinearRow]]:
    """Rows over so many columns as a matrix and limits, and those that floats can't hold as they are."""
    columns, values, lower, upper, _ = zip(*rows, strict=True)
    ends = np.cumsum(np.fromiter(map(len, columns), np.int64, len(columns)), dtype=np.int64)
    wide: dict[int, LinearRow] = {}
    try:
        numbers = np.fromiter(chain.from_iterable(values), float, ends[-1])
        low, high = np.array(lower, float), np.array(upper, float)
        sizes = [float(np.abs(some[np.isfinite(some)]).max(initial=0.0)) for some in (numbers, low, high)]
        is_wide = max(sizes) > FLOAT_WHOLE
    except OverflowError:
        is_wide = True
    if is_wide:
        rounded = []
        for place, row in enumerate(rows):
            narrow = _rounded(row)
            if narrow is not row:
                wide[place] = row
            rounded.append(narrow)
        columns, values, lower, upper, _ = zip(*rounded, strict=True)
        numbers = np.fromiter(chain.from_iterable(values), float, ends[-1])
        low, high = np.array(lower, float), np.array(upper, float)
    matrix = sp.csr_matrix(
        (
            numbers,
            np.fromiter(chain.from_iterable(columns), np.int32, ends[-1]),
            np.append(np.int64(0), ends),
        ),
        shape=(len(columns), width),
    )
    matrix.eliminate_zeros()
    return matrix, low, high, wide


def _rounded(row: LinearRow) -> LinearRow:
    """The row itself where floats hold its numbers; else divided by a power of two, and rounded."""
    values = [int(value) for value in row.values]
    least, most = sum(min(value, 0) for value in values), sum(max(value, 0) for value in values)
    reach = most - least
    # A limit beyond what the row can be is moved to just beyond it: it says the same.
    low = row.lower if row.lower == -inf else max(min(int(row.lower), most + 1), least)
    high = row.upper if row.upper == inf else min(max(int(row.upper), least - 1), most)
    largest = max([reach, *(abs(int(limit)) for limit in (low, high) if limit not in (-inf, inf))])
    if largest <= FLOAT_WHOLE:
        return row if (low, high) == (row.lower, row.upper) else row._replace(lower=low, upper=high)
    divisor = 1 << (largest.bit_length() - FLOAT_WHOLE.bit_length())
    return LinearRow(
        row.places,
        [value / divisor for value in values],
        low if low == -inf else int(low) / divisor,
        high if high == inf else int(high) / divisor,
    )


def _measured(row: LinearRow) -> LinearRow:
    """A row of amounts, as the rule gives it, in whole numbers."""
    low, high = (None if not isfinite(limit) else exact(float(limit)) for limit in (row.lower, row.upper))
    return measured_row(row.places, row.values, low, high)


def measured_row(
    columns: Sequence[int], values: Sequence[float], low: Fraction | None, high: Fraction | None
) -> LinearRow:
    """A row of amounts in whole numbers, each limit with what counts as rounding."""
    numbers, unit = whole_numbers(values)
    return LinearRow(
        columns,
        numbers,
        -inf if low is None else ceil((low - rounding_of(low)) / unit),
        inf if high is None else floor((high + rounding_of(high)) / unit),
        unit,
    )


@dataclass(frozen=True)
class Goal:
    """A goal that is not met from the start, in whole numbers: its shortfall is max(0, need - sum), times `unit`.

    `least` and `most` are what the sum can be at all.
    """

    needed: Needed
    columns: list[int]
    numbers: list[int]
    unit: Fraction
    need: int
    least: int
    most: int

    @property
    def share(self) -> Fraction:
        """What one unit of shortfall is of the need."""
        return self.unit / self.needed.need

    @property
    def is_kinked(self) -> bool:
        """Whether it may be met and may be missed; else its shortfall is 0 or linear, and needs no column."""
        return self.least < self.need < self.most

    def missed_by_at_most(self, shortfall: int) -> LinearRow:
        """The row that keeps the shortfall within a whole number of units."""
        return LinearRow(self.columns, self.numbers, self.need - shortfall, inf, self.unit)


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
    """A problem, its candidates, rules and targets resolved, and where each stands among the columns."""

    index: CandidateIndex
    resolved: Resolved
    targets: tuple[Needed, ...]

    @classmethod
    @paused_collector()
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
            if synergy.constraint.kpi_key != kpi_key:
                continue
            if everything or (synergy.members and inside.issuperset(synergy.members)):
                columns.append(column)
                values.append(sign * (synergy.constraint.bonus_value or 0.0))
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
        for constraint, found in self.resolved.rules:
            rows.add(constraint.id, [_measured(row) for row in found] if constraint.type in MEASURED else found)
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

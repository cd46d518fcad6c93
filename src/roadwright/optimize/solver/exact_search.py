"""Exact branch and bound: the least cost of a model in whole numbers, proved without trusting a float.

A linear program in floats guides the search. Its multipliers, rounded to whole numbers, give a bound that is valid
whatever they are (weak duality): for multipliers u >= 0 of rows A x <= K every x within its limits costs at least
min over x of (c + u A) x - u K. Only such bounds, whole sums of rows, and the exact judgement of a complete selection
end a branch; floats choose where to look (safe bounds as in Neumaier and Shcherbina 2004, in whole numbers as in Cook,
Koch, Steffy and Wolter 2013).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil, frexp, inf

import highspy
import numpy as np

from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import WholeCost

FLOAT_BITS = 53
MULTIPLIER_BITS = 60
"""So many bits at least has the scale of the multipliers beside the largest number of their row."""
LEAST = 1e-11
"""Multipliers below this, in the scaled model, are noise."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """Columns of the best answer in fractions, and the rows' multipliers times `scale`."""

    columns: list[float]
    multipliers: dict[int, int]
    scale: int


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No answer in fractions, by the solver's word: multipliers of rows that may show it, up to a common factor."""

    rays: list[dict[int, int]]


class Relaxation:
    """minimise cost x, rows A x <= K, in HiGHS, every row and the cost scaled to about 1 by powers of two."""

    def __init__(
        self, cost: Sequence[int], rows: Sequence[tuple[list[int], list[int], int]], upper: Sequence[int]
    ) -> None:
        self.width = len(cost)
        self.column_bits = [max(0, (high - 1).bit_length()) for high in upper]
        self.cost_bits = _bits(abs(number) << bits for number, bits in zip(cost, self.column_bits, strict=True))
        self.row_bits = [
            _bits(abs(number) << self.column_bits[at] for at, number in zip(columns, numbers, strict=True))
            for columns, numbers, _ in rows
        ]
        starts, indices, values, limits = [0], [], [], []
        for (columns, numbers, limit), bits in zip(rows, self.row_bits, strict=True):
            indices += columns
            values += [_shifted(n, self.column_bits[at] - bits) for at, n in zip(columns, numbers, strict=True)]
            limits.append(_shifted(limit, -bits))
            starts.append(len(indices))
        highs = self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("random_seed", 0)):
            highs.setOptionValue(name, value)
        highs.passModel(
            self.width,
            len(rows),
            len(indices),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.array([_shifted(n, b - self.cost_bits) for n, b in zip(cost, self.column_bits, strict=True)], float),
            np.zeros(self.width),
            np.ones(self.width),
            np.full(len(rows), -highspy.kHighsInf),
            np.array(limits, float),
            np.array(starts[:-1], np.int32),
            np.array(indices, np.int32),
            np.array(values, float),
            np.zeros(self.width, np.int32),
        )
        self.places = np.arange(self.width, dtype=np.int32)
        self.column_scale = np.ldexp(1.0, -np.array(self.column_bits, np.int64))
        # The scale's bits: each multiplier keeps MULTIPLIER_BITS below the largest one that its row can have.
        self.scale_bits = max(0, MULTIPLIER_BITS - self.cost_bits + max(self.row_bits, default=0))

    def solve(self, lower: Sequence[int], upper: Sequence[int]) -> Bounded | Infeasible | None:
        """The best answer in fractions within limits of columns; None where the solver has no word."""
        low, high = np.array(lower, float) * self.column_scale, np.array(upper, float) * self.column_scale
        highs = self.highs
        highs.changeColsBounds(self.width, self.places, low, high)
        try:
            highs.run()
        except (ValueError, MemoryError):  # seen in HiGHS: vector::reserve
            return None
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            solution = highs.getSolution()
            columns = (np.asarray(solution.col_value) / self.column_scale).tolist()
            return Bounded(columns, self._multipliers([-one for one in solution.row_dual]), 1 << self.scale_bits)
        if status == highspy.HighsModelStatus.kInfeasible:
            _, is_found, ray = highs.getDualRay()  # type: ignore[attr-defined]
            values = list(ray) if is_found else []
            return Infeasible([self._multipliers(values), self._multipliers([-one for one in values])])
        return None

    def _multipliers(self, values: Sequence[float]) -> dict[int, int]:
        """Whole multipliers of rows, times the scale, from positive floats of the scaled model."""
        multipliers = {}
        for row, value in enumerate(values):
            if value > LEAST:
                mantissa, exponent = frexp(value)
                bits = exponent - FLOAT_BITS + self.scale_bits + self.cost_bits - self.row_bits[row]
                number = int(mantissa * 2.0**FLOAT_BITS)
                multipliers[row] = number << bits if bits >= 0 else number >> -bits
        return multipliers


def _bits(sizes: Iterable[int]) -> int:
    """The bits of the largest number."""
    return max((size.bit_length() for size in sizes), default=0)


def _shifted(number: int, bits: int) -> float:
    """number * 2**bits as a float."""
    return float(number << bits) if bits >= 0 else number / (1 << -bits)


MOST_ROUNDS = 4
"""How often all rows are gone through to fix columns, in each node."""

WholeRow = tuple[list[int], list[int], int]
"""Columns, numbers, limit: the sum of number * column is at most the limit."""


SearchNode = tuple[list[int], list[int], int | None]
"""Lower and upper limits of the columns, and what nothing within them can cost less than (None: nothing is known)."""


@dataclass(frozen=True)
class Program:
    """Minimise constant + sum of cost * column, within rows and the columns' limits, all in whole numbers.

    The first `decisions` columns are 0 or 1 and determine the others. `places` names each column in the model that the
    program was made of, and `chosen` are the decisions fixed there already.
    """

    cost: list[int]
    constant: int
    rows: list[WholeRow]
    lower: list[int]
    upper: list[int]
    decisions: int
    places: list[int]
    chosen: list[int]

    @classmethod
    def of(cls, linear: Linear, cost: WholeCost, decisions: int) -> Program:
        """What a model leaves open; its columns with equal limits are fixed."""
        lower, upper = linear.lower.tolist(), linear.upper.tolist()
        places = [at for at, (low, high) in enumerate(zip(lower, upper, strict=True)) if low != high]
        own = {place: at for at, place in enumerate(places)}
        fixed = {at: int(low) for at, low in enumerate(lower) if at not in own and low}
        rows: list[WholeRow] = []
        for at in range(linear.matrix.shape[0]):
            row = linear.row(at)
            if not len(row.places):
                continue
            columns, numbers, moved = [], [], 0
            for place, value in zip(row.places, row.values, strict=True):
                if place in own:
                    columns.append(own[place])
                    numbers.append(int(value))
                else:
                    moved += int(value) * fixed.get(place, 0)
            if row.upper != inf:
                rows.append((columns, numbers, int(row.upper) - moved))
            if row.lower != -inf:
                rows.append((columns, [-number for number in numbers], moved - int(row.lower)))
        low, high = [int(lower[place]) for place in places], [ceil(upper[place]) for place in places]
        return cls(
            [cost.numbers[place] for place in places],
            sum(cost.numbers[at] * value for at, value in fixed.items()),
            [bound for row in rows if (bound := _that_binds(row, low, high)) is not None],
            low,
            high,
            sum(place < decisions for place in places),
            places,
            [at for at, value in fixed.items() if at < decisions and value == 1],
        )


def _that_binds(row: WholeRow, lower: list[int], upper: list[int]) -> WholeRow | None:
    """The row, its limit within reach of its columns; None where it always holds."""
    columns, numbers, limit = row
    pairs = list(zip(columns, numbers, strict=True))
    if sum(number * (upper[at] if number > 0 else lower[at]) for at, number in pairs) <= limit:
        return None
    least = sum(number * (lower[at] if number > 0 else upper[at]) for at, number in pairs)
    return columns, numbers, max(limit, least - 1)


@dataclass(frozen=True, slots=True)
class Found:
    """How a search ended: the best new selection (None where none was better), and whether nothing beats the best.

    Where it is not proved, `bound` is what nothing can cost less than (None: nothing is known). `nodes` were opened.
    """

    selection: list[int] | None
    is_proved: bool
    bound: Fraction | None
    nodes: int


Judge = Callable[[list[int]], Fraction | None]
"""The exact cost of a selection of decisions (by their places in the model); None where it is not allowed."""


@dataclass
class BranchAndBound:
    """One search. `best` is the exact cost of the best selection known, None where there is none.

    `slack` is the share of the best cost by which nothing may be better for a proof; with 0 nothing may be at all.
    """

    program: Program
    judge: Judge
    best: Fraction | None = None
    slack: Fraction = Fraction(0)
    selection: list[int] | None = None
    judged: dict[tuple[int, ...], Fraction | None] = field(default_factory=dict)
    nodes: int = 0
    """How many were opened."""
    stack: list[SearchNode] = field(default_factory=list)
    """Those that are still open, the next one last."""

    def run(self, most: int, is_over: Callable[[], bool]) -> Found:
        """Search until nothing is open, the `most` nodes were opened, or the time is over: asked before each node."""
        program = self.program
        relaxation = Relaxation(program.cost, program.rows, program.upper)
        stack = self.stack = [(program.lower, program.upper, None)]
        while stack:
            bound = stack[-1][2]
            if bound is not None and self.is_beaten(bound):
                stack.pop()
                continue
            if self.nodes >= most or is_over():
                return Found(self.selection, False, self.bound, self.nodes)
            self.nodes += 1
            lower, upper = ([*limits] for limits in stack[-1][:2])
            stack[-1:] = self._branches(relaxation, lower, upper) if self._propagate(lower, upper) else []
        return Found(self.selection, True, None, self.nodes)

    @property
    def target(self) -> int | None:
        """What a better selection costs at most, by the program's own costs; None where any is better."""
        if self.best is None:
            return None
        return ceil(self.best - self.slack * abs(self.best)) - 1 - self.program.constant

    def is_beaten(self, bound: int) -> bool:
        """Whether what costs at least `bound` can't be better."""
        target = self.target
        return target is not None and bound > target

    @property
    def bound(self) -> Fraction | None:
        """What nothing that is open can cost less than; None where nothing is known."""
        bounds = [bound for _, _, bound in self.stack]
        known = [bound for bound in bounds if bound is not None]
        return Fraction(min(known) + self.program.constant) if known and len(known) == len(bounds) else None

    def _branches(self, relaxation: Relaxation, lower: list[int], upper: list[int]) -> list[SearchNode]:
        """What remains of a node: nothing, or its two halves, the one to look at first last."""
        decisions = self.program.decisions
        is_open = [at for at in range(decisions) if lower[at] != upper[at]]
        if not is_open:
            self._try(lower)
            return []
        answer = relaxation.solve(lower, upper)
        bound: int | None = None
        guess = [0.5] * decisions
        if isinstance(answer, Infeasible):
            if any(self._is_impossible(multipliers, lower, upper) for multipliers in answer.rays):
                return []
        elif isinstance(answer, Bounded):
            scaled, reduced = self._bound(answer.multipliers, answer.scale, lower, upper)
            bound = -(-scaled // answer.scale)
            target = self.target
            if target is not None:
                left = target * answer.scale - scaled
                if left < 0:
                    return []
                for at in is_open:
                    if abs(reduced[at]) > left:
                        lower[at] = upper[at] = int(reduced[at] < 0)
                is_open = [at for at in is_open if lower[at] != upper[at]]
            guess = answer.columns[:decisions]
            self._try([round(guess[at]) if lower[at] != upper[at] else lower[at] for at in range(decisions)])
            if not is_open:
                self._try(lower)
                return []
        at = max(is_open, key=lambda one: min(guess[one], 1.0 - guess[one]))
        down, up = ([*lower], [*upper]), ([*lower], [*upper])
        down[1][at], up[0][at] = 0, 1
        halves = [(*down, bound), (*up, bound)]
        return halves if guess[at] >= 0.5 else halves[::-1]

    def _try(self, columns: Sequence[int]) -> None:
        """Judge a complete selection, and keep it where it is better."""
        program = self.program
        decisions = tuple(columns[: program.decisions])
        if decisions in self.judged:
            return
        self.judged[decisions] = None
        if not self._may_be_better(decisions):
            return
        chosen = [*program.chosen, *(program.places[at] for at, value in enumerate(decisions) if value)]
        cost = self.judge(chosen)
        self.judged[decisions] = cost
        if cost is not None and (self.best is None or cost < self.best):
            self.best, self.selection = cost, chosen

    def _may_be_better(self, decisions: tuple[int, ...]) -> bool:
        """Whether the rows over decisions alone allow a selection: most are refused here, at little cost."""
        most = self.program.decisions
        for columns, numbers, limit in self._rows_of_decisions:
            if sum(number for at, number in zip(columns, numbers, strict=True) if decisions[at]) > limit:
                return False
        target = self.target
        if target is None:
            return True
        least = 0
        for at, cost in enumerate(self.program.cost):
            if at < most:
                least += cost if decisions[at] else 0
            else:
                least += min(cost * self.program.lower[at], cost * self.program.upper[at])
        return least <= target

    @cached_property
    def _rows_of_decisions(self) -> list[WholeRow]:
        most = self.program.decisions
        return [row for row in self.program.rows if all(at < most for at in row[0])]

    @cached_property
    def _costly(self) -> tuple[list[int], list[int]]:
        """The columns that cost anything, and their costs."""
        columns = [at for at, cost in enumerate(self.program.cost) if cost]
        return columns, [self.program.cost[at] for at in columns]

    def _bound(
        self, multipliers: dict[int, int], scale: int, lower: list[int], upper: list[int]
    ) -> tuple[int, list[int]]:
        """(bound, reduced costs), both times `scale`, for any multipliers of rows that are not negative."""
        reduced = [scale * cost for cost in self.program.cost]
        bound = 0
        for row, multiplier in multipliers.items():
            columns, numbers, limit = self.program.rows[row]
            bound -= multiplier * limit
            for at, number in zip(columns, numbers, strict=True):
                reduced[at] += multiplier * number
        for at, value in enumerate(reduced):
            if value:
                bound += value * (lower[at] if value > 0 else upper[at])
        return bound, reduced

    def _is_impossible(self, multipliers: dict[int, int], lower: list[int], upper: list[int]) -> bool:
        """Whether a combination of rows can't hold for any columns (Farkas)."""
        bound, _ = self._bound(multipliers, 0, lower, upper)
        return bound > 0

    def _propagate(self, lower: list[int], upper: list[int]) -> bool:
        """Fix 0/1 columns for which a row leaves no choice; False where a row can't hold."""
        rows = self.program.rows
        target = self.target
        if target is not None:
            rows = [*rows, (*self._costly, target)]
        for _ in range(MOST_ROUNDS):
            is_changed = False
            for columns, numbers, limit in rows:
                least = 0
                for at, number in zip(columns, numbers, strict=True):
                    least += number * (lower[at] if number > 0 else upper[at])
                left = limit - least
                if left < 0:
                    return False
                for at, number in zip(columns, numbers, strict=True):
                    if (number > left or -number > left) and upper[at] - lower[at] == 1:
                        is_changed = True
                        if number > 0:
                            upper[at] = lower[at]
                        else:
                            lower[at] = upper[at]
            if not is_changed:
                break
        return True

"""One run of the solver HiGHS on a model in whole numbers: scaled by powers of two, always minimising, one thread.

What the solver reports is within its own tolerances; callers round the columns and check them exactly. Costs and bounds
are those of the model's whole numbers. A power of two changes no digit of a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Protocol

import highspy
import numpy as np
import scipy.sparse as sp

from roadwright.domain.optimization import StopReason
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import PLAIN_COST_BITS, Values
from roadwright.optimize.solver.presolve import MOST_WIDTH, Carry, delicate_rows, split_rows, tighten, with_carries

MAX_EXPONENT = 1000


def power_of_two(largest: float, size: int) -> float:
    """The power of two that brings `largest` to about two to the power of `size` (1 where there is nothing)."""
    if largest <= 0:
        return 1.0
    return float(2.0 ** min(MAX_EXPONENT, max(-MAX_EXPONENT, size - round(np.log2(largest)))))


def row_sizes(matrix: sp.csr_matrix) -> tuple[Values, Values]:
    """The largest and the smallest size of a number in each row (1 where there is none)."""
    filled = np.diff(matrix.indptr) > 0
    largest, smallest = np.ones(len(filled)), np.ones(len(filled))
    starts = matrix.indptr[:-1][filled]
    if len(starts):
        largest[filled] = np.maximum.reduceat(np.abs(matrix.data), starts)
        smallest[filled] = np.minimum.reduceat(np.abs(matrix.data), starts)
    return largest, smallest


def row_scales(largest: Values, smallest: Values, size: int) -> Values:
    """Per row a power of two; rows of ones and minus ones are left as they are."""
    exponents = np.clip(size - np.round(np.log2(largest)), -MAX_EXPONENT, MAX_EXPONENT)
    return np.where((largest == 1.0) & (smallest == 1.0), 1.0, 2.0**exponents)


EDGE = 2.0**-26
"""By this share of its largest number a row's limit is moved outwards (see `Numerics`)."""


@dataclass(frozen=True, slots=True)
class Numerics:
    """How a model in whole numbers is put to the solver.

    `tolerance` is that of feasibility and integrality. Rows are scaled by powers of two so that their largest number
    is about two to the power of `row_size`, and limits are moved outwards by the share EDGE of it: a thousand times the
    tolerance, and less than half a unit in rows of up to 25 bits, so that a selection which meets a limit exactly does
    not stand on the edge of the tolerance, where HiGHS is known to drop in one step what it accepted in another. The
    objective is scaled likewise (`cost_size`), unless its largest coefficient lies in `cost_range` as it is.
    """

    tolerance: float
    row_size: int
    cost_size: int
    cost_range: tuple[float, float]
    seed: int
    presolve: bool = True

    def cost_scale(self, largest: float) -> float:
        """The power of two that costs are multiplied by."""
        low, high = self.cost_range
        return 1.0 if low <= largest <= high else power_of_two(largest, self.cost_size)


USUAL = Numerics(tolerance=1e-9, row_size=6, cost_size=10, cost_range=(2.0**5, 2.0**20), seed=0)
"""Close to what HiGHS does by itself: measurements showed that other scales and seeds gain nothing, and that searches
of the same problem then take half or twice as long by chance."""
OTHER = Numerics(tolerance=1e-7, row_size=12, cost_size=14, cost_range=(0.0, 0.0), seed=2, presolve=False)
"""For a second opinion: as exact, but on another scale and without presolve, so that the two don't go wrong alike."""


_writer: ContextVar[Callable[[str], None] | None] = ContextVar("solver_log_writer", default=None)


@contextmanager
def written_to(write: Callable[[str], None]) -> Iterator[None]:
    """Everything that solvers say which are made in this context goes to `write`, line by line."""
    token = _writer.set(write)
    try:
        yield
    finally:
        _writer.reset(token)


def say(text: str) -> None:
    """Give the writer of this context some words, where there is one."""
    write = _writer.get()
    if write is not None:
        write(text)


def attach(highs: highspy.Highs) -> None:
    """Keep a new solver off the console, and let the writer of this context have its words, where there is one."""
    highs.silent()
    write = _writer.get()
    if write is None:
        return
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("output_flag", True)

    def hear(event: highspy.HighsCallbackEvent) -> None:
        write(event.message)

    highs.cbLogging += hear


THREADS = 1


PRESOLVE_LIMIT = 20_000
"""With more columns HiGHS' presolve costs more than it saves, and can't be interrupted."""
SMALL = 1_000
"""With fewer columns HiGHS' searches around fractions and incumbents (RENS, RINS: whole problems of their own) cost up
to a third of the time and find nothing that the tree doesn't."""


class CancelSignal(Protocol):
    """Something that can be set to end a search: an event of this process, or one shared with another."""

    def is_set(self) -> bool: ...


class SearchEnd(Enum):
    """How a run ended."""

    PROVED = auto()
    STOPPED_BY_GAP = auto()
    STOPPED_BY_NODES = auto()
    STOPPED_BY_TIME = auto()
    CANCELLED = auto()
    INFEASIBLE = auto()
    FAILED = auto()

    @property
    def stop_reason(self) -> StopReason | None:
        """Why nothing is proved; None where something is, or the run was cancelled."""
        return {
            SearchEnd.STOPPED_BY_GAP: StopReason.GAP,
            SearchEnd.STOPPED_BY_TIME: StopReason.TIME_LIMIT,
            SearchEnd.STOPPED_BY_NODES: StopReason.NUMERICS,
            SearchEnd.FAILED: StopReason.NUMERICS,
        }.get(self)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may stop a run early (a relative gap, seconds, branch-and-bound nodes, a cancel event, any answer at all),
    and the numerics to run with.
    """

    gap: float = 0.0
    seconds: float | None = None
    nodes: int | None = None
    cancel: CancelSignal | None = None
    any_answer: bool = False
    start_is_good: bool = False
    """The start is so good that looking around it is a waste of time."""
    numerics: Numerics = USUAL


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a run stands, in the units of its costs: incumbent and bound are None until there are any."""

    incumbent: float | None
    bound: float | None
    nodes: int
    columns: Values | None = None
    """The incumbent's columns, where it has just been found."""


@dataclass(frozen=True, slots=True)
class SolverAnswer:
    """`columns` is the best answer (None where none was found), `bound` no answer can cost less than.

    `is_coarse`: beside the largest cost the solver may not see a difference of one unit. `delicate_rows` are those with
    more digits than its tolerances tell apart.
    """

    end: SearchEnd
    columns: Values | None
    bound: float
    is_coarse: bool = False
    delicate_rows: tuple[int, ...] = ()


def version() -> str:
    """The version of HiGHS."""
    return f"{highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"


def options() -> dict[str, float | int]:
    """The solver options that matter for reproducing an answer."""
    return {"threads": THREADS, "random_seed": USUAL.seed, "mip_feasibility_tolerance": USUAL.tolerance}


def minimise(
    tightened: Linear,
    costs: Values,
    limits: Limits,
    *,
    start: Values | None = None,
    on_tick: Callable[[Tick], None] | None = None,
    is_split: bool = False,
) -> SolverAnswer:
    """The columns with the least total cost that a tightened model allows.

    In rows with more digits than the solver tells apart the limit is moved outwards, so that nothing allowed is lost
    and answers just beyond the limit may come back; with `is_split` such rows are split, and none does.
    """
    width = tightened.matrix.shape[1]
    if width == 0:
        return SolverAnswer(SearchEnd.PROVED, np.zeros(0), 0.0)
    carries: list[Carry] = []
    delicate = delicate_rows(tightened)
    if is_split and delicate and width <= MOST_WIDTH:
        tightened, carries = split_rows(tightened, delicate)
        costs = np.pad(costs, (0, tightened.matrix.shape[1] - width))
        start = None if start is None else with_carries(start, carries)
    run = _Run(tightened, costs, limits)
    if start is not None:
        run.start_from(start)
    return replace(run.answer(on_tick, width), delicate_rows=tuple(delicate))


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The best answer in fractions: its cost (no answer costs less), and its columns.

    `reduced` is by how much the cost rises at least for each unit that a column leaves its bound (negative: its upper
    one), `duals` likewise for rows. `size` is the largest cost of a column.
    """

    bound: float
    columns: Values
    reduced: Values
    duals: Values
    size: float


def relax(linear: Linear, costs: Values, limits: Limits) -> Relaxed | None:
    """The linear relaxation; None where there is none, or where its numbers are too delicate to conclude from."""
    tightened = tighten(linear)
    if tightened is None or delicate_rows(tightened):
        return None
    run = _Run(tightened, costs, limits, fractional=True)
    run.watch(None)
    if not run.is_run() or run.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = run.highs.getSolution()
    return Relaxed(
        bound=run.highs.getObjectiveValue() / run.cost_scale,
        columns=np.asarray(solution.col_value) * run.column_scale,
        reduced=np.asarray(solution.col_dual) / (run.cost_scale * run.column_scale),
        duals=np.asarray(solution.row_dual) * run.row_scale / run.cost_scale,
        size=float(np.abs(costs).max(initial=0.0)),
    )


def contradicting_rows(linear: Linear, seconds: float | None) -> list[int] | None:
    """Rows that can't be met together even in fractions, by the solver's Farkas certificate; None where it has none."""
    run = _Run(linear, np.zeros(linear.matrix.shape[1]), Limits(seconds=seconds), fractional=True)
    run.highs.setOptionValue("presolve", "off")
    if not run.is_run() or run.highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
        return None
    _, found, ray = run.highs.getDualRay()  # type: ignore[attr-defined]
    return [int(row) for row in np.flatnonzero(np.abs(ray) > USUAL.tolerance)] if found else None


class _Run:
    """A model inside HiGHS."""

    def __init__(self, linear: Linear, costs: Values, limits: Limits, *, fractional: bool = False) -> None:
        self.linear = linear
        self.limits = limits
        matrix = linear.matrix
        free = linear.lower != linear.upper
        offset = float(np.dot(np.where(free, 0.0, costs), np.where(free, 0.0, linear.lower)))
        # Columns of amounts reach far: as shares of what they can be they fit beside the others.
        reach = np.where(linear.integer | (linear.upper < 2.0), 1.0, linear.upper)
        self.column_scale = 2.0 ** np.round(np.log2(reach))
        costs = np.where(free, costs, 0.0) * self.column_scale
        largest_cost = float(np.abs(costs).max(initial=0.0))
        self.cost_scale = limits.numerics.cost_scale(largest_cost)
        self.is_coarse = largest_cost > 2.0**PLAIN_COST_BITS
        scaled = sp.csr_matrix(matrix.multiply(self.column_scale)) if (reach != 1.0).any() else matrix
        largest, smallest = row_sizes(scaled)
        scale = self.row_scale = row_scales(largest, smallest, limits.numerics.row_size)
        is_ones = (largest == 1.0) & (smallest == 1.0)
        # A column of amounts takes up whatever its row is off by, and would cost less with a limit moved outwards.
        amounts = np.bincount(
            np.repeat(np.arange(len(largest)), np.diff(matrix.indptr)),
            weights=~linear.integer[matrix.indices],
            minlength=len(largest),
        )
        edge = np.where(is_ones | (amounts > 0), 0.0, EDGE * largest)
        self.whole = linear.integer & ~linear.implied & (not fractional)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        attach(self.highs)
        self._set_options()
        status = self.highs.passModel(
            matrix.shape[1],
            matrix.shape[0],
            matrix.nnz,
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            offset * self.cost_scale,
            costs * self.cost_scale,
            linear.lower / self.column_scale,
            linear.upper / self.column_scale,
            (linear.row_lower - edge) * scale,
            (linear.row_upper + edge) * scale,
            scaled.indptr[:-1].astype(np.int32),
            scaled.indices.astype(np.int32),
            scaled.data * np.repeat(scale, np.diff(scaled.indptr)),
            self.whole.astype(np.int32),
        )
        if status == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refused the model")

    def _set_options(self) -> None:
        numerics = self.limits.numerics
        chosen: dict[str, float | str] = {
            "threads": THREADS,
            "random_seed": numerics.seed,
            "mip_feasibility_tolerance": numerics.tolerance,
            "primal_feasibility_tolerance": numerics.tolerance,
            "dual_feasibility_tolerance": numerics.tolerance,
            "mip_rel_gap": self.limits.gap,
            "mip_abs_gap": 0.0,
            "small_matrix_value": 1e-12,
        }
        if self.limits.seconds is not None:
            chosen["time_limit"] = max(0.0, self.limits.seconds)
        if self.limits.any_answer:
            chosen["mip_max_improving_sols"] = 1
        if self.limits.nodes is not None:
            chosen["mip_max_nodes"] = self.limits.nodes
            # Restarts don't count their nodes, and HiGHS is known to hang in them, ignoring its time limit.
            chosen["mip_allow_restart"] = False
        if self.linear.matrix.shape[1] < SMALL or self.limits.start_is_good:
            chosen |= {"mip_heuristic_run_rins": False, "mip_heuristic_run_rens": False}
        if self.linear.matrix.shape[1] > PRESOLVE_LIMIT or not numerics.presolve:
            chosen["presolve"] = "off"
        for name, value in chosen.items():
            if self.highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
                raise RuntimeError(f"HiGHS refused the option {name} = {value}")

    def start_from(self, columns: Values) -> None:
        solution = highspy.HighsSolution()
        solution.col_value = (columns / self.column_scale).tolist()
        solution.value_valid = True
        self.highs.setSolution(solution)

    def watch(self, on_tick: Callable[[Tick], None] | None) -> None:
        cancel = self.limits.cancel

        def tell(event: highspy.HighsCallbackEvent, columns: Values | None) -> None:
            data = event.data_out
            if on_tick is not None:
                incumbent, bound = self._native(data.mip_primal_bound), self._native(data.mip_dual_bound)
                on_tick(Tick(incumbent, bound, data.mip_node_count, columns))

        def improved(event: highspy.HighsCallbackEvent) -> None:
            tell(event, np.array(event.data_out.mip_solution) * self.column_scale)

        def interrupt(event: highspy.HighsCallbackEvent) -> None:
            event.interrupt(cancel is not None and cancel.is_set())

        def tick(event: highspy.HighsCallbackEvent) -> None:
            tell(event, None)
            interrupt(event)

        if on_tick is not None or cancel is not None:
            self.highs.cbMipImprovingSolution += improved
            self.highs.cbMipInterrupt += tick
        if cancel is not None:
            self.highs.cbSimplexInterrupt += interrupt

    def _native(self, scaled: float) -> float | None:
        return scaled / self.cost_scale if np.isfinite(scaled) and abs(scaled) < 1e100 else None

    def is_run(self) -> bool:
        """Run; False where the solver broke."""
        try:
            self.highs.run()
        except (ValueError, MemoryError):  # seen in HiGHS 1.15: "vector::reserve"
            return False
        return True

    def answer(self, on_tick: Callable[[Tick], None] | None, width: int) -> SolverAnswer:
        """Run, and return the result for the first `width` columns."""
        self.watch(on_tick)
        if not self.is_run():
            return SolverAnswer(SearchEnd.FAILED, None, -np.inf)
        info = self.highs.getInfo()
        status = self.highs.getModelStatus()
        has_answer = info.primal_solution_status == highspy.kSolutionStatusFeasible
        columns = np.asarray(self.highs.getSolution().col_value) * self.column_scale if has_answer else None
        bound = self._native(info.mip_dual_bound)
        end = self._end(status, columns is not None, info)
        if end is SearchEnd.PROVED:
            bound = self._native(info.objective_function_value)
        return SolverAnswer(
            end, None if columns is None else columns[:width], -np.inf if bound is None else bound, self.is_coarse
        )

    def _end(self, status: highspy.HighsModelStatus, has_answer: bool, info: highspy.HighsInfo) -> SearchEnd:
        kinds = highspy.HighsModelStatus
        if status == kinds.kOptimal and has_answer:
            # Without whole columns it is solved as a linear program, and what it says about a gap means nothing.
            is_open = self.whole.any() and self.limits.gap > 0 and info.mip_gap > 0
            return SearchEnd.STOPPED_BY_GAP if is_open else SearchEnd.PROVED
        ends = {
            kinds.kInfeasible: SearchEnd.INFEASIBLE,
            kinds.kUnboundedOrInfeasible: SearchEnd.INFEASIBLE,  # every column is bounded where it matters
            kinds.kTimeLimit: SearchEnd.STOPPED_BY_TIME,
            kinds.kSolutionLimit: SearchEnd.STOPPED_BY_NODES,
            kinds.kInterrupt: SearchEnd.CANCELLED,
        }
        return ends.get(status, SearchEnd.FAILED)

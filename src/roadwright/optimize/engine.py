"""One run of the solver HiGHS on a linear model: scaled by powers of two, always minimising, one thread, fixed seed.

What the solver says is in its own tolerances; callers round the columns and check them exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import highspy
import numpy as np

from roadwright.optimize import solver_log
from roadwright.optimize.matrix import Linear, Values
from roadwright.optimize.numerics import USUAL, Numerics
from roadwright.optimize.scaling import cost_range, row_scales, row_sizes, spread
from roadwright.optimize.tighten import tighten

THREADS = 1


PRESOLVE_LIMIT = 20_000
"""With more columns HiGHS' presolve costs more than it saves, and can't be interrupted."""
SMALL = 1_000
"""With fewer columns HiGHS' searches around fractions and incumbents (RENS, RINS: whole problems of their own) cost up
to a third of the time and find nothing that the tree doesn't."""
DELICATE = 1e5
"""With numbers in one row this many times as large as others HiGHS' presolve is known to lose good answers: with
120000 a + 0.002 b <= 120000.001 and a + b <= 1 it finds a = b = 0 "optimal" for maximal 120000 a + 0.002 b."""


class Cancel(Protocol):
    """Something that can be set to end a search: an event of this process, or one shared with another."""

    def is_set(self) -> bool: ...


class End(Enum):
    """How a run ended."""

    PROVED = auto()
    STOPPED_BY_GAP = auto()
    STOPPED_BY_NODES = auto()
    STOPPED_BY_TIME = auto()
    CANCELLED = auto()
    INFEASIBLE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Limits:
    """What may stop a run early (a relative gap, seconds, branch-and-bound nodes, a cancel event, any answer at all),
    and the numerics to run with.
    """

    gap: float = 0.0
    seconds: float | None = None
    nodes: int | None = None
    cancel: Cancel | None = None
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
class Outcome:
    """`columns` is the best answer (None where none was found), `bound` no answer can cost less than.

    `is_delicate`: numbers of very different size met in the model, so that the solver's word needs a second opinion.
    """

    end: End
    columns: Values | None
    bound: float
    is_delicate: bool = False


def version() -> str:
    """The version of HiGHS."""
    return f"{highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"


def options() -> dict[str, float | int]:
    """The solver options that matter for reproducing an answer."""
    return {"threads": THREADS, "random_seed": USUAL.seed, "mip_feasibility_tolerance": USUAL.tolerance}


def minimise(
    linear: Linear,
    costs: Values,
    limits: Limits,
    *,
    start: Values | None = None,
    on_tick: Callable[[Tick], None] | None = None,
) -> Outcome:
    """The columns with the least total cost that a model allows."""
    tightened = tighten(linear)
    if tightened is None:
        return Outcome(End.INFEASIBLE, None, np.inf)
    if linear.matrix.shape[1] == 0:
        return Outcome(End.PROVED, np.zeros(0), 0.0)
    run = _Run(tightened, costs, limits)
    if start is not None:
        run.start_from(start)
    return run.outcome(on_tick)


def cost_size(linear: Linear, costs: Values) -> float:
    """The largest cost of a column that is not settled from the start: what the costs are scaled by."""
    tightened = tighten(linear)
    if tightened is None:
        return 0.0
    return float(np.abs(costs[tightened.lower != tightened.upper]).max(initial=0.0))


def cost_error(size: float) -> float:
    """How much better than a proved answer another one may be, unseen, where the largest cost is `size`."""
    return USUAL.tolerance / USUAL.cost_scale(size) if size else 0.0


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
    if tightened is None:
        return None
    run = _Run(tightened, costs, limits, fractional=True)
    if run.spread > DELICATE:
        return None
    run.watch(None)
    run.highs.run()
    if run.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = run.highs.getSolution()
    return Relaxed(
        bound=run.highs.getObjectiveValue() / run.cost_scale,
        columns=np.asarray(solution.col_value),
        reduced=np.asarray(solution.col_dual) / run.cost_scale,
        duals=np.asarray(solution.row_dual) * run.row_scale / run.cost_scale,
        size=float(np.abs(costs).max(initial=0.0)),
    )


def contradicting_rows(linear: Linear, seconds: float | None) -> list[int] | None:
    """Rows that can't be met together even in fractions, by the solver's Farkas certificate; None where it has none."""
    run = _Run(linear, np.zeros(linear.matrix.shape[1]), Limits(seconds=seconds), fractional=True)
    run.highs.setOptionValue("presolve", "off")
    run.highs.run()
    if run.highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
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
        costs = np.where(free, costs, 0.0)
        self.cost_scale = limits.numerics.cost_scale(float(np.abs(costs).max(initial=0.0)))
        largest, smallest = row_sizes(linear)
        scale = self.row_scale = row_scales(largest, smallest, limits.numerics.row_size)
        self.spread = max(spread(largest, smallest), spread(*cost_range(costs)))
        self.whole = linear.integer & ~linear.implied & (not fractional)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        solver_log.attach(self.highs)
        self._set_options()
        status = self.highs.passModel(
            matrix.shape[1],
            matrix.shape[0],
            matrix.nnz,
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            offset * self.cost_scale,
            costs * self.cost_scale,
            linear.lower,
            linear.upper,
            linear.row_lower * scale,
            linear.row_upper * scale,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data * np.repeat(scale, np.diff(matrix.indptr)),
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
            # Restarts don't count their nodes, and HiGHS is known to hang in them, deaf to its time limit.
            chosen["mip_allow_restart"] = False
        if self.linear.matrix.shape[1] < SMALL or self.limits.start_is_good:
            chosen |= {"mip_heuristic_run_rins": False, "mip_heuristic_run_rens": False}
        if self.linear.matrix.shape[1] > PRESOLVE_LIMIT or self.spread > DELICATE:
            chosen["presolve"] = "off"
        for name, value in chosen.items():
            if self.highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
                raise RuntimeError(f"HiGHS refused the option {name} = {value}")

    def start_from(self, columns: Values) -> None:
        solution = highspy.HighsSolution()
        solution.col_value = columns.tolist()
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
            tell(event, np.array(event.data_out.mip_solution))

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

    def outcome(self, on_tick: Callable[[Tick], None] | None) -> Outcome:
        self.watch(on_tick)
        self.highs.run()
        info = self.highs.getInfo()
        status = self.highs.getModelStatus()
        has_answer = info.primal_solution_status == highspy.kSolutionStatusFeasible
        columns = np.asarray(self.highs.getSolution().col_value) if has_answer else None
        bound = self._native(info.mip_dual_bound)
        end = self._end(status, columns is not None, info)
        if end is End.PROVED:
            bound = self._native(info.objective_function_value)
        return Outcome(end, columns, -np.inf if bound is None else bound, self.spread > DELICATE)

    def _end(self, status: highspy.HighsModelStatus, has_answer: bool, info: highspy.HighsInfo) -> End:
        kinds = highspy.HighsModelStatus
        if status == kinds.kOptimal and has_answer:
            # Without whole columns it is solved as a linear program, and what it says about a gap means nothing.
            is_open = self.whole.any() and self.limits.gap > 0 and info.mip_gap > 0
            return End.STOPPED_BY_GAP if is_open else End.PROVED
        ends = {
            kinds.kInfeasible: End.INFEASIBLE,
            kinds.kUnboundedOrInfeasible: End.INFEASIBLE,  # every column is bounded where it matters
            kinds.kTimeLimit: End.STOPPED_BY_TIME,
            kinds.kSolutionLimit: End.STOPPED_BY_NODES,
            kinds.kInterrupt: End.CANCELLED,
        }
        return ends.get(status, End.FAILED)

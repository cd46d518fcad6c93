"""From a problem to its solution: the objective's stages in order, then the tie-break, every answer checked exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from roadwright.domain.messages import notice
from roadwright.domain.optimization import (
    FindingKind,
    Proof,
    RunStatus,
    Severity,
)
from roadwright.optimize.analysis.diagnosis import diagnose_model
from roadwright.optimize.model.checks import findings_of
from roadwright.optimize.model.objective import Plan, plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, ProblemFinding
from roadwright.optimize.model.solution import (
    Solution,
)
from roadwright.optimize.solver.highs import CancelSignal, Tick
from roadwright.optimize.solver.portfolio import PortfolioAnswer, best_portfolio
from roadwright.optimize.solver.report import report
from roadwright.optimize.solver.search import Search

LARGE = 20_000
"""Above this many candidates the default gap is LARGE_GAP instead of 0."""
LARGE_GAP = 1e-4
SECONDS_BETWEEN_TICKS = 0.1


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """How long and how exactly to solve.

    `time_limit` is in seconds over everything (None: none). `gap` is the relative gap that is good enough (None: 0, or
    above 20,000 candidates 1e-4). `diagnose_seconds` bounds the search for a conflict and a repair.
    """

    time_limit: float | None = None
    gap: float | None = None
    tie_break: bool = True
    diagnose: bool = True
    diagnose_seconds: float = 30.0

    def __post_init__(self) -> None:
        for name in ("time_limit", "gap", "diagnose_seconds"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be a number of at least 0, not {value}")


@dataclass(frozen=True, slots=True)
class SolveProgress:
    """Where a running solve stands; objective and bound count improvement, and are None until there are any."""

    stage: str
    seconds: float
    objective: float | None
    bound: float | None
    gap: float | None
    nodes: int
    selected: tuple[str, ...] | None = None
    """The best selection so far, where it has just been found (checked by the solver only, not yet exactly)."""


def solve(
    problem: Problem,
    options: SolveOptions | None = None,
    *,
    progress: Callable[[SolveProgress], None] | None = None,
    cancel: CancelSignal | None = None,
) -> Solution:
    """The best portfolio that the problem allows, proved and checked; see Solution.status for how it ended.

    `progress` is called some times a second from the solving thread; setting `cancel` ends the search with what there
    is. On very large models the solver can ignore limit and cancel for a while: `solve_isolated` does not.
    """
    options = options or SolveOptions()
    began = monotonic()
    model = PortfolioModel.of(problem)
    steps = plan(model)
    findings = [*findings_of(model), *steps.findings]
    gap = options.gap
    if gap is None:
        gap = LARGE_GAP if model.size > LARGE else 0.0
        if gap:
            findings.append(_large(model.size))
    search = Search(
        model,
        deadline=None if options.time_limit is None else began + options.time_limit,
        cancel=cancel,
        on_tick=_ticker(model, steps, began, progress),
    )
    if any(finding.severity is Severity.CRITICAL for finding in findings):
        answer = PortfolioAnswer(RunStatus.INFEASIBLE, proof=Proof.EXACT)
    else:
        answer = best_portfolio(search, steps.stages, gap=gap, tie_break=options.tie_break)
    if answer.status is RunStatus.INFEASIBLE and options.diagnose:
        left = search.seconds_left
        seconds = options.diagnose_seconds if left is None else min(left, options.diagnose_seconds)
        diagnosis = diagnose_model(model, seconds=seconds, cancel=cancel)
        answer = replace(answer, diagnosis=diagnosis)
    return report(model, steps, answer, findings, seconds=monotonic() - began, timings=search.timings)


def _large(size: int) -> ProblemFinding:
    return ProblemFinding(
        "objective",
        notice("problem_large", count=size, gap=LARGE_GAP),
        Severity.INFO,
        FindingKind.OBJECTIVE,
    )


def _ticker(
    model: PortfolioModel, steps: Plan, began: float, progress: Callable[[SolveProgress], None] | None
) -> Callable[[str, Tick], None] | None:
    """Turns the solver's costs into improvements for a progress callback."""
    if progress is None:
        return None
    signs = {stage.name: stage.sign for stage in steps.stages}
    told = began

    def on_tick(name: str, tick: Tick) -> None:
        nonlocal told
        if tick.columns is None and monotonic() - told < SECONDS_BETWEEN_TICKS:
            return
        told = monotonic()
        sign = signs.get(name, 1)
        objective = None if tick.incumbent is None else sign * tick.incumbent
        bound = None if tick.bound is None else sign * tick.bound
        gap = None
        if objective is not None and bound is not None:
            gap = abs(bound - objective) / abs(objective) if objective else None
        selected = None if tick.columns is None else tuple(model.keys_of(tick.columns))
        progress(SolveProgress(name, monotonic() - began, objective, bound, gap, tick.nodes, selected))

    return on_tick

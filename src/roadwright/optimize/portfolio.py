"""The best portfolio that some rows allow: the objective's stages in order, then the tie-break."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from roadwright.domain.optimization import RunStatus, TieBreak
from roadwright.optimize.engine import End
from roadwright.optimize.evaluate import Evaluation
from roadwright.optimize.local_search import good_start
from roadwright.optimize.objective import Stage
from roadwright.optimize.solution import Diagnosis
from roadwright.optimize.stages import Search, is_proved
from roadwright.optimize.tie_break import break_ties, stage_step


@dataclass(frozen=True, slots=True)
class StageAnswer:
    """A stage that was solved: its best value, and the bound that no portfolio beats."""

    stage: Stage
    optimum: Fraction
    bound: float
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """How a search ended, and its best portfolio where there is one."""

    status: RunStatus
    best: Evaluation | None = None
    stages: list[StageAnswer] = field(default_factory=list)
    tie_break: TieBreak = TieBreak.OFF
    message: str | None = None
    """What to say instead of the status's usual message."""
    diagnosis: Diagnosis | None = None


def best_portfolio(
    search: Search,
    stages: tuple[Stage, ...],
    *,
    gap: float = 0.0,
    tie_break: bool = True,
    known: Evaluation | None = None,
) -> Answer:
    """The best selection that the search's rows allow: stage by stage, each held for the next, then the tie-break.

    Without stages any selection will do, and the tie-break decides. A variant of a problem whose answer is `known` is
    solved by way of its relaxation where it is large, and any of several equally good ones will do.
    """
    stages = stages or (Stage("feasibility", {}),)
    best: Evaluation | None = None
    answers: list[StageAnswer] = []
    for stage in stages:
        step = stage_step(search.model, stage)
        if known is None:
            start = best
            if start is None and search.system is None and not search.held:
                start = good_start(search.model, step.costs)
            result = search.minimise(step, gap=gap, start=start)
        else:
            result = search.minimise_near(step, known, gap=gap, start=best)
        if result.evaluation is None:
            return _unanswered(result.end, best, answers)
        if best is None or step.cost(result.evaluation) <= step.cost(best):
            best = result.evaluation
        optimum = stage.value(best)
        answers.append(StageAnswer(stage, optimum, stage.sign * result.bound, is_proved(step, result)))
        if result.end in (End.STOPPED_BY_TIME, End.CANCELLED):
            return _unanswered(result.end, best, answers)
        search.hold(step, step.cost(best), Fraction(0) if stage is stages[-1] else stage.tolerance)
    assert best is not None
    proved = all(answer.is_proved for answer in answers)
    status = RunStatus.OPTIMAL if proved else RunStatus.FEASIBLE
    if not (proved and tie_break) or (known is not None and search.is_large):
        return Answer(status, best, answers)
    best, state = break_ties(search, step, best, shortfall_done=stages[0].is_shortfall)
    if search.is_cancelled:
        status = RunStatus.CANCELLED
    return Answer(status, best, answers, state)


def _unanswered(end: End, best: Evaluation | None, answers: list[StageAnswer]) -> Answer:
    """How it ends where a stage brought no answer, or only a part of one; `best` stands from before."""
    if end is End.CANCELLED:
        return Answer(RunStatus.CANCELLED, best, answers)
    if best is not None:
        return Answer(RunStatus.FEASIBLE, best, answers)
    statuses = {End.INFEASIBLE: RunStatus.INFEASIBLE, End.STOPPED_BY_TIME: RunStatus.UNKNOWN}
    return Answer(statuses.get(end, RunStatus.FAILED))

"""The best portfolio that some rows allow: the objective's stages in order, then the tie-break."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from roadwright.domain.optimization import Proof, RunStatus, StopReason, TieBreak
from roadwright.optimize.engine import End
from roadwright.optimize.evaluate import Evaluation
from roadwright.optimize.local_search import good_start
from roadwright.optimize.objective import Stage
from roadwright.optimize.solution import Diagnosis
from roadwright.optimize.stages import Search
from roadwright.optimize.steps import Step, StepResult, is_proved
from roadwright.optimize.tie_break import break_ties, stage_step


@dataclass(frozen=True, slots=True)
class StageAnswer:
    """A stage that was solved: its best value, and the bound that no portfolio beats (None: none is known)."""

    stage: Stage
    optimum: Fraction
    bound: Fraction | None
    is_proved: bool
    proof: Proof


@dataclass(frozen=True, slots=True)
class Answer:
    """How a search ended, and its best portfolio where there is one.

    `reason` is why an answer is not proved, `delicate` names the rows and stages whose numbers are too far apart.
    """

    status: RunStatus
    best: Evaluation | None = None
    stages: list[StageAnswer] = field(default_factory=list)
    tie_break: TieBreak = TieBreak.OFF
    message: str | None = None
    """What to say instead of the status's usual message."""
    diagnosis: Diagnosis | None = None
    reason: StopReason | None = None
    proof: Proof | None = None
    delicate: tuple[str, ...] = ()


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
                start = good_start(search.model, step.costs.floats)
            result = search.minimise(step, gap=gap, start=start)
        else:
            result = search.minimise_near(step, known, gap=gap, start=best)
        if result.evaluation is None:
            return _unanswered(search, step, result, best, answers)
        if best is None or step.cost(result.evaluation) <= step.cost(best):
            best = result.evaluation
        bound = None if result.bound is None else stage.sign * result.bound
        answers.append(StageAnswer(stage, stage.value(best), bound, is_proved(step, result), result.proof))
        if result.end in (End.STOPPED_BY_TIME, End.CANCELLED, End.FAILED):
            return _unanswered(search, step, result, best, answers)
        search.hold(step, step.cost(best), Fraction(0) if stage is stages[-1] else stage.tolerance)
    assert best is not None
    if not all(answer.is_proved for answer in answers):
        return Answer(RunStatus.FEASIBLE, best, answers, reason=StopReason.GAP)
    proof = Proof.EXACT if all(answer.proof is Proof.EXACT for answer in answers) else Proof.SOLVER
    status = RunStatus.OPTIMAL
    if not tie_break or (known is not None and search.is_large):
        return Answer(status, best, answers, proof=proof)
    best, state = break_ties(search, step, best, shortfall_done=stages[0].is_shortfall)
    if search.is_cancelled:
        status = RunStatus.CANCELLED
    return Answer(status, best, answers, state, proof=proof)


def _unanswered(
    search: Search, step: Step, result: StepResult, best: Evaluation | None, answers: list[StageAnswer]
) -> Answer:
    """How it ends where a stage brought no answer, or only a part of one; `best` stands from before."""
    if result.end is End.CANCELLED:
        return Answer(RunStatus.CANCELLED, best, answers)
    if result.end is End.STOPPED_BY_TIME:
        status = RunStatus.UNKNOWN if best is None else RunStatus.FEASIBLE
        return Answer(status, best, answers, reason=StopReason.TIME_LIMIT)
    if result.end is End.INFEASIBLE and best is None:
        return Answer(RunStatus.INFEASIBLE, proof=result.proof)
    # A later stage has the answer of the earlier one: whatever says that there is none is wrong.
    status = RunStatus.FAILED if best is None else RunStatus.FEASIBLE
    delicate = tuple(search.delicate_rules(step))
    return Answer(status, best, answers, reason=StopReason.NUMERICS, delicate=delicate)

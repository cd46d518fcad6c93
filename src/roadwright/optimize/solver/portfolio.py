"""The best portfolio that some rows allow: the objective's stages in order, then the tie-break.

The tie-break decides which of the equally good portfolios is the answer: less shortfall, then fewer tokens, then a
fixed hash of the keys. Its budget is counted in branch-and-bound nodes, so that the answer is the same on a slow
machine and on a fast one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b

from roadwright.domain.messages import Message
from roadwright.domain.optimization import TOKENS, Proof, RunStatus, StopReason, TieBreak, TieBreakStep
from roadwright.optimize.model.evaluation import Evaluation
from roadwright.optimize.model.numbers import WholeCost
from roadwright.optimize.model.objective import SHORTFALL_STAGE, Stage
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.solution import Diagnosis
from roadwright.optimize.solver.highs import SearchEnd
from roadwright.optimize.solver.pair_bonuses import good_start
from roadwright.optimize.solver.search import Search
from roadwright.optimize.solver.steps import SolveStep, StepResult, is_proved

NODES = 2_000
"""Branch-and-bound nodes for each step of the tie-break."""
HASH_BITS = 48


def key_weight(key: str) -> Fraction:
    """The weight of a candidate in the last step: 1 and a hash of its key, in [1, 2)."""
    digest = blake2b(key.encode(), digest_size=HASH_BITS // 8).digest()
    return 1 + Fraction(int.from_bytes(digest, "big"), 2**HASH_BITS)


def stage_step(model: PortfolioModel, stage: Stage) -> SolveStep:
    """A stage of the objective as something to minimise."""
    return SolveStep(stage.name, stage.costs(model), lambda evaluation: stage.sign * stage.value(evaluation))


def tokens_step(model: PortfolioModel) -> SolveStep:
    """Fewer tokens."""
    costs = WholeCost.of(model.width, [(Fraction(1), range(model.size), model.index.usage(TOKENS))])
    return SolveStep("tie-break: tokens", costs, lambda evaluation: evaluation.used[TOKENS])


def keys_step(model: PortfolioModel) -> SolveStep:
    """The smaller sum of key weights."""
    weight = {candidate.key: key_weight(candidate.key) for candidate in model.index.candidates}
    numbers = [int(value * 2**HASH_BITS) for value in weight.values()]
    costs = WholeCost(numbers, Fraction(1, 2**HASH_BITS)).padded(model.width)
    return SolveStep(
        "tie-break: keys", costs, lambda evaluation: sum((weight[k] for k in evaluation.selected), Fraction(0))
    )


def tie_break_steps(model: PortfolioModel, *, shortfall_done: bool) -> dict[TieBreakStep, SolveStep]:
    """What decides between equally good portfolios, in this order; `shortfall_done`: the first stage counts goals."""
    steps = {TieBreakStep.TOKENS: tokens_step(model), TieBreakStep.KEYS: keys_step(model)}
    if not model.all_goals or shortfall_done:
        return steps
    return {TieBreakStep.GOALS: stage_step(model, Stage(SHORTFALL_STAGE, {}, is_shortfall=True)), **steps}


def break_ties(
    search: Search, held: SolveStep, best: Evaluation, *, shortfall_done: bool
) -> tuple[Evaluation, TieBreak]:
    """The selection that the tie-break names among those that keep all that `search` holds; `best` is one of them.

    `held` is the step whose optimum is held last. Where there are more synergies than candidates, it is first tried to
    prove that nothing else is as good: with a weak bound that is far cheaper than every step of the tie-break.
    A step that is not proved within its nodes (or before the time is up) ends the tie-break; what it improved is kept
    where nodes ended it, and dropped where time did.
    """
    model = search.model
    steps = tie_break_steps(model, shortfall_done=shortfall_done).values()
    many_synergies = len(model.resolved.synergies) > model.size
    if many_synergies and search.is_only(held, best, nodes=NODES):
        return best, TieBreak.PROVED
    for step in steps:
        result = search.minimise(step, nodes=NODES, start=best)
        if result.evaluation is not None and result.end in (SearchEnd.PROVED, SearchEnd.STOPPED_BY_NODES):
            best = min(result.evaluation, best, key=lambda one: (step.cost(one), one is best))
        if result.end is not SearchEnd.PROVED:
            return best, TieBreak.LIMITED
        search.hold(step, step.cost(best))
    return best, TieBreak.PROVED


@dataclass(frozen=True, slots=True)
class StageAnswer:
    """A stage that was solved: its best value, and the bound that no portfolio beats (None: none is known)."""

    stage: Stage
    optimum: Fraction
    bound: Fraction | None
    is_proved: bool
    proof: Proof


@dataclass(frozen=True, slots=True)
class PortfolioAnswer:
    """How a search ended, and its best portfolio where there is one.

    `reason` is why an answer is not proved, `delicate` names the rows and stages whose numbers are too far apart.
    """

    status: RunStatus
    best: Evaluation | None = None
    stages: list[StageAnswer] = field(default_factory=list)
    tie_break: TieBreak = TieBreak.OFF
    said: Message | None = None
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
) -> PortfolioAnswer:
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
            if start is None and search.system is None and not search.objective_cuts:
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
        if result.end in (SearchEnd.STOPPED_BY_TIME, SearchEnd.CANCELLED, SearchEnd.FAILED):
            return _unanswered(search, step, result, best, answers)
        search.hold(step, step.cost(best), Fraction(0) if stage is stages[-1] else stage.tolerance)
    assert best is not None
    if not all(answer.is_proved for answer in answers):
        return PortfolioAnswer(RunStatus.FEASIBLE, best, answers, reason=StopReason.GAP)
    proof = Proof.EXACT if all(answer.proof is Proof.EXACT for answer in answers) else Proof.SOLVER
    status = RunStatus.OPTIMAL
    if not tie_break or (known is not None and search.is_large):
        return PortfolioAnswer(status, best, answers, proof=proof)
    best, state = break_ties(search, step, best, shortfall_done=stages[0].is_shortfall)
    if search.is_cancelled:
        status = RunStatus.CANCELLED
    return PortfolioAnswer(status, best, answers, state, proof=proof)


def _unanswered(
    search: Search, step: SolveStep, result: StepResult, best: Evaluation | None, answers: list[StageAnswer]
) -> PortfolioAnswer:
    """How it ends where a stage brought no answer, or only a part of one; `best` stands from before."""
    if result.end is SearchEnd.CANCELLED:
        return PortfolioAnswer(RunStatus.CANCELLED, best, answers)
    if result.end is SearchEnd.STOPPED_BY_TIME:
        status = RunStatus.UNKNOWN if best is None else RunStatus.FEASIBLE
        return PortfolioAnswer(status, best, answers, reason=StopReason.TIME_LIMIT)
    if result.end is SearchEnd.INFEASIBLE and best is None:
        return PortfolioAnswer(RunStatus.INFEASIBLE, proof=result.proof)
    # A later stage has the answer of the earlier one: whatever says that there is none is wrong.
    status = RunStatus.FAILED if best is None else RunStatus.FEASIBLE
    delicate = tuple(search.delicate_rules(step))
    return PortfolioAnswer(status, best, answers, reason=StopReason.NUMERICS, delicate=delicate)

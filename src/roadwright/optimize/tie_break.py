"""Which of the equally good portfolios is the answer: less shortfall, then fewer tokens, then a fixed hash of the keys.

Its budget is counted in branch-and-bound nodes, so that the answer is the same on a slow machine and on a fast one.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b

from roadwright.domain.optimization import TOKENS, TieBreak
from roadwright.optimize.engine import End
from roadwright.optimize.evaluate import Evaluation
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import SHORTFALL_STAGE, Stage
from roadwright.optimize.stages import Search
from roadwright.optimize.steps import Step
from roadwright.optimize.whole import WholeCost

NODES = 2_000
"""Branch-and-bound nodes for each step of the tie-break."""
HASH_BITS = 48


def key_weight(key: str) -> Fraction:
    """The weight of a candidate in the last step: 1 and a hash of its key, in [1, 2)."""
    digest = blake2b(key.encode(), digest_size=HASH_BITS // 8).digest()
    return 1 + Fraction(int.from_bytes(digest, "big"), 2**HASH_BITS)


def stage_step(model: Model, stage: Stage) -> Step:
    """A stage of the objective as something to minimise."""
    return Step(stage.name, stage.costs(model), lambda evaluation: stage.sign * stage.value(evaluation))


def tokens_step(model: Model) -> Step:
    """Fewer tokens."""
    costs = WholeCost.of(model.width, [(Fraction(1), range(model.size), model.universe.usage(TOKENS))])
    return Step("tie-break: tokens", costs, lambda evaluation: evaluation.used[TOKENS])


def keys_step(model: Model) -> Step:
    """The smaller sum of key weights."""
    weight = {candidate.key: key_weight(candidate.key) for candidate in model.universe.candidates}
    numbers = [int(value * 2**HASH_BITS) for value in weight.values()]
    costs = WholeCost(numbers, Fraction(1, 2**HASH_BITS)).padded(model.width)
    return Step("tie-break: keys", costs, lambda evaluation: sum((weight[k] for k in evaluation.selected), Fraction(0)))


def break_ties(search: Search, held: Step, best: Evaluation, *, shortfall_done: bool) -> tuple[Evaluation, TieBreak]:
    """The selection that the tie-break names among those that keep all that `search` holds; `best` is one of them.

    `held` is the step whose optimum is held last. Where there are more synergies than candidates, it is first tried to
    prove that nothing else is as good: with a weak bound that is far cheaper than every step of the tie-break.
    A step that is not proved within its nodes (or before the time is up) ends the tie-break; what it improved is kept
    where nodes ended it, and dropped where time did.
    """
    model = search.model
    steps = [tokens_step(model), keys_step(model)]
    if model.all_goals and not shortfall_done:
        stage = Stage(SHORTFALL_STAGE, {}, is_shortfall=True)
        steps.insert(0, stage_step(model, stage))
    many_synergies = len(model.resolved.synergies) > model.size
    if many_synergies and search.is_only(held, best, nodes=NODES):
        return best, TieBreak.PROVED
    for step in steps:
        result = search.minimise(step, nodes=NODES, start=best)
        if result.evaluation is not None and result.end in (End.PROVED, End.STOPPED_BY_NODES):
            best = min(result.evaluation, best, key=lambda one: (step.cost(one), one is best))
        if result.end is not End.PROVED:
            return best, TieBreak.LIMITED
        search.hold(step, step.cost(best))
    return best, TieBreak.PROVED

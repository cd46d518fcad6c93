"""What a price is made of: what goes out, what comes in, and the synergies that this costs or brings.

The parts of a price add up to it, in the stage of the objective that it is told in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from roadwright.domain.decimals import as_float, exact
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import ObjectiveMode, TieBreakStep
from roadwright.optimize.model.evaluation import Evaluation
from roadwright.optimize.model.objective import Stage
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.rounding import ROUNDING
from roadwright.optimize.model.solution import PricePart, PricePartKind


def price_parts(
    model: PortfolioModel, stage: Stage, base: Evaluation, other: Evaluation, gain: Fraction
) -> list[PricePart]:
    """What each change from one portfolio to another brings to a stage, improvement positive: together the gain.

    A gain is told between the best values of a stage. Where later stages may give up some of it, the last part is what
    they give up less (or more) than before.
    """
    parts = list(_goal_parts(base, other) if stage.is_shortfall else _parts(model, stage, base, other))
    changed = sum((change for _, _, change in parts), Fraction(0))
    if abs(gain - changed) > 2 * ROUNDING * max(abs(stage.value(base)), abs(stage.value(other))):
        parts.append((stage.name, "tolerance", gain - changed))
    return [PricePart(id, kind, as_float(change)) for id, kind, change in parts]


_Part = tuple[str, PricePartKind, Fraction]


def _goal_parts(base: Evaluation, other: Evaluation) -> Iterable[_Part]:
    shortfalls = {one.needed.target.id: one for one in other.targets}
    for one in base.targets:
        if one.needed.counts_shortfall:
            change = one.shortfall - shortfalls[one.needed.target.id].shortfall
            if change:
                yield one.needed.target.id, "goal", change / one.needed.need


def _parts(model: PortfolioModel, stage: Stage, base: Evaluation, other: Evaluation) -> Iterable[_Part]:
    mine, its = set(base.selected), set(other.selected)
    for key in sorted(mine - its):
        yield key, "dropped", -worth_of(model, stage, key)
    for key in sorted(its - mine):
        yield key, "added", worth_of(model, stage, key)
    before, after = (_bonuses(model, stage, one) for one in (base, other))
    for id in sorted(before.keys() ^ after.keys()):
        yield id, "synergy", after.get(id, Fraction(0)) - before.get(id, Fraction(0))


def worth_of(model: PortfolioModel, stage: Stage, key: str) -> Fraction:
    """What a candidate by itself brings to a stage that counts KPIs."""
    column = model.index.columns[key]
    return sum(
        (
            weight * model.problem.kpi[kpi].direction.sign * exact(model.index.contributions(kpi)[column])
            for kpi, weight in stage.weights.items()
        ),
        Fraction(0),
    )


def _bonuses(model: PortfolioModel, stage: Stage, one: Evaluation) -> Mapping[str, Fraction]:
    """What each active synergy brings to a stage; none of those that bring it nothing."""
    found = {}
    for synergy in one.active:
        weight = stage.weights.get(synergy.bonus.kpi_key)
        if weight:
            sign = model.problem.kpi[synergy.bonus.kpi_key].direction.sign
            found[synergy.constraint.id] = weight * sign * exact(synergy.bonus.value)
    return found


# In words


def changes_in_words(added: list[str], dropped: list[str], *, is_forced: bool = False) -> Message | None:
    """How the selection changes besides, all of it named; where one is forced in, what it costs stands first."""
    if not added and not dropped:
        return None
    if added and dropped:
        code = "would_drop_and_add" if is_forced else "would_bring_in_and_drop"
    else:
        code = "would_drop" if dropped else "would_add" if is_forced else "would_bring_in"
    return notice(code, added=added, dropped=dropped)


def sum_in_words(problem: Problem, stage: str | None, parts: list[PricePart]) -> Message | None:
    """A price as a sum; None where the contributions to the objective, which every answer shows, add up to it."""
    objective = problem.objective
    is_shown = objective.mode is not ObjectiveMode.LEXICOGRAPHIC or stage == objective.order[0].kpi
    if all(part.kind in ("dropped", "added") for part in parts) and (is_shown or len(parts) < 2):
        return None
    said = [part for kind in ("dropped", "added", "synergy", "goal", "tolerance") for part in _summed(parts, kind)]
    return notice("price_sum", parts=said)


def _summed(parts: list[PricePart], kind: PricePartKind) -> list[Message]:
    mine = [part for part in parts if part.kind == kind]
    if kind == "goal":
        return [
            notice("sum_goal_less" if part.change > 0 else "sum_goal_more", rule=part.id, amount=abs(part.change))
            for part in mine
        ]
    if kind == "synergy":
        lost, gained = ([part for part in mine if (part.change > 0) is positive] for positive in (False, True))
        return [
            notice(code, amount=abs(_total(some)), rules=[part.id for part in some])
            for code, some in (("sum_synergies_lost", lost), ("sum_synergies_gained", gained))
            if some
        ]
    if not mine:
        return []
    code = {"dropped": "sum_out", "added": "sum_in"}.get(kind, "sum_tolerance")
    return [notice(code, amount=(-_total(mine) if kind == "dropped" else _total(mine)) + 0.0)]


def _total(parts: list[PricePart]) -> float:
    return as_float(sum((exact(part.change) for part in parts), Fraction(0)))


_TIE_BREAKS = {
    TieBreakStep.GOALS: "tie_break_goals",
    TieBreakStep.TOKENS: "tie_break_tokens",
    TieBreakStep.KEYS: "tie_break_keys",
    TieBreakStep.CUT_SHORT: "tie_break_cut_short",
}


def tie_break_in_words(step: TieBreakStep) -> Message:
    """What decided between two portfolios that are equally good."""
    return notice(_TIE_BREAKS[step])

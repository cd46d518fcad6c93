"""What each candidate does in a portfolio, and what one outside would do: found without solving again.

Taking one candidate out, with all else as it is, breaks the rules that it is needed for; where it breaks none, some
stage of the objective gets worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf

from roadwright.domain.decimals import exact
from roadwright.domain.garbage import paused_collections
from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.objective import SHORTFALL_STAGE, Stage, plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, Target
from roadwright.optimize.model.solution import Solution
from roadwright.optimize.model.targets import Goal


@dataclass(frozen=True, slots=True)
class Role:
    """One candidate, all else as it is.

    `keeps`: the rules and floors that taking it out would break. `goals`: the goals that would be missed by more.
    `helps`: the first stage of the objective (or the goals, as the tie-break counts them) that it makes better: inside
    what would get worse without it, outside what would get better with it, whatever the rules say.
    `may_help`: it helps, or would do so together with others.
    """

    keeps: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    helps: str | None = None
    may_help: bool = False


def roles(problem: Problem, solution: Solution) -> Mapping[str, Role]:
    """The roles of all candidates with tokens in a portfolio, by key."""
    model = PortfolioModel.of(problem)
    return roles_of(model, evaluate(model, solution.selected))


@paused_collections()
def roles_of(model: PortfolioModel, best: Evaluation) -> Mapping[str, Role]:
    """The same for a portfolio that was evaluated."""
    around = _Around.of(model, best)
    keeps = around.kept()
    stages = plan(model).stages
    worth = [(stage, around.worth(stage)) for stage in stages if not stage.is_shortfall]
    names = list(dict.fromkeys([*(stage.name for stage in stages), SHORTFALL_STAGE]))
    found = {}
    for place, candidate in enumerate(model.index.candidates):
        inside = place in around.selected
        synergies = (around.lost_with if inside else around.gained_with).get(place, [])
        goals = around.goals_moved(place, synergies, -1 if inside else 1)
        by_stage = {
            stage.name: mine[place] + around.bonus(stage, synergies) if synergies else mine[place]
            for stage, mine in worth
        }
        by_stage[SHORTFALL_STAGE] = sum((share for _, share in goals), Fraction(0))
        first = next((name for name in names if by_stage[name]), None)
        found[candidate.key] = Role(
            keeps=tuple(keeps.get(place, ())),
            goals=tuple(id for id, share in goals if share > 0) if inside else (),
            helps=first if first is not None and by_stage[first] > 0 else None,
            may_help=any(value > 0 for value in by_stage.values()) or place in around.in_bonus,
        )
    return found


@dataclass(frozen=True)
class _Around:
    """A portfolio, and what hangs together in it: columns of synergies that one candidate completes or breaks."""

    model: PortfolioModel
    selected: frozenset[int]
    active: frozenset[int]
    lost_with: Mapping[int, list[int]] = field(default_factory=dict)
    gained_with: Mapping[int, list[int]] = field(default_factory=dict)
    in_bonus: frozenset[int] = frozenset()
    """Who is a member of a synergy that improves something."""
    goals_at: Mapping[int, list[tuple[Goal, int]]] = field(default_factory=dict)
    reached: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, model: PortfolioModel, best: Evaluation) -> _Around:
        selected = frozenset(model.index.columns_of(best.selected))
        active, lost, gained, in_bonus = set(), defaultdict(list), defaultdict(list), set()
        for column, synergy in enumerate(model.resolved.synergies, model.size):
            missing = [place for place in synergy.members if place not in selected]
            if model.improves(column):
                in_bonus.update(synergy.members)
            if not missing:
                active.add(column)
                for place in synergy.members:
                    lost[place].append(column)
            elif len(missing) == 1:
                gained[missing[0]].append(column)
        goals_at: dict[int, list[tuple[Goal, int]]] = defaultdict(list)
        reached = {}
        chosen = selected | active
        for goal in model.all_goals:
            pairs = list(zip(goal.columns, goal.numbers, strict=True))
            reached[goal.needed.target.id] = sum(number for column, number in pairs if column in chosen)
            for column, number in pairs:
                goals_at[column].append((goal, number))
        return cls(model, selected, frozenset(active), lost, gained, frozenset(in_bonus), goals_at, reached)

    def worth(self, stage: Stage) -> list[Fraction]:
        """What each candidate by itself brings to a stage that counts KPIs."""
        totals = [Fraction(0)] * self.model.size
        for kpi, weight in stage.weights.items():
            factor = weight * self.model.problem.kpi[kpi].direction.sign
            for place, value in enumerate(self.model.index.contributions(kpi)):
                if value:
                    totals[place] += factor * exact(value)
        return totals

    def bonus(self, stage: Stage, synergies: list[int]) -> Fraction:
        """What these synergies together bring to a stage."""
        total = Fraction(0)
        for column in synergies:
            bonus = self.model.resolved.synergies[column - self.model.size].bonus
            weight = stage.weights.get(bonus.kpi_key, Fraction(0))
            total += weight * self.model.problem.kpi[bonus.kpi_key].direction.sign * exact(bonus.value)
        return total

    def goals_moved(self, place: int, synergies: list[int], sign: int) -> list[tuple[str, Fraction]]:
        """By goal how much less of its need is missed with the candidate than without it."""
        moved: dict[str, int] = defaultdict(int)
        goals: dict[str, Goal] = {}
        for column in (place, *synergies):
            for goal, number in self.goals_at.get(column, ()):
                id = goal.needed.target.id
                goals[id] = goal
                moved[id] += number
        found = []
        for id, number in moved.items():
            goal, reached = goals[id], self.reached[id]
            now, then = max(0, goal.need - reached), max(0, goal.need - reached - sign * number)
            found.append((id, sign * (now - then) * goal.share))
        return found

    def kept(self) -> Mapping[int, list[str]]:
        """By selected candidate the rules that taking it out alone would break, in the order of the model."""
        found: dict[int, dict[str, None]] = defaultdict(dict)
        chosen = self.selected | self.active
        for row, owner in zip(self.model.rows, self.model.owners, strict=True):
            if owner is None or (row.lower == -inf and min(row.values, default=0) >= 0):
                continue
            for place in self._needed_by(row, chosen):
                found[place].setdefault(owner)
        return {place: list(rules) for place, rules in found.items()}

    def _needed_by(self, row: LinearRow, chosen: frozenset[int]) -> list[int]:
        """The selected candidates without which a row is broken."""
        values = {column: value for column, value in zip(row.places, row.values, strict=True) if column in chosen}
        total = sum(values.values())
        synergies = [column for column in values if column >= self.model.size]
        moved = {column: value for column, value in values.items() if column < self.model.size}
        for column in synergies:
            for place in self.model.resolved.synergies[column - self.model.size].members:
                moved[place] = moved.get(place, 0) + values[column]
        return [place for place, value in moved.items() if not row.lower <= total - value <= row.upper]


def demands_amount(problem: Problem) -> Callable[[str], bool]:
    """Tells which rules ask for an amount or a number: for what could be another candidate as well."""
    rows = problem.rows

    def asks(id: str) -> bool:
        row = rows.get(id)
        return isinstance(row, Target) or (row is not None and bool(row.numbers()))

    return asks

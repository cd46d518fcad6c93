"""The rows of Results: every candidate, the chosen ones first, each with the reason why it is in or out. Pure.

They are made of the optimizer's answer and of facts of the candidates at the time of the run.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import GOALS, ObjectiveMode, capacity_id
from roadwright.optimize import (
    Constraint,
    Explanation,
    Problem,
    Role,
    Solution,
    changes_in_words,
    demands_amount,
    demands_in_words,
    roles,
    sum_in_words,
    tie_break_in_words,
)
from roadwright.services.portfolios.candidates import tokens_of
from roadwright.store.models import Initiative


@dataclass(frozen=True)
class RunRef:
    """The run that a row tells of."""

    run_id: str
    scenario_name: str


@dataclass(frozen=True)
class CandidateFacts:
    """One candidate as it was when the run started. Kept with the run, so that its tables can be written again."""

    key: str
    title: str
    tokens: float | None
    country: str | None
    department: str | None
    category: str | None
    program_key: str | None
    overall_score: float | None
    dependencies: tuple[str, ...]
    score_percentile: float | None = None

    @classmethod
    def of(cls, initiative: Initiative, score_percentile: float | None = None) -> CandidateFacts:
        return cls(
            key=initiative.initiative_key,
            title=initiative.title,
            tokens=tokens_of(initiative),
            country=initiative.country,
            department=initiative.department,
            category=initiative.category,
            program_key=initiative.program_key,
            overall_score=initiative.overall_score,
            dependencies=tuple(initiative.dependencies_initiatives or ()),
            score_percentile=score_percentile,
        )

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "dependencies": list(self.dependencies)}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> CandidateFacts:
        dependencies = value["dependencies"]
        assert isinstance(dependencies, list)
        return cls(**{**value, "dependencies": tuple(dependencies)})  # type: ignore[arg-type]


NOT_SELECTED = "dependency_not_selected"
"""The code of a dependency that was neither chosen nor delivered."""


def results_rows(
    run: RunRef,
    problem: Problem,
    solution: Solution,
    facts: Sequence[CandidateFacts],
    *,
    alone: Mapping[str, float],
    met: Mapping[str, str],
    explained: Mapping[str, Explanation] = MappingProxyType({}),
    places: Mapping[str, str] = MappingProxyType({}),
) -> list[dict[str, object]]:
    """The rows, in rank order.

    ``alone`` is what each candidate alone adds to the objective, ``met`` are the initiatives that are there already,
    with the code that says how, ``explained`` what was found by solving again, by initiative or row. ``places`` are
    those of the rules.
    """
    items = {item.key: item for item in solution.items}
    selected = set(solution.selected)
    candidates = {candidate.key: candidate for candidate in problem.candidates}
    reasons = reasons_of(problem, solution, facts, explained=explained, places=places)

    def order(fact: CandidateFacts) -> tuple[bool, float, str]:
        gain = items[fact.key].objective_contribution if fact.key in items else alone.get(fact.key, -math.inf)
        tokens = fact.tokens or 0.0
        per_token = gain / tokens if tokens > 0 else math.copysign(math.inf, gain) if gain else 0.0
        return fact.key not in items, -per_token, fact.key

    rows: list[dict[str, object]] = []
    for rank, fact in enumerate(sorted(facts, key=order), start=1):
        item = items.get(fact.key)
        star = problem.north_star
        north_star = star.direction.sign * candidates[fact.key].contributions.get(star.key, 0.0) + 0.0
        rows.append(
            {
                "run_id": run.run_id,
                "scenario_name": run.scenario_name,
                "rank": rank,
                "initiative_key": fact.key,
                "title": fact.title,
                "selected": item is not None,
                "allocated_tokens": item.tokens if item is not None else 0.0,
                "country": fact.country,
                "department": fact.department,
                "category": fact.category,
                "program_key": fact.program_key,
                "north_star_gain": item.north_star_gain if item is not None else north_star,
                "objective_contribution": item.objective_contribution if item is not None else alone.get(fact.key),
                "overall_score": fact.overall_score,
                "score_percentile": fact.score_percentile,
                "reason": str(reasons[fact.key]),
                "dependency_status": "; ".join(map(str, dependencies_of(fact, selected, met))) or None,
            }
        )
    return rows


def reasons_of(
    problem: Problem,
    solution: Solution,
    facts: Sequence[CandidateFacts],
    *,
    explained: Mapping[str, Explanation],
    places: Mapping[str, str],
    known_roles: Mapping[str, Role] | None = None,
) -> dict[str, Message]:
    """By candidate why it is in or out; the parameters are those of `results_rows`, and the roles where known."""
    selected = frozenset(solution.selected)
    known = roles(problem, solution) if known_roles is None else known_roles
    reasons = _Reasons(problem, selected, known, explained, places)
    return {fact.key: reasons.chosen(fact) if fact.key in selected else reasons.left_out(fact) for fact in facts}


def dependencies_of(fact: CandidateFacts, selected: Collection[str], met: Mapping[str, str]) -> list[Message]:
    """How the dependencies named on the Backlog stand."""
    found = []
    for typed in fact.dependencies:
        key = canonical_key(typed) or typed
        code = "dependency_selected" if key in selected else NOT_SELECTED
        found.append(notice(met.get(key, code), key=key))
    return found


class _Reasons:
    """Why each candidate is in or out, as far as the rules and the data say it."""

    def __init__(
        self,
        problem: Problem,
        selected: frozenset[str],
        roles: Mapping[str, Role],
        explained: Mapping[str, Explanation],
        places: Mapping[str, str],
    ) -> None:
        self.explained = explained
        self.problem = problem
        self.roles = roles
        self.asks = demands_amount(problem)
        self.selected = selected
        self.places = places
        self.absent = problem.outside | {one.key for one in problem.candidates if one.tokens is None}
        """What can't be chosen at all."""
        self._naming: dict[str, list[Constraint]] = {}
        for row in problem.constraints:
            for key in dict.fromkeys((row.dimension_key, *row.member_keys)):
                self._naming.setdefault(key, []).append(row)

    def naming(self, key: str) -> Sequence[Constraint]:
        """The rows that name the initiative."""
        return self._naming.get(key, ())

    def chosen(self, fact: CandidateFacts) -> Message:
        mandate = next((row for row in self.naming(fact.key) if row.forces == fact.key), None)
        if mandate is not None:
            return self._mandatory(mandate, fact.key)
        found = self._found(fact.key)
        if found is None or (found.loss is None and not found.conflict):
            return self._use(fact.key, None)
        if found.conflict:
            return notice("reason_not_without", demands=self._demands(found.conflict))
        return notice("reason_cost_without", why=self._use(fact.key, found), **self._price_params(found))

    def _use(self, key: str, found: Explanation | None) -> Message:
        """What a chosen initiative is there for."""
        rows, role = self.naming(key), self.roles.get(key, Role())
        needed_by = {
            row.dimension_key for row in rows if key in row.prerequisites and row.dimension_key in self.selected
        }
        if needed_by:
            return notice("reason_needed_by", keys=sorted(needed_by))
        bundle = next((row.group for row in rows if row.group is not None and key in row.member_keys), None)
        if bundle is not None and role.helps is None:
            return notice("reason_bundle", bundle=bundle)
        keeps = self._keeps(role) if found is None else found.keeps
        if keeps:
            return notice("reason_keeps_rules", demands=self._demands(keeps))
        if role.helps is None:
            return notice("reason_no_use")
        objective = self.problem.objective
        is_first = objective.mode is not ObjectiveMode.LEXICOGRAPHIC or role.helps == objective.order[0].kpi
        code = "reason_best_use" if is_first else "reason_best_use_for"
        code = "reason_as_good" if found is not None and found.loss == 0 else code
        return notice(code, stage=role.helps)

    def _keeps(self, role: Role) -> list[str]:
        """What a chosen initiative is surely there for, where its price was not found."""
        if role.helps is None:
            return list(role.keeps)
        return [rule for rule in role.keeps if self.asks(rule)] + list(role.goals if role.helps == GOALS else ())

    def _found(self, id: str) -> Explanation | None:
        """What was computed of an initiative or a row."""
        found = self.explained.get(id)
        return found if found is not None and found.computed else None

    def _mandatory(self, row: Constraint, key: str) -> Message:
        why, found = row.reason or self._place(row.id), self._found(row.id)
        if found is None or found.loss is None:
            return notice("reason_mandatory", why=why)
        dropped = [other for other in found.dropped if other != key]
        changes = changes_in_words(found.added, dropped)
        return notice("reason_mandatory_costs", why=why, cost=self._cost(found), changes=changes, sum=self._sum(found))

    def _place(self, id: str) -> str:
        return self.places.get(id, id)

    def _demands(self, rules: Sequence[str]) -> list[Message]:
        """Rules and targets by their places, each with what it asks for."""
        return [one.renamed(self.places, "rule") for one in demands_in_words(self.problem, rules)]

    def _sum(self, found: Explanation) -> Message | None:
        """The price as a sum of what goes out and what comes in."""
        said = sum_in_words(self.problem, found.stage, found.parts)
        return None if said is None else said.renamed(self.places, "rule", "rules")

    def _price_params(self, found: Explanation) -> dict[str, object]:
        return {
            "cost": self._cost(found),
            "changes": changes_in_words(found.added, found.dropped, is_forced=found.kind == "outside"),
            "sum": self._sum(found),
            "tie_break": None if found.tie_break is None else tie_break_in_words(found.tie_break),
        }

    def left_out(self, fact: CandidateFacts) -> Message:
        why = self._unaffordable(fact) or self._ruled_out(fact.key)
        price = self._price(fact.key)
        if why is not None and price is not None and price.code == "reason_cost_to_force":
            why = notice("reason_and_price", why=why, price=price)
        why = why or price
        if why is None and not self.roles.get(fact.key, Role()).may_help:
            why = notice("reason_adds_nothing")
        return notice("not_selected", why=why or notice("reason_others_bring_more"))

    def _cost(self, found: Explanation) -> Message:
        """What a mandate or a wish costs, in the unit of the stage that loses."""
        assert found.loss is not None
        is_kpi = found.stage is not None and found.stage in self.problem.kpi
        code = "unit_of_goals" if found.stage == GOALS else "unit_of_objective"
        unit = found.stage if is_kpi else notice(code)
        if found.loss < 0:
            return notice("cost_negative", gain=-found.loss, unit=unit)
        return notice("cost", loss=found.loss, unit=unit) if found.loss else notice("cost_nothing")

    def _price(self, key: str) -> Message | None:
        """What it would cost to force the initiative in, what would go for it and what would come with it."""
        found = self._found(key)
        if found is None:
            return None
        if found.conflict:
            rules = [
                str(notice("the_capacity")) if one == capacity_id() else self._place(one) for one in found.conflict
            ]
            return notice("reason_conflict", rules=rules)
        return None if found.loss is None else notice("reason_cost_to_force", **self._price_params(found))

    def _unaffordable(self, fact: CandidateFacts) -> Message | None:
        if fact.tokens is None:
            return notice("reason_no_tokens")
        if fact.tokens <= self.problem.capacity:
            return None
        return notice("reason_too_large", tokens=fact.tokens, capacity=self.problem.capacity)

    def _ruled_out(self, key: str) -> Message | None:
        """The rule that keeps the initiative out of this portfolio, or else of any."""
        rows = sorted(self.naming(key), key=lambda row: row.dimension_key != key)
        excluded = (row.why_out(key, self.selected) for row in rows)
        impossible = (row.why_never(key, self.absent) for row in rows)
        found = next((why for why in (*excluded, *impossible) if why is not None), None)
        return None if found is None else found.renamed(self.places, "rule")

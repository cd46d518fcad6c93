"""The rows of Results: every candidate, the chosen ones first, each with the reason why it is in or out. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import capacity_id
from roadwright.optimize import Constraint, Explanation, Problem, Solution
from roadwright.services.portfolios.facts import CandidateFacts, RunRef

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
    reasons = reasons_of(problem, solution, facts, alone=alone, explained=explained, places=places)

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
    alone: Mapping[str, float],
    explained: Mapping[str, Explanation],
    places: Mapping[str, str],
) -> dict[str, Message]:
    """By candidate why it is in or out; the parameters are those of `results_rows`."""
    selected = frozenset(solution.selected)
    reasons = _Reasons(problem, selected, explained, places)
    return {
        fact.key: reasons.chosen(fact, alone) if fact.key in selected else reasons.left_out(fact, alone)
        for fact in facts
    }


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
        explained: Mapping[str, Explanation],
        places: Mapping[str, str],
    ) -> None:
        self.explained = explained
        self.problem = problem
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

    def chosen(self, fact: CandidateFacts, alone: Mapping[str, float]) -> Message:
        rows = self.naming(fact.key)
        for row in rows:
            if row.forces == fact.key:
                cost = self._cost(row.id)
                code = "reason_mandatory" if cost is None else "reason_mandatory_costs"
                return notice(code, why=row.reason or self._place(row.id), cost=cost)
        needed_by = {
            row.dimension_key for row in rows if fact.key in row.prerequisites and row.dimension_key in self.selected
        }
        if needed_by:
            return self._with_loss(notice("reason_needed_by", keys=sorted(needed_by)), fact.key)
        if alone.get(fact.key, 0.0) <= 0:
            for row in rows:
                if row.group is not None and fact.key in row.member_keys:
                    return self._with_loss(notice("reason_bundle", bundle=row.group), fact.key)
            return self._with_loss(notice("reason_keeps_rules"), fact.key)
        return self._with_loss(notice("reason_best_use"), fact.key)

    def _place(self, id: str) -> str:
        return self.places.get(id, id)

    def _with_loss(self, why: Message, key: str) -> Message:
        """The reason, and what leaving the initiative out would cost where that was computed."""
        found = self.explained.get(key)
        if found is not None and found.computed and found.conflict:
            return notice("reason_not_without", why=why, rules=self._rules(found))
        cost = self._cost(key)
        return why if cost is None else notice("reason_cost_without", why=why, cost=cost)

    def _rules(self, found: Explanation) -> list[str]:
        return [str(notice("the_capacity")) if rule == capacity_id() else self._place(rule) for rule in found.conflict]

    def left_out(self, fact: CandidateFacts, alone: Mapping[str, float]) -> Message:
        why = self._unaffordable(fact) or self._ruled_out(fact.key)
        if why is None:
            why = self._price(fact.key)
        if why is None and alone.get(fact.key, 0.0) <= 0:
            why = notice("reason_adds_nothing")
        return notice("not_selected", why=why or notice("reason_others_bring_more"))

    def _cost(self, id: str) -> Message | None:
        """What a mandate or a wish costs, in the unit of what is maximised; None where that was not computed."""
        found = self.explained.get(id)
        if found is None or not found.computed or found.loss is None:
            return None
        is_kpi = found.stage is not None and found.stage in self.problem.kpi
        unit = found.stage if is_kpi else notice("unit_of_objective")
        if found.loss < 0:
            return notice("cost_negative", gain=-found.loss, unit=unit)
        return notice("cost", loss=found.loss, unit=unit) if found.loss else notice("cost_nothing")

    def _price(self, key: str) -> Message | None:
        """What it would cost to force the initiative in, and what would go for it."""
        found = self.explained.get(key)
        if found is None or not found.computed:
            return None
        if found.conflict:
            return notice("reason_conflict", rules=self._rules(found))
        cost = self._cost(key)
        if cost is None:
            return None
        if not found.dropped:
            return notice("reason_cost_to_force", cost=cost)
        return notice("reason_cost_to_force_drops", cost=cost, dropped=list(found.dropped))

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

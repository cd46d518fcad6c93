"""What-if questions: a scenario's problem with a few changes, and how its answer differs from the answer as it is.

Nothing is stored: the question is asked of the problem that the next run of the scenario would solve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.keys import canonical_key
from roadwright.domain.kpis import KpiLevel
from roadwright.domain.messages import Message
from roadwright.domain.optimization import CAPACITY_ID, ObjectiveMode
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.optimize import Problem, Solution, parse_problem, problem_to_json, selection_worth
from roadwright.services.portfolios.shown import has_answer, shown_figures
from roadwright.sheets.scope import NOTHING_KNOWN, Scope
from roadwright.sheets.spec import CellProblem, meaning


class WrongQuestion(InputError):
    """A what-if question that can't be asked: a key, a rule, a KPI or a number that there is not."""


@dataclass(frozen=True)
class Question:
    """What is asked for, as typed: numbers and weights are read as the cells of Scenario_Config are."""

    capacity: str | None = None
    put_in: Sequence[str] = ()
    """Initiatives that are forced in."""
    left_out: Sequence[str] = ()
    weights: str | None = None
    without: Sequence[str] = ()
    """Rules that are dropped, by id or by place."""


@dataclass(frozen=True)
class Known:
    """What the question may name beside candidates and rules by their id.

    ``why_no_candidate`` says of an initiative why it is none (None: there is no such initiative), ``places`` where
    rules stand in a sheet, ``scope`` what cells of Scenario_Config are read by.
    """

    why_no_candidate: Callable[[str], Message | None]
    places: Mapping[str, str] = field(default_factory=dict)
    scope: Scope = field(default_factory=lambda: NOTHING_KNOWN)


def changed_problem(problem: Problem, question: Question, known: Known) -> Problem:
    """The problem that the question is about; a rule that it adds has the option as its id (``--in INIT-000003``).

    Raises WrongQuestion, and InvalidProblem where the changes contradict the data (a forced initiative without tokens).
    """
    content: dict[str, Any] = dict(problem_to_json(problem))
    rules, targets = list(content.get("constraints", ())), list(content.get("targets", ()))
    for typed in question.without:
        id = _rule(problem, known.places, typed)
        if id == CAPACITY_ID:
            tokens = [candidate.tokens or 0.0 for candidate in problem.candidates]
            content["capacity"] = max(problem.capacity, sum(tokens))
        rules = [rule for rule in rules if rule.get("id") != id]
        targets = [target for target in targets if target.get("id") != id]
    if question.capacity is not None:
        content["capacity"] = _typed("capacity_total_tokens", "--capacity", question.capacity, known.scope)
    if question.weights is not None:
        content["objective"] = _objective(
            problem, _typed("objective_weights_json", "--weights", question.weights, known.scope)
        )
    for option, kind, keys in (
        ("--in", "mandatory", question.put_in),
        ("--out", "exclude_initiative", question.left_out),
    ):
        for key in dict.fromkeys(_candidate(problem, known, option, typed) for typed in keys):
            rules.append({"id": f"{option} {key}", "type": kind, "dimension_key": key, "reason": "what-if"})
    content.update(constraints=rules, targets=targets)
    return parse_problem(content)


def _typed(column: str, option: str, text: str, scope: Scope) -> Any:
    """An option's text, read as the cell of Scenario_Config that it is about."""
    try:
        value = meaning(tabs.SCENARIO_CONFIG.by_name[column], text, scope)
    except CellProblem as problem:
        raise WrongQuestion("what_if_unreadable", option=option, why=problem.message) from problem
    if value is None:
        raise WrongQuestion("what_if_unreadable", option=option, why=Message("is_blank"))
    return value


def _rule(problem: Problem, places: Mapping[str, str], typed: str) -> str:
    ids = [*problem.rows, CAPACITY_ID]
    known = {_rule_form(id): id for id in ids}
    known |= {_rule_form(place): id for id, place in places.items() if id in problem.rows}
    found = known.get(_rule_form(typed))
    if found is None:
        raise WrongQuestion("what_if_rule_unknown", option="--without", rule=typed, hint=nearest(typed, ids), known=ids)
    return found


def _rule_form(id: str) -> str:
    """How ids compare: without case, and keys in them as they are stored."""
    return folded(":".join(canonical_key(part) or part for part in id.split(":")))


def _candidate(problem: Problem, known: Known, option: str, typed: str) -> str:
    key = canonical_key(typed) or typed
    keys = [candidate.key for candidate in problem.candidates]
    if key in keys:
        return key
    why = known.why_no_candidate(key)
    if why is not None:
        raise WrongQuestion("what_if_no_candidate", option=option, key=key, why=why)
    raise WrongQuestion("what_if_key_unknown", option=option, key=typed, hint=nearest(typed, keys))


def _objective(problem: Problem, read: object) -> dict[str, Any]:
    """Weights or an order, as Scenario_Config has them, with the KPIs in the registry's spelling."""
    spelled = {folded(kpi.key): kpi.key for kpi in problem.kpis}

    def key(typed: str) -> str:
        if folded(typed) not in spelled:
            hint = nearest(typed, spelled.values())
            raise WrongQuestion(
                "what_if_kpi_unknown", option="--weights", kpi=typed, hint=hint, known=list(spelled.values())
            )
        return spelled[folded(typed)]

    if isinstance(read, Mapping):
        weights = {key(kpi): weight for kpi, weight in read.items()}
        return {"mode": str(ObjectiveMode.WEIGHTED_KPIS), "weights": weights}
    assert isinstance(read, list)
    order = [{**stage, "kpi": key(str(stage["kpi"]))} for stage in read]
    return {"mode": str(ObjectiveMode.LEXICOGRAPHIC), "order": order}


# What the answer changes


@dataclass(frozen=True)
class Moved:
    """An initiative that goes in or out, with its tokens and what it adds to each KPI."""

    key: str
    title: str
    tokens: float | None
    contributions: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "tokens": self.tokens,
            "contributions": dict(self.contributions),
        }


@dataclass(frozen=True)
class KpiChange:
    """What the portfolio adds to a KPI, signed and in its unit, before and after."""

    key: str
    unit: str | None
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class TargetChange:
    """Whether a target is met before and after, and by how much it is missed (None: it is not asked for, or no answer).

    ``id`` is the rule's.
    """

    id: str
    kpi_key: str
    dimension: str
    dimension_key: str
    type: str
    shortfall_before: float | None
    shortfall_after: float | None


@dataclass(frozen=True)
class Difference:
    """How the answer to a changed problem differs from the answer to the problem as it is."""

    problem: Problem
    before: Solution
    after: Solution
    changed: Problem
    titles: Mapping[str, str]

    @property
    def same_objective(self) -> bool:
        """Whether both answers maximise the same; else their values can't be compared."""
        return self.problem.objective == self.changed.objective

    @property
    def value_before(self) -> float | None:
        return _value(self.before)

    @property
    def value_after(self) -> float | None:
        return _value(self.after)

    @property
    def old_choice_by_new_objective(self) -> float | None:
        """What the portfolio as it is is worth by the changed objective; None where there is none."""
        return selection_worth(self.changed, self.before.selected) if has_answer(self.before) else None

    @property
    def objective_unit(self) -> str | None:
        """The KPI whose value the objective is; None of a weighted sum."""
        objective = self.changed.objective
        if objective.mode is ObjectiveMode.NORTH_STAR:
            return self.changed.north_star.key
        if objective.mode is ObjectiveMode.LEXICOGRAPHIC:
            last = objective.order[-1].kpi
            listed = {item.kpi for item in objective.order}
            return last if self.changed.north_star.key in listed else self.changed.north_star.key
        return None

    def came_in(self) -> list[Moved]:
        """What is chosen only after the changes."""
        return self._moved(set(self.after.selected) - set(self.before.selected))

    def went_out(self) -> list[Moved]:
        """What is chosen only before them; nothing where there is no answer any more."""
        return self._moved(set(self.before.selected) - set(self.after.selected)) if has_answer(self.after) else []

    def _moved(self, keys: set[str]) -> list[Moved]:
        candidates = {candidate.key: candidate for candidate in self.changed.candidates}
        return [
            Moved(key, self.titles.get(key, ""), candidates[key].tokens, candidates[key].contributions)
            for key in sorted(keys)
        ]

    def kpis(self) -> list[KpiChange]:
        """The KPIs that one of the portfolios changes, the north star first."""
        before = self.before.achieved if has_answer(self.before) else {}
        after = self.after.achieved if has_answer(self.after) else {}
        kpis = sorted(self.changed.kpis, key=lambda kpi: (kpi.level is not KpiLevel.NORTH_STAR, kpi.key))
        found = [KpiChange(kpi.key, kpi.unit, before.get(kpi.key), after.get(kpi.key)) for kpi in kpis]
        return [one for one in found if one.before or one.after]

    def targets(self) -> list[TargetChange]:
        """Every target of the scenario."""
        before = {one.id: one.shortfall for one in self.before.targets}
        after = {one.id: one.shortfall for one in self.after.targets}
        return [
            TargetChange(
                target.id,
                target.kpi_key,
                target.dimension,
                target.dimension_key,
                str(target.type),
                before.get(target.id),
                after.get(target.id),
            )
            for target in self.problem.targets
        ]


def _value(solution: Solution) -> float | None:
    value = shown_figures(0, solution).get("objective_value")
    return float(value) if isinstance(value, int | float) else None

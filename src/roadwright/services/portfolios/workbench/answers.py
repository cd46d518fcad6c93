"""The answer to a what-if: solved in a worker process, with the way out where the rules clash."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from roadwright.domain.optimization import CAPACITY_ID
from roadwright.optimize import (
    Problem,
    Solution,
    SolveOptions,
    Worker,
    candidate_worth,
    problem_to_json,
    selection_worth,
    solve_isolated,
    worth,
)
from roadwright.services.portfolios.shown import has_answer
from roadwright.services.portfolios.workbench.changes import Changes, added_place
from roadwright.services.portfolios.workbench.question import is_own, switched_key

SECONDS = 20.0
"""How long a what-if may take; then the best that was found stands, until somebody asks to keep looking."""
LONGER_SECONDS = 300.0
_DIAGNOSE_SECONDS = 5.0
_TRY_SECONDS = 3.0
_DROP_COST = 1.0
"""What dropping a rule costs among repairs."""


@dataclass(frozen=True)
class Step:
    """One change of a way out: a number of a rule, or the rule dropped (``field`` None); own ones are taken back."""

    id: str
    field: str | None = None
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True)
class WayOut:
    """Changes after which the rules can be met."""

    steps: tuple[Step, ...]

    @property
    def is_own(self) -> bool:
        """Whether it only takes back what the person changed."""
        return all(is_own(step.id) for step in self.steps)


@dataclass(frozen=True)
class Answer:
    """A solved question. ``ways_out`` are there where the rules clash, the first one is offered first."""

    problem: Problem
    solution: Solution
    ways_out: tuple[WayOut, ...] = ()

    @property
    def has_answer(self) -> bool:
        return has_answer(self.solution)

    @property
    def value(self) -> float | None:
        return worth(self.solution)

    @cached_property
    def closest(self) -> Sequence[str]:
        """See `closest_first`."""
        return closest_first(self)


def find_answer(
    problem: Problem,
    worker: Worker,
    cancel: threading.Event,
    *,
    seconds: float = SECONDS,
) -> Answer:
    """Solve, and where the rules clash look for the cheapest way out; a person's own change first at equal cost."""
    options = SolveOptions(time_limit=seconds, diagnose_seconds=_DIAGNOSE_SECONDS)
    solution = solve_isolated(problem, options, cancel=cancel, worker=worker)
    if solution.diagnosis is None:
        return Answer(problem, solution)
    repair, ways = solution.repair, repairs_of(solution)
    own = [row.id for row in solution.diagnosis.conflict if is_own(row.id)]
    if own and not any(way.is_own for way in ways) and not cancel.is_set():
        way = _own_way_out(problem, own, worker, cancel)
        if way is not None:
            is_cheapest = repair is None or _DROP_COST * len(way.steps) <= repair.cost + 1e-9
            ways.insert(0 if is_cheapest else len(ways), way)
    return Answer(problem, solution, tuple(ways))


def repairs_of(solution: Solution) -> list[WayOut]:
    """The optimizer's repair as a way out, where it found one."""
    if solution.repair is None:
        return []
    return [WayOut(tuple(Step(one.id, one.field, one.before, one.after) for one in solution.repair.changes))]


def _own_way_out(problem: Problem, own: Sequence[str], worker: Worker, cancel: threading.Event) -> WayOut | None:
    """Taking back the fewest of the person's own rules in the conflict that is enough; None where it is not."""
    for dropped in (*((id,) for id in own), *([tuple(own)] if len(own) > 1 else [])):
        kept = tuple(rule for rule in problem.constraints if rule.id not in dropped)
        options = SolveOptions(time_limit=_TRY_SECONDS, tie_break=False, diagnose=False)
        tried = solve_isolated(problem.changed(constraints=kept), options, cancel=cancel, worker=worker)
        if has_answer(tried):
            return WayOut(tuple(Step(id) for id in dropped))
    return None


def repaired(changes: Changes, way: WayOut) -> Changes:
    """The changes with a way out applied."""
    added = [place for step in way.steps if step.field is None and (place := added_place(step.id)) is not None]
    for step in way.steps:
        key = switched_key(step.id)
        if step.id == CAPACITY_ID and step.after is not None:
            changes = changes.changed(capacity=step.after)
        elif step.field is not None and step.after is not None:
            changes = changes.edited(step.id, step.field, step.after, None)
        elif key is not None:
            changes = changes.switched(key, "auto")
        elif added_place(step.id) is None:
            changes = changes if step.id in changes.off else changes.toggled(step.id)
    for place in sorted(added, reverse=True):
        changes = changes.without_added(place)
    return changes


# What it is compared with


@dataclass(frozen=True)
class Baseline:
    """The latest run of the scenario that holds an answer."""

    run_id: str
    problem: Problem
    solution: Solution


def objective_change(answer: Answer, baseline: Baseline | None) -> float | None:
    """What the answer is worth more than the baseline's choice, by the answer's objective; None where not known."""
    if baseline is None or answer.value is None:
        return None
    if answer.problem.objective == baseline.problem.objective:
        before = worth(baseline.solution)
    else:
        before = selection_worth(answer.problem, baseline.solution.selected)
    return None if before is None else answer.value - before


def moved(answer: Answer, baseline: Baseline | None) -> frozenset[str]:
    """The initiatives that are on another side than in the baseline."""
    if baseline is None or not answer.has_answer:
        return frozenset()
    return frozenset(set(answer.solution.selected) ^ set(baseline.solution.selected))


@dataclass(frozen=True)
class DataChanges:
    """What is different in the scenario's data since a run."""

    candidates: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Rules and targets, by id."""
    others: tuple[str, ...] = ()
    """``capacity``, ``objective``, ``kpis``."""

    def __bool__(self) -> bool:
        return bool(self.candidates or self.rules or self.others)


def data_changes(before: Problem, now: Problem) -> DataChanges:
    """What is different between two problems of a scenario: whatever came, went or reads otherwise."""
    old, new = problem_to_json(before), problem_to_json(now)
    candidates = _different(old, new, ("candidates",), "key")
    rules = _different(old, new, ("constraints", "targets"), "id")
    others = [name for name in ("capacity", "objective", "kpis") if old.get(name) != new.get(name)]
    return DataChanges(tuple(candidates), tuple(rules), tuple(others))


def _different(old: Any, new: Any, lists: Sequence[str], name: str) -> list[str]:
    sides = [{row[name]: row for part in lists for row in side.get(part, ())} for side in (old, new)]
    return sorted(key for key in {*sides[0], *sides[1]} if sides[0].get(key) != sides[1].get(key))


# What is worth knowing first


def closest_first(answer: Answer) -> list[str]:
    """The candidates that could be chosen, those first that are the closest calls: by value for tokens around the bar.

    The bar is the least that a chosen one brings for its tokens.
    """
    problem, chosen = answer.problem, set(answer.solution.selected)
    alone = candidate_worth(problem)
    tokens = {candidate.key: candidate.tokens for candidate in problem.candidates if candidate.tokens is not None}
    rate = {key: alone.get(key, 0.0) / (amount or 1.0) for key, amount in tokens.items()}
    bar = min((rate[key] for key in chosen if rate[key] > 0), default=0.0)
    return sorted(tokens, key=lambda key: (abs(rate[key] - bar), key))


def worth_explaining(answer: Answer) -> list[str]:
    """What to explain, in the order in which it is worth knowing: capacity, close calls, mandates, binding limits."""
    problem, solution = answer.problem, answer.solution
    binding = {one.id for one in solution.constraints if one.binding}
    binding |= {one.id for one in solution.targets if one.binding}
    mandates = [rule.id for rule in problem.constraints if rule.forces is not None]
    limits = [rule.id for rule in problem.constraints if rule.id in binding and rule.has_limit_price]
    floors = [target.id for target in problem.targets if target.id in binding and target.type == "floor"]
    return [CAPACITY_ID, *answer.closest, *mandates, *limits, *floors]

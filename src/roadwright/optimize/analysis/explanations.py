"""Why an initiative is in or out, what a mandate costs, what a limit is worth: by solving again, not by guessing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

from roadwright.domain.errors import InputError
from roadwright.domain.optimization import TOKENS, ConstraintType, RunStatus, StopReason, capacity_id
from roadwright.optimize.analysis.diagnosis import find_conflict
from roadwright.optimize.analysis.what_if import SolvedProblem, Unproved, explain_limit, figure
from roadwright.optimize.model.matrix import PortfolioModel
from roadwright.optimize.model.problem import Constraint, Problem
from roadwright.optimize.model.solution import Explanation, ExplanationKind, Solution
from roadwright.optimize.model.words import amount, describe, names
from roadwright.optimize.solver.highs import CancelSignal

ALL: Literal["all"] = "all"
FORCED = "the wish to select it"
BANNED = "the wish to leave it out"


NOT_COMPUTED = {
    None: "stopped on request",
    StopReason.TIME_LIMIT: "the time was up",
    StopReason.GAP: "the answer was proved within a gap only",
    StopReason.NUMERICS: "numbers are so far apart that nothing could be proved",
}


class UnknownKeys(InputError, ValueError):
    """Keys to explain that are neither initiatives nor rows of the problem."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(f"nothing to explain is called {names(keys)}: name initiatives, row ids, or all")
        self.keys = keys


def explain(
    problem: Problem,
    solution: Solution,
    keys: Iterable[str] | Literal["all"],
    *,
    seconds: float | None = 60.0,
    cancel: CancelSignal | None = None,
) -> list[Explanation]:
    """Explanations for initiatives and row ids, or for ``all``: every mandate, binding limit and candidate.

    Each is found by solving a changed problem to proved optimality; what `seconds` (None: any time) was too short for
    comes back with `computed` False. Raises UnknownKeys, and ValueError where the solution holds no portfolio.
    """
    return list(explanations(problem, solution, keys, seconds=seconds, cancel=cancel))


def explanations(
    problem: Problem,
    solution: Solution,
    keys: Iterable[str] | Literal["all"],
    *,
    seconds: float | None,
    cancel: CancelSignal | None,
) -> Iterator[Explanation]:
    """What `explain` returns, each explanation as soon as it is found."""
    deadline = None if seconds is None else monotonic() + seconds
    base = SolvedProblem.of(problem, solution, deadline, cancel)
    for task in _tasks_for(base, solution, keys):
        is_cancelled = cancel is not None and cancel.is_set()
        if task.kind != "none" and (is_cancelled or (deadline is not None and monotonic() >= deadline)):
            yield _not_computed(task.id, task.kind, None if is_cancelled else StopReason.TIME_LIMIT)
            continue
        try:
            yield task.run()
        except Unproved as error:
            yield _not_computed(task.id, task.kind, error.reason)


def not_computed(problem: Problem, solution: Solution, keys: Iterable[str] | Literal["all"]) -> list[Explanation]:
    """What `explain` returns where there is no time at all."""
    return list(explanations(problem, solution, keys, seconds=0.0, cancel=None))


@dataclass(frozen=True, slots=True)
class _Task:
    """Something to explain."""

    id: str
    kind: ExplanationKind
    run: Callable[[], Explanation]


def _tasks_for(base: SolvedProblem, solution: Solution, keys: Iterable[str] | Literal["all"]) -> list[_Task]:
    return _all_tasks(base, solution) if keys == ALL else _tasks(base, list(dict.fromkeys(keys)))


def _all_tasks(base: SolvedProblem, solution: Solution) -> list[_Task]:
    problem = base.model.problem
    binding = {one.id for one in solution.constraints if one.binding}
    binding |= {one.id for one in solution.targets if one.binding}
    limits = [capacity_id(name) for name in (TOKENS, *sorted(problem.capacities))]
    limits += [row.id for row in problem.constraints if row.id in binding and row.type in LIMITS]
    limits += [target.id for target in problem.targets if target.id in binding]
    mandates = [row for row in problem.constraints if row.type is ConstraintType.MANDATORY]
    keys = [candidate.key for candidate in sorted(problem.candidates, key=lambda one: one.key)]
    return [
        *(_mandate_task(base, row) for row in mandates),
        *(_limit_task(base, one) for one in limits),
        *(_initiative_task(base, key) for key in keys),
    ]


LIMITS = (ConstraintType.CAPACITY_FLOOR, ConstraintType.CAPACITY_CAP)


def unknown_keys(problem: Problem, keys: Iterable[str]) -> list[str]:
    """Those keys that `explain` would refuse: neither initiatives nor rows of the problem."""
    known = {candidate.key for candidate in problem.candidates} | problem.outside | problem.delivered
    known |= {row.id for row in problem.constraints} | {target.id for target in problem.targets}
    known |= {capacity_id(name) for name in (TOKENS, *problem.capacities)}
    return [key for key in keys if key not in known]


def _tasks(base: SolvedProblem, keys: list[str]) -> list[_Task]:
    problem = base.model.problem
    unknown = unknown_keys(problem, keys)
    if unknown:
        raise UnknownKeys(unknown)
    rows = {row.id: row.type for row in problem.constraints}
    limits = {capacity_id(name) for name in (TOKENS, *problem.capacities)}
    limits |= {row for row, kind in rows.items() if kind in LIMITS}
    limits |= {needed.target.id for needed in base.model.targets if needed.is_floor}
    targets = {target.id for target in problem.targets}
    tasks = []
    for key in keys:
        if key in limits:
            tasks.append(_limit_task(base, key))
        elif rows.get(key) is ConstraintType.MANDATORY:
            tasks.append(_mandate_task(base, next(row for row in problem.constraints if row.id == key)))
        elif key in rows or key in targets:
            tasks.append(_plain_task(base, key))
        else:
            tasks.append(_initiative_task(base, key))
    return tasks


def _plain_task(base: SolvedProblem, key: str) -> _Task:
    words = describe(base.model.problem, key)
    message = f"{words}: only mandates, floors, caps and capacities have a price"
    return _Task(key, "none", lambda: Explanation(key, "none", True, message))


def _not_computed(id: str, kind: ExplanationKind, reason: StopReason | None) -> Explanation:
    return Explanation(id, kind, False, f"not computed: {NOT_COMPUTED[reason]}")


def _initiative_task(base: SolvedProblem, key: str) -> _Task:
    kind: ExplanationKind = "inside" if key in base.best.selected else "outside"
    return _Task(key, "none" if base.model.index.column_of(key) is None else kind, lambda: _initiative(base, key))


def _initiative(base: SolvedProblem, key: str) -> Explanation:
    if base.model.index.column_of(key) is None:
        index = base.model.index
        why = "it has no tokens" if key in index.without_tokens else "it is not a candidate"
        why = "it is delivered already" if key in index.problem.delivered else why
        return Explanation(key, "none", True, f"{key} can't be selected: {why}")
    inside = key in base.best.selected
    kind: ExplanationKind = "inside" if inside else "outside"
    answer = base.solve_with(key, selected=not inside)
    if answer.status is RunStatus.INFEASIBLE:
        problem = base.model.problem
        wish = _wish(key, ConstraintType.EXCLUDE_INITIATIVE if inside else ConstraintType.MANDATORY)
        changed = replace(problem, constraints=(*problem.constraints, wish))
        found = find_conflict(PortfolioModel.of(changed), deadline=base.deadline, cancel=base.cancel)
        rules = [rule for rule in (found.rules if found else []) if rule != wish.id]
        verb = "left out" if inside else "selected"
        return Explanation(key, kind, True, f"{key} can't be {verb}: {names(rules) or 'the rules'}", conflict=rules)
    difference = base.difference(answer)
    loss = figure(-difference.gain)
    added = [other for other in difference.added if other != key]
    dropped = [other for other in difference.dropped if other != key]
    verb = "leaving it out" if inside else "forcing it in"
    # Only an answer that was not proved to be the best can be beaten by a variant of it.
    price = f"costs {amount(loss)}" if loss >= 0 else f"finds {amount(-loss)} more"
    return Explanation(
        key,
        kind,
        True,
        f"{verb} {price} {difference.stage}{_changes(added, dropped)}",
        loss=loss,
        stage=difference.stage,
        added=added,
        dropped=dropped,
    )


def _changes(added: list[str], dropped: list[str]) -> str:
    parts = [f"would drop {names(dropped)}"] if dropped else []
    parts += [f"would bring in {names(added)}"] if added else []
    return f"; {', '.join(parts)}" if parts else ""


def _wish(key: str, kind: ConstraintType) -> Constraint:
    """A row that stands for what is tried; its id is a sentence, so that no row of a problem has it."""
    wish = FORCED if kind is ConstraintType.MANDATORY else BANNED
    return Constraint(wish, False, kind, None, key, (), None, None, TOKENS, None, None, None, None, None, {})


def _mandate_task(base: SolvedProblem, row: Constraint) -> _Task:
    return _Task(row.id, "mandate", lambda: _mandate(base, row))


def _mandate(base: SolvedProblem, row: Constraint) -> Explanation:
    problem = base.model.problem
    changed = replace(problem, constraints=tuple(one for one in problem.constraints if one.id != row.id))
    difference = base.difference(base.solve(changed))
    loss = figure(difference.gain)
    cost = f"costs {amount(loss)} {difference.stage}" if loss else "costs nothing"
    return Explanation(
        row.id,
        "mandate",
        True,
        f"that {row.dimension_key} is mandatory {cost}{_changes(difference.added, difference.dropped) if loss else ''}",
        loss=loss,
        stage=difference.stage,
        added=difference.added,
        dropped=difference.dropped,
    )


def _limit_task(base: SolvedProblem, rule: str) -> _Task:
    return _Task(rule, "limit", lambda: _limit(base, rule))


def _limit(base: SolvedProblem, rule: str) -> Explanation:
    unit, step = explain_limit(base, rule)
    words = describe(base.model.problem, rule)
    if step is None:
        return Explanation(rule, "limit", True, f"{words}: relaxing it alone brings nothing")
    brings = f"{amount(unit.gain)} {unit.stage}" if unit.gain else "nothing"
    message = (
        f"{words}: {unit.field} {amount(unit.after)} would bring {brings}; the selection next "
        f"changes at {amount(step.after)}, for {amount(step.gain)} {step.stage}{_changes(step.added, step.dropped)}"
    )
    return Explanation(rule, "limit", True, message, unit=unit, next_step=step)

"""Why an initiative is in or out, what a mandate costs, what a limit is worth: by solving again, not by guessing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import TOKENS, RunStatus, StopReason, capacity_id
from roadwright.optimize.analysis.diagnosis import find_conflict
from roadwright.optimize.analysis.prices import changes_in_words, sum_in_words, tie_break_in_words
from roadwright.optimize.analysis.roles import demands_amount
from roadwright.optimize.analysis.what_if import SolvedProblem, Unproved, explain_limit, figure
from roadwright.optimize.constraints import ExcludeInitiative, Mandatory
from roadwright.optimize.model.constraint import Constraint
from roadwright.optimize.model.objective import SHORTFALL_STAGE
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.solution import Explanation, ExplanationKind, Solution
from roadwright.optimize.model.targets import demand_of
from roadwright.optimize.solver.highs import CancelSignal

ALL: Literal["all"] = "all"
TRIED = "what is tried"
"""The id of a row that is added to see what it costs: with blanks, so that no row of a workspace has it."""

NOT_COMPUTED = {
    None: "not_computed_cancelled",
    StopReason.TIME_LIMIT: "not_computed_time_limit",
    StopReason.GAP: "not_computed_gap",
    StopReason.NUMERICS: "not_computed_numerics",
}


class UnknownKeys(InputError, ValueError):
    """Keys to explain that are neither initiatives nor rows of the problem."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__("nothing_called", keys=keys)
        self.keys = keys

    def __reduce__(self) -> tuple[type[UnknownKeys], tuple[list[str]]]:
        return UnknownKeys, (self.keys,)


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
    limits += [row.id for row in problem.constraints if row.id in binding and row.has_limit_price]
    limits += [target.id for target in problem.targets if target.id in binding]
    mandates = [row for row in problem.constraints if row.forces is not None]
    keys = [candidate.key for candidate in sorted(problem.candidates, key=lambda one: one.key)]
    return [
        *(_mandate_task(base, row) for row in mandates),
        *(_limit_task(base, one) for one in limits),
        *(_initiative_task(base, key) for key in keys),
    ]


def unknown_keys(problem: Problem, keys: Iterable[str]) -> list[str]:
    """Those keys that `explain` would refuse: neither initiatives nor rows of the problem."""
    known = {candidate.key for candidate in problem.candidates} | problem.outside | problem.delivered
    known |= problem.rows.keys()
    known |= {capacity_id(name) for name in (TOKENS, *problem.capacities)}
    return [key for key in keys if key not in known]


def _tasks(base: SolvedProblem, keys: list[str]) -> list[_Task]:
    problem = base.model.problem
    unknown = unknown_keys(problem, keys)
    if unknown:
        raise UnknownKeys(unknown)
    limits = {capacity_id(name) for name in (TOKENS, *problem.capacities)}
    limits |= {row.id for row in problem.constraints if row.has_limit_price}
    limits |= {needed.target.id for needed in base.model.targets if needed.is_floor}
    tasks = []
    for key in keys:
        row = problem.rows.get(key)
        if key in limits:
            tasks.append(_limit_task(base, key))
        elif isinstance(row, Constraint) and row.forces is not None:
            tasks.append(_mandate_task(base, row))
        elif row is not None:
            tasks.append(_plain_task(base, key))
        else:
            tasks.append(_initiative_task(base, key))
    return tasks


def _plain_task(base: SolvedProblem, key: str) -> _Task:
    said = notice("no_price", demand=demand_of(base.model.problem, key))
    return _Task(key, "none", lambda: Explanation(key, "none", True, said))


def _not_computed(id: str, kind: ExplanationKind, reason: StopReason | None) -> Explanation:
    return Explanation(id, kind, False, notice(NOT_COMPUTED[reason]))


def _initiative_task(base: SolvedProblem, key: str) -> _Task:
    kind: ExplanationKind = "inside" if key in base.best.selected else "outside"
    return _Task(key, "none" if base.model.index.column_of(key) is None else kind, lambda: _initiative(base, key))


def _initiative(base: SolvedProblem, key: str) -> Explanation:
    index = base.model.index
    if index.column_of(key) is None:
        code = "cannot_select_without_tokens" if key in index.without_tokens else "cannot_select_outside"
        code = "cannot_select_delivered" if key in index.problem.delivered else code
        return Explanation(key, "none", True, notice(code, key=key))
    inside = key in base.best.selected
    kind: ExplanationKind = "inside" if inside else "outside"
    answer = base.solve_with(key, selected=not inside)
    if answer.status is RunStatus.INFEASIBLE:
        return _not_allowed(base, key, kind)
    difference = base.difference(answer)
    loss = figure(-difference.gain)
    added = [other for other in difference.added if other != key]
    dropped = [other for other in difference.dropped if other != key]
    keeps = _kept(base, key) if inside else []
    # Only an answer that was not proved to be the best can be beaten by a variant of it.
    if inside:
        code = "leaving_out_costs" if loss > 0 else "leaving_out_finds" if loss < 0 else "leaving_out_is_free"
    else:
        code = "forcing_in_costs" if loss > 0 else "forcing_in_finds" if loss < 0 else "forcing_in_is_free"
    params = {
        "loss": loss,
        "gain": -loss,
        "stage": difference.stage,
        "changes": changes_in_words(added, dropped, is_forced=not inside),
        "sum": sum_in_words(base.model.problem, difference.stage, difference.parts),
        "kept": _kept_in_words(base.model.problem, keeps),
        "tie_break": None if difference.decided_by is None else tie_break_in_words(difference.decided_by),
    }
    return Explanation(
        key,
        kind,
        True,
        notice(code, **params),
        loss=loss,
        stage=difference.stage,
        added=added,
        dropped=dropped,
        parts=difference.parts,
        keeps=keeps,
        tie_break=difference.decided_by,
    )


def _not_allowed(base: SolvedProblem, key: str, kind: ExplanationKind) -> Explanation:
    """What makes it impossible to leave an initiative out, or to select it."""
    problem, inside = base.model.problem, kind == "inside"
    tried = (ExcludeInitiative if inside else Mandatory)(id=TRIED, dimension_key=key)
    changed = problem.changed(constraints=(*problem.constraints, tried))
    found = find_conflict(PortfolioModel.of(changed), deadline=base.deadline, cancel=base.cancel)
    rules = [rule for rule in (found.rules if found else []) if rule != TRIED]
    if inside:
        code = "cannot_leave_out" if rules else "cannot_leave_out_any"
    else:
        code = "cannot_select" if rules else "cannot_select_any"
    said = notice(code, key=key, rules=rules, demands=demands_in_words(problem, rules))
    return Explanation(key, kind, True, said, conflict=rules, keeps=rules if inside else [])


def _kept(base: SolvedProblem, key: str) -> list[str]:
    """The rules, floors and goals that a selected initiative is there for.

    What brings nothing is there for all that it keeps. What brings something is there for an amount that a rule asks
    for where it would not be chosen without that rule.
    """
    role = base.roles[key]
    if role.helps is None:
        return list(role.keeps)
    if role.helps == SHORTFALL_STAGE:
        return [*role.keeps, *role.goals]
    asks = demands_amount(base.model.problem)
    demanded = frozenset(rule for rule in role.keeps if asks(rule))
    return sorted(demanded) if demanded and key not in base.selected_without(demanded) else []


def demands_in_words(problem: Problem, rules: Iterable[str]) -> list[Message]:
    """Rules by name, each with what it asks for."""
    return [notice("rule_demands", rule=rule, demand=demand_of(problem, rule)) for rule in rules]


def _kept_in_words(problem: Problem, rules: list[str]) -> Message | None:
    return notice("is_there_for", demands=demands_in_words(problem, rules)) if rules else None


def _mandate_task(base: SolvedProblem, row: Constraint) -> _Task:
    return _Task(row.id, "mandate", lambda: _mandate(base, row))


def _mandate(base: SolvedProblem, row: Constraint) -> Explanation:
    problem = base.model.problem
    changed = problem.changed(constraints=tuple(one for one in problem.constraints if one.id != row.id))
    difference = base.difference(base.solve(changed))
    loss = figure(difference.gain)
    code = "mandate_costs" if loss else "mandate_is_free"
    params = {
        "key": row.forces,
        "loss": loss,
        "stage": difference.stage,
        "changes": changes_in_words(difference.added, difference.dropped),
        "sum": sum_in_words(base.model.problem, difference.stage, difference.parts),
    }
    return Explanation(
        row.id,
        "mandate",
        True,
        notice(code, **params),
        loss=loss,
        stage=difference.stage,
        added=difference.added,
        dropped=difference.dropped,
        parts=difference.parts,
    )


def _limit_task(base: SolvedProblem, rule: str) -> _Task:
    return _Task(rule, "limit", lambda: _limit(base, rule))


def _limit(base: SolvedProblem, rule: str) -> Explanation:
    unit, step = explain_limit(base, rule)
    demand = demand_of(base.model.problem, rule)
    if step is None:
        return Explanation(rule, "limit", True, notice("limit_is_idle", demand=demand))
    said = notice(
        "limit_step",
        demand=demand,
        field=unit.field,
        unit=unit.after,
        brings=notice("limit_brings", gain=unit.gain, stage=unit.stage) if unit.gain else notice("brings_nothing"),
        next=step.after,
        gain=step.gain,
        stage=step.stage,
        changes=changes_in_words(step.added, step.dropped),
    )
    return Explanation(rule, "limit", True, said, unit=unit, next_step=step)

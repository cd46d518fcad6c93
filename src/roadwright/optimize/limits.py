"""What relaxing a capacity, cap, floor or target brings: one unit, and the next step at which anything changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from roadwright.domain.optimization import TOKENS, ConstraintType, capacity_id
from roadwright.optimize.engine import End
from roadwright.optimize.evaluate import Evaluation
from roadwright.optimize.exact import ROUNDING, as_float, exact
from roadwright.optimize.problem import Problem
from roadwright.optimize.solution import LimitStep
from roadwright.optimize.stages import Search
from roadwright.optimize.steps import Step, strictly_better
from roadwright.optimize.systems import part, rule_ids
from roadwright.optimize.tie_break import stage_step
from roadwright.optimize.variants import Base, Difference, Unproved, figure
from roadwright.optimize.whole import WholeCost

BETTER = 10 * ROUNDING
"""By this share an objective must be better to count as better."""
SMALL_SHARE = Fraction(1, 100)


@dataclass(frozen=True)
class _Limit:
    """One limit: where it stands, which way it relaxes (1: up, -1: down), and what uses it."""

    rule: str
    field: str
    value: Fraction
    direction: int
    use: WholeCost
    """Per column, counted so that less use needs less relaxing."""
    used: Callable[[Evaluation], Fraction]
    """Exactly, counted likewise; the limit on that scale is `bound`."""
    bound: Fraction
    unit: Fraction
    with_value: Callable[[float], Problem]

    def at(self, use: Fraction) -> Fraction:
        """The limit's value that allows a use."""
        return self.value + self.direction * (use - self.bound)


def explain_limit(base: Base, rule: str) -> tuple[LimitStep, LimitStep | None]:
    """(one unit more, the next step) for a limit; the step is None where relaxing it alone never improves anything.

    Raises Unproved where that could not be proved.
    """
    limit = _limit(base, rule)
    use = _next_use(base, limit)
    one_more = limit.value + limit.direction * limit.unit
    if use is None:
        return _step(limit, one_more, None), None
    at_step = base.difference(base.solve(limit.with_value(as_float(limit.at(use)))))
    step = _step(limit, limit.at(use), at_step)
    if use - limit.bound > limit.unit:
        return _step(limit, one_more, None), step
    at_unit = base.difference(base.solve(limit.with_value(as_float(one_more))))
    return _step(limit, one_more, at_unit), step


def _step(limit: _Limit, value: Fraction, difference: Difference | None) -> LimitStep:
    """A step; without a difference nothing changes."""
    found = difference or Difference(Fraction(0), "", [], [])
    moved = (as_float(limit.value), as_float(value), figure(found.gain))
    return LimitStep(limit.field, *moved, found.stage, found.added, found.dropped)


def _next_use(base: Base, limit: _Limit) -> Fraction | None:
    """The least use beyond the limit that makes some stage better (None: never). Raises Unproved."""
    model = base.model
    others = part(model, frozenset(rule_ids(model)) - {limit.rule})
    step = Step(f"next step of {limit.rule}", limit.use, limit.used)
    found: Fraction | None = None
    search = Search(model, others, base.deadline, base.cancel)
    for stage, optimum in zip(base.stages, base.optima, strict=True):
        goal = stage_step(model, stage)
        if not goal.costs.columns:
            continue  # nothing moves this stage
        cost = stage.sign * optimum
        search.held.append(strictly_better(goal, cost, BETTER * abs(cost)))
        result = search.minimise(step)
        search.held.pop()
        if result.end is End.PROVED and result.evaluation is not None:
            use = limit.used(result.evaluation)
            found = use if found is None else min(found, use)
        elif result.end is not End.INFEASIBLE:
            raise Unproved(result.end.stop_reason)
        search.hold(goal, cost, stage.tolerance)
    return found


def _limit(base: Base, rule: str) -> _Limit:
    problem, model = base.model.problem, base.model
    for resource in (TOKENS, *problem.capacities):
        if rule == capacity_id(resource):
            value = exact(problem.capacity if resource == TOKENS else problem.capacities[resource])

            def with_capacity(new: float, name: str = resource) -> Problem:
                if name == TOKENS:
                    return replace(problem, capacity=new)
                return replace(problem, capacities={**problem.capacities, name: new})

            def used(evaluation: Evaluation, name: str = resource) -> Fraction:
                return evaluation.used[name]

            use = _use(base, resource, range(model.size))
            return _Limit(rule, "capacity", value, 1, use, used, value, Fraction(1), with_capacity)
    row = next((one for one in problem.constraints if one.id == rule), None)
    if row is None:
        return _target_limit(base, rule)
    is_floor = row.type is ConstraintType.CAPACITY_FLOOR
    field, sign = ("min_tokens", -1) if is_floor else ("max_tokens", 1)
    value = exact((row.min_tokens if is_floor else row.max_tokens) or 0.0)
    places = model.universe.in_slice(row.dimension or "", row.dimension_key)
    return _Limit(
        rule,
        field,
        value,
        sign,
        _use(base, row.resource, places, sign),
        lambda evaluation: sign * evaluation.spent[rule],
        sign * value,
        min(Fraction(1), value) if is_floor else Fraction(1),
        lambda new: _with_row(problem, rule, field, new),
    )


def _use(base: Base, resource: str, places: Sequence[int], sign: int = 1) -> WholeCost:
    usage = base.model.universe.usage(resource)
    return WholeCost.of(base.model.width, [(Fraction(sign), places, [usage[place] for place in places])])


def _target_limit(base: Base, rule: str) -> _Limit:
    problem, model = base.model.problem, base.model
    needed = next(one for one in model.targets if one.target.id == rule)
    target = needed.target
    direction = -problem.kpi[target.kpi_key].direction.sign

    def used(evaluation: Evaluation) -> Fraction:
        return -next(one.improvement for one in evaluation.targets if one.needed.target.id == rule)

    need = abs(needed.need)
    return _Limit(
        rule,
        "target_value",
        exact(target.target_value),
        direction,
        WholeCost.of(
            model.width, [(Fraction(-1), *model.improvement(target.kpi_key, target.dimension, target.dimension_key))]
        ),
        used,
        -needed.need,
        Fraction(1) if need >= 1 or not need else need * SMALL_SHARE,
        lambda new: _with_row(problem, rule, "target_value", new),
    )


def _with_row(problem: Problem, rule: str, field: str, value: float) -> Problem:
    changed = {field: value}
    return replace(
        problem,
        constraints=tuple(replace(one, **changed) if one.id == rule else one for one in problem.constraints),  # type: ignore[arg-type]
        targets=tuple(replace(one, **changed) if one.id == rule else one for one in problem.targets),  # type: ignore[arg-type]
    )

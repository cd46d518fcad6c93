"""The best portfolio of a problem that was changed a little, and how it compares with the one there is.

For a capacity, cap, floor or target: what one more unit brings, and the next step at which anything changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from roadwright.domain.decimals import as_float, exact
from roadwright.domain.optimization import TOKENS, RunStatus, StopReason, TieBreakStep, capacity_id
from roadwright.optimize.analysis.prices import price_parts
from roadwright.optimize.analysis.roles import Role, roles_of
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.numbers import WholeCost
from roadwright.optimize.model.objective import Stage, plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, Target
from roadwright.optimize.model.rounding import ROUNDING
from roadwright.optimize.model.solution import LimitStep, PricePart, Solution
from roadwright.optimize.solver.fixing import VariableFixing
from roadwright.optimize.solver.highs import CancelSignal, SearchEnd
from roadwright.optimize.solver.portfolio import PortfolioAnswer, best_portfolio, stage_step, tie_break_steps
from roadwright.optimize.solver.search import Search
from roadwright.optimize.solver.steps import SolveStep, part, rule_ids, strictly_better


class Unproved(Exception):
    """A variant's best portfolio could not be proved; `reason` says why, None where it was stopped on request."""

    def __init__(self, reason: StopReason | None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Difference:
    """What a variant's objective has more than the base's (negative: less), in the first stage that differs."""

    gain: Fraction
    stage: str
    added: list[str]
    dropped: list[str]
    parts: list[PricePart]
    """What each change of the selection brings to the stage: together the gain."""
    decided_by: TieBreakStep | None
    """What the tie-break preferred the base for, where nothing is gained or lost."""


@dataclass(frozen=True)
class SolvedProblem:
    """A problem, its answer, and the time there is for comparing it with variants."""

    model: PortfolioModel
    stages: tuple[Stage, ...]
    optima: tuple[Fraction, ...]
    best: Evaluation
    deadline: float | None
    cancel: CancelSignal | None
    _without: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, problem: Problem, solution: Solution, deadline: float | None, cancel: CancelSignal | None
    ) -> SolvedProblem:
        """Raises ValueError where the solution holds no portfolio of the problem."""
        model = PortfolioModel.of(problem)
        if not set(solution.selected) <= set(model.index.columns):
            raise ValueError("the solution selects what is no candidate of the problem")
        if solution.objective_value is None:
            raise ValueError(f"there is no portfolio to explain: the solution is {solution.status}")
        best = evaluate(model, solution.selected)
        stages = plan(model).stages
        optima = tuple(stage.value(best) for stage in stages)
        if isinstance(solution.objective_value, list):
            known = {one.stage: one.optimum for one in solution.objective_value}
            optima = tuple(
                value if known.get(stage.name) is None else exact(known[stage.name] or 0.0)
                for stage, value in zip(stages, optima, strict=True)
            )
        return cls(model, stages, optima, best, deadline, cancel)

    def search(self, problem: Problem) -> Search:
        return Search(PortfolioModel.of(problem), deadline=self.deadline, cancel=self.cancel)

    def solve(self, problem: Problem) -> PortfolioAnswer:
        """The best portfolio of a changed problem, for the base's objective."""
        return best_portfolio(self.search(problem), self.stages, known=self.best)

    def selected_without(self, rules: frozenset[str]) -> frozenset[str]:
        """What the best portfolio selects where these rules don't bind. Raises Unproved where that is not known."""
        if rules not in self._without:
            problem = self.model.problem
            answer = self.solve(
                problem.changed(
                    constraints=tuple(row for row in problem.constraints if row.id not in rules),
                    targets=tuple(row for row in problem.targets if row.id not in rules),
                )
            )
            if answer.status is not RunStatus.OPTIMAL or answer.best is None:
                raise Unproved(answer.reason)
            self._without[rules] = frozenset(answer.best.selected)
        return self._without[rules]

    def solve_with(self, key: str, *, selected: bool, gap: float = 0.0) -> PortfolioAnswer:
        """The best portfolio that has a candidate, or that doesn't have it."""
        linear = self.model.linear
        column, value = self.model.index.columns[key], float(selected)
        lower, upper = linear.lower.copy(), linear.upper.copy()
        lower[column] = upper[column] = value
        search = Search(self.model, deadline=self.deadline, cancel=self.cancel, fixing=VariableFixing(lower, upper, []))
        return best_portfolio(search, self.stages, known=self.best, gap=gap)

    def difference(self, answer: PortfolioAnswer) -> Difference:
        """How a proved answer compares. Raises Unproved where there is none."""
        if answer.status is not RunStatus.OPTIMAL or answer.best is None:
            raise Unproved(answer.reason)
        gain, stage = Fraction(0), None
        for one, base in zip(answer.stages, self.optima, strict=False):
            sign = -one.stage.sign
            gain, stage = sign * (one.optimum - base), one.stage
            if abs(gain) > 2 * ROUNDING * max(abs(base), abs(one.optimum)):
                break
            gain = Fraction(0)
        mine, other = set(self.best.selected), set(answer.best.selected)
        added, dropped = sorted(other - mine), sorted(mine - other)
        parts = [] if stage is None else price_parts(self.model, stage, self.best, answer.best, gain)
        decided = None if gain or not (added or dropped) else self._decided_by(answer.best)
        return Difference(gain, "" if stage is None else stage.name, added, dropped, parts, decided)

    def _decided_by(self, other: Evaluation) -> TieBreakStep:
        """What the tie-break prefers the base to an equally good portfolio for."""
        is_shortfall_done = bool(self.stages) and self.stages[0].is_shortfall
        for name, step in tie_break_steps(self.model, shortfall_done=is_shortfall_done).items():
            mine, its = step.cost(self.best), step.cost(other)
            if mine != its:
                return name if mine < its else TieBreakStep.CUT_SHORT
        return TieBreakStep.CUT_SHORT

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """What each candidate does in the base, and would do."""
        return roles_of(self.model, self.best)


def figure(value: Fraction) -> float:
    """A gain or loss as a float that is never -0."""
    return as_float(value) + 0.0


BETTER = 10 * ROUNDING
"""By this share an objective must be better to count as better."""
SMALL_SHARE = Fraction(1, 100)


@dataclass(frozen=True)
class _MovableLimit:
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


def explain_limit(base: SolvedProblem, rule: str) -> tuple[LimitStep, LimitStep | None]:
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


def _step(limit: _MovableLimit, value: Fraction, difference: Difference | None) -> LimitStep:
    """A step; without a difference nothing changes."""
    found = difference or Difference(Fraction(0), "", [], [], [], None)
    moved = (as_float(limit.value), as_float(value), figure(found.gain))
    return LimitStep(limit.field, *moved, found.stage, found.added, found.dropped)


def _next_use(base: SolvedProblem, limit: _MovableLimit) -> Fraction | None:
    """The least use beyond the limit that makes some stage better (None: never). Raises Unproved."""
    model = base.model
    others = part(model, frozenset(rule_ids(model)) - {limit.rule})
    step = SolveStep(f"next step of {limit.rule}", limit.use, limit.used)
    found: Fraction | None = None
    search = Search(model, others, base.deadline, base.cancel)
    for stage, optimum in zip(base.stages, base.optima, strict=True):
        goal = stage_step(model, stage)
        if not goal.costs.columns:
            continue  # nothing moves this stage
        cost = stage.sign * optimum
        search.objective_cuts.append(strictly_better(goal, cost, BETTER * abs(cost)))
        result = search.minimise(step)
        search.objective_cuts.pop()
        if result.end is SearchEnd.PROVED and result.evaluation is not None:
            use = limit.used(result.evaluation)
            found = use if found is None else min(found, use)
        elif result.end is not SearchEnd.INFEASIBLE:
            raise Unproved(result.end.stop_reason)
        search.hold(goal, cost, stage.tolerance)
    return found


def _limit(base: SolvedProblem, rule: str) -> _MovableLimit:
    problem, model = base.model.problem, base.model
    for resource in (TOKENS, *problem.capacities):
        if rule == capacity_id(resource):
            value = exact(problem.capacity if resource == TOKENS else problem.capacities[resource])

            def with_capacity(new: float, name: str = resource) -> Problem:
                if name == TOKENS:
                    return problem.changed(capacity=new)
                return problem.changed(capacities={**problem.capacities, name: new})

            def used(evaluation: Evaluation, name: str = resource) -> Fraction:
                return evaluation.used[name]

            use = _use(base, resource, range(model.size))
            return _MovableLimit(rule, "capacity", value, 1, use, used, value, Fraction(1), with_capacity)
    row = problem.rows[rule]
    if isinstance(row, Target):
        return _target_limit(base, row)
    [number], part = row.numbers(), row.part
    assert part is not None
    value, sign = number.exact_value, number.side
    return _MovableLimit(
        rule,
        number.field,
        value,
        sign,
        _use(base, part.resource, model.index.in_slice(part.dimension, part.dimension_key), sign),
        lambda evaluation: sign * evaluation.measured[rule],
        sign * value,
        min(Fraction(1), value) if sign < 0 else Fraction(1),
        lambda new: with_number(problem, rule, number.field, new),
    )


def _use(base: SolvedProblem, resource: str, places: Sequence[int], sign: int = 1) -> WholeCost:
    usage = base.model.index.usage(resource)
    return WholeCost.of(base.model.width, [(Fraction(sign), places, [usage[place] for place in places])])


def _target_limit(base: SolvedProblem, target: Target) -> _MovableLimit:
    problem, model, rule = base.model.problem, base.model, target.id
    needed = next(one for one in model.targets if one.target.id == rule)
    direction = -problem.kpi[target.kpi_key].direction.sign

    def used(evaluation: Evaluation) -> Fraction:
        return -next(one.improvement for one in evaluation.targets if one.needed.target.id == rule)

    need = abs(needed.need)
    return _MovableLimit(
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
        lambda new: with_number(problem, rule, "target_value", new),
    )


def with_number(problem: Problem, rule: str, field: str, value: float) -> Problem:
    """The problem with another number in one row."""
    return problem.changed(
        constraints=tuple(one.with_number(field, value) if one.id == rule else one for one in problem.constraints),
        targets=tuple(one.with_number(field, value) if one.id == rule else one for one in problem.targets),
    )

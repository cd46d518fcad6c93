"""Optimising one thing after the other: each stage on the model, its optimum held, its answer checked exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from math import isfinite
from time import monotonic

import numpy as np

from roadwright.optimize.core import Core, neighbourhood, settled
from roadwright.optimize.cuts import Cut, cover, cover_cuts
from roadwright.optimize.engine import (
    Cancel,
    End,
    Limits,
    Relaxed,
    Tick,
    cost_error,
    cost_size,
    minimise,
    relax,
)
from roadwright.optimize.evaluate import Evaluation, evaluate
from roadwright.optimize.exact import ROUNDING, as_float
from roadwright.optimize.matrix import Linear, Model, Values
from roadwright.optimize.numerics import OTHER, USUAL, Numerics
from roadwright.optimize.strengthen import implied_rows
from roadwright.optimize.systems import System, whole, without_goals

MAX_CUT_ROUNDS = 200
"""How often an answer that breaks a rule beyond rounding is cut off and the model solved again."""
CORE_FROM = 200
"""From so many columns on it pays to look for what is settled by the optimum that is held."""
NEAR_FROM, NEAR_NODES, NEAR_GAP = 200, 200, 1e-5
"""From so many columns on a variant is solved by way of its relaxation; how far the first good answer is looked for."""
MAX_CONFIRMED, CONFIRM_NODES = 5_000, 1_000
"""Second opinions are asked for up to this many columns, and given up after this many nodes."""


@dataclass(frozen=True, slots=True)
class Held:
    """What later stages must keep: the cost of a selection stays within `limit` (and `slack`, which is rounding)."""

    costs: Values
    cost: Callable[[Evaluation], Fraction]
    limit: Fraction
    slack: Fraction

    def row(self) -> Cut:
        columns = np.flatnonzero(self.costs)
        return columns.tolist(), self.costs[columns].tolist(), -np.inf, as_float(self.limit + self.slack)

    def is_kept(self, evaluation: Evaluation) -> bool:
        return self.cost(evaluation) <= self.limit + self.slack


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to minimise: a cost per column for the solver, and the exact cost of a selection."""

    name: str
    costs: Values
    cost: Callable[[Evaluation], Fraction]

    @property
    def size(self) -> float:
        """The largest coefficient."""
        return float(np.abs(self.costs).max(initial=0.0))

    def held(self, optimum: Fraction, tolerance: Fraction) -> Held:
        """What keeps this step's optimum, up to a share `tolerance` of it and rounding."""
        slack = ROUNDING * (abs(optimum) if optimum else Fraction(self.size))
        return Held(self.costs, self.cost, optimum + tolerance * abs(optimum), slack)


@dataclass(frozen=True, slots=True)
class StepResult:
    """`evaluation` is the checked answer (None where there is none), `bound` the cost that none can beat."""

    end: End
    evaluation: Evaluation | None
    bound: float
    is_delicate: bool = False


@dataclass
class Search:
    """A model, the rows to respect (all of them unless told otherwise), all that is held so far, and the time left."""

    model: Model
    system: System | None = None
    deadline: float | None = None
    cancel: Cancel | None = None
    on_tick: Callable[[str, Tick], None] | None = None
    held: list[Held] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    core: Core | None = None
    """What is tried, or settled by what is held."""
    unsettled: Step | None = None
    """The step that is held last, where it was not yet asked what that settles."""

    @property
    def seconds_left(self) -> float | None:
        return None if self.deadline is None else max(0.0, self.deadline - monotonic())

    @property
    def is_large(self) -> bool:
        """Whether a variant is solved by way of its relaxation."""
        return self.model.width >= NEAR_FROM

    @property
    def is_cancelled(self) -> bool:
        return self.cancel is not None and self.cancel.is_set()

    @cached_property
    def rows(self) -> System:
        """The rows to respect."""
        return self.system or whole(self.model)

    @cached_property
    def _without_goals(self) -> System:
        return without_goals(self.model, self.rows)

    @cached_property
    def _implied(self) -> list[Cut]:
        """What follows from the rules, where all of them are to be respected."""
        return implied_rows(self.model) if self.system is None else []

    def linear(self, step: Step) -> Linear:
        """The rows to respect and those that hold earlier results; goals only where the step or these count them."""
        self._settle()
        return self._linear(step, self.held)

    def _linear(self, step: Step, kept: list[Held]) -> Linear:
        goals = slice(self.model.first_goal_column, self.model.width)
        counted = any(costs[goals].any() for costs in (step.costs, *(held.costs for held in kept)))
        system = self.rows if counted else self._without_goals
        core = self.core
        rows = [*self._implied, *(core.equations if core else []), *self.cuts, *(held.row() for held in kept)]
        linear = system.linear.with_rows(rows)
        return linear if core is None else replace(linear, lower=core.lower, upper=core.upper)

    def hold(self, step: Step, optimum: Fraction, tolerance: Fraction = Fraction(0)) -> None:
        """From now on keep a step's optimum."""
        self._settle()
        self.held.append(step.held(optimum, tolerance))
        self.unsettled = step

    def _settle(self) -> None:
        """Find what is settled by the optimum that was held last; only once something else is searched for."""
        step, self.unsettled = self.unsettled, None
        if step is None or self.system is not None or self.model.width < CORE_FROM:
            return
        *before, last = self.held
        linear = self._linear(step, before)
        relaxed = self._relaxed(linear, step)
        if relaxed is not None:
            self.core = self._narrower(settled(linear, relaxed, as_float(last.limit + 2 * last.slack)))

    def _relaxed(self, linear: Linear, step: Step) -> Relaxed | None:
        return relax(linear, step.costs, Limits(seconds=self.seconds_left, cancel=self.cancel))

    def minimise_near(
        self, step: Step, known: Evaluation, *, gap: float = 0.0, start: Evaluation | None = None
    ) -> StepResult:
        """Like `minimise`, for a model of which many variants are solved: the relaxation says what to look at.

        A good answer near the relaxation and the one that is `known` for another variant; where that is not within the
        gap, the best one of the core that it leaves: proved like any other.
        """
        if self.system is not None or not self.is_large:
            return self.minimise(step, gap=gap, start=start)
        linear = self.linear(step)
        relaxed = self._relaxed(linear, step)
        if relaxed is None:
            return self.minimise(step, gap=gap, start=start)
        core = self.core
        try:
            self.core = self._narrower(neighbourhood(linear, relaxed, self.model.columns_of(known.selected)))
            good = self.minimise(step, gap=NEAR_GAP, nodes=NEAR_NODES)
            self.core = core
            if good.evaluation is None:
                return self.minimise(step, gap=gap, start=start)
            cost = as_float(step.cost(good.evaluation))
            if cost - relaxed.bound <= gap * abs(cost):
                return replace(good, end=End.STOPPED_BY_GAP, bound=relaxed.bound)
            self.core = self._narrower(settled(linear, relaxed, cost))
            return self.minimise(step, gap=gap, start=good.evaluation, start_is_good=True)
        finally:
            self.core = core

    def _narrower(self, core: Core) -> Core:
        """A core of what `linear` gave, with the equations that were known before."""
        return core if self.core is None else replace(core, equations=[*self.core.equations, *core.equations])

    def minimise(
        self,
        step: Step,
        *,
        gap: float = 0.0,
        nodes: int | None = None,
        start: Evaluation | None = None,
        start_is_good: bool = False,
    ) -> StepResult:
        """The selection with the least cost, checked exactly; answers that break a rule are cut off and solved anew."""
        began = monotonic()
        try:
            result = self._minimise(step, start, gap=gap, nodes=nodes, start_is_good=start_is_good)
            return self._confirmed(step, nodes, self._refined(step, nodes, result))
        finally:
            self.timings[step.name] = self.timings.get(step.name, 0.0) + monotonic() - began

    def is_only(self, step: Step, best: Evaluation, *, nodes: int) -> bool:
        """Whether it is proved, within some nodes, that nothing but `best` keeps all that is held.

        `step` guides the search: the one whose optimum is held last.
        """
        others = replace(self, held=list(self.held), cuts=[*self.cuts, self._other_than(best)])
        linear = others.linear(step)
        limits = Limits(seconds=self.seconds_left, nodes=nodes, cancel=self.cancel, any_answer=True)
        return minimise(linear, self._padded(step.costs), limits).end is End.INFEASIBLE

    def _other_than(self, best: Evaluation) -> Cut:
        """At least one candidate is selected or not as it is not in `best`."""
        chosen = self.model.columns_of(best.selected)[: self.model.size]
        return list(range(self.model.size)), (1.0 - 2.0 * chosen).tolist(), 1.0 - float(chosen.sum()), np.inf

    def _refined(self, step: Step, nodes: int | None, result: StepResult) -> StepResult:
        """A proved answer that is small beside the costs (0.1 beside 120,000), looked at more closely.

        That it must not get worse settles the columns with large costs; what remains is solved on its own scale.
        """
        size = step.size
        while result.end is End.PROVED and result.evaluation is not None:
            cost = step.cost(result.evaluation)
            if cost_error(size) <= ROUNDING * abs(cost):
                break
            self.held.append(Held(step.costs, step.cost, cost, ROUNDING * abs(cost) + Fraction(1e-13 * size)))
            try:
                closer = cost_size(self.linear(step), self._padded(step.costs))
                if closer > size / 4:
                    break
                again = self._minimise(step, result.evaluation, nodes=nodes)
            finally:
                self.held.pop()
            if again.evaluation is None or again.end is not End.PROVED:
                break
            size, result = closer, again
        return result

    def _confirmed(self, step: Step, nodes: int | None, result: StepResult) -> StepResult:
        """A delicate result with a second opinion; the better of two answers counts, each having been checked."""
        if not result.is_delicate or result.end not in (End.PROVED, End.INFEASIBLE) or self.model.width > MAX_CONFIRMED:
            return result
        nodes = CONFIRM_NODES if nodes is None else min(nodes, CONFIRM_NODES)
        other = self._minimise(step, result.evaluation, nodes=nodes, numerics=OTHER)
        if other.evaluation is None:
            return result
        if result.evaluation is None or step.cost(other.evaluation) < step.cost(result.evaluation):
            return other
        return result

    def _minimise(
        self,
        step: Step,
        start: Evaluation | None,
        *,
        gap: float = 0.0,
        nodes: int | None = None,
        start_is_good: bool = False,
        numerics: Numerics = USUAL,
    ) -> StepResult:
        tick = None if self.on_tick is None else partial(self.on_tick, step.name)
        passing: list[Cut] = []  # what is held now need not be held later, so neither are these
        known = len(self.cuts)
        for _ in range(MAX_CUT_ROUNDS):
            if self.is_cancelled:
                return StepResult(End.CANCELLED, None, -np.inf)
            if self.seconds_left == 0.0:
                return StepResult(End.STOPPED_BY_TIME, None, -np.inf)
            linear = self.linear(step).with_rows(passing)
            outcome = minimise(
                linear,
                self._padded(step.costs),
                Limits(gap, self.seconds_left, nodes, self.cancel, start_is_good=start_is_good, numerics=numerics),
                start=self._columns_of(start),
                on_tick=tick,
            )
            if outcome.columns is None:
                return StepResult(outcome.end, None, outcome.bound, outcome.is_delicate)
            evaluation = evaluate(self.model, self.model.keys_of(outcome.columns))
            broken = self.rows.broken(evaluation)
            if not broken and all(held.is_kept(evaluation) for held in self.held):
                return StepResult(outcome.end, evaluation, outcome.bound, outcome.is_delicate)
            cuts = cover_cuts(self.rows.linear, self.rows.owners, broken, self._real(outcome.columns, evaluation))
            self.cuts += cuts
            for held in self.held:
                passing += [] if held.is_kept(evaluation) else self._against(held, evaluation)
            if len(self.cuts) + len(passing) == known:
                break
            known = len(self.cuts) + len(passing)
        return StepResult(End.FAILED, None, -np.inf)

    def _real(self, columns: Values, evaluation: Evaluation) -> Values:
        """Columns of the solver with those of candidates and synergies as the selection really has them."""
        whole = slice(0, self.model.first_goal_column)
        real = columns.copy()
        real[whole] = self.model.columns_of(evaluation.selected)[whole]
        return real

    def _against(self, held: Held, evaluation: Evaluation) -> list[Cut]:
        """A cut against a selection that doesn't keep what is held, where it can be said in selections alone."""
        columns, values, _, limit = held.row()
        if (
            self.rows.linear.matrix.shape[1] > self.model.width
            or max(columns, default=0) >= self.model.first_goal_column
        ):
            return []
        return cover(columns, values, limit, self.model.columns_of(evaluation.selected))

    def _padded(self, costs: Values) -> Values:
        """Costs for all columns of the rows, which may have columns of their own beyond the model's."""
        return np.pad(costs, (0, self.rows.linear.matrix.shape[1] - len(costs)))

    def _columns_of(self, start: Evaluation | None) -> Values | None:
        if start is None:
            return None
        complete = self.rows.complete
        return self.model.columns_of(start.selected) if complete is None else complete(start)


def is_proved(step: Step, result: StepResult, rounding: Fraction = ROUNDING) -> bool:
    """Whether no selection costs less than the result's, up to rounding."""
    if result.evaluation is None or result.end not in (End.PROVED, End.STOPPED_BY_GAP) or not isfinite(result.bound):
        return False
    cost = step.cost(result.evaluation)
    return cost - Fraction(result.bound) <= rounding * max(abs(cost), Fraction(step.size))

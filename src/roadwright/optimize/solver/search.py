"""Optimising one step after the other: each on the model, with the optima of earlier steps kept, checked exactly.

A stage with few open candidates is searched by exact branch and bound alone. Otherwise HiGHS searches, every answer is
checked exactly and cut off where it breaks a rule, and where numbers are too far apart for the solver's tolerances
its result is not relied on: the exact search has to prove it, or a second solve with other numerics has to agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from math import isfinite
from time import monotonic
from typing import NamedTuple

from roadwright.domain.decimals import as_float
from roadwright.domain.optimization import Proof
from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values, WholeCost
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.rounding import ROUNDING
from roadwright.optimize.solver.cuts import cover, cover_cuts, implied_rows, other_than
from roadwright.optimize.solver.exact_search import BranchAndBound, Program
from roadwright.optimize.solver.fixing import VariableFixing, fixed_by_cost, neighbourhood
from roadwright.optimize.solver.highs import (
    OTHER,
    USUAL,
    CancelSignal,
    Limits,
    Numerics,
    Relaxed,
    SearchEnd,
    SolverAnswer,
    Tick,
    minimise,
    relax,
    say,
)
from roadwright.optimize.solver.pair_bonuses import has_many_pairs, is_better, pair_model, worth_of_pairs
from roadwright.optimize.solver.presolve import delicate_rows, tighten
from roadwright.optimize.solver.steps import (
    ObjectiveCut,
    SolveStep,
    StepResult,
    System,
    best_of,
    is_proved,
    strictly_better,
    whole,
    without_goals,
)

EXACT_COLUMNS, EXACT_NODES = 30, 5_000
"""Up to so many open candidates the exact search is tried first, with so many nodes."""
PROOF_COLUMNS, PROOF_NODES = 5_000, 1_000
"""What the solver is not believed is proved by the exact search up to so many columns, within so many nodes; beyond
them a second opinion has to do."""
PROOF_WORK, LEAST_PROOF_NODES = 500_000, 20
"""A node takes time in proportion to the numbers of the model: so many altogether, but so many nodes at least."""
MAX_CUT_ROUNDS = 200
"""How often an answer that breaks a rule beyond rounding is cut off and the model solved again."""
FIXING_FROM = 200
"""From so many columns on variables are fixed by the optimum that is kept."""
NEAR_FROM, NEAR_NODES, NEAR_GAP = 200, 200, 1e-5
"""From so many columns on a variant is solved by way of its relaxation; how far the first good answer is looked for."""


class Form(NamedTuple):
    """A model as it is put to the solver: rows (the rules first, so many), costs and a start."""

    linear: Linear
    costs: WholeCost
    start: Values | None
    rules: int


@dataclass
class Search:
    """A model, the rows to respect (all of them unless told otherwise), the optima kept so far, and the time left."""

    model: PortfolioModel
    system: System | None = None
    deadline: float | None = None
    cancel: CancelSignal | None = None
    on_tick: Callable[[str, Tick], None] | None = None
    objective_cuts: list[ObjectiveCut] = field(default_factory=list)
    cuts: list[LinearRow] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    fixing: VariableFixing | None = None
    """What is tried, or fixed by the objectives kept so far."""
    unfixed: SolveStep | None = None
    """The step whose optimum is kept last, while variables are not yet fixed by it."""
    takes_pairs: bool | None = None
    """Whether bonuses in pairs are solved with a column per candidate; None: not tried yet."""

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

    def stopped(self) -> SearchEnd | None:
        """How the search is to end now: cancelled, or the time is up; None where it goes on."""
        if self.is_cancelled:
            return SearchEnd.CANCELLED
        return SearchEnd.STOPPED_BY_TIME if self.seconds_left == 0.0 else None

    @cached_property
    def rows(self) -> System:
        """The rows to respect."""
        return self.system or whole(self.model)

    @cached_property
    def _without_goals(self) -> System:
        return without_goals(self.model, self.rows)

    @cached_property
    def _implied(self) -> list[LinearRow]:
        """What follows from the rules, where all of them are to be respected."""
        return implied_rows(self.model) if self.system is None else []

    def linear(self, step: SolveStep) -> Linear:
        """The rows to respect and those that hold earlier results; goals only where the step or these count them."""
        self._fix_variables()
        return self._linear(step, self.objective_cuts)

    def _linear(self, step: SolveStep, cuts: list[ObjectiveCut], *, is_strengthened: bool = True) -> Linear:
        held_rows = [row for kept in cuts for row in kept.rows(self.model)]
        goals = range(self.model.first_goal_column, self.model.width)
        counted = any(at in goals for row in held_rows for at in row.places[-len(goals) :]) if goals else False
        counted = counted or any(step.costs.numbers[at] for at in goals)
        system = self.rows if counted else self._without_goals
        fixing = self.fixing
        linear = system.linear.with_rows(
            [*(self._implied if is_strengthened else []), *(fixing.equations if fixing else []), *self.cuts, *held_rows]
        )
        return linear if fixing is None else replace(linear, lower=fixing.lower, upper=fixing.upper)

    def hold(self, step: SolveStep, optimum: Fraction, tolerance: Fraction = Fraction(0)) -> None:
        """From now on keep a step's optimum, up to a share `tolerance` of it and rounding."""
        self._fix_variables()
        self.objective_cuts.append(ObjectiveCut(step, optimum + (tolerance + ROUNDING) * abs(optimum)))
        self.unfixed = step

    def is_allowed(self, evaluation: Evaluation) -> bool:
        """Whether a selection keeps the rules and all optima kept so far, exactly."""
        return not self.rows.broken(evaluation) and all(kept.is_kept(evaluation) for kept in self.objective_cuts)

    def _fix_variables(self) -> None:
        """Fix variables by the optimum that was kept last; done only once something else is searched for."""
        step, self.unfixed = self.unfixed, None
        if step is None or self.system is not None or self.model.width < FIXING_FROM:
            return
        *before, last = self.objective_cuts
        linear = self._linear(step, before)
        relaxed = self._relaxed(linear, step)
        if relaxed is not None:
            self.fixing = self._narrower(fixed_by_cost(linear, relaxed, step.costs.as_float(last.limit)))

    def _relaxed(self, linear: Linear, step: SolveStep) -> Relaxed | None:
        return relax(linear, step.costs.floats, Limits(seconds=self.seconds_left, cancel=self.cancel))

    def minimise_near(
        self, step: SolveStep, known: Evaluation, *, gap: float = 0.0, start: Evaluation | None = None
    ) -> StepResult:
        """Like `minimise`, for a model of which many variants are solved: the relaxation says what to look at.

        A good answer near the relaxation and the one that is `known` for another variant; where that is not within the
        gap, the best one among what variable fixing leaves open: proved like any other.
        """
        # What a relaxation in floats says is sure only where it sees a unit beside the largest cost.
        if self.system is not None or not self.is_large or step.costs.is_coarse:
            return self.minimise(step, gap=gap, start=start)
        linear = self.linear(step)
        relaxed = self._relaxed(linear, step)
        if relaxed is None:
            return self.minimise(step, gap=gap, start=start)
        fixing = self.fixing
        try:
            self.fixing = self._narrower(neighbourhood(linear, relaxed, self.model.columns_of(known.selected)))
            good = self._solved(step, None, gap=NEAR_GAP, nodes=NEAR_NODES)
            self.fixing = fixing
            if good.evaluation is None:
                return self.minimise(step, gap=gap, start=start)
            cost = step.costs.as_float(step.cost(good.evaluation))
            if cost - relaxed.bound <= gap * abs(cost):
                return replace(good, end=SearchEnd.STOPPED_BY_GAP, bound=step.costs.native(relaxed.bound))
            self.fixing = self._narrower(fixed_by_cost(linear, relaxed, cost))
            return self.minimise(step, gap=gap, start=good.evaluation, start_is_good=True)
        finally:
            self.fixing = fixing

    def _narrower(self, fixing: VariableFixing) -> VariableFixing:
        """A fixing of what `linear` gave, with the equations that were known before."""
        return fixing if self.fixing is None else replace(fixing, equations=[*self.fixing.equations, *fixing.equations])

    def minimise(
        self,
        step: SolveStep,
        *,
        gap: float = 0.0,
        nodes: int | None = None,
        start: Evaluation | None = None,
        start_is_good: bool = False,
        slack: Fraction = Fraction(0),
    ) -> StepResult:
        """The selection with the least cost, checked exactly; answers that break a rule are cut off and solved anew.

        `start` is a selection to begin with, where there is one. With `slack` nothing need be proved that is better by
        less than this share.
        """
        began = monotonic()
        try:
            return self._minimised(step, start, gap=gap, nodes=nodes, start_is_good=start_is_good, slack=slack)
        finally:
            self.timings[step.name] = self.timings.get(step.name, 0.0) + monotonic() - began

    def _minimised(
        self,
        step: SolveStep,
        start: Evaluation | None,
        *,
        gap: float,
        nodes: int | None,
        start_is_good: bool,
        slack: Fraction,
    ) -> StepResult:
        if (stopped := self.stopped()) is not None:
            return StepResult(stopped)
        if start is not None and not self.is_allowed(start):
            start = None
        tightened = tighten(self.linear(step))
        if tightened is None:
            return StepResult(SearchEnd.INFEASIBLE, proof=Proof.EXACT)
        size = self.model.size
        if int((tightened.lower != tightened.upper)[:size].sum()) <= EXACT_COLUMNS:
            found = self._searched(step, tightened, start, EXACT_NODES, slack)
            if found.end is not SearchEnd.STOPPED_BY_NODES:
                return found
            start = found.evaluation
        result = self._solved(step, start, gap=gap, nodes=nodes, start_is_good=start_is_good)
        return self._confirmed(step, start, result, nodes, slack)

    # --- the exact search ---------------------------------------------------------------------------------------

    def _searched(
        self, step: SolveStep, linear: Linear, start: Evaluation | None, nodes: int, slack: Fraction
    ) -> StepResult:
        """The exact search on a tightened model, proved or stopped; the best of it and `start`."""
        costs, model = self._padded(step.costs), self.model
        candidates = model.index.candidates
        best = start

        def judge(places: list[int]) -> Fraction | None:
            nonlocal best
            evaluation = evaluate(model, [candidates[place].key for place in places])
            if not self.is_allowed(evaluation):
                return None
            cost = step.cost(evaluation)
            if best is None or cost < step.cost(best):
                best = evaluation
                tell(model.columns_of(best.selected))
            return costs.in_units(cost)

        def tell(columns: Values | None = None) -> None:
            if self.on_tick is not None:
                cost, bound = None if best is None else as_float(step.cost(best)), search.bound
                native = None if bound is None else as_float(costs.of_units(bound))
                if cost is not None and native is not None:
                    native = min(native, cost)
                self.on_tick(step.name, Tick(cost, native, search.nodes, columns))

        def is_over() -> bool:
            tell()
            return self.stopped() is not None

        known = None if start is None else costs.in_units(step.cost(start))
        search = BranchAndBound(Program.of(linear, costs, model.size), judge, known, slack)
        found = search.run(nodes, is_over)
        say(f"Exact search for {step.name}: {found.nodes} nodes, proved: {found.is_proved}\n")
        if found.is_proved:
            if best is None:
                return StepResult(SearchEnd.INFEASIBLE, proof=Proof.EXACT)
            return StepResult(SearchEnd.PROVED, best, step.cost(best), Proof.EXACT)
        end = self.stopped() or SearchEnd.STOPPED_BY_NODES
        bound = None if found.bound is None else costs.of_units(found.bound)
        if best is not None and bound is not None and step.cost(best) - bound <= ROUNDING * abs(step.cost(best)):
            return StepResult(SearchEnd.PROVED, best, bound, Proof.EXACT)
        return StepResult(end, best, bound)

    # --- the solver, and how far its result is relied on --------------------------------------------------------

    def _solved(
        self,
        step: SolveStep,
        start: Evaluation | None,
        *,
        gap: float = 0.0,
        nodes: int | None = None,
        start_is_good: bool = False,
        numerics: Numerics = USUAL,
    ) -> StepResult:
        """The solver's answer, checked exactly."""
        passing: list[LinearRow] = []  # what is kept now need not be kept later, so neither are these
        is_split = False
        for _ in range(MAX_CUT_ROUNDS):
            if (stopped := self.stopped()) is not None:
                return StepResult(stopped)
            limits = Limits(gap, self.seconds_left, nodes, self.cancel, start_is_good=start_is_good, numerics=numerics)
            form = self._form(step, passing, start)
            tightened = tighten(form.linear)
            if tightened is None:
                return StepResult(SearchEnd.INFEASIBLE, proof=Proof.EXACT)
            costs, on_tick = form.costs, None if self.on_tick is None else partial(self._tick, form.costs, step.name)
            answer = minimise(tightened, costs.floats, limits, start=form.start, on_tick=on_tick, is_split=is_split)
            bound = costs.native(answer.bound) if isfinite(answer.bound) else None
            if answer.columns is None:
                return StepResult(answer.end, None, bound)
            evaluation = evaluate(self.model, self.model.keys_of(answer.columns))
            if self.is_allowed(evaluation):
                return self._checked(step, StepResult(answer.end, evaluation, bound), answer, form.rules)
            is_split = True  # with fewer digits in a row the next answer is not again just beyond its limit
            real = self.model.columns_of(evaluation.selected)
            lasting = cover_cuts(self.rows.linear, self.rows.owners, self.rows.broken(evaluation), real)
            fleeting = [
                cut for kept in self.objective_cuts if not kept.is_kept(evaluation) for cut in self._against(kept, real)
            ]
            self.cuts += lasting
            passing += fleeting if lasting or fleeting else [other_than(real[: self.model.size])]
        return StepResult(SearchEnd.FAILED)

    def _form(self, step: SolveStep, passing: list[LinearRow], start: Evaluation | None) -> Form:
        """The model as it is put to the solver: with a column per bonus, or per candidate for its bonuses in pairs."""
        linear, costs, columns = self.linear(step), self._padded(step.costs), self._columns_of(start)
        plain = Form(linear.with_rows(passing), costs, columns, len(self._without_goals.owners))
        if self.system is not None or self.takes_pairs is False or not has_many_pairs(self.model):
            return plain
        worth = worth_of_pairs(self.model, [costs, *(kept.step.costs for kept in reversed(self.objective_cuts))])
        if worth is None:
            return plain
        bare = self._linear(step, self.objective_cuts, is_strengthened=False).with_rows(passing)
        pairs = pair_model(self.model, bare, costs, worth)
        if pairs is None:
            return plain
        if self.takes_pairs is None:
            if columns is None:
                return plain
            limits = Limits(seconds=self.seconds_left, cancel=self.cancel)
            self.takes_pairs = is_better(pairs, linear, costs.floats, columns, limits)
        if not self.takes_pairs:
            return plain
        start_columns = None if columns is None else pairs.start(columns, self.model.size)
        return Form(pairs.linear, pairs.costs, start_columns, pairs.linear.matrix.shape[0])

    def _tick(self, costs: WholeCost, name: str, tick: Tick) -> None:
        """Passes on where the solver stands, in the step's own unit."""
        assert self.on_tick is not None
        native = [None if value is None else as_float(costs.native(value)) for value in (tick.incumbent, tick.bound)]
        self.on_tick(name, replace(tick, incumbent=native[0], bound=native[1]))

    def _checked(self, step: SolveStep, result: StepResult, answer: SolverAnswer, rules: int) -> StepResult:
        """A result with what the numbers of the first `rules` rows and its exact cost say about the solver's word."""
        assert result.evaluation is not None
        cost = step.costs.as_float(step.cost(result.evaluation))
        # Beside an optimum that is small the largest costs hide what a unit is worth.
        is_hidden = answer.is_coarse and abs(cost) < step.costs.as_size
        is_open = result.end is SearchEnd.PROVED and not is_proved(step, result)
        is_delicate = is_hidden or is_open or any(row < rules for row in answer.delicate_rows)
        return replace(result, is_delicate=is_delicate)

    def _confirmed(
        self, step: SolveStep, start: Evaluation | None, result: StepResult, nodes: int | None, slack: Fraction
    ) -> StepResult:
        """What the solver said, or what is right where its word alone is not enough."""
        if result.end not in (SearchEnd.PROVED, SearchEnd.INFEASIBLE, SearchEnd.FAILED) or result.proof is Proof.EXACT:
            return result
        best = best_of(step, start, result.evaluation)
        is_contradicted = best is not None and best is not result.evaluation
        if result.end is SearchEnd.PROVED and not result.is_delicate and not is_contradicted:
            return result
        tightened = tighten(self.linear(step))
        if tightened is None:
            return StepResult(SearchEnd.INFEASIBLE, proof=Proof.EXACT)
        if self.rows.linear.matrix.shape[1] <= PROOF_COLUMNS:
            affordable = max(LEAST_PROOF_NODES, min(PROOF_NODES, PROOF_WORK // max(1, tightened.matrix.nnz)))
            found = self._searched(step, tightened, best, affordable, slack)
            if found.end is not SearchEnd.STOPPED_BY_NODES:
                return found
            best = found.evaluation
        return self._second_opinion(step, best, nodes)

    def _second_opinion(self, step: SolveStep, best: Evaluation | None, nodes: int | None) -> StepResult:
        """Ask for anything better in other numerics, until there is nothing."""
        while True:
            better = None if best is None else strictly_better(step, step.cost(best))
            self.objective_cuts += [] if better is None else [better]
            try:
                other = self._solved(step, None, nodes=nodes, numerics=OTHER)
            finally:
                self.objective_cuts = self.objective_cuts[: len(self.objective_cuts) - (better is not None)]
            if other.evaluation is not None and (best is None or step.cost(other.evaluation) < step.cost(best)):
                best = other.evaluation
                if other.end is SearchEnd.PROVED and better is None:
                    return replace(other, proof=Proof.SOLVER)
                continue
            if other.end is SearchEnd.INFEASIBLE:
                if best is None:
                    return StepResult(SearchEnd.INFEASIBLE)
                return StepResult(SearchEnd.PROVED, best, step.cost(best))
            end = (
                other.end
                if other.end in (SearchEnd.CANCELLED, SearchEnd.STOPPED_BY_TIME, SearchEnd.STOPPED_BY_NODES)
                else SearchEnd.FAILED
            )
            return StepResult(end, best)

    def is_only(self, step: SolveStep, best: Evaluation, *, nodes: int) -> bool:
        """Whether it is proved, within some nodes, that nothing but `best` keeps all these optima.

        `step` guides the search: the one whose optimum is kept last.
        """
        chosen = self.model.columns_of(best.selected)[: self.model.size]
        form = self._form(step, [other_than(chosen)], None)
        tightened = tighten(form.linear)
        if tightened is None:
            return True
        limits = Limits(seconds=self.seconds_left, nodes=nodes, cancel=self.cancel, any_answer=True)
        answer = minimise(tightened, form.costs.floats, limits)
        return answer.end is SearchEnd.INFEASIBLE

    def _against(self, kept: ObjectiveCut, columns: Values) -> list[LinearRow]:
        """Cuts against a selection that doesn't keep an optimum, where they can be expressed in selections alone."""
        rows = kept.rows(self.model)
        if any(place >= self.model.first_goal_column for row in rows for place in row.places):
            return []
        return [cut for row in rows for cut in cover(row, columns)]

    def _padded(self, costs: WholeCost) -> WholeCost:
        """Costs for all columns of the rows, which may have columns of their own beyond the model's."""
        width = self.rows.linear.matrix.shape[1]
        return costs if width == len(costs.numbers) else costs.padded(width)

    def _columns_of(self, start: Evaluation | None) -> Values | None:
        if start is None:
            return None
        complete = self.rows.complete
        return self.model.columns_of(start.selected) if complete is None else complete(start)

    def delicate_rules(self, step: SolveStep) -> list[str]:
        """The ids of rows, and names of stages, whose numbers are too far apart for the solver's tolerances."""
        names = [self.rows.owners[at] or "goals" for at in delicate_rows(self.rows.linear)]
        names += [kept.step.name for kept in self.objective_cuts if kept.step.costs.is_coarse]
        names += [step.name] if step.costs.is_coarse else []
        return list(dict.fromkeys(names))

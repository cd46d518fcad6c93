"""What the optimizer's answer to a small problem is worth, by enumeration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from benchmarks.proof.contract import Json, number
from benchmarks.proof.enumeration import Best, Enumeration
from roadwright.domain.optimization import RunStatus, TieBreak
from roadwright.optimize import Solution


class Verdict(StrEnum):
    """How an answer compares with the contract's; all but the first two are faults."""

    RIGHT = "right"
    NUMERICS = "numerics"
    """`feasible`, with the reason that the numbers are too far apart to be told: allowed, and next to never."""
    WRONG_OPTIMAL = "wrong `optimal`"
    FALSE_OPTIMAL = "`optimal` where nothing is allowed"
    FALSE_INFEASIBLE = "false `infeasible`"
    UNPROVED = "`feasible` without a limit"
    OTHER_TIE = "tie-break differs"
    WRONG_FIGURES = "wrong figures"
    FAILED = "no answer"
    CRASH = "crash"


ACCEPTED = (Verdict.RIGHT, Verdict.NUMERICS)


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    detail: str = ""


def judge(problem: Json, solution: Solution) -> Judgement:
    """The verdict on an answer that was given without a limit."""
    every = Enumeration(problem)
    best = every.best()
    status = solution.status
    if status is RunStatus.INFEASIBLE:
        return Judgement(Verdict.RIGHT) if best is None else Judgement(Verdict.FALSE_INFEASIBLE, _of(best))
    if status not in (RunStatus.OPTIMAL, RunStatus.FEASIBLE):
        return Judgement(Verdict.FAILED, f"{status}: {solution.message}")
    if best is None:
        return Judgement(Verdict.FALSE_OPTIMAL, f"{solution.selected}")
    return _of_selection(every, best, solution)


def _of_selection(every: Enumeration, best: Best, solution: Solution) -> Judgement:
    mask = every.mask_of(solution.selected)
    if mask not in every.allowed or len(solution.selected) != mask.bit_count():
        return Judgement(Verdict.WRONG_OPTIMAL, f"{solution.selected} breaks a rule; {_of(best)}")
    wrong = list(_wrong_figures(every, mask, solution))
    if solution.status is RunStatus.FEASIBLE:
        reason = getattr(solution, "reason", None)
        verdict = Verdict.NUMERICS if reason == "numerics" and not wrong else Verdict.UNPROVED
        return Judgement(verdict, f"{solution.message}; {solution.selected}; {_of(best)}")
    if mask not in best.as_good:
        values = [float(value) for value in every.values(mask)]
        return Judgement(Verdict.WRONG_OPTIMAL, f"{solution.selected} {values}; {_of(best)}")
    if wrong:
        return Judgement(Verdict.WRONG_FIGURES, "; ".join(wrong))
    if solution.selected != best.selected and solution.tie_break is not TieBreak.LIMITED:
        return Judgement(Verdict.OTHER_TIE, f"{solution.selected} is as good; {_of(best)}")
    return Judgement(Verdict.RIGHT)


def _of(best: Best) -> str:
    return f"the answer is {best.selected} {[float(value) for value in best.optima]}"


def _wrong_figures(every: Enumeration, mask: int, solution: Solution) -> Iterable[str]:
    """Figures of a Solution that are not those of its selection, each being the float nearest to the exact value."""
    problem = every.problem
    values = every.values(mask)
    said = solution.objective_value
    if isinstance(said, list):
        yield from _compare("objective_value", [stage.final for stage in said], values)
        best = every.best()
        if solution.status is RunStatus.OPTIMAL and best is not None and mask in best.as_good:
            near = [_is_near(one.optimum, optimum) for one, optimum in zip(said, best.optima, strict=True)]
            if not all(near):
                yield f"optima {[stage.optimum for stage in said]}, not {[float(one) for one in best.optima]}"
    else:
        yield from _compare("objective_value", [said], values)
    capacities = {"tokens": problem["capacity"], **problem.get("capacities", {})}
    used = {resource: every.usage(resource).total(mask) for resource in capacities}
    yield from _compare("tokens_used", [solution.tokens_used], [used["tokens"]])
    yield from _compare("resources_used", [solution.resources_used.get(name) for name in used], used.values())
    achieved = [every.achieved({kpi: Fraction(1)}).total(mask) for kpi in every.kpis]
    yield from _compare("achieved", [solution.achieved.get(kpi) for kpi in every.kpis], achieved)
    for target, result in zip(every.targets, solution.targets, strict=True):
        need, improvement = every.need(target), every.improvement(target).total(mask)
        shortfall = Fraction(0) if target["type"] == "goal" and need <= 0 else max(Fraction(0), need - improvement)
        change = improvement * every.sign(target["kpi_key"])
        figures = [result.need, result.achieved, result.shortfall]
        yield from _compare(f"target {result.id}", figures, [need, change, shortfall])
    if solution.status is RunStatus.OPTIMAL and not _is_near(solution.bound, values[-1]):
        yield f"the bound is {solution.bound}, and the value {float(values[-1])}"


def _compare(name: str, said: Iterable[float | None], exact: Iterable[Fraction]) -> Iterable[str]:
    said, right = list(said), [float(value) for value in exact]
    if said != right:
        yield f"{name}: {said}, not {right}"


def _is_near(said: float | None, exact: Fraction) -> bool:
    # A float is off by a little more than nothing: what was given up in full shows as a trifle more.
    largest = Fraction(0) if said is None else max(abs(exact), abs(number(said)))
    return said is not None and abs(number(said) - exact) <= largest * (Fraction(1, 10**9) + Fraction(1, 10**14))

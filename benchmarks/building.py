"""How long it takes from a problem to the solver's matrix, and the same model built in PuLP."""

from __future__ import annotations

from typing import Any

import numpy as np
import pulp  # type: ignore[import-untyped]

from benchmarks import tables
from benchmarks.portfolios import portfolio
from benchmarks.timing import alternating, timed
from roadwright.optimize import parse_problem
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.objective import plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.solver.portfolio import stage_step

SIZES = ((1_000, None), (10_000, None), (50_000, 100_000))
PULP_UP_TO = 10_000
BAR = 1.0


def _linear(problem: Any) -> Linear:
    return PortfolioModel.of(problem).linear


def _pulp(linear: Linear, costs: Any) -> pulp.LpProblem:
    """LinearRow by row from the same coefficients: PuLP is spared all that finds out what the rules mean."""
    problem = pulp.LpProblem("portfolio", pulp.LpMinimize)
    kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in linear.integer]
    columns = [
        pulp.LpVariable(f"x{place}", low, high, kind)
        for place, (low, high, kind) in enumerate(zip(linear.lower, linear.upper, kinds, strict=True))
    ]
    problem += pulp.LpAffineExpression([(columns[at], costs[at]) for at in np.flatnonzero(costs)])
    matrix = linear.matrix
    for place in range(matrix.shape[0]):
        entries = slice(matrix.indptr[place], matrix.indptr[place + 1])
        terms = zip(matrix.indices[entries], matrix.data[entries], strict=True)
        row = pulp.LpAffineExpression([(columns[at], value) for at, value in terms])
        if np.isfinite(linear.row_lower[place]):
            problem += row >= linear.row_lower[place]
        if np.isfinite(linear.row_upper[place]):
            problem += row <= linear.row_upper[place]
    return problem


def main() -> None:
    tables.heading("Building the model")
    tables.head("candidates", "rules", "rows", "parse s", "build s", "PuLP s", "PuLP / build")
    for size, rules in SIZES:
        given = portfolio(size, rules=rules)
        problem, parse = timed(lambda given=given: parse_problem(given))  # type: ignore[misc]
        linear = _linear(problem)
        (build,) = alternating([lambda problem=problem: _linear(problem)])  # type: ignore[misc]
        theirs = ratio = "–"
        if size <= PULP_UP_TO:
            model = PortfolioModel.of(problem)
            costs = stage_step(model, plan(model).stages[0]).costs.floats
            _, seconds = timed(lambda linear=linear, costs=costs: _pulp(linear, costs))  # type: ignore[misc]
            theirs, ratio = f"{seconds:.2f}", f"{seconds / build:.1f}"
        tables.row([f"{size:,}", f"{len(problem.constraints):,}", f"{linear.matrix.shape[0]:,}", f"{parse:.2f}",
                    f"{build:.2f}", theirs, ratio])  # fmt: skip
    tables.note(
        "Build: from a parsed problem to the matrix, rules resolved and in canonical order; the bar for 50,000 "
        f"candidates is {BAR:g} s. PuLP gets the finished coefficients."
    )

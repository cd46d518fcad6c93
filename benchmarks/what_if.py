"""Trying one initiative in or out after a solve: proved to a gap of 0, as `explain` does it."""

from __future__ import annotations

import statistics

from benchmarks import tables
from benchmarks.portfolios import portfolio
from benchmarks.timing import timed
from roadwright.optimize import SolveOptions, explain, parse_problem, solve
from roadwright.optimize.analysis.what_if import SolvedProblem

SIZES = (500, 5_000)
TRIALS = 5
BAR = 1.0


def main() -> None:
    tables.heading("What-if: forcing an initiative in or out")
    tables.head("candidates", "first solve s", "what-ifs", "median s", "slowest s")
    for size in SIZES:
        problem = parse_problem(portfolio(size))
        solution, first = timed(lambda p=problem: solve(p, SolveOptions(tie_break=False)))  # type: ignore[misc]
        inside = set(solution.selected)
        outside = [candidate.key for candidate in problem.candidates if candidate.key not in inside]
        keys = outside[:: len(outside) // TRIALS][:TRIALS] + solution.selected[:: len(inside) // TRIALS][:TRIALS]
        base = SolvedProblem.of(problem, solution, None, None)
        seconds = [
            timed(lambda base=base, key=key, inside=inside: base.solve_with(key, selected=key not in inside))[1]  # type: ignore[misc]
            for key in keys
        ]
        assert all(one.computed for one in explain(problem, solution, keys[:1], seconds=None))
        tables.row([f"{size:,}", f"{first:.2f}", len(keys), f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}"])
    tables.note(f"Each is proved to a gap of 0. The bar is a median of {BAR:g} s at 5,000.")

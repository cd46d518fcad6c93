"""Agreement with enumeration on small random problems, and with OR-Tools CP-SAT on medium ones."""

from __future__ import annotations

from tests.optimize.brute_force import Enumeration
from tests.optimize.problems import Json, random_problem, wild_problem
from tests.optimize.second_solver import disagreements, medium_problems

from benchmarks import tables
from benchmarks.timing import timed
from roadwright.optimize import parse_problem, solve

ORDINARY, WILD = 2_000, 500
FIRST = 10_000
MEDIUM_SIZES = [30, 45, 60, 75, 90, 105, 120, 150, 180, 200]


def _agrees(problem: Json) -> bool:
    solution = solve(parse_problem(problem))
    best = Enumeration(problem).best()
    expected = ("infeasible", []) if best is None else ("optimal", best.selected)
    return (solution.status.value, solution.selected) == expected


def main() -> None:
    tables.heading("Agreement with enumeration and with another solver")
    tables.head("problems", "number", "agree", "processor s")
    kinds = (("all rule types", random_problem, ORDINARY), ("numbers from 1e-8 to 1e10", wild_problem, WILD))
    for name, make, number in kinds:
        seeds = range(FIRST, FIRST + number)
        wrong, seconds = timed(lambda make=make, seeds=seeds: [s for s in seeds if not _agrees(make(s))])  # type: ignore[misc]
        tables.row([f"enumeration, {name}", f"{number:,}", f"{number - len(wrong):,}", f"{seconds:.0f}"])
        if wrong:
            print(f"\nseeds that disagree: {wrong}")
    problems = medium_problems(MEDIUM_SIZES, seed=100)
    lines, seconds = timed(lambda: disagreements(problems))
    name = f"OR-Tools CP-SAT, {MEDIUM_SIZES[0]} to {MEDIUM_SIZES[-1]} candidates"
    tables.row([name, len(problems), len(problems) - len(lines), f"{seconds:.0f}"])
    for line in lines:
        print(f"\n{line}")

"""Published knapsacks and the front of Greer and Ruhe: the known answers, and how long they take."""

from __future__ import annotations

from pathlib import Path

from benchmarks import instances, tables
from benchmarks.timing import timed
from roadwright.optimize import SolveOptions, frontier, parse_problem, solve

DATA = Path(__file__).parent / "data"
QUADRATIC = {"jeu_100_25_1": 18_558.0, "jeu_100_50_1": 83_742.0}
LIMIT = 300.0


def main() -> None:
    tables.heading("Published instances with known answers")
    tables.head("instance", "known optimum", "ours", "status", "processor s")
    knapsacks = instances.multi_resource_knapsacks(DATA / "mknap1.txt")
    cases = [(f"mknap1 number {place}", known, given) for place, (known, given) in enumerate(knapsacks, 1)]
    for name, known in QUADRATIC.items():
        cases.append((f"quadratic knapsack {name}", known, instances.quadratic_knapsack(DATA / f"{name}.txt")))
    for name, known, given in cases:
        problem = parse_problem(given)
        solution, seconds = timed(lambda p=problem: solve(p, SolveOptions(time_limit=LIMIT)))  # type: ignore[misc]
        assert solution.objective_value == known, f"{name}: {solution.objective_value}, and {known} is known"
        tables.row([name, f"{known:,g}", f"{solution.objective_value:,g}", solution.status, f"{seconds:.2f}"])
    given, front = instances.greer_ruhe(DATA / "greer_ruhe.json")
    found, seconds = timed(lambda: frontier(parse_problem(given)))
    points = [(point.tokens, point.objective_value) for point in found.points]
    assert points == front, f"the front differs: {points}"
    counts = [f"{len(some)} points" for some in (front, points)]
    tables.row(["Greer and Ruhe, whole front", *counts, found.status, f"{seconds:.2f}"])

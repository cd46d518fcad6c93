"""The optimizer against OR-Tools CP-SAT, in a process of its own, on medium problems of all rule types."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.portfolios import portfolio

from roadwright.optimize import Solution, parse_problem, solve

Json = dict[str, Any]
LEXICOGRAPHIC = {"mode": "lexicographic", "order": [{"kpi": "retention"}]}


def medium_problems(sizes: list[int], seed: int) -> list[Json]:
    """Problems with whole numbers and few decimals, by turns for one KPI and for several in order."""
    problems = [portfolio(size, seed + place) for place, size in enumerate(sizes)]
    return [p | ({"objective": LEXICOGRAPHIC} if place % 2 else {}) for place, p in enumerate(problems)]


def disagreements(problems: list[Json]) -> list[str]:
    """What the two solvers don't agree about: a line for each problem."""
    program = Path(__file__).with_name("cp_sat.py")
    done = subprocess.run(
        [sys.executable, str(program)], input=json.dumps(problems), capture_output=True, text=True, check=True
    )
    lines = []
    for place, (problem, theirs) in enumerate(zip(problems, json.loads(done.stdout), strict=True)):
        ours = _values(solve(parse_problem(problem)))
        if (ours is None) != (theirs is None) or (ours and any(map(_differ, ours, theirs))):
            lines.append(f"problem {place}: {ours} against {theirs}")
    return lines


def _values(solution: Solution) -> list[float | None] | None:
    value = solution.objective_value
    if solution.status != "optimal" or value is None:
        return None
    return [stage.final for stage in value] if isinstance(value, list) else [value]


def _differ(ours: float | None, theirs: float) -> bool:
    return ours is None or abs(ours - theirs) > 2e-9 * max(abs(ours), abs(theirs), 1e-6)

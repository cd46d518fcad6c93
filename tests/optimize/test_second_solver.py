"""CP-SAT, in a process of its own, agrees with enumeration on small problems and with the optimizer on medium ones."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction

import pytest
from benchmarks.proof.enumeration import Enumeration
from benchmarks.proof.families import FAMILIES
from benchmarks.proof.medium import FAULTS, ROOT, Outcome, compare, tasks_of


@pytest.mark.parametrize("family", FAMILIES)
def test_the_model_of_the_second_solver_is_the_contract(family: str) -> None:
    problems = [FAMILIES[family](seed, None) for seed in range(15)]
    program = [sys.executable, "-m", "benchmarks.proof.cp_sat", "20"]
    lines = "".join(json.dumps(problem) + "\n" for problem in problems)
    done = subprocess.run(program, input=lines, capture_output=True, text=True, check=True, cwd=ROOT)
    for problem, line in zip(problems, done.stdout.splitlines(), strict=True):
        every, said = Enumeration(problem), json.loads(line)
        best = every.best()
        assert (best is None) == (said["status"] == "infeasible")
        stages = zip(every.stages, best.optima if best else [], said["stages"], strict=False)
        assert all(Fraction(least) <= stage.sign * value <= Fraction(found) for stage, value, (least, found) in stages)


@pytest.mark.thorough
def test_both_find_the_same_optima() -> None:
    families = ("near_equal", "exact_limits", "ordinary")  # all of them: make bench
    tasks = [task for family in families for task in tasks_of(family, range(10, 11), [100], seconds=4.0)]
    results = compare(tasks, their_seconds=1.0)
    assert [one for one in results if one.outcome in FAULTS] == []
    assert sum(one.outcome is Outcome.AGREE for one in results) >= len(families) // 2

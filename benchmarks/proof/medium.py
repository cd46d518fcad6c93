"""Problems of 100 to 500 candidates of the same families: every answer against OR-Tools CP-SAT on whole numbers."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from tests.optimize.brute_force import Enumeration

from benchmarks import tables
from benchmarks.portfolios import portfolio
from benchmarks.proof import workers
from benchmarks.proof.building import Maker
from benchmarks.proof.contract import Contract, Json
from benchmarks.proof.families import FAMILIES
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Solution, SolveOptions, parse_problem, solve

NUMBER, FIRST = 60, 1_000_000
"""Of each family, and the first seed."""
SIZES = [100, 120, 150, 200, 250, 300, 400, 500]
OUR_SECONDS, THEIR_SECONDS = 60.0, 20.0
ROOT = Path(__file__).parents[2]


def ordinary(seed: int, size: int | None = None) -> Json:
    """A company's portfolio in whole numbers and few decimals, by turns for one KPI and for several in order."""
    made = portfolio(size or 30, seed)
    return made | ({"objective": {"mode": "lexicographic", "order": [{"kpi": "retention"}]}} if seed % 2 else {})


MEDIUM: dict[str, Maker] = {**FAMILIES, "ordinary": ordinary}


class Outcome(StrEnum):
    AGREE = "agree"
    """Both proved the same."""
    OPEN = "open"
    """One of the two did not prove its answer in time, or can't count so far; what was proved agrees."""
    REFUTED = "CP-SAT refuted"
    """The optimizer's selection is allowed and better than what CP-SAT calls proved, in exact arithmetic."""
    NUMERICS = "numerics"
    DISAGREE = "disagree"
    """The optimizer's answer breaks a rule, or CP-SAT's is allowed and better."""
    CRASH = "crash"


FAULTS = (Outcome.DISAGREE, Outcome.CRASH)


class Task(NamedTuple):
    """A problem, and what the optimizer may take for it."""

    family: str
    seed: int
    size: int
    seconds: float

    def problem(self) -> Json:
        return MEDIUM[self.family](self.seed, self.size)


class Answer(NamedTuple):
    """The optimizer's answer, or the error that it ended with, and its processor seconds."""

    solution: Solution | None
    error: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Compared:
    task: Task
    outcome: Outcome
    detail: str
    seconds: float


def answered(task: Task) -> Answer:
    """The optimizer's answer to a problem."""
    problem = parse_problem(task.problem())
    began = process_time()
    try:
        solution = solve(problem, SolveOptions(time_limit=task.seconds, diagnose=False))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return Answer(None, repr(error), process_time() - began)
    return Answer(solution, "", process_time() - began)


def compare(tasks: list[Task], *, their_seconds: float = THEIR_SECONDS) -> list[Compared]:
    """Both answers to each problem, held against each other; the two solvers work at the same time."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as lines:
        lines.writelines(json.dumps(task.problem()) + "\n" for task in tasks)
        lines.seek(0)
        program = [sys.executable, "-m", "benchmarks.proof.cp_sat", str(their_seconds)]
        with subprocess.Popen(program, stdin=lines, stdout=subprocess.PIPE, cwd=ROOT, text=True) as theirs:
            limit = 3 * max((task.seconds for task in tasks), default=0.0) + 60
            ours = dict(workers.run(answered, tasks, processes=1, seconds=limit))
            said, _ = theirs.communicate()
    if theirs.returncode:
        raise RuntimeError(f"the program of CP-SAT ended with {theirs.returncode}")
    found = [json.loads(line) for line in said.splitlines()]
    return [_compared(task, ours[task], proof) for task, proof in zip(tasks, found, strict=True)]


def _compared(task: Task, ours: Answer | workers.Died, theirs: Json) -> Compared:
    if isinstance(ours, workers.Died):
        return Compared(task, Outcome.CRASH, ours.reason, 0.0)
    if ours.solution is None:
        return Compared(task, Outcome.CRASH, ours.error, ours.seconds)
    outcome, detail = _outcome(task.problem(), ours.solution, theirs)
    return Compared(task, outcome, detail, ours.seconds)


def _outcome(problem: Json, solution: Solution, theirs: Json) -> tuple[Outcome, str]:
    """Who is right, both selections read anew: neither solver's word is taken for what is allowed or what it costs."""
    status, proof = solution.status, theirs["status"]
    if status not in (RunStatus.OPTIMAL, RunStatus.INFEASIBLE):
        return _unproved(solution), solution.message
    reading = Enumeration(problem)
    proved = [(Fraction(least), Fraction(found)) for least, found in theirs["stages"]]
    if proved and _stands(reading, theirs["selected"], proved) is not Outcome.AGREE:
        return Outcome.REFUTED, f"by its own selection: {theirs['selected']}"
    if status is RunStatus.INFEASIBLE:
        is_same = Outcome.AGREE if proof == "infeasible" else Outcome.OPEN
        return (Outcome.DISAGREE if proved else is_same), f"infeasible against {theirs['selected']}"
    outcome = _stands(reading, solution.selected, proved)
    if outcome is not Outcome.AGREE:
        costs = [float(cost) for cost in _costs(reading, solution.selected)]
        return outcome, f"costs {costs} against {[float(found) for _, found in proved]}"
    if proof == "infeasible":
        return Outcome.REFUTED, f"nothing is allowed, it says, and this is: {solution.selected}"
    return (Outcome.AGREE if len(proved) == len(reading.stages()) else Outcome.OPEN), proof


def _unproved(solution: Solution) -> Outcome:
    """Of an answer that is neither optimal nor infeasible."""
    if getattr(solution, "reason", None) == "numerics":
        return Outcome.NUMERICS
    return Outcome.DISAGREE if solution.status is RunStatus.FAILED else Outcome.OPEN


def _stands(reading: Enumeration, selected: list[str], proved: list[tuple[Fraction, Fraction]]) -> Outcome:
    """A selection against what each stage costs at least, and the least cost that was found."""
    if not reading.allowed(set(selected)):
        return Outcome.DISAGREE
    for aim, cost, (least, found) in zip(
        Contract(reading.problem).aims, _costs(reading, selected), proved, strict=False
    ):
        if cost < least:
            return Outcome.REFUTED
        if cost > aim.held(found):
            return Outcome.DISAGREE
    return Outcome.AGREE


def _costs(reading: Enumeration, selected: list[str]) -> list[Fraction]:
    return [reading.cost(set(selected), kind, weights) for kind, weights, _ in reading.stages()]


def tasks_of(family: str, seeds: range, sizes: list[int], seconds: float = OUR_SECONDS) -> list[Task]:
    """Problems of a family, of all sizes by turns."""
    return [Task(family, seed, sizes[place % len(sizes)], seconds) for place, seed in enumerate(seeds)]


def report(families: Iterable[str], seeds: range, sizes: list[int]) -> bool:
    """A table with a row for each family as it ends, then what differs; whether nothing does."""
    tables.head("family", "problems", *Outcome, "median ms", "slowest ms")
    wrong: list[Compared] = []
    for family in families:
        results = compare(tasks_of(family, seeds, sizes))
        counts = Counter(one.outcome for one in results)
        times = [1000 * one.seconds for one in results]
        cells = [counts[outcome] for outcome in Outcome]
        tables.row([family.replace("_", " "), len(results), *cells, f"{median(times):,.0f}", f"{max(times):,.0f}"])
        wrong += [one for one in results if one.outcome not in (Outcome.AGREE, Outcome.OPEN)]
    for one in wrong:
        tables.note(f"`{one.task.family}` seed {one.task.seed}, {one.task.size}: {one.outcome}. {one.detail}")
    return not any(one.outcome in FAULTS for one in wrong)


def main() -> None:
    tables.heading(f"Problems of {SIZES[0]} to {SIZES[-1]} candidates against OR-Tools CP-SAT on whole numbers")
    report(MEDIUM, range(FIRST, FIRST + NUMBER), SIZES)
    tables.note(
        f"The optimizer had {OUR_SECONDS:g} s for each, CP-SAT {THEIR_SECONDS:g} s. Costs are compared as fractions, "
        "stage by stage. What one of them did not prove in its time says nothing, nor does what is too large for the "
        "64 bits that CP-SAT counts with."
    )


def _command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof.medium", description=__doc__)
    parser.add_argument("--number", type=int, default=8, help="problems of each family")
    parser.add_argument("--family", choices=MEDIUM, action="append", help="only this one; may be given several times")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--size", type=int, action="append", help="candidates; may be given several times")
    asked = parser.parse_args(arguments)
    seeds = range(asked.seed, asked.seed + asked.number)
    return int(not report(asked.family or list(MEDIUM), seeds, asked.size or SIZES))


if __name__ == "__main__":
    raise SystemExit(_command(sys.argv[1:]))

"""What else is asked about a problem: explanations, frontiers and a diagnosis, each judged by enumeration."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from benchmarks import tables
from benchmarks.proof import answers, workers
from benchmarks.proof.building import dependency, slice_of
from benchmarks.proof.contract import Json
from benchmarks.proof.enumeration import Enumeration, totals
from benchmarks.proof.families import FAMILIES
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import SolveOptions, diagnose, explain, frontier, parse_problem, solve

NUMBER, FIRST = 300, 2_000_000
"""Of each family and kind, and the first seed."""
BLOCK = 20
SHOWN = 5
"""So many faults of a family and kind are printed."""
LEAST, MOST = 4, 8
"""So many candidates have the problems: every limit is tried at every sum it can be moved to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one problem, and what is wrong with the answer; `faults` is None where it has no meaning."""

    kind: str
    family: str
    seed: int
    faults: list[str] | None


def small(family: str, seed: int) -> Json:
    """The family's problem of a seed, with few candidates and the ids of its rows."""
    size = random.Random(f"size {seed}").randint(LEAST, MOST)
    return answers.with_ids(FAMILIES[family](seed, size))


def clashing(family: str, seed: int) -> Json:
    """A problem without an answer: rules are added that ask for what just can't be had beside the others."""
    problem, pick = small(family, seed), random.Random(f"clashing {seed}")
    while len((every := Enumeration(problem)).allowed):
        problem = answers.with_ids(_asking_more(pick, problem, every))
    return problem


def _asking_more(pick: random.Random, problem: Json, every: Enumeration) -> Json:
    keys = [candidate["key"] for candidate in every.candidates]
    constraints, targets = problem["constraints"], problem["targets"]
    way = pick.choice(["floor", "cap", "target", "target", "rule", "mandates", "capacity", "count"])
    if way == "target":
        kpi = pick.choice(list(every.kpis))
        measure = every.improvements({kpi: Fraction(1)})
        best = Fraction(int(totals(measure, every.allowed).max()) + pick.choice([0, 1, 1, 5]), measure.unit)
        row = {"dimension": "all", "dimension_key": "all", "kpi_key": kpi, "type": "floor"}
        change = every.sign(kpi) * best
        baseline = pick.choice([100.0, 1000.0])
        return problem | {
            "targets": [
                *targets,
                row | {"baseline_value": baseline, "target_value": float(change + Fraction(baseline))},
            ]
        }
    if way in ("floor", "cap"):
        place = slice_of(pick)
        use = every.usage("tokens", **place)
        sums = totals(use, every.allowed)
        limit = Fraction(int(sums.max()) + 1 if way == "floor" else max(0, int(sums.min()) - 1), use.unit)
        row = {"type": f"capacity_{way}", **place, "min_tokens" if way == "floor" else "max_tokens": float(limit)}
    elif way == "capacity":
        use = every.usage("tokens")
        return problem | {
            "capacity": float(max(Fraction(0), Fraction(int(totals(use, every.allowed).min()) - 1, use.unit)))
        }
    elif way == "mandates":
        row = {
            "type": pick.choice(["mandatory", "mandatory", "exclude_initiative"]),
            "dimension_key": pick.choice(keys),
        }
    elif way == "count":
        taken = np.array([mask.bit_count() for mask in every.allowed.tolist()])
        least = min(int(taken.max()) + 1, len(keys))
        row = {"type": "choose_count", "dimension_key": "group", "members": keys, "min_count": least}
    else:
        row = dependency(pick, keys)
    return problem | {"constraints": [*constraints, row]}


def _explanations(family: str, seed: int) -> Iterable[str] | None:
    problem = small(family, seed)
    parsed = parse_problem(problem)
    solution = solve(parsed, SolveOptions(diagnose=False))
    if solution.status is not RunStatus.OPTIMAL:
        return None
    named = [*answers.capacities(problem), *(row["id"] for row in [*problem["constraints"], *problem["targets"]])]
    found = explain(
        parsed, solution, [*(candidate["key"] for candidate in problem["candidates"]), *named], seconds=None
    )
    return answers.Explained(problem).faults(found)


def _by_tokens(family: str, seed: int) -> Iterable[str] | None:
    problem = small(family, seed)
    return answers.token_faults(problem, frontier(parse_problem(problem)))


def _by_kpis(family: str, seed: int) -> Iterable[str] | None:
    problem = small(family, seed)
    one, other = random.Random(f"kpis {seed}").sample([kpi["key"] for kpi in problem["kpis"]], 2)
    return answers.kpi_faults(problem, (one, other), frontier(parse_problem(problem), kpis=(one, other)))


def _diagnosis(family: str, seed: int) -> Iterable[str] | None:
    problem = clashing(family, seed)
    return answers.diagnosis_faults(problem, diagnose(parse_problem(problem), seconds=None))


KINDS: dict[str, Callable[[str, int], Iterable[str] | None]] = {
    "explanations": _explanations,
    "tokens frontier": _by_tokens,
    "KPI frontier": _by_kpis,
    "diagnosis": _diagnosis,
}


def asked(kind: str, family: str, seed: int) -> Asked:
    """One question, answered and judged; an exception is a fault."""
    try:
        faults = KINDS[kind](family, seed)
        found = None if faults is None else list(faults)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the campaign looks for
        found = [f"crash: {error!r}"]
    return Asked(kind, family, seed, found)


class Block(NamedTuple):
    """Some seeds of a kind and family, one after the other."""

    kind: str
    family: str
    seeds: range


def ask_block(block: Block) -> list[Asked]:
    return [asked(block.kind, block.family, seed) for seed in block.seeds]


def report(seeds: range, *, processes: int = 2) -> list[Asked]:
    """A table with a row for each family: right answers of those asked, by kind; then the faults, which it gives."""
    tables.head("family", *KINDS)
    wrong: list[Asked] = []
    for family in FAMILIES:
        cells = []
        for kind in KINDS:
            blocks = [Block(kind, family, seeds[at : at + BLOCK]) for at in range(0, len(seeds), BLOCK)]
            found = [one for block in workers.run(ask_block, blocks, processes=processes) for one in _of(*block)]
            judged = [one for one in found if one.faults is not None]
            faulty = [one for one in judged if one.faults]
            cells.append(f"{len(judged) - len(faulty):,} of {len(judged):,}")
            wrong += sorted(faulty, key=lambda one: one.seed)[:SHOWN]
        tables.row([family.replace("_", " "), *cells])
    for one in wrong:
        tables.note(f"`{one.family}` seed {one.seed}, {one.kind}: {'; '.join(one.faults or [])}")
    return wrong


def _of(block: Block, results: list[Asked] | workers.Died) -> list[Asked]:
    """What came of a block; one whose process died is a fault for its first seed."""
    if isinstance(results, workers.Died):
        return [Asked(block.kind, block.family, block.seeds[0], [f"crash: {results.reason}"])]
    return results


def main() -> None:
    tables.heading("Explanations, frontiers and diagnoses against enumeration in exact arithmetic")
    report(range(FIRST, FIRST + NUMBER))

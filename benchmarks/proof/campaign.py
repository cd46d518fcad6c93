"""The campaign: many problems of each family, every answer judged by enumeration."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import NamedTuple

from benchmarks import tables
from benchmarks.proof import workers
from benchmarks.proof.families import FAMILIES
from benchmarks.proof.judge import ACCEPTED, Judgement, Verdict, judge
from roadwright.optimize import SolveOptions, parse_problem, solve

NUMBER, FIRST = 20_000, 1_000_000
"""Of each family, and the first seed."""
BLOCK = 20
SHOWN = 10
"""So many faults of a family are printed in full, the others by their seeds."""


class Block(NamedTuple):
    """Some seeds of a family, one after the other."""

    family: str
    seeds: range


@dataclass(frozen=True, slots=True)
class Judged:
    family: str
    seed: int
    judgement: Judgement
    seconds: float
    """Of the processor, for the optimizer alone."""


def judged(family: str, seed: int) -> Judged:
    """One problem, solved and judged; an exception is a crash."""
    problem = FAMILIES[family](seed, None)
    began = process_time()
    try:
        solution = solve(parse_problem(problem), SolveOptions(diagnose=False))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the campaign looks for
        return Judged(family, seed, Judgement(Verdict.CRASH, repr(error)), process_time() - began)
    seconds = process_time() - began
    return Judged(family, seed, judge(problem, solution), seconds)


def judge_block(block: Block) -> list[Judged]:
    return [judged(block.family, seed) for seed in block.seeds]


def campaign(families: Iterable[str], seeds: range, *, processes: int = 2) -> dict[str, list[Judged]]:
    """All seeds of the families; a block whose process dies is tried again seed by seed."""
    found: dict[str, list[Judged]] = {family: [] for family in families}
    blocks = [Block(family, seeds[start : start + BLOCK]) for family in found for start in range(0, len(seeds), BLOCK)]
    while blocks:
        again = []
        for block, results in workers.run(judge_block, blocks, processes=processes):
            if not isinstance(results, workers.Died):
                found[block.family] += results
            elif len(block.seeds) > 1:
                again += [Block(block.family, range(seed, seed + 1)) for seed in block.seeds]
            else:
                crash = Judgement(Verdict.CRASH, results.reason)
                found[block.family].append(Judged(block.family, block.seeds[0], crash, 0.0))
        blocks = again
    return found


def report(families: Collection[str], seeds: range, *, processes: int = 2) -> list[Judged]:
    """A table with a row for each family as it ends, then what is not right; gives the faults."""
    verdicts = list(Verdict)
    tables.head("family", "problems", *verdicts, "median ms", "99 % below ms")
    others: list[Judged] = []
    for family in families:
        results = campaign([family], seeds, processes=processes)[family]
        counts = Counter(one.judgement.verdict for one in results)
        times = sorted(1000 * one.seconds for one in results)
        cells = [f"{counts[verdict]:,}" for verdict in verdicts]
        highest = times[int(0.99 * (len(times) - 1))]
        tables.row([family.replace("_", " "), f"{len(results):,}", *cells, f"{median(times):.1f}", f"{highest:.1f}"])
        found = [one for one in results if one.judgement.verdict is not Verdict.RIGHT]
        others += sorted(found, key=lambda one: one.seed)
    for family in families:
        found = [one for one in others if one.family == family]
        for one in found[:SHOWN]:
            tables.note(f"`{family}` seed {one.seed}: {one.judgement.verdict}. {one.judgement.detail}")
        if len(found) > SHOWN:
            tables.note(f"`{family}`: {len(found) - SHOWN} more, of the seeds {[one.seed for one in found[SHOWN:]]}")
    return [one for one in others if one.judgement.verdict not in ACCEPTED]


def main() -> None:
    tables.heading("Every answer against enumeration in exact arithmetic")
    report(FAMILIES, range(FIRST, FIRST + NUMBER))


def _command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof.campaign", description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="problems of each family")
    parser.add_argument("--family", choices=FAMILIES, action="append", help="only this one; may be given several times")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(arguments)
    seeds = range(asked.seed, asked.seed + asked.number)
    return int(bool(report(asked.family or FAMILIES, seeds, processes=asked.processes)))


if __name__ == "__main__":
    raise SystemExit(_command(sys.argv[1:]))

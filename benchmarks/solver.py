"""The optimizer on the Next Release Problem: proven optima, and time against plain HiGHS on the same problem.

The peer is a model written by hand for these instances and handed to highspy as it is: no checks, no exact re-check, no
tie-break.
"""

from __future__ import annotations

import time

import highspy
import numpy as np

from benchmarks import nrp
from roadwright.optimize import parse_problem, solve


def plain_highs(release: nrp.NextRelease, budget: int) -> tuple[float, float]:
    """Optimum and seconds of plain highspy, building included."""
    began = time.perf_counter()
    requirements, customers = len(release.costs), len(release.customers)
    width = requirements + customers
    starts, columns, values, uppers = [0], list(range(requirements)), [float(c) for c in release.costs], [float(budget)]
    pairs = [(after - 1, before - 1) for before, after in release.dependencies]
    pairs += [(requirements + n, r - 1) for n, (_, needs) in enumerate(release.customers) for r in needs]
    for dependent, needed in pairs:
        starts.append(len(columns))
        columns += [dependent, needed]
        values += [1.0, -1.0]
        uppers.append(0.0)
    cost = np.zeros(width)
    cost[requirements:] = [-float(profit) for profit, _ in release.customers]
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for name, value in (("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0)):
        solver.setOptionValue(name, value)
    solver.passModel(
        width,
        len(uppers),
        len(columns),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        np.zeros(width),
        np.ones(width),
        np.full(len(uppers), -highspy.kHighsInf),
        np.array(uppers),
        np.array(starts, dtype=np.int32),
        np.array(columns, dtype=np.int32),
        np.array(values),
        np.ones(width, dtype=np.int32),
    )
    solver.run()
    return -solver.getObjectiveValue(), time.perf_counter() - began


def main() -> None:
    print(f"{'instance':10} {'budget':>6} {'optimum':>8} {'ours':>8} {'status':8} {'ours s':>7} {'tie-break s':>11} "
          f"{'plain s':>8} {'main solve / plain':>18}")  # fmt: skip
    for known in nrp.optima():
        release = nrp.read(nrp.DATA / f"{known.instance}.txt")
        problem = parse_problem(nrp.problem(release, known.budget))
        solution = solve(problem)
        optimum, plain = plain_highs(release, known.budget)
        assert round(optimum) == known.value, "the peer missed the proven optimum"
        assert solution.objective_value == known.value, "we missed the proven optimum"
        tie_break = sum(seconds for name, seconds in solution.timings.items() if name.startswith("tie-break"))
        print(f"{known.instance:10} {known.percent:5}% {known.value:8,} {solution.objective_value:8,.0f} "
              f"{solution.status:8} {solution.seconds:7.2f} {tie_break:11.2f} {plain:8.2f} "
              f"{(solution.seconds - tie_break) / plain:18.2f}", flush=True)  # fmt: skip

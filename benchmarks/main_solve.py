"""The main solve against raw highspy on the same matrix; start-up, build, re-check and tie-break apart."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Any

from benchmarks import nrp, tables
from benchmarks.portfolios import portfolio
from benchmarks.raw_highs import raw_highs
from benchmarks.timing import alternating, timed
from roadwright.optimize import parse_problem
from roadwright.optimize.model.evaluation import evaluate
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values
from roadwright.optimize.model.objective import plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.solver.portfolio import break_ties, stage_step
from roadwright.optimize.solver.search import Search

SIZES = (100, 200, 500, 2_000)
BAR = 1.15


def _instances() -> list[tuple[str, dict[str, Any], float | None]]:
    """(name, problem, known optimum)"""
    published = [
        (
            f"{known.instance} {known.percent} %",
            nrp.problem(nrp.read(nrp.DATA / f"{known.instance}.txt"), known.budget),
            float(known.value),
        )
        for known in nrp.optima()
    ]
    return published + [(f"portfolio of {size:,}", portfolio(size), None) for size in SIZES]


def main() -> None:
    tables.heading("Main solve against raw highspy on the same matrix")
    tables.head("instance", "optimum", "proved", "raw s", "ours s", "ratio", "build s", "re-check s", "tie-break s")
    ratios = []
    for name, problem, known in _instances():
        parsed = parse_problem(problem)
        model, build = timed(lambda parsed=parsed: _built(parsed))  # type: ignore[misc]
        step = stage_step(model, plan(model).stages[0])

        def ours(model: PortfolioModel = model) -> object:
            return Search(model).minimise(stage_step(model, plan(model).stages[0]))

        linear = Search(model).linear(step)

        def raw(linear: Linear = linear, costs: Values = step.costs.floats) -> object:
            return raw_highs(linear, costs).run()

        raw_seconds, our_seconds = alternating([raw, ours])
        search = Search(model)
        result = search.minimise(step)
        assert result.evaluation is not None, name
        optimum = -float(step.cost(result.evaluation))
        assert known is None or optimum == known, f"{name}: {optimum}, and the published optimum is {known}"
        best, check = timed(lambda m=model, r=result: evaluate(m, r.evaluation.selected))  # type: ignore[misc]
        search.hold(step, step.cost(best))
        _, ties = timed(lambda s=search, b=best, t=step: break_ties(s, t, b, shortfall_done=False))  # type: ignore[misc]
        ratios.append(our_seconds / raw_seconds)
        tables.row([name, f"{optimum:,.0f}", result.end.name == "PROVED", f"{raw_seconds:.3f}", f"{our_seconds:.3f}",
                    f"{ratios[-1]:.2f}", f"{build:.3f}", f"{check:.3f}", f"{ties:.2f}"])  # fmt: skip
    over = sum(ratio > BAR for ratio in ratios)
    tables.note(
        f"Main solve / raw highspy: median {statistics.median(ratios):.2f}, at most {max(ratios):.2f}; above the bar "
        f"of {BAR}: {over} of {len(ratios)}. Ours includes tightening, scaling and the exact re-check of the answer, "
        "raw is passing the finished matrix and running. The optima of the Next Release Problem are the published ones."
    )
    _start_up()


def _built(problem: Any) -> PortfolioModel:
    model = PortfolioModel.of(problem)
    assert model.linear.matrix.shape[1] == model.width
    return model


def _start_up() -> None:
    """Imports in a fresh process, by its own account."""
    seconds = {}
    for module in ("highspy", "roadwright.optimize.api"):
        program = f"import time; import {module}; print(time.process_time())"
        runs = [float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(5)]
        seconds[module] = statistics.median(runs)
    tables.note(f"Start-up: Python with highspy {seconds['highspy']:.2f} s, with the optimizer "
                f"{seconds['roadwright.optimize.api']:.2f} s.")  # fmt: skip

"""What the Runs tab shows of a run's answer: a few figures, kept apart from the whole of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roadwright.domain.decimals import rounded
from roadwright.optimize import Solution
from roadwright.store.models import OptimizationRun


def has_answer(solution: Solution) -> bool:
    """Whether the solution is a portfolio (an empty one counts)."""
    return solution.objective_value is not None or bool(solution.selected)


def shown_figures(candidates: int, solution: Solution | None) -> dict[str, object]:
    """By column of Runs. ``selected_count`` is there only where there is a portfolio."""
    if solution is None:
        return {"candidates": candidates}
    figures: dict[str, object] = {
        "candidates": candidates,
        "solve_seconds": solution.seconds,
        "solver": f"{solution.solver['name']} {solution.solver['version']}",
    }
    if has_answer(solution):
        met = sum(target.met for target in solution.targets)
        figures.update(
            selected_count=len(solution.selected),
            capacity_used=solution.tokens_used,
            objective_value=_last_stage(solution),
            bound=solution.bound,
            gap_percent=None if solution.gap is None else rounded(solution.gap * 100),
            targets_met=f"{met} of {len(solution.targets)}" if solution.targets else None,
        )
    return figures


def whole_run(run: OptimizationRun) -> dict[str, Any]:
    """All that is kept of a run, as JSON."""
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "constraint_set_name": run.constraint_set_name,
        "period_key": run.period_key,
        "status": run.status,
        "objective_mode": run.objective_mode,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "summary": run.summary,
        "snapshot_hash": run.snapshot_hash,
        "inputs_snapshot": run.inputs_snapshot_json,
        "options": run.options_json,
        "result": run.result_json,
    }


def shows_answer(shown: Mapping[str, object]) -> bool:
    """Whether there is a portfolio behind these figures."""
    return shown.get("selected_count") is not None


def _last_stage(solution: Solution) -> float | None:
    """The objective's value; of several stages the last one's."""
    value = solution.objective_value
    if isinstance(value, list):
        return value[-1].final if value else None
    return value

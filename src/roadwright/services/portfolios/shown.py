"""What the Runs tab shows of a run's answer: a few figures, kept apart from the whole of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roadwright.domain.decimals import rounded
from roadwright.domain.shown import figure
from roadwright.optimize import Solution, worth
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
            objective_value=worth(solution),
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


def run_facts(run: OptimizationRun) -> dict[str, Any]:
    """A run in a page: what was asked, how it ended, and how large the rest is."""
    snapshot: dict[str, Any] = run.inputs_snapshot_json or {}
    result: dict[str, Any] = run.result_json or {}
    options = {name: value for name, value in run.options_json.items() if value is not None}
    achieved, timings = result.get("achieved") or {}, result.get("timings") or {}
    log = (run.solver_log or "").count("\n")
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "constraint_set_name": run.constraint_set_name,
        "period_key": run.period_key,
        "status": run.status,
        "summary": run.summary,
        "objective_mode": run.objective_mode,
        "capacity_total": run.capacity_total,
        "constraints": len(snapshot.get("constraints", ())) or None,
        "targets": len(snapshot.get("targets", ())) or None,
        **run.shown_json,
        "selected": ", ".join(result.get("selected") or ()) or None,
        "achieved": ", ".join(f"{kpi} {figure(value)}" for kpi, value in achieved.items()) or None,
        "proof": result.get("proof"),
        "tie_break": result.get("tie_break"),
        "timings": ", ".join(f"{stage} {value:.2f} s" for stage, value in timings.items()) or None,
        "options": ", ".join(f"{name} {value}" for name, value in options.items()) or None,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "snapshot_hash": run.snapshot_hash,
        "solver_log": f"{log} lines: roadwright runs {run.run_id} --log" if log else None,
    }


def shows_answer(shown: Mapping[str, object]) -> bool:
    """Whether there is a portfolio behind these figures."""
    return shown.get("selected_count") is not None

"""The rows of Gaps_And_Alerts: every target with its gap, and everything of a run that deserves a look. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from roadwright.domain.alerts import AlertKind
from roadwright.domain.figures import figure
from roadwright.domain.optimization import FindingKind, RunStatus, Severity, TargetKind
from roadwright.optimize import Explanation, Fault, Problem, ProblemFinding, Solution, Target, is_everything
from roadwright.portfolios.diagnosis import DiagnosedRow, way_out
from roadwright.portfolios.facts import CandidateFacts, RunRef

Alert = dict[str, object]

_KINDS = {
    FindingKind.TARGET: AlertKind.TARGET,
    FindingKind.CONSTRAINT: AlertKind.CONSTRAINT,
    FindingKind.DATA: AlertKind.DATA,
    FindingKind.OBJECTIVE: AlertKind.DATA,
}


def alert(run: RunRef, kind: AlertKind, severity: Severity, message: str, **more: object) -> Alert:
    """One row; ``more`` are its other columns."""
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "kind": str(kind),
        "severity": str(severity),
        "message": message,
        **more,
    }


def _baseline(problem: Problem, target: Target) -> float | None:
    if target.baseline_value is not None:
        return target.baseline_value
    return problem.kpi[target.kpi_key].baseline_value if is_everything(target.dimension) else None


def _row_order(id: str) -> tuple[str, int]:
    """Rows in the order of the sheet: ``Targets!7`` before ``Targets!12``."""
    tab, _, row = id.rpartition("!")
    return (tab, int(row)) if row.isdecimal() else (id, 0)


def target_alerts(run: RunRef, problem: Problem, solution: Solution, places: Mapping[str, str]) -> list[Alert]:
    """Every target on one scale: achieved = baseline + signed change where a baseline applies, else the change."""
    by_id = {target.id: target for target in problem.targets}
    rows = []
    for result in sorted(solution.targets, key=lambda one: _row_order(places.get(one.id, one.id))):
        target = by_id[result.id]
        kpi = problem.kpi[target.kpi_key]
        baseline = _baseline(problem, target)
        where = "" if is_everything(target.dimension) else f" in {target.dimension} {target.dimension_key}"
        unit = f" {kpi.unit}" if kpi.unit else ""
        level = (baseline or 0.0) + result.achieved
        if result.met:
            severity, advice = Severity.INFO, None
            message = f"{kpi.key}{where}: the {target.type} of {figure(target.target_value)}{unit} is met"
        else:
            severity = Severity.CRITICAL if target.type is TargetKind.FLOOR else Severity.WARNING
            message = (
                f"{kpi.key}{where}: reaches {figure(level)}{unit} of {figure(target.target_value)}{unit}, "
                f"{figure(result.shortfall)}{unit} short"
            )
            advice = "add capacity, relax a rule that binds, or find initiatives that move this KPI; or lower the goal"
        rows.append(
            alert(
                run,
                AlertKind.TARGET,
                severity,
                message,
                dimension=target.dimension,
                dimension_key=target.dimension_key,
                kpi_key=kpi.key,
                target=target.target_value,
                baseline=baseline,
                achieved=level,
                gap=result.shortfall,
                recommendation=advice,
            )
        )
    return rows


def _about(problem: Problem, id: str) -> dict[str, str | None]:
    """What a row is about, in the columns of the tab."""
    row = problem.rows.get(id)
    return row.about() if row is not None else {}


def diagnosis_alerts(run: RunRef, problem: Problem, rows: Iterable[DiagnosedRow]) -> list[Alert]:
    """Every row of the conflict, and every change of the cheapest repair."""
    return [
        alert(
            run,
            AlertKind.INFEASIBLE,
            Severity.CRITICAL if row.clash is not None else Severity.WARNING,
            f"{row.place}: {row.clash or row.way_out}",
            recommendation=row.way_out,
            **_about(problem, row.id),
        )
        for row in rows
    ]


def finding_alerts(
    run: RunRef, problem: Problem, findings: Iterable[ProblemFinding], place: Callable[[str], str]
) -> list[Alert]:
    """What the optimizer had to say of rows, data and objective; ``place`` names an id's row in a sheet."""
    result = []
    for finding in findings:
        is_data = finding.kind is FindingKind.DATA
        about = {"dimension": "initiative", "dimension_key": finding.id} if is_data else _about(problem, finding.id)
        message = finding.message if is_data else f"{place(finding.id)}: {finding.message}"
        result.append(alert(run, _KINDS[finding.kind], finding.severity, message, **about))
    return result


def unanswered_alerts(run: RunRef, status: RunStatus, solution: Solution | None, standing: str) -> list[Alert]:
    """That a run found no portfolio, why, and what Results shows therefore (``standing``)."""
    is_infeasible = status is RunStatus.INFEASIBLE
    message = solution.message if solution is not None else ""
    diagnosis = solution.diagnosis if solution is not None else None
    known_way_out = way_out(diagnosis) if diagnosis is not None else None
    open_points = diagnosis.message if diagnosis is not None else ""
    advice = {
        RunStatus.INFEASIBLE: "relax or drop one of the rules that clash, or add capacity, and run again",
        RunStatus.UNKNOWN: "run again with more time: --option time_limit=…",
        RunStatus.INVALID: "mend what is named in the other alerts and run again",
    }
    return [
        alert(
            run,
            AlertKind.INFEASIBLE if is_infeasible else AlertKind.DATA,
            Severity.CRITICAL,
            "; ".join(part for part in (f"the run is {status}", message, open_points, standing) if part),
            recommendation=known_way_out or advice.get(status),
        )
    ]


def no_candidates_alerts(run: RunRef, period_key: str) -> list[Alert]:
    """That there was nothing to choose from."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            f"there are no candidates for {period_key}",
            recommendation="set is_optimization_candidate and candidate_period_key on the Backlog",
        )
    ]


def explanation_alerts(
    run: RunRef, problem: Problem, explanations: Sequence[Explanation], places: Mapping[str, str]
) -> list[Alert]:
    """What each mandate costs and each binding limit is worth; and what there was no time to find out."""
    result = []
    for one in explanations:
        if one.computed and one.kind in ("mandate", "limit"):
            kind = AlertKind.TARGET if isinstance(problem.rows.get(one.id), Target) else AlertKind.CONSTRAINT
            message = f"{places.get(one.id, one.id)}: {one.message}"
            result.append(alert(run, kind, Severity.INFO, message, **_about(problem, one.id)))
    missing = sum(not one.computed for one in explanations)
    if missing:
        message = f"{missing} of {len(explanations)} explanations were not computed: there was no time for them"
        advice = "pm.explain_selection computes them, those you select or all: --option explain_seconds=…"
        result.append(alert(run, AlertKind.DATA, Severity.INFO, message, recommendation=advice))
    return result


def fault_alerts(run: RunRef, faults: Iterable[Fault]) -> list[Alert]:
    """Why a run was invalid."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.CRITICAL,
            f"{fault.id}: {fault.message}",
            recommendation="mend the row and run again",
        )
        for fault in faults
    ]


def dependency_alerts(run: RunRef, results: Sequence[Mapping[str, object]], unmet: Collection[object]) -> list[Alert]:
    """Chosen initiatives that say they depend on one that was not chosen: those of ``unmet``."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            f"{row['initiative_key']}: {row['dependency_status']}",
            dimension="initiative",
            dimension_key=row["initiative_key"],
            recommendation="add a require_prereq row to Constraints if the dependency must bind",
        )
        for row in results
        if row["selected"] and row["initiative_key"] in unmet
    ]


def data_alerts(run: RunRef, findings: Iterable[tuple[str, str]], titles: Mapping[str, CandidateFacts]) -> list[Alert]:
    """What was found in the initiatives' data while the problem was built, as (initiative key, message)."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            f"{key} ({titles[key].title}): {message}" if key in titles else f"{key}: {message}",
            dimension="initiative",
            dimension_key=key,
        )
        for key, message in findings
    ]

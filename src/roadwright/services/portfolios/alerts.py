"""The rows of Gaps_And_Alerts: every target with its gap, and everything of a run that deserves a look. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import AlertKind, FindingKind, RunStatus, Severity, TargetKind
from roadwright.domain.sentences import amount
from roadwright.optimize import Explanation, Fault, Problem, ProblemFinding, Solution, Target, is_everything
from roadwright.services.portfolios.diagnosis import DiagnosedRow, way_out
from roadwright.services.portfolios.results import NOT_SELECTED, CandidateFacts, RunRef, dependencies_of

Alert = dict[str, object]

_KINDS = {
    FindingKind.TARGET: AlertKind.TARGET,
    FindingKind.CONSTRAINT: AlertKind.CONSTRAINT,
    FindingKind.DATA: AlertKind.DATA,
    FindingKind.OBJECTIVE: AlertKind.DATA,
}
_ADVICE = {
    RunStatus.INFEASIBLE: "advice_infeasible",
    RunStatus.UNKNOWN: "advice_unknown",
    RunStatus.INVALID: "advice_invalid",
}
"""What helps where a run found no portfolio."""


def alert(run: RunRef, kind: AlertKind, severity: Severity, message: Message, **more: object) -> Alert:
    """One row; ``more`` are its other columns."""
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "kind": str(kind),
        "severity": str(severity),
        "message": str(message),
        **{name: str(value) if isinstance(value, Message) else value for name, value in more.items()},
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
        level = (baseline or 0.0) + result.achieved
        about: dict[str, object] = {"kpi": kpi.key, "where": "", "target": amount(target.target_value, kpi.unit)}
        if not is_everything(target.dimension):
            about["where"] = notice("in_slice", dimension=target.dimension, slice=target.dimension_key)
        if result.met:
            severity, advice = Severity.INFO, None
            message = notice("target_met", **about, type=target.type)
        else:
            severity = Severity.CRITICAL if target.type is TargetKind.FLOOR else Severity.WARNING
            short = amount(result.shortfall, kpi.unit)
            message = notice("target_missed", **about, level=amount(level, kpi.unit), shortfall=short)
            advice = notice("advice_target")
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
            notice("at_place", place=row.place, what=row.clash or row.way_out),
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
        message = finding.said
        if not is_data:
            message = notice("at_place", place=place(finding.id), what=message)
        result.append(alert(run, _KINDS[finding.kind], finding.severity, message, **about))
    return result


def unanswered_alerts(run: RunRef, status: RunStatus, solution: Solution | None, standing: Message) -> list[Alert]:
    """That a run found no portfolio, why, and what Results shows therefore (``standing``)."""
    is_infeasible = status is RunStatus.INFEASIBLE
    said = solution.said if solution is not None else None
    diagnosis = solution.diagnosis if solution is not None else None
    known_way_out = way_out(diagnosis) if diagnosis is not None else None
    open_points = diagnosis.said if diagnosis is not None else None
    advice = _ADVICE.get(status)
    parts = [part for part in (notice("run_is", status=status), said, open_points, standing) if str(part or "")]
    return [
        alert(
            run,
            AlertKind.INFEASIBLE if is_infeasible else AlertKind.DATA,
            Severity.CRITICAL,
            notice("run_unanswered", parts=parts),
            recommendation=known_way_out or (notice(advice) if advice is not None else None),
        )
    ]


def no_candidates_alerts(run: RunRef, period_key: str) -> list[Alert]:
    """That there was nothing to choose from."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            notice("no_candidates", period=period_key),
            recommendation=notice("advice_no_candidates"),
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
            told = notice("at_place", place=places.get(one.id, one.id), what=one.said)
            result.append(alert(run, kind, Severity.INFO, told, **_about(problem, one.id)))
    missing = sum(not one.computed for one in explanations)
    if missing:
        message = notice("explanations_missing", missing=missing, count=len(explanations))
        result.append(alert(run, AlertKind.DATA, Severity.INFO, message, recommendation=notice("advice_explain")))
    return result


def fault_alerts(run: RunRef, faults: Iterable[Fault]) -> list[Alert]:
    """Why a run was invalid."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.CRITICAL,
            notice("at_place", place=fault.id, what=fault.said),
            recommendation=notice("advice_fault"),
        )
        for fault in faults
    ]


def dependency_alerts(
    run: RunRef, results: Sequence[Mapping[str, object]], facts: Mapping[str, CandidateFacts], met: Mapping[str, str]
) -> list[Alert]:
    """Chosen initiatives that say they depend on one that was not chosen."""
    chosen = [str(row["initiative_key"]) for row in results if row["selected"]]
    selected = frozenset(chosen)
    found = ((key, dependencies_of(facts[key], selected, met)) for key in chosen)
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            notice("at_place", place=key, what=dependencies),
            dimension="initiative",
            dimension_key=key,
            recommendation=notice("advice_dependency"),
        )
        for key, dependencies in found
        if any(one.code == NOT_SELECTED for one in dependencies)
    ]


def ignored_sets_alerts(run: RunRef, names: Sequence[str]) -> list[Alert]:
    """That there are rules for every scenario that names their set, and this one names none."""
    if not names:
        return []
    return [alert(run, AlertKind.DATA, Severity.WARNING, notice("shared_sets_unused", names=names))]


def data_alerts(
    run: RunRef, findings: Iterable[tuple[str, Message]], titles: Mapping[str, CandidateFacts]
) -> list[Alert]:
    """What was found in the initiatives' data while the problem was built, as (initiative key, message)."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            notice("initiative_note", initiative=key, title=titles[key].title, what=message)
            if key in titles
            else notice("at_place", place=key, what=message),
            dimension="initiative",
            dimension_key=key,
        )
        for key, message in findings
    ]

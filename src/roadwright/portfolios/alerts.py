"""The rows of Gaps_And_Alerts: every target with its gap, and everything of a run that deserves a look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from roadwright.domain.alerts import AlertKind
from roadwright.domain.amounts import amount
from roadwright.domain.messages import Level, Message
from roadwright.domain.optimization import FindingKind, RunStatus, Severity, TargetKind
from roadwright.optimize.problem import Constraint, Fault, Finding, Problem, Target
from roadwright.optimize.solution import Explanation, Solution
from roadwright.optimize.targets import is_everything
from roadwright.portfolios.diagnosis import DiagnosedRow, way_out
from roadwright.portfolios.facts import CandidateFacts, RunRef
from roadwright.portfolios.results import NOT_SELECTED, dependencies_of

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


def alert(run: RunRef, kind: AlertKind, severity: Severity, message: Message | str, **more: object) -> Alert:
    """One row; ``more`` are its other columns. What the optimizer says is text already."""
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "kind": str(kind),
        "severity": str(severity),
        "message": str(message),
        **{name: str(value) if isinstance(value, Message) else value for name, value in more.items()},
    }


def _say(code: str, **params: object) -> Message:
    return Message(code, Level.OK, params=params)


def _baseline(problem: Problem, target: Target) -> float | None:
    if target.baseline_value is not None:
        return target.baseline_value
    return problem.kpi[target.kpi_key].baseline_value if is_everything(target.dimension) else None


def _row_order(id: str) -> tuple[str, int]:
    """Rows in the order of the sheet: ``Targets!7`` before ``Targets!12``."""
    tab, _, row = id.rpartition("!")
    return (tab, int(row)) if row.isdecimal() else (id, 0)


def target_alerts(run: RunRef, problem: Problem, solution: Solution) -> list[Alert]:
    """Every target on one scale: achieved = baseline + signed change where a baseline applies, else the change."""
    by_id = {target.id: target for target in problem.targets}
    rows = []
    for result in sorted(solution.targets, key=lambda one: _row_order(one.id)):
        target = by_id[result.id]
        kpi = problem.kpi[target.kpi_key]
        baseline = _baseline(problem, target)
        level = (baseline or 0.0) + result.achieved
        about: dict[str, object] = {"kpi": kpi.key, "where": "", "target": amount(target.target_value, kpi.unit)}
        if not is_everything(target.dimension):
            about["where"] = _say("in_slice", dimension=target.dimension, slice=target.dimension_key)
        if result.met:
            severity, advice = Severity.INFO, None
            message = _say("target_met", **about, type=target.type)
        else:
            severity = Severity.CRITICAL if target.type is TargetKind.FLOOR else Severity.WARNING
            short = amount(result.shortfall, kpi.unit)
            message = _say("target_missed", **about, level=amount(level, kpi.unit), shortfall=short)
            advice = _say("advice_target")
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


def _slices(problem: Problem) -> dict[str, dict[str, str | None]]:
    """By row id what the row is about, in the columns of the tab."""
    rows: list[Constraint | Target] = [*problem.constraints, *problem.targets]
    return {
        row.id: {"dimension": row.dimension, "dimension_key": row.dimension_key, "kpi_key": row.kpi_key} for row in rows
    }


def diagnosis_alerts(run: RunRef, problem: Problem, rows: Iterable[DiagnosedRow]) -> list[Alert]:
    """Every row of the conflict, and every change of the cheapest repair."""
    slices = _slices(problem)
    return [
        alert(
            run,
            AlertKind.INFEASIBLE,
            Severity.CRITICAL if row.clash is not None else Severity.WARNING,
            _say("at_place", place=row.place, what=row.clash or row.way_out),
            recommendation=row.way_out,
            **slices.get(row.id, {}),
        )
        for row in rows
    ]


def finding_alerts(run: RunRef, problem: Problem, findings: Iterable[Finding]) -> list[Alert]:
    """What the optimizer had to say of rows, data and objective."""
    slices = _slices(problem)
    result = []
    for finding in findings:
        about = {"dimension": "initiative", "dimension_key": finding.id} if finding.kind is FindingKind.DATA else {}
        place = slices.get(finding.id, about)
        message: Message | str = finding.message
        if not finding.message.startswith(finding.id):
            message = _say("at_place", place=finding.id, what=finding.message)
        result.append(alert(run, _KINDS[finding.kind], finding.severity, message, **place))
    return result


def unanswered_alerts(run: RunRef, status: RunStatus, solution: Solution | None, standing: Message) -> list[Alert]:
    """That a run found no portfolio, why, and what Results shows therefore (``standing``)."""
    is_infeasible = status is RunStatus.INFEASIBLE
    message = solution.message if solution is not None else ""
    diagnosis = solution.diagnosis if solution is not None else None
    known_way_out = way_out(diagnosis) if diagnosis is not None else None
    open_points = diagnosis.message if diagnosis is not None else ""
    advice = _ADVICE.get(status)
    parts = [part for part in (_say("run_is", status=status), message, open_points, standing) if part]
    return [
        alert(
            run,
            AlertKind.INFEASIBLE if is_infeasible else AlertKind.DATA,
            Severity.CRITICAL,
            _say("run_unanswered", parts=parts),
            recommendation=known_way_out or (_say(advice) if advice is not None else None),
        )
    ]


def no_candidates_alerts(run: RunRef, period_key: str) -> list[Alert]:
    """That there was nothing to choose from."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            _say("no_candidates", period=period_key),
            recommendation=_say("advice_no_candidates"),
        )
    ]


def explanation_alerts(run: RunRef, problem: Problem, explanations: Sequence[Explanation]) -> list[Alert]:
    """What each mandate costs and each binding limit is worth; and what there was no time to find out."""
    rows: dict[str, Constraint | Target] = {row.id: row for row in problem.constraints}
    rows.update((row.id, row) for row in problem.targets)
    result = []
    for one in explanations:
        if one.computed and one.kind in ("mandate", "limit"):
            row = rows.get(one.id)
            place = (
                {"dimension": row.dimension, "dimension_key": row.dimension_key, "kpi_key": row.kpi_key}
                if row is not None
                else {}
            )
            kind = AlertKind.TARGET if isinstance(row, Target) else AlertKind.CONSTRAINT
            result.append(alert(run, kind, Severity.INFO, _say("at_place", place=one.id, what=one.message), **place))
    missing = sum(not one.computed for one in explanations)
    if missing:
        message = _say("explanations_missing", missing=missing, count=len(explanations))
        result.append(alert(run, AlertKind.DATA, Severity.INFO, message, recommendation=_say("advice_explain")))
    return result


def fault_alerts(run: RunRef, faults: Iterable[Fault]) -> list[Alert]:
    """Why a run was invalid."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.CRITICAL,
            _say("at_place", place=fault.id, what=fault.message),
            recommendation=_say("advice_fault"),
        )
        for fault in faults
    ]


def dependency_alerts(
    run: RunRef, results: Sequence[Mapping[str, object]], facts: Mapping[str, CandidateFacts], done: frozenset[str]
) -> list[Alert]:
    """Chosen initiatives that say they depend on one that was not chosen."""
    chosen = [str(row["initiative_key"]) for row in results if row["selected"]]
    selected = frozenset(chosen)
    found = ((key, dependencies_of(facts[key], selected, done)) for key in chosen)
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            _say("at_place", place=key, what=dependencies),
            dimension="initiative",
            dimension_key=key,
            recommendation=_say("advice_dependency"),
        )
        for key, dependencies in found
        if any(one.code == NOT_SELECTED for one in dependencies)
    ]


def data_alerts(
    run: RunRef, findings: Iterable[tuple[str, Message]], titles: Mapping[str, CandidateFacts]
) -> list[Alert]:
    """What was found in the initiatives' data while the problem was built, as (initiative key, message)."""
    return [
        alert(
            run,
            AlertKind.DATA,
            Severity.WARNING,
            _say("initiative_note", initiative=key, title=titles[key].title, what=message)
            if key in titles
            else _say("at_place", place=key, what=message),
            dimension="initiative",
            dimension_key=key,
        )
        for key, message in findings
    ]

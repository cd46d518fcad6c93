"""What a report says: one decision (a run, a roadmap or a version) with its reasons, figures and alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.decimals import rounded
from roadwright.domain.kpis import KpiLevel
from roadwright.domain.optimization import AlertKind, ObjectiveMode, RunStatus, Severity
from roadwright.domain.shown import figure
from roadwright.domain.text import folded
from roadwright.services.portfolios.overview import ScenarioAnswer, answers_of
from roadwright.services.portfolios.runs import find_optimization_run, is_answered
from roadwright.services.roadmaps.content import Content, known_sum, reading_kpis, reading_order
from roadwright.services.roadmaps.export_words import amount, gates_line
from roadwright.services.roadmaps.lookup import find_named_or_run
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.services.roadmaps.versions import content_of
from roadwright.store.clock import now
from roadwright.store.models import OptimizationRun, OrganizationMetricsConfig


@dataclass(frozen=True)
class Line:
    """An initiative that is in or out, with why. ``value`` is what it adds to what is compared (`Report.value_label`).

    ``price`` is what leaving it out costs, or forcing it in; None where that is not known.
    """

    key: str
    title: str
    is_in: bool
    department: str | None
    tokens: float | None
    value: float | None
    price: float | None
    reason: str


@dataclass(frozen=True)
class TargetLine:
    """A target; ``share`` is how much of what it asks for is reached (1: met)."""

    label: str
    kind: str
    unit: str | None
    baseline: float | None
    target: float
    achieved: float
    gap: float

    @property
    def is_met(self) -> bool:
        return not self.gap

    @property
    def share(self) -> float:
        need = self.target - (self.baseline or 0.0)
        change = self.achieved - (self.baseline or 0.0)
        if self.is_met:
            return max(1.0, change / need) if need else 1.0
        return max(0.0, min(1.0, change / need if need else 0.0))


@dataclass(frozen=True)
class SliceLine:
    """What a department gets and what of it stays out."""

    name: str
    count: int
    tokens: float
    out_tokens: float


@dataclass(frozen=True)
class Alternative:
    """Another answer beside this one; ``shared`` counts the initiatives that both choose."""

    answer: ScenarioAnswer
    is_this: bool
    shared: int | None


@dataclass(frozen=True)
class Conflict:
    """Something that stands against the decision, and what helps."""

    severity: str
    message: str
    recommendation: str


@dataclass
class Report:
    """Everything that the pages show."""

    name: str
    subtitle: str
    sentences: list[str]
    moment: str
    """When the decision was made, ISO text; the workbook's own date."""
    facts: list[tuple[str, str]] = field(default_factory=list)
    figures: list[tuple[str, float | str, str]] = field(default_factory=list)
    """The large ones: label, value, and what stands below it."""
    value_label: str = ""
    price_label: str = ""
    lines: list[Line] = field(default_factory=list)
    targets: list[TargetLine] = field(default_factory=list)
    kpis: list[tuple[str, str | None, float]] = field(default_factory=list)
    slices: list[SliceLine] = field(default_factory=list)
    capacity: float | None = None
    north_star: str = ""
    alternatives: list[Alternative] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def chosen(self) -> list[Line]:
        return [line for line in self.lines if line.is_in]

    @property
    def left(self) -> list[Line]:
        return [line for line in self.lines if not line.is_in]


def report_of(session: Session, text: str) -> Report:
    """The report of what a person names: a run, a roadmap as it is now, or a version. Raises UnknownName."""
    found = find_named_or_run(session, text)
    if isinstance(found, OptimizationRun):
        return _of_run(session, found)
    roadmap, version = found
    if version is None:
        return _of_content(session, content_now(session, roadmap), f"{roadmap.status}, as it is now", now())
    said = f"version {version.number}, published {version.published_at[:10]} by {version.published_by}"
    return _of_content(session, content_of(version), said, version.published_at)


# A run


def _of_run(session: Session, run: OptimizationRun) -> Report:
    names = _names(session)
    report = Report(
        f"{run.scenario_name}, {run.period_key}",
        f"{run.run_id} · {_status(run)} · {(run.finished_at or '')[:16].replace('T', ' ')} UTC",
        [],
        run.finished_at or run.created_at,
    )
    _add_run(report, run, names)
    report.capacity = run.capacity_total
    if is_answered(run):
        used = float(run.shown_json.get("capacity_used") or 0.0)
        report.slices = _slices(report.lines)
        report.sentences = _decision(report, run, used)
        report.figures = [
            ("Initiatives", f"{len(report.chosen)} of {len(report.lines)}", "chosen of all candidates"),
            ("Tokens", used, f"of {figure(run.capacity_total)} ({used / run.capacity_total:.0%})"),
        ]
        if report.kpis:
            label, unit, total = report.kpis[0]
            report.figures.append((label, total, unit or "added"))
        if report.targets:
            met = sum(target.is_met for target in report.targets)
            report.figures.append(("Targets", f"{met} of {len(report.targets)}", "met"))
    else:
        report.sentences = [
            f"There is no portfolio for {run.scenario_name}: {run.summary or run.status}.",
            *[
                f"{one.recommendation[0].upper()}{one.recommendation[1:]}."
                for one in report.conflicts[:1]
                if one.recommendation
            ],
        ]
    report.alternatives = _alternatives(session, run, [line.key for line in report.chosen])
    return report


def _add_run(report: Report, run: OptimizationRun, names: Mapping[str, str]) -> None:
    """What a run says of its candidates, targets and conflicts."""
    context = run.context_json
    kpis = _kpis(run)
    units = {kpi["key"]: kpi.get("unit") for kpi in kpis}
    star = next((kpi["key"] for kpi in kpis if kpi["level"] == KpiLevel.NORTH_STAR), None)
    by_star = run.objective_mode == ObjectiveMode.NORTH_STAR and star is not None
    unit = f" ({units[star]})" if star is not None and units.get(star) else ""
    report.north_star = "" if star is None else f"{names.get(star, star)}{unit}"
    report.value_label = report.north_star if by_star else "Objective"
    prices = {one["id"]: one for one in context.get("explanations", ()) if one.get("computed")}
    report.price_label = _price_label(prices.values(), names, units)
    tokens = {one["key"]: one.get("tokens") for one in context.get("candidates", ())}
    for row in context.get("results", ()):
        price = prices.get(row["initiative_key"], {})
        report.lines.append(
            Line(
                row["initiative_key"],
                row["title"],
                bool(row["selected"]),
                row["department"],
                tokens.get(row["initiative_key"]),
                row["objective_contribution"],
                price.get("loss") if not price.get("conflict") else None,
                row["reason"].removeprefix("not selected: "),
            )
        )
    report.facts = [
        ("Scenario", run.scenario_name),
        ("Period", run.period_key),
        ("Rules", run.constraint_set_name or "none"),
        ("Maximised", str(run.objective_mode).replace("_", " ")),
        ("Proof", _status(run)),
        ("Inputs", (run.snapshot_hash or "")[:19]),
    ]
    achieved = (run.result_json or {}).get("achieved") or {}
    report.kpis = [
        (names.get(kpi["key"], kpi["key"]), kpi.get("unit"), float(achieved[kpi["key"]]))
        for kpi in kpis
        if achieved.get(kpi["key"])
    ]
    kinds = {
        (one["dimension"], one["dimension_key"], one["kpi_key"]): one["type"]
        for one in (run.inputs_snapshot_json or {}).get("targets", ())
    }
    for row in context.get("alerts", ()):
        if row["kind"] == AlertKind.TARGET and row.get("target") is not None:
            where = "" if folded(str(row["dimension"])) == "all" else f", {row['dimension_key']}"
            kind = kinds.get((row["dimension"], row["dimension_key"], row["kpi_key"]), "goal")
            label = f"{names.get(row['kpi_key'], row['kpi_key'])}{where}"
            numbers = (row.get("baseline"), row["target"], rounded(row["achieved"]), row.get("gap") or 0.0)
            report.targets.append(TargetLine(label, kind, units.get(row["kpi_key"]), *numbers))
        elif row["severity"] != Severity.INFO:
            report.conflicts.append(
                Conflict(str(row["severity"]), str(row["message"]), str(row.get("recommendation") or ""))
            )
    report.conflicts += [
        Conflict(str(Severity.WARNING), f"{line.label} misses its target by {amount(line.gap, line.unit)}", "")
        for line in report.targets
        if not line.is_met
    ]


def _price_label(prices: Iterable[Mapping[str, Any]], names: Mapping[str, str], units: Mapping[str, str | None]) -> str:
    """In what prices are told: the KPI that they all are of, else the objective."""
    stages = {str(one["stage"]) for one in prices if one.get("loss") is not None and one.get("stage")}
    stage = stages.pop() if len(stages) == 1 else ""
    if stage not in units:
        return "objective"
    return f"{names.get(stage, stage)} ({units[stage]})" if units[stage] else names.get(stage, stage)


def _kpis(run: OptimizationRun) -> list[dict[str, Any]]:
    kpis: Iterable[dict[str, Any]] = (run.inputs_snapshot_json or {}).get("kpis", ())
    return sorted(kpis, key=lambda kpi: (kpi["level"] != KpiLevel.NORTH_STAR, kpi["key"]))


def _names(session: Session) -> dict[str, str]:
    rows = session.execute(select(OrganizationMetricsConfig.kpi_key, OrganizationMetricsConfig.kpi_name))
    return {key: name or key for key, name in rows}


def _status(run: OptimizationRun) -> str:
    return "proved optimal" if run.status == RunStatus.OPTIMAL else str(run.status)


def _decision(report: Report, run: OptimizationRun, used: float) -> list[str]:
    """The decision in a sentence, and what it leaves open in another."""
    count = len(report.chosen)
    adds = ""
    if report.kpis:
        label, unit, total = report.kpis[0]
        adds = f", which adds {amount(total, unit)} to {label}" if total >= 0 else f", at {amount(total, unit)} {label}"
    first = (
        f"Do {count} of {len(report.lines)} initiatives in {run.period_key} for {figure(used)} of "
        f"{figure(run.capacity_total)} tokens{adds}."
    )
    missed = [line for line in report.targets if not line.is_met]
    if not report.targets:
        return [first, "No targets were set."]
    if not missed:
        return [first, "All targets are met."]
    worst = min(missed, key=lambda line: line.share)
    said = f"{len(missed)} of {len(report.targets)} targets {'is' if len(missed) == 1 else 'are'} missed"
    return [first, f"{said}; furthest away is {worst.label}, {amount(worst.gap, worst.unit)} short."]


def _slices(lines: Sequence[Line]) -> list[SliceLine]:
    """By department, the largest first; an initiative without one counts as none."""
    found: dict[str, list[Line]] = {}
    spelled: dict[str, str] = {}
    for line in lines:
        name = line.department or "(none)"
        found.setdefault(folded(name), []).append(line)
        spelled.setdefault(folded(name), name)
    slices = [
        SliceLine(
            spelled[key],
            sum(line.is_in for line in mine),
            known_sum(line.tokens for line in mine if line.is_in),
            known_sum(line.tokens for line in mine if not line.is_in),
        )
        for key, mine in found.items()
    ]
    return sorted(slices, key=lambda one: (-one.tokens, -one.out_tokens, one.name))


def _alternatives(session: Session, run: OptimizationRun | None, chosen: Sequence[str]) -> list[Alternative]:
    """This run, and the latest answer of every scenario for the same question of the same people: all others."""
    found: list[Alternative] = []
    answers = answers_of(session)
    if run is not None and all(answer.run_id != run.run_id for answer in answers):
        shown = run.shown_json
        found.append(
            Alternative(
                ScenarioAnswer(
                    f"{run.scenario_name} ({run.run_id})",
                    run.run_id,
                    run.status,
                    run.objective_mode,
                    north_star_gain=_star_gain(run),
                    capacity_total=run.capacity_total,
                    finished_at=run.finished_at,
                    **{
                        name: shown.get(name)
                        for name in ("objective_value", "capacity_used", "selected_count", "candidates", "targets_met")
                    },
                ),
                True,
                None,
            )
        )
    for answer in answers:
        if answer.run_id is None:
            continue
        is_this = run is not None and answer.run_id == run.run_id
        shared = None
        if chosen and not is_this and answer.is_answered:
            result = session.scalar(select(OptimizationRun.result_json).where(OptimizationRun.run_id == answer.run_id))
            shared = len(set(chosen) & set((result or {}).get("selected", ())))
        found.append(Alternative(answer, is_this, shared))
    return sorted(found, key=lambda one: not one.is_this)


def _star_gain(run: OptimizationRun) -> float | None:
    star = next((kpi["key"] for kpi in _kpis(run) if kpi["level"] == KpiLevel.NORTH_STAR), None)
    return ((run.result_json or {}).get("achieved") or {}).get(star)


# A roadmap or a version


def _of_content(session: Session, content: Content, said: str, moment: str) -> Report:
    names = _names(session)
    totals, facts = content.totals, content.roadmap
    report = Report(f"{facts.roadmap_name}, {facts.period_key}", said, [], moment)
    run = find_optimization_run(session, content.origin.run_id) if content.origin is not None else None
    chosen = {entry.initiative_key for entry in content.chosen}
    by_run: dict[str, Line] = {}
    if run is not None:
        _add_run(report, run, names)
        by_run = {line.key: line for line in report.lines}
        same = {line.key for line in report.chosen} == chosen
        report.targets = report.targets if same else []
        report.conflicts = report.conflicts if same else []
        report.capacity = run.capacity_total
    star = next((kpi for kpi in reading_kpis(content) if kpi.level is KpiLevel.NORTH_STAR), None)
    if star is not None and run is None:
        label = star.kpi_name or star.kpi_key
        report.value_label = f"{label} ({star.unit})" if star.unit else label
        report.north_star = report.value_label
    report.lines = [
        *_entry_lines(content, chosen, by_run, star.kpi_key if star is not None else None),
        *(
            Line(one.initiative_key, one.title, False, one.department, one.tokens, None, None, "; ".join(one.reasons))
            for one in content.left_out
        ),
    ]
    report.kpis = [(kpi.kpi_name or kpi.kpi_key, kpi.unit, kpi.total) for kpi in reading_kpis(content)]
    report.slices = _slices(report.lines)
    report.facts = [
        ("Period", facts.period_key),
        ("Source", f"{facts.source or 'typed by hand'}: {facts.source_ref or ''}".removesuffix(": ")),
        ("Gates", facts.gate_policy or "default policy"),
        ("Owner", facts.owner or ""),
        ("Run", "none" if content.origin is None else f"{content.origin.run_id} ({content.origin.scenario_name})"),
    ]
    adds = ""
    if report.kpis:
        label, unit, total = report.kpis[0]
        adds = f" and adds {amount(total, unit)} to {label}"
    left = len(report.lines) - len(chosen)
    report.sentences = [
        f"{facts.roadmap_name} does {len(chosen)} initiatives in {facts.period_key}; that takes "
        f"{figure(totals.tokens)} tokens{adds}.",
        f"{left} {'initiative stays' if left == 1 else 'initiatives stay'} out." if left else "Nothing was left out.",
    ]
    report.figures = [
        ("Initiatives", f"{len(chosen)} of {len(report.lines)}", "chosen of all that were looked at"),
        ("Tokens", totals.tokens, f"{totals.without_tokens} without tokens" if totals.without_tokens else "in all"),
        *[(label, total, unit or "added") for label, unit, total in report.kpis[:1]],
        *[("Left out", float(len(content.left_out)), "by the gates")],
    ]
    report.conflicts += [
        Conflict(str(Severity.WARNING), f"{entry.initiative_key} {entry.title}: {gates_line(entry)}", "")
        for entry in content.chosen
        if entry.gate_failures
    ]
    report.alternatives = _alternatives(session, run, sorted(chosen)) if run is not None else []
    return report


def _entry_lines(content: Content, chosen: set[str], by_run: Mapping[str, Line], star: str | None) -> Iterable[Line]:
    for entry in reading_order(content):
        is_in, run_line = entry.initiative_key in chosen, by_run.get(entry.initiative_key)
        value = entry.kpi_contributions.get(star) if star is not None else None
        reason, price = gates_line(entry) or "admitted by the gates", None
        if run_line is not None and run_line.is_in == is_in:
            value, price = run_line.value, run_line.price
            reason = "; ".join(part for part in (run_line.reason, gates_line(entry)) if part)
        elif not is_in:
            reason = gates_line(entry) or "not chosen"
        yield Line(entry.initiative_key, entry.title, is_in, entry.department, entry.tokens, value, price, reason)

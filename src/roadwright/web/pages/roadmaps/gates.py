"""The gates of a roadmap: which entry fails which, who waived it, and the dialog in which one waives."""

from __future__ import annotations

from collections import Counter

from roadwright.domain.roadmaps import Gate, GateResult, GateSeverity, GateStatus
from roadwright.grid.roadmaps import RoadmapView
from roadwright.services.roadmaps.board import BoardEntry, by_judgement
from roadwright.web import formats
from roadwright.web.kit import (
    Html,
    attributes,
    button,
    chip,
    empty,
    form,
    html,
    icon,
    joined,
    status_chip,
    table,
    text_field,
)
from roadwright.web.page import address_of
from roadwright.web.words import plain, sentence

LEAST_REASON = 10
"""Characters of a reason to waive."""
_SHORT = {
    Gate.TOKENS_PRESENT: "Tokens",
    Gate.BRIEF_DESCRIPTION_PRESENT: "Description",
    Gate.CONTRIBUTION_PRESENT: "Contribution",
    Gate.SCORE_CURRENT: "Score current",
    Gate.MAX_RISK_LEVEL: "Risk",
    Gate.LIFECYCLE_STATUS_IN: "Status",
    Gate.DEADLINE_IN_PERIOD: "Deadline",
    Gate.REQUIRED_FIELDS: "Fields",
    Gate.MIN_OVERALL_SCORE: "Least score",
    Gate.MIN_SCORE_PERCENTILE: "Percentile",
    Gate.MATH_MODEL_APPROVED: "Model approved",
    Gate.METRIC_CHAIN_VALID: "Chain",
    Gate.DEPENDENCIES_ON_ROADMAP: "Dependencies",
}


def gate_name(gate: str) -> str:
    """A gate in a word or two."""
    return _SHORT.get(Gate(gate)) or sentence(gate) if gate in set(Gate) else sentence(gate)


def gates(view: RoadmapView, *, may_waive: bool, may_plan: bool) -> Html:
    """Entries by gates, the blocked ones first."""
    names = list(dict.fromkeys(result.gate for entry in view.entries for result in entry.results))
    if not names:
        way = button("Check gates", "gates", look="primary", glyph="flag", test="check-gates-first") if may_plan else ""
        return empty("The gates have not judged anything here yet.", way)
    failing = Counter(result.gate for entry in view.entries for result in entry.failing)
    heads: list[tuple[str, str]] = [("Entry", "")]
    for name in names:
        fails = f"{failing[name]} fail" if failing[name] else "all pass"
        heads.append((html("<span>{name}</span><small>{fails}</small>", name=gate_name(name), fails=fails), "g"))
    heads += [("On the roadmap", ""), (html('<span class="sr-only">Waiver</span>'), "")]
    rows = (_row(entry, names, may_waive=may_waive) for entry in by_judgement(view.entries))
    return table(heads, rows, label="Entries and gates", test="gates-table")


def _row(entry: BoardEntry, names: list[Gate], *, may_waive: bool) -> Html:
    found = {result.gate: result for result in entry.results}
    cells = joined(_cell(found.get(name)) for name in names)
    status = status_chip(entry.gate_status) if entry.gate_status else chip("idle", "not judged yet")
    return html(
        '<tr{a}><th scope="row"><a href="{to}">{title}</a> <small>{number}</small></th>{cells}'
        "<td>{status}</td><td>{waiver}</td></tr>",
        a=attributes(class_=entry.gate_status, data_testid=f"gates-{entry.key}"),
        to=address_of("backlog", open=entry.key),
        title=entry.title,
        number=formats.short_key(entry.key),
        cells=cells,
        status=status,
        waiver=_waiver(entry, may_waive=may_waive),
    )


def _cell(result: GateResult | None) -> Html:
    if result is None:
        return html('<td class="g none">{none}</td>', none=formats.NONE)
    if result.passed:
        return html('<td class="g ok">{icon}</td>', icon=icon("ok", "passed"))
    kind, verb = ("fail", "blocks") if result.severity is GateSeverity.BLOCK else ("warn", "warns")
    said = f"{gate_name(result.gate)} {verb}: {plain(str(result.message))}"
    return html(
        '<td class="g {kind}"><span tabindex="0" role="img"{a}>{icon}</span></td>',
        kind=kind,
        a=attributes(title=said, aria_label=said),
        icon=icon(kind),
    )


def _waiver(entry: BoardEntry, *, may_waive: bool) -> Html | str:
    if entry.gate_status == GateStatus.BLOCKED:
        if not may_waive:
            return ""
        return button("Waive…", "waive", small=True, test=f"waive-{entry.key}", key=entry.key)
    if not (entry.waived_by and entry.waiver_reason):
        return ""
    back = ""
    if may_waive:
        back = button("Take back", "unwaive", look="ghost", small=True, test=f"unwaive-{entry.key}", key=entry.key)
    who = html("<small{a}>{who}</small>", a=attributes(title=entry.waiver_reason), who=entry.waived_by)
    return html('<div class="line start">{who}{back}</div>', who=who, back=back)


def waiving(entry: BoardEntry, who: str) -> Html:
    """What is asked of whoever waives: the failures, and a reason."""
    faults = joined(
        html(
            "<li>{icon}<span><b>{gate}</b> {what}</span></li>",
            icon=icon("fail" if result.severity is GateSeverity.BLOCK else "warn"),
            gate=gate_name(result.gate),
            what=plain(str(result.message)),
        )
        for result in entry.failing
    )
    reason = text_field(
        "Why it may enter all the same",
        "reason",
        lines=3,
        required=True,
        hint=f"At least {LEAST_REASON} characters. Written for the steering committee.",
        test="waiver-reason",
        id_=f"waiver-reason-{entry.key}",
        minlength=LEAST_REASON,
    )
    said = html(
        '<p class="rw-about">{title}</p><ul class="rw-faults">{faults}</ul>{reason}'
        '<p class="dim">Name and reason are printed on the roadmap and kept in every version.</p>'
        '<div class="rw-buttons">{save}</div>',
        title=entry.title,
        faults=faults,
        reason=reason,
        save=button(f"Waive as {who}", submits=True, look="primary", test="waiver-save"),
    )
    return form("waived", said, id_=f"form-waive-{entry.key}", key=entry.key, mark=entry.mark)

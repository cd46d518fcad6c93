"""The sentences and figures that the readable exports of a version share."""

from __future__ import annotations

from roadwright.domain.roadmaps import GateStatus
from roadwright.domain.sentences import signed
from roadwright.domain.shown import figure
from roadwright.domain.text import folded
from roadwright.services.roadmaps.content import Content, Edition, Entry, KpiTotal, scores_are_mixed


def published_line(edition: Edition) -> str:
    """``Version 2 · 2026-Q2 · published 2026-11-25 by anna``."""
    roadmap = edition.content.roadmap
    parts = [
        f"Version {edition.number}" if edition.number else "Not a published version",
        roadmap.period_key,
        f"published {edition.published_at[:10]} by {edition.published_by}"
        if edition.number
        else edition.published_at[:10],
    ]
    if roadmap.owner:
        parts.append(f"owner {roadmap.owner}")
    return " · ".join(parts)


def chosen_line(content: Content) -> str:
    """``12 of 16 entries, 3 left out``."""
    totals = content.totals
    out = f", {len(content.left_out)} left out" if content.left_out else ""
    return f"{totals.chosen} of {totals.entries} {'entry' if totals.entries == 1 else 'entries'}{out}"


def tokens_note(content: Content) -> str | None:
    """What the sum of tokens leaves out, where it leaves something out."""
    totals, missing = content.totals, content.totals.without_tokens
    parts = []
    if totals.standing_tokens is not None and totals.standing_tokens != totals.tokens:
        parts.append(f"{figure(totals.standing_tokens)} with what is not selected")
    if missing:
        parts.append(f"without {missing} that {'has' if missing == 1 else 'have'} no tokens")
    return ", ".join(parts) or None


def synergies_line(content: Content) -> str | None:
    """``checkout +60,000 gmv; …``: what the KPIs hold beyond the entries' own contributions."""
    told = (f"{one.group} {signed(one.bonus)} {one.kpi_key}" for one in content.totals.synergies)
    return "; ".join(told) or None


def order_line(content: Content) -> str | None:
    """What the entries are ordered by, where their scores can't be compared with each other."""
    if not scores_are_mixed(content):
        return None
    frameworks = sorted({entry.active_scoring_framework or "" for entry in content.entries if entry.overall_score})
    return (
        f"by rank, then by score_percentile, because the scores ({', '.join(filter(None, frameworks))}) differ in kind"
    )


def source_line(content: Content) -> str:
    """Where the entries come from: filter, list or portfolio, and the run behind them."""
    roadmap, origin = content.roadmap, content.origin
    source = roadmap.source or "typed by hand"
    said = f"{source}: {roadmap.source_ref}" if roadmap.source_ref else source
    if origin is None:
        return said
    rules = f", constraint set {origin.constraint_set_name}" if origin.constraint_set_name else ""
    return f"{said}; chosen by {origin.run_id} (scenario {origin.scenario_name}{rules})"


def policy_line(content: Content) -> str:
    """The gate policy with its gates."""
    gates = ", ".join(
        f"{one.gate}{f' {one.parameter}' if one.parameter else ''} ({one.severity})" for one in content.roadmap.gates
    )
    return f"{content.roadmap.gate_policy or 'default policy'}: {gates}"


def kpi_label(kpi: KpiTotal) -> str:
    """``GMV (gmv)``, or the key alone where it has no other name."""
    if kpi.kpi_name and folded(kpi.kpi_name) != folded(kpi.kpi_key):
        return f"{kpi.kpi_name} ({kpi.kpi_key})"
    return kpi.kpi_name or kpi.kpi_key


def gates_line(entry: Entry) -> str:
    """How an entry came through the gates: what it failed, and who waived that why."""
    failures = "; ".join(entry.gate_failures)
    if entry.gate_status is GateStatus.WAIVED and entry.waiver is not None:
        when = f" on {entry.waiver.waived_at[:10]}" if entry.waiver.waived_at else ""
        return f"waived by {entry.waiver.waived_by}{when}: {entry.waiver.reason}" + (
            f" ({failures})" if failures else ""
        )
    return failures


def amount(number: float | None, unit: str | None = None) -> str:
    """A figure with its unit; nothing where there is none."""
    if number is None:
        return ""
    return figure(number) + (f" {unit}" if unit else "")

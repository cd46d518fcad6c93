"""A published version as Markdown, for wikis, pull requests and mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from roadwright.services.roadmaps.content import Content, Edition, Entry, reading_kpis, reading_order
from roadwright.services.roadmaps.export_words import (
    amount,
    chosen_line,
    gates_line,
    kpi_label,
    order_line,
    policy_line,
    published_line,
    source_line,
    synergies_line,
    tokens_note,
)

_SPECIAL = re.compile(r"[\\|`*_\[\]<>~]|&(?=#?\w+;)")
_BREAKS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")


def escaped(text: str) -> str:
    """Text that stands for itself on one line of Markdown, also in a table."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", _BREAKS.sub(" ", text.strip()))


def markdown_text(edition: Edition) -> str:
    """The roadmap with its totals, entries and what was left out."""
    content = edition.content
    lines = [f"# {escaped(edition.name)}", "", escaped(published_line(edition)), ""]
    if content.roadmap.description:
        lines += [escaped(content.roadmap.description), ""]
    lines += [*_totals(content), "", *_entries(content)]
    if content.left_out:
        lines += ["", "## Left out", "", *_left_out(content)]
    return "\n".join(lines) + "\n"


def _totals(content: Content) -> list[str]:
    totals = content.totals
    note = tokens_note(content)
    said = [
        ("Chosen", chosen_line(content)),
        ("Tokens", amount(totals.tokens) + (f" ({note})" if note else "")),
        *((kpi_label(kpi), amount(kpi.total, kpi.unit)) for kpi in reading_kpis(content)),
        *([("Synergies", synergies)] if (synergies := synergies_line(content)) else []),
        ("Source", source_line(content)),
        ("Gates", policy_line(content)),
        *((("Order", order),) if (order := order_line(content)) else ()),
    ]
    return [f"* **{escaped(name)}:** {escaped(value)}" for name, value in said]


def _entries(content: Content) -> list[str]:
    kpis = reading_kpis(content)
    if not content.entries:
        return ["## Roadmap", "", "Nothing is on it."]
    chosen = {entry.initiative_key for entry in content.chosen}

    def row(entry: Entry) -> list[str]:
        return [
            amount(entry.priority_rank),
            entry.initiative_key,
            entry.title,
            entry.brief_description or "",
            entry.department or "",
            entry.country or "",
            entry.planned_period or "",
            amount(entry.tokens),
            amount(entry.overall_score),
            *(amount(entry.kpi_contributions.get(kpi.kpi_key)) for kpi in kpis),
            "yes" if entry.initiative_key in chosen else "no",
            gates_line(entry),
        ]

    names = ["Rank", "Initiative", "Title", "In one line", "Department", "Country", "Planned"]
    figures = ["Tokens", "Score", *(f"{kpi.kpi_key}{f' ({kpi.unit})' if kpi.unit else ''}" for kpi in kpis)]
    head = [*names, *figures, "Chosen", "Gates and waivers"]
    right = {0, *range(len(names), len(names) + len(figures))}
    return ["## Roadmap", "", *_table(head, map(row, reading_order(content)), right)]


def _left_out(content: Content) -> list[str]:
    rows = (
        [
            one.initiative_key,
            one.title,
            one.department or "",
            one.country or "",
            amount(one.tokens),
            "; ".join(one.reasons),
        ]
        for one in content.left_out
    )
    return _table(["Initiative", "Title", "Department", "Country", "Tokens", "Why"], rows, {4})


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], right: set[int]) -> list[str]:
    """A table; the columns whose positions are in ``right`` hold numbers."""
    marks = ("---:" if position in right else "---" for position in range(len(head)))
    lines = [f"| {' | '.join(map(escaped, head))} |", f"| {' | '.join(marks)} |"]
    return lines + [f"| {' | '.join(map(escaped, row))} |" for row in rows]

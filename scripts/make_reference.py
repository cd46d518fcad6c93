"""Write the reference pages of docs/ from the declarations: `make docs`. A test keeps the pages current."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from roadwright import tabs
from roadwright.actions.options import helps
from roadwright.actions.registry import ACTIONS
from roadwright.domain.reading.words import BLANK_WORDS, NO, YES
from roadwright.domain.roadmaps import Gate
from roadwright.services.roadmaps.gates import GATES
from roadwright.sheets.spec import TYPED, Column, Layout, Owner, TabSpec
from roadwright.tabs.constraint_examples import EXAMPLES, in_a_line
from scripts.typing_examples import SECTIONS, Section

DOCS = Path(__file__).resolve().parent.parent / "docs" / "reference"

_OWNERS = {
    Owner.INPUT: "you",
    Owner.DERIVED: "computed",
    Owner.SYSTEM: "Roadwright",
    Owner.SHARED: "computed, until you type over it",
    Owner.SHEET_ONLY: "you, for yourselves",
}
_LAYOUTS = {
    Layout.ROWS: "You add and order the rows; a row stays where it is.",
    Layout.SETS: "Saved set by set: rows that are gone from a set are removed from it.",
    Layout.MIRROR: "Roadwright replaces the rows; your own words stay with their row.",
}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return lines


def _accepts(column: Column) -> str:
    if column.owner in (Owner.DERIVED, Owner.SYSTEM):
        return ""
    blank = "" if column.blank_means is None else f"; blank counts as {str(column.blank_means).upper()}"
    return column.kind.expects + (blank if isinstance(column.blank_means, bool) else blank.lower())


def _tab(spec: TabSpec) -> list[str]:
    rows = (
        (
            f"`{column.name}`" + (" *" if column.required else "") + "".join(f", `{name}`" for name in column.aliases),
            _OWNERS[column.owner],
            column.help,
            _accepts(column),
        )
        for column in spec.columns
    )
    worked: list[str] = []
    if spec is tabs.CONSTRAINTS:
        rows_of_types = ((f"`{type}`", in_a_line(type)) for type in EXAMPLES)
        worked = ["A row of each type, beside its scenario and set:", ""]
        worked += [*_table(("constraint_type", "cells"), rows_of_types), ""]
    identity = ", ".join(f"`{name}`" for name in spec.identity)
    return [
        f"## {spec.name}",
        "",
        f"In {spec.workbook}.xlsx. {spec.help}",
        "",
        f"{_LAYOUTS[spec.layout]} A row is known by {identity}.",
        "",
        *_table(("column", "who writes it", "meaning", "accepts"), rows),
        "",
        *worked,
    ]


def tabs_page() -> str:
    """All tabs with all their columns."""
    lines = [
        "# Tabs and columns",
        "",
        "Made from the declarations by `make docs`. `*` marks a required column; other names of a column follow it.",
        "Case, blanks, hyphens and underscores of a header do not matter, and neither does the order of the columns.",
        "",
    ]
    for spec in tabs.TABS:
        lines += _tab(spec)
    return "\n".join(lines).rstrip() + "\n"


def actions_page() -> str:
    """All actions with their options."""
    lines = [
        "# Actions",
        "",
        "Made from the registry by `make docs`. Each is run with `roadwright run NAME -w DIR`.",
        "",
    ]
    for action in ACTIONS:
        lines += [f"## {action.name}", "", f"{action.help[0].upper()}{action.help[1:]}.", "", action.explanation, ""]
        if action.tabs:
            lines += [f"Tabs (the first is the default): {', '.join(spec.name for spec in action.tabs)}.", ""]
        lines += ["Takes `--select`." if action.selects else "Always works on everything.", ""]
        if action.options.model_fields:
            rows = ((f"`{option.name}`", option.help, option.default) for option in helps(action.options))
            lines += [*_table(("option", "meaning", "default"), rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def gates_page() -> str:
    """All gates with their parameters."""
    rows = ((f"`{rule.gate}`", rule.help, rule.parameter.expects or "none") for rule in (GATES[gate] for gate in Gate))
    lines = [
        "# Gates",
        "",
        "Made from the registry by `make docs`. A row of the tab Gates asks for one, with severity `block` or `warn`;",
        "how roadmaps are judged by them is told in [Roadmaps](../roadmaps.md).",
        "",
        *_table(("gate", "an initiative passes if", "parameter"), rows),
    ]
    return "\n".join(lines) + "\n"


def _choices() -> list[str]:
    """Per column of a choice its words, with what may be typed instead."""
    rows: dict[tuple[str, str], list[str]] = {}
    for spec in tabs.TABS:
        for column in spec.columns:
            if column.owner in TYPED and column.kind.also:
                said = (
                    f"`{word}`" + (f" ({', '.join(column.kind.also[word])})" if word in column.kind.also else "")
                    for word in column.kind.choices
                )
                rows.setdefault((column.name, " · ".join(said)), []).append(spec.name)
    return _table(("column", "words, and what may be typed instead"), ((f"`{name}`", said) for name, said in rows))


def _section(section: Section) -> list[str]:
    return [f"## {section.title}", "", *_paragraph(section.about), *_table(("typed", "becomes"), section.lines()), ""]


_TYPING = (
    "Made by `make docs`: each example below is read as a cell is read. What can mean only one thing is accepted; the "
    'cell is then rewritten in its normal form, and the row says so once: `OK: engineering_tokens: read "12k" as '
    "12,000`. What can mean two things is refused with both readings named, and the cell stays as it was typed. Which "
    "reading is meant is said by `[reading]` and `[sizes]` in `roadwright.toml`, see "
    "[The workspace](../workspace.md).",
    "A cell is read as it is shown: a percent format as `12 %`, a date whose format shows no day as `Oct 2026`. A date "
    "where a number belongs is refused: spreadsheets make a date of `2-3`.",
)
_TYPING_CHOICES = (
    "Only letters and digits are compared: `Under Review` is `under_review`. Anything else is refused, with the "
    "nearest word."
)
_TYPING_NAMES = (
    "Keys of KPIs, scenarios, roadmaps, sets and policies are compared without case, and shown as they are spelled "
    "where they are defined: retype a key on Metrics_Config, and it is shown so everywhere. Countries, departments and "
    "the like ({columns}) are compared without case, too; a newly typed `uk` gets the spelling that most rows have, on "
    "a tie the older. Who changes the spelling of a row's own word keeps it."
)


def _paragraph(text: str) -> list[str]:
    return [*textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False), ""]


def typing_page() -> str:
    """What can be typed into cells, each example read as a cell is read."""
    blanks = ", ".join(f"`{word}`" for word in BLANK_WORDS)
    common = (f"`{column.name}`" for column in tabs.BACKLOG.columns if column.is_common_word)
    yes, no = (" ".join(f"`{word}`" for word in words) for words in (YES, NO))
    lines = [
        *("# How to type it", ""),
        *(line for text in _TYPING for line in _paragraph(text)),
        *_paragraph(f"In any column but text {blanks} are blanks."),
        *(line for section in SECTIONS for line in _section(section)),
        *("## Yes and no", "", f"Yes: {yes}. No: {no}.", ""),
        *("## Choices", "", *_paragraph(_TYPING_CHOICES), *_choices(), ""),
        *("## Names and words", "", *_paragraph(_TYPING_NAMES.format(columns=", ".join(common)))),
    ]
    return "\n".join(lines).rstrip() + "\n"


PAGES = {"tabs.md": tabs_page, "actions.md": actions_page, "gates.md": gates_page, "typing.md": typing_page}


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/reference/{name}", file=sys.stderr)


if __name__ == "__main__":
    main()

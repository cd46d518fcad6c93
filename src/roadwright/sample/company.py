"""The company of the demo: who they are, and what its people type, which stands in ``data``, one CSV file per tab.

The first row of a file names columns; every other row is one that somebody types, in this order. Cells are written
as people type them into a spreadsheet: a plain number, TRUE or FALSE, and a date such as 2026-06-30 are values of
that type; everything else is text, such as 41,000 or 90 %. An apostrophe in front makes text of what follows. An
initiative is named as ``[[its title]]``, as keys exist only once the backlog has been synced. Nobody types into a
cell that is blank.

Some cells are odd on purpose, so that the demo shows what is said about them: an idea without a title, a deadline
"next summer", a flagged idea without a period, a candidate without tokens, a score without its confidence, a model
that is not approved and one without params.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from roadwright.sheets.spec import TabSpec
from roadwright.sheets.values import CellValue

NAME = "Brindlewick"

ABOUT = (
    f"{NAME} is an invented online marketplace for second-hand furniture and home goods in the UK, Germany and Spain. "
    "Six departments have handed in ideas for the second quarter of 2026, in three workbooks of their own and an "
    "export of Jira; engineering can build about half of what is ready to plan."
)

GROWTH_FIRST = "Growth first"
BALANCED = "Balanced"
"""The scenarios, both for the same quarter."""

OPEN_FLOOR = "Q2 open floor"
COMMITTED = "Q2 committed"
"""The roadmaps: one that lets nearly everything on, one that asks for more."""

APPROVER = "Henrike Solberg, product board"
"""Who waives a gate of the committed roadmap, approves the roadmap and publishes it."""

Row = Mapping[str, CellValue]
"""What a person types in one row, by column. A column that is not there stays blank."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class IntakeSheet:
    """One intake tab, with the headers that its team likes, in the team's order; rows are by header."""

    workbook: str
    tab: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def typed_cell(text: str) -> CellValue:
    """The value of a cell of a data file that is not blank."""
    if text.startswith("'"):
        return text[1:]
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else text


def _read(name: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    text = (resources.files(__package__) / "data" / f"{name}.csv").read_text(encoding="utf-8")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    headers = tuple(next(lines))
    return headers, tuple(
        {header: typed_cell(cell) for header, cell in zip(headers, line, strict=True) if cell} for line in lines
    )


def new_rows(spec: TabSpec) -> tuple[Row, ...]:
    """The rows that people add to a tab."""
    return _read(spec.name)[1]


def edits(spec: TabSpec) -> dict[str, Row]:
    """What people type into the rows that a tab has, by the title of the row."""
    rows = [dict(row) for row in new_rows(spec)]
    return {str(row.pop("title")): row for row in rows}


TRACKER_FILE = "Support_Jira.csv"
"""What support exported from its tracker."""
CARRIED = {"arr_at_stake": "ARR at stake"}
"""The column of it that goes along with each initiative."""


def tracker_export() -> str:
    """The export of support's tracker, as a person downloads it."""
    return (resources.files(__package__) / "data" / TRACKER_FILE).read_text(encoding="utf-8")


def intake_sheets() -> tuple[IntakeSheet, ...]:
    """The intake tabs, in the order in which the workspace lists them; the first is the template of every workspace."""
    tabs = {"Intake": "Intake", "Intake_Growth": "Ideas", "Intake_Operations": "Requests"}
    return tuple(IntakeSheet(f"{name}.xlsx", tab, *_read(name)) for name, tab in tabs.items())

"""The spreadsheets of Google Sheets among a workspace's workbooks: checked, made ready, signed in to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from roadwright import tabs
from roadwright.domain.messages import Message, notice
from roadwright.sheets.backend import SheetError, WorkbookRef, is_of_google
from roadwright.workspace.workspace import TabPlace, Workspace

if TYPE_CHECKING:
    from roadwright.sheets.google.spreadsheets import WantedTab


@dataclass(frozen=True)
class SpreadsheetReport:
    """What there is to say of one spreadsheet: all is well where every message is a notice."""

    ref: WorkbookRef
    account: str = ""
    title: str = ""
    messages: list[Message] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


def spreadsheets(workspace: Workspace) -> dict[WorkbookRef, list[TabPlace]]:
    """The spreadsheets that the settings name, each with its tabs."""
    found: dict[WorkbookRef, list[TabPlace]] = {}
    for place in workspace.places():
        if is_of_google(place.workbook.address):
            found.setdefault(place.workbook, []).append(place)
    return found


def check(workspace: Workspace) -> Iterator[SpreadsheetReport]:
    """Each spreadsheet: whether it can be reached and edited, and whether its tabs are as they should be."""
    from roadwright.sheets.google.spreadsheets import Spreadsheet  # noqa: PLC0415 - Google's libraries are heavy

    for ref, places in spreadsheets(workspace).items():
        try:
            found = Spreadsheet(ref, workspace.private, workspace.key_file)
        except SheetError as error:
            yield SpreadsheetReport(ref, messages=[error.message])
            continue
        messages: list[Message] = []
        try:
            found.check_edit()
        except SheetError as error:
            messages.append(error.message)
        try:
            messages += found.look(_wanted(places))
        except SheetError as error:
            messages.append(error.message)
        yield SpreadsheetReport(ref, found.account, found.title, messages)


def set_up(workspace: Workspace) -> Iterator[SpreadsheetReport]:
    """Give each spreadsheet the tabs that it lacks."""
    from roadwright.sheets.google.spreadsheets import Spreadsheet  # noqa: PLC0415 - Google's libraries are heavy

    for ref, places in spreadsheets(workspace).items():
        try:
            found = Spreadsheet(ref, workspace.private, workspace.key_file)
            added = found.set_up(_wanted(places))
        except SheetError as error:
            yield SpreadsheetReport(ref, messages=[error.message])
        else:
            yield SpreadsheetReport(ref, found.account, found.title, [notice("google_all_well")], added)


def sign_in(workspace: Workspace, client_file: Path | None) -> Path:
    """Keep a person's own sign-in in the workspace. Raises SheetError."""
    from roadwright.sheets.google.login import CLIENT_FILE  # noqa: PLC0415 - Google's libraries are heavy
    from roadwright.sheets.google.login import sign_in as ask  # noqa: PLC0415

    return ask(workspace.private, client_file or workspace.root / CLIENT_FILE)


def _wanted(places: list[TabPlace]) -> list[WantedTab]:
    from roadwright.sheets.google.spreadsheets import WantedTab  # noqa: PLC0415

    return [
        WantedTab(
            tabs.BY_NAME[place.spec.name],
            place.tab,
            place.header_row,
            place.through,
            place.header_row == 1 and not place.mapping.columns,
        )
        for place in places
    ]

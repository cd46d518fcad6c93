"""Reading tabs of a spreadsheet: all that are asked for in one call, long ones in windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.domain.text import same_text
from roadwright.sheets.backend import WorkbookBusy
from roadwright.sheets.backends.google.client import Json, SheetsClient
from roadwright.sheets.backends.google.content import Cells, TabContent, content_of, take_windows

FIRST_WINDOW, LATER_WINDOWS = 5_000, 7_500
"""Rows that one call reads of a tab."""
_MARGIN = "A:B"
"""Columns that each later window is read with, to see whether rows moved between two calls."""
_CELLS = "rowData.values(userEnteredValue,effectiveValue,userEnteredFormat.numberFormat,effectiveFormat.numberFormat)"
_PROTECTED = "protectedRanges(range,warningOnly,requestingUserCanEdit,unprotectedRanges,editors)"
_HEAD = "sheetId,title,index,sheetType,gridProperties(rowCount,columnCount)"
FIELDS = f"properties.title,sheets(properties({_HEAD}),merges,{_PROTECTED},data(startRow,startColumn,{_CELLS}))"
LISTING = f"properties.title,sheets.properties({_HEAD},hidden)"
_ATTEMPTS = 3


@dataclass(frozen=True)
class Listing:
    """A spreadsheet's title and the properties of its tabs, in order."""

    title: str
    sheets: tuple[Json, ...]

    @property
    def tabs(self) -> list[str]:
        return [sheet["title"] for sheet in self.sheets if sheet.get("sheetType", "GRID") == "GRID"]


def list_tabs(client: SheetsClient, spreadsheet: str, tell: TellProgress = tell_nobody) -> Listing:
    reply = client.get(spreadsheet, LISTING, tell=tell)
    sheets = [sheet["properties"] for sheet in reply.get("sheets", ())]
    sheets.sort(key=lambda one: one.get("index", 0))
    return Listing(reply.get("properties", {}).get("title", ""), tuple(sheets))


def quoted(tab: str) -> str:
    """A tab's name in A1 notation."""
    return "'" + tab.replace("'", "''") + "'"


def read_tabs(
    client: SheetsClient, spreadsheet: str, tabs: Sequence[str], account: str, tell: TellProgress = tell_nobody
) -> tuple[str, list[TabContent]]:
    """The spreadsheet's title, and these tabs in their order. Raises SheetsFault where one of them is not there.

    Raises WorkbookBusy when people move rows of a long tab faster than it can be read.
    """
    for _ in range(_ATTEMPTS):
        reply = client.get(spreadsheet, FIELDS, [f"{quoted(tab)}!1:{FIRST_WINDOW}" for tab in tabs], tell)
        title = reply.get("properties", {}).get("title", "")
        sheets = [_sheet(reply, tab) for tab in tabs]
        contents = [content_of(sheet, account) for sheet in sheets]
        for content, sheet in zip(contents, sheets, strict=True):
            take_windows(content, sheet.get("data", ()))
        if all(_read_on(client, spreadsheet, content, tell) for content in contents):
            return title, contents
    raise WorkbookBusy("google_keeps_moving", spreadsheet=title or spreadsheet, tabs=tuple(tabs))


def read_row(client: SheetsClient, spreadsheet: str, tab: str, number: int, tell: TellProgress = tell_nobody) -> Cells:
    """One row as it is now."""
    sheet = _sheet(client.get(spreadsheet, FIELDS, [f"{quoted(tab)}!{number}:{number}"], tell), tab)
    content = content_of(sheet, "")
    take_windows(content, sheet.get("data", ()))
    return content.rows.get(number, {})


def _sheet(reply: Json, tab: str) -> Json:
    """A tab of a reply, whatever the case of its name."""
    found = [sheet for sheet in reply.get("sheets", ()) if same_text(sheet["properties"]["title"], tab)]
    return next((sheet for sheet in found if sheet["properties"]["title"] == tab), found[0])


def _read_on(client: SheetsClient, spreadsheet: str, content: TabContent, tell: TellProgress) -> bool:
    """Read the windows after the first one; False where rows moved meanwhile, or the tab got longer."""
    done, rows = FIRST_WINDOW, content.row_count
    while done < rows:
        last = min(done + LATER_WINDOWS, rows)
        tab = quoted(content.title)
        reply = client.get(spreadsheet, FIELDS, [f"{tab}!{done + 1}:{last}", f"{tab}!{_MARGIN}"], tell)
        sheet = _sheet(reply, content.title)
        if sheet["properties"].get("gridProperties", {}).get("rowCount", 0) != rows:
            return False
        margin = TabContent(content.title, content.sheet_id, rows, content.column_count)
        for block in sheet.get("data", ()):
            if block.get("startRow", 0) == done and done:
                content.take_rows(block)
            else:
                margin.take_rows(block)
        seen = {n: {c: v for c, v in cells.items() if c <= 2} for n, cells in content.rows.items() if n <= last}
        now = {n: cells for n, cells in margin.rows.items() if n <= last}
        if {n: cells for n, cells in seen.items() if cells} != now:
            return False
        done = last
        tell(f"reading {content.title}", min(done, rows), rows)
    return True

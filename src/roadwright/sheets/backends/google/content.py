"""What a tab of a spreadsheet holds, as the Sheets API tells it, and as a grid of cell values."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from roadwright.domain.messages import Message
from roadwright.sheets.backend import Area, Grid, TabEdit
from roadwright.sheets.moments import (
    DateValue,
    Shows,
    from_serial,
    needed_for,
    shows_percent,
    to_serial,
    what_format_shows,
)
from roadwright.sheets.values import (
    LONGEST_TEXT,
    CellError,
    CellValue,
    MonthDate,
    NotCalculated,
    Percent,
    PercentPoints,
    Unwritable,
    cell_name,
)

Json = dict[str, Any]
Scalar = str | float | bool | None
"""What a cell holds as JSON has it; None where it is empty."""
Cells = dict[int, Scalar]

CALCULATED = "\0calculated"
"""Stands for whatever a formula gives, which may be another value at each reading."""

_ERRORS = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
}
_SHOWN_AS = {"DATE": Shows.DATE, "DATE_TIME": Shows.DATE_AND_TIME, "TIME": Shows.TIME}
FORMATS = {
    Shows.DATE: {"type": "DATE", "pattern": "yyyy-mm-dd"},
    Shows.MONTH: {"type": "DATE", "pattern": "mmmm yyyy"},
    Shows.DATE_AND_TIME: {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm:ss"},
    Shows.TIME: {"type": "TIME", "pattern": "hh:mm:ss"},
    Shows.DURATION: {"type": "TIME", "pattern": "[h]:mm:ss"},
}
"""The number format that a cell gets whose own does not show what it holds."""
NO_FORMAT: dict[str, str] = {}
"""Lets a cell show its number as it is."""


@lru_cache(maxsize=1_000)
def _shown_by(kind: str, pattern: str) -> tuple[Shows | None, bool]:
    """What a number format shows a number as, where that is no number, and whether it shows a percentage."""
    shown = (what_format_shows(0, pattern) if pattern and kind != "TEXT" else None) or _SHOWN_AS.get(kind)
    has_sign = bool(pattern) and shows_percent(0, pattern)
    is_percent = kind == "PERCENT" or (has_sign and (not kind or (shown is None and kind in ("CUSTOM", "NUMBER"))))
    return shown, is_percent


@dataclass
class TabContent:
    """One tab: its cells by row and column from 1 on, and what can't be written.

    ``formats`` are the number formats of cells that have one other than the usual. ``locked`` are the areas that only
    others may write, each with the areas inside that are exempt.
    """

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    rows: dict[int, Cells] = field(default_factory=dict)
    calculated: dict[tuple[int, int], CellValue | None] = field(default_factory=dict)
    errors: dict[tuple[int, int], CellError] = field(default_factory=dict)
    formats: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    locked: list[tuple[Area, list[Area]]] = field(default_factory=list)

    def take_rows(self, data: Json) -> None:
        """Add the cells of one window."""
        first_row, first_column = data.get("startRow", 0) + 1, data.get("startColumn", 0) + 1
        for number, row in enumerate(data.get("rowData", ()), first_row):
            cells: Cells = {}
            for column, cell in enumerate(row.get("values", ()), first_column):
                if cell:
                    self._take_cell(number, column, cell, cells)
            if cells:
                self.rows[number] = cells

    def _take_cell(self, row: int, column: int, cell: Json, cells: Cells) -> None:
        told = (cell.get("effectiveFormat") or {}).get("numberFormat")
        told = told or (cell.get("userEnteredFormat") or {}).get("numberFormat")
        if told:
            self.formats[row, column] = told.get("type", ""), told.get("pattern", "")
        typed, held = cell.get("userEnteredValue") or {}, cell.get("effectiveValue")
        if "formulaValue" in typed or (held and not typed):  # what an array formula fills was typed nowhere
            self.calculated[row, column] = self._calculated(row, column, held or {}, str(typed.get("formulaValue", "")))
            cells[column] = CALCULATED
            return
        held = held or typed
        if "errorValue" in held:
            self.errors[row, column] = CellError(_error(held["errorValue"]))
            cells[column] = CALCULATED
        elif (value := _scalar(held)) is not None:
            cells[column] = value

    def _calculated(self, row: int, column: int, held: Json, formula: str) -> CellValue | None:
        if "errorValue" in held:
            kind = held["errorValue"].get("type")
            return NotCalculated(formula.lstrip("=")) if kind == "LOADING" else CellError(_error(held["errorValue"]))
        return self._meaning(row, column, _scalar(held))

    def _meaning(self, row: int, column: int, value: Scalar) -> CellValue | None:
        if not isinstance(value, float):
            return value
        shown, is_percent = _shown_by(*self.formats.get((row, column), ("", "")))
        if is_percent:
            return Percent(value)
        if shown is not None:
            moment = from_serial(value, shown, False)
            return _number(moment) if isinstance(moment, int | float) else moment
        return _number(value)

    def grid(self) -> Grid:
        """The tab as the engine reads it. Rows of nothing but ticks that are not set are empty."""
        grid = Grid(merged=list(self.merged), formulas=set(self.calculated))
        for number in sorted(self.rows):
            cells: dict[int, CellValue] = {}
            for column, held in sorted(self.rows[number].items()):
                value = self.value(number, column) if held == CALCULATED else self._meaning(number, column, held)
                if value is not None and value != "":
                    cells[column] = value
            if any(value is not False for value in cells.values()):
                grid.rows[number] = cells
        return grid

    def value(self, row: int, column: int) -> CellValue | None:
        """What one cell holds, as it is read."""
        held = self.rows.get(row, {}).get(column)
        if held == CALCULATED:
            found = self.errors.get((row, column))
            return found if found is not None else self.calculated.get((row, column))
        return self._meaning(row, column, held)

    def digest(self) -> str:
        """A text that changes with anything that the tab holds or that says how it is to be read."""
        said = (
            self.title,
            sorted((number, sorted(cells.items(), key=lambda item: item[0])) for number, cells in self.rows.items()),
            sorted((place, repr(value)) for place, value in (*self.calculated.items(), *self.errors.items())),
            sorted((at, kind) for at, kind in self.formats.items() if at[1] in self.rows.get(at[0], {})),
            [(area, exempt) for area, exempt in self.locked],
            self.merged,
        )
        return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()

    def why_not(self, row: int, column: int) -> Message | None:
        """Why a cell can't be written; None where it can."""
        cell = cell_name(row, column)
        if (row, column) in self.calculated:
            return Message("cell_with_formula", params={"cell": cell})
        for area in self.merged:
            if area.swallows(row, column):
                first, last = cell_name(area.first_row, area.first_column), cell_name(area.last_row, area.last_column)
                return Message("cell_merged", params={"cell": cell, "master": first, "area": f"{first}:{last}"})
        if self.is_locked(row, column):
            return Message("cell_protected", params={"cell": cell})
        return None

    def is_locked(self, row: int, column: int) -> bool:
        """Whether only others may write the cell."""
        return any(
            area.covers(row, column) and not any(one.covers(row, column) for one in exempt)
            for area, exempt in self.locked
        )

    def protected_cells(self, edit: TabEdit) -> dict[tuple[int, int], Message]:
        if not (self.calculated or self.merged or self.locked):
            return {}
        found = ((place, self.why_not(*place)) for place in edit.cells)
        return {place: why for place, why in found if why is not None}

    def to_write(  # noqa: PLR0911 - one for each kind of value
        self, row: int, column: int, value: CellValue | None
    ) -> tuple[Scalar, dict[str, str] | None]:
        """What a cell is to hold for a value, and the number format that it needs where its own does not do.

        Raises Unwritable.
        """
        kind, pattern = self.formats.get((row, column), ("", ""))
        shown, is_percent = _shown_by(kind, pattern)
        if value is None or value == "":
            return None, None
        if isinstance(value, bool):
            return value, None
        if isinstance(value, str):
            return _text(value), None
        if isinstance(value, int | float):
            if isinstance(value, PercentPoints) and is_percent:
                return value.as_share(), None
            if isinstance(value, Percent):
                return float(value), None if kind == "PERCENT" else {"type": "PERCENT", "pattern": "0.##%"}
            return _finite(value), NO_FORMAT if shown is not None else None
        return to_serial(value, False), _format_for(value, shown)

    def put(self, row: int, column: int, value: Scalar, number_format: Mapping[str, str] | None = None) -> None:
        """Note that a cell was written."""
        cells = self.rows.setdefault(row, {})
        self.calculated.pop((row, column), None)
        self.errors.pop((row, column), None)
        if value is None:
            cells.pop(column, None)
        else:
            cells[column] = value
        if not cells:
            del self.rows[row]
        if number_format:
            self.formats[row, column] = number_format["type"], number_format["pattern"]
        elif number_format is not None:
            self.formats.pop((row, column), None)
        self.row_count = max(self.row_count, row)


def _text(value: str) -> str:
    if isinstance(value, NotCalculated):
        raise Unwritable("formula_without_value", formula=str(value))
    length = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if length > LONGEST_TEXT:
        raise Unwritable("cell_text_too_long", length=length, most=LONGEST_TEXT)
    return str(value)


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError as error:
        raise Unwritable("cell_number_too_large") from error
    if not math.isfinite(number):
        raise Unwritable("no_cell_number", number=number)
    return number


def _format_for(value: DateValue, shown: Shows | None) -> dict[str, str] | None:
    needed = needed_for(value)
    if isinstance(value, MonthDate):
        return None if shown is Shows.MONTH else FORMATS[Shows.MONTH]
    if shown is needed or (shown in (Shows.DATE, Shows.DATE_AND_TIME) and needed in (Shows.DATE, Shows.DATE_AND_TIME)):
        return None  # a person who chose to see the day only keeps the time all the same
    return FORMATS[needed]


def content_of(sheet: Json, account: str) -> TabContent:
    """A tab as one reply tells it, with the rows of its first window. ``account`` is whose edits are asked about."""
    properties = sheet["properties"]
    size = properties.get("gridProperties", {})
    content = TabContent(
        properties["title"], properties.get("sheetId", 0), size.get("rowCount", 0), size.get("columnCount", 0)
    )
    content.merged = [_area(one, content) for one in sheet.get("merges", ())]
    for one in sheet.get("protectedRanges", ()):
        if not _may_edit(one, account):
            exempt = [_area(area, content) for area in one.get("unprotectedRanges", ())]
            content.locked.append((_area(one.get("range", {}), content), exempt))
    return content


def take_windows(content: TabContent, windows: Iterable[Json]) -> None:
    for window in windows:
        content.take_rows(window)


def _may_edit(protected: Json, account: str) -> bool:
    if protected.get("warningOnly"):
        return True
    if "requestingUserCanEdit" in protected:
        return bool(protected["requestingUserCanEdit"])
    if "editors" not in protected:  # which only they see; and a "no" may be left out
        return False
    users = (protected.get("editors") or {}).get("users")
    return users is None or not account or account in users


def _area(one: Json, content: TabContent) -> Area:
    return Area(
        one.get("startRowIndex", 0) + 1,
        one.get("startColumnIndex", 0) + 1,
        one.get("endRowIndex", max(content.row_count, 1 << 30)),
        one.get("endColumnIndex", max(content.column_count, 1 << 30)),
    )


def _scalar(held: Json) -> Scalar:
    if "numberValue" in held:
        return float(held["numberValue"])
    if "boolValue" in held:
        return bool(held["boolValue"])
    text = held.get("stringValue")
    return text if text != "" else None


def from_echo(value: Any) -> Scalar:
    """A value as the answer to a write tells it."""
    if value is None or value == "":
        return None
    return value if isinstance(value, bool | str) else float(value)


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _error(told: Json) -> str:
    return _ERRORS.get(told.get("type", ""), "#ERROR!")

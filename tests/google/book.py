"""A spreadsheet in memory, as the Sheets API sees it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.google.contract import ApiError, Json, merged

MOST_CELLS, MOST_CHARACTERS = 10_000_000, 50_000
ERRORS = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
}
PROTECTED = (
    "Invalid data: You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove "
    "protection if you need to edit."
)

Box = tuple["Tab", int, int, int, int]
"""A tab, and rows and columns, half open and counted from 0."""


@dataclass(frozen=True)
class Assumptions:
    """What no document says. Tests run under both values of each."""

    enforces_validation: bool = False
    """A strict dropdown refuses what the API writes."""
    blank_text_is_trimmed: bool = True
    """Empty texts at the end of a row, as formulas give them, are left out."""
    error_has_message: bool = True
    """``#N/A (text)`` where values are unformatted."""
    echo_covers_skipped: bool = True
    """The answer to a write holds the cells of its range that were left alone."""
    tells_effective_format: bool = True
    """Cells tell the number format that they show, not only the one that was given to them."""
    tells_who_may_edit: bool = True
    """Protected ranges say whether the caller may edit them."""
    tells_what_is_false: bool = True
    """Protected ranges that the caller may not edit say so, and who may; else they say neither."""
    inserted_rows_inherit: bool = False
    """Rows that are appended have the formats of the row above."""
    checkboxes_hold_false: bool = False
    """A cell that becomes a checkbox holds FALSE."""


@dataclass
class Tab:
    """One tab. A row is a dict of cells by column; cells are never changed in place, so that copies are cheap."""

    props: Json
    rows: list[dict[int, Json]]
    protected: list[Json] = field(default_factory=list)
    rules: list[Json] = field(default_factory=list)
    merges: list[Json] = field(default_factory=list)

    @property
    def width(self) -> int:
        return int(self.props["gridProperties"]["columnCount"])

    @property
    def title(self) -> str:
        return str(self.props["title"])

    def copy(self) -> Tab:
        props = {**self.props, "gridProperties": dict(self.props["gridProperties"])}
        return Tab(props, [dict(row) for row in self.rows], list(self.protected), list(self.rules), list(self.merges))

    def insert(self, at: int, count: int) -> None:
        self.rows[at:at] = [{} for _ in range(count)]
        self.props["gridProperties"]["rowCount"] = len(self.rows)

    def insert_columns(self, at: int, count: int) -> None:
        self.rows = [{c + count * (c >= at): cell for c, cell in row.items()} for row in self.rows]
        self.props["gridProperties"]["columnCount"] += count


@dataclass
class Book:
    """A spreadsheet: its tabs in order, and who asks (``caller``)."""

    id: str
    title: str
    assume: Assumptions
    caller: str
    tabs: list[Tab] = field(default_factory=list)

    def copy(self) -> Book:
        return Book(self.id, self.title, self.assume, self.caller, [tab.copy() for tab in self.tabs])

    # ---- addresses

    def tab(self, title: str) -> Tab:
        for tab in self.tabs:
            if tab.title.lower() == title.lower():
                return tab
        raise ApiError(400, f"Unable to parse range: {title}")

    def by_id(self, sheet_id: int) -> Tab:
        for tab in self.tabs:
            if tab.props["sheetId"] == sheet_id:
                return tab
        raise ApiError(400, f"Invalid requests: No grid with id: {sheet_id}")

    def a1(self, named: str) -> Box:
        """The cells of a range, clipped to the grid."""
        bad = ApiError(400, f"Unable to parse range: {named}")
        title, bang, cells = named.rpartition("!")
        if not bang:
            title, cells = named, ""
        if len(title) > 1 and title[0] == title[-1] == "'":
            title = title[1:-1].replace("''", "'")
        if bang and not cells:
            raise bad
        tab = self.tab(title)
        if not cells:
            return tab, 0, len(tab.rows), 0, tab.width
        found = re.fullmatch(r"\$?([A-Za-z]{0,3})\$?([1-9]\d*)?(?::\$?([A-Za-z]{0,3})\$?([1-9]\d*)?)?", cells)
        single = ":" not in cells
        if not found or not (found[1] or found[2]) or (single and not (found[1] and found[2])):
            raise bad
        top = int(found[2]) - 1 if found[2] else 0
        left = column_number(found[1]) if found[1] else 0
        bottom = top + 1 if single else int(found[4]) if found[4] else len(tab.rows)
        right = left + 1 if single else column_number(found[3]) + 1 if found[3] else tab.width
        if top >= len(tab.rows) or left >= tab.width:
            raise self._beyond(tab, top, bottom, left, right)
        return tab, top, min(bottom, len(tab.rows)), left, min(right, tab.width)

    def grid(self, one: Json) -> Box:
        tab = self.by_id(one.get("sheetId", 0))
        top, bottom = one.get("startRowIndex", 0), one.get("endRowIndex", len(tab.rows))
        left, right = one.get("startColumnIndex", 0), one.get("endColumnIndex", tab.width)
        if bottom > len(tab.rows) or right > tab.width or top >= bottom or left >= right:
            raise ApiError(400, "Invalid requests: range exceeds grid limits or is empty")
        return tab, top, bottom, left, right

    def name(self, box: Box) -> str:
        tab, top, bottom, left, right = box
        first, last = f"{letters(left)}{top + 1}", f"{letters(right - 1)}{bottom}"
        title = "'" + tab.title.replace("'", "''") + "'"
        return f"{title}!{first}" + ("" if first == last else f":{last}")

    def _beyond(self, tab: Tab, top: int, bottom: int, left: int, right: int) -> ApiError:
        size = f"Max rows: {len(tab.rows)}, max columns: {tab.width}"
        return ApiError(400, f"Range ({self.name((tab, top, bottom, left, right))}) exceeds grid limits. {size}")

    # ---- reading

    def effective(self, cell: Json) -> Json:
        typed: Json = cell.get("userEnteredValue", {})
        return calculated(typed["formulaValue"]) if "formulaValue" in typed else typed

    def unformatted(self, cell: Json) -> Any:
        held = self.effective(cell)
        if "numberValue" in held:
            number = held["numberValue"]
            return int(number) if number == int(number) else number
        if "errorValue" in held:
            word, words = ERRORS.get(held["errorValue"]["type"], "#ERROR!"), held["errorValue"].get("message")
            return f"{word} ({words})" if words and self.assume.error_has_message else word
        return held["boolValue"] if "boolValue" in held else held.get("stringValue", "")

    def values(self, box: Box) -> Json:
        tab, top, bottom, left, right = box
        found = [[self.unformatted(tab.rows[r].get(c, {})) for c in range(left, right)] for r in range(top, bottom)]
        for row in found:
            while row and row[-1] == "" and self.assume.blank_text_is_trimmed:
                row.pop()
        while found and not any(cell != "" for cell in found[-1]):
            found.pop()
        told: Json = {"range": self.name(box), "majorDimension": "ROWS"}
        return {**told, "values": found} if found else told

    def resource(self, query: Json) -> Json:
        """The spreadsheet, or those tabs that ranges name."""
        boxes = [self.a1(named) for named in query.get("ranges", [])]
        tabs = []
        for index, tab in enumerate(self.tabs):
            mine = [box for box in boxes if box[0] is tab]
            if boxes and not mine:
                continue
            told: Json = {"properties": {**tab.props, "index": index}}
            if tab.protected:
                told["protectedRanges"] = [self._protection(one) for one in tab.protected]
            if tab.rules:
                told["conditionalFormats"] = list(tab.rules)
            if tab.merges:
                told["merges"] = list(tab.merges)
            if query.get("includeGridData") or "data" in query.get("fields", ""):
                told["data"] = [self._data(*box) for box in mine or [(tab, 0, len(tab.rows), 0, tab.width)]]
            tabs.append(told)
        properties = {"title": self.title, "locale": "en_US", "timeZone": "Etc/GMT"}
        return {"spreadsheetId": self.id, "properties": properties, "sheets": tabs}

    def _protection(self, one: Json) -> Json:
        if not self.assume.tells_what_is_false and not one.get("warningOnly") and not self._may_edit(one):
            return {name: part for name, part in one.items() if name not in ("editors", "warningOnly")}
        if not self.assume.tells_who_may_edit:
            return one
        return {**one, "requestingUserCanEdit": one.get("warningOnly", False) or self._may_edit(one)}

    def _may_edit(self, one: Json) -> bool:
        return self.caller in one.get("editors", {}).get("users", [self.caller])

    def _data(self, tab: Tab, top: int, bottom: int, left: int, right: int) -> Json:
        rows: list[Json] = []
        for row in tab.rows[top:bottom]:
            last = max((c for c in row if left <= c < right and row[c]), default=left - 1)
            cells = [self._told(row.get(c, {})) for c in range(left, last + 1)]
            rows.append({"values": cells} if cells else {})
        while rows and not rows[-1]:
            rows.pop()
        return {k: v for k, v in {"startRow": top, "startColumn": left, "rowData": rows}.items() if v}

    def _told(self, cell: Json) -> Json:
        if "userEnteredValue" not in cell:
            return cell
        told = {**cell, "effectiveValue": self.effective(cell)}
        if self.assume.tells_effective_format and "userEnteredFormat" in cell:
            told["effectiveFormat"] = cell["userEnteredFormat"]
        return told

    # ---- writing

    def guard(self, tab: Tab, row: int, column: int) -> None:
        for one in tab.protected:
            area = one.get("range", {})
            inside = area.get("startRowIndex", 0) <= row < area.get("endRowIndex", 1 << 30) and area.get(
                "startColumnIndex", 0
            ) <= column < area.get("endColumnIndex", 1 << 30)
            if inside and not one.get("warningOnly") and not self._may_edit(one):
                raise ApiError(400, PROTECTED)

    def put(self, tab: Tab, row: int, column: int, value: Any, *, as_typed: bool = False) -> None:
        self.guard(tab, row, column)
        cell = {name: part for name, part in tab.rows[row].get(column, {}).items() if name != "userEnteredValue"}
        new = _typed(value) if as_typed else _raw(value)
        rule = cell.get("dataValidation", {})
        words = ["", *(one["userEnteredValue"] for one in rule.get("condition", {}).get("values", ()))]
        is_list = rule.get("strict") and rule["condition"]["type"] == "ONE_OF_LIST"
        if self.assume.enforces_validation and is_list and value not in words:
            raise ApiError(400, "Invalid data: The data you entered violates the data validation rules.")
        chosen = new.pop("userEnteredFormat", None)
        if chosen:
            cell["userEnteredFormat"] = {**cell.get("userEnteredFormat", {}), **chosen}
        cell.update(new)
        tab.rows[row][column] = cell

    def write(self, box: Box, values: list[list[Any]], *, exact: bool = True) -> Box:
        """Put values into cells as they are; None leaves one alone. Returns the cells that the write spans."""
        tab, top, bottom, left, right = box
        width = max(map(len, values), default=0)
        if exact and ((len(values) > bottom - top > 1) or (width > right - left > 1)):
            raise ApiError(400, f"Requested writing within range [{self.name(box)}], but tried writing beyond it")
        bottom, right = max(bottom, top + len(values)), max(right, left + width)
        if bottom > len(tab.rows) or right > tab.width:
            raise self._beyond(tab, top, bottom, left, right)
        for row, cells in enumerate(values, top):
            for column, value in enumerate(cells, left):
                if value is not None:
                    self.put(tab, row, column, value)
        return tab, top, bottom, left, right

    def echo(self, box: Box, values: list[list[Any]]) -> Json:
        told = self.values(box)
        if not self.assume.echo_covers_skipped:
            for cells, sent in zip(told.get("values", []), values, strict=False):
                for number, _ in enumerate(cells):
                    if number >= len(sent) or sent[number] is None:
                        cells[number] = ""
        return told

    # ---- structure

    def add_tab(self, asked: Json) -> Tab:
        title = asked.get("title") or f"Sheet{len(self.tabs) + 1}"
        if any(tab.title.lower() == title.lower() for tab in self.tabs):
            words = f'A sheet with the name "{title}" already exists. Please enter another name.'
            raise ApiError(400, f"Invalid requests[0].addSheet: {words}")
        size = {"rowCount": 1000, "columnCount": 26, **asked.get("gridProperties", {})}
        sheet_id = asked.get("sheetId", 0 if not self.tabs else uuid.uuid4().int % 2**31)
        props = {**asked, "sheetId": sheet_id, "title": title, "sheetType": "GRID", "gridProperties": size}
        tab = Tab(props, [{} for _ in range(size["rowCount"])])
        self.tabs.append(tab)
        self.check_size()
        return tab

    def check_size(self) -> None:
        if sum(len(tab.rows) * tab.width for tab in self.tabs) > MOST_CELLS:
            words = "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
            raise ApiError(400, words)

    def sort(self, tab: Tab, first: int, column: int, *, descending: bool = False) -> None:
        """Sort rows by a column, blank ones last."""

        def key(row: dict[int, Json]) -> tuple[int, Any]:
            value = self.unformatted(row.get(column, {}))
            return (0, value) if isinstance(value, int | float) else (1, str(value).lower())

        rows = tab.rows[first:]
        full = [row for row in rows if row.get(column, {}).get("userEnteredValue")]
        empty = [row for row in rows if not row.get(column, {}).get("userEnteredValue")]
        tab.rows[first:] = sorted(full, key=key, reverse=descending) + empty

    def paint(self, tab: Tab, row: int, column: int, source: Json, paths: list[list[str]]) -> None:
        self.guard(tab, row, column)
        tab.rows[row][column] = merged(tab.rows[row].get(column, {}), source, paths)


def _raw(value: Any) -> Json:
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, int | float):
        return {"userEnteredValue": {"numberValue": value}}
    if not isinstance(value, str):
        raise ApiError(400, f"Invalid values: {value!r}")
    if len(value) > MOST_CHARACTERS:
        raise ApiError(400, f"Your input contains more than the maximum of {MOST_CHARACTERS} characters in one cell.")
    return {"userEnteredValue": {"stringValue": value}} if value else {}


def _typed(value: Any) -> Json:
    """What a person's typing means, a small part of it."""
    if isinstance(value, date):
        days = (value - date(1899, 12, 30)).days
        shown = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
        return {"userEnteredValue": {"numberValue": days}, "userEnteredFormat": shown}
    if isinstance(value, str) and value.startswith("=") and len(value) > 1:
        return {"userEnteredValue": {"formulaValue": value}}
    if isinstance(value, str) and (found := re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*%", value.strip())):
        shown = {"numberFormat": {"type": "PERCENT", "pattern": "0.00%"}}
        return {"userEnteredValue": {"numberValue": float(found[1]) / 100}, "userEnteredFormat": shown}
    return _raw(value)


def calculated(formula: str) -> Json:
    """What a formula gives: sums of two numbers, texts and faults, no more."""
    bare = formula[1:].replace(" ", "").upper()
    if bare == "NA()":
        return {"errorValue": {"type": "N_A", "message": "Did not find value."}}
    if found := re.fullmatch(r"(-?\d+)([+*/-])(-?\d+)", bare):
        one, other = float(found[1]), float(found[3])
        if found[2] == "/" and other == 0:
            return {"errorValue": {"type": "DIVIDE_BY_ZERO", "message": "Function DIVIDE parameter 2 cannot be zero."}}
        return {
            "numberValue": {"+": one + other, "-": one - other, "*": one * other, "/": one / (other or 1)}[found[2]]
        }
    if found := re.fullmatch(r'"(.*)"', formula[1:].strip()):
        return {"stringValue": found[1]}
    return {"errorValue": {"type": "NAME", "message": "the double has no formulas"}}


def letters(column: int) -> str:
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1

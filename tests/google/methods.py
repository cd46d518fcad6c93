"""The methods of the Sheets API that the double has, on a copy of the spreadsheet: all of a call, or nothing."""

from __future__ import annotations

import uuid
from typing import Any

from tests.google.book import Book, Tab
from tests.google.contract import ApiError, Json, contract, masks, merged


class Methods:
    """One function for each method, by the discovery document's name."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def get(self, _path: Json, query: Json, _body: Json) -> Json:
        return self.book.resource(query)

    def values_batchGet(self, _path: Json, query: Json, _body: Json) -> Json:
        ranges = [self.book.values(self.book.a1(named)) for named in query.get("ranges", [])]
        return {"spreadsheetId": self.book.id, "valueRanges": ranges}

    def values_batchUpdate(self, _path: Json, _query: Json, body: Json) -> Json:
        _is_raw(body)
        answers = [self._write(one) for one in body.get("data", [])]
        if body.get("includeValuesInResponse"):  # what they hold when all is written
            for one, told in zip(body.get("data", []), answers, strict=True):
                told["updatedData"] = self.book.echo(self.book.a1(told["updatedRange"]), one.get("values", []))
        return {"spreadsheetId": self.book.id, "responses": answers}

    def _write(self, one: Json) -> Json:
        box = self.book.write(self.book.a1(one["range"]), one.get("values", []))
        return {"spreadsheetId": self.book.id, "updatedRange": self.book.name(box)}

    def values_append(self, path: Json, query: Json, body: Json) -> Json:
        _is_raw(query)
        tab, top, bottom, _, right = self.book.a1(path["range"])
        used = [r for r in range(top, len(tab.rows)) if _is_used(tab, r)]
        last = -1
        for row in used:  # the table is what touches the range without a blank row
            if last >= 0 and row > last + 1 and row >= bottom:
                break
            last = row
        first = last
        while first > 0 and _is_used(tab, first - 1):
            first -= 1
        at, values = (last + 1 if used else top), body.get("values", [])
        table = tab.rows[first : last + 1] if used else []
        left = min((c for row in table for c in row if row[c].get("userEnteredValue")), default=0)
        if query.get("insertDataOption") == "INSERT_ROWS":
            formats = {c: _format(cell) for c, cell in tab.rows[at - 1].items()} if at else {}
            tab.insert(at, len(values))
            if self.book.assume.inserted_rows_inherit:
                for row in range(at, at + len(values)):
                    tab.rows[row] = {c: dict(cell) for c, cell in formats.items() if cell}
        elif at + len(values) > len(tab.rows):
            tab.insert(len(tab.rows), at + len(values) - len(tab.rows))
        self.book.check_size()
        width = max(map(len, values), default=1)
        box = self.book.write((tab, at, at + max(len(values), 1), left, max(right, left + width)), values, exact=False)
        told: Json = {"spreadsheetId": self.book.id, "updatedRange": self.book.name(box)}
        if query.get("includeValuesInResponse"):
            told["updatedData"] = self.book.values(box)
        return {"spreadsheetId": self.book.id, "updates": told}

    def batchUpdate(self, _path: Json, _query: Json, body: Json) -> Json:
        replies = []
        for number, request in enumerate(body.get("requests", [])):
            if len(request) != 1:
                raise ApiError(400, f"Invalid requests[{number}]: oneof field 'kind' must have exactly one value")
            kind, asked = next(iter(request.items()))
            method = getattr(self, f"do_{kind}", None)
            if method is None:
                raise ApiError(400, f"the double does not know the request {kind}")
            replies.append(method(asked) or {})
        told: Json = {"spreadsheetId": self.book.id, "replies": replies}
        if body.get("includeSpreadsheetInResponse"):
            shown = {"ranges": body.get("responseRanges", [])}
            told["updatedSpreadsheet"] = self.book.resource(
                {**shown, "includeGridData": body.get("responseIncludeGridData", False)}
            )
        return told

    def do_addSheet(self, asked: Json) -> Json:
        return {"addSheet": {"properties": dict(self.book.add_tab(asked.get("properties", {})).props)}}

    def do_updateSheetProperties(self, asked: Json) -> None:
        tab = self.book.by_id(asked["properties"].get("sheetId", 0))
        paths = _paths("SheetProperties", asked)
        tab.props = merged(tab.props, asked["properties"], paths)
        missing = tab.props["gridProperties"]["rowCount"] - len(tab.rows)
        if missing > 0:
            tab.insert(len(tab.rows), missing)
        elif missing < 0:
            del tab.rows[missing:]
        if tab.props["gridProperties"].get("frozenRowCount", 0) >= len(tab.rows):
            raise ApiError(400, "Invalid requests: You can't freeze all visible rows on the sheet.")
        self.book.check_size()

    def do_updateCells(self, asked: Json) -> None:
        paths = _paths("CellData", asked)
        if "start" in asked:
            tab = self.book.by_id(asked["start"].get("sheetId", 0))
            top, left = asked["start"].get("rowIndex", 0), asked["start"].get("columnIndex", 0)
        else:
            tab, top, _, left, _ = self.book.grid(asked["range"])
        for row, told in enumerate(asked.get("rows", []), top):
            for column, cell in enumerate(told.get("values", []), left):
                if row >= len(tab.rows) or column >= tab.width:
                    raise ApiError(400, "Invalid requests: range exceeds grid limits")
                self.book.paint(tab, row, column, cell, paths)

    def do_repeatCell(self, asked: Json) -> None:
        tab, top, bottom, left, right = self.book.grid(asked["range"])
        paths = _paths("CellData", asked)
        for row in range(top, bottom):
            for column in range(left, right):
                self.book.paint(tab, row, column, asked.get("cell", {}), paths)

    def do_setDataValidation(self, asked: Json) -> None:
        tab, top, bottom, left, right = self.book.grid(asked["range"])
        for row in range(top, bottom):
            for column in range(left, right):
                cell = {name: part for name, part in tab.rows[row].get(column, {}).items() if name != "dataValidation"}
                if asked.get("rule"):
                    cell["dataValidation"] = asked["rule"]
                    is_box = asked["rule"]["condition"]["type"] == "BOOLEAN"
                    if is_box and self.book.assume.checkboxes_hold_false and "userEnteredValue" not in cell:
                        cell["userEnteredValue"] = {"boolValue": False}
                tab.rows[row][column] = cell

    def do_addProtectedRange(self, asked: Json) -> Json:
        one = {**asked["protectedRange"], "protectedRangeId": uuid.uuid4().int % 2**31}
        self.book.by_id(one["range"].get("sheetId", 0)).protected.append(one)
        return {"addProtectedRange": {"protectedRange": one}}

    def do_addConditionalFormatRule(self, asked: Json) -> None:
        tab = self.book.by_id(asked["rule"]["ranges"][0].get("sheetId", 0))
        tab.rules.insert(asked.get("index", 0), asked["rule"])

    def do_appendDimension(self, asked: Json) -> None:
        tab = self.book.by_id(asked.get("sheetId", 0))
        if asked["dimension"] == "ROWS":
            tab.insert(len(tab.rows), asked["length"])
        else:
            tab.props["gridProperties"]["columnCount"] += asked["length"]
        self.book.check_size()


def _is_raw(asked: Json) -> None:
    if asked.get("valueInputOption") != "RAW":
        raise ApiError(400, "the double takes values as they are (RAW) only")


def _paths(schema: str, asked: Json) -> list[list[str]]:
    if not asked.get("fields"):
        raise ApiError(400, "Invalid requests: At least one field must be listed in 'fields'.")
    paths = masks(asked["fields"])
    for path in paths:
        contract().check_mask(schema, path)
    return paths


def _is_used(tab: Tab, row: int) -> bool:
    return any(cell.get("userEnteredValue") for cell in tab.rows[row].values())


def _format(cell: Any) -> Json:
    return {name: cell[name] for name in ("userEnteredFormat", "dataValidation") if name in cell}

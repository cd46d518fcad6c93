"""Requests of the Sheets API that make a tab from its declaration, in the look of the template workbooks.

Only what adds something is used: addSheet, updateSheetProperties, updateCells, repeatCell, setDataValidation,
addProtectedRange, addConditionalFormatRule and appendDimension.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from roadwright.domain.text import in_words
from roadwright.sheets.kinds import BOOLEAN
from roadwright.sheets.lists import LONGEST, TAB
from roadwright.sheets.rules import BACKEND_OWNED, rejects_others
from roadwright.sheets.spec import STATUS_COLUMN, TYPED, Column, Layout, TabSpec, Tone
from roadwright.sheets.styles import (
    QUIET_FILL,
    QUIET_INK,
    STATUS_COLOURS,
    TAB_OF_ANSWERS,
    TAB_OF_PEOPLE,
    TONES,
    header_format,
)
from roadwright.sheets.template import frozen_columns, header_note, hue_of
from roadwright.sheets.values import TEMPLATE_MARK, column_letters

Request = dict[str, Any]

SPARE_COLUMNS, SPARE_ROWS = 5, 600
_HEADER_FIELDS = "userEnteredValue,userEnteredFormat,note"
_TYPES = {"0.00%": "PERCENT", "0%": "PERCENT", "@": "TEXT"}


def tab_requests(spec: TabSpec, sheet_id: int, lists: Sequence[str], *, has: tuple[int, int] | None) -> list[Request]:
    """What makes a tab. ``has`` are the rows and columns of an empty one that is there; None adds it."""
    size = SPARE_ROWS + 1, len(spec.columns) + SPARE_COLUMNS
    colour = TAB_OF_ANSWERS if spec.layout is Layout.MIRROR else TAB_OF_PEOPLE
    frozen = {"frozenRowCount": 1, "frozenColumnCount": frozen_columns(spec)}
    return [
        *_sheet(spec.name, sheet_id, size, has, frozen, {"tabColorStyle": _colour(colour)}),
        _header(sheet_id, [_header_cell(column, spec) for column in spec.columns]),
        *_looks(spec, sheet_id),
        *_validations(spec, sheet_id, lists),
        *_protections(spec, sheet_id),
        *_rules(spec, sheet_id),
    ]


def lists_requests(lists: Sequence[str], sheet_id: int, *, has: tuple[int, int] | None) -> list[Request]:
    """What makes the hidden tab of lists."""
    size = LONGEST + 1, len(lists) + SPARE_COLUMNS
    cells = [{"userEnteredValue": {"stringValue": in_words(name)}} for name in lists]
    return [*_sheet(TAB, sheet_id, size, has, {"frozenRowCount": 1}, {"hidden": True}), _header(sheet_id, cells)]


def _sheet(  # noqa: PLR0917 - a tab in all its parts
    title: str,
    sheet_id: int,
    size: tuple[int, int],
    has: tuple[int, int] | None,
    frozen: dict[str, int],
    more: dict[str, Any],
) -> Iterator[Request]:
    if has is None:
        grid = {"rowCount": size[0], "columnCount": size[1], **frozen}
        yield {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, "gridProperties": grid, **more}}}
        return
    for dimension, wanted, there in (("ROWS", size[0], has[0]), ("COLUMNS", size[1], has[1])):
        if wanted > there:
            asked = {"sheetId": sheet_id, "dimension": dimension, "length": wanted - there}
            yield {"appendDimension": asked}
    fields = ",".join([*(f"gridProperties.{name}" for name in frozen), *more])
    properties = {"sheetId": sheet_id, "gridProperties": frozen, **more}
    yield {"updateSheetProperties": {"properties": properties, "fields": fields}}


def _header(sheet_id: int, cells: list[Any]) -> Request:
    start = {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": _HEADER_FIELDS}}


def _header_cell(column: Column, spec: TabSpec) -> dict[str, Any]:
    look = header_format(column.owner, required=column.required, hue=hue_of(column, spec))
    text = {
        "bold": bool(look["bold"]),
        "italic": bool(look["italic"]),
        "fontSize": 10,
        "foregroundColorStyle": _colour(look["font_color"]),
    }
    return {
        "userEnteredValue": {"stringValue": column.header},
        "userEnteredFormat": {
            "backgroundColorStyle": _colour(look["bg_color"]),
            "textFormat": text,
            "verticalAlignment": "MIDDLE",
            "wrapStrategy": "WRAP",
        },
        "note": header_note(column),
    }


def _looks(spec: TabSpec, sheet_id: int) -> Iterator[Request]:
    """The format of each column's cells."""
    for position, column in enumerate(spec.columns):
        wraps = column.kind.wrap or column.name == STATUS_COLUMN
        look: dict[str, Any] = {"verticalAlignment": "TOP", "wrapStrategy": "WRAP" if wraps else "OVERFLOW_CELL"}
        fields = ["verticalAlignment", "wrapStrategy"]
        if column.kind.number_format:
            look["numberFormat"] = _number_format(column.kind.number_format)
            fields.append("numberFormat")
        if column.owner in BACKEND_OWNED:
            look["backgroundColorStyle"] = _colour(QUIET_FILL)
            look["textFormat"] = {"foregroundColorStyle": _colour(QUIET_INK)}
            fields += ["backgroundColorStyle", "textFormat.foregroundColorStyle"]
        yield {
            "repeatCell": {
                "range": _area(sheet_id, position),
                "cell": {"userEnteredFormat": look},
                "fields": f"userEnteredFormat({','.join(fields)})",
            }
        }


def _number_format(code: str) -> dict[str, str]:
    plain = code.split(";", maxsplit=1)[0].lower()
    if code in _TYPES:
        return {"type": _TYPES[code], "pattern": code}
    if "y" in plain or "d" in plain:
        return {"type": "DATE_TIME" if "h" in plain else "DATE", "pattern": plain}
    return {"type": "NUMBER", "pattern": code}


def _validations(spec: TabSpec, sheet_id: int, lists: Sequence[str]) -> Iterator[Request]:
    """Dropdowns of words and of what exists; ticks where a blank means no."""
    for position, column in enumerate(spec.columns):
        if column.owner not in TYPED:
            continue
        strict = rejects_others(column)
        if column.kind.name == BOOLEAN.name and not column.blank_means:
            condition: dict[str, Any] = {"type": "BOOLEAN"}
        elif column.kind.choices:
            condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": word} for word in column.kind.choices]}
        elif column.offers:
            letters = column_letters(lists.index(column.offers) + 1)
            place = f"='{TAB}'!${letters}$2:${letters}${LONGEST + 1}"
            condition = {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": place}]}
        else:
            continue
        rule = {"condition": condition, "strict": strict, "showCustomUi": True}
        yield {"setDataValidation": {"range": _area(sheet_id, position), "rule": rule}}


def _protections(spec: TabSpec, sheet_id: int) -> Iterator[Request]:
    """A warning before somebody types into a column that the backend writes."""
    for asked, run in groupby(enumerate(spec.columns), key=lambda p: p[1].owner in BACKEND_OWNED and not p[1].required):
        positions = [position for position, _ in run]
        if asked:
            area = _area(sheet_id, positions[0], positions[-1])
            protected = {"range": area, "description": TEMPLATE_MARK, "warningOnly": True}
            yield {"addProtectedRange": {"protectedRange": protected}}


def _rules(spec: TabSpec, sheet_id: int) -> Iterator[Request]:
    """Colours: of cells at fault first, then of statuses and other words."""
    rules: list[Request] = []
    if STATUS_COLUMN in spec.by_name:
        status = f"${column_letters(spec.columns.index(spec.by_name[STATUS_COLUMN]) + 1)}2"
        for position, column in enumerate(spec.columns):
            if column.owner in TYPED:
                named = f'=AND(LEFT({status},2)<>"OK",ISNUMBER(FIND(" {column.name}:",{status})))'
                rules.append(_rule(sheet_id, position, "CUSTOM_FORMULA", named, TONES[Tone.BAD]))
    for position, column in enumerate(spec.columns):
        if column.name == STATUS_COLUMN:
            rules += [_rule(sheet_id, position, "TEXT_STARTS_WITH", w, c) for w, c in STATUS_COLOURS.items()]
            continue
        for word, tone in column.kind.tones.items():
            if word in ("TRUE", "FALSE"):
                cell = f"={column_letters(position + 1)}2={word}"
                rules.append(_rule(sheet_id, position, "CUSTOM_FORMULA", cell, TONES[tone]))
            else:
                rules.append(_rule(sheet_id, position, "TEXT_EQ", word, TONES[tone]))
    for index, rule in enumerate(rules):  # the first one that is true decides
        yield {"addConditionalFormatRule": {"rule": rule, "index": index}}


def _rule(sheet_id: int, position: int, kind: str, value: str, colours: tuple[str, str]) -> Request:
    fill, ink = colours
    look = {"backgroundColorStyle": _colour(fill), "textFormat": {"foregroundColorStyle": _colour(ink)}}
    condition = {"type": kind, "values": [{"userEnteredValue": value}]}
    return {"ranges": [_area(sheet_id, position)], "booleanRule": {"condition": condition, "format": look}}


def _area(sheet_id: int, first: int, last: int | None = None) -> dict[str, int]:
    """All cells of columns below the header, also of rows that are added later."""
    end = (first if last is None else last) + 1
    return {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": first, "endColumnIndex": end}


def _colour(text: str) -> dict[str, Any]:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return {"rgbColor": {"red": round(red, 4), "green": round(green, 4), "blue": round(blue, 4)}}

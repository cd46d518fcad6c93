"""Excel tables: their ranges, their totals rows, and the columns that they calculate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import quoteattr

from roadwright.sheets.backend import Area, WorkbookUnreadable
from roadwright.sheets.backends.xlsx.addresses import area_text, overlap, parse_area
from roadwright.sheets.backends.xlsx.book import Sheet
from roadwright.sheets.backends.xlsx.cells import CellFormula, Content
from roadwright.sheets.backends.xlsx.markup import Attributes, ElementPath, Splice, raw_prefix, retag, walk
from roadwright.sheets.backends.xlsx.package import Package, relations

_COLUMNS = ("table", "tableColumns")
_COLUMN = (*_COLUMNS, "tableColumn")
_CALCULATED = (*_COLUMN, "calculatedColumnFormula")
_SORTED = frozenset(
    (*path, *more)
    for path in (("table", "autoFilter", "sortState"), ("table", "sortState"))
    for more in ((), ("sortCondition",))
)


@dataclass
class ExcelTable:
    """One table on a tab. ``area`` covers header and totals rows; ``calculated`` maps column numbers to formulas."""

    part: str
    name: str
    area: Area
    header_rows: int
    totals_rows: int
    columns: list[str] = field(default_factory=list)
    calculated: dict[int, CellFormula] = field(default_factory=dict)
    can_widen: bool = True
    """It has a header and people fill it; one that a query or an XML map fills keeps its columns."""

    @property
    def last_body_row(self) -> int:
        return self.area.last_row - self.totals_rows


def read_tables(package: Package, sheet: Sheet) -> list[ExcelTable]:
    """The tables of a tab, in the order of its links to them."""
    return [_read_table(package, link.target) for link in relations(package, sheet.part) if link.kind == "table"]


def _read_table(package: Package, part: str) -> ExcelTable:
    where = package.where(part)
    found: list[ExcelTable] = []
    pieces: list[str] = []
    array: bool | None = None

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        nonlocal array
        if path == ("table",):
            found.append(_described(part, attributes))
        elif path == _COLUMN:
            found[0].columns.append(attributes.get("name", ""))
        elif path == _CALCULATED:
            pieces.clear()
            array = attributes.get("array") in ("1", "true")

    def end(path: ElementPath, _: int) -> None:
        nonlocal array
        if array is not None and path == _CALCULATED:
            column = found[0].area.first_column + len(found[0].columns) - 1
            found[0].calculated[column] = CellFormula("".join(pieces).removeprefix("="), array)
            array = None

    def text(_: ElementPath, piece: str) -> None:
        if array is not None:
            pieces.append(piece)

    walk(package.read(part), where, start, end, text)
    if len(found) != 1:
        raise WorkbookUnreadable("part_without_table", where=where)
    return found[0]


def _described(part: str, attributes: Mapping[str, str]) -> ExcelTable:
    header_rows = int(attributes.get("headerRowCount", "1"))
    return ExcelTable(
        part,
        attributes.get("displayName", attributes.get("name", "")),
        parse_area(attributes["ref"]),
        header_rows,
        int(attributes.get("totalsRowCount", "0")),
        can_widen=header_rows == 1 and attributes.get("tableType", "worksheet") == "worksheet",
    )


def resized(raw: bytes, where: str, table: ExcelTable, area: Area, new_columns: Sequence[str]) -> list[Splice]:
    """Changes that give the table another last row, and more columns on its right with these names.

    ``area`` is the new range, totals rows included.
    """
    ids = [0]
    last_body_row = area.last_row - table.totals_rows

    def pick(path: ElementPath, attributes: Attributes) -> dict[str, str | None] | None:
        if path == _COLUMN:
            ids.append(int(attributes["id"]))
        elif path == ("table",):
            return {"ref": area_text(area)}
        elif path == ("table", "autoFilter"):
            return {"ref": area_text(replace(area, last_row=last_body_row))}
        elif path in _SORTED:
            # What the table was sorted by last, and is sorted by again when people ask for it.
            sorted_area = parse_area(attributes["ref"])
            if sorted_area.last_row == table.last_body_row:
                return {"ref": area_text(replace(sorted_area, last_row=last_body_row))}
        elif path == _COLUMNS:
            return {"count": str(len(table.columns) + len(new_columns))}
        return None

    splices = retag(raw, where, pick)
    if new_columns:
        prefix, close = _end_of_columns(raw, where)
        new = "".join(
            f'<{prefix}tableColumn id="{max(ids) + place}" name={quoteattr(name)}/>'
            for place, name in enumerate(new_columns, start=1)
        )
        splices.append(Splice(close, close, new.encode()))
    return splices


def _end_of_columns(raw: bytes, where: str) -> tuple[str, int]:
    """Where the list of columns ends, and the prefix of its elements."""
    prefix, close = "", 0

    def start(path: ElementPath, _: Attributes, at: int) -> None:
        nonlocal prefix
        if path == _COLUMNS:
            prefix = raw_prefix(raw, at)

    def end(path: ElementPath, at: int) -> None:
        nonlocal close
        if path == _COLUMNS:
            close = at

    walk(raw, where, start, end)
    return prefix, close


def columns_to_join(table: ExcelTable, header: Mapping[int, Content], obstacles: Sequence[Area]) -> list[str]:
    """The names, from left to right, of new columns beside the table that belong to it from now on.

    A spreadsheet program does the same when a person types a name there; sorting the table would tear the rows apart
    otherwise. ``header`` holds the new cells of the table's header row, ``obstacles`` other tables and merged cells.
    """
    names: list[str] = []
    known = {name.casefold() for name in table.columns}
    column = table.area.last_column + 1
    while table.can_widen and column in header:
        name = header[column]
        wide = replace(table.area, first_column=column, last_column=column)
        if not isinstance(name, str) or not name.isprintable() or not name.strip() or name.casefold() in known:
            break
        if any(overlap(wide, area) for area in obstacles):
            break
        known.add(name.casefold())
        names.append(name)
        column += 1
    return names

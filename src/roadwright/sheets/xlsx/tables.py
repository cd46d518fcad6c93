"""Excel tables: their ranges, their totals rows, and the columns that they calculate."""

from __future__ import annotations

from dataclasses import dataclass, field

from roadwright.sheets.backend import Area
from roadwright.sheets.xlsx.addresses import area_text, parse_area
from roadwright.sheets.xlsx.book import Sheet
from roadwright.sheets.xlsx.cells import Formula
from roadwright.sheets.xlsx.container import Package
from roadwright.sheets.xlsx.markup import Splice, local_name, parse_xml, retag
from roadwright.sheets.xlsx.relations import relations


@dataclass
class Table:
    """One table on a tab. ``area`` covers header and totals rows; ``calculated`` maps column numbers to formulas."""

    part: str
    name: str
    area: Area
    header_rows: int
    totals_rows: int
    columns: list[str] = field(default_factory=list)
    calculated: dict[int, Formula] = field(default_factory=dict)

    @property
    def last_body_row(self) -> int:
        return self.area.last_row - self.totals_rows


def read_tables(package: Package, sheet: Sheet) -> list[Table]:
    """The tables of a tab, in the order of its links to them."""
    return [_read_table(package, link.target) for link in relations(package, sheet.part) if link.kind == "table"]


def _read_table(package: Package, part: str) -> Table:
    head: dict[str, str] = {}
    columns: list[str] = []
    formulas: dict[int, Formula] = {}
    pieces: list[str] = []
    array: bool | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal array
        name = local_name(tag)
        if name == "table":
            head.update(attributes)
        elif name == "tableColumn":
            columns.append(attributes.get("name", ""))
        elif name == "calculatedColumnFormula":
            pieces.clear()
            array = attributes.get("array") in ("1", "true")

    def end(tag: str) -> None:
        nonlocal array
        if array is not None and local_name(tag) == "calculatedColumnFormula":
            formulas[len(columns) - 1] = Formula("".join(pieces).removeprefix("="), array)
            array = None

    def text(piece: str) -> None:
        if array is not None:
            pieces.append(piece)

    parse_xml(package.read(part), package.where(part), start, end, text)
    area = parse_area(head["ref"])
    return Table(
        part,
        head.get("displayName", head.get("name", "")),
        area,
        int(head.get("headerRowCount", "1")),
        int(head.get("totalsRowCount", "0")),
        columns,
        {area.first_column + index: formula for index, formula in formulas.items()},
    )


def with_last_body_row(raw: bytes, where: str, table: Table, last_row: int) -> list[Splice]:
    """Changes that let the table and its filter end on another row. The table must have no totals row."""
    area = Area(table.area.first_row, table.area.first_column, last_row, table.area.last_column)

    def pick(path: list[str], attributes: dict[str, str]) -> dict[str, str | None] | None:
        if path == ["table"]:
            return {"ref": area_text(area)}
        if path == ["table", "autoFilter"] and "ref" in attributes:
            filtered = parse_area(attributes["ref"])
            grown = Area(filtered.first_row, filtered.first_column, last_row, filtered.last_column)
            return {"ref": area_text(grown)}
        return None

    return retag(raw, where, pick)

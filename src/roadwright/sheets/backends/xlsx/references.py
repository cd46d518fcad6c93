"""References that follow appended rows: those of charts, pivot caches, names, dropdowns and sparklines.

A reference grows when it took in every row of data before, from the first one or the header, in columns of the data.
One that reaches further holds the new rows already; one over other rows or columns was never meant for all rows. A
formula that calculates with a range stays as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from roadwright.sheets.backend import WorkbookUnreadable
from roadwright.sheets.backends.xlsx.addresses import parse_area
from roadwright.sheets.backends.xlsx.appending import Growth
from roadwright.sheets.backends.xlsx.book import DEFINED_NAME, Book, Sheet
from roadwright.sheets.backends.xlsx.markup import Attributes, ElementPath, Splice, apply_splices, retag, retext
from roadwright.sheets.backends.xlsx.package import Package, parts_of_types
from roadwright.sheets.backends.xlsx.sheet_part import EXTENSIONS, data_place

_REFERENCE = re.compile(
    r"""
    (?: (?P<tab> '(?:[^']|'')+' | [^\s'"!,():;+*/&=<>^-]+ ) ! )?
    (?P<area> \$?[A-Za-z]{1,3} \$?\d{1,7} (?: : \$?[A-Za-z]{1,3} \$? (?P<last> \d{1,7} ) )? )
    (?![\w.(!:\[])
    """,
    re.VERBOSE,
)
_CHARTS = ("drawingml.chart+xml", "ms-office.chartex+xml")
_PIVOT_CACHES = ("spreadsheetml.pivotCacheDefinition+xml",)
_OF_CHARTS = frozenset({"c:f", "cx:f", "c15:f", "c15:sqref"})
_OF_DROPDOWNS = frozenset(("worksheet", "dataValidations", "dataValidation", name) for name in ("formula1", "formula2"))
_PIVOT_SOURCE = ("pivotCacheDefinition", "cacheSource", "worksheetSource")
_PRINT_AREA = "_xlnm.Print_Area"
_OTHERS_NAMES = ("_xlnm.", "ExternalData_")
"""Names that a program keeps by itself: filters, and the results of queries."""


def grown_references(text: str, own_tab: str, growths: Mapping[str, Growth]) -> str:
    """A reference, or several parted by commas, after the growth of some tabs (by their names in lower case).

    ``own_tab`` is the tab that a reference without a name means. Equal to ``cells`` when nothing changes.
    """

    def grown(match: re.Match[str]) -> str:
        tab = match["tab"] or own_tab
        if tab.startswith("'"):
            tab = tab[1:-1].replace("''", "'")
        growth = growths.get(tab.casefold())
        if growth is None or match["last"] is None or not growth.is_followed_by(parse_area(match["area"])):
            return match[0]
        return match[0][: match.start("last") - match.start()] + str(growth.new_last_row)

    if _REFERENCE.sub("", text).strip("(), "):
        return text
    try:
        return _REFERENCE.sub(grown, text)
    except ValueError:  # it names no column that there is
        return text


def following_parts(
    package: Package, book: Book, growths: Mapping[str, Growth], changed: Mapping[str, bytes | None]
) -> dict[str, bytes]:
    """The parts whose references grow, in the file's spelling, with their new bytes.

    ``changed`` are the parts that this write has changed already; their new bytes are taken.
    """
    sources = _Sources(package, changed)
    for part in parts_of_types(package, _CHARTS):
        with _left_where_damaged():
            raw, where = sources.read(part), package.where(part)
            sources.change(part, _text_splices(raw, where, lambda path: path[-1] in _OF_CHARTS, "", growths))
    for part in parts_of_types(package, _PIVOT_CACHES):
        with _left_where_damaged():
            sources.change(part, _pivot_splices(sources.read(part), package.where(part), growths))
    for sheet in book.sheets:
        with _left_where_damaged():
            sources.change(sheet.part, _sheet_splices(sources, sheet, package.where(sheet.part), growths))
    sources.change(book.part, _name_splices(sources.read(book.part), package.where(book.part), growths))
    return sources.new


def _left_where_damaged() -> suppress:
    """A part that can't be parsed stays as it is; it is the fault of another tab than the one that is written."""
    return suppress(WorkbookUnreadable)


class _Sources:
    """The parts as this write leaves them, and those of them that change once more."""

    def __init__(self, package: Package, changed: Mapping[str, bytes | None]) -> None:
        self._package = package
        self._changed = changed
        self.new: dict[str, bytes] = {}

    def read(self, part: str) -> bytes:
        held = self._changed.get(self._package.entry_name(part))
        return self._package.read(part) if held is None else held

    def change(self, part: str, splices: list[Splice]) -> None:
        if splices:
            self.new[self._package.entry_name(part)] = apply_splices(self.read(part), splices)


def _text_splices(
    raw: bytes, where: str, holds: Callable[[ElementPath], bool], own_tab: str, growths: Mapping[str, Growth]
) -> list[Splice]:
    return retext(raw, where, lambda path, _: holds(path), lambda text: grown_references(text, own_tab, growths))


def _sheet_splices(sources: _Sources, sheet: Sheet, where: str, growths: Mapping[str, Growth]) -> list[Splice]:
    raw = sources.read(sheet.part)
    place = data_place(raw, where)
    start, end = place.start, place.end

    def holds(path: ElementPath) -> bool:
        return path in _OF_DROPDOWNS or (path[-1] == "xm:f" and path[: len(EXTENSIONS)] == EXTENSIONS)

    splices = _text_splices(raw[:start] + raw[end:], where, holds, sheet.name, growths)
    return [s if s.start < start else Splice(s.start + end - start, s.end + end - start, s.new) for s in splices]


def _name_splices(raw: bytes, where: str, growths: Mapping[str, Growth]) -> list[Splice]:
    def is_for_people(path: ElementPath, attributes: Attributes) -> bool:
        name = attributes.get("name", "")
        return path == DEFINED_NAME and (name == _PRINT_AREA or not name.startswith(_OTHERS_NAMES))

    return retext(raw, where, is_for_people, lambda text: grown_references(text, "", growths))


def _pivot_splices(raw: bytes, where: str, growths: Mapping[str, Growth]) -> list[Splice]:
    def source(path: ElementPath, attributes: Attributes) -> dict[str, str | None] | None:
        outside = "r:id" in attributes  # a range of another workbook
        if path != _PIVOT_SOURCE or outside or "ref" not in attributes:
            return None
        old = attributes["ref"]
        new = grown_references(old, attributes.get("sheet", ""), growths)
        return {"ref": new} if new != old else None

    return retag(raw, where, source)

"""References that follow appended rows: those of charts, pivot caches, names, dropdowns and sparklines.

A reference grows when it took in every row of data before, from the first one or the header, in columns of the data.
One that reaches further holds the new rows already; one over other rows or columns was never meant for all rows. A
formula that calculates with a range stays as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from roadwright.sheets.xlsx.addresses import parse_area
from roadwright.sheets.xlsx.book import Book
from roadwright.sheets.xlsx.container import Package
from roadwright.sheets.xlsx.growth import Growth
from roadwright.sheets.xlsx.markup import Splice, apply_splices, retag, retext
from roadwright.sheets.xlsx.relations import parts_of_types
from roadwright.sheets.xlsx.sheet_part import data_span

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
_PRINT_AREA = "_xlnm.Print_Area"
_OTHERS_NAMES = ("_xlnm.", "ExternalData_")
"""Names that a program keeps by itself: filters, and the results of queries."""


def grown_references(text: str, own_tab: str, growths: Mapping[str, Growth]) -> str:
    """A reference, or several parted by commas, after the growth of some tabs (by their names in lower case).

    ``own_tab`` is the tab that a reference without a name means. Equal to ``text`` when nothing changes.
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
        raw, where = sources.read(part), package.where(part)
        sources.change(part, _text_splices(raw, where, ("f", "sqref"), "", growths))
    for part in parts_of_types(package, _PIVOT_CACHES):
        sources.change(part, _pivot_splices(sources.read(part), package.where(part), growths))
    for sheet in book.sheets:
        raw, where = sources.read(sheet.part), package.where(sheet.part)
        start, end = data_span(raw, where)
        splices = _text_splices(raw[:start] + raw[end:], where, ("f", "formula1", "formula2"), sheet.name, growths)
        moved = [s if s.start < start else Splice(s.start + end - start, s.end + end - start, s.new) for s in splices]
        sources.change(sheet.part, moved)
    sources.change(book.part, _name_splices(sources.read(book.part), package.where(book.part), growths))
    return sources.new


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
    raw: bytes, where: str, elements: tuple[str, ...], own_tab: str, growths: Mapping[str, Growth]
) -> list[Splice]:
    return retext(
        raw,
        where,
        lambda path, _: path[-1] in elements,
        lambda text: grown_references(text, own_tab, growths),
    )


def _name_splices(raw: bytes, where: str, growths: Mapping[str, Growth]) -> list[Splice]:
    def is_for_people(path: list[str], attributes: dict[str, str]) -> bool:
        name = attributes.get("name", "")
        return path[1:] == ["definedNames", "definedName"] and (
            name == _PRINT_AREA or not name.startswith(_OTHERS_NAMES)
        )

    return retext(raw, where, is_for_people, lambda text: grown_references(text, "", growths))


def _pivot_splices(raw: bytes, where: str, growths: Mapping[str, Growth]) -> list[Splice]:
    def source(path: list[str], attributes: dict[str, str]) -> dict[str, str | None] | None:
        outside = any(name.endswith(":id") for name in attributes)  # a range of another workbook
        if path[-1] != "worksheetSource" or outside or "ref" not in attributes:
            return None
        old = attributes["ref"]
        new = grown_references(old, attributes.get("sheet", ""), growths)
        return {"ref": new} if new != old else None

    return retag(raw, where, source)

"""The workbook part: which tabs there are, which calendar counts the days, and the recalculation flag."""

from __future__ import annotations

import re
from dataclasses import dataclass

from roadwright.sheets.backend import Area, WorkbookUnreadable
from roadwright.sheets.xlsx.addresses import absolute_text
from roadwright.sheets.xlsx.container import Package
from roadwright.sheets.xlsx.markup import Splice, local_name, main_prefixes, new_parser, parse_xml, retag, run_parser
from roadwright.sheets.xlsx.relations import relations

_TRUE = ("1", "true")
_AFTER_CALC_PR = {
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
}
"""The elements that follow calcPr in a workbook part (ECMA-376 part 1, 18.2.27)."""


@dataclass(frozen=True)
class Sheet:
    """One tab: its name, its part, and its place among all tabs (chart sheets counted), which defined names use."""

    name: str
    part: str
    index: int


@dataclass(frozen=True)
class Book:
    """What the workbook part says. Parts that the workbook does not have are ``None``.

    It can do without its styles and its calculation chain where these are lost, but not without its texts.
    """

    part: str
    sheets: tuple[Sheet, ...]
    date1904: bool
    recalculates: bool
    """The workbook asks to be recalculated when it is opened."""
    styles: str | None
    shared_strings: str | None
    calc_chain: str | None


def read_book(package: Package) -> Book:
    """Read the workbook part. Raises WorkbookUnreadable when the file is no workbook of this format."""
    part = next((link.target for link in relations(package, "") if link.kind == "officeDocument"), None)
    _refuse_other_documents(package, part)
    assert part is not None
    links = {link.id: link for link in relations(package, part)}
    sheets: list[Sheet] = []
    count = 0
    date1904 = recalculates = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count, date1904, recalculates
        name = local_name(tag)
        if name == "sheet" and "sheetId" in attributes:
            # The id attribute's prefix stands for one of two namespaces; its local name is enough.
            reference = next((v for k, v in attributes.items() if ":" in k and local_name(k) == "id"), "")
            link = links.get(reference)
            if link is not None and link.kind == "worksheet":
                sheets.append(Sheet(attributes.get("name", ""), link.target, count))
            count += 1
        elif name == "workbookPr":
            date1904 = attributes.get("date1904") in _TRUE
        elif name == "calcPr":
            recalculates = attributes.get("fullCalcOnLoad") in _TRUE

    parse_xml(package.read(part), package.where(part), start)

    def related(kind: str) -> str | None:
        return next((link.target for link in links.values() if link.kind == kind and package.has(link.target)), None)

    strings = next((link.target for link in links.values() if link.kind == "sharedStrings"), None)
    return Book(part, tuple(sheets), date1904, recalculates, related("styles"), strings, related("calcChain"))


def _refuse_other_documents(package: Package, part: str | None) -> None:
    if part is not None and part.endswith(".bin"):
        raise WorkbookUnreadable(f"{package.name} is a binary workbook (.xlsb). Save it as .xlsx.")
    if part is None and package.has("mimetype"):
        raise WorkbookUnreadable(f"{package.name} is an OpenDocument file. Save it as .xlsx.")
    if part is None or not package.has(part) or not main_prefixes(package.read(part)):
        raise WorkbookUnreadable(
            f"{package.name} is no workbook. Open it in a spreadsheet program and save it as .xlsx."
        )


def ask_for_recalculation(raw: bytes, where: str) -> list[Splice]:
    """Changes to the workbook part that make spreadsheet programs recalculate everything when they open it."""
    splices = retag(raw, where, lambda path, _: {"fullCalcOnLoad": "1"} if path[1:] == ["calcPr"] else None)
    if splices:
        return splices
    parser = new_parser(where)
    places: list[int] = []
    depth = 0

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2 and local_name(tag) in _AFTER_CALC_PR:
            places.append(parser.CurrentByteIndex)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == 0:
            places.append(parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    run_parser(parser, raw, where)
    prefix = main_prefixes(raw)[0].encode()
    return [Splice(places[0], places[0], b"<" + prefix + b'calcPr calcId="0" fullCalcOnLoad="1"/>')]


def move_filter_name(raw: bytes, sheet: Sheet, old: Area, new: Area) -> list[Splice]:
    """Changes that keep the hidden name of a tab's filter in step with the filter itself."""
    pattern = re.compile(
        rb"<(?:[^\s<>/:]+:)?definedName\b"
        rb"""(?=[^>]*\bname\s*=\s*["']_xlnm\._FilterDatabase["'])"""
        rb"""(?=[^>]*\blocalSheetId\s*=\s*["']"""
        + str(sheet.index).encode()
        + rb"""["'])[^>]*>[^<]*!("""
        + re.escape(absolute_text(old)).encode()
        + rb")\s*(?=</)"
    )
    return [Splice(*match.span(1), absolute_text(new).encode()) for match in pattern.finditer(raw)]

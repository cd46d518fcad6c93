"""The workbook part: which tabs there are, which calendar counts the days, and what keeps calculated values right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from roadwright.sheets.backend import Area, WorkbookUnreadable
from roadwright.sheets.backends.xlsx.addresses import absolute_text
from roadwright.sheets.backends.xlsx.markup import (
    Attributes,
    ElementPath,
    Splice,
    apply_splices,
    raw_prefix,
    retag,
    retext,
    walk,
)
from roadwright.sheets.backends.xlsx.package import (
    CONTENT_TYPES,
    Package,
    relations,
    relations_part,
    without_kind,
    without_override,
)

DEFINED_NAME = ("workbook", "definedNames", "definedName")

_FORMULA = re.compile(rb"<(?:[^\s<>/:!?]+:)?f[\s/>]")
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

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        nonlocal count, date1904, recalculates
        if path == ("workbook", "sheets", "sheet"):
            link = links.get(attributes.get("r:id", ""))
            if link is not None and link.kind == "worksheet":
                sheets.append(Sheet(attributes.get("name", ""), link.target, count))
            count += 1
        elif path == ("workbook", "workbookPr"):
            date1904 = attributes.get("date1904") in _TRUE
        elif path == ("workbook", "calcPr"):
            recalculates = attributes.get("fullCalcOnLoad") in _TRUE

    walk(package.read(part), package.where(part), start)

    def related(kind: str) -> str | None:
        return next((link.target for link in links.values() if link.kind == kind and package.has(link.target)), None)

    strings = next((link.target for link in links.values() if link.kind == "sharedStrings"), None)
    return Book(part, tuple(sheets), date1904, recalculates, related("styles"), strings, related("calcChain"))


def _refuse_other_documents(package: Package, part: str | None) -> None:
    if part is not None and part.endswith(".bin"):
        raise WorkbookUnreadable("binary_workbook", workbook=package.name)
    if part is None and package.has("mimetype"):
        raise WorkbookUnreadable("opendocument_file", workbook=package.name)
    if part is None or not package.has(part) or not _is_workbook(package.read(part), package.where(part)):
        raise WorkbookUnreadable("no_workbook", workbook=package.name)


def _is_workbook(raw: bytes, where: str) -> bool:
    roots: list[ElementPath] = []
    walk(raw, where, lambda path, *_: roots.append(path) if len(path) == 1 else None)
    return roots == [("workbook",)]


def ask_for_recalculation(raw: bytes, where: str) -> list[Splice]:
    """Changes to the workbook part that make spreadsheet programs recalculate everything when they open it."""
    splices = retag(raw, where, lambda path, _: {"fullCalcOnLoad": "1"} if path == ("workbook", "calcPr") else None)
    if splices:
        return splices
    places: list[int] = []
    prefix = ""

    def start(path: ElementPath, _: Attributes, at: int) -> None:
        nonlocal prefix
        if len(path) == 1:
            prefix = raw_prefix(raw, at)
        elif len(path) == 2 and path[1] in _AFTER_CALC_PR:
            places.append(at)

    def end(path: ElementPath, at: int) -> None:
        if len(path) == 1:
            places.append(at)

    walk(raw, where, start, end)
    return [Splice(places[0], places[0], f'<{prefix}calcPr calcId="0" fullCalcOnLoad="1"/>'.encode())]


def move_filter_name(raw: bytes, where: str, sheet: Sheet, old: Area, new: Area) -> list[Splice]:
    """Changes that keep the hidden name of a tab's filter in step with the filter itself."""

    def is_its_name(path: ElementPath, attributes: Attributes) -> bool:
        return (
            path == DEFINED_NAME
            and attributes.get("name") == "_xlnm._FilterDatabase"
            and attributes.get("localSheetId") == str(sheet.index)
        )

    def moved(text: str) -> str:
        before, mark, area = text.rpartition("!")
        return before + mark + absolute_text(new) if area.strip() == absolute_text(old) else text

    return retext(raw, where, is_its_name, moved)


def may_have_formulas(package: Package, book: Book) -> bool:
    """Some tab of the workbook holds a formula, or something that looks like one: to recalculate does no harm."""
    return book.calc_chain is not None or any(_looks_like_formulas(package, sheet.part) for sheet in book.sheets)


def _looks_like_formulas(package: Package, part: str) -> bool:
    try:
        return _FORMULA.search(package.read(part)) is not None
    except WorkbookUnreadable:  # the fault of another tab than the one that is written
        return True


def without_calc_chain(package: Package, book: Book) -> dict[str, bytes | None]:
    """The parts that change when the calculation chain is dropped; programs make a new one.

    A chain that names a cell without a formula makes Excel report the file as damaged.
    """
    chain = book.calc_chain
    if chain is None:
        return {}
    links = relations_part(book.part)
    types, kinds = package.read(CONTENT_TYPES), package.read(links)
    return {
        package.entry_name(chain): None,
        package.entry_name(CONTENT_TYPES): apply_splices(
            types, without_override(types, package.where(CONTENT_TYPES), chain)
        ),
        package.entry_name(links): apply_splices(kinds, without_kind(kinds, package.where(links), "calcChain")),
    }

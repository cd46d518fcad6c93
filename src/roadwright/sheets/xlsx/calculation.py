"""Keeps calculated values honest: the calculation chain, and the wish to be recalculated."""

from __future__ import annotations

import re

from roadwright.sheets.backend import WorkbookUnreadable
from roadwright.sheets.xlsx.book import Book
from roadwright.sheets.xlsx.container import Package
from roadwright.sheets.xlsx.markup import apply_splices
from roadwright.sheets.xlsx.relations import CONTENT_TYPES, relations_part, without_kind, without_override

_FORMULA = re.compile(rb"<(?:[^\s<>/:!?]+:)?f[\s/>]")


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

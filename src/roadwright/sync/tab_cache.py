"""Rows that are settled: the workbook is as the last pass left it, and the database says of them what it said then.

Such rows need not be read, merged and compared again. At its end a pass remembers each tab by a fingerprint of the
workbook, and each row by a fingerprint of what is stored for it; the next pass recalls the tab where the workbook is
the same to the byte, and the row where the database says the same. All else is read as ever. So this only saves time.

Tabs that are saved set by set, or hold people's own words, are always read: there, a row says more than its own values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import roadwright
from roadwright.domain.messages import Level, Message
from roadwright.sheets.backend import Workbook
from roadwright.sheets.merge import plain
from roadwright.sheets.read import Row, Table, UnreadRow
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import CellProblem, Column, Layout, TabSpec, meaning
from roadwright.sheets.values import CellValue
from roadwright.store.models import CachedTab
from roadwright.sync.context import OpenTab
from roadwright.workspace.workspace import TabPlace

_DIGEST_SIZE = 8


def fingerprint_of(values: Mapping[str, object]) -> str:
    """A fingerprint of what is stored for a row; a number is the same whether it is whole by type or by value."""
    said = [int(v) if v.__class__ is float and v.is_integer() else v for v in values.values()]
    return hashlib.blake2b(repr(said).encode(), digest_size=_DIGEST_SIZE, key=_names(tuple(values))).hexdigest()


@cache
def _names(names: tuple[str, ...]) -> bytes:
    return hashlib.sha256(repr(names).encode()).digest()


@cache
def _code() -> bytes:
    """A digest of this package's own code: another version may see something else in the same bytes."""
    digest = hashlib.sha256(roadwright.__version__.encode())
    for module in sorted(Path(roadwright.__file__).parent.rglob("*.py")):
        digest.update(module.read_bytes())
    return digest.digest()


def _is_remembered(spec: TabSpec) -> bool:
    return spec.layout is Layout.ROWS and not spec.sheet_only


def _fingerprint(place: TabPlace, workbook: Workbook, scope: Scope) -> str:
    digest = hashlib.sha256(_code())
    said = place.spec.name, place.header_row, place.mapping, workbook.fingerprint(place.tab), scope.fingerprint
    digest.update(repr(said).encode())
    return digest.hexdigest()


def recall(
    session: Session, place: TabPlace, workbook: Workbook, scope: Scope, read: Callable[[], Table]
) -> tuple[Table, dict[int, str]] | None:
    """The tab as it was left, with its settled rows, or None where it has to be read. ``read`` reads it all the same,
    once a row turns out to need that.

    Raises SheetError when the workbook has no such tab.
    """
    if not _is_remembered(place.spec):
        return None
    content = session.scalar(
        select(CachedTab.content).where(
            CachedTab.place == place.full_name, CachedTab.fingerprint == _fingerprint(place, workbook, scope)
        )
    )
    if content is None:
        return None
    names = (*place.spec.identity, "run_status")

    @cache
    def rows_by_number() -> Mapping[int, Row]:
        return {row.number: row for row in read().rows}

    def unread(number: int, identity: list[CellValue | None], status: str | None) -> Row:
        brief = dict(zip(names, (*identity, status), strict=True))
        return UnreadRow(number, brief, lambda: rows_by_number()[number])

    table = Table(
        spec=place.spec,
        tab=place.tab,
        header_row=content["header_row"],
        columns=dict(sorted(content["columns"].items(), key=itemgetter(1))),
        missing_system=(),
        last_header_column=content["last_header_column"],
        rows=[unread(number, identity, status) for number, identity, status, _ in content["rows"]],
        leftovers=[],
        last_data_row=content["last_data_row"],
        stale=False,
        is_entangled=content["is_entangled"],
        warnings=tuple(Message(code, Level.WARNING, params=said) for code, said in content["warnings"]),
        scope=scope,
    )
    return table, {number: stored for number, _, _, stored in content["rows"] if stored}


def remember(session: Session, tab: OpenTab, appended: Sequence[int]) -> None:
    """Remember a tab whose workbook says all that was planned; ``appended`` are the numbers of its new rows.

    What a pass wrote counts as read where it will be read as what is stored, which is what the row's copy says, too.
    """
    table, pending = tab.table, tab.pending
    is_written = bool(pending.cells or pending.appended)
    if not _is_remembered(tab.spec) or table.missing_system or table.leftovers or _has_odd_status(tab):
        return
    if table.is_entangled if is_written else tab.settled == tab.recalled:
        return
    content = {
        "spec": tab.spec.name,
        "columns": table.columns,
        "last_header_column": table.last_header_column,
        "last_data_row": max([table.last_data_row, *appended]),
        "is_entangled": table.is_entangled,
        "header_row": table.header_row,
        "warnings": [(message.code, dict(message.params)) for message in table.warnings],
        "rows": [*_standing_rows(tab), *_new_rows(tab, appended)],
    }
    place = tab.place.full_name
    session.execute(delete(CachedTab).where(CachedTab.place == place))
    session.add(CachedTab(place=place, fingerprint=_fingerprint(tab.place, tab.workbook, table.scope), content=content))


_RowContent = tuple[int, list[object], str | None, str | None]
"""A remembered row: its number, the values of its identity, its status, and where it is settled, what was stored."""


def _standing_rows(tab: OpenTab) -> Iterator[_RowContent]:
    cells, places = tab.pending.cells, tab.table.columns
    identity = [(tab.spec.by_name[name], places.get(name, 0)) for name in tab.spec.identity]
    for row in tab.table.rows:
        number = row.number
        said = [
            _said(column, cells[number, place]) if (number, place) in cells else plain(row.brief.get(column.name))
            for column, place in identity
        ]
        status = cells.get((number, places["run_status"]), row.status)
        yield number, said, None if status is None else str(status), tab.settled.get(number)


def _new_rows(tab: OpenTab, numbers: Sequence[int]) -> Iterator[_RowContent]:
    pending, places = tab.pending, tab.table.columns
    identity = [(tab.spec.by_name[name], places.get(name, 0)) for name in tab.spec.identity]
    for number, cells, stored in zip(numbers, pending.appended, pending.new_fingerprints, strict=True):
        said = [_said(column, cells.get(place)) for column, place in identity]
        yield number, said, str(cells[places["run_status"]]), stored


def _has_odd_status(tab: OpenTab) -> bool:
    """Whether the status of a row, typed by a person and still there, is no text or one that is read as another."""
    cells, place = tab.pending.cells, tab.table.columns["run_status"]
    return any(row.status != row.brief.get("run_status") and (row.number, place) not in cells for row in tab.table.rows)


def _said(column: Column, cell: CellValue | None) -> object:
    try:
        return plain(meaning(column, cell))
    except CellProblem:
        return None

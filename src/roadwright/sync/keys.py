"""Initiative keys: given out once, before the initiative exists, so that no crash makes two of one row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, canonical_key, make_key, parse_key
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import Row
from roadwright.store.clock import now
from roadwright.store.models import Initiative, IssuedKey
from roadwright.sync.memory import content_of, copies_of
from roadwright.sync.outcome import TabReport
from roadwright.sync.selection import ALL, Selection
from roadwright.sync.work import OpenTab, Pass
from roadwright.sync.write_back import column_places

_CHUNK = 500


def issue_keys(session: Session, count: int, issued_for: str) -> list[str]:
    """New keys. They are valid once the session's transaction is committed."""
    moment = now()
    issued = [IssuedKey(issued_at=moment, issued_for=issued_for) for _ in range(count)]
    session.add_all(issued)
    session.flush()
    return [make_key(INITIATIVE, row.number) for row in issued]


def issued_numbers(session: Session, keys: Iterable[str]) -> set[int]:
    """The numbers, among those in these keys, that were given out."""
    numbers = sorted({number for key in keys if (number := parse_key(INITIATIVE, key)) is not None})
    known: set[int] = set()
    for start in range(0, len(numbers), _CHUNK):
        known.update(
            session.scalars(select(IssuedKey.number).where(IssuedKey.number.in_(numbers[start : start + _CHUNK])))
        )
    return known


@dataclass
class KeyPool:
    """The keys of one sync.

    ``standing`` are those that stand on any of its tabs. Keys that were given out but not written yet, because their
    workbook was busy, are kept in ``by_place`` and used first at the next attempt.
    """

    standing: set[str] = field(default_factory=set)
    by_place: dict[str, list[str]] = field(default_factory=dict)

    def take(self, session: Session, place: str, count: int) -> list[str]:
        """So many keys for the rows of a tab, none of those that stand on it already."""
        keys = [key for key in self.by_place.get(place, ()) if key not in self.standing]
        keys.extend(issue_keys(session, max(0, count - len(keys)), place))
        self.by_place[place] = keys
        return keys[:count]


def keys_on(tab: OpenTab) -> set[str]:
    """The keys that stand on a tab, as they are stored."""
    return {key for row in tab.table.rows if (key := canonical_key(row.text("initiative_key"))) is not None}


def _waits(row: Row, *, strict: bool) -> bool:
    return "initiative_key" not in row.raw and "initiative_key" not in row.problems and not (strict and row.problems)


def unwritable_keys(tab: OpenTab, rows: Collection[int]) -> dict[int, str]:
    """The rows, among these, whose key can't be written (a formula stands there, the cell is merged), and why."""
    place = column_places(tab)["initiative_key"]
    edit = TabEdit(tab.place.tab, tab.table.header_row, {(row, place): "key" for row in rows})
    return {row: why for (row, _), why in tab.workbook.protected_cells(edit).items()}


def unkeyed(tab: OpenTab, selection: Selection = ALL) -> list[int]:
    """The rows that wait for a key and can get one. On the Backlog, a row that can't be read is mended first.

    Raises SelectionError.
    """
    picked = selection.picks(tab.spec, tab.table.rows)
    strict = tab.spec is tabs.BACKLOG
    rows = [row.number for row in tab.table.rows if row.number in picked and _waits(row, strict=strict)]
    refused = unwritable_keys(tab, rows) if rows else {}
    return [row for row in rows if row not in refused]


def give_keys(work: Pass, tab: OpenTab, pool: KeyPool, selection: Selection = ALL) -> TabReport:
    """Plan a key for every row that waits for one."""
    rows = unkeyed(tab, selection)
    pool.standing |= keys_on(tab)
    if rows:
        place = column_places(tab)["initiative_key"]
        known = _lost_keys(work.session, tab, rows, pool.standing)
        fresh = [row for row in rows if row not in known]
        given = pool.take(work.session, tab.place.full_name, len(fresh))
        for row, key in {**known, **dict(zip(fresh, given, strict=True))}.items():
            tab.pending.cells[row, place] = key
    return TabReport(tab.place)


def _lost_keys(session: Session, tab: OpenTab, rows: Collection[int], standing: Collection[str]) -> dict[int, str]:
    """The keys of rows that had one already, when the workbook went back to a copy from before the keys were written.

    Such a row shows no sign that it was ever synced, says word for word what an initiative's row once said, and that
    initiative's row, which stood here at the last sync, is nowhere now.
    """
    wanted = set(rows)
    unmarked = [row for row in tab.table.rows if row.number in wanted and "updated_at" not in row.raw]
    gone = [key for key in _born_here(session, tab) if key not in standing]
    if not unmarked or not gone:
        return {}
    copies = copies_of(session, tab.spec.name, [(key.casefold(),) for key in gone])
    keys_of: dict[frozenset[tuple[str, str]], list[str]] = {}
    for key in gone:
        for content in {content_of(tab.spec, copy) for copy in copies.get((key.casefold(),), ())}:
            keys_of.setdefault(content, []).append(key)
    found: dict[int, str] = {}
    used: set[str] = set()
    for row in unmarked:
        own = (key for key in keys_of.get(content_of(tab.spec, row.values), ()) if key not in used)
        if (mine := next(own, None)) is not None:
            used.add(mine)
            found[row.number] = mine
    return found


def _born_here(session: Session, tab: OpenTab) -> list[str]:
    """The keys of the initiatives whose row stood on this tab at the last sync, from above."""
    query = select(Initiative.initiative_key).order_by(Initiative.intake_row, Initiative.id)
    if tab.spec is tabs.BACKLOG:
        query = query.where(Initiative.intake_workbook.is_(None))
    else:
        query = query.where(Initiative.intake_source == tab.place.full_name, Initiative.intake_missing.is_(False))
    return list(session.scalars(query))

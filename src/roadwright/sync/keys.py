"""Initiative keys: given out once, before the initiative exists, so that no crash makes two of one row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, make_key
from roadwright.domain.messages import Message
from roadwright.services.bindings.initiatives import all_keys
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import Row
from roadwright.store.clock import now
from roadwright.store.models import IssuedKey
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.external import ExternalIds
from roadwright.sync.lost_keys import keys_on, lost_keys
from roadwright.sync.reports import TabReport
from roadwright.sync.selection import ALL, Selection
from roadwright.sync.write_back import column_places


def issue_keys(session: Session, count: int, issued_for: str, folder: str | None) -> list[str]:
    """New keys. They are valid once the session's transaction is committed."""
    moment = now()
    issued = [IssuedKey(issued_at=moment, issued_for=issued_for, folder=folder) for _ in range(count)]
    session.add_all(issued)
    session.flush()
    return [make_key(INITIATIVE, row.number) for row in issued]


def _unused_keys(session: Session, issued_for: str, folder: str | None) -> list[str]:
    """The keys that were given out for a tab of this folder and belong to no initiative yet.

    A key of another folder may stand in its workbook already.
    """
    issued = session.scalars(
        select(IssuedKey.number).where(IssuedKey.issued_for == issued_for, IssuedKey.folder == folder)
    )
    keys = [make_key(INITIATIVE, number) for number in sorted(issued)]
    used = set(all_keys(session)) if keys else set()
    return [key for key in keys if key not in used]


@dataclass
class KeyPool:
    """The keys of one sync.

    ``standing`` are those that stand on any of its tabs, ``on_intake`` those on its intake tabs. Keys that were given
    out but never written, because their workbook was busy, are kept in ``by_place`` and used first.
    """

    standing: set[str] = field(default_factory=set)
    on_intake: set[str] = field(default_factory=set)
    by_place: dict[str, list[str]] = field(default_factory=dict)
    external: ExternalIds = field(default_factory=ExternalIds)
    """What identifies the rows of its intake tabs in the programs that they came from."""

    def look_at(self, tab: OpenTab) -> None:
        """Learn which keys stand on a tab."""
        keys = keys_on(tab)
        self.standing |= keys
        if tab.spec == tabs.INTAKE:
            self.on_intake |= keys
            self.external.look_at(tab)

    def take(self, session: Session, place: str, folder: str | None, count: int) -> list[str]:
        """So many keys for the rows of a tab, none of those that stand anywhere already.

        One that was never given can stand there when the database is an older one than the sheets.
        """
        known = self.by_place[place] if place in self.by_place else _unused_keys(session, place, folder)
        keys = [key for key in known if key not in self.standing]
        while len(keys) < count:
            new = issue_keys(session, count - len(keys), place, folder)
            keys.extend(key for key in new if key not in self.standing)
        self.by_place[place] = keys
        return keys[:count]


def _waits(row: Row, needed: Collection[str]) -> bool:
    if row.text("initiative_key") or "initiative_key" in row.raw or "initiative_key" in row.problems:
        return False
    return "updated_at" in row.raw or row.problems.keys().isdisjoint(needed)


def unwritable_keys(tab: OpenTab, rows: Collection[int]) -> dict[int, Message]:
    """The rows, among these, whose key can't be written (a formula stands there, the cell is merged), and why."""
    place = column_places(tab)["initiative_key"]
    edit = TabEdit(tab.place.tab, tab.table.header_row, {(row, place): "key" for row in rows})
    return {row: why for (row, _), why in tab.workbook.protected_cells(edit).items()}


def unkeyed(tab: OpenTab, selection: Selection = ALL) -> list[int]:
    """The rows that wait for a key and can get one. On the Backlog, a new row gets one once it can be saved.

    Raises SelectionError.
    """
    picked = selection.picks(tab.spec, tab.table.rows)
    needed = {c.name for c in tab.spec.columns if c.required} if tab.spec == tabs.BACKLOG else ()
    rows = [row.number for row in tab.table.rows if row.number in picked and _waits(row, needed)]
    refused = unwritable_keys(tab, rows) if rows else {}
    return [row for row in rows if row not in refused]


def give_keys(context: SyncContext, tab: OpenTab, pool: KeyPool, selection: Selection = ALL) -> TabReport:
    """Plan a key for every row that waits for one."""
    rows = unkeyed(tab, selection)
    pool.look_at(tab)
    if rows:
        place = column_places(tab)["initiative_key"]
        known = lost_keys(context, tab, rows, pool.on_intake, pool.external)
        pool.on_intake |= set(known.values())
        fresh = [row for row in rows if row not in known]
        given = pool.take(context.session, tab.place.full_name, context.folder, len(fresh))
        for row, key in {**known, **dict(zip(fresh, given, strict=True))}.items():
            tab.pending.cells[row, place] = key
    return TabReport(tab.place)

"""Rows that another program exported: which initiative each is, and what goes along with it.

An export that is made anew has lost our keys, its rows stand in another order, and titles have changed. What identifies
a row there, its ``external_id``, still tells which initiative it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from roadwright.services.backlog.carried import forget_carried_names
from roadwright.services.rows.baselines import baselines_of
from roadwright.sheets.read import Row
from roadwright.store.models import Initiative
from roadwright.store.queries import chunks
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.reports import SheetRow
from roadwright.tabs.peoples_intake import EXTERNAL_ID, PEOPLES_INTAKE

_ID = EXTERNAL_ID.name


def id_of(row: Row) -> str:
    """What identifies a row in the program that it came from; empty where nothing does."""
    return row.text(_ID)


@dataclass
class ExternalIds:
    """The intake tabs of one sync, and which rows of other programs stand on each."""

    tabs: dict[str, OpenTab] = field(default_factory=dict)
    _found: dict[str, frozenset[str]] = field(default_factory=dict)

    def look_at(self, tab: OpenTab) -> None:
        self.tabs[tab.place.full_name] = tab

    def stand_on(self, place: str) -> frozenset[str]:
        """The ids on a tab, read when somebody asks."""
        if place not in self._found:
            tab = self.tabs.get(place)
            has_ids = tab is not None and _ID in tab.table.columns
            self._found[place] = frozenset(map(id_of, tab.table.rows)) if tab is not None and has_ids else frozenset()
        return self._found[place]


def keys_by_id(
    context: SyncContext, tab: OpenTab, rows: Iterable[Row], standing: Collection[str], ids: ExternalIds
) -> dict[int, str]:
    """The keys of those rows, among these without one, whose id is known from this source.

    An initiative of this tab comes first; one of another tab has moved here only where its row stands there no more.
    """
    wanted = {row.number: said for row in rows if (said := id_of(row))} if _ID in tab.table.columns else {}
    if not wanted:
        return {}
    here: dict[str, deque[str]] = {}
    elsewhere: dict[str, deque[str]] = {}
    for said, key, place in _known(context, tab.place.source, set(wanted.values())):
        if key in standing:
            continue
        if place == tab.place.full_name:
            here.setdefault(said, deque()).append(key)
        elif said not in ids.stand_on(place):
            elsewhere.setdefault(said, deque()).append(key)
    found: dict[int, str] = {}
    for number, said in wanted.items():
        keys = here.get(said) or elsewhere.get(said)
        if keys:
            found[number] = keys.popleft()
    return found


def _known(context: SyncContext, source: str, wanted: Collection[str]) -> list[tuple[str, str, str]]:
    query = select(Initiative.external_id, Initiative.initiative_key, Initiative.intake_source)
    query = query.where(Initiative.external_source == source).order_by(Initiative.id)
    if context.workspace.folder is not None:
        query = query.where(or_(Initiative.folder.is_(None), Initiative.folder.not_in(context.workspace.folder.others)))
    return [
        (str(said), key, place)
        for part in chunks(wanted)
        for said, key, place in context.session.execute(query.where(Initiative.external_id.in_(part)))
    ]


def bases_of_exports(context: SyncContext, results: Iterable[SheetRow], stored: Mapping[str, Initiative]) -> None:
    """Let rows of a new export without a version be what the last one said, edited: the newest copy is their base."""
    lost = [
        o
        for o in results
        if o.base is None and not o.is_duplicate and id_of(o.row) and stored[o.key].external_id == id_of(o.row)
    ]
    copies = baselines_of(context.session, PEOPLES_INTAKE.name, {o.identity for o in lost}) if lost else {}
    for result in lost:
        result.base = next(iter(copies.get(result.identity, ())), None)


def take_along(context: SyncContext, row: Row, initiative: Initiative, source: str) -> bool:
    """Keep what goes along with an initiative from its intake row. Returns whether that is something new."""
    known = source if id_of(row) else initiative.external_source
    carried = {**(initiative.carried or {}), **row.carried} or None
    is_new = carried != initiative.carried
    if is_new:
        initiative.carried = carried
        forget_carried_names(context.session)
    if known != initiative.external_source:
        initiative.external_source = known
    return is_new

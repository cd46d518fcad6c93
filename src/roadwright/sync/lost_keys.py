"""The keys of rows that had one and lost it by accident: an older copy of the workbook, a deleted column of keys.

One key that a person cleared is not such an accident: that row is a new idea.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.domain.text import folded
from roadwright.services.rows.baselines import baselines_of, content_of
from roadwright.sheets.read import Row
from roadwright.store.models import Initiative
from roadwright.sync.bases import load_bases
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.external import ExternalIds, keys_by_id


def keys_on(tab: OpenTab) -> set[str]:
    """The keys that stand on a tab, as they are stored."""
    return {key for row in tab.table.rows if (key := canonical_key(row.text("initiative_key"))) is not None}


def lost_keys(
    context: SyncContext, tab: OpenTab, rows: Collection[int], on_intake: Collection[str], external: ExternalIds
) -> dict[int, str]:
    """The keys of those rows, among these without one, that had one already.

    A row of an intake tab may have moved to another one, so ``on_intake``, the keys that stand on any of them, are not
    lost; on the Backlog only its own keys count. Nor are keys lost here that stand in another folder.
    """
    standing = keys_on(tab) if tab.spec == tabs.BACKLOG else on_intake
    numbers = frozenset(rows)
    wanted = [row for row in tab.table.rows if row.number in numbers]
    found = _by_marks(context.session, tab, wanted, standing)
    for step in (partial(keys_by_id, ids=external), _by_content):
        left = [row for row in wanted if row.number not in found]
        found |= step(context, tab, left, {*standing, *found.values()})
    return found


def _by_marks(session: Session, tab: OpenTab, rows: Collection[Row], standing: Collection[str]) -> dict[int, str]:
    """Where the whole column of keys is gone, each row's own row version still says which initiative it showed."""
    marked = [row for row in rows if "updated_at" in row.raw]
    whole_column = "initiative_key" not in tab.table.columns or (len(marked) > 1 and not keys_on(tab))
    if not marked or not whole_column:
        return {}
    copies = load_bases(session, tab)
    found: dict[int, str] = {}
    used = set(standing)
    for row in marked:
        copy = copies.get(row.number)
        key = canonical_key(str(json.loads(copy.identity)[0])) if copy is not None else None
        if key is not None and key not in used:
            used.add(key)
            found[row.number] = key
    return found


def _by_content(context: SyncContext, tab: OpenTab, rows: Collection[Row], standing: Collection[str]) -> dict[int, str]:
    """Where the workbook went back to a copy from before its keys were written.

    Such a row shows no sign that it was ever synced, says word for word what an initiative's row once said, and that
    initiative's row, which stood here at the last sync, is nowhere now.
    """
    unmarked = [row for row in rows if "updated_at" not in row.raw]
    gone = [key for key in _stood_here(context, tab) if key not in standing] if unmarked else []
    if not gone:
        return {}
    copies = baselines_of(context.session, tab.spec.name, [(folded(key),) for key in gone])
    keys_of: dict[frozenset[tuple[str, str]], deque[str]] = {}
    for key in gone:
        for content in {content_of(tab.spec, copy) for copy in copies.get((folded(key),), ())}:
            keys_of.setdefault(content, deque()).append(key)
    found: dict[int, str] = {}
    used: set[str] = set()
    for row in unmarked:
        own = keys_of.get(content_of(tab.spec, row.values), deque())
        while own and own[0] in used:
            own.popleft()  # for good: rows that say the same must not look at each other's keys again
        if own:
            used.add(own[0])
            found[row.number] = own.popleft()
    return found


def _stood_here(context: SyncContext, tab: OpenTab) -> list[str]:
    """The keys of the initiatives whose row stood on this tab at the last sync, from above."""
    query = select(Initiative.initiative_key).order_by(Initiative.intake_row, Initiative.id)
    if tab.spec != tabs.BACKLOG:
        query = query.where(Initiative.intake_source == tab.place.full_name, Initiative.intake_missing.is_(False))
    if context.workspace.folder is not None:
        others = context.workspace.folder.others
        query = query.where(or_(Initiative.folder.is_(None), Initiative.folder.not_in(others)))
    return list(context.session.scalars(query))

"""Rows that were renamed without their sheet: a copy of the tab that still shows the old name is told by its version.

A rename lets the copies of the row that were written before stand for what it is called now (see
``services.rows.baselines.move_copies``). A row that shows the name of its copy, and whose copy stands for another row,
is that one; also where a third row has the old name by now. So is a row that was saved under the name that it shows,
and whose write is still awaited. Where a person typed another name over it, it is not: to type a name in a sheet makes
a row. One that is typed beside renamed rows, under the name that these still show, belongs with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from roadwright import tabs
from roadwright.services.rows.baselines import Baseline, load_unconfirmed
from roadwright.services.rows.binding import Binding
from roadwright.services.rows.identity import Identity, identity_of, identity_text
from roadwright.sheets.kinds.texts import read_as
from roadwright.sheets.read import Row
from roadwright.sync.bases import load_bases
from roadwright.sync.context import OpenTab, SyncContext

_OWNERS: Mapping[str, int] = {
    tabs.ROADMAPS.name: 0,
    tabs.SCENARIO_CONFIG.name: 0,
    tabs.MATH_MODELS.name: 0,
    tabs.METRICS_CONFIG.name: 0,
    tabs.ROADMAP_ENTRIES.name: 1,
    tabs.CONSTRAINTS.name: 1,
    tabs.TARGETS.name: 1,
    tabs.PARAMS.name: 2,
}
"""The tabs whose rows are renamed without their sheet, or go by the name of such a row: by how many columns they do."""


def follow_renames(context: SyncContext, tab: OpenTab, binding: Binding) -> None:
    """Let the rows of an open tab that were renamed since it was written count as what they are now.

    A rename has the tab read as a whole once more (see ``move_copies``), so a row that is settled under a stored name
    is what it says.
    """
    if tab.spec.name not in _OWNERS:
        return
    stored = {identity_text(identity): identity for identity in binding.listed(context.session)}
    rows = [
        row
        for row in tab.table.rows
        if row.number not in tab.renamed
        and not (row.number in tab.settled and identity_text(tab.identity_of(row)) in stored)
    ]
    if not rows:
        return
    copies = load_bases(context.session, tab, rows)
    awaited = _awaited(context, tab)
    for row in rows:
        own, copy = tab.identity_of(row), copies.get(row.number)
        now = awaited.get((row.text("updated_at"), own))
        if now is None and copy is not None and copy.identity != identity_text(own):
            now = copy.identity if identity_of(tab.spec.identity, copy.values) == own else None
        if now in stored and stored[now] != own:
            tab.renamed[row.number] = stored[now]
    if tab.renamed and _OWNERS[tab.spec.name]:
        _take_along(context, tab, binding, list(_new_beside(tab, copies, set(stored.values()))))


def _awaited(context: SyncContext, tab: OpenTab) -> dict[tuple[str, Identity], str]:
    """What rows are called by now whose name was saved and may not have been written, by what they show."""
    identity = tab.spec.identity
    unconfirmed = load_unconfirmed(context.session, context.workspace.folder_token, tab.place.full_name)
    return {
        (one.seen_version, identity_of(identity, one.said)): one.identity
        for one in unconfirmed.values()
        if one.said.keys() >= set(identity)
    }


def _new_beside(
    tab: OpenTab, copies: Mapping[int, Baseline], stored: Collection[Identity]
) -> Iterator[tuple[Row, Identity]]:
    """The new rows under a name that only renamed rows of this tab show, each with one of these as it is called now."""
    width = _OWNERS[tab.spec.name]
    called: dict[Identity, dict[Identity, Identity]] = {}
    new: list[tuple[Row, Identity]] = []
    themselves: set[Identity] = set()
    for row in tab.table.rows:
        own, copy = identity_of(tab.spec.identity, row.brief), copies.get(row.number)
        if (now := tab.renamed.get(row.number)) is not None:
            called.setdefault(own[:width], {})[now[:width]] = now
        elif own in stored:
            themselves.add(own[:width])
        elif copy is None or copy.identity != identity_text(own):  # else it was deleted elsewhere
            new.append((row, own[:width]))
    for row, name in new:
        owners = called.get(name, {})
        if len(owners) == 1 and name not in themselves:
            yield row, next(iter(owners.values()))


def _take_along(context: SyncContext, tab: OpenTab, binding: Binding, new: Sequence[tuple[Row, Identity]]) -> None:
    """Read the name on new rows as what the rows beside them are called now."""
    width = _OWNERS[tab.spec.name]
    names = tab.spec.identity[:width]
    stored = binding.load(context.session, {one for _, one in new}) if new else {}
    for row, one in new:
        tab.renamed[row.number] = (*one[:width], *tab.identity_of(row)[width:])
        for name in names:
            said, now = row.values.get(name), stored[one][name]
            if said != now:
                row.values[name] = now
                row.read_as[name] = read_as(str(said), now, now)
        vars(row).pop("plain", None)

"""Conflicts that stand: fields in which a row of a sheet and the database were changed to different values.

Each pass over a tab keeps those that it leaves; conflicts between intake and backlog stand with their initiative. So
they can be shown and settled without a sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.text import folded
from roadwright.services.rows.identity import Identity
from roadwright.sheets.merge import plain
from roadwright.sheets.spec import TabSpec
from roadwright.store.clock import now
from roadwright.store.models import Initiative, RowConflict
from roadwright.sync.context import OpenTab
from roadwright.tabs.peoples_intake import PEOPLES_INTAKE
from roadwright.workspace.folders import last_token
from roadwright.workspace.workspace import TabPlace, Workspace


@dataclass(frozen=True)
class SheetConflict:
    """A row in conflict, with what its sheet says in the fields that clash."""

    tab: str
    """As people know the tab."""
    place: TabPlace | None
    """None where the tab is none of this folder: it can't be settled from here."""
    number: int
    identity: Identity
    key: str
    """The row as a selection names it."""
    said: Mapping[str, object]
    seen_at: str | None = None
    """When it was found first, where that is known."""

    @property
    def spec(self) -> TabSpec:
        """What its row is read by."""
        return PEOPLES_INTAKE if self.place is None or self.is_intake else self.place.spec

    @property
    def is_intake(self) -> bool:
        """Between an intake row and its initiative; else between a row and what is stored for it."""
        return self.place is None or self.place.spec == tabs.INTAKE


def keep_conflicts(session: Session, open_tabs: Iterable[OpenTab], folder: str) -> None:
    """Keep what is in conflict on the tabs that were merged. Where that was kept before, nothing is written."""
    for tab in open_tabs:
        if tab.is_merged and tab.spec != tabs.INTAKE:
            _keep_of_tab(session, tab, folder)


def _keep_of_tab(session: Session, tab: OpenTab, folder: str) -> None:
    place = tab.place.full_name
    kept = select(RowConflict).where(RowConflict.folder == folder, RowConflict.place == place)
    before = {tuple(one.identity): one for one in session.scalars(kept)}
    for identity, (number, key, said) in _standing(tab).items():
        one = before.pop(identity, None)
        if one is None:
            one = RowConflict(folder=folder, place=place, identity=list(identity), seen_at=now())
            session.add(one)
        elif one.said == said and (one.number, one.row_key) == (number, key):
            continue  # what is set counts as changed, also as the same
        elif one.said != said:
            one.seen_at = now()
        one.number, one.row_key, one.said = number, key, said
    for one in before.values():
        session.delete(one)


def _standing(tab: OpenTab) -> dict[Identity, tuple[int, str, dict[str, object]]]:
    """Rows with the conflicts that this pass leaves: those whose cell stays as it was typed, whoever was to win."""
    found: dict[Identity, tuple[int, str, dict[str, object]]] = {}
    for result in tab.merged:
        said = {name: plain(said) for name, (said, _) in result.merge.clashes.items() if name in result.kept}
        if said:
            found[result.identity] = (result.row.number, result.key, said)
    return found


def clashing_columns(session: Session, key: str) -> dict[str, list[str]]:
    """Of an initiative the columns in which rows of sheets are in conflict, by where: workbook and tab."""
    found: dict[str, list[str]] = {}
    named = RowConflict.row_key
    rows = select(RowConflict).where(or_(named == key, named.startswith(f"{key} / "), named.endswith(f" / {key}")))
    for one in session.scalars(rows.order_by(RowConflict.id)):
        columns = found.setdefault(one.place, [])
        columns += [name for name in one.said if name not in columns]
    return found


def standing_conflicts(session: Session, workspace: Workspace) -> list[SheetConflict]:
    """All that stand: those with intake first, each by where its row is."""
    places = {place.full_name: place for place in workspace.places()}
    folder = workspace.folder_token or last_token(workspace.private)
    return [*_with_intake(session, places, folder), *_of_rows(session, places, folder)]


def _with_intake(session: Session, places: Mapping[str, TabPlace], folder: str) -> Iterator[SheetConflict]:
    clashing = select(Initiative).where(Initiative.intake_conflicts.is_not(None))
    found = [one for one in session.scalars(clashing) if one.intake_conflicts]
    found.sort(key=lambda one: (one.intake_source or "", one.intake_row or 0))
    for one in found:
        is_here = one.folder in (None, folder)  # another folder may have a tab of the same name
        place = places.get(one.intake_source or "") if is_here else None
        name = place.name if place is not None else one.intake_source or ""
        key = one.initiative_key
        yield SheetConflict(name, place, one.intake_row or 0, (folded(key),), key, one.intake_conflicts or {})


def _of_rows(session: Session, places: Mapping[str, TabPlace], folder: str) -> Iterator[SheetConflict]:
    order = {name: number for number, name in enumerate(places)}
    kept: Iterable[RowConflict] = session.scalars(select(RowConflict).where(RowConflict.folder == folder))
    standing: Sequence[RowConflict] = [one for one in kept if one.place in places]
    for one in sorted(standing, key=lambda one: (order[one.place], one.number)):
        place = places[one.place]
        yield SheetConflict(
            place.name, place, one.number, tuple(one.identity), one.row_key, one.said, seen_at=one.seen_at
        )

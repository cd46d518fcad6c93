"""The workbook Roadmaps in the middle of an action: its tabs are saved first, and brought up to date in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import ActionContext, on_conflict, row_stops
from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded
from roadwright.services.bindings.roadmap_entries import UNDECLARED, RoadmapEntriesBinding, entry_notes, say_entries
from roadwright.services.bindings.roadmaps import GatesBinding, RoadmapsBinding
from roadwright.services.roadmaps.standing import standing_warnings
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.store.models import Roadmap, RoadmapEntry
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import show_tab
from roadwright.sync.reports import SheetRow, TabReport
from roadwright.sync.saves import MERGES, Merged, merge_entries, remember_new_rows, still_in_effect
from roadwright.sync.selection import ALL

TABS = (tabs.ROADMAPS, tabs.GATES, tabs.ROADMAP_ENTRIES)
STOPPED = (Level.FAILED, Level.CONFLICT)
"""A row that says this can't be worked with."""


@dataclass
class RoadmapTabs:
    """The three tabs in the middle of a pass, after their inputs were saved."""

    current: SyncContext
    tabs: Mapping[str, OpenTab]
    merged: Mapping[str, Merged]
    new_notes: dict[Identity, Notes] = field(default_factory=dict)
    """What is to be said of roadmaps that do not stand on the tab yet."""

    def results(self, name: str) -> list[SheetRow]:
        return self.merged[name][0]

    def notes(self, roadmap: Roadmap) -> Notes:
        """The notes of a roadmap's row."""
        identity = identity_of_roadmap(roadmap)
        for result in self.results(tabs.ROADMAPS.name):
            if result.identity == identity and not result.is_duplicate:
                return result.notes
        return self.new_notes.setdefault(identity, Notes())


def identity_of_roadmap(roadmap: Roadmap) -> Identity:
    return (folded(roadmap.roadmap_name),)


def save_roadmap_tabs(current: SyncContext, open_tabs: Sequence[OpenTab], request: ActionContext) -> RoadmapTabs:
    """Save what was typed on the three tabs."""
    rule = on_conflict(request)
    merged: dict[str, Merged] = {}
    for tab in open_tabs:
        if tab.spec is tabs.ROADMAP_ENTRIES:
            merged[tab.spec.name] = merge_entries(current, tab, RoadmapEntriesBinding(), ALL, rule)
        else:
            merged[tab.spec.name] = MERGES[tab.spec.name](current, tab, ALL, rule)
    return RoadmapTabs(current, {tab.spec.name: tab for tab in open_tabs}, merged)


def stopping_gates(cache: RoadmapTabs, roadmap: Roadmap) -> list[Message]:
    """Rows of the roadmap's policy that could not be saved: a gate is never dropped in silence."""
    policy = folded(roadmap.gate_policy or "")
    return [
        row_stops(f"{tabs.GATES.name}!{o.row.number}", o.notes.reason).about("gate_policy")
        for o in cache.results(tabs.GATES.name)
        if policy and o.notes.level in STOPPED and folded(o.row.text("gate_policy")) in ("", policy)
    ]


def stopping_entries(cache: RoadmapTabs, roadmap: Roadmap) -> list[Message]:
    """Rows of the roadmap on Roadmap_Entries that could not be saved, such as a waiver or a lock."""
    name = folded(roadmap.roadmap_name)
    return [
        row_stops(f"{tabs.ROADMAP_ENTRIES.name}!{o.row.number}", o.notes.reason)
        for o in cache.results(tabs.ROADMAP_ENTRIES.name)
        if o.notes.level in STOPPED and folded(o.row.text("roadmap_name")) in ("", name)
    ]


def show_roadmap_tabs(
    cache: RoadmapTabs, chosen: Iterable[Roadmap], notices: Mapping[Identity, Message]
) -> list[TabReport]:
    """Bring the three tabs up to date; ``notices`` are what there is to tell of single entries."""
    current, session = cache.current, cache.current.session
    names = {identity_of_roadmap(roadmap) for roadmap in chosen}
    roadmaps, entries = RoadmapsBinding(), RoadmapEntriesBinding()
    results, report = cache.merged[tabs.ROADMAPS.name]
    say_standing(session, results)
    show_tab(
        current,
        cache.tabs[tabs.ROADMAPS.name],
        roadmaps,
        results,
        report,
        add=lambda present: [identity for identity in roadmaps.listed(session) if identity in names - present],
        statuses=lambda identity: cache.new_notes.get(identity, Notes()),
    )
    report.rows += still_in_effect(session, cache.tabs[tabs.ROADMAPS.name], report)
    show_tab(current, cache.tabs[tabs.GATES.name], GatesBinding(), *cache.merged[tabs.GATES.name])
    results, report = cache.merged[tabs.ROADMAP_ENTRIES.name]
    say_entries(entries.rows(session), results)
    _say_not_declared(entries.rows(session), results)
    for result in results:
        if result.identity in notices:
            result.notes.add(notices[result.identity])
    shown = names | {result.identity[:1] for result in results}
    show_tab(
        current,
        cache.tabs[tabs.ROADMAP_ENTRIES.name],
        entries,
        results,
        report,
        add=lambda present: [i for i in entries.listed(session) if i[:1] in shown and i not in present],
        statuses=lambda identity: entry_notes(*entries.rows(session)[identity]),
    )
    remember_new_rows(current, cache.tabs[tabs.ROADMAP_ENTRIES.name])
    return [report for _, report in cache.merged.values()]


def _say_not_declared(rows: Mapping[Identity, tuple[Roadmap, RoadmapEntry]], results: Iterable[SheetRow]) -> None:
    """Entries of a roadmap that is not declared are saved like others; here, where others are judged, they say so."""
    for result in results:
        if result.identity in rows and not result.is_duplicate and not rows[result.identity][0].is_declared:
            result.notes.take_back(UNDECLARED)
            result.notes.skip(UNDECLARED, "roadmap_name")


def say_standing(session: Session, results: Iterable[SheetRow]) -> None:
    """Warn on the rows of Roadmaps of capacity that is promised twice, and of drift since a version was published."""
    warnings = standing_warnings(session)
    for result in results:
        if result.is_selected and not result.is_duplicate and result.notes.level not in STOPPED:
            result.notes.add(*warnings.get(result.identity[0], ()))

"""The workbook Roadmaps in the middle of an action: its tabs are saved first, and brought up to date in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Request
from roadwright.actions.options import on_conflict
from roadwright.domain.text import folded
from roadwright.roadmaps.standing import standing_warnings
from roadwright.store.models import Roadmap, RoadmapEntry
from roadwright.sync.engine import show_tab
from roadwright.sync.identity import Identity
from roadwright.sync.outcome import Outcome, TabReport
from roadwright.sync.roadmap_entries import (
    NOT_DECLARED,
    RoadmapEntriesBinding,
    entry_notes,
    merge_entries,
    remember_new_rows,
    say_entries,
)
from roadwright.sync.roadmaps import GatesBinding, RoadmapsBinding
from roadwright.sync.saves import MERGES, Merged, still_in_effect
from roadwright.sync.selection import ALL
from roadwright.sync.statuses import Level, Notes
from roadwright.sync.work import OpenTab, Pass

DESK_TABS = (tabs.ROADMAPS, tabs.GATES, tabs.ROADMAP_ENTRIES)
STOPPED = (Level.FAILED, Level.CONFLICT)
"""A row that says this can't be worked with."""


@dataclass
class RoadmapDesk:
    """The three tabs in the middle of a pass, after their inputs were saved."""

    current: Pass
    tabs: Mapping[str, OpenTab]
    merged: Mapping[str, Merged]
    new_notes: dict[Identity, Notes] = field(default_factory=dict)
    """What is to be said of roadmaps that do not stand on the tab yet."""

    def outcomes(self, name: str) -> list[Outcome]:
        return self.merged[name][0]

    def notes(self, roadmap: Roadmap) -> Notes:
        """The notes of a roadmap's row."""
        identity = identity_of_roadmap(roadmap)
        for outcome in self.outcomes(tabs.ROADMAPS.name):
            if outcome.identity == identity and not outcome.doubled:
                return outcome.notes
        return self.new_notes.setdefault(identity, Notes())


def identity_of_roadmap(roadmap: Roadmap) -> Identity:
    return (folded(roadmap.roadmap_name),)


def save_desk(current: Pass, open_tabs: Sequence[OpenTab], request: Request) -> RoadmapDesk:
    """Save what was typed on the three tabs."""
    rule = on_conflict(request)
    merged: dict[str, Merged] = {}
    for tab in open_tabs:
        if tab.spec is tabs.ROADMAP_ENTRIES:
            merged[tab.spec.name] = merge_entries(current, tab, RoadmapEntriesBinding(), ALL, rule)
        else:
            merged[tab.spec.name] = MERGES[tab.spec.name](current, tab, ALL, rule)
    return RoadmapDesk(current, {tab.spec.name: tab for tab in open_tabs}, merged)


def stopping_gates(desk: RoadmapDesk, roadmap: Roadmap) -> list[str]:
    """Rows of the roadmap's policy that could not be saved: a gate is never dropped in silence."""
    policy = folded(roadmap.gate_policy or "")
    return [
        f"gate_policy: {tabs.GATES.name}!{o.row.number}: {o.notes.reason}"
        for o in desk.outcomes(tabs.GATES.name)
        if policy and o.notes.level in STOPPED and folded(o.row.text("gate_policy")) in ("", policy)
    ]


def stopping_entries(desk: RoadmapDesk, roadmap: Roadmap) -> list[str]:
    """Rows of the roadmap on Roadmap_Entries that could not be saved, such as a waiver or a lock."""
    name = folded(roadmap.roadmap_name)
    return [
        f"{tabs.ROADMAP_ENTRIES.name}!{o.row.number}: {o.notes.reason}"
        for o in desk.outcomes(tabs.ROADMAP_ENTRIES.name)
        if o.notes.level in STOPPED and folded(o.row.text("roadmap_name")) in ("", name)
    ]


def show_desk(desk: RoadmapDesk, chosen: Iterable[Roadmap], notices: Mapping[Identity, str]) -> list[TabReport]:
    """Bring the three tabs up to date; ``notices`` are what there is to tell of single entries."""
    current, session = desk.current, desk.current.session
    names = {identity_of_roadmap(roadmap) for roadmap in chosen}
    roadmaps, entries = RoadmapsBinding(), RoadmapEntriesBinding()
    outcomes, report = desk.merged[tabs.ROADMAPS.name]
    say_standing(session, outcomes)
    show_tab(
        current,
        desk.tabs[tabs.ROADMAPS.name],
        roadmaps,
        outcomes,
        report,
        add=lambda present: [identity for identity in roadmaps.listed(session) if identity in names - present],
        statuses=lambda identity: desk.new_notes.get(identity, Notes()),
    )
    report.rows += still_in_effect(session, desk.tabs[tabs.ROADMAPS.name], report)
    show_tab(current, desk.tabs[tabs.GATES.name], GatesBinding(), *desk.merged[tabs.GATES.name])
    outcomes, report = desk.merged[tabs.ROADMAP_ENTRIES.name]
    say_entries(entries.rows(session), outcomes)
    _say_not_declared(entries.rows(session), outcomes)
    for outcome in outcomes:
        if outcome.identity in notices:
            outcome.notes.notices.append(notices[outcome.identity])
    shown = names | {outcome.identity[:1] for outcome in outcomes}
    show_tab(
        current,
        desk.tabs[tabs.ROADMAP_ENTRIES.name],
        entries,
        outcomes,
        report,
        add=lambda present: [i for i in entries.listed(session) if i[:1] in shown and i not in present],
        statuses=lambda identity: entry_notes(*entries.rows(session)[identity]),
    )
    remember_new_rows(current, desk.tabs[tabs.ROADMAP_ENTRIES.name])
    return [report for _, report in desk.merged.values()]


def _say_not_declared(rows: Mapping[Identity, tuple[Roadmap, RoadmapEntry]], outcomes: Iterable[Outcome]) -> None:
    """Entries of a mere name are saved like others, but here is where they would be judged."""
    for outcome in outcomes:
        if outcome.identity in rows and not outcome.doubled and not rows[outcome.identity][0].is_declared:
            outcome.notes.notices.remove(NOT_DECLARED)
            outcome.notes.skipped.append(NOT_DECLARED)


def say_standing(session: Session, outcomes: Iterable[Outcome]) -> None:
    """Warn on the rows of Roadmaps of capacity that is promised twice, and of drift since a version was published."""
    warnings = standing_warnings(session)
    for outcome in outcomes:
        if outcome.looked_at and not outcome.doubled and outcome.notes.level not in STOPPED:
            outcome.notes.warnings.extend(warnings.get(outcome.identity[0], ()))

"""After a run of a roadmap: what was chosen, kept with its entries and shown, and what is promised twice by that."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright import tabs
from roadwright.actions.contract import ActionContext
from roadwright.domain.messages import Message
from roadwright.services.bindings.roadmap_entries import RoadmapEntriesBinding
from roadwright.services.portfolios.drafts import RunDraft
from roadwright.services.roadmaps.overlap import promised_twice
from roadwright.services.roadmaps.selected import select_entries
from roadwright.sheets.backend import SheetError
from roadwright.store.models import OptimizationRun
from roadwright.store.roadmaps import find_roadmap
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import PendingWrite, merge_tab, run_pass, show_tab
from roadwright.sync.reports import TabReport


def note_promised_twice(request: ActionContext, draft: RunDraft) -> None:
    """Note on a solved draft which of its choices another roadmap promises as well; the run alerts of them."""
    if draft.solution is not None and draft.scenario.roadmap_name:
        with request.workspace.store.transaction() as session:
            draft.promised_twice = promised_twice(session, draft.scenario.roadmap_name, draft.solution.selected)


def keep_choice(request: ActionContext, run: OptimizationRun) -> None:
    """Keep with the roadmap's entries what the run chose."""
    with request.workspace.store.transaction() as session:
        roadmap = find_roadmap(session, run.roadmap_name) if run.roadmap_name else None
        if roadmap is not None:
            select_entries(session, roadmap)


def show_choice(request: ActionContext, run: OptimizationRun) -> Message | None:
    """Show it on Roadmap_Entries. Returns why that could not be: the run is none the worse for it."""
    if run.roadmap_name is None:
        return None
    place = request.workspace.place(tabs.ROADMAP_ENTRIES)
    try:
        run_pass(request.workspace, request.action, [place], _refresh, wait=0)
    except (SheetError, PendingWrite) as problem:
        return Message("choice_not_shown", params={"why": problem.message, "tab": place.name})
    return None


def _refresh(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
    [tab] = open_tabs
    results, report = merge_tab(current, tab, RoadmapEntriesBinding(), show_only=True)
    show_tab(current, tab, RoadmapEntriesBinding(), results, report)
    return [report]

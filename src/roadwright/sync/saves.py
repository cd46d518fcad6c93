"""How each tab that people type on is saved: the one list that actions dispatch on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.messages import Level, warning
from roadwright.domain.roadmaps import PROMISED
from roadwright.services.bindings.backlog import BacklogBinding, say_intake
from roadwright.services.bindings.candidates import CandidatesBinding
from roadwright.services.bindings.constraint_sets import ConstraintsBinding, TargetsBinding
from roadwright.services.bindings.math_models import MathModelsBinding, ParamsBinding
from roadwright.services.bindings.metrics import MetricsConfigBinding, judge_registry, renamed_rows
from roadwright.services.bindings.product_ops import KpiContributionsBinding, ScoringInputsBinding
from roadwright.services.bindings.roadmap_entries import RoadmapEntriesBinding, remember_rows, say_entries
from roadwright.services.bindings.roadmaps import GatesBinding, RoadmapsBinding
from roadwright.services.bindings.scenarios import ScenarioBinding
from roadwright.services.rows.binding import Binding, Values
from roadwright.services.rows.identity import display_key
from roadwright.services.rows.notes import Notes
from roadwright.sheets.backend import SheetError, TabEdit
from roadwright.sheets.merge import Winners
from roadwright.sync.annotations import collect_annotations
from roadwright.sync.bases import load_bases
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import merge_tab
from roadwright.sync.renames import follow_renames
from roadwright.sync.reports import RowReport, SheetRow, TabReport
from roadwright.sync.selection import Selection

Merged = tuple[list[SheetRow], TabReport]
Merge = Callable[[SyncContext, OpenTab, Selection, Winners], Merged]


def _plain(binding: Callable[[], Binding]) -> Merge:
    def merge(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
        return merge_tab(context, tab, binding(), selection=selection, on_conflict=on_conflict)

    return merge


def _backlog(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
    results, report = merge_tab(context, tab, BacklogBinding(), selection=selection, on_conflict=on_conflict)
    say_intake(context.session, results)
    return results, report


def _candidates(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
    collect_annotations(context, tab)
    return merge_tab(context, tab, CandidatesBinding(), selection=selection, on_conflict=on_conflict)


def _math_models(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
    binding = MathModelsBinding(tab.table.rows)
    merged = merge_tab(context, tab, binding, selection=selection, on_conflict=on_conflict)
    binding.show_primaries(context.session)
    return merged


def _metrics_config(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
    """Save the selected rows if the registry as a whole stays right, else none of them."""
    follow_renames(context, tab, MetricsConfigBinding())
    there = {row.number: tab.identity_of(row) for row in tab.table.rows}
    binding = MetricsConfigBinding(renamed_rows(context.session, there, load_bases(context.session, tab)))
    results, report = merge_tab(context, tab, binding, selection=selection, on_conflict=on_conflict)
    report.saved, report.created = judge_registry(context, binding, results)
    return results, report


def _with_places(binding: Callable[[], ScenarioBinding | ConstraintsBinding | TargetsBinding]) -> Merge:
    """Rules and scenarios are named by their row in a run's answer, so the rows are kept as they stand now."""

    def merge(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
        bound = binding()
        results, report = merge_tab(context, tab, bound, selection=selection, on_conflict=on_conflict)
        bound.remember_rows(context.session, {o.identity: o.row.number for o in results if not o.is_duplicate})
        return results, report

    return merge


def _roadmap_entries(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: Winners) -> Merged:
    binding = RoadmapEntriesBinding()
    results, report = merge_entries(context, tab, binding, selection, on_conflict)
    say_entries(binding.rows(context.session), results)
    return results, report


def merge_entries(
    context: SyncContext, tab: OpenTab, binding: RoadmapEntriesBinding, selection: Selection, on_conflict: Winners
) -> tuple[list[SheetRow], TabReport]:
    """Merge and save the selected rows, and keep in which row each entry stands: a run names its lock by that."""
    results, report = merge_tab(context, tab, binding, selection=selection, on_conflict=on_conflict)
    remember_rows(binding.rows(context.session), {o.identity: o.row.number for o in results if not o.is_duplicate})
    return results, report


def remember_new_rows(context: SyncContext, tab: OpenTab) -> None:
    """Keep in which rows the entries will stand that this pass puts on the tab."""
    pending = tab.pending
    if not pending.appended:
        return
    try:
        numbers = tab.workbook.plan_append(
            TabEdit(tab.place.tab, tab.table.header_row, pending.cells, pending.appended, tab.table.last_data_row)
        )
    except SheetError:
        return  # writing the tab will say that there is no room
    identities = [identity for _, identity, _ in pending.copies[-len(pending.appended) :]]
    remember_rows(RoadmapEntriesBinding().rows(context.session), dict(zip(identities, numbers, strict=True)))


def still_in_effect(session: Session, tab: OpenTab, report: TabReport) -> list[RowReport]:
    """What to say of stored rows that were deleted from a tab and still count: deleting a row deletes no data."""
    if tab.spec.name not in _STILL_COUNTS:
        return []
    counts, code = _STILL_COUNTS[tab.spec.name]
    binding = BINDINGS[tab.spec.name]()
    gone = set(binding.listed(session)) - {tab.identity_of(row) for row in tab.table.rows}
    rows = binding.load(session, gone)
    status = Notes([warning(code)]).text
    return [
        RowReport(report.place.name, 0, display_key(tab.spec, rows[identity]), status, Level.WARNING)
        for identity in sorted(gone)
        if counts(rows[identity])
    ]


_STILL_COUNTS: Mapping[str, tuple[Callable[[Values], bool], str]] = {
    tabs.METRICS_CONFIG.name: (lambda kpi: bool(kpi["is_active"]), "kpi_row_gone"),
    tabs.ROADMAPS.name: (lambda roadmap: roadmap["status"] in PROMISED, "roadmap_row_gone"),
}
"""By tab what tells whether a stored row counts, and what to do about one that is gone from the tab."""

MERGES: Mapping[str, Merge] = {
    tabs.BACKLOG.name: _backlog,
    tabs.SCORING_INPUTS.name: _plain(ScoringInputsBinding),
    tabs.MATH_MODELS.name: _math_models,
    tabs.PARAMS.name: _plain(ParamsBinding),
    tabs.METRICS_CONFIG.name: _metrics_config,
    tabs.KPI_CONTRIBUTIONS.name: _plain(KpiContributionsBinding),
    tabs.CANDIDATES.name: _candidates,
    tabs.SCENARIO_CONFIG.name: _with_places(ScenarioBinding),
    tabs.CONSTRAINTS.name: _with_places(ConstraintsBinding),
    tabs.TARGETS.name: _with_places(TargetsBinding),
    tabs.ROADMAPS.name: _plain(RoadmapsBinding),
    tabs.GATES.name: _plain(GatesBinding),
    tabs.ROADMAP_ENTRIES.name: _roadmap_entries,
}
"""Merge and save the selected rows of a tab; the tab itself is brought up to date afterwards."""

BINDINGS: Mapping[str, Callable[[], Binding]] = {
    tabs.BACKLOG.name: BacklogBinding,
    tabs.SCORING_INPUTS.name: ScoringInputsBinding,
    tabs.MATH_MODELS.name: MathModelsBinding,
    tabs.PARAMS.name: ParamsBinding,
    tabs.METRICS_CONFIG.name: MetricsConfigBinding,
    tabs.KPI_CONTRIBUTIONS.name: KpiContributionsBinding,
    tabs.CANDIDATES.name: CandidatesBinding,
    tabs.SCENARIO_CONFIG.name: ScenarioBinding,
    tabs.CONSTRAINTS.name: ConstraintsBinding,
    tabs.TARGETS.name: TargetsBinding,
    tabs.ROADMAPS.name: RoadmapsBinding,
    tabs.GATES.name: GatesBinding,
    tabs.ROADMAP_ENTRIES.name: RoadmapEntriesBinding,
}
"""The binding of each tab that shows stored data."""

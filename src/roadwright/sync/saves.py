"""How each tab that people type on is saved: the one list that actions dispatch on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.messages import Level
from roadwright.domain.roadmaps import PROMISED
from roadwright.sheets.merge import OnConflict
from roadwright.sync.annotations import collect_annotations
from roadwright.sync.backlog import BacklogBinding, say_intake
from roadwright.sync.binding import Binding, Values
from roadwright.sync.candidates import CandidatesBinding
from roadwright.sync.constraint_sets import ConstraintsBinding, TargetsBinding
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import merge_tab
from roadwright.sync.identity import display_key, identity_of
from roadwright.sync.math_models import MathModelsBinding, ParamsBinding
from roadwright.sync.metrics import MetricsConfigBinding, merge_metrics_config
from roadwright.sync.product_ops import KpiContributionsBinding, ScoringInputsBinding
from roadwright.sync.roadmap_entries import RoadmapEntriesBinding, merge_entries, say_entries
from roadwright.sync.roadmaps import GatesBinding, RoadmapsBinding
from roadwright.sync.row_results import RowReport, RowResult, TabReport
from roadwright.sync.scenarios import ScenarioBinding
from roadwright.sync.selection import Selection

Merged = tuple[list[RowResult], TabReport]
Merge = Callable[[SyncContext, OpenTab, Selection, OnConflict], Merged]


def _plain(binding: Callable[[], Binding]) -> Merge:
    def merge(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: OnConflict) -> Merged:
        return merge_tab(context, tab, binding(), selection=selection, on_conflict=on_conflict)

    return merge


def _backlog(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: OnConflict) -> Merged:
    results, report = merge_tab(context, tab, BacklogBinding(), selection=selection, on_conflict=on_conflict)
    say_intake(context.session, results)
    return results, report


def _candidates(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: OnConflict) -> Merged:
    collect_annotations(context, tab)
    return merge_tab(context, tab, CandidatesBinding(), selection=selection, on_conflict=on_conflict)


def _math_models(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: OnConflict) -> Merged:
    binding = MathModelsBinding(tab.table)
    merged = merge_tab(context, tab, binding, selection=selection, on_conflict=on_conflict)
    binding.show_primaries(context.session)
    return merged


def _with_places(binding: Callable[[], ScenarioBinding | ConstraintsBinding | TargetsBinding]) -> Merge:
    """Rules and scenarios are named by their row in a run's answer, so the rows are kept as they stand now."""

    def merge(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: OnConflict) -> Merged:
        bound = binding()
        results, report = merge_tab(context, tab, bound, selection=selection, on_conflict=on_conflict)
        bound.remember_rows(context.session, {o.identity: o.row.number for o in results if not o.is_duplicate})
        return results, report

    return merge


def _roadmap_entries(context: SyncContext, tab: OpenTab, selection: Selection, on_conflict: OnConflict) -> Merged:
    binding = RoadmapEntriesBinding()
    results, report = merge_entries(context, tab, binding, selection, on_conflict)
    say_entries(binding.rows(context.session), results)
    return results, report


def still_in_effect(session: Session, tab: OpenTab, report: TabReport) -> list[RowReport]:
    """What to say of stored rows that were deleted from a tab and still count: deleting a row deletes no data."""
    if tab.spec.name not in _STILL_COUNTS:
        return []
    counts, advice = _STILL_COUNTS[tab.spec.name]
    binding = BINDINGS[tab.spec.name]()
    gone = set(binding.listed(session)) - {identity_of(tab.spec.identity, row.brief) for row in tab.table.rows}
    rows = binding.load(session, gone)
    return [
        RowReport(report.place.name, 0, display_key(tab.spec, rows[i]), f"{Level.WARNING}: {advice}", Level.WARNING)
        for i in sorted(gone)
        if counts(rows[i])
    ]


_STILL_COUNTS: Mapping[str, tuple[Callable[[Values], bool], str]] = {
    tabs.METRICS_CONFIG.name: (
        lambda kpi: bool(kpi["is_active"]),
        "its row is gone from the tab, but the KPI still counts; type the row again with is_active FALSE, or run "
        "pm.refresh_tab to get it back",
    ),
    tabs.ROADMAPS.name: (
        lambda roadmap: roadmap["status"] in PROMISED,
        "its row is gone from the tab (or was renamed), but the roadmap is still approved or published, and its "
        "capacity promised; pm.roadmap_set_status --option roadmap_name=… --option status=archived ends that, "
        "pm.refresh_tab brings the row back",
    ),
}
"""By tab what tells whether a stored row counts, and what to do about one that is gone from the tab."""

MERGES: Mapping[str, Merge] = {
    tabs.BACKLOG.name: _backlog,
    tabs.SCORING_INPUTS.name: _plain(ScoringInputsBinding),
    tabs.MATH_MODELS.name: _math_models,
    tabs.PARAMS.name: _plain(ParamsBinding),
    tabs.METRICS_CONFIG.name: merge_metrics_config,
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

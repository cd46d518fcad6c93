"""What a rebuild takes from a sheet beyond what people type there: values that actions once computed or decided.

Saving a tab stores its typed columns. A database that was lost knows no scores, statuses or versions either, and what
it does not know would be shown as blank. So they are taken as the sheet shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import ContributionSource
from roadwright.domain.keys import OPTIMIZATION_RUN, canonical_key, make_key, parse_key
from roadwright.domain.optimization import ObjectiveMode, RunStatus
from roadwright.domain.provenance import REBUILD
from roadwright.services.bindings.initiatives import by_identity
from roadwright.services.bindings.math_models import MathModelsBinding, ParamsBinding
from roadwright.services.bindings.roadmap_entries import RoadmapEntriesBinding
from roadwright.services.roadmaps.export_files import file_stems
from roadwright.services.rows.identity import Identity
from roadwright.sheets.merge import plain
from roadwright.sheets.read import Row
from roadwright.sheets.spec import TabSpec
from roadwright.store.clock import now
from roadwright.store.models import (
    Initiative,
    InitiativeMathModel,
    InitiativeParam,
    InitiativeScore,
    OptimizationRun,
    Portfolio,
    PortfolioItem,
)
from roadwright.store.queries import ATTRIBUTES, current_scores
from roadwright.store.roadmaps import all_roadmaps
from roadwright.sync.reports import SheetRow
from roadwright.tabs.peoples_intake import CARRIED_PREFIX, EXTERNAL_ID, EXTERNAL_URL
from roadwright.tabs.product_ops import SCORE_PARTS, SCORE_PREFIX
from roadwright.workspace.contents import LARGEST_NUMBER

_BACKLOG_SHOWS = tuple(
    c.name
    for c in tabs.BACKLOG.columns
    if c.name in ATTRIBUTES
    and c not in tabs.BACKLOG.saved
    and c.name not in ("initiative_key", "updated_source", "updated_at")
)
"""The stored columns of the Backlog that nobody types there."""
_RUN_FACTS: Mapping[str, object] = MappingProxyType(
    {
        "scenario_name": "",
        "period_key": "",
        "status": str(RunStatus.FAILED),
        "objective_mode": str(ObjectiveMode.NORTH_STAR),
        "capacity_total": 0.0,
        "created_at": "",
        "summary": "",
    }
)
"""What every run has, and what is kept where somebody took the column from the tab."""
_RUN_MORE = ("constraint_set_name", "finished_at", "snapshot_hash")
_RUN_SHOWS = tuple(
    c.name
    for c in tabs.RUNS.columns
    if c.name not in (*_RUN_FACTS, *_RUN_MORE, "run_id", "run_status", "updated_source", "updated_at")
)


def take_over(session: Session, tab: str, results: Iterable[SheetRow], foreign: Collection[int]) -> None:
    """Take the values of those rows of a tab that this database did not write."""
    rows = {o.identity: o.row for o in results if o.row.number in foreign and not o.is_duplicate}
    if tab in _TAKERS and rows:
        session.flush()
        _TAKERS[tab](session, rows)
        session.flush()


def _backlog(session: Session, rows: Mapping[Identity, Row]) -> None:
    for identity, initiative in by_identity(session, rows).items():
        said = rows[identity].values
        for name in _BACKLOG_SHOWS:
            if said.get(name) is not None:
                setattr(initiative, name, said[name])
        _take_along(initiative, said)
        _place_intake(initiative)


def _take_along(initiative: Initiative, said: Mapping[str, object]) -> None:
    """What came with its intake row, where the Backlog has columns for it; a row that is still there says it again."""
    carried = {
        name.removeprefix(CARRIED_PREFIX): value for name, value in said.items() if name.startswith(CARRIED_PREFIX)
    }
    if any(value is not None for value in carried.values()):
        initiative.carried = {**(initiative.carried or {}), **carried}
    for name in (EXTERNAL_ID.name, EXTERNAL_URL.name):
        if said.get(name) is not None:
            setattr(initiative, name, said[name])


def _place_intake(initiative: Initiative) -> None:
    """An initiative whose intake row is gone keeps where that stood; one that is there is found again by the sync."""
    workbook, separator, tab = initiative.intake_source.rpartition("!")
    if separator and initiative.intake_workbook is None:
        initiative.intake_workbook, initiative.intake_tab, initiative.intake_missing = workbook, tab, True


def _scoring_inputs(session: Session, rows: Mapping[Identity, Row]) -> None:
    found = by_identity(session, rows)
    scores = current_scores(session, (initiative.id for initiative in found.values()))
    for identity, initiative in found.items():
        said = rows[identity].values
        warnings = said.get("math_warnings")
        initiative.math_warnings = str(warnings).splitlines() if warnings else initiative.math_warnings
        for framework, prefix in SCORE_PREFIX.items():
            parts = {part: said.get(f"{prefix}_{part}_score") for part in SCORE_PARTS}
            if all(value is None for value in parts.values()):
                continue
            score = scores.get((initiative.id, framework))
            if score is None:
                score = InitiativeScore(initiative_id=initiative.id, framework=str(framework), is_current=True)
                score.components, score.warnings = {}, []
                session.add(score)
            for part, value in parts.items():
                setattr(score, part, value)
            score.computed_at, score.computed_by = now(), REBUILD


def _math_models(session: Session, rows: Mapping[Identity, Row]) -> None:
    for identity, (_, model) in MathModelsBinding().rows(session).items():
        if identity in rows and isinstance(model, InitiativeMathModel):
            score = rows[identity].values.get("computed_score")
            model.computed_score = score if isinstance(score, int | float) else model.computed_score


def _params(session: Session, rows: Mapping[Identity, Row]) -> None:
    for identity, (_, param) in ParamsBinding().rows(session).items():
        if identity in rows and isinstance(param, InitiativeParam):
            param.is_auto_seeded = rows[identity].values.get("is_auto_seeded") is True


def _kpi_contributions(session: Session, rows: Mapping[Identity, Row]) -> None:
    for identity, initiative in by_identity(session, rows).items():
        said = rows[identity].values
        computed = said.get("kpi_contribution_computed_json")
        initiative.kpi_contribution_computed_json = computed if isinstance(computed, dict) else None
        is_override = said.get("kpi_contribution_source") == ContributionSource.PM_OVERRIDE
        if not is_override and plain(said.get("kpi_contribution_json")) == plain(computed):
            initiative.kpi_contribution_json = initiative.kpi_contribution_computed_json
            initiative.kpi_contribution_source = str(ContributionSource.COMPUTED)
        elif initiative.kpi_contribution_json is not None:
            initiative.kpi_contribution_source = str(ContributionSource.PM_OVERRIDE)


def _roadmaps(session: Session, rows: Mapping[Identity, Row]) -> None:
    for roadmap in all_roadmaps(session):
        row = rows.get((roadmap.roadmap_name.casefold(),))
        if row is None:
            continue
        status, version = row.values.get("status"), row.values.get("version")
        roadmap.status = str(status) if status else roadmap.status
        if isinstance(version, int | float):
            roadmap.version = max(int(version), roadmap.version or 0)


def take_published_versions(session: Session, published: Mapping[str, int]) -> None:
    """Let the versions of roadmaps go on above those that were published as files."""
    roadmaps = all_roadmaps(session)
    stems = file_stems(roadmap.roadmap_name for roadmap in roadmaps)
    for roadmap in roadmaps:
        number = published.get(stems[roadmap.roadmap_name], 0)
        if number > (roadmap.version or 0):
            roadmap.version = number


def _roadmap_entries(session: Session, rows: Mapping[Identity, Row]) -> None:
    for identity, (_, entry) in RoadmapEntriesBinding().rows(session).items():
        if identity not in rows:
            continue
        said = rows[identity].values
        status, failures, selected = (said.get(name) for name in ("gate_status", "gate_failures", "selected"))
        entry.gate_status = str(status) if status else None
        entry.gate_failures = [str(failures)] if failures else None
        entry.selected = selected if isinstance(selected, bool) else None


_TAKERS: Mapping[str, Callable[[Session, Mapping[Identity, Row]], None]] = {
    tabs.BACKLOG.name: _backlog,
    tabs.SCORING_INPUTS.name: _scoring_inputs,
    tabs.MATH_MODELS.name: _math_models,
    tabs.PARAMS.name: _params,
    tabs.KPI_CONTRIBUTIONS.name: _kpi_contributions,
    tabs.ROADMAPS.name: _roadmaps,
    tabs.ROADMAP_ENTRIES.name: _roadmap_entries,
}


def take_runs(session: Session, runs: Sequence[Row], results: Sequence[Row], alerts: Sequence[Row]) -> int:
    """Take the runs that the database does not hold, as the run tabs show them. Returns how many.

    Their exact inputs were in the lost database only, so such a run can be shown and used, but not solved again.
    """
    known = set(session.scalars(select(OptimizationRun.id)))
    taken = 0
    for row in sorted(runs, key=lambda row: row.text("run_id")):
        number = parse_key(OPTIMIZATION_RUN, row.text("run_id"))
        said = row.plain
        if number is None or not 0 < number <= LARGEST_NUMBER or number in known:
            continue
        known.add(number)
        run_id = make_key(OPTIMIZATION_RUN, number)
        context = {
            "results": _of_run(tabs.RESULTS, results, run_id),
            "alerts": _of_run(tabs.GAPS_AND_ALERTS, alerts, run_id),
        }
        run = OptimizationRun(
            id=number,
            run_id=run_id,
            options_json={},
            context_json=context,
            shown_json={name: said.get(name) for name in _RUN_SHOWS},
            **{name: said.get(name) or instead for name, instead in _RUN_FACTS.items()},
            **{name: said.get(name) for name in _RUN_MORE},
        )
        session.add(run)
        session.flush()
        _take_portfolio(session, run, context["results"])
        taken += 1
    return taken


def _of_run(spec: TabSpec, rows: Sequence[Row], run_id: str) -> list[dict[str, object]]:
    names = [
        c.name for c in spec.columns if c.name not in (*spec.sheet_only, "run_status", "updated_source", "updated_at")
    ]
    return [
        {name: row.plain.get(name) for name in names} for row in rows if row.text("run_id").strip().upper() == run_id
    ]


def _take_portfolio(session: Session, run: OptimizationRun, results: Sequence[Mapping[str, Any]]) -> None:
    chosen = {
        key: row
        for row in results
        if row.get("selected") is True and (key := canonical_key(str(row.get("initiative_key") or ""))) is not None
    }
    if not chosen:
        return
    items = [
        PortfolioItem(
            initiative_key=key,
            rank=int(row.get("rank") or place),
            allocated_tokens=float(row.get("allocated_tokens") or 0),
            objective_contribution=row.get("objective_contribution"),
        )
        for place, (key, row) in enumerate(chosen.items(), start=1)
    ]
    session.add(
        Portfolio(
            name=f"{run.scenario_name} {run.run_id}",
            optimization_run_id=run.id,
            period_key=run.period_key,
            created_at=now(),
            items=items,
        )
    )

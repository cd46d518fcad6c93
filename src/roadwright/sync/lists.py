"""The lists that dropdowns offer, kept up to date on the hidden tab of every workbook that has one.

They are a help and nothing depends on them: a workbook that can't be written now gets them with a later action.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from roadwright.domain.periods import days_of
from roadwright.domain.progress import tell_nobody
from roadwright.domain.text import folded
from roadwright.services.portfolios.shown import shows_answer
from roadwright.sheets.backend import SheetError, WorkbookRef
from roadwright.sheets.files import place_file
from roadwright.sheets.lists import LONGEST, TAB, lists_edit
from roadwright.store.models import (
    GatePolicy,
    Initiative,
    OptimizationConstraintSet,
    OptimizationRun,
    OptimizationScenario,
    OrganizationMetricsConfig,
    Roadmap,
    RoadmapEntry,
)
from roadwright.sync.written import note_written, unread_books
from roadwright.tabs import lists
from roadwright.workspace.workspace import Workspace

Text = InstrumentedAttribute[Any]

SHOWN_FILE = "lists-shown.json"
"""In the private folder: what the lists of workbooks that are no files were last seen to show."""


def bring_lists_up_to_date(workspace: Workspace) -> None:
    """Show on every workbook's tab of lists what exists now. A workbook without that tab is left alone."""
    workspace = replace(workspace, tell=tell_nobody)  # too short to be told, and nothing to end here
    with workspace.store.transaction() as session:
        entries = what_exists(session)
    told = hashlib.sha256(json.dumps(entries).encode("utf-8", "surrogatepass")).hexdigest()
    shown = _shown(workspace)
    unread: Collection[WorkbookRef] | None = None
    for place in {place.workbook: place for place in workspace.places()}.values():
        ref = place.workbook
        if ref.file is None and shown.get(ref.address) == told:
            continue  # to look at it would take a call of its own
        with suppress(SheetError):
            workbook = workspace.open(place)
            if TAB in workbook.tabs():
                edit = lists_edit(workbook.read(TAB), entries)
                if edit is not None:
                    unread = unread_books(workspace) if unread is None else unread
                    receipt = workbook.write([edit])
                    if ref not in unread:  # else it is still to be read, and has to be told from our own
                        note_written(workspace.store, {ref: receipt.digest})
                if ref.file is None:
                    shown[ref.address] = told
    _note(workspace, shown)


def _shown(workspace: Workspace) -> dict[str, str]:
    """By address of a workbook that is no file, a digest of what its lists were last seen to show."""
    try:
        content = json.loads((workspace.private / SHOWN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(address): str(digest) for address, digest in content.items()} if isinstance(content, dict) else {}


def forget_lists(workspace: Workspace) -> None:
    """Let the lists of all workbooks be looked at again: some were made anew, and are empty."""
    (workspace.private / SHOWN_FILE).unlink(missing_ok=True)


def _note(workspace: Workspace, shown: dict[str, str]) -> None:
    if shown != _shown(workspace):
        with suppress(SheetError):  # then they are looked at again
            place_file(workspace.private / SHOWN_FILE, json.dumps(shown).encode())


def what_exists(session: Session) -> dict[str, list[str]]:
    """The entries of every list."""
    kpis = select(OrganizationMetricsConfig.kpi_key).where(OrganizationMetricsConfig.is_active)
    periods = (
        *(OptimizationScenario.period_key, Roadmap.period_key),
        *(Initiative.candidate_period_key, RoadmapEntry.planned_period),
    )
    people = (Initiative.requester_name, Roadmap.owner, RoadmapEntry.waived_by)
    return {
        lists.KPIS: list(session.scalars(kpis.order_by(OrganizationMetricsConfig.id))),
        lists.SCENARIOS: _by_name(_texts(session, OptimizationScenario.scenario_name)),
        lists.SETS: _by_name(_texts(session, OptimizationConstraintSet.constraint_set_name)),
        lists.POLICIES: _by_name(_texts(session, GatePolicy.gate_policy)),
        lists.ROADMAPS: _by_name(_texts(session, Roadmap.roadmap_name)),
        lists.PERIODS: _by_days(_texts(session, *periods)),
        lists.PEOPLE: _by_name(_texts(session, *people)),
        lists.RUNS: _answered_runs(session),
        **{name: list(entries) for name, entries in lists.FIXED.items()},
    }


def _texts(session: Session, *columns: Text) -> list[str]:
    found: list[str] = []
    for column in columns:
        chosen = select(column).where(column.is_not(None)).distinct().order_by(column)
        found += [text for text in session.scalars(chosen) if text]
    return found


def _by_name(texts: Iterable[str]) -> list[str]:
    """Each name once, whatever its case."""
    by_fold: dict[str, str] = {}
    for text in texts:
        by_fold.setdefault(folded(text), text)
    return [by_fold[fold] for fold in sorted(by_fold)]


def _by_days(texts: Iterable[str]) -> list[str]:
    """Each period once, however it is spelled, in the order of time; what names no days comes last."""
    named: dict[object, str] = {}
    for text in sorted(texts, key=folded):
        named.setdefault(days_of(text) or folded(text), text)
    latest = dt.date.max, dt.date.max
    return sorted(named.values(), key=lambda text: (days_of(text) or latest, folded(text)))


def _answered_runs(session: Session) -> list[str]:
    """The runs that have an answer, newest first."""
    columns = select(OptimizationRun.run_id, OptimizationRun.shown_json)
    found = session.execute(columns.order_by(OptimizationRun.id.desc()).limit(LONGEST))
    return [run_id for run_id, shown in found if shows_answer(shown)]

"""The tab Overview: the latest answer of each scenario side by side, then what else waits for a person, tab by tab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.messages import Level, Message, notice
from roadwright.domain.text import folded
from roadwright.services.portfolios.overview import ScenarioAnswer, answers_of
from roadwright.services.roadmaps.attention import Need, NeedKind, stored_needs
from roadwright.services.rows.notes import level_of
from roadwright.sheets.kinds import MINUTE
from roadwright.store.models import CachedTab
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.mirror import MirrorRow, replace_rows
from roadwright.sync.reports import TabReport
from roadwright.workspace.workspace import Workspace


def write_overview(context: SyncContext, tab: OpenTab) -> TabReport:
    """Bring Overview up to date."""
    context.session.flush()
    needs = stored_needs(context.session)
    rows = [_scenario_row(one, needs) for one in answers_of(context.session)]
    rows += [_tab_row(name, said) for name, said in _by_tab(context, needs)]
    report = TabReport(tab.place)
    # Its rows only repeat what others say: they are no work that was done or failed.
    report.rows = [line for line in replace_rows(context, tab, rows) if line.level is not Level.OK]
    return report


def _scenario_row(answer: ScenarioAnswer, needs: Sequence[Need]) -> MirrorRow:
    name = answer.scenario_name
    mine = [one for one in needs if folded(one.scenario) == folded(name)]
    values: dict[str, object] = {
        "scenario_or_tab": name,
        "status": answer.status,
        "objective_value": answer.objective_value,
        "north_star_gain": answer.north_star_gain,
        "capacity_used": answer.capacity_used,
        "capacity_total": answer.capacity_total,
        "selected_count": answer.selected_count,
        "targets_met": answer.targets_met,
        "run_id": answer.run_id,
        "finished_at": None if answer.finished_at is None else MINUTE.read(answer.finished_at),
        "needs_a_person": "; ".join(str(one.said) for one in mine) or None,
        "chart_label": name,
    }
    return MirrorRow(name, values)


def _tab_row(name: str, said: Sequence[Message]) -> MirrorRow:
    return MirrorRow(name, {"scenario_or_tab": name, "needs_a_person": "; ".join(map(str, said)), "chart_label": None})


def _by_tab(context: SyncContext, needs: Sequence[Need]) -> Iterator[tuple[str, list[Message]]]:
    """What waits on each tab, beside what is about a scenario."""
    said: dict[str, list[Message]] = {}
    for name, failed, conflicts in stopped_rows(context.session, context.workspace):
        if failed:
            said.setdefault(name, []).append(notice("overview_failed", count=len(failed), rows=failed))
        if conflicts:
            said.setdefault(name, []).append(notice("overview_conflicts", count=len(conflicts), rows=conflicts))
    for kind, code in (
        (NeedKind.CANDIDATE, "overview_candidates"),
        (NeedKind.MODEL, "overview_models"),
        (NeedKind.PARAM, "overview_params"),
    ):
        mine = [one for one in needs if one.kind is kind]
        if mine:
            name = context.workspace.place(tabs.BY_NAME[mine[0].tab]).name
            keys = list(dict.fromkeys(one.key for one in mine))
            said.setdefault(name, []).append(notice(code, count=len(mine), keys=keys))
    for place in context.workspace.places():
        if place.name in said:
            yield place.name, said[place.name]


def stopped_rows(session: Session, workspace: Workspace) -> Iterator[tuple[str, list[int], list[int]]]:
    """The rows in FAILED and in CONFLICT of each tab, as the last action left them, where that is remembered."""
    text = cast(CachedTab.content, String)  # most tabs have no such row, and a large one takes long to load
    stopped = select(CachedTab.place, CachedTab.content).where(
        or_(*(text.contains(f'"{level}') for level in (Level.FAILED, Level.CONFLICT)))
    )
    kept = {row.place: row.content for row in session.execute(stopped)}
    for place in workspace.places():
        rows = (kept.get(place.full_name) or {}).get("rows", ())
        levels = [(number, level_of(status or "")) for number, _, status, _ in rows]
        found = [[number for number, level in levels if level is wanted] for wanted in (Level.FAILED, Level.CONFLICT)]
        if any(found):
            yield place.name, found[0], found[1]

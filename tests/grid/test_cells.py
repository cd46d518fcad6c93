"""Cells that are edited on a screen: merged by what they showed, judged as a sheet's, previewed and undone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from roadwright import tabs
from roadwright.domain.messages import Level
from roadwright.grid.cells import (
    MOST_CELLS,
    MOST_SESSIONS,
    MOST_STEPS,
    CellEdit,
    Outcome,
    Steps,
    StepsOfSessions,
    outcomes,
    preview_of,
    row_changes,
)
from roadwright.grid.editing import preview_rows, save_rows
from roadwright.grid.panel import last_change, panel_of
from roadwright.grid.view import screen_rows
from roadwright.sheets.merge import OnConflict
from roadwright.store.models import ActionRun, Initiative
from tests.house import House

FIRST, SECOND, THIRD = "INIT-000001", "INIT-000002", "INIT-000003"


def save(house: House, *edits: CellEdit, preview: bool = False) -> list[Outcome]:
    workspace = house.workspace
    with workspace.store.transaction() as session:
        rows = row_changes(session, edits)
    if preview:
        return outcomes(rows, preview_rows(workspace, tabs.BACKLOG, rows))
    return outcomes(rows, save_rows(workspace, tabs.BACKLOG, rows, "web:anna@example.com"))


def stored(house: House, column: str) -> Sequence[object]:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(getattr(Initiative, column)).order_by(Initiative.id)).all()


def test_a_cell_is_read_as_a_sheets_and_undone(backlog: House) -> None:
    steps = Steps()
    [found] = save(backlog, CellEdit(FIRST, "risk_level", "High", None))
    assert found.level is Level.OK
    assert (found.before, found.after, found.kept) == ({"risk_level": None}, {"risk_level": "high"}, {})
    steps.keep([found])
    [undone] = save(backlog, *steps.take())
    assert undone.after == {"risk_level": None}
    assert stored(backlog, "risk_level")[0] is None
    assert steps.take() == []


def test_what_is_refused_stays_typed_and_leaves_nothing(backlog: House) -> None:
    [found] = save(backlog, CellEdit(FIRST, "tokens", "many", 95), CellEdit(FIRST, "country", "UK", None))
    assert found.level is Level.FAILED
    assert found.kept == {"engineering_tokens": "many"}
    assert "many" in found.why["engineering_tokens"]
    assert "engineering_tokens" not in found.why["engineering_tokens"]
    assert found.after == {"country": "UK"}, "the rest of the row is saved"
    [found] = save(backlog, CellEdit(FIRST, "title", "", "Pay by bank"))
    assert found.level is Level.FAILED
    assert found.kept == {"title": ""}
    assert stored(backlog, "title")[0] == "Pay by bank"


def test_tokens_are_those_of_the_scope(backlog: House) -> None:
    save(backlog, CellEdit(FIRST, "tokens", "1,500", 95), CellEdit(SECOND, "tokens", 8, 7))
    assert stored(backlog, "engineering_tokens")[0] == 1500
    assert stored(backlog, "engineering_tokens_mvp") == [40, 8, None]


def test_a_conflict_shows_both_and_is_settled(backlog: House) -> None:
    save(backlog, CellEdit(FIRST, "department", "Growth", "Finance"))
    [found] = save(backlog, CellEdit(FIRST, "department", "Platform", "Finance"))
    assert found.level is Level.CONFLICT
    assert found.conflicts == {"department": ("Platform", "Growth")}
    assert found.kept == {"department": "Platform"}
    with backlog.workspace.store.transaction() as session:
        panel = panel_of(session, FIRST)
        assert panel is not None
        event = last_change(panel, "department")
    assert event is not None
    assert event.requested_by == "web:anna@example.com"
    assert event.changes["department"] == ("Finance", "Growth")
    mine = CellEdit(FIRST, "department", "Platform", "Finance", OnConflict.SHEET)
    [settled] = save(backlog, mine)
    assert settled.after == {"department": "Platform"}


def test_an_undo_does_not_overwrite_what_came_after_it(backlog: House) -> None:
    steps = Steps()
    steps.keep(save(backlog, CellEdit(FIRST, "country", "UK", None)))
    save(backlog, CellEdit(FIRST, "country", "Spain", "UK"))
    [found] = save(backlog, *steps.take())
    assert found.level is Level.CONFLICT
    assert stored(backlog, "country")[0] == "Spain"


def test_a_preview_saves_nothing(backlog: House) -> None:
    edits = [CellEdit(key, "risk_level", "high", None) for key in (FIRST, SECOND)]
    edits += [CellEdit(THIRD, "risk_level", "high", "high"), CellEdit("INIT-000099", "risk_level", "high", None)]
    said = preview_of(save(backlog, *edits, preview=True))
    assert (said.changes, said.same, said.refused) == (2, 1, 1)
    assert stored(backlog, "risk_level") == [None, None, "high"]
    with backlog.workspace.store.transaction() as session:
        assert session.query(ActionRun).filter_by(action="rows.save").count() == 0


def test_a_block_is_one_edit_with_a_status_for_each_row(backlog: House) -> None:
    block = [
        *(CellEdit(FIRST, "country", "UK", None), CellEdit(FIRST, "deadline_date", "2026-06-30", None)),
        *(CellEdit(SECOND, "country", "Spain", None), CellEdit(SECOND, "deadline_date", "soon", None)),
    ]
    first, second = save(backlog, *block)
    assert (first.level, second.level) == (Level.OK, Level.FAILED)
    assert second.kept == {"deadline_date": "soon"}
    with backlog.workspace.store.transaction() as session:
        assert session.query(ActionRun).filter_by(action="rows.save").count() == 1
    steps = Steps()
    steps.keep([first, second])
    assert len(steps) == 1
    save(backlog, *steps.take())
    assert stored(backlog, "country") == [None, None, None]


def test_a_list_is_edited_as_text(backlog: House) -> None:
    [found] = save(backlog, CellEdit(FIRST, "dependencies_initiatives", "INIT-000002, INIT-000003", None))
    assert found.after == {"dependencies_initiatives": [SECOND, THIRD]}
    with backlog.workspace.store.transaction() as session:
        rows = screen_rows(session, ("dependencies_initiatives",), [FIRST])["rows"]
    assert isinstance(rows, list)
    [found] = save(backlog, CellEdit(FIRST, "dependencies_initiatives", "INIT-000003", rows[0][2]))
    assert found.level is Level.OK
    assert found.after == {"dependencies_initiatives": [THIRD]}


def test_fifty_steps_are_kept() -> None:
    steps = Steps()
    for n in range(MOST_STEPS + 5):
        steps.keep([Outcome(FIRST, Level.OK, "OK", {"country": n}, {"country": n + 1}, {}, {}, {})])
    assert len(steps) == MOST_STEPS
    assert steps.take()[0].seen == MOST_STEPS + 5


def test_of_large_edits_fewer_steps_are_kept_and_the_last_one_whatever_its_size() -> None:
    steps = Steps()
    for size in (MOST_CELLS // 2, MOST_CELLS // 2, 1, MOST_CELLS + 1):
        before = len(steps)
        steps.keep([Outcome(FIRST, Level.OK, "OK", {"country": 1}, {"country": 2}, {}, {}, {})] * size)
        assert len(steps) == (before + 1 if size == MOST_CELLS // 2 else 2 if size == 1 else 1)
    assert len(steps.take()) == MOST_CELLS + 1


def test_steps_are_those_of_a_session_and_end_after_many_others() -> None:
    sessions = StepsOfSessions()
    mine, other = sessions.of("mine"), sessions.of("other")
    mine.keep([Outcome(FIRST, Level.OK, "OK", {"country": 1}, {"country": 2}, {}, {}, {})])
    assert (sessions.of("mine") is mine, len(other)) == (True, 0)
    for n in range(MOST_SESSIONS - 1):
        sessions.of(str(n))
    assert sessions.of("mine") is mine, "it was asked for after the other"
    assert sessions.of("other") is not other


def test_history_tells_what_a_sheet_changed(backlog: House) -> None:
    backlog.type_into("Backlog", backlog.row("Backlog", SECOND).number, {"department": "Growth", "title": "Orders"})
    backlog.done("pm.backlog_sync")
    with backlog.workspace.store.transaction() as session:
        panel = panel_of(session, SECOND)
    assert panel is not None
    event = panel.history[0]
    assert event.action == "pm.backlog_sync"
    assert event.requested_by == "test"
    assert event.changes == {"department": ("Customer Care", "Growth"), "title": ("Order status page", "Orders")}

"""A row that was saved, and whose workbook could not be written: what is typed next is an edit, never a conflict."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from roadwright.sheets.values import CellValue
from roadwright.store.models import Initiative, UnconfirmedWrite
from tests.house import House

_SCENARIO: dict[str, CellValue | None] = {
    "scenario_name": "T",
    "period_key": "2026-Q2",
    "capacity_total_tokens": 5,
    "objective_mode": "north_star",
}


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def scored(house: House) -> House:
    """One initiative with an input of RICE."""
    house.type_new("Backlog", {"title": "Search", "department": "Sales"})
    house.done("pm.backlog_sync")
    house.done("pm.populate_initiatives")
    house.type_into("Scoring_Inputs", 2, {"rice_reach": 10})
    house.done("pm.save_selected", tab="Scoring_Inputs")
    return house


def killed_before_the_write(house: House, action: str, tab: str | None = None) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("roadwright.sync.engine._write", killed)
        with pytest.raises(Killed):
            house.run(action, tab=tab)


def unconfirmed(house: House) -> int:
    with house.workspace.store.transaction() as session:
        return session.scalar(select(func.count()).select_from(UnconfirmedWrite)) or 0


def test_a_second_edit_after_a_killed_write_is_no_conflict(scored: House) -> None:
    for number in (20, 30, 40):
        scored.type_into("Scoring_Inputs", 2, {"rice_reach": number})
        killed_before_the_write(scored, "pm.save_selected", "Scoring_Inputs")
        assert unconfirmed(scored) == 1
    scored.type_into("Scoring_Inputs", 2, {"rice_reach": 50})
    scored.done("pm.save_selected", tab="Scoring_Inputs")
    [row] = scored.rows("Scoring_Inputs")
    assert (row.text("run_status"), row.values["rice_reach"]) == ("OK", 50)
    assert unconfirmed(scored) == 0


def test_a_cell_that_says_again_what_it_said_before_it_was_saved_is_in_conflict(scored: House) -> None:
    """It was taken back, or an older copy of the file was put in place: nobody can tell, so nothing is lost."""
    scored.type_into("Scoring_Inputs", 2, {"rice_reach": 20})
    killed_before_the_write(scored, "pm.save_selected", "Scoring_Inputs")
    scored.type_into("Scoring_Inputs", 2, {"rice_reach": 10})
    for _ in range(2):
        scored.done("pm.save_selected", tab="Scoring_Inputs")
        assert (
            scored.rows("Scoring_Inputs")[0]
            .text("run_status")
            .startswith('CONFLICT: rice_reach: the sheet has "10", the database has "20"')
        )
    scored.done("pm.save_selected", tab="Scoring_Inputs", options=["on_conflict=sheet"])
    [row] = scored.rows("Scoring_Inputs")
    assert (row.text("run_status"), row.values["rice_reach"], unconfirmed(scored)) == ("OK", 10, 0)


def test_what_another_changed_since_stays_however_often_the_write_fails(scored: House) -> None:
    scored.type_into("Backlog", 2, {"department": "Product"})
    killed_before_the_write(scored, "pm.save_selected", "Backlog")
    with scored.workspace.store.transaction() as session:
        session.scalars(select(Initiative)).one().department = "Design"
    for _ in range(3):
        killed_before_the_write(scored, "pm.save_selected", "Backlog")
    scored.done("pm.save_selected", tab="Backlog")
    [row] = scored.rows("Backlog")
    assert (row.text("run_status"), row.text("department"), unconfirmed(scored)) == ("OK", "Design", 0)


def test_what_is_kept_of_a_row_goes_with_it(house: House) -> None:
    house.type_new("Scenario_Config", _SCENARIO)
    killed_before_the_write(house, "pm.save_selected", "Scenario_Config")
    house.clear_row("Scenario_Config", 2)
    house.done("pm.refresh_tab", tab="Scenario_Config")
    assert (len(house.rows("Scenario_Config")), unconfirmed(house)) == (1, 0)


def test_a_row_that_nobody_touched_since_gets_its_version(scored: House) -> None:
    before = scored.rows("Scoring_Inputs")[0].text("updated_at")
    scored.type_into("Scoring_Inputs", 2, {"rice_reach": 20})
    killed_before_the_write(scored, "pm.save_selected", "Scoring_Inputs")
    scored.done("pm.save_selected", tab="Scoring_Inputs")
    assert scored.rows("Scoring_Inputs")[0].text("updated_at") > before
    assert unconfirmed(scored) == 0
    written = scored.bytes()
    scored.done("pm.save_selected", tab="Scoring_Inputs")
    assert scored.bytes() == written


def test_a_new_row_that_was_saved_and_not_written_can_be_edited(house: House) -> None:
    kpi = {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star", "unit": "GBP"}
    house.type_new("Metrics_Config", kpi)
    killed_before_the_write(house, "pm.save_selected", "Metrics_Config")
    house.type_into("Metrics_Config", 2, {"kpi_name": "Gross merchandise value"})
    house.done("pm.save_selected", tab="Metrics_Config")
    [row] = house.rows("Metrics_Config")
    assert (row.text("run_status"), row.text("kpi_name")) == ("OK", "Gross merchandise value")


def test_a_field_that_another_changed_after_the_killed_write_is_in_conflict(scored: House) -> None:
    scored.type_into("Backlog", 2, {"department": "Product"})
    killed_before_the_write(scored, "pm.save_selected", "Backlog")
    with scored.workspace.store.transaction() as session:
        session.scalars(select(Initiative)).one().department = "Design"
    scored.type_into("Backlog", 2, {"department": "Engineering"})
    scored.done("pm.save_selected", tab="Backlog")
    assert scored.status("Backlog", "INIT-000001").startswith(
        'CONFLICT: department: the sheet has "Engineering", the database has "Design"'
    )


def test_what_another_changed_in_other_fields_is_shown_after_a_killed_write(scored: House) -> None:
    scored.type_into("Backlog", 2, {"department": "Product"})
    with scored.workspace.store.transaction() as session:
        session.scalars(select(Initiative)).one().country = "Peru"
    killed_before_the_write(scored, "pm.save_selected", "Backlog")
    scored.done("pm.save_selected", tab="Backlog")
    [row] = scored.rows("Backlog")
    assert (row.text("run_status"), row.text("department"), row.text("country")) == ("OK", "Product", "Peru")


def test_an_intake_row_can_be_edited_again_after_a_killed_write(scored: House) -> None:
    scored.type_new("Intake", {"title": "Filters", "department": "Sales"})
    scored.done("pm.backlog_sync")
    for name in ("Product", "Design"):
        scored.type_into("Intake", 2, {"department": name})
        killed_before_the_write(scored, "pm.backlog_sync")
    scored.type_into("Intake", 2, {"department": "Support"})
    scored.done("pm.backlog_sync")
    assert scored.rows("Intake")[0].text("run_status") == "OK"
    assert scored.row("Backlog", "INIT-000002").text("department") == "Support"


def test_an_older_copy_of_the_workbook_takes_nothing_back(scored: House) -> None:
    """The write was killed after the workbook showed it, and before the database heard of that."""
    older = scored.bytes()
    scored.type_into("Backlog", 2, {"department": "Product"})
    with pytest.MonkeyPatch.context() as patched:

        def killed(*_: object) -> None:
            raise Killed

        patched.setattr("roadwright.sync.engine._confirm", killed)
        with pytest.raises(Killed):
            scored.run("pm.save_selected", tab="Backlog")
    assert unconfirmed(scored) == 1
    scored.done("pm.save_selected", tab="Backlog")
    assert unconfirmed(scored) == 0
    for name, content in older.items():
        (scored.root / name).write_bytes(content)
    scored.done("pm.save_selected", tab="Backlog")
    assert scored.rows("Backlog")[0].text("department") == "Product"


def test_a_score_that_was_saved_and_never_shown_can_be_typed_again(scored: House) -> None:
    for number in (20, 30):
        scored.type_into("Scoring_Inputs", 2, {"rice_reach": number})
        killed_before_the_write(scored, "pm.score_selected")
    scored.type_into("Scoring_Inputs", 2, {"rice_reach": 40})
    scored.done("pm.score_selected")
    [row] = scored.rows("Scoring_Inputs")
    assert (row.values["rice_reach"], "CONFLICT" in row.text("run_status"), unconfirmed(scored)) == (40, False, 0)


def test_a_score_that_is_killed_between_saving_and_showing(scored: House) -> None:
    with pytest.MonkeyPatch.context() as patched:

        def killed(*_: object, **_more: object) -> None:
            raise Killed

        patched.setattr("roadwright.actions.pm.scoring._show", killed)
        scored.type_into("Scoring_Inputs", 2, {"rice_reach": 20})
        with pytest.raises(Killed):
            scored.run("pm.score_selected")
    scored.type_into("Scoring_Inputs", 2, {"rice_reach": 40})
    scored.done("pm.score_selected")
    [row] = scored.rows("Scoring_Inputs")
    assert (row.values["rice_reach"], "CONFLICT" in row.text("run_status"), unconfirmed(scored)) == (40, False, 0)

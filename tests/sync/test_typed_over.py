"""What a person types where the backend writes: it is replaced, and the row says what was there, on every tab."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.sheets.values import CellValue
from tests.actions.company import add_candidates, add_kpis, add_scenario, aim, constrain
from tests.house import House, make_house, opened_copy
from tests.sync.spreadsheet import opened

PLAN = "Plan"


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with a solved scenario of two candidates."""
    root = tmp_path_factory.mktemp("solved") / "workspace"
    house = make_house(root, "sqlite:///test.db")
    add_kpis(house)
    needs: dict[str, CellValue | None] = {"engineering_tokens": 5, "country": "UK"}
    keys = add_candidates(house, {**needs, "contributions": "gmv: 7"}, {**needs, "contributions": "gmv: 3"})
    add_scenario(house)
    constrain(house, "mandatory", keys[0], reason="the law")
    aim(house, "gmv", 50, "goal")
    house.done("pm.optimize_run_all_candidates")
    house.workspace.close()
    yield root
    shutil.rmtree(root.parent)


@pytest.fixture
def plan(solved: Path, tmp_path: Path) -> Iterator[House]:
    with opened_copy(solved, tmp_path) as house:
        yield house


REFRESHED: dict[str, tuple[dict[str, CellValue | None], str]] = {
    "Candidates": ({"country": "12"}, 'country is computed; "12" was replaced'),
    "Results": ({"reason": "because"}, 'reason is computed; "because" was replaced'),
    "Runs": ({"candidates": "many"}, 'candidates is computed; "many" was replaced'),
    "Gaps_And_Alerts": ({"recommendation": "wait"}, 'recommendation is computed; "wait" was replaced'),
}


@pytest.mark.parametrize("tab", REFRESHED)
def test_a_mirrored_tab_says_which_text_it_replaced(plan: House, tab: str) -> None:
    cells, told = REFRESHED[tab]
    plan.done("pm.refresh_tab", tab=tab)
    before = plan.rows(tab)[0]
    plan.type_into(tab, before.number, cells)
    outcome = plan.done("pm.refresh_tab", tab=tab)
    after = plan.rows(tab)[0]
    assert after.text("run_status") == f"WARNING: {told}"
    assert [row.run_status for row in outcome.rows if row.level != "OK"] == [f"WARNING: {told}"]
    assert {name: after.raw.get(name) for name in cells} == {name: before.raw.get(name) for name in cells}
    plan.done("pm.refresh_tab", tab=tab)
    assert plan.rows(tab)[0].text("run_status") == "OK"
    same = plan.bytes()
    plan.done("pm.refresh_tab", tab=tab)
    assert plan.bytes() == same


@pytest.mark.parametrize("tab", REFRESHED)
def test_a_mirrored_tab_says_what_stood_in_the_columns_that_tell_what_was_done(plan: House, tab: str) -> None:
    plan.done("pm.refresh_tab", tab=tab)
    typed: dict[str, CellValue | None] = {"updated_source": "Ann", "updated_at": "last week", "run_status": "done"}
    plan.type_into(tab, plan.rows(tab)[0].number, typed)
    plan.done("pm.refresh_tab", tab=tab)
    row = plan.rows(tab)[0]
    assert row.text("run_status") == (
        'WARNING: run_status is written by Roadwright; "done" was replaced; updated_source is written by Roadwright; '
        '"Ann" was replaced; updated_at is written by Roadwright; "last week" was replaced'
    )
    assert row.text("updated_source") == "pm.refresh_tab"


def test_what_a_run_changes_was_shown_and_is_no_persons_text(plan: House) -> None:
    """A later run shows other figures, in another order, and each replaces what the backend itself wrote."""
    for rows in (2, 3):
        key = plan.rows("Backlog")[rows - 2].text("initiative_key")
        plan.type_into("Backlog", rows, {"title": f"Renamed {key}", "country": "DE", "engineering_tokens": 90 - rows})
    plan.done("pm.backlog_sync")
    outcome = plan.done("pm.optimize_run_all_candidates")
    told = [row.run_status for row in outcome.rows if "replaced" in row.run_status or "went with" in row.run_status]
    assert told == []
    assert {row.text("country") for row in plan.rows("Results")} == {"DE"}


def test_saving_candidates_forgets_nothing_of_what_its_computed_cells_show(plan: House) -> None:
    plan.type_into("Candidates", 2, {"engineering_tokens": 6, "title": "My title"})
    plan.done("pm.save_selected", tab="Candidates")
    plan.type_into("Backlog", 2, {"title": "New title", "country": "DE"})
    plan.done("pm.backlog_sync")
    plan.done("pm.populate_candidates")
    row = plan.rows("Candidates")[0]
    assert row.text("run_status") == 'WARNING: title is computed; "My title" was replaced'
    assert (row.text("title"), row.text("country")) == ("New title", "DE")


def test_rows_that_leave_a_mirrored_tab_say_what_goes_with_them(plan: House) -> None:
    one, two = (row.text("initiative_key") for row in plan.rows("Candidates"))
    plan.type_into("Candidates", 3, {"country": "Mars", "notes": "mine"})
    plan.type_new("Candidates", {"scenario_name": PLAN, "initiative_key": one, "notes": "twice", "country": "Pluto"})
    plan.type_into("Backlog", plan.row("Backlog", two).number, {"is_optimization_candidate": False})
    plan.done("pm.backlog_sync")
    outcome = plan.done("pm.populate_candidates")
    assert [row.text("initiative_key") for row in plan.rows("Candidates")] == [one]
    told = {row.key: row.run_status for row in outcome.rows if row.row == 0 and row.tab == "Candidates"}
    head = "WARNING: the row left the tab, and what was typed into it went with it: "
    assert told == {
        f"{PLAN} / {two}": f'{head}country "Mars"',
        f"{PLAN} / {one}": f'{head}scenario_name "{PLAN}", initiative_key "{one}", country "Pluto", notes "twice"',
    }
    assert outcome.summary["candidates"] == 1
    plan.type_into("Backlog", plan.row("Backlog", two).number, {"is_optimization_candidate": True})
    plan.done("pm.backlog_sync")
    plan.done("pm.populate_candidates")
    assert plan.row("Candidates", two).text("notes") == "mine", "a person's own words come back with their row"


def test_an_object_whose_cell_shows_its_keys_in_another_order_was_typed_by_nobody(house: House) -> None:
    add_kpis(house)
    needs: dict[str, CellValue | None] = {"engineering_tokens": 5, "contributions": "retention: 0.5, latency: -1500"}
    one, two = add_candidates(house, needs, needs)
    add_scenario(house)
    house.done("pm.populate_candidates")
    shown = '{"latency": -1500, "retention": 0.5}'
    assert house.row("Candidates", two).raw["strategic_kpi_contributions"] == shown
    for key in (one, two):
        house.type_into("Backlog", house.row("Backlog", key).number, {"is_optimization_candidate": False})
    typed = '{"latency": -1501, "retention": 0.5}'
    house.type_into("Candidates", house.row("Candidates", one).number, {"strategic_kpi_contributions": typed})
    house.done("pm.backlog_sync")
    outcome = house.done("pm.populate_candidates")
    told = [row.key for row in outcome.rows if row.row == 0 and row.tab == "Candidates"]
    assert told == [f"{PLAN} / {one}"]


@pytest.mark.parametrize("tab", ["Backlog", "Results"])
def test_text_that_no_database_can_hold_is_named_all_the_same(plan: House, tab: str) -> None:
    plan.done("pm.refresh_tab", tab=tab)
    typed: dict[str, CellValue | None] = {"run_status": "n\x00ne", "overall_score": "1\ud800"}
    plan.type_into(tab, plan.rows(tab)[0].number, typed)
    plan.done("pm.refresh_tab", tab=tab)
    status = plan.rows(tab)[0].text("run_status")
    assert 'overall_score is computed; "1\ufffd" was replaced' in status
    assert 'run_status is written by Roadwright; "n\ufffdne" was replaced' in status


def test_a_formula_in_a_computed_cell_stays_and_is_not_said_to_be_replaced(plan: House) -> None:
    plan.done("pm.refresh_tab", tab="Results")
    with opened(plan.place("Results").workbook, "Results") as sheet:
        column = {cell.value: cell.coordinate.rstrip("1") for cell in sheet[1]}["Reason"]
        sheet[f"{column}2"] = '="x"&"y"'
    plan.done("pm.refresh_tab", tab="Results")
    assert "replaced" not in plan.rows("Results")[0].text("run_status")


@pytest.mark.parametrize(
    ("tab", "action"),
    [
        ("Intake", "pm.backlog_sync"),
        ("Backlog", "pm.backlog_sync"),
        ("Metrics_Config", "pm.save_selected"),
        ("Constraints", "pm.save_selected"),
        ("Scenario_Config", "pm.save_selected"),
    ],
)
def test_other_tabs_say_it_too_and_an_overtyped_version_costs_no_conflict(plan: House, tab: str, action: str) -> None:
    if tab == "Intake":
        plan.type_new("Intake", {"title": "Wallet"})
        plan.done("pm.backlog_sync")
    more = {"tab": tab} if action == "pm.save_selected" else {}
    plan.done(action, **more)
    [first, *_] = plan.rows(tab)
    plan.type_into(tab, first.number, {"updated_source": "Ann", "updated_at": "last week"})
    plan.done(action, **more)
    row = plan.rows(tab)[0]
    assert row.text("run_status") == (
        'WARNING: updated_source is written by Roadwright; "Ann" was replaced; updated_at is written by Roadwright; '
        '"last week" was replaced'
    )
    assert row.text("updated_at") != "last week"
    plan.done(action, **more)
    assert plan.rows(tab)[0].text("run_status") == "OK"
    same = plan.bytes()
    plan.done(action, **more)
    assert plan.bytes() == same


def test_a_note_that_cannot_be_read_stays_and_is_named(plan: House) -> None:
    plan.done("pm.refresh_tab", tab="Results")
    number = plan.rows("Results")[0].number
    plan.type_into("Results", number, {"notes": "a\x00b"})
    for _ in range(2):
        outcome = plan.run("pm.refresh_tab", tab="Results")
        assert outcome.status == "partial"
        row = plan.rows("Results")[0]
        assert row.raw["notes"] == "a\x00b"
        assert row.text("run_status").startswith("FAILED: notes: holds a character that can't be stored (code 0)")
    plan.type_into("Results", number, {"notes": "mine"})
    plan.done("pm.refresh_tab", tab="Results")
    assert (plan.rows("Results")[0].text("notes"), plan.rows("Results")[0].text("run_status")) == ("mine", "OK")

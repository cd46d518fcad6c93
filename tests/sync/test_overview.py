"""The tab Overview: the latest answer of each scenario and what waits, written with the runs, and never in the way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from roadwright.sheets.backends.memory import MemoryTab, book_at
from roadwright.sync.run_tabs import without_overview
from tests.actions.company import add_candidates, add_kpis, add_scenario, constrain
from tests.house import House, make_house, small_house

RUN = "pm.optimize_run_all_candidates"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from small_house(tmp_path)


def company(house: House) -> None:
    add_kpis(house)
    add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
        {"engineering_tokens": None, "contributions": "gmv: 52"},
    )
    add_scenario(house, capacity=100)


def shown(house: House) -> list[tuple[object, ...]]:
    names = ("scenario_or_tab", "status", "objective_value", "capacity_used", "run_id")
    return [tuple(row.values.get(name) for name in names) for row in house.rows("Overview")]


def test_it_shows_each_scenario_and_then_what_waits_tab_by_tab(house: House) -> None:
    company(house)
    add_scenario(house, "Wide", capacity=200)
    house.done(RUN, options=["scenario_name=Plan"])
    assert shown(house) == [
        ("Plan", "optimal", 60, 60, "OPT-000001"),
        ("Wide", None, None, None, None),
        ("Backlog", None, None, None, None),
    ]
    house.done(RUN, options=["scenario_name=Wide"])
    assert [row.text("chart_label") for row in house.rows("Overview")] == ["Plan", "Wide", ""]
    assert "INIT-000003" in house.rows("Overview")[2].text("needs_a_person")
    before = house.bytes()
    house.done("pm.optimize_write_results")
    house.done("pm.refresh_tab", tab="Overview")
    assert house.bytes() == before, "a second write leaves it alone"


def test_a_run_without_an_answer_leaves_the_figures_of_the_latest_answer_and_says_so(house: House) -> None:
    company(house)
    house.done(RUN)
    constrain(house, "mandatory", "INIT-000001", reason="law")
    constrain(house, "mandatory", "INIT-000002", reason="board")
    assert house.run(RUN).exit_code == 3
    assert shown(house)[0] == ("Plan", "optimal", 60, 60, "OPT-000001")
    assert "OPT-000002 is infeasible" in house.rows("Overview")[0].text("needs_a_person")


def test_a_workbook_without_the_tab_works_and_it_is_told_how_to_get_it(house: House) -> None:
    company(house)
    tabs = book_at(house.place("Overview").workbook.address).tabs
    del tabs["Overview"]
    house.done(RUN)
    assert "Overview" not in tabs
    missing = without_overview(house.workspace)
    assert missing is not None
    assert missing.code == "overview_missing"


def test_a_tab_of_this_name_that_is_a_persons_own_stays_as_it_is(house: House) -> None:
    company(house)
    book = book_at(house.place("Overview").workbook.address)
    book.tabs["Overview"] = MemoryTab()
    book.tabs["Overview"].type_rows([["Ours", "Status"], ["do not touch", 1]])
    before = book.digest("Overview")
    house.done(RUN)
    assert book.digest("Overview") == before


def test_the_charts_of_the_template_survive_what_is_written(tmp_path: Path) -> None:
    house = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}")
    company(house)
    file = house.file("Overview")

    def drawn() -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
            return {name: archive.read(name) for name in archive.namelist() if "chart" in name}

    before = drawn()
    assert len(before) == 2
    house.done(RUN)
    assert drawn() == before
    assert load_workbook(file).sheetnames[0] == "Overview"
    house.workspace.close()

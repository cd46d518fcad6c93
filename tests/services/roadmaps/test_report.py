"""The report: what it says of runs, roadmaps and versions, and that its workbook is one that people can trust."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from roadwright.services.roadmaps.lookup import UnknownName
from roadwright.services.roadmaps.report.content import Report, report_of
from roadwright.services.roadmaps.report.workbook import report_bytes
from tests.actions.company import add_candidates, add_kpis, add_scenario, aim, constrain
from tests.house import House, make_house, opened_copy

RUN = "pm.optimize_run_all_candidates"


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OPT-000001 (Plan: three of four, one goal missed, one met), OPT-000002 (Wide), OPT-000003 (Plan, infeasible)."""
    root = tmp_path_factory.mktemp("decided") / "workspace"
    house = make_house(root, "sqlite:///roadwright.db")
    add_kpis(house)
    keys = add_candidates(
        house,
        {"title": "=cmd|' /C calc'!A0", "engineering_tokens": 60, "contributions": "gmv: 60", "department": "Growth"},
        {"title": "@SUM(1)", "engineering_tokens": 50, "contributions": "gmv: 55; retention: 0.01"},
        {"engineering_tokens": 40, "contributions": "gmv: 52; latency: -12", "department": "growth"},
        {"engineering_tokens": None, "contributions": "gmv: 5"},
    )
    add_scenario(house, capacity=100)
    add_scenario(house, "Wide", capacity=200)
    aim(house, "gmv", 150, "goal")
    aim(house, "latency", 990, "goal")
    for name in ("Plan", "Wide"):
        house.done(RUN, options=[f"scenario_name={name}", "explain_seconds=30"])
    constrain(house, "mandatory", keys[0], reason="law")
    constrain(house, "mandatory", keys[1], reason="board")
    assert house.run(RUN, options=["scenario_name=Plan"]).exit_code == 3
    house.type_new(
        "Roadmaps",
        {"roadmap_name": "Chosen", "period_key": "2026-Q2", "source": "portfolio", "source_ref": "OPT-000001"},
        {"roadmap_name": "Typed", "period_key": "2026-Q2", "source": "list", "source_ref": f"{keys[0]}, {keys[3]}"},
    )
    house.done("pm.roadmap_create")
    for status in ("in_review", "approved"):
        house.done("pm.roadmap_set_status", options=["roadmap_name=Chosen", f"status={status}", "by=Ann"])
    house.done("pm.roadmap_publish", options=["roadmap_name=Chosen", "by=Ann"])
    house.workspace.close()
    return root


@pytest.fixture
def house(decided: Path, tmp_path: Path) -> Iterator[House]:
    with opened_copy(decided, tmp_path) as copied:
        yield copied


def told(house: House, name: str) -> Report:
    with house.workspace.store.transaction() as session:
        return report_of(session, name)


def opened(report: Report) -> Workbook:
    return load_workbook(io.BytesIO(report_bytes(report)))


def test_a_run_tells_its_decision_with_prices_targets_and_alternatives(house: House) -> None:
    report = told(house, "opt-1")
    assert report.sentences[0] == "Do 2 of 4 initiatives in 2026-Q2 for 100 of 100 tokens, which adds 112 GBP to GMV."
    assert report.sentences[1] == "1 of 2 targets is missed; furthest away is GMV, 38 GBP short."
    assert {line.key for line in report.chosen} == {"INIT-000001", "INIT-000003"}
    assert {line.key: line.price for line in report.lines} == {
        "INIT-000001": 5,
        "INIT-000003": 52,
        "INIT-000002": 5,
        "INIT-000004": None,
    }
    assert [(one.label, one.kind, one.gap, one.is_met) for one in report.targets] == [
        ("GMV", "goal", 38, False),
        ("Latency", "goal", 0, True),
    ]
    assert [one.share for one in report.targets] == [pytest.approx(112 / 150), pytest.approx(1.2)]
    assert [(one.name.casefold(), one.count, one.tokens, one.out_tokens) for one in report.slices] == [
        ("growth", 2, 100, 0),
        ("(none)", 0, 0, 50),
    ]
    assert [(one.answer.run_id, one.is_this, one.shared) for one in report.alternatives] == [
        ("OPT-000001", True, None),
        ("OPT-000002", False, 2),
    ]


def test_a_run_without_an_answer_tells_the_conflict_and_the_way_out(house: House) -> None:
    report = told(house, "OPT-000003")
    assert report.lines == []
    assert report.sentences[0].startswith("There is no portfolio for Plan: no portfolio keeps all the rules")
    assert report.sentences[1].startswith("Cheapest way out: change the capacity")
    assert any(one.severity == "critical" and "Constraints!2" in one.message for one in report.conflicts)
    assert [one.is_this for one in report.alternatives] == [True, False, False]
    book = opened(report)
    assert book.sheetnames == ["Decision", "Alternatives", "Conflicts"]


def test_roadmaps_and_versions_take_reasons_from_the_run_behind_them(house: House) -> None:
    for name in ("Chosen", "chosen@1"):
        report = told(house, name)
        assert {line.key for line in report.chosen} == {"INIT-000001", "INIT-000003"}
        assert "adds 112 GBP to GMV" in report.sentences[0]
        assert all(line.price is not None for line in report.chosen)
        assert [one.label for one in report.targets] == ["GMV", "Latency"]
    report = told(house, "Typed")
    assert (report.targets, report.alternatives, report.price_label) == ([], [], "")
    assert {line.key for line in report.chosen} == {"INIT-000001", "INIT-000004"}
    opened(report)


def test_what_there_is_not_is_said(house: House) -> None:
    for name in ("OPT-000099", "Chosen@7", "nothing"):
        with pytest.raises(UnknownName):
            told(house, name)


def test_the_workbook_has_charts_prints_one_page_a_sheet_and_holds_no_formula(house: House) -> None:
    report = told(house, "OPT-000001")
    assert report_bytes(report) == report_bytes(told(house, "OPT-000001")), "the same bytes"
    book = opened(report)
    assert book.sheetnames == [
        *("Decision", "In and out", "Capacity", "KPIs and targets"),
        *("Value and tokens", "Alternatives", "Conflicts"),
    ]
    for sheet in book:
        assert {sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight} <= {1, None}, "None is the default, 1"
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row), "texts are texts"
    with zipfile.ZipFile(io.BytesIO(report_bytes(report))) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 7
    titles = {cell.value for row in book["In and out"].iter_rows() for cell in row}
    assert {"=cmd|' /C calc'!A0", "@SUM(1)"} <= titles


def test_hundreds_of_initiatives_run_over_pages_of_one_width(house: House) -> None:
    report = told(house, "OPT-000001")
    report.lines = report.lines * 40
    book = opened(report)
    assert (book["In and out"].page_setup.fitToWidth or 1, book["In and out"].page_setup.fitToHeight) == (1, 0)

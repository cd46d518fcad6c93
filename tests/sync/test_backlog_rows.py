"""The Backlog tab: rows typed there, cells that can't be read, cells of the backend's own, rows that are deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from roadwright.domain.text import normalised
from roadwright.store.models import Initiative
from tests.house import House
from tests.sync.spreadsheet import opened, rearrange

FIRST, SECOND, THIRD = "INIT-000001", "INIT-000002", "INIT-000003"


def stored(house: House, key: str) -> Initiative:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(Initiative).where(Initiative.initiative_key == key)).one()


def count(house: House) -> int:
    with house.workspace.store.transaction() as session:
        return session.scalar(select(func.count()).select_from(Initiative)) or 0


def three_ideas(house: House) -> None:
    house.type_new("Intake", *({"title": title} for title in ("Search", "Gift cards", "Wallet")))
    house.done("pm.backlog_sync")


def test_everything_that_a_product_manager_types_is_saved(house: House) -> None:
    three_ideas(house)
    typed: dict[str, Any] = {
        "brief_description": "Find it",
        "customer_segment": "SMB",
        "initiative_type": "feature",
        "category": "Discovery",
        "program_key": "P1",
        "lifecycle_status": "Under_Review ",
        "hypothesis": "People stay",
        "strategic_priority_coefficient": "1.5",
        "risk_level": "LOW",
        "effort_engineering_days": "1,200.5",
        "engineering_tokens": 0,
        "engineering_tokens_mvp": 12.5,
        "scope_mode": "mvp",
        "dependencies_initiatives": "INIT-000002; INIT-000003",
        "dependencies_others": "legal",
        "deadline_date": "2026-05-31",
        "earliest_start_date": dt.date(2026, 1, 2),
        "active_scoring_framework": "rice",
        "use_math_model": "yes",
        "is_optimization_candidate": "✓",
        "candidate_period_key": "2026-Q2",
    }
    meant = typed | {
        "lifecycle_status": "under_review",
        "strategic_priority_coefficient": 1.5,
        "risk_level": "low",
        "effort_engineering_days": 1200.5,
        "dependencies_initiatives": [SECOND, THIRD],
        "deadline_date": dt.date(2026, 5, 31),
        "active_scoring_framework": "RICE",
        "use_math_model": True,
        "is_optimization_candidate": True,
    }
    house.type_into("Backlog", 2, typed)
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["saved"], outcome.summary["ok"]) == (1, 6)
    initiative = stored(house, FIRST)
    assert {name: getattr(initiative, name) for name in typed} == meant
    before = house.bytes()
    house.done("pm.backlog_sync")
    house.done("pm.save_selected", tab="Backlog")
    assert house.bytes() == before
    house.type_into("Backlog", 2, dict.fromkeys(set(typed) - {"lifecycle_status"}))
    house.done("pm.backlog_sync")
    initiative = stored(house, FIRST)
    blank = {name: getattr(initiative, name) for name in typed if getattr(initiative, name) is not None}
    assert blank == {
        "lifecycle_status": "under_review",
        "strategic_priority_coefficient": 1.0,
        "is_optimization_candidate": False,
    }


def test_a_cell_that_cannot_be_read_leaves_its_row_and_all_others(house: House) -> None:
    three_ideas(house)
    house.type_into("Backlog", 2, {"country": "UK"})
    house.type_into("Backlog", 3, {"engineering_tokens": "a lot", "risk_level": "huge", "country": "DE"})
    house.type_into("Backlog", 4, {"country": "FR"})
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["failed"], outcome.summary["saved"]) == (1, 3)
    status = house.status("Backlog", SECOND)
    assert status.startswith('FAILED: risk_level: "huge" is not known; accepted: low, medium, high; engineering_')
    assert '"a lot" is not a number; expected a number such as' in status
    row = house.row("Backlog", SECOND)
    assert (row.raw["engineering_tokens"], row.raw["risk_level"], row.raw["country"]) == ("a lot", "huge", "DE")
    assert [stored(house, key).country for key in (FIRST, SECOND, THIRD)] == ["UK", "DE", "FR"]
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before
    house.type_into("Backlog", 3, {"engineering_tokens": 500, "risk_level": "high"})
    house.done("pm.backlog_sync")
    assert house.status("Backlog", SECOND) == "OK"
    assert (stored(house, SECOND).engineering_tokens, stored(house, SECOND).risk_level) == (500, "high")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"title": None}, "title: is empty, but needed"),
        ({"strategic_priority_coefficient": 0}, "strategic_priority_coefficient: 0 is out of range; expected a number"),
        ({"engineering_tokens": -1}, "engineering_tokens: -1 is out of range; expected a number of 0 or more"),
        ({"engineering_tokens": dt.date(2026, 1, 1)}, "engineering_tokens: "),
        ({"effort_engineering_days": "4.000"}, 'effort_engineering_days: "4.000" '),
        ({"is_optimization_candidate": "maybe"}, 'is_optimization_candidate: "maybe" is neither yes nor no'),
    ],
)
def test_what_a_cell_may_not_hold(house: House, cells: dict[str, Any], said: str) -> None:
    house.type_new("Backlog", {"title": "Search", "country": "UK"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {**cells, "country": "DE"})
    assert house.done("pm.backlog_sync").summary["failed"] == 1
    assert house.status("Backlog", FIRST).startswith(f"FAILED: {said}")
    assert stored(house, FIRST).country == ("UK" if "title" in cells else "DE")
    assert stored(house, FIRST).title == "Search"


def test_odd_but_readable_rows_are_warned(house: House) -> None:
    three_ideas(house)
    house.type_into(
        "Backlog",
        2,
        {"dependencies_initiatives": "INIT-000002, INIT-77, the wallet", "earliest_start_date": "2026-06-01"},
    )
    house.type_into("Backlog", 2, {"deadline_date": "2026-05-31"})
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST) == (
        'FAILED: dependencies_initiatives: no initiative has the key "INIT-000077"; '
        'dependencies_initiatives: no initiative has the key "the wallet" (everything else on this row is saved) · '
        "WARNING: earliest_start_date: 2026-06-01 lies after deadline_date 2026-05-31"
    )
    assert stored(house, FIRST).dependencies_initiatives is None
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_rows_typed_on_the_backlog_become_initiatives(house: House) -> None:
    three_ideas(house)
    house.type_new(
        "Backlog", {"title": "Loans", "category": "Money"}, {"country": "UK"}, {"title": "Cash", "country": "UK"}
    )
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["failed"]) == (2, 1)
    rows = house.rows("Backlog")[3:]
    assert [(r.text("initiative_key"), r.text("intake_source"), r.text("run_status")) for r in rows] == [
        ("INIT-000004", "backlog", "OK"),
        ("", "", "FAILED: title: is empty, but needed (title holds back this row: nothing else on it is saved)"),
        ("INIT-000005", "backlog", "OK"),
    ]
    assert stored(house, "INIT-000004").category == "Money"
    assert len(house.rows("Intake")) == 3
    house.type_into("Backlog", rows[1].number, {"title": "Named at last"})
    house.done("pm.backlog_sync")
    assert stored(house, "INIT-000006").title == "Named at last"
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


@pytest.mark.files
def test_deleted_and_moved_rows(house: House) -> None:
    three_ideas(house)
    house.type_into("Backlog", 3, {"country": "UK", "engineering_tokens": 7})
    house.done("pm.backlog_sync")
    rearrange(house.place("Backlog").workbook, "Backlog", lambda rows: [[], rows[2], [], [], rows[0]])
    with opened(house.place("Backlog").workbook, "Backlog") as sheet:
        sheet.row_dimensions[6].hidden = True
    house.type_into("Backlog", 6, {"country": "FR"})
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["added"], outcome.summary["created"]) == (1, 0)
    assert [(r.number, r.text("initiative_key")) for r in house.rows("Backlog")] == [
        (3, THIRD),
        (6, FIRST),
        (7, SECOND),
    ]
    assert (house.row("Backlog", SECOND).text("country"), stored(house, FIRST).country) == ("UK", "FR")
    assert house.row("Backlog", SECOND).values["engineering_tokens"] == 7
    assert count(house) == 3


def test_copied_and_invented_keys_fail_the_later_row(house: House) -> None:
    three_ideas(house)
    house.type_new(
        "Backlog",
        {"initiative_key": FIRST, "title": "Copied"},
        {"initiative_key": "INIT-000099", "title": "Invented"},
        {"initiative_key": "mine", "title": "Mine"},
    )
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["failed"], outcome.summary["created"]) == (3, 0)
    assert [row.text("run_status") for row in house.rows("Backlog")] == [
        *["OK"] * 3,
        "FAILED: initiative_key: INIT-000001 stands already in Backlog row 2; remove one of the two rows or change it",
        'FAILED: initiative_key: "INIT-000099" was not given by Roadwright; clear the key to submit it as a new idea',
        'FAILED: initiative_key: "mine" was not given by Roadwright; clear the key to submit it as a new idea',
    ]
    assert [row.text("title") for row in house.rows("Backlog")][3:] == ["Copied", "Invented", "Mine"]
    assert stored(house, FIRST).title == "Search"
    for row in (5, 6, 7):
        house.type_into("Backlog", row, {"initiative_key": None})
    assert house.done("pm.backlog_sync").summary["created"] == 3
    assert count(house) == 6


def test_cells_of_the_backend_are_put_right(house: House) -> None:
    house.type_new("Intake", {"title": "Search", "requester_name": "Ann", "requester_email": "a@example.org"})
    house.done("pm.backlog_sync")
    house.type_into(
        "Backlog",
        2,
        {
            "intake_source": "somewhere else",
            "overall_score": "high",
            "roadmaps": "2027",
            "updated_source": "me",
            "run_status": None,
        },
    )
    house.done("pm.backlog_sync")
    row = house.row("Backlog", FIRST)
    shown = {name: row.text(name) for name in ("intake_source", "requester_name", "requester_email", "run_status")}
    assert shown == {
        "intake_source": "Intake.xlsx!Intake",
        "requester_name": "Ann",
        "requester_email": "a@example.org",
        "run_status": 'WARNING: overall_score is computed; "high" was replaced; intake_source is computed; '
        '"somewhere else" was replaced; roadmaps is computed; "2027" was replaced; updated_source is written by '
        'Roadwright; "me" was replaced',
    }
    assert "overall_score" not in row.raw
    assert "roadmaps" not in row.raw
    assert row.text("updated_source") == "pm.backlog_sync"
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST) == "OK"
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_who_asked_is_typed_on_the_backlog_too(house: House) -> None:
    house.type_new("Backlog", {"title": "Refunds", "requester_name": "Ana", "requester_email": "ana@example.com"})
    house.type_new("Intake", {"title": "Search", "requester_name": "Ann"})
    house.done("pm.backlog_sync")
    for row in house.rows("Backlog"):
        key = row.text("initiative_key")
        assert (row.text("requester_name"), row.text("run_status")) == (stored(house, key).requester_name, "OK")
    asked = ("title", "requester_name", "requester_email")
    names = {title: (name, email) for title, name, email in (map(row.text, asked) for row in house.rows("Backlog"))}
    assert names == {"Refunds": ("Ana", "ana@example.com"), "Search": ("Ann", "")}


def test_what_computed_cells_showed_before_is_no_persons_text(house: House) -> None:
    """A value that changed since, a row of an older copy, and a row that was copied with its mark show nothing new."""
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"overall_score": 12})
    assert 'overall_score is computed; "12" was replaced' in house.run("pm.backlog_sync").rows[-1].run_status
    older = house.copied("Backlog")
    house.done("pm.backlog_sync")
    house.bring_back("Backlog", older)
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST) == "OK"


@pytest.mark.files
def test_formulas_are_read_by_their_value_and_never_overwritten(house: House) -> None:
    three_ideas(house)
    with opened(house.place("Backlog").workbook, "Backlog") as sheet:
        columns = {normalised(str(cell.value)): cell.coordinate.rstrip("1") for cell in sheet[1]}
        sheet[columns["engineeringtokens"] + "2"] = "=2*3"
        sheet[columns["overallscore"] + "3"] = '="x"&A1'
    house.type_into("Backlog", 4, {"country": "UK"})
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST).startswith(
        "FAILED: engineering_tokens: the formula =2*3 has no calculated val"
    )
    assert house.status("Backlog", SECOND).startswith("WARNING: overall_score: ")
    assert "holds a formula" in house.status("Backlog", SECOND)
    assert stored(house, THIRD).country == "UK"
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_a_selected_row_without_a_key_is_not_said_to_be_saved(house: House) -> None:
    """Only rows that have a key can be saved; whoever selects a row without one gets it a key, or is told."""
    house.type_new("Backlog", {"title": "Search"}, {"title": "Wallet"})
    outcome = house.run("pm.save_selected", tab="Backlog", select="3")
    saved = [row for row in house.rows("Backlog") if row.text("run_status") == "OK"]
    assert count(house) == len(saved) == outcome.summary["created"]


def test_a_selected_new_row_gets_its_key_and_others_wait(house: House) -> None:
    house.type_new("Backlog", {"title": "First"}, {"title": "Second"})
    house.done("pm.save_selected", tab="Backlog", select="3")
    assert [row.text("initiative_key") for row in house.rows("Backlog")] == ["", "INIT-000001"]
    house.done("pm.save_selected", tab="Backlog")
    assert [row.text("initiative_key") for row in house.rows("Backlog")] == ["INIT-000002", "INIT-000001"]


def test_who_asked_for_it_may_be_typed_on_the_backlog(house: House) -> None:
    house.type_new("Intake", {"title": "From a form", "requester_name": "Ann"})
    house.done("pm.backlog_sync")
    row = house.row("Backlog", "INIT-000001").number
    house.type_into("Backlog", row, {"requester_name": "Ann Lee", "requester_email": "ann@example.com"})
    for _ in range(2):
        house.done("pm.backlog_sync")
        found = house.row("Backlog", "INIT-000001")
        assert (found.text("requester_name"), found.text("requester_email")) == ("Ann Lee", "ann@example.com")

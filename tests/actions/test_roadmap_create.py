"""Roadmaps from filters, portfolios and lists: what stands on them, and what stays when they are made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from roadwright.sheets.backend import WorkbookBusy
from roadwright.sheets.backends.xlsx.workbook import XlsxWorkbook
from roadwright.sheets.values import CellValue
from tests.actions.company import add_candidates, add_kpis, add_scenario, stored
from tests.actions.roadmaps import (
    CHECK,
    CREATE,
    PERIOD,
    add_ideas,
    entry_row,
    judged,
    shown,
    stored_entry,
    stored_roadmap,
    type_entry,
    type_gates,
    type_roadmap,
)
from tests.house import House


def three(house: House) -> list[str]:
    """Two ideas of Growth and one of Ops; the second has no tokens."""
    return add_ideas(
        house,
        {"department": "Growth", "engineering_tokens": 5, "brief_description": "First"},
        {"department": "Growth"},
        {"department": "Ops", "engineering_tokens": 7},
    )


def test_a_filter_makes_a_roadmap_and_its_entries_appear(house: House) -> None:
    a, b, _ = three(house)
    type_roadmap(house, "Growth Q3", "filter", "department = Growth", owner="Ann")
    outcome = house.done(CREATE)
    assert {n: outcome.summary[n] for n in ("roadmaps", "new_entries", "admitted", "blocked", "changed")} == {
        "roadmaps": 1,
        "new_entries": 2,
        "admitted": 2,
        "blocked": 0,
        "changed": 0,
    }
    [row] = house.rows("Roadmaps")
    assert {n: row.values.get(n) for n in ("status", "version", "entries", "tokens", "owner", "run_status")} == {
        "status": "draft",
        "version": None,
        "entries": 2,
        "tokens": 5,
        "owner": "Ann",
        "run_status": "OK",
    }
    assert judged(house, "Growth Q3") == {a: "admitted", b: "admitted"}
    assert shown(house, "Growth Q3", "gate_failures") == {
        a: None,
        b: "tokens_present (warn): engineering_tokens is blank",
    }, "without a policy, blank tokens are warned of"
    assert shown(house, "Growth Q3", "selected") == {a: None, b: None}, "no run has chosen yet"
    first = house.rows("Roadmap_Entries")[0]
    assert (first.text("title"), first.text("brief_description"), first.values["tokens"]) == ("Idea 1", "First", 5)
    house.done("pm.backlog_sync")
    assert [row.values["roadmaps"] for row in house.rows("Backlog")] == [["Growth Q3"], ["Growth Q3"], None]


def test_again_it_adds_what_is_new_and_keeps_what_people_decided(house: House) -> None:
    a, b, c = three(house)
    type_gates(house, "sized", tokens_present="block")
    type_roadmap(house, "Growth", "filter", "department = Growth", gate_policy="sized")
    house.done(CREATE)
    assert judged(house, "Growth") == {a: "admitted", b: "blocked"}
    decided: dict[str, CellValue] = {
        "waived_by": "Ann",
        "waiver_reason": "sized next week",
        "priority_rank": 2,
        "notes": "mine",
    }
    type_entry(house, "Growth", b, **decided)
    type_entry(house, "Growth", a, is_locked=True, planned_period="2026-07")
    house.type_into("Backlog", 2, {"department": "Sales"})
    house.type_into("Backlog", 4, {"department": "growth"})
    house.done("pm.backlog_sync")
    summary = house.done(CREATE).summary
    assert (summary["new_entries"], summary["waived"], summary["now_waived"]) == (1, 1, 1)
    assert judged(house, "Growth") == {a: "admitted", b: "waived", c: "admitted"}
    assert {n: house.rows("Roadmap_Entries")[1].values[n] for n in decided} == decided
    assert shown(house, "Growth", "is_locked") == {a: True, b: False, c: False}
    statuses = shown(house, "Growth", "run_status")
    assert statuses[a] == (
        "WARNING: initiative_key: the filter of the roadmap names it no more; it stays until you delete its row"
    )
    assert (statuses[b], statuses[c]) == ("OK", "OK")
    house.type_into("Backlog", 2, {"department": "Growth"})
    house.done("pm.backlog_sync")
    house.done(CREATE)
    assert shown(house, "Growth", "run_status")[a] == "OK"


@pytest.mark.parametrize("again", [CREATE, CHECK])
def test_with_nothing_to_do_not_a_byte_is_written(house: House, again: str) -> None:
    _, b, c = three(house)
    type_gates(house, "sized", tokens_present="block", deadline_in_period="warn")
    type_roadmap(house, "A, with comma", "filter", "department = Growth", gate_policy="sized")
    type_roadmap(house, "B", "list", f"{b}, {c}")
    house.done(CREATE)
    type_entry(house, "B", b, is_locked=True, waived_by="Ann")
    house.done(CREATE)
    house.done("pm.backlog_sync")
    before = house.bytes()
    entry = stored_entry(house, "B", b)
    house.done(again)
    house.done("pm.backlog_sync")
    assert house.bytes() == before
    assert stored_entry(house, "B", b).updated_at == entry.updated_at


def test_a_list_names_what_it_could_not_use(house: House) -> None:
    a, _, c = three(house)
    type_roadmap(house, "Picked", "list", f"{c}; {a.lower()},INIT-000077\nnonsense, {c}")
    outcome = house.done(CREATE)
    assert list(judged(house, "Picked")) == [c, a], "in the order of the list"
    assert shown(house, "Picked", "selected") == {c: True, a: True}
    assert house.status("Roadmaps", "Picked") == (
        "WARNING: source_ref: no initiative has the key INIT-000077, nonsense"
    )
    assert outcome.summary["warned"] == 1
    before = house.bytes()
    house.done(CHECK)
    assert house.bytes() == before, "it is said as long as the list names it"


def test_a_portfolio_becomes_a_roadmap(house: House) -> None:
    add_kpis(house)
    a, b, c = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
        {"engineering_tokens": 50, "contributions": "gmv: 52"},
    )
    add_scenario(house, capacity=100)
    house.done("pm.optimize_run_all_candidates")
    type_gates(house, "described", brief_description_present="block")
    house.done("pm.save_selected", tab="Gates")
    house.done(CREATE, options=["roadmap_name=Best", "run_id=opt-000001", "gate_policy=described"])
    assert judged(house, "Best") == {b: "blocked", c: "blocked"}
    assert shown(house, "Best", "selected") == {b: False, c: False}
    house.type_into("Backlog", house.row("Backlog", b).number, {"brief_description": "Clear now"})
    house.done("pm.backlog_sync")
    house.done(CHECK)
    assert shown(house, "Best", "selected") == {b: True, c: False}
    row = house.row("Roadmaps", "Best")
    assert (row.text("period_key"), row.text("source"), row.text("source_ref")) == (
        "2026-Q2",
        "portfolio",
        "opt-000001",
    ), "the period is the run's"
    assert stored(house, a).title


def test_a_roadmap_of_nothing_but_options_gets_its_row(house: House) -> None:
    a, b, c = three(house)
    house.done(CREATE, options=["roadmap_name=Ops", f"period_key={PERIOD}", "filter=department = Ops"])
    row = house.row("Roadmaps", "Ops")
    assert (row.text("source"), row.text("source_ref"), row.text("status")) == ("filter", "department = Ops", "draft")
    assert judged(house, "Ops") == {c: "admitted"}
    house.done(CREATE, options=["roadmap_name=ops", f"keys={a}, {b}"])
    assert house.row("Roadmaps", "Ops").text("source") == "list", "options stand for cells of its row"
    assert list(judged(house, "Ops")) == [c, a, b]
    assert "names it no more" in str(shown(house, "Ops", "run_status")[c])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "there is no roadmap to work on; fill in a row of Roadmaps"),
        (["roadmap_name=New"], "to make it, give filter, run_id or keys"),
        (["roadmap_name=New", "filter=department = Ops"], "give its period too"),
        (["roadmap_name=New", "period_key=2026-Q3", "filter=a = b", "keys=INIT-1"], "a roadmap has one source"),
        (["filter=department = Ops"], "say of which roadmap"),
        (["roadmap_name=New", "period_key=2026-Q3", "filter=departmnt = Ops"], "did you mean department"),
        (["roadmap_name=New", "period_key=2026-Q3", "filter=@gone"], "gone"),
        (["roadmap_name=New", "period_key=2026-Q3", "run_id=OPT-000009"], 'there is no run "OPT-000009"'),
        (["roadmap_name=" + "x" * 201, "keys=INIT-1"], "200"),
    ],
)
def test_what_cant_be_made_says_why(house: House, options: list[str], says: str) -> None:
    outcome = house.run(CREATE, options=options)
    assert (outcome.exit_code, outcome.status) == (2, "failed")
    assert says in str(outcome.error)


def test_a_wrong_roadmap_does_not_stop_the_others(house: House) -> None:
    three(house)
    type_roadmap(house, "Wrong", "filter", "departmnt = Ops")
    type_roadmap(house, "Odd", None, "department = Ops")
    type_roadmap(house, "Empty", "filter", None)
    type_roadmap(house, "Good", "filter", "department = Ops")
    outcome = house.done(CREATE)
    assert (outcome.summary["roadmaps"], outcome.summary["failed"]) == (1, 3)
    assert 'FAILED: source_ref: there is no field "departmnt" (did you mean department?)' in house.status(
        "Roadmaps", "Wrong"
    )
    assert house.status("Roadmaps", "Odd").startswith("FAILED: source: is blank, though source_ref is filled in")
    assert house.status("Roadmaps", "Empty").startswith("FAILED: source_ref: is blank; expected a filter")
    assert len(judged(house, "Good")) == 1
    picked = house.run(CREATE, select="Wrong, Empty")
    assert (picked.exit_code, "Wrong: source_ref" in str(picked.error)) == (2, True)
    unknown = house.run(CREATE, select="Nobody")
    assert (unknown.exit_code, str(unknown.error)) == (2, "Roadmaps has no Nobody")


def test_a_row_that_cant_be_saved_is_told_as_the_reason(house: House) -> None:
    three(house)
    house.type_new("Roadmaps", {"roadmap_name": "No period", "source": "filter", "source_ref": "department = Ops"})
    for options in ([], ["roadmap_name=no period"]):
        outcome = house.run(CREATE, options=options)
        assert outcome.exit_code == 2
        assert "No period: FAILED: period_key" in str(outcome.error)
    assert house.status("Roadmaps", "No period").startswith("FAILED: period_key")


def test_entries_typed_by_hand_are_judged_and_stay(house: House) -> None:
    a, b, _ = three(house)
    type_roadmap(house, "By hand")
    house.type_new("Roadmap_Entries", {"roadmap_name": "by hand", "initiative_key": a.lower()})
    house.type_new("Roadmap_Entries", {"roadmap_name": "By hand", "initiative_key": "init-two"})
    house.done(CREATE)
    assert judged(house, "By hand") == {a: "admitted", "init-two": None}
    assert "no initiative has the key" in str(shown(house, "By hand", "run_status")["init-two"])
    assert stored_entry(house, "By hand", a).matches_source is None
    house.type_into("Roadmap_Entries", 3, {"initiative_key": b})
    house.done(CREATE)
    assert judged(house, "By hand") == {a: "admitted", b: "admitted"}
    assert set(shown(house, "By hand", "run_status").values()) == {"OK"}
    house.clear_row("Roadmap_Entries", entry_row(house, "By hand", a))
    house.done(CHECK)
    assert list(judged(house, "By hand")) == [b], "deleting its row takes an entry off the roadmap"


def test_intake_and_backlog_are_the_same_whatever_gates_exist(house: House) -> None:
    type_gates(house, "never", min_overall_score=("block", "1000000"), required_fields=("block", "hypothesis"))
    type_roadmap(house, "Strict", "filter", "title is not empty", gate_policy="never")
    house.type_new("Intake", {"title": "From a requester"}, {"brief_description": "no title"})
    house.done("pm.backlog_sync")
    house.done(CREATE)
    assert set(judged(house, "Strict").values()) == {"blocked"}
    house.type_new("Intake", {"title": "Another"})
    house.done("pm.backlog_sync")
    rows = house.rows("Backlog")
    assert [row.text("title") for row in rows] == ["From a requester", "(untitled)", "Another"]
    assert [row.text("lifecycle_status") for row in rows] == ["new"] * 3
    assert house.status("Intake", rows[2].text("initiative_key")) == "OK"


def test_one_initiative_stands_on_many_roadmaps(house: House) -> None:
    a, *_ = three(house)
    for name in ("Growth", "Board", "Platform"):
        type_roadmap(house, name, "list", a)
    house.done(CREATE)
    house.done("pm.backlog_sync")
    assert sorted(house.rows("Backlog")[0].values["roadmaps"]) == ["Board", "Growth", "Platform"]  # type: ignore[call-overload]


def test_a_run_that_could_not_write_is_completed_by_the_next(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, _ = three(house)
    type_roadmap(house, "Growth", "filter", "department = Growth")

    def busy(*_: object) -> bool:
        raise WorkbookBusy("file_unwritable", path="Roadmaps.xlsx", why="open elsewhere")

    with monkeypatch.context() as held:
        held.setattr(XlsxWorkbook, "write", busy)
        outcome = house.run(CREATE)
    assert (outcome.exit_code, "open elsewhere" in str(outcome.error)) == (1, True)
    assert len(stored_roadmap(house, "Growth").entry_rows) == 2, "the database has everything"
    assert house.rows("Roadmap_Entries") == []
    house.done(CREATE)
    assert judged(house, "Growth") == {a: "admitted", b: "admitted"}
    before = house.bytes()
    house.done(CREATE)
    assert house.bytes() == before


def test_an_older_copy_takes_no_entries_off(house: House, tmp_path: Path) -> None:
    a, b, c = three(house)
    type_roadmap(house, "Growth", "filter", "department = Growth")
    house.done(CREATE)
    older = tmp_path / "older.xlsx"
    shutil.copy(house.root / "Roadmaps.xlsx", older)
    house.done(CREATE, options=["roadmap_name=Growth", f"keys={c}"])
    shutil.copy(older, house.root / "Roadmaps.xlsx")
    house.done(CHECK)
    assert list(judged(house, "Growth")) == [a, b, c]


def test_a_roadmaps_tokens_add_up_in_decimals_and_its_name_has_many_spellings(house: House) -> None:
    add_ideas(
        house, {"engineering_tokens": 0.1, "country": "Peru\u0301"}, {"engineering_tokens": 0.2, "country": "Per\u00fa"}
    )
    type_roadmap(house, "Id\u00e9es  Q3", "filter", "country = PERU\u0301")
    house.done(CREATE, options=["roadmap_name=ide\u0301es q3"])
    [row] = house.rows("Roadmaps")
    assert (row.values["tokens"], row.values["entries"]) == (0.3, 2)
    assert row.text("roadmap_name") == "Id\u00e9es  Q3", "names stay as they were typed"

"""Roadmaps that entries name before anybody has filled in their row: nothing typed is lost, in whatever order."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from roadwright.cli.main import app
from roadwright.store.models import Roadmap
from tests.actions.company import add_scenario
from tests.actions.roadmaps import CHECK, CREATE, SET_STATUS, add_ideas, judged, shown, stored_entry, type_roadmap
from tests.house import House

ENTRIES = "Roadmap_Entries"


def names_stored(house: House) -> list[str]:
    with house.workspace.store.transaction() as session:
        return sorted(roadmap.roadmap_name for roadmap in session.query(Roadmap))


def named_before(house: House, name: str = "Later") -> list[str]:
    """Two entries of a roadmap that is not there, saved."""
    keys = add_ideas(house, {"engineering_tokens": 5}, {"engineering_tokens": 7})
    for rank, key in enumerate(keys):
        house.type_new(ENTRIES, {"roadmap_name": name, "initiative_key": key, "priority_rank": rank, "notes": "n"})
    outcome = house.done("pm.save_selected", tab=ENTRIES)
    assert [row.run_status for row in outcome.rows] == ["OK", "OK"]
    assert "is not on the Roadmaps tab" in str(outcome.rows[0].notices)
    return keys


def test_entries_wait_for_their_roadmap_and_get_it_in_any_case(house: House) -> None:
    a, b = named_before(house)
    assert set(shown(house, "Later", "run_status").values()) == {"OK"}
    assert house.rows("Roadmaps") == [], "a mere name is no roadmap"
    house.done("pm.backlog_sync")
    assert [row.values["roadmaps"] for row in house.rows("Backlog")] == [None, None]
    before = house.bytes()
    house.done("pm.save_selected", tab=ENTRIES)
    house.done("pm.refresh_tab", tab="Roadmaps")
    assert house.bytes() == before
    type_roadmap(house, "LATER")
    house.done("pm.save_selected", tab="Roadmaps")
    assert names_stored(house) == ["LATER"]
    row = house.row("Roadmaps", "LATER")
    assert (row.values["entries"], row.values["tokens"], row.text("status")) == (2, 12, "draft")
    house.done(CHECK)
    assert judged(house, "LATER") == {a: "admitted", b: "admitted"}
    assert shown(house, "LATER", "priority_rank") == {a: 0, b: 1}
    assert stored_entry(house, "Later", a).notes == "n"
    house.done("pm.backlog_sync")
    assert [row.values["roadmaps"] for row in house.rows("Backlog")] == [["LATER"], ["LATER"]]


@pytest.mark.parametrize("order", [(ENTRIES, "Roadmaps"), ("Roadmaps", ENTRIES)])
def test_both_tabs_typed_at_once_are_saved_in_any_order(house: House, order: tuple[str, str]) -> None:
    [key] = add_ideas(house, {"engineering_tokens": 5})
    type_roadmap(house, "Later")
    house.type_new(ENTRIES, {"roadmap_name": "Later", "initiative_key": key, "is_locked": True})
    for tab in order:
        house.done("pm.save_selected", tab=tab)
    house.done(CHECK)
    assert (judged(house, "Later"), house.status("Roadmaps", "Later")) == ({key: "admitted"}, "OK")
    assert shown(house, "Later", "is_locked") == {key: True}


def test_a_roadmap_of_options_gets_the_entries_that_named_it(house: House) -> None:
    a, b = named_before(house)
    house.done(CREATE, options=["roadmap_name=later", "period_key=2026-Q3", f"keys={a}"])
    assert judged(house, "later") == {a: "admitted", b: "admitted"}
    assert names_stored(house) == ["later"]


def test_what_runs_on_a_mere_name_says_so(house: House) -> None:
    named_before(house)
    add_scenario(house, capacity=100, roadmap_name="later")
    says = 'roadmap "Later" is named on Roadmap_Entries, but it is not on the Roadmaps tab; fill in its row there'
    for action, more in (
        (CHECK, {"options": ["roadmap_name=Later"]}),
        (CHECK, {"tab": ENTRIES}),
        (CREATE, {"options": ["roadmap_name=LATER"]}),
        (SET_STATUS, {"options": ["roadmap_name=later", "status=in_review"]}),
        ("pm.roadmap_publish", {"options": ["roadmap_name=later"]}),
        ("pm.optimize_run_all_candidates", {}),
    ):
        outcome = house.run(action, **more)
        assert outcome.exit_code == 2, action
        told = [str(outcome.error), *(f"{row.run_status} {row.notices}" for row in outcome.rows)]
        assert any(says in text for text in told), (action, told)
    for command in (["compare", "later", "later"], ["drift", "Later"]):
        result = CliRunner().invoke(app, [*command, "-w", str(house.root)])
        assert (result.exit_code, "is not on the Roadmaps tab" in " ".join(result.output.split())) == (2, True)


def test_one_that_is_judged_leaves_the_mere_name_out(house: House) -> None:
    a, _ = named_before(house)
    type_roadmap(house, "There", "list", a)
    outcome = house.done(CREATE)
    assert (outcome.summary["roadmaps"], outcome.summary["skipped"]) == (1, 2)
    assert all(str(text).startswith("SKIPPED: roadmap_name:") for text in shown(house, "Later", "run_status").values())
    before = house.bytes()
    house.done(CREATE)
    assert house.bytes() == before


def test_mending_the_name_moves_the_entries_and_leaves_no_name_behind(house: House) -> None:
    a, b = named_before(house, "Groth")
    type_roadmap(house, "Growth")
    house.done("pm.save_selected", tab="Roadmaps")
    for row in (2, 3):
        house.type_into(ENTRIES, row, {"roadmap_name": "Growth"})
    outcome = house.done("pm.save_selected", tab=ENTRIES)
    assert (outcome.summary["created"], outcome.summary["removed"]) == (2, 2)
    assert names_stored(house) == ["Growth"]
    house.done(CHECK)
    assert judged(house, "Growth") == {a: "admitted", b: "admitted"}


def test_a_row_that_is_deleted_is_off_the_mere_name_too(house: House) -> None:
    _, b = named_before(house)
    house.clear_row(ENTRIES, 2)
    assert house.done("pm.save_selected", tab=ENTRIES).summary["removed"] == 1
    type_roadmap(house, "Later")
    house.done(CHECK)
    assert judged(house, "Later") == {b: "admitted"}

"""Moving a roadmap from draft to the archive: allowed moves only, and who moved it."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from roadwright.domain.roadmaps import MOVES, RoadmapStatus
from tests.actions.roadmaps import CHECK, CREATE, SET_STATUS, add_ideas, judged, stored_roadmap, type_roadmap
from tests.house import House


def move(house: House, status: str, *more: str) -> tuple[int, str | None]:
    outcome = house.run(SET_STATUS, options=[f"status={status}", *more])
    return outcome.exit_code, outcome.error


def test_a_roadmap_goes_step_by_step_and_who_moved_it_is_kept(house: House) -> None:
    type_roadmap(house, "Plan")
    for status in ("in_review", "approved", "archived", "draft"):
        assert move(house, status, "roadmap_name=plan", f"by=Ann {status}") == (0, None)
        assert house.row("Roadmaps", "Plan").text("status") == status
    changes = stored_roadmap(house, "Plan").status_changes
    steps = ["draft", "in_review", "approved", "archived", "draft"]
    assert [(c.from_status, c.to_status) for c in changes] == list(pairwise(steps))
    assert [c.changed_by for c in changes] == [f"Ann {status}" for status in steps[1:]]
    moments = [c.changed_at for c in changes]
    assert moments == sorted(set(moments))


def test_where_it_stands_already_nothing_is_done(house: House) -> None:
    type_roadmap(house, "Plan")
    assert move(house, "in_review")[0] == 0
    before = house.bytes()
    assert move(house, "in_review") == (0, None)
    assert house.bytes() == before
    assert len(stored_roadmap(house, "Plan").status_changes) == 1
    assert stored_roadmap(house, "Plan").status_changes[0].changed_by == "test", "whoever asked, where nobody is named"


@pytest.mark.parametrize("status", ["approved", "archived"])
def test_other_moves_are_refused(house: House, status: str) -> None:
    type_roadmap(house, "Plan")
    code, error = move(house, status)
    assert code == 1
    assert error == f'roadmap "Plan" is draft and can\'t become {status}; from draft it can go to in_review'
    assert house.row("Roadmaps", "Plan").text("status") == "draft"
    assert house.status("Roadmaps", "Plan") == "OK"


def test_published_is_reached_by_publishing_only(house: House) -> None:
    type_roadmap(house, "Plan")
    for status in ("in_review", "approved"):
        move(house, status)
    code, error = move(house, "published")
    assert (code, "pm.roadmap_publish" in str(error)) == (1, True)
    assert all(RoadmapStatus.PUBLISHED not in targets for targets in MOVES.values())
    assert all(RoadmapStatus.DRAFT in MOVES[s] for s in RoadmapStatus if s is not RoadmapStatus.DRAFT)


def test_what_is_not_clear_is_asked_for(house: House) -> None:
    assert "there is no roadmap yet" in str(move(house, "in_review")[1])
    type_roadmap(house, "One")
    type_roadmap(house, "Two")
    assert move(house, "in_review") == (2, "there are several roadmaps: One, Two; name one: --option roadmap_name=…")
    assert move(house, "in_review", "roadmap_name=Tow")[0] == 2
    assert "did you mean Two" in str(move(house, "in_review", "roadmap_name=Tow")[1])
    code, error = move(house, "aproved", "roadmap_name=One")
    assert (code, "draft, in_review, approved" in str(error)) == (2, True)
    outcome = house.run(SET_STATUS, options=["roadmap_name=One"])
    assert (outcome.exit_code, "--option status=" in str(outcome.error)) == (2, True)


def test_a_row_that_cant_be_saved_is_told_as_the_reason(house: House) -> None:
    house.type_new("Roadmaps", {"roadmap_name": "No period"})
    for more in ((), ("roadmap_name=no period",)):
        code, error = move(house, "in_review", *more)
        assert (code, str(error)[:29]) == (2, "No period: FAILED: period_key")
    assert house.status("Roadmaps", "No period").startswith("FAILED: period_key")


def test_an_archived_roadmap_is_passed_over(house: House) -> None:
    [a] = add_ideas(house, {"engineering_tokens": 5})
    type_roadmap(house, "Old")
    for status in ("in_review", "approved", "archived"):
        move(house, status)
    house.type_into("Roadmaps", 2, {"source": "list", "source_ref": a})
    assert house.done(CREATE).summary["roadmaps"] == 0
    assert house.status("Roadmaps", "Old").startswith("SKIPPED: status: it is archived")
    assert judged(house, "Old") == {}
    move(house, "draft")
    house.done(CREATE)
    assert judged(house, "Old") == {a: "admitted"}


@pytest.mark.files
def test_a_row_in_conflict_or_failed_stops_a_move(house: House, tmp_path: Path) -> None:
    type_roadmap(house, "Plan")
    assert move(house, "in_review") == (0, None)
    shutil.copy(house.root / "Roadmaps.xlsx", tmp_path / "older.xlsx")
    house.type_into("Roadmaps", 2, {"source": "filter", "source_ref": "department = Growth"})
    house.done("pm.save_selected", tab="Roadmaps")
    shutil.copy(tmp_path / "older.xlsx", house.root / "Roadmaps.xlsx")
    house.type_into("Roadmaps", 2, {"source": "filter", "source_ref": "department = Ops"})
    code, error = move(house, "approved")
    assert (code, str(error).startswith("Plan: CONFLICT: source_ref: the sheet has")) == (2, True)
    assert (stored_roadmap(house, "Plan").status, house.status("Roadmaps", "Plan")[:8]) == ("in_review", "CONFLICT")
    house.type_into("Roadmaps", 2, {"source": "guess"})
    code, error = move(house, "approved")
    assert (code, str(error).startswith("Plan: FAILED: source:")) == (2, True)
    house.type_into("Roadmaps", 2, {"source": "filter"})
    assert move(house, "approved", "on_conflict=sheet") == (0, None)
    assert stored_roadmap(house, "Plan").source_ref == "department = Ops"


@pytest.mark.parametrize("new_name", [None, "Renamed"])
def test_a_promise_whose_row_is_gone_is_told(house: House, new_name: str | None) -> None:
    [key] = add_ideas(house, {"engineering_tokens": 5})
    for name in ("Plan", "Draft"):
        type_roadmap(house, name, "list", key)
    house.done(CREATE)
    for status in ("in_review", "approved"):
        assert move(house, status, "roadmap_name=Plan")[0] == 0
    for row in (2, 3):
        house.clear_row("Roadmaps", row)
    type_roadmap(house, new_name or "Other")
    for outcome in (
        house.done("pm.save_selected", tab="Roadmaps"),
        house.done(CHECK),
        house.done(
            SET_STATUS, options=["roadmap_name=Other" if new_name is None else "roadmap_name=Renamed", "status=draft"]
        ),
    ):
        [told] = [row for row in outcome.rows if row.row == 0]
        assert told.key == "Plan", "a draft promises nothing"
        assert told.run_status.startswith("WARNING: its row is gone from the tab (or was renamed), but the roadmap is")
        assert outcome.summary["warned"] == 1 + any("entries:" in row.run_status for row in outcome.rows)
    assert move(house, "archived", "roadmap_name=Plan")[0] == 0
    assert all(row.row for row in house.done(CHECK).rows)


def test_several_roadmaps_are_listed_whatever_else_is_wrong(house: House) -> None:
    for name in ("One", "Two"):
        type_roadmap(house, name)
    house.type_new("Roadmaps", {"roadmap_name": "No period"})
    assert move(house, "in_review") == (2, "there are several roadmaps: One, Two; name one: --option roadmap_name=…")
    code, error = move(house, "in_review", "roadmap_name=No period")
    assert (code, str(error).startswith("No period: FAILED: period_key")) == (2, True)

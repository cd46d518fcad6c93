"""Waivers where people sign in: one typed in a sheet waits for an approver's yes; over the API each is judged alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from roadwright.domain.roles import Role
from roadwright.services.people.accounts import add_user
from roadwright.store.models import RoadmapEntry
from tests.actions.company import add_initiatives
from tests.api.conftest import Api
from tests.api.test_rows import edit
from tests.house import House


@pytest.fixture
def blocked(house: House) -> House:
    """A roadmap whose gate both initiatives fail, and a team."""
    add_initiatives(house, {}, {})
    house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "block"})
    house.type_new(
        "Roadmaps",
        {
            "roadmap_name": "Q3",
            "period_key": "2026-Q3",
            "source": "list",
            "source_ref": "INIT-000001, INIT-000002",
            "gate_policy": "strict",
        },
    )
    house.done("pm.roadmap_create")
    return house


def team(house: House) -> None:
    with house.workspace.store.transaction() as session:
        add_user(session, "anna@example.com", Role.APPROVER, None)


def waive_in_sheet(house: House, reason: str = "must") -> None:
    row = house.row("Roadmap_Entries", "INIT-000001")
    house.type_into("Roadmap_Entries", row.number, {"waived_by": "Ben", "waiver_reason": reason})


def entry(house: House) -> tuple[str | None, bool]:
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(RoadmapEntry).where(RoadmapEntry.initiative_key == "INIT-000001")).one()
        return found.gate_status, found.waiver_waits


def test_without_users_what_is_typed_counts(blocked: House) -> None:
    waive_in_sheet(blocked)
    blocked.done("pm.save_selected", tab="Roadmap_Entries")
    assert entry(blocked) == ("waived", False)


def test_a_new_entry_may_be_typed_with_its_waiver(blocked: House) -> None:
    team(blocked)
    blocked.type_new(
        "Roadmap_Entries",
        {"roadmap_name": "Later", "initiative_key": "INIT-000002", "waived_by": "Ben", "waiver_reason": "must"},
    )
    blocked.done("pm.save_selected", tab="Roadmap_Entries")
    assert "waits" in blocked.rows("Roadmap_Entries")[-1].text("run_status")


def test_in_a_team_a_waiver_typed_in_a_sheet_waits_for_an_approver(
    blocked: House, signed_in: Callable[[str, Role], Api]
) -> None:
    anna = signed_in("anna@example.com", Role.APPROVER)
    waive_in_sheet(blocked)
    blocked.done("pm.save_selected", tab="Roadmap_Entries")
    assert entry(blocked) == ("blocked", True)
    assert blocked.status("Roadmap_Entries", "INIT-000001").startswith("WARNING: waived_by: the waiver waits for an")
    blocked.done("pm.roadmap_check_gates")
    assert entry(blocked) == ("blocked", True), "judging again is no yes"

    row = next(r for r in anna.rows("Roadmap_Entries") if r["identity"]["initiative_key"] == "INIT-000001")
    assert "waits" in row["run_status"]
    [saved] = anna.patch("Roadmap_Entries", edit(row, waiver_reason="must"))
    assert (saved["run_status"], saved["values"]["waived_by"]) == ("OK", "anna@example.com")
    assert saved["values"]["gate_status"] == "waived"
    blocked.done("pm.refresh_tab", tab="Roadmap_Entries")
    blocked.done("pm.save_selected", tab="Roadmap_Entries")
    assert entry(blocked) == ("waived", False), "what the sheet shows is as it was given"
    waive_in_sheet(blocked, "another reason")
    blocked.done("pm.save_selected", tab="Roadmap_Entries")
    assert entry(blocked) == ("blocked", True)


def test_an_approver_confirms_what_bears_their_own_name_already(
    blocked: House, signed_in: Callable[[str, Role], Api]
) -> None:
    anna = signed_in("anna@example.com", Role.APPROVER)
    number = blocked.row("Roadmap_Entries", "INIT-000001").number
    typed = {"waived_by": "anna@example.com", "waiver_reason": "must"}
    blocked.type_into("Roadmap_Entries", number, typed)
    blocked.done("pm.save_selected", tab="Roadmap_Entries")
    assert entry(blocked) == ("blocked", True)
    row = anna.rows("Roadmap_Entries", filter="initiative_key = INIT-000001")[0]
    [saved] = anna.patch("Roadmap_Entries", edit(row, **typed))
    assert saved["values"]["gate_status"] == "waived"
    assert entry(blocked) == ("waived", False)
    newest = anna.get("/runs", params={"action": "rows.save"})["items"][0]
    assert newest["requested_by"] == "api:anna@example.com"


def test_all_that_wait_are_confirmed_by_an_action_of_an_approver(blocked: House, as_role: Callable[..., Api]) -> None:
    team(blocked)
    waive_in_sheet(blocked)
    body = {"action": "pm.roadmap_check_gates", "options": {"confirm_waivers": True}}
    assert as_role(Role.PLANNER).call("POST", "/runs", json=body).status_code == 403
    approver = as_role(Role.APPROVER)
    asked = approver.call("POST", "/runs", json=body)
    assert asked.status_code == 202, asked.text
    run = approver.get(f"/runs/{asked.json()['run_id']}", params={"wait": 30})
    assert (run["status"], run["summary"]["confirmed"]) == ("success", 1)
    assert entry(blocked) == ("waived", False)
    assert blocked.row("Roadmap_Entries", "INIT-000001").text("waived_by") == "token:approver 0"


def test_a_wrong_waiver_stops_no_other_row(blocked: House, as_role: Callable[..., Api]) -> None:
    planner, approver = as_role(Role.PLANNER), as_role(Role.APPROVER, name="boss")
    first, second = planner.rows("Roadmap_Entries")
    rows = planner.patch(
        "Roadmap_Entries", edit(first, waived_by="me", waiver_reason="must", notes="x"), edit(second, notes="kept")
    )
    assert rows[0]["run_status"].startswith("FAILED: waived_by: a gate is waived by the role approver")
    assert rows[0]["values"]["notes"] is None
    assert (rows[1]["run_status"], rows[1]["values"]["notes"]) == ("OK", "kept")
    rows = approver.patch(
        "Roadmap_Entries",
        edit(first, waived_by="Ben", waiver_reason="must"),
        edit(rows[1], waiver_reason="must"),
    )
    assert rows[0]["run_status"].startswith('FAILED: waived_by: it is "Ben"')
    assert rows[1]["values"]["waived_by"] == "token:boss"

"""Gate policies on the Gates tab, and how they judge roadmaps: three policies, waivers, what changed since."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.actions.roadmaps import (
    CHECK,
    CREATE,
    add_ideas,
    judged,
    shown,
    stored_entry,
    type_entry,
    type_gates,
    type_roadmap,
)
from tests.house import Cells, House


def save_gates(house: House) -> list[str]:
    """Save the Gates tab; the statuses of its rows."""
    house.done("pm.save_selected", tab="Gates")
    return [row.text("run_status") for row in house.rows("Gates")]


@pytest.mark.parametrize(
    ("gate", "parameter", "status"),
    [
        ("required_fields", "department, risk_level", "OK"),
        ("required_fields", "departmnt", 'FAILED: parameter: required_fields: "departmnt" is no column of the Backlog'),
        ("min_overall_score", None, "FAILED: parameter: min_overall_score: is blank; expected a number"),
        ("min_overall_score", 2.5, "OK"),
        ("lifecycle_status_in", "under review", "OK"),
        ("max_risk_level", "huge", 'FAILED: parameter: max_risk_level: "huge" is none of low, medium, high'),
        ("tokens_present", "x", 'WARNING: parameter: tokens_present takes none, so "x" is not used'),
        ("tokens_presnt", None, 'FAILED: gate: "tokens_presnt"'),
    ],
)
def test_a_parameter_is_checked_when_it_is_saved(
    house: House, gate: str, parameter: str | float | None, status: str
) -> None:
    row = {"gate_policy": "p", "gate": gate, "severity": "block", "parameter": parameter}
    house.type_new("Gates", {name: value for name, value in row.items() if value is not None})
    [said] = save_gates(house)
    assert said.startswith(status), said


def test_three_policies_give_three_roadmaps_of_one_backlog(house: House) -> None:
    a, b, c, d = add_ideas(
        house,
        {"department": "G", "engineering_tokens": 5, "risk_level": "low", "brief_description": "A"},
        {"department": "G", "engineering_tokens": 0, "risk_level": "high"},
        {"department": "G", "risk_level": "medium", "brief_description": "C", "lifecycle_status": "under_review"},
        {"department": "G", "engineering_tokens": 8, "deadline_date": dt.date(2026, 12, 24)},
    )
    type_gates(house, "sized", tokens_present="block", brief_description_present="warn")
    type_gates(house, "safe", max_risk_level=("block", "medium"), lifecycle_status_in=("warn", "under_review"))
    type_gates(house, "ready", brief_description_present="block", deadline_in_period="block")
    for policy in ("sized", "safe", "ready"):
        type_roadmap(house, policy, "filter", "department = G", gate_policy=policy.upper())
    before = [row.raw for row in house.rows("Backlog")]
    house.done(CREATE)
    assert judged(house, "sized") == {a: "admitted", b: "admitted", c: "blocked", d: "admitted"}
    assert judged(house, "safe") == {a: "admitted", b: "blocked", c: "admitted", d: "blocked"}
    assert judged(house, "ready") == {a: "admitted", b: "blocked", c: "admitted", d: "blocked"}
    assert shown(house, "safe", "gate_failures")[b] == (
        "max_risk_level: risk_level is high; at most medium is accepted; "
        "lifecycle_status_in (warn): lifecycle_status is new; accepted: under_review"
    ), "every gate that fails is told"
    assert shown(house, "ready", "gate_failures")[d] == (
        "brief_description_present: brief_description is blank; "
        "deadline_in_period: deadline_date 2026-12-24 is not in 2026-Q3 (2026-07-01 to 2026-09-30)"
    )
    assert [row.raw for row in house.rows("Backlog")] == before
    house.done("pm.backlog_sync")
    assert [row.text("lifecycle_status") for row in house.rows("Backlog")] == ["new", "new", "under_review", "new"]


def test_each_result_is_kept_with_the_entry(house: House) -> None:
    [a] = add_ideas(house, {"title": "A"})
    type_gates(house, "p", tokens_present="warn", deadline_in_period="block")
    type_roadmap(house, "R", "list", a, gate_policy="p")
    house.done(CREATE)
    entry = stored_entry(house, "R", a)
    assert entry.gate_results_json == [
        {"gate": "tokens_present", "severity": "warn", "passed": False, "message": "engineering_tokens is blank"},
        {"gate": "deadline_in_period", "severity": "block", "passed": True, "message": None},
    ]
    assert entry.gate_failures == ["tokens_present (warn): engineering_tokens is blank"]
    assert (entry.gate_status, entry.judged_at is not None, entry.sheet_row) == ("admitted", True, 2)


def test_check_gates_tells_what_changed_since(house: House) -> None:
    a, b, c = add_ideas(house, {"engineering_tokens": 5}, {"title": "B"}, {"title": "C"})
    type_gates(house, "p", tokens_present="block", brief_description_present="warn")
    type_roadmap(house, "R", "list", f"{a}, {b}, {c}", gate_policy="p")
    house.done(CREATE)
    house.type_into("Backlog", 2, {"engineering_tokens": None})
    house.type_into("Backlog", 3, {"engineering_tokens": 4})
    house.type_into("Backlog", 4, {"brief_description": "C in a line"})
    house.done("pm.backlog_sync")
    assert judged(house, "R") == {a: "admitted", b: "blocked", c: "blocked"}, "a roadmap is judged when it is asked"
    outcome = house.done(CHECK)
    told = {row.key: row.notices for row in outcome.rows if row.notices}
    assert told == {
        f"R / {a}": ("was admitted, now blocked (tokens_present fails)",),
        f"R / {b}": ("was blocked, now admitted (tokens_present passes)",),
        f"R / {c}": ("still blocked (brief_description_present passes)",),
    }
    summary = {name: outcome.summary[name] for name in ("changed", "now_admitted", "now_blocked", "new_entries")}
    assert summary == {"changed": 3, "now_admitted": 1, "now_blocked": 1, "new_entries": 0}
    assert judged(house, "R") == {a: "blocked", b: "admitted", c: "blocked"}
    assert house.done(CHECK).summary["changed"] == 0


def test_roadmaps_can_be_judged_one_by_one(house: House) -> None:
    [a] = add_ideas(house, {"engineering_tokens": 5})
    for name in ("One", "Two"):
        type_roadmap(house, name, "list", a)
    house.done(CREATE)
    house.type_into("Backlog", 2, {"engineering_tokens": None})
    house.done("pm.backlog_sync")
    assert house.done(CHECK, select="two").summary["changed"] == 1
    assert (shown(house, "One", "gate_failures"), len(str(shown(house, "Two", "gate_failures")[a])) > 9) == (
        {a: None},
        True,
    )
    assert house.done(CHECK, tab="Roadmap_Entries", select="2").summary["changed"] == 1, "an entry's whole roadmap"
    assert house.done(CHECK, options=["roadmap_name=One"]).summary["roadmaps"] == 1
    wrong = house.run(CHECK, options=["roadmap_name=Three"])
    assert (wrong.exit_code, wrong.error) == (2, 'there is no roadmap "Three", there are: One, Two')


# Waivers


def test_a_waiver_needs_a_name_and_a_reason(house: House) -> None:
    [a] = add_ideas(house, {"title": "A"})
    type_gates(house, "p", tokens_present="block")
    type_roadmap(house, "R", "list", a, gate_policy="p")
    house.done(CREATE)
    type_entry(house, "R", a, waived_by="Ann")
    house.done(CHECK)
    assert judged(house, "R") == {a: "blocked"}
    assert "a waiver counts only when both are filled in" in str(shown(house, "R", "run_status")[a])
    assert stored_entry(house, "R", a).waived_at is None
    type_entry(house, "R", a, waiver_reason="the board wants it")
    house.done("pm.save_selected", tab="Roadmap_Entries")
    first = stored_entry(house, "R", a)
    assert (first.gate_status, first.waived_at is not None) == ("waived", True), "it counts as soon as it is saved"
    assert judged(house, "R") == {a: "waived"}
    assert shown(house, "R", "gate_failures") == {a: "tokens_present: engineering_tokens is blank"}
    house.done(CREATE)
    assert stored_entry(house, "R", a).waived_at == first.waived_at, "recorded the first time"
    type_entry(house, "R", a, waiver_reason=None)
    outcome = house.done(CHECK)
    assert [row.notices for row in outcome.rows if row.notices] == [("was waived, now blocked",)]
    assert stored_entry(house, "R", a).waived_at is None


def test_a_waiver_that_is_not_needed_changes_nothing(house: House) -> None:
    [a] = add_ideas(house, {"engineering_tokens": 5})
    type_gates(house, "p", tokens_present="block", brief_description_present="warn")
    type_roadmap(house, "R", "list", a, gate_policy="p")
    house.done(CREATE)
    type_entry(house, "R", a, waived_by="Ann", waiver_reason="just in case")
    outcome = house.done(CHECK)
    assert judged(house, "R") == {a: "admitted"}
    assert shown(house, "R", "run_status") == {a: "OK"}
    assert "not needed, because no gate blocks it" in str([row.notices for row in outcome.rows])


# Policies that can't be used


def test_a_policy_that_is_not_there_is_told_when_the_roadmap_is_judged(house: House) -> None:
    [a] = add_ideas(house, {"engineering_tokens": 5})
    type_gates(house, "strict", tokens_present="block")
    type_roadmap(house, "R", "list", a, gate_policy="strikt")
    house.done("pm.save_selected", tab="Roadmaps")
    assert house.status("Roadmaps", "R") == "OK"
    house.done("pm.save_selected", tab="Gates")
    outcome = house.run(CREATE)
    assert outcome.exit_code == 2
    said = 'gate_policy: there is no policy "strikt" (did you mean strict?) on the Gates tab, there are: strict'
    assert said in str(outcome.error)
    assert house.status("Roadmaps", "R").startswith(f"FAILED: {said}")
    assert house.rows("Roadmap_Entries") == [], "nothing is put on a roadmap that can't be judged"
    house.type_into("Roadmaps", 2, {"gate_policy": "STRICT"})
    house.done(CREATE)
    assert judged(house, "R") == {a: "admitted"}


def test_a_gate_that_cant_be_saved_is_never_dropped_in_silence(house: House) -> None:
    [a] = add_ideas(house, {"engineering_tokens": 5})
    type_gates(house, "p", tokens_present="block", min_overall_score=("block", "much"))
    type_gates(house, "q", tokens_present="block")
    type_roadmap(house, "R", "list", a, gate_policy="p")
    type_roadmap(house, "S", "list", a, gate_policy="q")
    outcome = house.done(CREATE)
    assert outcome.summary["roadmaps"] == 1
    assert house.status("Roadmaps", "R").startswith("FAILED: gate_policy: Gates!3: parameter: min_overall")
    assert (judged(house, "R"), judged(house, "S")) == ({}, {a: "admitted"})


def test_a_gate_that_is_deleted_is_asked_no_more(house: House) -> None:
    [a] = add_ideas(house, {"title": "A"})
    type_gates(house, "p", tokens_present="block", brief_description_present="block")
    type_roadmap(house, "R", "list", a, gate_policy="p")
    house.done(CREATE)
    house.clear_row("Gates", 2)
    assert house.done(CHECK).summary["removed"] == 1
    assert shown(house, "R", "gate_failures") == {a: "brief_description_present: brief_description is blank"}


# Dependencies


def sized(title: str) -> Cells:
    return {"title": title, "engineering_tokens": 1}


def test_as_many_stand_as_can_stand_together(house: House) -> None:
    """A chain falls with its end, a circle holds itself, a done or waived dependency is met."""
    a, b, c, d, e, f, g = add_ideas(house, *(sized(title) for title in "ABCDEFG"))
    needs = {2: b, 3: c, 5: e, 6: d, 7: g}
    for row, key in needs.items():
        house.type_into("Backlog", row, {"dependencies_initiatives": key})
    house.type_into("Backlog", 4, {"engineering_tokens": None})
    house.type_into("Backlog", 8, {"lifecycle_status": "done"})
    house.done("pm.backlog_sync")
    type_gates(house, "p", dependencies_on_roadmap="block", tokens_present="block")
    type_roadmap(house, "R", "list", ", ".join((a, b, c, d, e, f)), gate_policy="p")
    house.done(CREATE)
    assert judged(house, "R") == {
        a: "blocked",
        b: "blocked",
        c: "blocked",
        d: "admitted",
        e: "admitted",
        f: "admitted",
    }
    failures = shown(house, "R", "gate_failures")
    assert failures[a] == f"dependencies_on_roadmap: needs {b}, which is blocked on this roadmap"
    assert failures[c] == "tokens_present: engineering_tokens is blank"
    type_entry(house, "R", c, waived_by="Ann", waiver_reason="small")
    summary = house.done(CHECK).summary
    assert judged(house, "R") == {
        a: "admitted",
        b: "admitted",
        c: "waived",
        d: "admitted",
        e: "admitted",
        f: "admitted",
    }
    assert (summary["now_admitted"], summary["now_waived"]) == (2, 1)


@pytest.mark.parametrize("action", [CREATE, CHECK])
def test_a_policy_that_is_not_there_is_told_of_an_empty_roadmap_too(house: House, action: str) -> None:
    type_roadmap(house, "Empty", gate_policy="gone")
    assert house.run(action).exit_code == 2
    assert house.status("Roadmaps", "Empty").startswith('FAILED: gate_policy: there is no policy "gone"')

"""Likely duplicates are told once; duplicate_of marks one, which then competes for nothing."""

from __future__ import annotations

import pytest

from roadwright.actions.doctor import diagnose
from roadwright.actions.execute import ActionResult
from roadwright.services.portfolios.duplicates import promised_duplicates
from tests.actions.company import PERIOD, add_candidates, add_initiatives, add_kpis, add_scenario, constrain
from tests.house import House

SYNC, SAVE, RUN = "pm.backlog_sync", "pm.save_selected", "pm.optimize_run_all_candidates"


def told(outcome: ActionResult) -> list[tuple[str, str]]:
    return [(row.key, notice) for row in outcome.rows for notice in row.notices if "looks like" in notice]


def test_a_likely_duplicate_is_told_once_with_both_keys(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"}, {"title": "Pay by bank"})
    assert told(house.done(SYNC)) == []
    house.type_new("Intake", {"title": "Search, faster"})
    words = (
        'INIT-000003 looks like INIT-000001 "Faster search"; if it says the same, put INIT-000001 into its duplicate_of'
    )
    assert told(house.done(SYNC)) == [("INIT-000003", words)]
    before = house.bytes()
    assert told(house.done(SYNC)) == []
    assert house.bytes() == before, "a second sync leaves the workbooks alone"
    assert {row.text("title") for row in house.rows("Backlog")} == {"Faster search", "Pay by bank", "Search, faster"}


def test_an_idea_that_reads_otherwise_is_compared_again_but_no_pair_is_told_twice(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"}, {"title": "Dark mode"})
    house.done(SYNC)
    house.type_into("Backlog", 3, {"title": "Search, faster"})
    assert [key for key, _ in told(house.done(SYNC))] == ["INIT-000002"]
    house.type_into("Backlog", 3, {"title": "Faster searches"})
    assert told(house.done(SYNC)) == [], "the pair was told"
    house.type_into("Backlog", 3, {"department": "Growth"})
    assert told(house.done(SYNC)) == []


def three(house: House) -> list[str]:
    add_kpis(house)
    return add_candidates(
        house,
        {"engineering_tokens": 50, "contributions": "gmv: 70"},
        {"engineering_tokens": 50, "contributions": "gmv: 50"},
        {"engineering_tokens": 50, "contributions": "gmv: 40"},
    )


def mark(house: House, key: str, original: str | None) -> str:
    house.type_into("Backlog", house.row("Backlog", key).number, {"duplicate_of": original})
    house.done(SAVE, tab="Backlog")
    return house.status("Backlog", key)


def test_a_duplicate_is_never_a_candidate(house: House) -> None:
    a, b, c = three(house)
    add_scenario(house, capacity=500)
    assert mark(house, b, a.lower().replace("-0", "-")).startswith("OK: duplicate_of: read ")
    assert house.row("Backlog", b).text("duplicate_of") == a, "in the registry's own spelling"
    house.done(RUN)
    assert [row.text("initiative_key") for row in house.rows("Results")] == [a, c]
    assert any(f"it is a duplicate of {a}" in row.text("message") for row in house.rows("Gaps_And_Alerts"))
    assert mark(house, b, None) == "OK"
    house.done(RUN)
    assert [row.text("initiative_key") for row in house.rows("Results")] == [a, b, c]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("INIT-000002", "can't be a duplicate of itself"),
        ("INIT-000099", "no initiative has the key"),
        ("the search one", "no initiative has the key"),
    ],
)
def test_what_duplicate_of_can_not_name_is_refused(house: House, typed: str, code: str) -> None:
    three(house)
    assert code in mark(house, "INIT-000002", typed)
    assert mark(house, "INIT-000002", None) == "OK"


def test_there_are_no_chains_and_no_circles(house: House) -> None:
    a, b, c = three(house)
    assert mark(house, b, a) == "OK"
    assert f"{b} is a duplicate of {a} itself; name {a}" in mark(house, c, b)
    assert mark(house, c, None) == "OK"
    status = mark(house, a, c)
    assert status.startswith("FAILED")
    assert f"{b} is marked as a duplicate of {a}" in status
    assert f"{b} is a duplicate" in mark(house, a, b)
    assert mark(house, a, None) == "OK"
    house.type_into("Backlog", house.row("Backlog", b).number, {"duplicate_of": None})
    house.type_into("Backlog", house.row("Backlog", c).number, {"duplicate_of": b})
    house.done(SAVE, tab="Backlog")
    assert (house.status("Backlog", b), house.status("Backlog", c)) == ("OK", "OK"), "in one save, in order"


def test_a_duplicate_that_is_mandatory_is_told(house: House) -> None:
    a, b, _ = three(house)
    add_scenario(house)
    constrain(house, "mandatory", b, dimension="initiative", reason="law")
    mark(house, b, a)
    assert house.run(RUN).exit_code == 2
    alerts = [row.text("message") for row in house.rows("Gaps_And_Alerts")]
    assert any(f"{b} is mandatory, but it is a duplicate of {a}" in message for message in alerts)


def test_a_duplicate_is_compared_with_nothing_any_more(house: House) -> None:
    add_initiatives(house, {"title": "Faster search", "candidate_period_key": PERIOD}, {"title": "Dark mode"})
    house.done(SYNC)
    mark(house, "INIT-000002", "INIT-000001")
    house.type_new("Intake", {"title": "Dark modes"})
    assert told(house.done(SYNC)) == []


def test_doctor_names_duplicates_that_are_mandatory_or_locked(house: House) -> None:
    a, b, _ = three(house)
    add_scenario(house)
    constrain(house, "mandatory", b, dimension="initiative", reason="law")
    house.done(SAVE, tab="Constraints")
    with house.workspace.store.transaction() as session:
        assert promised_duplicates(session) == []
    mark(house, b, a)
    with house.workspace.store.transaction() as session:
        [said] = promised_duplicates(session)
    assert (said.code, said.params["key"], said.params["original"]) == ("duplicate_mandatory", b, a)
    [found] = [finding for finding in diagnose(house.root) if finding.what == "duplicates"]
    assert (found.is_well, found.message.code) == (False, "duplicates_promised")

"""What waits for a person: each group as it comes about, what it names and where it leads, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from roadwright.services.roadmaps.attention import score_faults
from roadwright.sync.waiting import Waiting, WaitKind, waiting
from roadwright.sync.written import BookState
from tests.actions.company import PERIOD, add_candidates, add_initiatives, add_kpis, add_scenario, aim, type_by_key
from tests.actions.roadmaps import CREATE, type_gates, type_roadmap
from tests.house import Cells, House, small_house

RUN = "pm.optimize_run_all_candidates"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from small_house(tmp_path)


def waits(house: House, books: Sequence[BookState] = ()) -> list[Waiting]:
    with house.workspace.store.transaction() as session:
        return waiting(session, house.workspace, score_faults(session), books)


def group(house: House, kind: WaitKind) -> tuple[int, tuple[str, ...], tuple[str, ...], str]:
    """The one group of this kind: how many, their names and keys, and its place."""
    [found] = [one for one in waits(house) if one.kind is kind]
    return found.count, found.names, found.keys, found.place


def kinds(house: House) -> list[WaitKind]:
    return [one.kind for one in waits(house)]


def test_nothing_waits_where_nothing_is(house: House) -> None:
    assert waits(house) == []


def test_fields_that_intake_and_backlog_changed_and_ideas_without_a_title(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search", "country": "UK"}, {"country": "DE"})
    house.done("pm.backlog_sync")
    [nameless] = [row.text("initiative_key") for row in house.rows("Backlog") if row.text("country") == "DE"]
    assert group(house, WaitKind.UNTITLED) == (1, ("Intake.xlsx!Intake, row 3",), (nameless,), "")
    house.type_into("Intake", 2, {"title": "Find it at once"})
    house.type_into("Backlog", 2, {"title": "Great search"})
    house.done("pm.backlog_sync")
    assert group(house, WaitKind.CONFLICTS) == (1, ("Intake, row 2",), (), "")
    house.type_into("Intake", 2, {"title": "Great search"})
    house.type_into("Intake", 3, {"title": "Gift cards"})
    house.done("pm.backlog_sync")
    assert waits(house) == []


def test_rows_as_the_last_action_on_their_tab_left_them(house: House) -> None:
    house.type_new("Metrics_Config", {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "polar_star"})
    refused = house.done("pm.save_selected", tab="Metrics_Config").run_id
    assert group(house, WaitKind.FAILED_ROWS) == (1, ("Metrics_Config, row 2",), (), refused)
    house.type_into("Metrics_Config", 2, {"kpi_level": "north_star"})
    house.done("pm.save_selected", tab="Metrics_Config")
    [key] = add_initiatives(house, {"country": "UK"})
    assert waits(house) == []
    copy = house.copied("Backlog")
    house.type_into("Backlog", 2, {"country": "FR"})
    house.done("pm.save_selected", tab="Backlog")
    house.bring_back("Backlog", copy)
    house.type_into("Backlog", 2, {"country": "ES"})
    house.done("pm.save_selected", tab="Backlog")
    assert house.status("Backlog", key).startswith("CONFLICT")
    assert group(house, WaitKind.CONFLICTS) == (1, ("Backlog, row 2",), (), "")


def test_scenarios_by_their_latest_run(house: House) -> None:
    add_kpis(house)
    add_candidates(house, {"engineering_tokens": 60, "contributions": "gmv: 60"})
    add_scenario(house)
    add_scenario(house, "Later", period_key="2026-Q4")
    house.done("pm.optimize_save_scenario")
    assert group(house, WaitKind.NEVER_RUN) == (2, ("Plan", "Later"), (), "Plan")
    aim(house, "gmv", 100, "goal")
    house.done(RUN, options=["scenario_name=Plan"])
    assert group(house, WaitKind.TARGETS) == (1, ("Plan: 1",), (), "Plan")
    house.run(RUN, options=["scenario_name=Later"])
    assert group(house, WaitKind.NO_ANSWER) == (1, ("Later",), (), "Later")
    assert WaitKind.NEVER_RUN not in kinds(house)


def test_candidates_that_lack_a_field_and_entries_that_a_gate_keeps_off(house: House) -> None:
    add_kpis(house)
    unsized, undated = add_candidates(
        house,
        {"title": "Gift cards", "engineering_tokens": None},
        {"title": "Night shift", "engineering_tokens": 5, "candidate_period_key": None},
    )
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    assert group(house, WaitKind.NO_TOKENS) == (1, ("Gift cards",), (unsized,), "")
    assert group(house, WaitKind.NO_PERIOD) == (1, ("Night shift",), (undated,), "")
    type_gates(house, "strict", tokens_present="block")
    for name, keys in (("One", unsized), ("Both", f"{unsized}, {undated}")):
        type_roadmap(house, name, "keys", keys, gate_policy="strict", period_key=PERIOD)
    house.done(CREATE)
    assert group(house, WaitKind.BLOCKED) == (2, ("One: 1", "Both: 1"), (unsized,), "One")
    type_by_key(house, "Backlog", {unsized: {"engineering_tokens": 9}, undated: {"candidate_period_key": PERIOD}})
    house.done("pm.save_selected", tab="Backlog")
    house.done("pm.roadmap_check_gates")
    assert kinds(house) == [WaitKind.NEVER_RUN]


def test_scores_that_lack_an_input_and_those_whose_inputs_changed(house: House) -> None:
    inputs: Cells = {"active_scoring_framework": "RICE", "rice_reach": 100, "rice_impact": 2, "rice_effort": 3}
    lacking, changed = add_initiatives(house, {"title": "Gift cards"}, {"title": "Night shift"})
    house.done("pm.populate_initiatives")
    type_by_key(house, "Scoring_Inputs", {lacking: inputs, changed: {**inputs, "rice_confidence": 0.5}})
    house.done("pm.score_selected")
    assert group(house, WaitKind.SCORE_MISSING) == (1, ("Gift cards",), (lacking,), "")
    assert kinds(house) == [WaitKind.SCORE_MISSING]
    type_by_key(house, "Scoring_Inputs", {changed: {"rice_confidence": 0.8}})
    house.done("pm.save_selected", tab="Scoring_Inputs")
    assert group(house, WaitKind.SCORE_STALE) == (1, ("Night shift",), (changed,), "")
    house.done("pm.score_selected")
    assert kinds(house) == [WaitKind.SCORE_MISSING]


def test_models_and_params_that_nobody_stands_behind(house: House) -> None:
    add_kpis(house)
    [key] = add_initiatives(house, {})
    model = {"initiative_key": key, "target_kpi_key": "gmv", "formula_text": "orders * change"}
    house.type_new("MathModels", {**model, "model_name": "uplift", "approved_by_user": True})
    house.type_new("MathModels", {**model, "model_name": "other"})
    house.done("pm.seed_math_params")
    assert group(house, WaitKind.MODEL_APPROVALS) == (1, ("other",), (key,), key)
    assert group(house, WaitKind.PARAM_VALUES) == (2, ("uplift",), (key,), key)
    [first, *_] = [row.number for row in house.rows("Params") if row.text("model_name") == "uplift"]
    house.type_into("Params", first, {"value": 3})
    house.done("pm.save_selected", tab="Params")
    assert group(house, WaitKind.PARAM_APPROVALS) == (1, ("uplift",), (key,), key)
    assert group(house, WaitKind.PARAM_VALUES)[0] == 1


def test_workbooks_that_changed_or_are_open_come_after_what_is_worse(house: House) -> None:
    add_initiatives(house, {"active_scoring_framework": "RICE"})
    intake, backlog = (house.place(tab).workbook for tab in ("Intake", "Backlog"))
    states = [
        BookState(intake, is_missing=False, is_changed=True, is_open=False),
        BookState(backlog, is_missing=False, is_changed=False, is_open=True),
        BookState(backlog, is_missing=False, is_changed=False, is_open=False),
    ]
    found = waits(house, states)
    assert [one.kind for one in found] == [WaitKind.SCORE_MISSING, WaitKind.WORKBOOKS]
    assert (found[1].count, found[1].names) == (2, (intake.name, f"{backlog.name} (open)"))

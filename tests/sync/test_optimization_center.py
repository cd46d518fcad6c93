"""Scenario_Config, Constraints, Targets and Candidates: what is saved, refused, remembered and removed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import read_table
from roadwright.sheets.values import CellValue
from roadwright.store.models import OptimizationConstraintSet, OptimizationScenario
from tests.actions.company import (
    add_candidates,
    add_initiatives,
    add_kpis,
    add_scenario,
    aim,
    constrain,
    stored,
)
from tests.house import House

Row = dict[str, CellValue | None]


def scenario(house: House, name: str = "Plan") -> OptimizationScenario:
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(OptimizationScenario).where(OptimizationScenario.scenario_name == name)).one()
        session.expunge(found)
    return found


def rules(house: House) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """All stored constraints and targets by scenario and set, as (type, key)."""
    with house.workspace.store.transaction() as session:
        sets = session.scalars(select(OptimizationConstraintSet).order_by(OptimizationConstraintSet.id))
        return {
            (owner.scenario_name, owner.constraint_set_name): [
                *((row.constraint_type, row.dimension_key or "") for row in owner.constraints),
                *((row.floor_or_goal, row.kpi_key) for row in owner.targets),
            ]
            for owner in sets
            if owner.constraints or owner.targets
        }


# Scenarios


@pytest.mark.parametrize("spelled", ["gmv: 0.6; retention: 0.4", '{"GMV": 0.6, "retention": 0.4}'])
def test_weights_are_saved_in_both_forms(house: House, spelled: str) -> None:
    add_kpis(house)
    add_scenario(house, objective_mode="weighted_kpis", objective_weights_json=spelled)
    house.done("pm.optimize_save_scenario")
    weights = scenario(house).objective_weights_json
    assert isinstance(weights, dict)
    assert {key.lower(): value for key, value in weights.items()} == {"gmv": 0.6, "retention": 0.4}
    before = house.bytes()
    house.done("pm.optimize_save_scenario")
    assert house.bytes() == before


def test_an_order_is_saved_in_its_three_forms(house: House) -> None:
    add_kpis(house)
    forms = {
        "plain": "retention > gmv",
        "list": '["retention", "gmv"]',
        "full": '[{"kpi": "retention", "tolerance": 0.01}, {"kpi": "gmv"}]',
    }
    for name, text in forms.items():
        add_scenario(house, name, objective_mode="lexicographic", objective_weights_json=text)
    house.done("pm.optimize_save_scenario")
    for name in forms:
        order = scenario(house, name).objective_weights_json
        assert isinstance(order, list)
        assert [step["kpi"] for step in order] == ["retention", "gmv"]
        assert order[0]["tolerance"] == (0.01 if name == "full" else 0)


WRONG_SCENARIOS: dict[str, tuple[Row, str]] = {
    "no capacity": ({"capacity_total_tokens": None}, "capacity_total_tokens: is empty, but needed"),
    "zero": ({"capacity_total_tokens": 0}, "capacity_total_tokens: 0 is out of range; expected a number above 0"),
    "no period": ({"period_key": None}, "period_key: is empty"),
    "mode": ({"objective_mode": "profit"}, '"profit" is not known; accepted: north_star, weighted_kpis'),
    "no weights": ({"objective_mode": "weighted_kpis"}, "objective_weights_json: objective_mode weighted_kpis needs"),
    "negative": (
        {"objective_mode": "weighted_kpis", "objective_weights_json": "gmv: -1; retention: 2"},
        "gmv: -1; weights are 0 or more",
    ),
    "all zero": (
        {"objective_mode": "weighted_kpis", "objective_weights_json": "gmv: 0; retention: 0"},
        "all weights are 0",
    ),
    "order as weights": (
        {"objective_mode": "weighted_kpis", "objective_weights_json": "gmv > retention"},
        "needs weights",
    ),
    "no order": ({"objective_mode": "lexicographic"}, "lexicographic needs an order"),
    "unknown": (
        {"objective_mode": "lexicographic", "objective_weights_json": "retentoin > gmv"},
        '"retentoin" is no KPI of Metrics_Config (did you mean retention?)',
    ),
    "supporting": (
        {"objective_mode": "weighted_kpis", "objective_weights_json": "visits: 1"},
        '"visits" is a supporting KPI',
    ),
    "inactive": ({"objective_mode": "lexicographic", "objective_weights_json": "old_kpi > gmv"}, "is not active"),
    "twice": ({"objective_mode": "lexicographic", "objective_weights_json": "gmv > GMV"}, "names gmv twice"),
}


def test_a_wrong_scenario_fails_alone_and_says_what_is_wrong(house: House) -> None:
    add_kpis(house)
    for name, (cells, _) in WRONG_SCENARIOS.items():
        add_scenario(house, name, cells=cells)
    add_scenario(
        house, "fine", objective_weights_json="gmv: 1", roadmap_name="not there yet", constraint_set_name="nor this"
    )
    outcome = house.done("pm.optimize_save_scenario")
    assert (outcome.summary["failed"], outcome.summary["created"]) == (len(WRONG_SCENARIOS), 1)
    for name, (_, words) in WRONG_SCENARIOS.items():
        status = house.status("Scenario_Config", name)
        assert status.startswith("FAILED: ")
        assert words in status
    assert house.status("Scenario_Config", "fine").startswith("WARNING: objective_weights_json: is not used")
    assert scenario(house, "fine").roadmap_name == "not there yet"


def test_names_are_of_a_length_that_every_database_finds_again(house: House) -> None:
    add_kpis(house)
    longest, longer = "".join(chr(0x4E00 + n * 97 % 20_000) for n in range(200)), "x" * 201
    add_scenario(house, longest)
    add_scenario(house, longer)
    outcome = house.done("pm.optimize_save_scenario")
    assert [row.run_status[:40] for row in outcome.rows] == ["OK", "FAILED: scenario_name: has 201 characters"[:40]]
    assert scenario(house, longest).period_key == "2026-Q2"
    [one] = add_initiatives(house, {})
    constrain(house, "exclude_initiative", one, scenario_name=longest, constraint_set_name=longest)
    constrain(house, "exclude_initiative", one, constraint_set_name="y" * 6_000)
    outcome = house.done("pm.optimize_save_constraints")
    assert (outcome.summary["created"], outcome.summary["failed"]) == (1, 1)


# Constraints and targets

GOOD: tuple[tuple[str, Row], ...] = (
    ("capacity_floor", {"dimension": "country", "dimension_key": "UK", "min_tokens": 10}),
    ("capacity_cap", {"dimension": "country+department", "dimension_key": "UK+Growth", "max_tokens": 0}),
    ("capacity_cap", {"dimension": "all", "dimension_key": "all", "max_tokens": 1000}),
    ("capacity_cap", {"dimension": "initiative", "dimension_key": "A", "max_tokens": 5}),
    ("mandatory", {"dimension": "initiative", "dimension_key": "A", "reason": "signed"}),
    ("exclude_initiative", {"dimension_key": "A"}),
    ("exclude_pair", {"dimension_key": "A", "member_keys": "B"}),
    ("bundle", {"dimension_key": "checkout", "member_keys": "A; B"}),
    ("require_prereq", {"dimension_key": "A", "member_keys": "B\nC"}),
    ("require_any", {"dimension_key": "A", "member_keys": "B, C"}),
    ("choose_count", {"dimension_key": "pick", "member_keys": "A, B, C", "min_count": 1, "max_count": 2}),
    ("choose_count", {"dimension_key": "most", "member_keys": "A, B", "max_count": 1}),
    ("synergy_bonus", {"dimension_key": "pair", "member_keys": "A, B", "kpi_key": "gmv", "bonus_value": -5}),
)

BAD: tuple[tuple[str, Row, str], ...] = (
    ("capacity_floor", {"dimension": "country", "dimension_key": "DE"}, "min_tokens: is missing"),
    ("capacity_floor", {"dimension": "country", "dimension_key": "FR", "min_tokens": -1}, "must not be negative"),
    ("capacity_cap", {"dimension": "county", "dimension_key": "UK", "max_tokens": 1}, "unknown dimension 'county'"),
    ("capacity_cap", {"dimension_key": "UK", "max_tokens": 1}, "dimension: is missing"),
    ("capacity_cap", {"dimension": "country+department", "dimension_key": "UK", "max_tokens": 1}, "a value for each"),
    ("capacity_cap", {"dimension": "initiative", "dimension_key": "INIT-000099", "max_tokens": 1}, "INIT-000099"),
    ("mandatory", {"dimension_key": "A"}, "reason: is empty"),
    ("mandatory", {"dimension_key": "INIT-000099", "reason": "x"}, "unknown initiative 'INIT-000099' in dimension_key"),
    ("exclude_initiative", {}, "dimension_key: is missing"),
    ("exclude_pair", {"dimension_key": "A"}, "member_keys: is missing"),
    ("exclude_pair", {"dimension_key": "A", "member_keys": "B, C"}, "member_keys: must name 1, and names 2"),
    ("exclude_pair", {"dimension_key": "A", "member_keys": "A"}, "is among its own members"),
    ("bundle", {"dimension_key": "one", "member_keys": "A"}, "member_keys: must name at least 2"),
    ("bundle", {"dimension_key": "twice", "member_keys": "A, A, B"}, "name 'A' twice"),
    ("require_prereq", {"dimension_key": "A", "member_keys": "INIT-000098"}, "'INIT-000098' in member_keys"),
    ("require_any", {"member_keys": "B"}, "dimension_key: is missing"),
    ("choose_count", {"dimension_key": "none", "member_keys": "A, B"}, "min_count: min_count or max_count is missing"),
    ("choose_count", {"dimension_key": "many", "member_keys": "A, B", "min_count": 3}, "above the number of members"),
    (
        "choose_count",
        {"dimension_key": "swap", "member_keys": "A, B", "min_count": 2, "max_count": 1},
        "min_count (2) is above max_count (1)",
    ),
    ("choose_count", {"dimension_key": "half", "member_keys": "A, B", "min_count": 0.5}, "not a whole number"),
    ("synergy_bonus", {"dimension_key": "nokpi", "member_keys": "A, B", "bonus_value": 1}, "kpi_key: is missing"),
    ("synergy_bonus", {"dimension_key": "nob", "member_keys": "A, B", "kpi_key": "gmv"}, "bonus_value: is missing"),
    ("synergy_bonus", {"dimension_key": "bad", "member_keys": "A, B", "kpi_key": "gvm", "bonus_value": 1}, "KPI 'gvm'"),
    ("whatever", {"dimension_key": "A"}, '"whatever" is not known; accepted: capacity_floor'),
)  # fmt: skip


def with_keys(cells: Row, keys: dict[str, str]) -> Row:
    """The cells with A, B and C as the keys of initiatives."""

    def named(text: str) -> str:
        return "".join(keys.get(part, part) for part in __import__("re").split(r"(\W+)", text))

    columns = ("dimension_key", "member_keys")
    return {
        name: named(value) if name in columns and isinstance(value, str) else value for name, value in cells.items()
    }


def test_every_type_of_constraint_is_saved_where_it_is_right_and_refused_where_it_is_not(house: House) -> None:
    add_kpis(house)
    keys = dict(zip("ABC", add_initiatives(house, {}, {}, {}), strict=True))
    rows = [*((kind, cells, None) for kind, cells in GOOD), *BAD]
    house.type_new(
        "Constraints",
        *(
            {"scenario_name": "Plan", "constraint_set_name": "base", "constraint_type": kind, **with_keys(cells, keys)}
            for kind, cells, _ in rows
        ),
    )
    outcome = house.done("pm.optimize_save_constraints")
    statuses = [row.text("run_status") for row in house.rows("Constraints")]
    for (kind, cells, words), status in zip(rows, statuses, strict=True):
        if words is None:
            assert status == "OK", (kind, cells)
        else:
            assert status.startswith("FAILED: "), (kind, cells)
            assert re.sub(r"'([ABC])'", lambda letter: f"'{keys[letter[1]]}'", words) in status
    assert (outcome.summary["created"], outcome.summary["failed"]) == (len(GOOD), len(BAD))
    assert len(rules(house)["Plan", "base"]) == len(GOOD)


def test_a_row_without_the_cells_that_its_type_needs_names_all_of_them(house: House) -> None:
    for kind in ("capacity_cap", "mandatory", "choose_count", "synergy_bonus"):
        constrain(house, kind, None)
    house.run("pm.optimize_save_constraints")
    cap, mandatory, choose, synergy = (row.text("run_status") for row in house.rows("Constraints"))
    assert cap == (
        "FAILED: dimension_key: is missing; dimension: is missing; max_tokens: is missing; "
        "a capacity_cap row needs dimension, dimension_key, max_tokens"
    )
    assert mandatory.endswith("a mandatory row needs dimension_key, reason")
    assert choose.endswith("a choose_count row needs dimension_key, member_keys, min_count or max_count")
    assert synergy.endswith("a synergy_bonus row needs dimension_key, member_keys, kpi_key, bonus_value")


def test_a_field_that_a_type_does_not_use_is_a_warning(house: House) -> None:
    add_kpis(house)
    one, two = add_initiatives(house, {}, {})
    constrain(house, "exclude_pair", one, two, max_tokens=4, dimension="country", kpi_key="gmv")
    house.done("pm.optimize_save_constraints")
    status = house.rows("Constraints")[0].text("run_status")
    assert status == "WARNING: dimension, kpi_key, max_tokens: not used by a exclude_pair row"


def test_an_unknown_kpi_fails_wherever_it_stands(house: House) -> None:
    add_kpis(house)
    aim(house, "gvm", 5, "goal")
    aim(house, "gmv", 5, "floor")
    aim(house, "gmv", 5, "perhaps")
    aim(house, "latency", 900, "floor")
    aim(house, "latency", 5, "goal", dimension="country", dimension_key="UK")
    aim(house, "retention", -0.1, "floor", dimension="country", dimension_key="nowhere yet")
    outcome = house.done("pm.optimize_save_targets")
    statuses = [row.text("run_status") for row in house.rows("Targets")]
    assert "unknown KPI 'gvm' in kpi_key; there are: gmv, latency, retention" in statuses[0]
    assert '"perhaps" is not known; accepted: floor, goal' in statuses[2]
    assert "'latency' should decrease, so its target is a level and needs a baseline_value" in statuses[4]
    assert [statuses[n] for n in (1, 3, 5)] == ["OK"] * 3
    assert (outcome.summary["created"], outcome.summary["failed"]) == (3, 3)


def test_rows_of_one_identity_twice_name_the_first(house: House) -> None:
    add_kpis(house)
    one, two = add_initiatives(house, {}, {})
    constrain(house, "bundle", "pack", f"{one}, {two}")
    constrain(house, "Bundle", "PACK", f"{two.lower()}; {one}", scenario_name="plan")
    house.done("pm.optimize_save_constraints")
    first, second = house.rows("Constraints")
    assert first.text("run_status") == "OK"
    assert second.text("run_status").startswith("FAILED: ")
    assert "Constraints row 2" in second.text("run_status")


def test_rows_that_are_gone_are_removed_set_by_set(house: House) -> None:
    add_kpis(house)
    one, two, three = add_initiatives(house, {}, {}, {})
    for name in ("base", "bold"):
        for key in (one, two, three):
            constrain(house, "exclude_initiative", key, constraint_set_name=name)
    house.done("pm.optimize_save_constraints")
    for row in (3, 6):  # one of each set
        house.clear_row("Constraints", row)
    outcome = house.done("pm.optimize_save_constraints", select="2")
    assert outcome.summary["removed"] == 1
    assert len(rules(house)["Plan", "base"]) == 2
    assert len(rules(house)["Plan", "bold"]) == 3, "only the set of the selected row is saved"
    outcome = house.done("pm.optimize_save_constraints")
    assert outcome.summary["removed"] == 1
    for row in (2, 4):
        house.clear_row("Constraints", row)
    house.done("pm.optimize_save_constraints")
    assert list(rules(house)) == [("Plan", "bold")]
    for left in house.rows("Constraints"):
        house.clear_row("Constraints", left.number)
    house.done("pm.optimize_save_constraints")
    assert rules(house) == {}


def test_targets_are_removed_without_touching_constraints(house: House) -> None:
    add_kpis(house)
    [one] = add_initiatives(house, {})
    constrain(house, "exclude_initiative", one)
    aim(house, "gmv", 5, "goal")
    house.done("pm.optimize_save_constraints")
    house.done("pm.optimize_save_targets")
    house.clear_row("Targets", 2)
    house.done("pm.optimize_save_targets")
    assert rules(house) == {("Plan", "base"): [("exclude_initiative", one)]}


def test_a_row_that_can_not_be_read_holds_back_removals_in_its_own_set_only(house: House) -> None:
    add_kpis(house)
    one, two = add_initiatives(house, {}, {})
    for name in ("base", "bold"):
        for key in (one, two):
            constrain(house, "exclude_initiative", key, constraint_set_name=name)
    house.done("pm.optimize_save_constraints")
    house.type_into("Constraints", 2, {"constraint_type": "forbid"})
    house.clear_row("Constraints", 5)
    house.done("pm.optimize_save_constraints")
    assert len(rules(house)["Plan", "base"]) == 2
    assert len(rules(house)["Plan", "bold"]) == 1


# Candidates


def listed(house: House) -> list[str]:
    return [row.text("initiative_key") for row in house.rows("Candidates")]


def test_candidates_are_flagged_for_the_period_and_alive(house: House) -> None:
    flagged: Row = {"is_optimization_candidate": True}
    keys = add_initiatives(
        house,
        {**flagged, "candidate_period_key": "Q2_2026"},
        {**flagged, "candidate_period_key": "2026-Q2", "lifecycle_status": "in_progress"},
        {**flagged, "candidate_period_key": "2026 q2"},
        {**flagged, "candidate_period_key": "2026-Q3"},
        {**flagged, "candidate_period_key": "2026-Q2", "lifecycle_status": "rejected"},
        {**flagged, "candidate_period_key": "2026-Q2", "lifecycle_status": "withdrawn"},
        {**flagged, "candidate_period_key": "2026-Q2", "lifecycle_status": "done"},
        {**flagged},
        {"candidate_period_key": "2026-Q2"},
    )
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    outcome = house.done("pm.populate_candidates")
    assert listed(house) == keys[:3]
    assert outcome.summary["candidates"] == 3
    skipped = {row.key: row.run_status for row in outcome.rows if row.run_status.startswith("SKIPPED")}
    assert skipped[keys[7]] == "SKIPPED: candidate_period_key is blank"
    assert set(skipped) == set(keys[4:8])
    assert outcome.summary["skipped"] == 4


def test_notes_and_ticks_are_remembered_by_scenario_and_initiative(house: House) -> None:
    keys = add_candidates(house, {}, {}, {})
    add_scenario(house, "Plan")
    add_scenario(house, "Bold")
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates", options=["scenario_name=Plan"])
    house.type_into("Candidates", 2, {"notes": "ask Anna", "is_selected_for_run": True})
    house.type_into("Candidates", 4, {"notes": "late"})
    house.done("pm.populate_candidates", options=["scenario_name=bold"])
    assert [row.text("notes") for row in house.rows("Candidates")] == ["", "", ""]
    house.type_into("Candidates", 2, {"notes": "not here"})
    house.type_into("Backlog", house.row("Backlog", keys[0]).number, {"lifecycle_status": "rejected"})
    house.done("pm.save_selected", tab="Backlog")
    house.done("pm.populate_candidates", options=["scenario_name=Plan"])
    assert [(r.text("notes"), r.values["is_selected_for_run"]) for r in house.rows("Candidates")] == [
        ("", False),
        ("late", False),
    ]
    house.type_into("Backlog", house.row("Backlog", keys[0]).number, {"lifecycle_status": "new"})
    house.done("pm.save_selected", tab="Backlog")
    house.done("pm.populate_candidates", options=["scenario_name=Plan"])
    assert [(r.text("notes"), r.values["is_selected_for_run"]) for r in house.rows("Candidates")] == [
        ("ask Anna", True),
        ("", False),
        ("late", False),
    ]
    house.type_into("Candidates", 2, {"notes": None, "is_selected_for_run": None})
    house.done("pm.populate_candidates", options=["scenario_name=Bold"])
    assert house.row("Candidates", keys[0]).text("notes") == "not here"
    house.done("pm.populate_candidates", options=["scenario_name=Plan"])
    assert house.row("Candidates", keys[0]).text("notes") == "", "what was cleared stays cleared"
    before = house.bytes()
    house.done("pm.populate_candidates", options=["scenario_name=Plan"])
    assert house.bytes() == before


@pytest.mark.files
def test_an_older_copy_of_the_file_takes_no_notes_back(house: House) -> None:
    keys = add_candidates(house, {}, {}, {})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Candidates", 4, {"notes": "from the start"})
    house.done("pm.populate_candidates")
    file = house.root / "Optimization_Center.xlsx"
    older = file.read_bytes()
    house.type_into("Candidates", 2, {"notes": "ask Anna", "is_selected_for_run": True})
    house.type_into("Candidates", 4, {"notes": None})
    house.done("pm.populate_candidates")
    file.write_bytes(older)
    house.type_into("Candidates", 3, {"notes": "typed in the older copy"})
    house.done("pm.populate_candidates")
    assert {
        r.text("initiative_key"): (r.text("notes"), r.values["is_selected_for_run"]) for r in house.rows("Candidates")
    } == {
        keys[0]: ("ask Anna", True),
        keys[1]: ("typed in the older copy", False),
        keys[2]: ("", False),
    }
    before = house.bytes()
    house.done("pm.populate_candidates")
    assert house.bytes() == before


def test_notes_outlive_their_column(house: House) -> None:
    [key] = add_candidates(house, {})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Candidates", 2, {"notes": "keep me", "is_selected_for_run": True})
    house.done("pm.save_selected", tab="Candidates")
    place = house.place("Candidates")
    workbook = house.workspace.open(place)
    column = read_table(workbook.read(place.tab), place.spec, tab=place.tab).columns["notes"]
    workbook.write([TabEdit(place.tab, 1, {(1, column): "my remarks", (2, column): None})])
    house.done("pm.populate_candidates")
    house.workspace.open(place).write([TabEdit(place.tab, 1, {(1, column): "notes"})])
    house.done("pm.populate_candidates")
    assert house.row("Candidates", key).text("notes") == "keep me"
    assert house.row("Candidates", key).values["is_selected_for_run"] is True


def test_rows_that_someone_sorted_keep_their_notes_and_go_back_into_key_order(house: House) -> None:
    keys = add_candidates(house, {}, {})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Candidates", 2, {"notes": "first"})
    first, second = (dict(row.raw) for row in house.rows("Candidates"))
    house.type_into("Candidates", 2, {**dict.fromkeys(first), **second})
    house.type_into("Candidates", 3, {**dict.fromkeys(second), **first, "notes": "first"})
    house.done("pm.populate_candidates")
    assert listed(house) == keys
    assert [row.text("notes") for row in house.rows("Candidates")] == ["first", ""]


def test_tokens_typed_on_candidates_are_saved_to_the_field_of_the_scope(house: House) -> None:
    keys = add_candidates(
        house,
        {"scope_mode": "mvp", "engineering_tokens_mvp": 5, "engineering_tokens": 50},
        {"scope_mode": "full", "engineering_tokens_mvp": 5},
        {"scope_mode": "custom"},
        {"engineering_tokens": 7},
    )
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    outcome = house.done("pm.populate_candidates")
    assert [row.values["engineering_tokens"] for row in house.rows("Candidates")] == [5, None, None, 7]
    assert outcome.summary["warned"] == 2
    assert "engineering_tokens_full: is blank" in house.status("Candidates", keys[1])
    for row, tokens in enumerate((6, 0, 12, None), start=2):
        house.type_into("Candidates", row, {"engineering_tokens": tokens})
    house.done("pm.populate_candidates")
    one, two, three, four = (stored(house, key) for key in keys)
    assert (one.engineering_tokens_mvp, one.engineering_tokens) == (6, 50)
    assert (two.engineering_tokens_full, two.engineering_tokens_mvp, two.engineering_tokens) == (0, 5, None)
    assert (three.engineering_tokens, three.engineering_tokens_mvp) == (12, None)
    assert four.engineering_tokens is None
    assert [row.values["engineering_tokens"] for row in house.rows("Candidates")] == [6, 0, 12, None]
    house.done("pm.backlog_sync")
    assert house.row("Backlog", keys[0]).values["engineering_tokens_mvp"] == 6


def test_a_bad_cell_on_candidates_stays_until_it_is_mended(house: House) -> None:
    one, two = add_candidates(house, {"engineering_tokens": 5}, {"engineering_tokens": 6})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Candidates", 2, {"engineering_tokens": "few", "is_selected_for_run": "perhaps"})
    house.type_into("Candidates", 3, {"engineering_tokens": 60})
    outcome = house.done("pm.populate_candidates")
    assert outcome.summary["failed"] == 1
    row = house.row("Candidates", one)
    assert row.raw["engineering_tokens"] == "few"
    assert row.raw["is_selected_for_run"] == "perhaps"
    assert "engineering_tokens" in row.text("run_status")
    assert "is_selected_for_run" in row.text("run_status")
    assert stored(house, one).engineering_tokens == 5
    assert stored(house, two).engineering_tokens == 60


def test_a_deadline_typed_on_candidates_is_saved(house: House) -> None:
    [key] = add_candidates(house, {"engineering_tokens": 5})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Candidates", 2, {"deadline_date": "2026-05-31"})
    house.done("pm.save_selected", tab="Candidates")
    assert str(stored(house, key).deadline_date) == "2026-05-31"


def test_tokens_changed_on_both_sides_are_a_conflict_that_can_be_settled(house: House) -> None:
    [key] = add_candidates(house, {"engineering_tokens": 5})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Backlog", house.row("Backlog", key).number, {"engineering_tokens": 8})
    house.done("pm.save_selected", tab="Backlog")
    house.type_into("Candidates", 2, {"engineering_tokens": 9})
    house.done("pm.populate_candidates")
    status = house.status("Candidates", key)
    assert status.startswith("CONFLICT: engineering_tokens: ")
    assert '"9"' in status
    assert '"8"' in status
    assert house.rows("Candidates")[0].values["engineering_tokens"] == 9
    house.done("pm.populate_candidates")
    assert house.status("Candidates", key) == status
    house.done("pm.populate_candidates", options=["on_conflict=database"])
    assert house.status("Candidates", key) == "OK"
    assert house.rows("Candidates")[0].values["engineering_tokens"] == 8
    assert stored(house, key).engineering_tokens == 8


def test_candidates_show_what_is_known_of_them(house: House) -> None:
    add_kpis(house)
    base: Row = {"engineering_tokens": 5, "country": "UK", "program_key": "P1"}
    one, two, three = add_candidates(
        house, {**base, "contributions": "gmv: 100; retention: 0.02; latency: -3"}, dict(base), dict(base)
    )
    constrain(house, "mandatory", one, reason="signed")
    constrain(house, "bundle", "pack", f"{one}, {two}")
    constrain(house, "require_prereq", two, f"{one}, {three}")
    constrain(house, "require_any", two, three)
    constrain(house, "exclude_pair", two, three)
    constrain(house, "synergy_bonus", "boost", f"{one}, {three}", kpi_key="gmv", bonus_value=3)
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    house.done("pm.optimize_save_constraints")
    house.done("pm.populate_candidates")
    first, second, third = (house.row("Candidates", key).values for key in (one, two, three))
    assert (first["north_star_contribution"], first["strategic_kpi_contributions"]) == (
        100,
        {"retention": 0.02, "latency": -3},
    )
    assert (first["country"], first["program_key"]) == ("UK", "P1")
    assert (first["is_mandatory"], second["is_mandatory"]) == (True, False)
    assert (first["bundle_key"], second["bundle_key"], third["bundle_key"]) == (["pack"], ["pack"], None)
    assert second["prerequisite_keys"] == [one, three]
    assert (second["exclusion_keys"], third["exclusion_keys"]) == ([three], [two])
    assert (first["synergy_group_keys"], third["synergy_group_keys"]) == (["boost"], ["boost"])


def test_the_only_scenario_of_the_sheet_is_the_default_and_several_are_listed(house: House) -> None:
    add_candidates(house, {"engineering_tokens": 5})
    outcome = house.run("pm.populate_candidates")
    assert (outcome.exit_code, outcome.status) == (2, "failed")
    assert "there is no scenario yet" in str(outcome.error)
    add_scenario(house, "Plan", capacity=-1)
    outcome = house.run("pm.populate_candidates")
    assert (outcome.exit_code, "pm.optimize_save_scenario" in str(outcome.error)) == (2, True)
    assert house.status("Scenario_Config", "Plan").startswith("FAILED: capacity_total_tokens"), "the row says why"
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 100})
    house.done("pm.populate_candidates")
    assert house.status("Scenario_Config", "Plan") == "OK", "what was typed is saved first"
    add_scenario(house, "Bold")
    outcome = house.run("pm.populate_candidates")
    assert outcome.exit_code == 2
    assert "Plan, Bold" in str(outcome.error)
    assert "scenario_name=" in str(outcome.error)
    wrong = house.run("pm.populate_candidates", options=["scenario_name=Plam"])
    assert (wrong.exit_code, "Plan, Bold" in str(wrong.error)) == (2, True)
    house.clear_row("Scenario_Config", 3)
    house.done("pm.populate_candidates")
    assert {row.text("scenario_name") for row in house.rows("Candidates")} == {"Plan"}


def test_what_is_computed_from_texts_longer_than_a_cell_is_cut(house: House) -> None:
    candidate: Row = {
        "is_optimization_candidate": True,
        "candidate_period_key": "2026-Q2",
        "engineering_tokens": 1,
    }
    house.type_new("Backlog", {"title": "a"} | candidate, {"title": "b"} | candidate)
    house.done("pm.backlog_sync")
    scenario: Row = {
        "scenario_name": "s",
        "period_key": "2026-Q2",
        "capacity_total_tokens": 9,
    }
    house.type_new("Scenario_Config", scenario | {"objective_mode": "north_star"})
    rule = {"scenario_name": "s", "constraint_set_name": "c", "constraint_type": "bundle"}
    bundles = [rule | {"dimension_key": letter * 20_000, "member_keys": "INIT-1, INIT-2"} for letter in "ab"]
    house.type_new("Constraints", *bundles)
    house.done("pm.save_selected", tab="Constraints")
    house.done("pm.populate_candidates")
    assert [row.raw["bundle_key"] for row in house.rows("Candidates")] == ["a" * 16_382 + "…"] * 2
    before = house.bytes()
    house.done("pm.populate_candidates")
    assert house.bytes() == before

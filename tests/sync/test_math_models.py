"""Math models from sheet to score: formulas, chains, params, contributions, and what is said where they fail."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from roadwright.sheets.values import CellValue
from tests.house import House

KPIS: tuple[dict[str, CellValue], ...] = (
    {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star", "driven_by": "conversion"},
    {"kpi_key": "contact_rate", "kpi_name": "Contacts", "kpi_level": "strategic", "direction": "decrease"},
    {"kpi_key": "conversion", "kpi_name": "Conversion", "kpi_level": "supporting", "driven_by": "load_time"},
    {"kpi_key": "load_time", "kpi_name": "Load time", "kpi_level": "supporting"},
)
MODEL: dict[str, CellValue] = {
    "initiative_key": "INIT-000001",
    "model_name": "uplift",
    "target_kpi_key": "gmv",
    "immediate_kpi_key": "load_time",
    "metric_chain_text": "load_time -> conversion -> gmv",
    "formula_text": "orders * (rate_after - rate_before) * 50",
    "is_primary": True,
    "approved_by_user": True,
}
OTHER = {**MODEL, "model_name": "other", "is_primary": False}
PARAMS = {"orders": 1000, "rate_after": 0.12, "rate_before": 0.1}


def start(house: House, *, framework: str = "MATH_MODEL") -> None:
    house.type_new("Intake", {"title": "Faster search"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"effort_engineering_days": 20, "active_scoring_framework": framework})
    house.done("pm.save_selected", tab="Backlog")
    house.type_new("Metrics_Config", *KPIS)
    house.done("pm.save_selected", tab="Metrics_Config")
    house.done("pm.populate_initiatives")


def fill_params(house: House, *, approved: bool = True, **values: float) -> None:
    for row in house.rows("Params"):
        value = values.get(row.text("param_name"), PARAMS.get(row.text("param_name")))
        house.type_into("Params", row.number, {"value": value, "approved": approved})


def test_from_formula_to_score_and_contribution(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL)
    seeded = house.done("pm.seed_math_params")
    assert seeded.summary["seeded"] == 3
    rows = house.rows("Params")
    assert [row.text("param_name") for row in rows] == ["orders", "rate_after", "rate_before"]
    assert all(row.values["is_auto_seeded"] is True and row.values.get("value") is None for row in rows)
    fill_params(house)
    outcome = house.done("pm.score_selected")
    assert outcome.summary["scored"] == 1
    scoring = house.row("Scoring_Inputs", "INIT-000001").values
    assert scoring["math_value_score"] == pytest.approx(1000.0, rel=1e-9)
    assert scoring["math_overall_score"] == pytest.approx(50.0, rel=1e-9)
    assert scoring["overall_score"] == pytest.approx(50.0, rel=1e-9)
    assert house.row("MathModels", "uplift").values["computed_score"] == pytest.approx(1000.0, rel=1e-9)
    contributions = house.row("KPI_Contributions", "INIT-000001").values
    assert contributions["kpi_contribution_computed_json"] == pytest.approx({"gmv": 1000.0})
    assert contributions["kpi_contribution_json"] == pytest.approx({"gmv": 1000.0})
    assert contributions["kpi_contribution_source"] == "computed"
    house.done("pm.backlog_sync")
    backlog = house.row("Backlog", "INIT-000001")
    assert backlog.text("immediate_kpi_key") == "load_time"
    assert backlog.text("metric_chain") == "load_time -> conversion -> gmv"
    assert backlog.text("kpi_contributions") == "gmv: 1,000"
    before = house.bytes()
    house.done("pm.score_selected")
    house.done("pm.seed_math_params")
    assert house.bytes() == before


def test_seeding_again_touches_nothing_and_flags_what_vanished(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL)
    house.done("pm.seed_math_params")
    fill_params(house)
    row = house.row("MathModels", "uplift").number
    house.type_into("MathModels", row, {"formula_text": "orders * rate_uplift"})
    assert house.done("pm.seed_math_params").summary["seeded"] == 1
    rows = {r.text("param_name"): r for r in house.rows("Params")}
    assert list(rows) == ["orders", "rate_after", "rate_before", "rate_uplift"]
    assert rows["orders"].values["value"] == 1000
    assert rows["rate_after"].text("run_status").startswith("WARNING: param_name: the formula of uplift does not use")
    assert rows["orders"].text("run_status") == "OK"


def test_what_is_not_approved_counts_for_nothing_and_says_so(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL)
    house.done("pm.seed_math_params")
    fill_params(house, approved=False)
    house.done("pm.score_selected")
    assert house.status("MathModels", "uplift").startswith("WARNING: ")
    assert house.status("Scoring_Inputs", "INIT-000001").startswith("WARNING: ")
    scoring = house.row("Scoring_Inputs", "INIT-000001")
    assert scoring.text("math_warnings")
    assert scoring.values.get("math_value_score") is None
    assert house.row("KPI_Contributions", "INIT-000001").values.get("kpi_contribution_json") is None


def test_an_override_stays_and_clearing_it_restores_what_is_computed(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL)
    house.done("pm.seed_math_params")
    fill_params(house)
    house.done("pm.score_selected")
    row = house.row("KPI_Contributions", "INIT-000001").number
    house.type_into("KPI_Contributions", row, {"kpi_contribution_json": "gmv: 7"})
    house.done("pm.score_selected")
    typed = house.row("KPI_Contributions", "INIT-000001").values
    assert (typed["kpi_contribution_json"], typed["kpi_contribution_source"]) == ({"gmv": 7}, "pm_override")
    assert typed["kpi_contribution_computed_json"] == pytest.approx({"gmv": 1000.0})
    house.type_into("KPI_Contributions", row, {"kpi_contribution_json": None})
    house.done("pm.save_selected", tab="KPI_Contributions")
    back = house.row("KPI_Contributions", "INIT-000001").values
    assert back["kpi_contribution_json"] == pytest.approx({"gmv": 1000.0})
    assert back["kpi_contribution_source"] == "computed"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"formula_text": "orders *"}, "formula_text: "),
        ({"formula_text": "__import__('os')"}, "formula_text: "),
        ({"target_kpi_key": "conversion"}, 'target_kpi_key: "conversion" is a supporting KPI'),
        ({"target_kpi_key": "gvm"}, "did you mean gmv?"),
        ({"metric_chain_text": "conversion -> gmv"}, "load_time"),
        ({"metric_chain_text": "load_time -> gmv -> load_time"}, "metric_chain_text: "),
    ],
)
def test_a_wrong_model_fails_in_words_and_its_neighbour_is_saved(
    house: House, cells: dict[str, str], words: str
) -> None:
    start(house)
    house.type_new("MathModels", {**MODEL, **cells}, OTHER)
    house.run("pm.save_selected", tab="MathModels")
    status = house.status("MathModels", "uplift")
    assert status.startswith("FAILED: ")
    assert words in status
    assert house.status("MathModels", "other") == "OK"


def test_two_primary_models_fail_both(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL, {**OTHER, "is_primary": True})
    house.run("pm.save_selected", tab="MathModels")
    for name, other in (("uplift", "other"), ("other", "uplift")):
        assert house.status("MathModels", name).startswith(f"FAILED: is_primary: {other} of this initiative is primary")
    house.type_into("MathModels", 3, {"is_primary": False})
    house.done("pm.save_selected", tab="MathModels")
    assert [row.text("run_status") for row in house.rows("MathModels")] == ["OK", "OK"]


def test_a_pattern_without_a_formula_gets_a_suggestion(house: House) -> None:
    start(house)
    bare = {k: v for k, v in MODEL.items() if k not in ("formula_text", "metric_chain_text")}
    house.type_new("MathModels", {**bare, "pattern": "rate_uplift", "approved_by_user": False})
    house.done("pm.save_selected", tab="MathModels")
    row = house.row("MathModels", "uplift")
    assert row.text("suggested_formula_text") == "base_volume * (rate_after - rate_before)"
    assert row.text("suggested_metric_chain_text") == "load_time -> conversion -> gmv"


def test_a_level_instead_of_an_increment_is_warned_of(house: House) -> None:
    start(house)
    house.type_new("MathModels", {**MODEL, "formula_text": "orders * 50"})
    house.run("pm.save_selected", tab="MathModels")
    assert house.status("MathModels", "uplift").startswith("WARNING: formula_text: ")


def test_params_that_were_typed_are_not_seeded_again(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL)
    of = {"initiative_key": "INIT-000001", "model_name": "uplift"}
    house.type_new("Params", {**of, "param_name": "orders", "value": 1000, "approved": True})
    assert house.done("pm.seed_math_params").summary["seeded"] == 2
    seeded = {row.text("param_name"): row.values["is_auto_seeded"] for row in house.rows("Params")}
    assert seeded == {"orders": False, "rate_after": True, "rate_before": True}


def test_a_key_in_its_short_form_names_the_same_row(house: House) -> None:
    house.type_new("Metrics_Config", {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star"})
    house.done("pm.save_selected", tab="Metrics_Config")
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    model = {"model_name": "m", "target_kpi_key": "gmv"}
    house.type_new("MathModels", {"initiative_key": "init-1"} | model, {"initiative_key": "INIT-000001"} | model)
    house.done("pm.save_selected", tab="MathModels")
    first, second = house.rows("MathModels")
    assert first.text("run_status").startswith("OK: initiative_key: read ")
    assert first.text("initiative_key") == "INIT-000001"
    assert second.text("run_status").startswith("FAILED: initiative_key / model_name: INIT-000001 / m stands already")


@pytest.mark.thorough
@pytest.mark.files
def test_many_models_are_saved_and_seeded_without_a_query_for_each(house: House) -> None:
    start(house)
    many = 80
    house.type_new("Intake", *({"title": f"Idea {number}"} for number in range(many)))
    house.done("pm.backlog_sync")
    keys = [row.text("initiative_key") for row in house.rows("Backlog")]
    house.type_new("MathModels", *({**MODEL, "initiative_key": key} for key in keys))
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    engine = house.workspace.store.engine
    event.listen(engine, "before_cursor_execute", hear)
    for action, more in (
        ("pm.save_selected", {"tab": "MathModels"}),
        ("pm.seed_math_params", {}),
        ("pm.save_selected", {"tab": "Params"}),
    ):
        asked.clear()
        house.done(action, **more)
        assert len(asked) < many, (action, len(asked))
        if action == "pm.seed_math_params":
            fill_params(house)
    event.remove(engine, "before_cursor_execute", hear)
    house.done("pm.backlog_sync")
    assert {row.text("immediate_kpi_key") for row in house.rows("Backlog")} == {"load_time"}
    house.done("pm.score_selected")
    assert {row.text("run_status") for row in house.rows("MathModels")} == {"OK"}


def test_the_initiative_follows_its_primary_model(house: House) -> None:
    start(house)
    house.type_new("MathModels", MODEL, {**OTHER, "immediate_kpi_key": "conversion", "metric_chain_text": None})
    house.done("pm.save_selected", tab="MathModels")
    for is_uplift, immediate in ((False, "conversion"), (True, "load_time")):
        house.type_into("MathModels", house.row("MathModels", "uplift").number, {"is_primary": is_uplift})
        house.type_into("MathModels", house.row("MathModels", "other").number, {"is_primary": not is_uplift})
        house.done("pm.save_selected", tab="MathModels")
        house.done("pm.backlog_sync")
        assert house.row("Backlog", "INIT-000001").text("immediate_kpi_key") == immediate
    house.type_into("MathModels", house.row("MathModels", "uplift").number, {"is_primary": False})
    house.done("pm.save_selected", tab="MathModels")
    house.done("pm.backlog_sync")
    assert house.row("Backlog", "INIT-000001").text("immediate_kpi_key") == ""

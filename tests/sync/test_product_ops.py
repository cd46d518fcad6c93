"""Scoring_Inputs, KPI_Contributions and Metrics_Config: saved, refused, shown, and restored."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from roadwright.sheets.values import CellValue
from roadwright.store.models import Initiative, InitiativeScore, OrganizationMetricsConfig
from tests.actions.company import add_initiatives, add_kpis, contribute, stored, type_by_key
from tests.house import Cells, House

RICE: Cells = {"rice_reach": 1200, "rice_impact": 2, "rice_confidence": 0.8, "rice_effort": 3}
WSJF: Cells = {
    "wsjf_business_value": 8,
    "wsjf_time_criticality": 5,
    "wsjf_risk_reduction": 3,
    "wsjf_job_size": 4,
}


def scored(house: House, *rows: Cells) -> list[str]:
    """Initiatives with these scoring inputs, scored. Returns their keys."""
    keys = add_initiatives(house, *({} for _ in rows))
    house.done("pm.populate_initiatives")
    type_by_key(house, "Scoring_Inputs", dict(zip(keys, rows, strict=True)))
    house.done("pm.score_selected")
    return keys


def figures(house: House, key: str, prefix: str = "") -> list[object]:
    row = house.row("Scoring_Inputs", key)
    return [row.values[f"{prefix}{part}_score"] for part in ("value", "effort", "overall")]


def history(house: House, key: str) -> list[tuple[str, bool, float | None]]:
    """Every score that was ever computed, oldest first, and whether it counts now."""
    with house.workspace.store.transaction() as session:
        rows = session.execute(
            select(InitiativeScore.framework, InitiativeScore.is_current, InitiativeScore.overall)
            .join(Initiative, Initiative.id == InitiativeScore.initiative_id)
            .where(Initiative.initiative_key == key)
            .order_by(InitiativeScore.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


# Scores


def test_both_frameworks_stand_side_by_side_and_the_active_one_counts(house: House) -> None:
    [key] = scored(house, {**RICE, **WSJF, "active_scoring_framework": "WSJF "})
    assert figures(house, key, "rice_") == pytest.approx([1920.0, 3, 640.0], abs=1e-9)
    assert figures(house, key, "wsjf_") == pytest.approx([16.0, 4, 4.0], abs=1e-9)
    assert figures(house, key) == pytest.approx([16.0, 4, 4.0], abs=1e-9)
    assert figures(house, key, "math_") == [None] * 3
    assert house.status("Scoring_Inputs", key) == "OK"
    assert house.row("Scoring_Inputs", key).text("updated_source") == "pm.score_selected"


def test_the_coefficient_enters_at_activation_and_into_overall_only(house: House) -> None:
    [key] = scored(house, {**RICE, "active_scoring_framework": "RICE"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", house.row("Backlog", key).number, {"strategic_priority_coefficient": 1.5})
    house.done("pm.backlog_sync")
    assert figures(house, key) == pytest.approx([1920.0, 3, 640.0], abs=1e-9)
    house.done("pm.switch_framework")
    assert figures(house, key) == pytest.approx([1920.0, 3, 960.0], abs=1e-9)
    assert figures(house, key, "rice_") == pytest.approx([1920.0, 3, 640.0], abs=1e-9)
    house.done("pm.backlog_sync")
    assert house.row("Backlog", key).values["overall_score"] == pytest.approx(960.0, abs=1e-9)


def test_a_blank_framework_activates_nothing_and_warns_of_nothing(house: House) -> None:
    [key] = scored(house, {**RICE})
    assert figures(house, key) == [None] * 3
    assert house.status("Scoring_Inputs", key) == "OK"


def test_missing_inputs_make_no_score_and_are_named(house: House) -> None:
    partly, active = scored(
        house,
        {**WSJF, "rice_reach": 5, "rice_effort": 0.5, "active_scoring_framework": "WSJF"},
        {"rice_reach": 0, "active_scoring_framework": "RICE", **WSJF},
    )
    status = house.status("Scoring_Inputs", partly)
    assert status == "WARNING: no RICE score: rice_impact, rice_confidence are blank"
    assert figures(house, partly, "rice_") == [None] * 3
    assert figures(house, partly) == [16.0, 4, 4.0]
    status = house.status("Scoring_Inputs", active)
    assert "rice_impact, rice_confidence, rice_effort are blank" in status
    assert "RICE is active, but there is no RICE score to activate" in status
    assert figures(house, active) == [None] * 3


def test_a_warning_of_one_framework_does_not_hide_that_the_active_one_has_no_score(house: House) -> None:
    [key] = scored(house, {"wsjf_job_size": 3, "active_scoring_framework": "RICE"})
    status = house.status("Scoring_Inputs", key)
    assert "wsjf_business_value" in status
    assert "no RICE score to activate" in status


OUT_OF_RANGE: tuple[tuple[str, CellValue, str], ...] = (
    ("rice_reach", -1, "-1 is out of range; expected a number of 0 or more"),
    ("rice_impact", 3.5, "3.5 is out of range; expected a number from 0 to 3"),
    ("rice_impact", -0.1, "-0.1 is out of range; expected a number from 0 to 3"),
    ("rice_confidence", 1.01, '"1.01" could be 1.01 or 1.01 %; expected a share from 0 to 1'),
    ("rice_confidence", "120 %", "1.2 is out of range; expected a number from 0 to 1"),
    ("rice_effort", 0, "0 is out of range; expected a number above 0"),
    ("wsjf_risk_reduction", -3, "-3 is out of range; expected a number of 0 or more"),
    ("wsjf_job_size", -2, "-2 is out of range; expected a number above 0"),
    ("rice_reach", "many", '"many" is not a number'),
    ("active_scoring_framework", "ICE", '"ICE" is not known (did you mean RICE?); accepted: RICE, WSJF, MATH_MODEL'),
)


def test_what_is_out_of_range_fails_its_row_and_no_other(house: House) -> None:
    *bad, good = scored(house, *({**RICE, "active_scoring_framework": "RICE"} for _ in range(len(OUT_OF_RANGE) + 1)))
    wrong = ({"rice_reach": 2400} | {field: value} for field, value, _ in OUT_OF_RANGE)
    type_by_key(house, "Scoring_Inputs", dict(zip(bad, wrong, strict=True)))
    house.type_into("Scoring_Inputs", house.row("Scoring_Inputs", good).number, {"rice_reach": 600})
    outcome = house.done("pm.score_selected")
    assert (outcome.summary["failed"], outcome.summary["scored"]) == (len(bad), 1)
    rows = {row.text("initiative_key"): row for row in house.rows("Scoring_Inputs")}
    for key, (field, value, said) in zip(bad, OUT_OF_RANGE, strict=True):
        now = rows[key]
        assert now.text("run_status").startswith(f"FAILED: {field}: {said}")
        assert now.raw[field] == value
        assert now.values["overall_score"] == pytest.approx(640.0), "nothing is clamped, nothing is scored"
    assert stored(house, bad[3]).rice_reach == 2400, "the good cells of a bad row are saved"
    assert stored(house, bad[3]).rice_confidence == 0.8, "and what is stored for its bad cell stays"
    assert figures(house, good) == pytest.approx([960.0, 3, 320.0])


def test_percentages_and_thousands_are_numbers(house: House) -> None:
    [key] = scored(house, {**RICE, "rice_reach": "1,200", "rice_confidence": "80 %"})
    assert figures(house, key, "rice_") == pytest.approx([1920.0, 3, 640.0], abs=1e-9)


def test_a_score_that_can_no_longer_be_computed_leaves_the_sheet_and_stays_in_the_history(house: House) -> None:
    [key] = scored(house, {**RICE, "active_scoring_framework": "RICE"})
    row = house.row("Scoring_Inputs", key).number
    house.type_into("Scoring_Inputs", row, {"rice_reach": 2400})
    house.done("pm.score_selected")
    house.type_into("Scoring_Inputs", row, {"rice_impact": None})
    house.done("pm.score_selected")
    assert figures(house, key, "rice_") == [None] * 3
    assert figures(house, key) == [None] * 3
    assert history(house, key) == [("RICE", False, 640.0), ("RICE", False, 1280.0)]
    house.type_into("Scoring_Inputs", row, {"rice_impact": 2})
    house.done("pm.score_selected")
    assert figures(house, key) == pytest.approx([3840.0, 3, 1280.0])
    assert [(h[1], h[2]) for h in history(house, key)] == [(False, 640.0), (False, 1280.0), (True, 1280.0)]


def test_scoring_again_writes_nothing(house: House) -> None:
    keys = scored(house, {**RICE, "active_scoring_framework": "RICE"}, {"rice_reach": 1})
    before, scores = house.bytes(), [history(house, key) for key in keys]
    house.done("pm.score_selected")
    assert house.bytes() == before
    assert [history(house, key) for key in keys] == scores


def test_only_what_is_selected_is_saved_and_scored(house: House) -> None:
    one, two = scored(house, {**RICE}, {**RICE})
    for key in (one, two):
        house.type_into("Scoring_Inputs", house.row("Scoring_Inputs", key).number, {"rice_reach": 2400})
    outcome = house.done("pm.score_selected", select=two.lower())
    assert outcome.summary["scored"] == 1
    assert figures(house, one, "rice_")[0] == pytest.approx(1920.0)
    assert house.row("Scoring_Inputs", one).values["rice_reach"] == 2400
    assert stored(house, one).rice_reach == 1200
    assert figures(house, two, "rice_")[0] == pytest.approx(3840.0)


def test_a_number_beyond_all_numbers_is_a_warning_and_no_crash(house: House) -> None:
    [key] = scored(house, {**RICE, "rice_reach": 1e308, "rice_impact": 3, "active_scoring_framework": "RICE"})
    assert "too large" in house.status("Scoring_Inputs", key)
    assert figures(house, key) == [None] * 3


def test_a_conflict_is_named_with_both_values_and_settled_either_way(house: House) -> None:
    one, two = scored(house, {**RICE}, {**RICE})
    older = {row.text("initiative_key"): dict(row.raw) for row in house.rows("Scoring_Inputs")}
    type_by_key(house, "Scoring_Inputs", {key: {"rice_reach": 600} for key in (one, two)})
    house.done("pm.score_selected")
    type_by_key(house, "Scoring_Inputs", {key: {**older[key], "rice_reach": 2400} for key in (one, two)})
    outcome = house.done("pm.score_selected")
    assert outcome.summary["conflicts"] == 2
    status = house.status("Scoring_Inputs", one)
    assert status.startswith('CONFLICT: rice_reach: the sheet has "2400", the database has "600"; settle it with ')
    assert house.row("Scoring_Inputs", one).values["rice_reach"] == 2400
    assert figures(house, one, "rice_")[0] == pytest.approx(960.0), "nothing is computed from a value in dispute"
    house.done("pm.score_selected", select=one, options=["on_conflict=database"])
    assert house.row("Scoring_Inputs", one).values["rice_reach"] == 600
    assert house.status("Scoring_Inputs", one) == "OK"
    house.done("pm.score_selected", select=two, options=["on_conflict=sheet"])
    assert figures(house, two, "rice_")[0] == pytest.approx(3840.0)
    assert house.status("Scoring_Inputs", two) == "OK"
    before = house.bytes()
    house.done("pm.score_selected")
    assert house.bytes() == before


# Frameworks are switched


def test_switching_activates_what_was_computed_and_computes_nothing(house: House) -> None:
    keys = scored(house, *({**RICE, **WSJF, "active_scoring_framework": "RICE"} for _ in range(5)))
    for key in keys:
        row = house.row("Scoring_Inputs", key).number
        house.type_into("Scoring_Inputs", row, {"active_scoring_framework": "WSJF", "rice_reach": 9})
    outcome = house.done("pm.switch_framework", options=["activating_batch=2"])
    assert outcome.summary["activated"] == 5
    for key in keys:
        assert figures(house, key) == pytest.approx([16.0, 4, 4.0])
        assert figures(house, key, "rice_") == pytest.approx([1920.0, 3, 640.0])
        assert house.row("Scoring_Inputs", key).values["rice_reach"] == 9, "unsaved, and still there"
        assert stored(house, key).rice_reach == 1200
        assert [h[1] for h in history(house, key)] == [True, True]


def test_switching_takes_the_row_whatever_else_is_wrong_in_it(house: House) -> None:
    [key] = scored(house, {**RICE, **WSJF, "active_scoring_framework": "RICE"})
    row = house.row("Scoring_Inputs", key).number
    house.type_into("Scoring_Inputs", row, {"active_scoring_framework": "WSJF", "rice_impact": 7})
    house.done("pm.switch_framework")
    assert figures(house, key) == pytest.approx([16.0, 4, 4.0])
    assert house.row("Scoring_Inputs", key).raw["rice_impact"] == 7


def test_frameworks_can_be_switched_on_the_backlog_too(house: House) -> None:
    one, two = scored(house, {**RICE, **WSJF}, {**RICE})
    house.done("pm.backlog_sync")
    for key in (one, two):
        row = house.row("Backlog", key).number
        house.type_into("Backlog", row, {"active_scoring_framework": "WSJF", "department": "Growth"})
    outcome = house.done("pm.switch_framework", tab="Backlog")
    assert house.row("Backlog", one).values["overall_score"] == 4.0
    assert "no WSJF score to activate" in house.status("Backlog", two)
    assert outcome.summary["warned"] == 1
    assert stored(house, one).department is None, "only the switches are saved"
    assert house.row("Backlog", one).text("department") == "Growth"


def test_clearing_the_framework_clears_the_active_score(house: House) -> None:
    [key] = scored(house, {**RICE, "active_scoring_framework": "RICE"})
    house.type_into("Scoring_Inputs", house.row("Scoring_Inputs", key).number, {"active_scoring_framework": None})
    house.done("pm.switch_framework")
    assert figures(house, key) == [None] * 3
    assert house.status("Scoring_Inputs", key) == "OK"
    assert figures(house, key, "rice_")[0] == pytest.approx(1920.0)


# Initiatives are put on the tabs


def test_populating_adds_what_is_missing_and_keeps_order_and_unsaved_edits(house: House) -> None:
    keys = scored(house, {**RICE}, {}, {})
    rows = [house.row("Scoring_Inputs", key).number for key in keys]
    house.clear_row("Scoring_Inputs", rows[1])
    house.type_into("Scoring_Inputs", rows[0], {"rice_reach": 77, "rice_impact": "high"})
    house.type_into("Scoring_Inputs", rows[2], {"rice_effort": 5})
    [new] = add_initiatives(house, {"title": "Late idea"})
    outcome = house.done("pm.populate_initiatives")
    assert outcome.summary["added"] == 3, "two rows on Scoring_Inputs, one on KPI_Contributions"
    order = [row.text("initiative_key") for row in house.rows("Scoring_Inputs")]
    assert order == [keys[0], keys[2], keys[1], new]
    first = house.row("Scoring_Inputs", keys[0])
    assert (first.values["rice_reach"], first.raw["rice_impact"]) == (77, "high")
    assert stored(house, keys[0]).rice_reach == 1200
    assert first.text("run_status").startswith('FAILED: rice_impact: "high"')
    assert house.status("Scoring_Inputs", keys[2]) == "OK"
    [notice] = [row.notices for row in outcome.rows if row.key == keys[2] and row.notices]
    assert notice == ("rice_effort: typed here, not saved yet",)
    assert house.row("Scoring_Inputs", new).text("title") == "Late idea"


def test_populating_again_writes_nothing(house: House) -> None:
    scored(house, {**RICE, "active_scoring_framework": "RICE"}, {})
    house.done("pm.populate_initiatives")
    before = house.bytes()
    house.done("pm.populate_initiatives")
    assert house.bytes() == before


def test_populating_can_be_asked_for_single_initiatives_and_for_candidates(house: House) -> None:
    one, two, three = add_initiatives(house, {}, {"is_optimization_candidate": True}, {})
    house.done("pm.populate_initiatives", options=["candidates=true"])
    assert [r.text("initiative_key") for r in house.rows("Scoring_Inputs")] == [two]
    house.done("pm.populate_initiatives", select=f"{three.lower()}; init-1")
    assert [r.text("initiative_key") for r in house.rows("Scoring_Inputs")] == [two, one, three]
    outcome = house.run("pm.populate_initiatives", select="INIT-000099")
    assert (outcome.exit_code, "INIT-000099" in str(outcome.error)) == (2, True)


def test_a_derived_cell_that_someone_overtyped_is_put_right(house: House) -> None:
    [key] = scored(house, {**RICE})
    row = house.row("Scoring_Inputs", key).number
    house.type_into("Scoring_Inputs", row, {"rice_value_score": 5, "title": "mine", "rice_effort_score": "x"})
    house.done("pm.populate_initiatives")
    assert figures(house, key, "rice_") == pytest.approx([1920.0, 3, 640.0])
    assert house.row("Scoring_Inputs", key).text("title") == "Idea 1"


def test_a_row_for_an_initiative_that_there_is_not_fails(house: House) -> None:
    [key] = scored(house, {**RICE})
    house.type_new("Scoring_Inputs", {"initiative_key": "INIT-000077", "rice_reach": 4})
    outcome = house.done("pm.score_selected")
    assert outcome.summary["failed"] == 1
    assert 'no initiative has the key "INIT-000077"' in house.status("Scoring_Inputs", "INIT-000077")
    assert figures(house, key, "rice_")[0] == pytest.approx(1920.0)


# KPI contributions


def computed(house: House, key: str, contributions: dict[str, float]) -> None:
    """Say what the initiative's models give, as scoring them will."""
    with house.workspace.store.transaction() as session:
        session.execute(
            update(Initiative)
            .where(Initiative.initiative_key == key)
            .values(
                kpi_contribution_json=contributions,
                kpi_contribution_computed_json=contributions,
                kpi_contribution_source="computed",
            )
        )


def contribution(house: House, key: str) -> tuple[object, object, str]:
    row = house.row("KPI_Contributions", key)
    return (
        row.values["kpi_contribution_json"],
        row.values["kpi_contribution_computed_json"],
        row.text("kpi_contribution_source"),
    )


def type_contribution(house: House, key: str, text: CellValue | None) -> None:
    house.type_into("KPI_Contributions", house.row("KPI_Contributions", key).number, {"kpi_contribution_json": text})
    house.done("pm.save_selected", tab="KPI_Contributions")


def test_a_typed_contribution_overrides_the_computed_one_until_it_is_cleared(house: House) -> None:
    add_kpis(house)
    [key] = add_initiatives(house, {})
    computed(house, key, {"gmv": 50.0})
    house.done("pm.populate_initiatives")
    assert contribution(house, key) == ({"gmv": 50.0}, {"gmv": 50.0}, "computed")
    type_contribution(house, key, "gmv: 120,000; retention: -0.01")
    assert contribution(house, key) == ({"gmv": 120000, "retention": -0.01}, {"gmv": 50.0}, "pm_override")
    type_contribution(house, key, None)
    assert contribution(house, key) == ({"gmv": 50.0}, {"gmv": 50.0}, "computed")
    before = house.bytes()
    house.done("pm.save_selected", tab="KPI_Contributions")
    assert house.bytes() == before


def test_an_equal_value_never_is_an_override(house: House) -> None:
    add_kpis(house)
    equal = [
        '{"gmv": 50, "retention": 0.01}',
        "retention: 0.01; gmv: 50",
        "gmv: 50.0\nretention: 1 %",
        "GMV: 50; Retention: .01",
    ]
    keys = add_initiatives(house, *({} for _ in equal))
    value = {"gmv": 50.0, "retention": 0.01}
    for key in keys:
        computed(house, key, value)
    house.done("pm.populate_initiatives")
    for key, text in zip(keys, equal, strict=True):
        type_contribution(house, key, text)
        assert contribution(house, key) == (value, value, "computed")


def test_json_and_plain_pairs_mean_the_same(house: House) -> None:
    add_kpis(house)
    texts = [
        '{"gmv": 120000, "latency": -12}',
        "gmv: 120,000; latency: -12",
        "latency: -12\n gmv : 120 000",
        "GMV: 120000; Latency: -12",
    ]
    keys = add_initiatives(house, *({} for _ in texts))
    contribute(house, dict(zip(keys, texts, strict=True)))
    for key in keys:
        assert contribution(house, key) == ({"gmv": 120000, "latency": -12}, None, "pm_override")


NO_CONTRIBUTION = {
    "gvm: 5": ['"gvm" is no KPI of Metrics_Config (did you mean gmv?)', "expected one of gmv, retention, latency"],
    "visits: 5": ['"visits" is a supporting KPI', "expected one of"],
    "old_kpi: 5": ['"old_kpi" is not active', "expected one of"],
    "gmv: 5 retention: 1": ['gmv: "5 retention: 1"'],
    "gmv: five": ["gmv", "five"],
    "gmv": ["no pair of a KPI and a number"],
    '{"gmv": "5"}': ["gmv", "not a number"],
    "gmv: 1; GMV: 2": ["gmv twice"],
    "{}": ["names no KPI", "clear the cell"],
    "[1]": ["expected pairs"],
    "gmv: 1e999": ["gmv"],
}


def test_a_contribution_that_can_not_stand_fails_its_row_and_no_other(house: House) -> None:
    add_kpis(house)
    *bad, good = add_initiatives(house, *({} for _ in range(len(NO_CONTRIBUTION) + 1)))
    contribute(house, dict.fromkeys([*bad, good], "gmv: 1"))
    texts = zip([*bad, good], [*NO_CONTRIBUTION, "gmv: 3"], strict=True)
    type_by_key(house, "KPI_Contributions", {key: {"kpi_contribution_json": text} for key, text in texts})
    outcome = house.done("pm.save_selected", tab="KPI_Contributions")
    assert (outcome.summary["failed"], outcome.summary["ok"]) == (len(bad), 1)
    rows = {row.text("initiative_key"): row for row in house.rows("KPI_Contributions")}
    for key, (text, words) in zip(bad, NO_CONTRIBUTION.items(), strict=True):
        status = rows[key].text("run_status")
        assert status.startswith("FAILED: kpi_contribution_json: ")
        assert all(word in status for word in words), status
        assert rows[key].raw["kpi_contribution_json"] == text
        assert stored(house, key).kpi_contribution_json == {"gmv": 1}
    assert stored(house, good).kpi_contribution_json == {"gmv": 3}


def test_notes_on_contributions_are_saved_and_are_no_override(house: House) -> None:
    add_kpis(house)
    [key] = add_initiatives(house, {})
    computed(house, key, {"gmv": 50.0})
    house.done("pm.populate_initiatives")
    house.type_into("KPI_Contributions", 2, {"notes": "ask Anna"})
    house.done("pm.save_selected", tab="KPI_Contributions")
    assert contribution(house, key)[2] == "computed"
    assert stored(house, key).kpi_contribution_notes == "ask Anna"


def test_a_computed_value_that_moved_on_gives_way_to_what_a_person_types(house: House) -> None:
    add_kpis(house)
    [key] = add_initiatives(house, {})
    computed(house, key, {"gmv": 50.0})
    house.done("pm.populate_initiatives")
    computed(house, key, {"gmv": 60.0})
    type_contribution(house, key, "gmv: 55")
    assert contribution(house, key) == ({"gmv": 55}, {"gmv": 60.0}, "pm_override")


# The KPI registry


def kpis(house: House) -> dict[str, tuple[str, bool]]:
    with house.workspace.store.transaction() as session:
        rows = session.scalars(select(OrganizationMetricsConfig).order_by(OrganizationMetricsConfig.id))
        return {row.kpi_key: (row.kpi_level, row.is_active) for row in rows}


def test_the_registry_is_saved_with_its_defaults(house: House) -> None:
    add_kpis(house)
    assert kpis(house)["gmv"] == ("north_star", True)
    assert kpis(house)["old_kpi"] == ("strategic", False)
    with house.workspace.store.transaction() as session:
        gmv = session.scalars(select(OrganizationMetricsConfig).where(OrganizationMetricsConfig.kpi_key == "gmv")).one()
        assert (gmv.direction, gmv.is_active) == ("increase", True)


def test_without_a_north_star_nothing_is_saved(house: House) -> None:
    house.type_new(
        "Metrics_Config",
        {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "strategic"},
        {"kpi_key": "nps", "kpi_name": "NPS", "kpi_level": "supporting"},
    )
    outcome = house.done("pm.save_selected", tab="Metrics_Config")
    assert (outcome.summary["failed"], outcome.summary["saved"]) == (2, 0)
    assert "exactly one active KPI must have kpi_level north_star" in house.status("Metrics_Config", "gmv")
    assert kpis(house) == {}


def test_a_second_north_star_is_refused_and_what_was_typed_stays(house: House) -> None:
    add_kpis(house)
    house.type_into("Metrics_Config", house.row("Metrics_Config", "retention").number, {"kpi_level": "north_star"})
    house.type_into("Metrics_Config", house.row("Metrics_Config", "visits").number, {"unit": "visits"})
    outcome = house.done("pm.save_selected", tab="Metrics_Config")
    assert outcome.summary["saved"] == 0
    assert "2 active north stars (gmv, retention)" in house.status("Metrics_Config", "retention")
    assert house.row("Metrics_Config", "retention").text("kpi_level") == "north_star"
    assert house.row("Metrics_Config", "visits").text("unit") == "visits"
    assert kpis(house)["retention"] == ("strategic", True)
    house.type_into("Metrics_Config", house.row("Metrics_Config", "gmv").number, {"is_active": False})
    house.done("pm.save_selected", tab="Metrics_Config")
    assert kpis(house)["retention"] == ("north_star", True)
    assert kpis(house)["gmv"] == ("north_star", False)
    assert house.status("Metrics_Config", "retention") == "OK"


def test_the_north_star_can_be_handed_over_in_one_save_but_not_by_half(house: House) -> None:
    add_kpis(house)
    house.type_into("Metrics_Config", house.row("Metrics_Config", "gmv").number, {"kpi_level": "strategic"})
    house.type_into("Metrics_Config", house.row("Metrics_Config", "retention").number, {"kpi_level": "north_star"})
    half = house.done("pm.save_selected", tab="Metrics_Config", select="gmv")
    assert half.summary["failed"] == 1
    assert kpis(house)["gmv"] == ("north_star", True)
    house.done("pm.save_selected", tab="Metrics_Config")
    assert kpis(house)["retention"] == ("north_star", True)
    assert kpis(house)["gmv"] == ("strategic", True)


def test_a_bad_row_of_the_registry_does_not_stop_the_others(house: House) -> None:
    add_kpis(house)
    house.type_new(
        "Metrics_Config",
        {"kpi_key": "n p s", "kpi_name": "NPS", "kpi_level": "strategic"},
        {"kpi_key": "csat", "kpi_name": "CSAT", "kpi_level": "tactical"},
        {"kpi_key": "GMV", "kpi_name": "again", "kpi_level": "strategic"},
        {"kpi_key": "margin", "kpi_name": "Margin", "kpi_level": "strategic", "driven_by": "gmv, vists"},
    )
    outcome = house.done("pm.save_selected", tab="Metrics_Config")
    assert (outcome.summary["failed"], outcome.summary["created"], outcome.summary["warned"]) == (3, 1, 1)
    assert "holds a blank" in house.status("Metrics_Config", "n p s")
    assert "accepted: north_star, strategic, supporting" in house.status("Metrics_Config", "csat")
    assert "Metrics_Config row 2" in house.status("Metrics_Config", "GMV")
    assert "did you mean visits?" in house.status("Metrics_Config", "margin")
    assert "margin" in kpis(house)


def test_a_kpi_that_is_gone_from_the_tab_still_counts_and_that_is_said(house: House) -> None:
    add_kpis(house)
    house.clear_row("Metrics_Config", house.row("Metrics_Config", "retention").number)
    outcome = house.done("pm.save_selected", tab="Metrics_Config")
    assert "retention" in kpis(house)
    [line] = [row for row in outcome.rows if row.key == "retention"]
    assert line.run_status.startswith("WARNING: ")
    assert "is_active" in line.run_status
    house.clear_row("Metrics_Config", house.row("Metrics_Config", "gmv").number)
    house.type_into("Metrics_Config", house.row("Metrics_Config", "visits").number, {"kpi_level": "north_star"})
    house.done("pm.save_selected", tab="Metrics_Config")
    assert "gmv is gone from this tab" in house.status("Metrics_Config", "visits")

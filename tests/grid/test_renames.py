"""Roadmaps that are renamed without their sheet: all that belongs to them stays, what names them follows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roadwright import tabs
from roadwright.grid.changes import Changed, RowChange
from roadwright.grid.editing import save_rows
from roadwright.grid.listing import told_rows
from roadwright.grid.sources import Source
from roadwright.services.backlog import save_filter
from roadwright.services.roadmaps.decisions import find_decision
from roadwright.services.roadmaps.lookup import find_named
from roadwright.services.roadmaps.selected import runs_over
from roadwright.services.roadmaps.versions import content_of
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import OptimizationScenario, Roadmap
from tests.actions.company import add_kpis, add_scenario, constrain, contribute
from tests.actions.roadmaps import (
    CREATE,
    SET_STATUS,
    add_ideas,
    shown,
    stored_entry,
    stored_roadmap,
    type_entry,
    type_gates,
    type_roadmap,
)
from tests.house import House

ROADMAPS, ENTRIES = tabs.ROADMAPS.name, tabs.ROADMAP_ENTRIES.name


def change(house: House, name: str, **changes: object) -> Changed:
    """Change the row of a roadmap as one that was just read."""
    with house.workspace.store.transaction() as session:
        [row] = told_rows(session, Source(session, tabs.ROADMAPS), [(name.casefold(),)])
        session.rollback()
    return save_rows(house.workspace, tabs.ROADMAPS, [RowChange(row.identity, row.mark, changes)], "api:anna")


def codes(changed: Changed) -> list[str]:
    return [message.code for result in changed.results for message in result.notes.messages]


@pytest.fixture
def growth(house: House) -> tuple[House, list[str]]:
    """A roadmap of two ideas, of which one is waived, and another roadmap."""
    keys = add_ideas(house, {"department": "Growth", "engineering_tokens": 60}, {"department": "Growth"})
    type_gates(house, "sized", tokens_present="block")
    type_roadmap(house, "Growth", "filter", "department = Growth", gate_policy="sized")
    type_roadmap(house, "Core")
    house.done(CREATE, options=["roadmap_name=Growth"])
    type_entry(house, "Growth", keys[1], waived_by="Ann", waiver_reason="it is small, and has to be done")
    house.done("pm.save_selected", tab=ENTRIES)
    return house, keys


@pytest.fixture
def published(growth: tuple[House, list[str]]) -> tuple[House, list[str]]:
    """The same published, by a run over its entries."""
    house, keys = growth
    add_kpis(house)
    contribute(house, dict.fromkeys(keys, "gmv: 5"))
    add_scenario(house, roadmap_name="Growth")
    house.done("pm.roadmap_check_gates", options=["roadmap_name=Growth"])
    house.done("pm.optimize_run_all_candidates")
    house.type_into(ROADMAPS, 2, {"adopted_run": "OPT-000001"})
    for status in ("in_review", "approved"):
        house.done(SET_STATUS, options=["roadmap_name=Growth", f"status={status}"])
    house.done("pm.roadmap_publish", options=["roadmap_name=Growth", "by=Ann"])
    house.done("pm.refresh_tab", tab=ENTRIES)
    return house, keys


def test_all_that_belongs_to_a_roadmap_goes_along(published: tuple[House, list[str]]) -> None:
    house, [a, b] = published
    before, older = stored_roadmap(house, "Growth"), house.copied(ROADMAPS)
    changed = change(house, "Growth", roadmap_name="Growth 2027", owner="Ben")
    assert (changed.rows[0].identity, changed.saved, changed.created) == ({"roadmap_name": "Growth 2027"}, 1, 0)
    assert set(changed.also_changed) == {tabs.ROADMAP_ENTRIES, tabs.SCENARIO_CONFIG}
    after = stored_roadmap(house, "Growth 2027")
    assert (after.id, after.roadmap_name, after.owner) == (before.id, "Growth 2027", "Ben")
    assert (after.status, after.version, after.adopted_run) == ("published", 1, "OPT-000001")
    assert len(after.status_changes) == len(before.status_changes)
    assert stored_entry(house, "Growth 2027", b).waived_by == "Ann"
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(OptimizationScenario.roadmap_name)).all() == ["Growth 2027"]
        assert list(runs_over(session, "Growth 2027")) == ["OPT-000001"]
        _, version = find_named(session, "growth@1")
        assert version is not None
        assert content_of(version).roadmap.roadmap_name == "Growth", "it stays as it was published"
        assert find_named(session, "Growth 2027@1")[1] is version
        assert find_decision(session, "Growth").label == "Growth 2027"

    for older_copy in (None, older):
        if older_copy is not None:
            house.bring_back(ROADMAPS, older_copy)
        house.done("pm.save_selected", tab=ROADMAPS)
        house.done("pm.save_selected", tab=ENTRIES)
        house.done("pm.refresh_tab", tab="Scenario_Config")
        assert [row.text("roadmap_name") for row in house.rows(ROADMAPS)] == ["Growth 2027", "Core"]
        assert {row.text("run_status")[:7] for row in house.rows(ROADMAPS)} <= {"OK", "WARNING"}
        assert [row.number for row in house.rows(ENTRIES)] == [2, 3]
        assert shown(house, "Growth 2027", "waived_by") == {a: None, b: "Ann"}
        assert house.row("Scenario_Config", "Plan").text("roadmap_name") == "Growth 2027"
        with house.workspace.store.transaction() as session:
            assert session.query(Roadmap).count() == 2


def test_what_was_typed_meanwhile_is_saved_under_the_new_name(growth: tuple[House, list[str]]) -> None:
    house, [_, b] = growth
    house.type_into(ROADMAPS, 2, {"description": "typed"})
    type_entry(house, "Growth", b, notes="typed")
    change(house, "Growth", roadmap_name="Later")
    house.done("pm.save_selected", tab=ENTRIES)
    house.done("pm.save_selected", tab=ROADMAPS)
    assert stored_roadmap(house, "Later").description == "typed"
    assert stored_entry(house, "Later", b).notes == "typed"
    with house.workspace.store.transaction() as session:
        assert session.query(Roadmap).count() == 2


def test_a_name_that_a_person_types_over_it_makes_a_roadmap_of_its_own(growth: tuple[House, list[str]]) -> None:
    house, _ = growth
    change(house, "Growth", roadmap_name="Later")
    house.type_into(ROADMAPS, 2, {"roadmap_name": "Typed", "adopted_run": None})
    house.done("pm.save_selected", tab=ROADMAPS)
    with house.workspace.store.transaction() as session:
        assert {one.roadmap_name for one in session.query(Roadmap)} == {"Later", "Core", "Typed"}
    assert stored_roadmap(house, "Typed").version is None


def test_a_name_that_is_taken_or_stands_in_a_filter_is_refused(growth: tuple[House, list[str]]) -> None:
    house, [a, _] = growth
    assert codes(change(house, "Growth", roadmap_name="core")) == ["identity_stored"]
    house.type_new(ENTRIES, {"roadmap_name": "Later", "initiative_key": a})
    house.done("pm.save_selected", tab=ENTRIES)
    assert codes(change(house, "Growth", roadmap_name="Later")) == ["roadmap_name_on_entries"]
    with house.workspace.store.transaction() as session:
        save_filter(session, "Of growth", "department = Growth and not (on_roadmap in (growth, core))", "test")
    assert codes(change(house, "Growth", roadmap_name="New")) == ["roadmap_named_elsewhere"]
    assert codes(change(house, "Growth", roadmap_name="GROWTH")) == [], "the same name in another spelling"
    with house.workspace.store.transaction() as session:
        save_filter(session, "Of growth", "selected_on is not empty", "test")
        session.flush()
    type_roadmap(house, "Child", "filter", 'blocked_on = "Growth"')
    house.done("pm.save_selected", tab=ROADMAPS)
    assert codes(change(house, "Growth", roadmap_name="New")) == ["roadmap_named_elsewhere"]


def test_what_can_not_be_saved_is_not_renamed(growth: tuple[House, list[str]]) -> None:
    house, _ = growth
    add_scenario(house, roadmap_name="Growth")
    house.done("pm.save_selected", tab="Scenario_Config")
    changed = change(house, "Growth", roadmap_name="New", period_key=None)
    assert (changed.rows[0].identity, changed.saved) == ({"roadmap_name": "Growth"}, 0)
    assert stored_roadmap(house, "Growth").period_key
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(OptimizationScenario.roadmap_name)).all() == ["Growth"]
    with house.workspace.store.transaction() as session:
        rows = told_rows(session, source := Source(session, tabs.ROADMAPS), source.identities)
        session.rollback()
    twice = [RowChange(row.identity, row.mark, {"roadmap_name": "One"}) for row in rows]
    assert codes(save_rows(house.workspace, tabs.ROADMAPS, twice, "api:anna")).count("identity_stored") == 1


def rename(house: House, spec: TabSpec, identity: tuple[str, ...], **changes: object) -> Changed:
    with house.workspace.store.transaction() as session:
        [row] = told_rows(session, Source(session, spec), [identity])
        session.rollback()
    return save_rows(house.workspace, spec, [RowChange(row.identity, row.mark, changes)], "api:anna")


def stored(house: House, spec: TabSpec) -> list[tuple[str, ...]]:
    with house.workspace.store.transaction() as session:
        return sorted(Source(session, spec).identities)


def test_the_sets_of_a_scenario_go_along(house: House) -> None:
    add_kpis(house)
    add_scenario(house, "Plan")
    add_scenario(house, "Other")
    constrain(house, "capacity_cap", "UK", dimension="country", max_tokens=5)
    for tab in ("Scenario_Config", "Constraints"):
        house.done("pm.save_selected", tab=tab)
    changed = rename(house, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="Q2 plan")
    assert changed.also_changed == (tabs.CONSTRAINTS,)
    for action in ("pm.refresh_tab", "pm.save_selected"):
        for tab in ("Constraints", "Scenario_Config"):
            house.done(action, tab=tab)
        assert [row.text("scenario_name") for row in house.rows("Scenario_Config")] == ["Q2 plan", "Other"]
        assert [row.text("scenario_name") for row in house.rows("Constraints")] == ["Q2 plan"]
        assert [one[0] for one in stored(house, tabs.CONSTRAINTS)] == ["q2 plan"]
        assert stored(house, tabs.SCENARIO_CONFIG) == [("other",), ("q2 plan",)]


def test_models_with_their_params_and_kpis_are_renamed_on_their_sheets(house: House) -> None:
    add_kpis(house)
    [key] = add_ideas(house, {})
    model = {"initiative_key": key, "model_name": "a", "target_kpi_key": "gmv"}
    house.type_new("MathModels", {**model, "formula_text": "value = reach * uplift"})
    for name in ("reach", "uplift"):
        house.type_new("Params", {"initiative_key": key, "model_name": "a", "param_name": name, "value": 5})
    for tab in ("MathModels", "Params"):
        house.done("pm.save_selected", tab=tab)
    owner = key.casefold()
    changed = rename(house, tabs.MATH_MODELS, (owner, "a"), model_name="Main", target_kpi_key=None)
    assert changed.rows[0].identity["model_name"] == "a", "what fails is not renamed"
    assert stored(house, tabs.PARAMS) == [(owner, "a", "reach"), (owner, "a", "uplift")]
    changed = rename(house, tabs.MATH_MODELS, (owner, "a"), model_name="Main")
    assert (changed.also_changed, changed.rows[0].run_status) == ((tabs.PARAMS,), "OK")
    rename(house, tabs.METRICS_CONFIG, ("visits",), kpi_key="sessions")
    for action in ("pm.refresh_tab", "pm.save_selected"):
        for tab in ("Params", "MathModels", "Metrics_Config"):
            house.done(action, tab=tab)
        assert [row.text("model_name") for row in house.rows("MathModels")] == ["Main"]
        assert [row.text("model_name") for row in house.rows("Params")] == ["Main", "Main"]
        assert stored(house, tabs.PARAMS) == [(owner, "main", "reach"), (owner, "main", "uplift")]
        assert stored(house, tabs.MATH_MODELS) == [(owner, "main")]
        kpis = {row.text("kpi_key") for row in house.rows("Metrics_Config")}
        assert (kpis & {"visits", "sessions"}, len(kpis)) == ({"sessions"}, len(stored(house, tabs.METRICS_CONFIG)))

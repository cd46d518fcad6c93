"""The demo's data fits the tabs: columns that people type, values that can be read, initiatives that exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.domain.figures import figure
from roadwright.domain.initiatives import NEVER_CANDIDATES, Framework, ScopeMode, tokens_field
from roadwright.domain.kpis import CONTRIBUTABLE, Direction, KpiLevel
from roadwright.domain.optimization import ConstraintType, Dimension, ObjectiveMode, TargetKind
from roadwright.domain.periods import days_of, same_period
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.sample.backlog import BACKLOG_EDITS
from roadwright.sample.cells import Cell, Row, Titles
from roadwright.sample.company import NEXT_PERIOD, PERIOD
from roadwright.sample.intake import INTAKE_SHEETS, IntakeSheet
from roadwright.sample.kpis import KPI_CONTRIBUTIONS, METRICS_CONFIG
from roadwright.sample.math_models import MATH_MODELS, PARAMS
from roadwright.sample.optimization import BALANCED, CONSTRAINTS, GROWTH_FIRST, SCENARIO_CONFIG, TARGETS
from roadwright.sample.roadmaps import GATES, ROADMAP_ENTRIES, ROADMAPS
from roadwright.sample.scoring import SCORING_INPUTS
from roadwright.scoring.math_model import ModelResult, Param, ScoredModel, run_model
from roadwright.sheets.backend import Grid
from roadwright.sheets.read import read_table
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sheets.values import CellValue
from roadwright.tabs.backlog import BACKLOG
from roadwright.tabs.intake import INTAKE
from roadwright.tabs.optimization_center import CONSTRAINTS as CONSTRAINTS_TAB
from roadwright.tabs.optimization_center import SCENARIO_CONFIG as SCENARIO_TAB
from roadwright.tabs.optimization_center import TARGETS as TARGETS_TAB
from roadwright.tabs.product_ops import KPI_CONTRIBUTIONS as CONTRIBUTIONS_TAB
from roadwright.tabs.product_ops import METRICS_CONFIG as METRICS_TAB
from roadwright.tabs.product_ops import SCORE_PREFIX
from roadwright.tabs.product_ops import SCORING_INPUTS as SCORING_TAB
from roadwright.tabs.roadmaps import GATES as GATES_TAB
from roadwright.tabs.roadmaps import ROADMAP_ENTRIES as ENTRIES_TAB
from roadwright.tabs.roadmaps import ROADMAPS as ROADMAPS_TAB

UNREADABLE_ON_PURPOSE = {("Gift cards", "deadline_date"), ("", "title")}
"""Intake cells that give a warning in the demo: by title and column."""

WITHOUT_TOKENS_ON_PURPOSE = {"Night-shift courier pilot"}
WITHOUT_PERIOD_ON_PURPOSE = {"Invoice download for business buyers"}
INCOMPLETE_ON_PURPOSE = {("Similar items on every listing", "rice_confidence")}

INTAKE_ROWS = [row for sheet in INTAKE_SHEETS for row in sheet.rows]
TITLES = [str(row["title"]) for row in INTAKE_ROWS if "title" in row]
FRAMEWORK_INPUTS = {
    framework: [c.name for c in SCORING_TAB.owned(Owner.INPUT) if c.name.startswith(f"{prefix}_")]
    for framework, prefix in SCORE_PREFIX.items()
}

TYPED: list[tuple[TabSpec, str, Row]] = [
    *((BACKLOG, title, row) for title, row in BACKLOG_EDITS.items()),
    *((SCORING_TAB, title, row) for title, row in SCORING_INPUTS.items()),
    *((CONTRIBUTIONS_TAB, title, row) for title, row in KPI_CONTRIBUTIONS.items()),
    *((METRICS_TAB, str(row["kpi_key"]), row) for row in METRICS_CONFIG),
    *((SCENARIO_TAB, str(row["scenario_name"]), row) for row in SCENARIO_CONFIG),
    *((CONSTRAINTS_TAB, f"{row['scenario_name']} {number}", row) for number, row in enumerate(CONSTRAINTS)),
    *((TARGETS_TAB, f"{row['scenario_name']} {number}", row) for number, row in enumerate(TARGETS)),
    *((ROADMAPS_TAB, str(row["roadmap_name"]), row) for row in ROADMAPS),
    *((GATES_TAB, f"{row['gate_policy']} {row['gate']}", row) for row in GATES),
    *((ENTRIES_TAB, f"{row['roadmap_name']} {number}", row) for number, row in enumerate(ROADMAP_ENTRIES)),
]


def cell(value: Cell) -> CellValue:
    """The value as it is typed, titles standing for the keys that they become."""
    return ", ".join(value.names) if isinstance(value, Titles) else value


def read(spec: TabSpec, row: Row) -> dict[str, object]:
    """The row as its tab reads it; raises CellProblem where a cell can't be read or is out of range."""
    result: dict[str, object] = {}
    for name, value in row.items():
        column = spec.by_name[name]
        found = column.kind.read(cell(value))
        if column.check is not None:
            column.check(found)
        result[name] = found
    return result


def all_titles_named() -> Iterator[str]:
    yield from BACKLOG_EDITS
    yield from SCORING_INPUTS
    yield from KPI_CONTRIBUTIONS
    for _, _, row in TYPED:
        for value in row.values():
            if isinstance(value, Titles):
                yield from value.names


def initiative(title: str) -> dict[str, object]:
    """An initiative as the Backlog has it once the product managers have typed."""
    submitted = next(row for row in INTAKE_ROWS if row.get("title") == title)
    known = {name: value for name, value in submitted.items() if name in BACKLOG.by_name and name != "deadline_date"}
    return {**known, **read(BACKLOG, BACKLOG_EDITS.get(title, {}))}


def candidates() -> list[str]:
    """The candidates of the demo's period, by the rule that a scenario without a roadmap follows."""
    return [
        title
        for title in TITLES
        if (found := initiative(title)).get("is_optimization_candidate")
        and same_period(str(found.get("candidate_period_key") or ""), PERIOD)
        and found.get("lifecycle_status") not in NEVER_CANDIDATES
    ]


def tokens(title: str) -> float | None:
    found = initiative(title)
    scope = found.get("scope_mode")
    value = found.get(tokens_field(str(scope) if scope else None))
    assert value is None or isinstance(value, int | float)
    return value


def grid_of(sheet: IntakeSheet) -> Grid:
    rows: dict[int, dict[int, CellValue]] = {1: dict(enumerate(sheet.headers, start=1))}
    for number, row in enumerate(sheet.rows, start=2):
        named = enumerate(sheet.headers.values(), start=1)
        rows[number] = {column: cell(row[name]) for column, name in named if name in row}
    return Grid(rows=rows)


REGISTRY = {str(row["kpi_key"]): read(METRICS_TAB, row) for row in METRICS_CONFIG}
CONTRIBUTABLE_KEYS = {
    key
    for key, row in REGISTRY.items()
    if row.get("is_active", True) and KpiLevel(str(row["kpi_level"])) in CONTRIBUTABLE
}


class TestIntake:
    def test_three_workbooks_hold_24_to_30_ideas_of_different_people(self) -> None:
        assert len({sheet.workbook for sheet in INTAKE_SHEETS}) == 3
        assert 24 <= len(INTAKE_ROWS) <= 30
        assert len({row.get("requester_email") for row in INTAKE_ROWS}) >= 8
        assert len({str(row.get("country", "")).strip().casefold() for row in INTAKE_ROWS} - {""}) >= 3

    def test_the_first_is_the_template_with_its_own_columns(self) -> None:
        first = INTAKE_SHEETS[0]
        assert (first.workbook, first.tab) == (f"{INTAKE.workbook}.xlsx", INTAKE.name)
        assert list(first.headers) == [column.name for column in INTAKE.owned(Owner.INPUT)]

    @pytest.mark.parametrize("sheet", INTAKE_SHEETS[1:], ids=lambda sheet: sheet.workbook)
    def test_the_others_have_an_order_of_their_own_and_one_foreign_column(self, sheet: IntakeSheet) -> None:
        ours = [name for name in sheet.headers.values() if name in INTAKE.by_name]
        assert len(ours) == len(sheet.headers) - 1
        assert ours != [column.name for column in INTAKE.columns if column.name in ours]
        assert any(header != name for header, name in sheet.headers.items())

    @pytest.mark.parametrize("sheet", INTAKE_SHEETS, ids=lambda sheet: sheet.workbook)
    def test_the_tab_is_read_but_for_the_cells_that_are_odd_on_purpose(self, sheet: IntakeSheet) -> None:
        table = read_table(grid_of(sheet), INTAKE, tab=sheet.tab)
        assert set(table.columns) == {name for name in sheet.headers.values() if name in INTAKE.by_name}
        assert len(table.rows) == len(sheet.rows)
        problems = {(row.text("title"), column) for row in table.rows for column in row.problems}
        expected = {
            (title, column)
            for title, column in UNREADABLE_ON_PURPOSE
            if any(str(row.get("title", "")) == title for row in sheet.rows)
        }
        assert problems == expected

    def test_every_row_uses_columns_of_its_sheet_only(self) -> None:
        for sheet in INTAKE_SHEETS:
            for row in sheet.rows:
                assert set(row) <= set(sheet.headers.values())

    def test_titles_are_unique_and_can_stand_in_a_list(self) -> None:
        assert [title for title, count in Counter(TITLES).items() if count > 1] == []
        assert [title for title in TITLES if re.search(r"[,;\n]", title)] == []

    def test_people_are_at_example_com(self) -> None:
        assert all(str(row["requester_email"]).endswith("@example.com") for row in INTAKE_ROWS)

    def test_some_rows_lack_a_brief_description(self) -> None:
        assert any("brief_description" not in row for row in INTAKE_ROWS)


class TestTypedRows:
    @pytest.mark.parametrize(
        ("spec", "row"), [(s, r) for s, _, r in TYPED], ids=[f"{s.name}: {n}" for s, n, _ in TYPED]
    )
    def test_a_row_is_readable_and_types_only_what_people_may_type(self, spec: TabSpec, row: Row) -> None:
        assert set(row) <= {column.name for column in spec.saved}
        values = read(spec, row)
        assert None not in values.values(), "a cell that is there holds something"

    @pytest.mark.parametrize("spec", [METRICS_TAB, SCENARIO_TAB, CONSTRAINTS_TAB, TARGETS_TAB], ids=lambda s: s.name)
    def test_rows_have_what_is_required_and_an_identity_of_their_own(self, spec: TabSpec) -> None:
        rows = [row for tab, _, row in TYPED if tab is spec]
        required = {column.name for column in spec.columns if column.required}
        assert all(required <= set(row) for row in rows)
        identities = Counter(tuple(cell(row.get(name, "")) for name in spec.identity) for row in rows)
        assert [identity for identity, count in identities.items() if count > 1] == []

    def test_every_title_that_is_named_was_submitted(self) -> None:
        assert set(all_titles_named()) <= set(TITLES)


class TestBacklog:
    def test_scopes_and_typed_forms_vary(self) -> None:
        assert {initiative(title).get("scope_mode") for title in BACKLOG_EDITS} >= set(ScopeMode)

    def test_candidates_have_a_size_but_for_the_one_left_open(self) -> None:
        assert {title for title in candidates() if tokens(title) is None} == WITHOUT_TOKENS_ON_PURPOSE

    def test_flagged_ones_have_a_period_but_for_the_one_left_open(self) -> None:
        flagged = {title: initiative(title) for title in TITLES if initiative(title).get("is_optimization_candidate")}
        assert {title for title, row in flagged.items() if not row.get("candidate_period_key")} == (
            WITHOUT_PERIOD_ON_PURPOSE
        )
        assert any(same_period(str(row.get("candidate_period_key") or ""), NEXT_PERIOD) for row in flagged.values())

    def test_capacity_is_about_half_of_what_could_be_built(self) -> None:
        wanted = sum(tokens(title) or 0 for title in candidates())
        for row in SCENARIO_CONFIG:
            capacity = read(SCENARIO_TAB, row)["capacity_total_tokens"]
            assert isinstance(capacity, int | float)
            assert 0.45 <= capacity / wanted <= 0.60


class TestKpis:
    def test_one_active_north_star_and_three_or_four_strategic_ones(self) -> None:
        levels = Counter(row["kpi_level"] for row in REGISTRY.values() if row.get("is_active", True))
        assert levels[KpiLevel.NORTH_STAR] == 1
        assert 3 <= levels[KpiLevel.STRATEGIC] <= 4
        assert levels[KpiLevel.SUPPORTING] >= 3

    def test_one_strategic_kpi_should_fall_and_has_a_baseline(self) -> None:
        falling = [key for key in CONTRIBUTABLE_KEYS if REGISTRY[key].get("direction") == Direction.DECREASE]
        assert falling == ["contact_rate"]
        assert "baseline_value" in REGISTRY["contact_rate"]

    def test_drivers_are_kpis(self) -> None:
        for row in REGISTRY.values():
            drivers = row.get("driven_by", [])
            assert isinstance(drivers, list)
            assert set(drivers) <= set(REGISTRY)

    def test_contributions_name_kpis_that_may_be_contributed_to(self) -> None:
        for title, row in KPI_CONTRIBUTIONS.items():
            found = read(CONTRIBUTIONS_TAB, row)["kpi_contribution_json"]
            assert isinstance(found, dict)
            assert set(found) <= CONTRIBUTABLE_KEYS, title

    def test_every_sized_candidate_brings_something(self) -> None:
        assert set(candidates()) - WITHOUT_TOKENS_ON_PURPOSE <= set(KPI_CONTRIBUTIONS) | set(modelled())

    def test_targets_synergies_and_weights_name_kpis_that_may_be_contributed_to(self) -> None:
        named = {str(row["kpi_key"]) for row in (*TARGETS, *CONSTRAINTS) if "kpi_key" in row}
        for row in SCENARIO_CONFIG:
            weights = read(SCENARIO_TAB, row).get("objective_weights_json", {})
            assert isinstance(weights, dict)
            named |= set(weights)
        assert named <= CONTRIBUTABLE_KEYS


def modelled() -> dict[str, list[ModelResult]]:
    """What the approved models of each initiative come to, by title."""
    registry = Registry.of(
        RegisteredKpi(key, KpiLevel(level), Direction.DECREASE if key == "contact_rate" else Direction.INCREASE, True)
        for key, level in ((str(row["kpi_key"]), str(row["kpi_level"]).lower()) for row in METRICS_CONFIG)
    )
    found: dict[str, list[ModelResult]] = {}
    for row in MATH_MODELS:
        [title] = titles(row["initiative_key"])
        params = tuple(
            Param(str(p["param_name"]), float(str(p["value"])), bool(p["approved"]))
            for p in PARAMS
            if p["initiative_key"] == row["initiative_key"] and p["model_name"] == row["model_name"]
        )
        model = ScoredModel(
            name=str(row["model_name"]),
            target_kpi_key=str(row["target_kpi_key"]),
            formula_text=str(row["formula_text"]),
            is_primary=bool(row.get("is_primary")),
            approved=bool(row["approved_by_user"]),
            params=params,
        )
        result = run_model(model, registry)
        if result.counts:
            found.setdefault(title, []).append(result)
    return found


def titles(cell: Cell) -> tuple[str, ...]:
    assert isinstance(cell, Titles)
    return cell.names


class TestMathModels:
    def test_they_give_the_contributions_that_the_scenarios_count_with(self) -> None:
        given = {title: {r.model.target_kpi_key: r.value for r in results} for title, results in modelled().items()}
        assert given == {
            "One-page checkout": {"gmv": pytest.approx(310_000), "repeat_rate": pytest.approx(0.003)},
            "Order status page": {
                "contact_rate": pytest.approx(-0.9),
                "gmv": pytest.approx(35_000),
                "repeat_rate": pytest.approx(0.004),
            },
            "Delivery promise at checkout": {"gmv": pytest.approx(130_000), "contact_rate": pytest.approx(-0.25)},
        }

    def test_the_guide_tells_the_figures_that_the_formulas_give(self) -> None:
        guide = (Path(__file__).parents[2] / "docs" / "contributions.md").read_text(encoding="utf-8")
        for results in modelled().values():
            for result in results:
                assert result.value is not None
                assert f"= {figure(result.value)}" in guide, result.model.name
        for row in MATH_MODELS:
            if row["approved_by_user"] and any(p["model_name"] == row["model_name"] for p in PARAMS):
                assert str(row["formula_text"]).splitlines()[-1].removeprefix("value = ") in guide

    def test_two_are_not_ready_on_purpose(self) -> None:
        ready = {(title, result.model.name) for title, results in modelled().items() for result in results}
        names = {(*titles(row["initiative_key"]), str(row["model_name"])) for row in MATH_MODELS}
        assert {title for title, _ in names - ready} == {"Photo check for listings", "Returns without a printer"}


class TestScoring:
    def test_a_framework_is_filled_or_blank_but_for_the_one_left_open(self) -> None:
        blank = {
            (title, name)
            for title, row in SCORING_INPUTS.items()
            for names in FRAMEWORK_INPUTS.values()
            if any(name in row for name in names)
            for name in names
            if name not in row
        }
        assert blank == INCOMPLETE_ON_PURPOSE

    def test_the_active_framework_has_inputs(self) -> None:
        for title in BACKLOG_EDITS:
            framework = initiative(title).get("active_scoring_framework")
            if framework == Framework.MATH_MODEL:
                assert title in modelled()
            elif framework is not None:
                inputs = next(names for active, names in FRAMEWORK_INPUTS.items() if active == framework)
                assert set(inputs) & set(SCORING_INPUTS[title]), title

    def test_both_frameworks_are_used(self) -> None:
        used = {
            framework
            for row in SCORING_INPUTS.values()
            for framework, names in FRAMEWORK_INPUTS.items()
            if set(names) & set(row)
        }
        assert {str(framework) for framework in used} == {"RICE", "WSJF"}


class TestScenarios:
    def test_two_scenarios_plan_one_quarter(self) -> None:
        modes = {str(row["scenario_name"]): row["objective_mode"] for row in SCENARIO_CONFIG}
        assert modes == {GROWTH_FIRST: ObjectiveMode.NORTH_STAR, BALANCED: ObjectiveMode.WEIGHTED_KPIS}
        assert {row["period_key"] for row in SCENARIO_CONFIG} == {PERIOD}
        assert days_of(PERIOD) is not None

    def test_rules_and_targets_stand_in_the_sets_of_the_scenarios(self) -> None:
        sets = {(row["scenario_name"], row["constraint_set_name"]) for row in SCENARIO_CONFIG}
        assert {(row["scenario_name"], row["constraint_set_name"]) for row in CONSTRAINTS} == sets
        assert {(row["scenario_name"], row["constraint_set_name"]) for row in TARGETS} == sets

    def test_every_type_of_constraint_is_shown(self) -> None:
        assert {row["constraint_type"] for row in CONSTRAINTS} == set(ConstraintType)

    def test_mandates_say_why(self) -> None:
        assert all(row.get("reason") for row in CONSTRAINTS if row["constraint_type"] == ConstraintType.MANDATORY)

    def test_rules_name_candidates_only(self) -> None:
        named = {
            name for row in CONSTRAINTS for value in row.values() if isinstance(value, Titles) for name in value.names
        }
        assert named <= set(candidates())

    def test_slices_are_slices_of_candidates(self) -> None:
        for row in (*CONSTRAINTS, *TARGETS):
            parts = [Dimension(part) for part in str(row.get("dimension", "all")).split("+")]
            if parts in ([Dimension.ALL], [Dimension.INITIATIVE]):
                continue
            columns = ["program_key" if part is Dimension.PROGRAM else str(part) for part in parts]
            slices = {
                tuple(str(initiative(title).get(column, "")).strip().casefold() for column in columns)
                for title in candidates()
            }
            assert tuple(part.casefold() for part in str(row["dimension_key"]).split("+")) in slices

    def test_floors_goals_a_slice_and_the_falling_kpi_are_asked_for(self) -> None:
        assert {row["floor_or_goal"] for row in TARGETS} == set(TargetKind)
        assert any(row["dimension"] != "all" for row in TARGETS)
        assert any(row["kpi_key"] == "contact_rate" for row in TARGETS)

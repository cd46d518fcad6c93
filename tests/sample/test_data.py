"""The demo's data fits the tabs: columns that people type, values that can be read, initiatives that exist."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.domain.initiatives import NEVER_CANDIDATES, Framework, ScopeMode, tokens_field
from roadwright.domain.kpis import CONTRIBUTABLE, Direction, KpiLevel
from roadwright.domain.optimization import Dimension, ObjectiveMode, TargetKind
from roadwright.domain.periods import days_of, same_period
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.domain.shown import figure
from roadwright.domain.text import normalised
from roadwright.optimize.constraints import KINDS
from roadwright.sample import company
from roadwright.sample.company import (
    APPROVER,
    BALANCED,
    CARRIED,
    COMMITTED,
    GROWTH_FIRST,
    OPEN_FLOOR,
    TRACKER_FILE,
    IntakeSheet,
    Row,
    edits,
    intake_sheets,
    new_rows,
    tracker_export,
    typed_cell,
)
from roadwright.sample.typing import NAMED_TITLE, Keys
from roadwright.services.imports.propose import ForeignTable, propose
from roadwright.services.scoring.math_model import ModelResult, Param, ScoredModel, run_model
from roadwright.sheets.backend import Grid
from roadwright.sheets.foreign.files import numbered_rows
from roadwright.sheets.foreign.separated import cells_of
from roadwright.sheets.read import read_table
from roadwright.sheets.spec import Owner, TabSpec, header_names
from roadwright.sheets.values import CellValue
from roadwright.tabs import BACKLOG, INTAKE
from roadwright.tabs import CONSTRAINTS as CONSTRAINTS_TAB
from roadwright.tabs import GATES as GATES_TAB
from roadwright.tabs import KPI_CONTRIBUTIONS as CONTRIBUTIONS_TAB
from roadwright.tabs import MATH_MODELS as MODELS_TAB
from roadwright.tabs import METRICS_CONFIG as METRICS_TAB
from roadwright.tabs import PARAMS as PARAMS_TAB
from roadwright.tabs import ROADMAP_ENTRIES as ENTRIES_TAB
from roadwright.tabs import ROADMAPS as ROADMAPS_TAB
from roadwright.tabs import SCENARIO_CONFIG as SCENARIO_TAB
from roadwright.tabs import SCORING_INPUTS as SCORING_TAB
from roadwright.tabs import TARGETS as TARGETS_TAB
from roadwright.tabs.product_ops import SCORE_PREFIX

INTAKE_SHEETS = intake_sheets()
BACKLOG_EDITS, SCORING_INPUTS, KPI_CONTRIBUTIONS = map(edits, (BACKLOG, SCORING_TAB, CONTRIBUTIONS_TAB))
METRICS_CONFIG, MATH_MODELS, PARAMS = map(new_rows, (METRICS_TAB, MODELS_TAB, PARAMS_TAB))
SCENARIO_CONFIG, CONSTRAINTS, TARGETS = map(new_rows, (SCENARIO_TAB, CONSTRAINTS_TAB, TARGETS_TAB))
ROADMAPS, GATES, ROADMAP_ENTRIES = map(new_rows, (ROADMAPS_TAB, GATES_TAB, ENTRIES_TAB))

PERIOD, NEXT_PERIOD = "2026-Q2", "2026-Q3"
"""The quarter that both scenarios plan, and the one after it, for which a few ideas are already flagged."""

UNREADABLE_ON_PURPOSE = {("Gift cards", "deadline_date"), ("", "title")}
"""Intake cells that give a warning in the demo: by title and column."""

WITHOUT_TOKENS_ON_PURPOSE = {"Night-shift courier pilot"}
WITHOUT_PERIOD_ON_PURPOSE = {"Invoice download for business buyers"}
INCOMPLETE_ON_PURPOSE = {("Similar items on every listing", "rice_confidence")}

OUR_NAMES = {header: column.name for column in INTAKE.columns for header in header_names(column)}
INTAKE_ROWS = [
    {OUR_NAMES.get(normalised(header), header): value for header, value in row.items()}
    for sheet in INTAKE_SHEETS
    for row in sheet.rows
]
TITLES = [str(row["title"]) for row in INTAKE_ROWS if "title" in row]
TITLES_AS_KEYS = Keys({title: title for title in TITLES})
FRAMEWORK_INPUTS = {
    framework: [c.name for c in SCORING_TAB.owned(Owner.INPUT) if c.name.startswith(f"{prefix}_")]
    for framework, prefix in SCORE_PREFIX.items()
}

TYPED: list[tuple[TabSpec, str, Row]] = [
    *((BACKLOG, title, row) for title, row in BACKLOG_EDITS.items()),
    *((SCORING_TAB, title, row) for title, row in SCORING_INPUTS.items()),
    *((CONTRIBUTIONS_TAB, title, row) for title, row in KPI_CONTRIBUTIONS.items()),
    *((METRICS_TAB, str(row["kpi_key"]), row) for row in METRICS_CONFIG),
    *((MODELS_TAB, f"{row['initiative_key']} {row['model_name']}", row) for row in MATH_MODELS),
    *((PARAMS_TAB, f"{row['initiative_key']} {row['param_name']}", row) for row in PARAMS),
    *((SCENARIO_TAB, str(row["scenario_name"]), row) for row in SCENARIO_CONFIG),
    *((CONSTRAINTS_TAB, f"{row['scenario_name']} {number}", row) for number, row in enumerate(CONSTRAINTS)),
    *((TARGETS_TAB, f"{row['scenario_name']} {number}", row) for number, row in enumerate(TARGETS)),
    *((ROADMAPS_TAB, str(row["roadmap_name"]), row) for row in ROADMAPS),
    *((GATES_TAB, f"{row['gate_policy']} {row['gate']}", row) for row in GATES),
    *((ENTRIES_TAB, f"{row['roadmap_name']} {number}", row) for number, row in enumerate(ROADMAP_ENTRIES)),
]


def titles(value: CellValue) -> list[str]:
    """The initiatives that a cell names."""
    return NAMED_TITLE.findall(value) if isinstance(value, str) else []


def read(spec: TabSpec, row: Row) -> dict[str, object]:
    """The row as its tab reads it; raises CellProblem where a cell can't be read or is out of range."""
    result: dict[str, object] = {}
    for name, value in row.items():
        column = spec.by_name[name]
        found = column.kind.read(TITLES_AS_KEYS.in_cell(value))
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
            yield from titles(value)


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
        rows[number] = {column: row[name] for column, name in enumerate(sheet.headers, start=1) if name in row}
    return Grid(rows=rows)


REGISTRY = {str(row["kpi_key"]): read(METRICS_TAB, row) for row in METRICS_CONFIG}
CONTRIBUTABLE_KEYS = {
    key
    for key, row in REGISTRY.items()
    if row.get("is_active", True) and KpiLevel(str(row["kpi_level"])) in CONTRIBUTABLE
}


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1100", 1100),
            ("-0.8", -0.8),
            ("1,100", "1,100"),
            ("31 %", "31 %"),
            ("TRUE", True),
            ("FALSE", False),
            ("yes", "yes"),
            ("2026-06-30", dt.date(2026, 6, 30)),
            ("next summer", "next summer"),
            (" germany ", " germany "),
            ("'7", "7"),
            ("'TRUE", "TRUE"),
            ("'2026-05-31", "2026-05-31"),
            ("''quoted'", "'quoted'"),
        ],
    )
    def test_a_cell_is_what_a_spreadsheet_takes_it_for(self, text: str, value: CellValue) -> None:
        found = typed_cell(text)
        assert (type(found), found) == (type(value), value)

    def test_keys_take_the_place_of_titles(self) -> None:
        keys = Keys({"Gift cards": "INIT-1", "Seller dashboard": "INIT-2"})
        assert keys.in_cell("[[Seller dashboard]], [[Gift cards]]") == "INIT-2, INIT-1"
        assert keys.in_cell("Drop-off network") == "Drop-off network"
        assert keys.in_cell(7) == 7
        with pytest.raises(KeyError):
            keys.in_cell("[[No such idea]]")

    def test_every_file_is_typed_into_a_tab(self) -> None:
        files = {path.name for path in (Path(company.__file__).parent / "data").iterdir()}
        tabs = {f"{spec.name}.csv" for spec, _, _ in TYPED}
        assert files == tabs | {TRACKER_FILE} | {f"{Path(sheet.workbook).stem}.csv" for sheet in INTAKE_SHEETS}

    def test_the_wheel_holds_them(self, tmp_path: Path) -> None:
        root = Path(__file__).parents[2]
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
        subprocess.run(build, cwd=root, check=True, capture_output=True)
        [wheel] = tmp_path.glob("*.whl")
        data = root / "src" / "roadwright" / "sample" / "data"
        with zipfile.ZipFile(wheel) as packed:
            for path in data.iterdir():
                assert packed.read(f"roadwright/sample/data/{path.name}") == path.read_bytes()

    def test_cells_of_all_types_are_typed(self) -> None:
        types = {type(value) for row in (*INTAKE_ROWS, *(row for _, _, row in TYPED)) for value in row.values()}
        assert types == {str, int, float, bool, dt.date}

    def test_roadmaps_that_the_main_job_names_are_set_up(self) -> None:
        assert [row["roadmap_name"] for row in ROADMAPS] == [OPEN_FLOOR, COMMITTED]
        waived = {(row["roadmap_name"], row["waived_by"]) for row in ROADMAP_ENTRIES if "waived_by" in row}
        assert waived == {(COMMITTED, APPROVER)}


class TestIntake:
    def test_three_workbooks_hold_24_to_30_ideas_of_different_people(self) -> None:
        assert len({sheet.workbook for sheet in INTAKE_SHEETS}) == 3
        assert 24 <= len(INTAKE_ROWS) <= 30
        assert len({row.get("requester_email") for row in INTAKE_ROWS}) >= 8
        assert len({str(row.get("country", "")).strip().casefold() for row in INTAKE_ROWS} - {""}) >= 3

    def test_the_first_is_the_template_with_its_own_columns(self) -> None:
        first = INTAKE_SHEETS[0]
        assert (first.workbook, first.tab) == (f"{INTAKE.workbook}.xlsx", INTAKE.name)
        assert sorted(first.headers) == sorted(column.name for column in INTAKE.owned(Owner.INPUT))

    @pytest.mark.parametrize("sheet", INTAKE_SHEETS[1:], ids=lambda sheet: sheet.workbook)
    def test_the_others_have_an_order_of_their_own_and_one_foreign_column(self, sheet: IntakeSheet) -> None:
        ours = [OUR_NAMES[normalised(header)] for header in sheet.headers if normalised(header) in OUR_NAMES]
        assert len(ours) == len(sheet.headers) - 1
        assert ours != [column.name for column in INTAKE.columns if column.name in ours]
        assert len({*sheet.headers} & {*ours}) < len(ours)

    @pytest.mark.parametrize("sheet", INTAKE_SHEETS, ids=lambda sheet: sheet.workbook)
    def test_the_tab_is_read_but_for_the_cells_that_are_odd_on_purpose(self, sheet: IntakeSheet) -> None:
        table = read_table(grid_of(sheet), INTAKE, tab=sheet.tab)
        assert len(table.columns) == len(sheet.headers) - (sheet is not INTAKE_SHEETS[0])
        assert len(table.rows) == len(sheet.rows)
        problems = {(row.text("title"), column) for row in table.rows for column in row.problems}
        expected = {
            (title, column)
            for title, column in UNREADABLE_ON_PURPOSE
            if any(row.text("title") == title for row in table.rows)
        }
        assert problems == expected

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
        identities = Counter(tuple(row.get(name, "") for name in spec.identity) for row in rows)
        assert [identity for identity, count in identities.items() if count > 1] == []

    @pytest.mark.parametrize("spec", [BACKLOG, SCORING_TAB, CONTRIBUTIONS_TAB], ids=lambda s: s.name)
    def test_a_title_is_edited_once(self, spec: TabSpec) -> None:
        assert len(edits(spec)) == len(new_rows(spec))

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
        assert {row["constraint_type"] for row in CONSTRAINTS} == set(KINDS)

    def test_mandates_say_why(self) -> None:
        assert all(row.get("reason") for row in CONSTRAINTS if row["constraint_type"] == "mandatory")

    def test_rules_name_candidates_only(self) -> None:
        named = {name for row in CONSTRAINTS for value in row.values() for name in titles(value)}
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


class TestRoadmaps:
    @pytest.mark.parametrize("name", [OPEN_FLOOR, COMMITTED])
    def test_entries_are_planned_by_quarter_in_the_order_of_their_prerequisites(self, name: str) -> None:
        planned = {
            title: str(read(ENTRIES_TAB, row)["planned_period"])
            for row in ROADMAP_ENTRIES
            if row["roadmap_name"] == name
            for title in titles(row["initiative_key"])
        }
        assert len(planned) == sum(row["roadmap_name"] == name for row in ROADMAP_ENTRIES), "each once"
        assert set(planned) < set(candidates()), "some are left for the discussion"
        assert set(planned.values()) == {PERIOD, NEXT_PERIOD, "2026-Q4"}
        capacity = min(float(str(read(SCENARIO_TAB, row)["capacity_total_tokens"])) for row in SCENARIO_CONFIG)
        assert sum(tokens(title) or 0 for title, period in planned.items() if period == PERIOD) <= capacity
        for row in CONSTRAINTS:
            if row["constraint_type"] == "require_prereq":
                [later], before = titles(row["dimension_key"]), titles(row["member_keys"])
                assert all(planned[one] <= planned[later] for one in before)


class TestTracker:
    def test_the_export_of_supports_tracker_is_read_as_it_means(self) -> None:
        rows = numbered_rows(cells_of(tracker_export().encode()))
        proposal = propose(ForeignTable(rows))
        assert proposal is not None
        assert (proposal.preset, proposal.columns["title"], proposal.columns["external_id"]) == (
            "jira",
            "Summary",
            "Issue key",
        )
        assert set(CARRIED.values()) <= set(map(str, rows[1].values()))
        titles = {str(cells[2]) for number, cells in rows.items() if number > 1}
        assert len(titles) == 4
        assert not titles & set(TITLES)
        assert any(title.startswith("=") for title in titles)

"""The declarations against the tab contract: every tab's columns, owners, required flags, words and identities.

The expectation is written out here a second time on purpose: a renamed column or a changed owner breaks workbooks
that people already have.
"""

from __future__ import annotations

import pytest

from roadwright.domain.text import normalised
from roadwright.optimize.constraints import KINDS
from roadwright.services.bindings.constraint_sets import needed_cells
from roadwright.sheets.kinds import (
    BOOLEAN,
    CHOSEN,
    CONTRIBUTIONS,
    CONTRIBUTIONS_JSON,
    COUNT,
    DATE,
    DAY_SIZE,
    INITIATIVE,
    INITIATIVE_LIST,
    KPI_AMOUNT,
    KPI_KEY,
    KPI_LIST,
    OBJECTIVE,
    OWN_UNIT_AMOUNT,
    PARAM,
    PERIOD,
    RATIO,
    SIZE,
    START_DATE,
    TOKEN_AMOUNT,
    TOKEN_SIZE,
)
from roadwright.sheets.read import BACKEND_COLUMNS
from roadwright.sheets.spec import TYPED, CellProblem, Column, Kind, Layout, Owner, TabSpec, header_names
from roadwright.sheets.styles import width_of
from roadwright.tabs import BY_NAME, TABS, lists, workbooks
from roadwright.tabs.constraint_examples import EXAMPLES

OWNERS = {"i": Owner.INPUT, "d": Owner.DERIVED, "s": Owner.SYSTEM, "o": Owner.SHEET_ONLY, "shared": Owner.SHARED}

COLUMNS = {
    "Intake": """
        initiative_key s · title* i · brief_description i · department i · requesting_team i · requester_name i ·
        requester_email i · country i · product_area i · problem_statement i · deadline_date i · lifecycle_status i""",
    "Backlog": """
        initiative_key s · title* i · brief_description i · intake_source s · department i · requesting_team i ·
        requester_name i · requester_email i · country i · product_area i · customer_segment i · initiative_type i ·
        category i · program_key i · lifecycle_status i · hypothesis i · problem_statement i ·
        strategic_priority_coefficient i · risk_level i · effort_engineering_days i · engineering_tokens i ·
        engineering_tokens_mvp i · engineering_tokens_full i · scope_mode i · dependencies_initiatives i ·
        dependencies_others i · deadline_date i · earliest_start_date i · active_scoring_framework i ·
        use_math_model i · value_score d · effort_score d · overall_score d · score_percentile d ·
        immediate_kpi_key d · metric_chain d · duplicate_of i · kpi_contributions d ·
        is_optimization_candidate i · candidate_period_key i · roadmaps d""",
    "Scoring_Inputs": """
        initiative_key* s · title d · active_scoring_framework i · use_math_model i · rice_reach i · rice_impact i ·
        rice_confidence i · rice_effort i · wsjf_business_value i · wsjf_time_criticality i · wsjf_risk_reduction i ·
        wsjf_job_size i · rice_value_score d · rice_effort_score d · rice_overall_score d · wsjf_value_score d ·
        wsjf_effort_score d · wsjf_overall_score d · math_value_score d · math_effort_score d · math_overall_score d ·
        value_score d · effort_score d · overall_score d · score_percentile d · math_warnings d""",
    "MathModels": """
        initiative_key* i · model_name* i · target_kpi_key* i · immediate_kpi_key i · metric_chain_text i ·
        formula_text i · assumptions_text i · is_primary i · approved_by_user i · pattern i ·
        suggested_formula_text d · suggested_metric_chain_text d · computed_score d""",
    "Params": """
        initiative_key* i · model_name* i · param_name* i · value i · unit i · min i · max i · description i ·
        source i · approved i · is_auto_seeded d · notes i""",
    "Metrics_Config": """
        kpi_key* i · kpi_name* i · kpi_level* i · unit i · direction i · baseline_value i · description i ·
        is_active i · driven_by i · notes i""",
    "KPI_Contributions": """
        initiative_key* s · title d · kpi_contribution_json shared · kpi_contribution_computed_json d ·
        kpi_contribution_source d · notes i""",
    "Overview": """
        scenario_or_tab d · status d · objective_value d · north_star_gain d · capacity_used d · capacity_total d ·
        selected_count d · targets_met d · run_id d · finished_at d · needs_a_person d · chart_label d""",
    "Candidates": """
        scenario_name d · initiative_key* s · title d · country d · department d · category d · program_key d ·
        engineering_tokens i · deadline_date i · lifecycle_status d · active_scoring_framework d · overall_score d ·
        north_star_contribution d · strategic_kpi_contributions d · immediate_kpi_key d · is_mandatory d ·
        bundle_key d · prerequisite_keys d · exclusion_keys d · synergy_group_keys d · gate_status d ·
        is_selected_for_run o · notes o""",
    "Scenario_Config": """
        scenario_name* i · period_key* i · roadmap_name i · capacity_total_tokens* i · objective_mode* i ·
        objective_weights_json i · constraint_set_name i · use_dependencies i · notes i""",
    "Constraints": """
        scenario_name i · constraint_set_name* i · constraint_type* i · dimension i · dimension_key i ·
        min_tokens i · max_tokens i · member_keys i · kpi_key i · bonus_value i · min_count i · max_count i ·
        reason i · notes i""",
    "Targets": """
        scenario_name i · constraint_set_name* i · dimension* i · dimension_key* i · kpi_key* i · target_value* i ·
        baseline_value i · floor_or_goal* i · notes i""",
    "Runs": """
        run_id d · scenario_name d · constraint_set_name d · period_key d · status d · objective_mode d ·
        candidates d · selected_count d · capacity_total d · capacity_used d · objective_value d · bound d ·
        gap_percent d · targets_met d · created_at d · finished_at d · solve_seconds d · solver d ·
        snapshot_hash d · summary d""",
    "Results": """
        run_id d · scenario_name d · rank d · initiative_key* s · title d · selected d · allocated_tokens d ·
        country d · department d · category d · program_key d · north_star_gain d · objective_contribution d ·
        overall_score d · score_percentile d · reason d · dependency_status d · notes o""",
    "Gaps_And_Alerts": """
        run_id d · scenario_name d · kind d · dimension d · dimension_key d · kpi_key d · target d · baseline d ·
        achieved d · gap d · severity d · message d · recommendation d · notes o""",
    "Roadmaps": """
        roadmap_name* i · period_key* i · description i · source i · source_ref i · gate_policy i ·
        adopted_run i · status d ·
        version d · entries d · tokens d · owner i""",
    "Gates": "gate_policy* i · gate* i · parameter i · severity* i · notes i",
    "Roadmap_Entries": """
        roadmap_name* i · initiative_key* i · title d · brief_description d · gate_status d · gate_failures d ·
        waived_by i · waiver_reason i · priority_rank i · planned_period i · is_locked i · selected d · tokens d ·
        notes i""",
    "Requests": """
        action* i · tab i · selection i · options i · requested_by i · notes o · run_id d · status d · progress d ·
        summary d
    """,
}

IDENTITIES = {
    "Intake": "initiative_key",
    "Backlog": "initiative_key",
    "Scoring_Inputs": "initiative_key",
    "MathModels": "initiative_key, model_name",
    "Params": "initiative_key, model_name, param_name",
    "Metrics_Config": "kpi_key",
    "KPI_Contributions": "initiative_key",
    "Overview": "scenario_or_tab, chart_label",
    "Candidates": "scenario_name, initiative_key",
    "Scenario_Config": "scenario_name",
    "Constraints": (
        "scenario_name, constraint_set_name, constraint_type, dimension, dimension_key, member_keys, kpi_key"
    ),
    "Targets": "scenario_name, constraint_set_name, dimension, dimension_key, kpi_key, floor_or_goal",
    "Runs": "run_id",
    "Results": "scenario_name, initiative_key",
    "Gaps_And_Alerts": "scenario_name, kind, dimension, dimension_key, kpi_key, message",
    "Roadmaps": "roadmap_name",
    "Gates": "gate_policy, gate",
    "Roadmap_Entries": "roadmap_name, initiative_key",
    "Requests": "run_id",
}

WORDS = {
    "Intake.lifecycle_status": "new withdrawn",
    "Backlog.lifecycle_status": (
        "new needs_info under_review approved_in_principle in_progress done rejected withdrawn"
    ),
    "Backlog.risk_level": "low medium high",
    "Backlog.scope_mode": "custom mvp full",
    "Backlog.active_scoring_framework": "RICE WSJF MATH_MODEL",
    "MathModels.pattern": (
        "rate_uplift traffic_uplift value_per_transaction unit_expansion monetization_rate loss_reduction custom"
    ),
    "Metrics_Config.kpi_level": "north_star strategic supporting",
    "Metrics_Config.direction": "increase decrease",
    "KPI_Contributions.kpi_contribution_source": "computed pm_override",
    "Scenario_Config.objective_mode": "north_star weighted_kpis lexicographic",
    "Constraints.constraint_type": (
        "capacity_floor capacity_cap mandatory exclude_initiative exclude_pair bundle require_prereq require_any "
        "choose_count synergy_bonus"
    ),
    "Targets.floor_or_goal": "floor goal",
    "Gaps_And_Alerts.kind": "target constraint data infeasible",
    "Gaps_And_Alerts.severity": "info warning critical",
    "Roadmaps.source": "filter portfolio list",
    "Roadmaps.status": "draft in_review approved published archived",
    "Gates.gate": (
        "required_fields lifecycle_status_in score_current min_overall_score contribution_present tokens_present "
        "math_model_approved metric_chain_valid max_risk_level min_score_percentile deadline_in_period "
        "dependencies_on_roadmap brief_description_present"
    ),
    "Gates.severity": "block warn",
    "Roadmap_Entries.gate_status": "admitted blocked waived",
}

BLANKS = {
    "Intake.lifecycle_status": "new",
    "Backlog.lifecycle_status": "new",
    "Backlog.strategic_priority_coefficient": 1,
    "Metrics_Config.direction": "increase",
    "Metrics_Config.is_active": True,
    "Backlog.use_math_model": None,
    "Scoring_Inputs.use_math_model": None,
    "Scenario_Config.use_dependencies": None,
}
"""What a blank cell means, where it is not nothing; every other boolean that people type is FALSE."""


def column(place: str) -> Column:
    tab, _, name = place.partition(".")
    return BY_NAME[tab].by_name[name]


def all_columns() -> list[tuple[TabSpec, Column]]:
    return [(spec, found) for spec in TABS for found in spec.columns]


def test_the_workbooks_and_their_tabs() -> None:
    assert {name: [spec.name for spec in specs] for name, specs in workbooks().items()} == {
        "Intake": ["Intake"],
        "Central_Backlog": ["Backlog"],
        "ProductOps": ["Scoring_Inputs", "MathModels", "Params", "Metrics_Config", "KPI_Contributions"],
        "Optimization_Center": [
            *("Overview", "Candidates", "Scenario_Config", "Constraints", "Targets"),
            *("Runs", "Results", "Gaps_And_Alerts"),
        ],
        "Roadmaps": ["Roadmaps", "Gates", "Roadmap_Entries"],
        "Requests": ["Requests"],
    }
    assert set(BY_NAME) == set(COLUMNS)


@pytest.mark.parametrize("tab", list(COLUMNS))
def test_columns_owners_and_required_flags(tab: str) -> None:
    expected = []
    for entry in COLUMNS[tab].split("·"):
        name, owner = entry.split()
        expected.append((name.rstrip("*"), OWNERS[owner], name.endswith("*")))
    system = [(name, Owner.SYSTEM, False) for name in ("run_status", "updated_source", "updated_at")]
    assert sorted((c.name, c.owner, c.required) for c in BY_NAME[tab].columns) == sorted(expected + system)


@pytest.mark.parametrize("spec", TABS, ids=lambda spec: spec.name)
def test_the_status_stands_beside_the_rows_name_and_technical_columns_at_the_end(spec: TabSpec) -> None:
    names = [found.name for found in spec.columns]
    assert names[0] in (*spec.identity, "run_id", "action")
    assert names[1] == "run_status"
    assert names[-2:] == ["updated_source", "updated_at"]
    technical = [found.technical for found in spec.columns]
    assert technical == sorted(technical)


@pytest.mark.parametrize("spec", TABS, ids=lambda spec: spec.name)
def test_the_main_columns_come_first_and_are_legible_on_one_page(spec: TabSpec) -> None:
    printed = spec.columns[: spec.printed]
    assert {*spec.main} <= {found.name for found in printed}
    assert not any(found.technical or found.minor for found in printed)
    required = {found.name for found in spec.columns if found.required}
    assert required <= {found.name for found in printed}
    # A4 across holds about 150 characters at full size; at less than 0.58 of it nobody reads on.
    assert sum(width_of(found, spec) for found in printed) <= 264


def test_headers_are_the_fields_names_in_words() -> None:
    for spec, found in all_columns():
        assert normalised(found.header) == normalised(found.name), (spec.name, found.name)
    headers = {found.name: found.header for _, found in all_columns()}
    assert headers["brief_description"] == "Brief description"
    assert headers["kpi_contribution_json"] == "KPI contribution JSON"
    assert headers["rice_reach"] == "RICE reach"
    assert headers["run_id"] == "Run ID"
    assert headers["engineering_tokens_mvp"] == "Engineering tokens MVP"
    assert headers["is_mandatory"] == "Is mandatory"
    assert headers["wsjf_job_size"] == "WSJF job size"


def test_columns_offer_lists_that_there_are() -> None:
    offers = {f"{spec.name}.{found.name}": found.offers for spec, found in all_columns() if found.offers}
    assert set(offers.values()) <= set(lists.ALL)
    assert offers["Constraints.kpi_key"] == offers["MathModels.target_kpi_key"] == lists.KPIS
    assert offers["Targets.scenario_name"] == lists.SCENARIOS
    assert offers["Scenario_Config.constraint_set_name"] == lists.SETS
    assert offers["Roadmaps.gate_policy"] == lists.POLICIES
    assert offers["Backlog.candidate_period_key"] == lists.PERIODS
    assert offers["Intake.requester_name"] == offers["Roadmaps.owner"] == lists.PEOPLE
    assert all(BY_NAME[place.partition(".")[0]].by_name[place.partition(".")[2]].owner in TYPED for place in offers)


@pytest.mark.parametrize("tab", list(IDENTITIES))
def test_what_identifies_a_row(tab: str) -> None:
    assert BY_NAME[tab].identity == tuple(IDENTITIES[tab].split(", "))


def test_identities_and_sets_are_columns_of_the_tab() -> None:
    for spec in TABS:
        assert {*spec.identity, *spec.set_identity} <= set(spec.by_name)


def test_how_rows_are_kept() -> None:
    sets = {spec.name: spec.set_identity for spec in TABS if spec.layout is Layout.SETS}
    assert sets == {
        "Constraints": ("scenario_name", "constraint_set_name"),
        "Targets": ("scenario_name", "constraint_set_name"),
        "Gates": ("gate_policy",),
        "Roadmap_Entries": ("roadmap_name",),
    }
    assert {spec.name for spec in TABS if spec.layout is Layout.MIRROR} == {
        *("Overview", "Candidates", "Runs", "Results", "Gaps_And_Alerts")
    }
    assert not any(spec.set_identity for spec in TABS if spec.layout is not Layout.SETS)


@pytest.mark.parametrize("place", list(WORDS))
def test_the_words_of_a_column(place: str) -> None:
    assert column(place).kind.choices == tuple(WORDS[place].split())


def test_aliases() -> None:
    assert {
        f"{spec.name}.{found.name}": found.aliases for spec, found in all_columns() if found.aliases
    } == {
        "Intake.country": ("market",),
        "Backlog.country": ("market",),
        "Constraints.member_keys": ("bundle_member_keys", "prereq_member_keys"),
    }  # fmt: skip


@pytest.mark.parametrize("spec", TABS, ids=lambda spec: spec.name)
def test_no_header_can_mean_two_columns(spec: TabSpec) -> None:
    headers = [name for found in spec.columns for name in header_names(found)]
    assert len(headers) == len(set(headers))


def test_what_a_blank_means() -> None:
    for spec, found in all_columns():
        place = f"{spec.name}.{found.name}"
        ticked = found.kind is BOOLEAN and found.owner in (Owner.INPUT, Owner.SHEET_ONLY)
        assert found.blank_means == BLANKS.get(place, False if ticked else None), place


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("Backlog.deadline_date", DATE),
        ("Backlog.earliest_start_date", START_DATE),
        ("Intake.deadline_date", DATE),
        ("Candidates.deadline_date", DATE),
        ("Backlog.candidate_period_key", PERIOD),
        ("Scenario_Config.period_key", PERIOD),
        ("Roadmaps.period_key", PERIOD),
        ("Roadmap_Entries.planned_period", PERIOD),
        ("Backlog.dependencies_initiatives", INITIATIVE_LIST),
        ("Metrics_Config.driven_by", KPI_LIST),
        ("Constraints.member_keys", INITIATIVE_LIST),
        ("Constraints.min_count", COUNT),
        ("Constraints.max_count", COUNT),
        ("KPI_Contributions.kpi_contribution_json", CONTRIBUTIONS),
        ("KPI_Contributions.kpi_contribution_computed_json", CONTRIBUTIONS_JSON),
        ("Scenario_Config.objective_weights_json", OBJECTIVE),
        ("Backlog.use_math_model", BOOLEAN),
        ("Backlog.is_optimization_candidate", BOOLEAN),
        ("Candidates.is_selected_for_run", BOOLEAN),
        ("Roadmap_Entries.is_locked", BOOLEAN),
        ("Results.selected", CHOSEN),
        ("Backlog.engineering_tokens", TOKEN_SIZE),
        ("Backlog.effort_engineering_days", DAY_SIZE),
        ("Candidates.engineering_tokens", TOKEN_SIZE),
        ("Scoring_Inputs.rice_confidence", RATIO),
        ("Scoring_Inputs.rice_effort", SIZE),
        ("Scoring_Inputs.wsjf_job_size", SIZE),
        ("Params.value", PARAM),
        ("Params.initiative_key", INITIATIVE),
        ("Metrics_Config.baseline_value", OWN_UNIT_AMOUNT),
        ("Targets.target_value", KPI_AMOUNT),
        ("Targets.baseline_value", KPI_AMOUNT),
        ("Targets.kpi_key", KPI_KEY),
        ("Constraints.bonus_value", KPI_AMOUNT),
        ("Constraints.max_tokens", TOKEN_AMOUNT),
        ("MathModels.target_kpi_key", KPI_KEY),
        ("Roadmap_Entries.initiative_key", INITIATIVE),
    ],
)
def test_kinds_with_a_form_of_their_own(place: str, kind: Kind) -> None:
    assert column(place).kind is kind


@pytest.mark.parametrize(
    ("place", "fine", "refused"),
    [
        ("Backlog.brief_description", ["x" * 500], ["x" * 501]),
        ("Intake.brief_description", ["x" * 500], ["x" * 501]),
        ("Backlog.strategic_priority_coefficient", [0.1, 5], [0, -1]),
        ("Backlog.engineering_tokens", [0, 12.5], [-1]),
        ("Backlog.engineering_tokens_mvp", [0], [-1]),
        ("Backlog.engineering_tokens_full", [0], [-1]),
        ("Candidates.engineering_tokens", [0], [-1]),
        ("Scoring_Inputs.rice_impact", [0, 3], [-0.1, 3.1]),
        ("Scoring_Inputs.rice_confidence", [0, 0.8, 1], [-0.1, 80]),
        ("Scoring_Inputs.rice_effort", [0.1], [0]),
        ("Scoring_Inputs.wsjf_job_size", [0.1], [0]),
        ("Scenario_Config.capacity_total_tokens", [0.5, 1000], [0, -5]),
        ("Targets.target_value", [-5, 0], []),
        ("Constraints.bonus_value", [-5, 5], []),
    ],
)
def test_ranges(place: str, fine: list[object], refused: list[object]) -> None:
    check = column(place).check
    for value in fine:
        if check is not None:
            check(value)
    for value in refused:
        assert check is not None
        with pytest.raises(CellProblem):
            check(value)


def test_only_typed_columns_are_checked_or_have_a_meaning_of_blank() -> None:
    for _, found in all_columns():
        if found.owner in (Owner.DERIVED, Owner.SYSTEM):
            assert found.check is None
            assert found.blank_means is None


def test_what_a_blank_means_passes_the_columns_own_check_and_can_be_shown() -> None:
    for _, found in all_columns():
        if found.blank_means is not None:
            assert found.kind.read(found.kind.show(found.blank_means)) == found.blank_means
            if found.check is not None:
                found.check(found.blank_means)


@pytest.mark.parametrize("spec", TABS, ids=lambda spec: spec.name)
def test_every_tab_and_column_is_explained(spec: TabSpec) -> None:
    assert spec.help.endswith(".")
    for found in spec.columns:
        assert found.help, found.name


def test_the_reader_knows_the_system_columns_of_every_tab() -> None:
    for spec in TABS:
        assert {*BACKEND_COLUMNS} <= set(spec.by_name)


def test_each_type_of_constraint_has_a_worked_row_of_the_cells_that_it_needs() -> None:
    assert set(EXAMPLES) == set(KINDS)
    for type, cells in EXAMPLES.items():
        assert set(cells) <= set(BY_NAME["Constraints"].by_name)
        for name in needed_cells(KINDS[type]):
            assert set(name.split(" or ")) & set(cells), (type, name)


def test_names_fit_what_spreadsheets_allow() -> None:
    for spec in TABS:
        assert len(spec.name) <= 31
        assert spec.name.isidentifier()

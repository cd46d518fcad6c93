"""Workbook Optimization_Center: candidates, scenarios, constraints and targets in; runs, results and alerts out."""

from __future__ import annotations

from dataclasses import replace

from roadwright.domain.initiatives import Lifecycle
from roadwright.domain.optimization import (
    MODE_SYNONYMS,
    TARGET_SYNONYMS,
    AlertKind,
    ObjectiveMode,
    RunStatus,
    Severity,
    TargetKind,
)
from roadwright.optimize.constraints import KINDS
from roadwright.sheets.kinds import (
    BOOLEAN,
    CHOSEN,
    CONTRIBUTIONS_JSON,
    COUNT,
    DATE,
    DIMENSION,
    INITIATIVE_LIST,
    KPI_AMOUNT,
    KPI_KEY,
    LIST,
    LONG_TEXT,
    MESSAGE,
    MINUTE,
    NUMBER,
    OBJECTIVE,
    PERCENTILE,
    PERIOD,
    ROADMAP_NAME,
    SCENARIO_NAME,
    SCORE,
    SET_NAME,
    SLICE,
    TEXT,
    TOKEN_AMOUNT,
    TOKEN_SIZE,
    WORD,
    choice,
    within,
)
from roadwright.sheets.kinds import TITLE as TITLE_TEXT
from roadwright.sheets.spec import Chart, Layout, TabSpec, Tone
from roadwright.tabs import lists
from roadwright.tabs.columns import PROVENANCE, REQUIRED_KEY, TITLE, amount, derived, name_of, own_words, typed
from roadwright.tabs.constraint_examples import worked_rows

_WORKBOOK = "Optimization_Center"

_SLICE = replace(TEXT, width=18)

_RUN_TONES: dict[str, Tone] = {
    RunStatus.OPTIMAL: Tone.GOOD,
    RunStatus.FEASIBLE: Tone.LOOK,
    RunStatus.CANCELLED: Tone.LOOK,
    RunStatus.UNKNOWN: Tone.BAD,
    RunStatus.INFEASIBLE: Tone.BAD,
    RunStatus.INVALID: Tone.BAD,
    RunStatus.FAILED: Tone.BAD,
}
_TYPE_SYNONYMS = {
    "capacity_floor": ("floor", "minimum", "min tokens", "at least"),
    "capacity_cap": ("cap", "maximum", "max tokens", "limit", "capacity limit", "at most"),
    "mandatory": ("must", "must do", "must have", "required", "force in", "forced in"),
    "exclude_initiative": ("exclude", "excluded", "forbid", "forbidden", "must not"),
    "exclude_pair": ("not both", "pair", "either or", "mutually exclusive"),
    "bundle": ("all or none", "all or nothing", "together"),
    "require_prereq": ("prerequisite", "prerequisites", "prereq", "requires", "require", "depends on", "needs"),
    "require_any": ("any of", "requires any", "needs any"),
    "choose_count": ("choose", "count", "choose n"),
    "synergy_bonus": ("synergy", "bonus"),
}
"""What people type instead of a type of constraint."""
_SEVERITY_TONES: dict[str, Tone] = {Severity.WARNING: Tone.LOOK, Severity.CRITICAL: Tone.BAD}


_SMALL = replace(NUMBER, width=11)
"""Of a tab that shows much side by side."""

OVERVIEW = TabSpec(
    name="Overview",
    workbook=_WORKBOOK,
    help="The latest answer of each scenario side by side, and what waits for a person. Written with every run.",
    identity=("scenario_or_tab", "chart_label"),
    layout=Layout.MIRROR,
    columns=(
        derived(
            "scenario_or_tab",
            replace(TEXT, width=24),
            "A scenario; below the scenarios, the tab where something waits.",
        ),
        derived("status", choice(RunStatus, _RUN_TONES), "How the run ended that these figures are of."),
        derived(
            "objective_value",
            replace(SCORE, width=11),
            "The objective of the answer (last stage, where there are several).",
        ),
        derived("north_star_gain", _SMALL, "What the answer adds to the north star, in its unit."),
        derived("capacity_used", _SMALL, "Tokens the answer uses."),
        derived("capacity_total", _SMALL, "Tokens there were."),
        derived("selected_count", COUNT, "How many initiatives it chose."),
        derived("targets_met", replace(WORD, width=10), "Targets met, of all."),
        derived("run_id", replace(WORD, width=13), "The run."),
        derived("finished_at", MINUTE, "When it ended (UTC)."),
        derived("needs_a_person", replace(MESSAGE, width=48), "What somebody has to do or decide."),
        derived("chart_label", TEXT, "The scenario, for the charts.", technical=True),
        *PROVENANCE,
    ),
    charts=(
        Chart(
            "Capacity used",
            "chart_label",
            (("capacity_total", "capacity"), ("capacity_used", "used")),
            "engineering tokens",
        ),
        Chart(
            "What each answer adds to the north star",
            "chart_label",
            (("north_star_gain", "gain"),),
            "in the north star's unit",
        ),
    ),
    optional=True,
)

CANDIDATES = TabSpec(
    name="Candidates",
    workbook=_WORKBOOK,
    help="The candidates of one scenario, written by pm.populate_candidates. Tick rows to run only those.",
    identity=("scenario_name", "initiative_key"),
    layout=Layout.MIRROR,
    main=(
        *("scenario_name", "initiative_key", "title", "is_selected_for_run", "engineering_tokens", "deadline_date"),
        *("overall_score", "north_star_contribution", "strategic_kpi_contributions", "is_mandatory"),
        *("country", "department"),
    ),
    columns=(
        derived("scenario_name", TEXT, "The scenario that this row belongs to."),
        REQUIRED_KEY,
        TITLE,
        derived("country", WORD, "From the Backlog."),
        derived("department", WORD, "From the Backlog."),
        derived("category", WORD, "From the Backlog."),
        derived("program_key", WORD, "From the Backlog."),
        amount(
            "engineering_tokens",
            "The tokens of the initiative's scope; typed here, they are saved there.",
            kind=TOKEN_SIZE,
        ),
        typed("deadline_date", DATE, "The date after which it is worth less."),
        derived("lifecycle_status", choice(Lifecycle), "From the Backlog."),
        derived("active_scoring_framework", TEXT, "From the Backlog."),
        derived("overall_score", SCORE, "The active framework's score.", group="Value"),
        derived("north_star_contribution", NUMBER, "What it adds to the north star.", group="Value"),
        derived(
            "strategic_kpi_contributions", CONTRIBUTIONS_JSON, "What it adds to the strategic KPIs.", group="Value"
        ),
        derived("immediate_kpi_key", WORD, "The KPI that moves first.", group="Value"),
        derived("is_mandatory", BOOLEAN, "TRUE where a mandatory row names it.", group="Constraints"),
        derived("bundle_key", LIST, "The bundles it is in.", group="Constraints"),
        derived("prerequisite_keys", LIST, "What it needs, by Constraints or the Backlog.", group="Constraints"),
        derived("exclusion_keys", LIST, "What it can't be chosen with.", group="Constraints"),
        derived("synergy_group_keys", LIST, "The synergy groups it is in.", group="Constraints"),
        derived("gate_status", TEXT, "How its roadmap's gates judged it."),
        own_words(
            "is_selected_for_run", BOOLEAN, "Tick the rows for pm.optimize_run_selected_candidates.", blank_means=False
        ),
        own_words("notes", LONG_TEXT, "Your notes; they stay with the initiative."),
        *PROVENANCE,
    ),
)

SCENARIO_CONFIG = TabSpec(
    name="Scenario_Config",
    workbook=_WORKBOOK,
    help="What to maximise, for which period, with how much capacity. One scenario a row.",
    identity=("scenario_name",),
    columns=(
        name_of("scenario_name", "A name for the scenario."),
        typed(
            "period_key",
            PERIOD,
            "The period it plans, e.g. 2026-Q2.",
            required=True,
            offers=lists.PERIODS,
        ),
        typed(
            "roadmap_name",
            ROADMAP_NAME,
            "Take the candidates of this roadmap; blank: the flagged ones of the period.",
            offers=lists.ROADMAPS,
        ),
        typed(
            "capacity_total_tokens",
            TOKEN_AMOUNT,
            "Engineering tokens there are in all, above 0.",
            required=True,
            check=within(above=0),
        ),
        typed("objective_mode", choice(ObjectiveMode, also=MODE_SYNONYMS), "What to maximise.", required=True),
        typed(
            "objective_weights_json",
            OBJECTIVE,
            "weighted_kpis: gmv: 0.6; retention: 0.4. lexicographic: retention > gmv.",
        ),
        typed(
            "constraint_set_name",
            SET_NAME,
            "The set of constraints and targets; blank: the scenario's only set.",
            offers=lists.SETS,
        ),
        typed(
            "use_dependencies",
            BOOLEAN,
            "TRUE or blank: the Backlog's dependencies_initiatives bind. FALSE: they are shown only.",
        ),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

CONSTRAINTS = TabSpec(
    name="Constraints",
    workbook=_WORKBOOK,
    help="Which portfolios are allowed. Saved set by set: a row that is gone from here is gone from its set.",
    identity=(
        "scenario_name",
        "constraint_set_name",
        "constraint_type",
        "dimension",
        "dimension_key",
        "member_keys",
        "kpi_key",
    ),
    layout=Layout.SETS,
    set_identity=("scenario_name", "constraint_set_name"),
    main=(
        *("scenario_name", "constraint_set_name", "constraint_type", "dimension", "dimension_key"),
        *("min_tokens", "max_tokens", "member_keys", "kpi_key", "bonus_value", "min_count", "max_count", "reason"),
    ),
    columns=(
        name_of(
            "scenario_name",
            "The scenario it is for; blank: every scenario that names the set.",
            kind=SCENARIO_NAME,
            required=False,
            offers=lists.SCENARIOS,
        ),
        name_of("constraint_set_name", "The set it belongs to.", offers=lists.SETS),
        typed(
            "constraint_type",
            choice(tuple(KINDS), also=_TYPE_SYNONYMS),
            "What the row demands.",
            required=True,
            examples=worked_rows(),
        ),
        typed(
            "dimension",
            replace(DIMENSION, width=_SLICE.width),
            "Of caps and floors: country, department, …, all, initiative; several joined by +.",
        ),
        typed(
            "dimension_key",
            replace(SLICE, width=_SLICE.width),
            "The slice, the initiative, or the group's name, e.g. UK or UK+Growth.",
        ),
        typed("min_tokens", TOKEN_AMOUNT, "capacity_floor: at least so many tokens in the slice."),
        typed("max_tokens", TOKEN_AMOUNT, "capacity_cap: at most so many tokens in the slice."),
        typed(
            "member_keys",
            INITIATIVE_LIST,
            "The initiatives of the bundle, pair, prerequisite or group.",
            aliases=("bundle_member_keys", "prereq_member_keys"),
        ),
        typed("kpi_key", KPI_KEY, "synergy_bonus: the KPI that gains.", offers=lists.KPIS),
        typed("bonus_value", KPI_AMOUNT, "synergy_bonus: what it gains when all members are chosen."),
        typed("min_count", COUNT, "choose_count: at least so many of the members."),
        typed("max_count", COUNT, "choose_count: at most so many of the members."),
        typed("reason", replace(MESSAGE, width=30), "Why; needed for mandatory."),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

TARGETS = TabSpec(
    name="Targets",
    workbook=_WORKBOOK,
    help="KPI levels to reach: floor is a must, goal is a wish whose gap is reported. Saved set by set.",
    identity=(
        "scenario_name",
        "constraint_set_name",
        "dimension",
        "dimension_key",
        "kpi_key",
        "floor_or_goal",
    ),
    layout=Layout.SETS,
    set_identity=("scenario_name", "constraint_set_name"),
    columns=(
        name_of(
            "scenario_name",
            "The scenario it is for; blank: every scenario that names the set.",
            kind=SCENARIO_NAME,
            required=False,
            offers=lists.SCENARIOS,
        ),
        name_of("constraint_set_name", "The set it belongs to.", offers=lists.SETS),
        typed("dimension", DIMENSION, "all, country, department, …; several joined by +.", required=True),
        typed("dimension_key", SLICE, "The slice; all for the whole portfolio.", required=True),
        name_of("kpi_key", "The KPI.", kind=KPI_KEY, offers=lists.KPIS),
        typed(
            "target_value", KPI_AMOUNT, "The level to reach (the increment, where there is no baseline).", required=True
        ),
        typed("baseline_value", KPI_AMOUNT, "Where the slice stands today."),
        typed(
            "floor_or_goal",
            choice(TargetKind, also=TARGET_SYNONYMS),
            "floor: must be met. goal: the gap is reported.",
            required=True,
        ),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

RUNS = TabSpec(
    name="Runs",
    workbook=_WORKBOOK,
    help="Every optimization run, newest first.",
    identity=("run_id",),
    layout=Layout.MIRROR,
    main=(
        *("run_id", "scenario_name", "status", "candidates", "selected_count", "capacity_total", "capacity_used"),
        *("objective_value", "gap_percent", "targets_met", "created_at", "summary"),
    ),
    columns=(
        derived("run_id", WORD, "The run's key."),
        derived("scenario_name", TEXT, "The scenario it answered."),
        derived("constraint_set_name", TEXT, "The rules it used."),
        derived("period_key", PERIOD, "The period it planned."),
        derived("status", choice(RunStatus, _RUN_TONES), "How it ended; optimal means proved."),
        derived("objective_mode", choice(ObjectiveMode), "What was maximised."),
        derived("candidates", COUNT, "How many candidates took part."),
        derived("selected_count", COUNT, "How many were chosen."),
        derived("capacity_total", NUMBER, "Tokens there were."),
        derived("capacity_used", NUMBER, "Tokens the portfolio uses."),
        derived("objective_value", SCORE, "The objective of the portfolio (last stage, where there are several)."),
        derived("bound", SCORE, "No portfolio can be better than this."),
        derived("gap_percent", SCORE, "How far the answer may be from the best; 0 is proved best."),
        derived("targets_met", WORD, "Targets met, of all."),
        derived("created_at", MINUTE, "When it was asked (UTC)."),
        derived("finished_at", MINUTE, "When it ended (UTC)."),
        derived("solve_seconds", SCORE, "How long it took, in seconds.", technical=True),
        derived("solver", TEXT, "The solver and its version.", technical=True),
        derived("snapshot_hash", TEXT, "Fingerprint of the exact inputs.", technical=True),
        derived("summary", MESSAGE, "The run in a sentence."),
        *PROVENANCE,
    ),
)

RESULTS = TabSpec(
    name="Results",
    workbook=_WORKBOOK,
    help="The latest answer for each scenario: every candidate, the chosen ones first, with the reason.",
    identity=("scenario_name", "initiative_key"),
    layout=Layout.MIRROR,
    main=(
        *("run_id", "scenario_name", "rank", "initiative_key", "title", "selected", "allocated_tokens"),
        *("objective_contribution", "reason"),
    ),
    columns=(
        derived("run_id", WORD, "The run that chose."),
        derived("scenario_name", TEXT, "The scenario."),
        derived("rank", COUNT, "Chosen ones by contribution per token, then the others."),
        REQUIRED_KEY,
        derived("title", TITLE_TEXT, "The initiative's title."),
        derived("selected", CHOSEN, "TRUE: in the portfolio."),
        derived("allocated_tokens", NUMBER, "Tokens it gets."),
        derived("country", WORD, "From the Backlog."),
        derived("department", WORD, "From the Backlog."),
        derived("category", WORD, "From the Backlog."),
        derived("program_key", WORD, "From the Backlog."),
        derived("north_star_gain", SCORE, "What it adds to the north star."),
        derived("objective_contribution", SCORE, "What it adds to the objective."),
        derived("overall_score", SCORE, "The active framework's score."),
        derived("score_percentile", PERCENTILE, "Where that score stood among those of its framework, 0 to 100."),
        derived("reason", MESSAGE, "Why it is in or out."),
        derived("dependency_status", LONG_TEXT, "What it says it depends on, and whether that was chosen."),
        own_words("notes", LONG_TEXT, "Your notes; they stay with the initiative."),
        *PROVENANCE,
    ),
)

GAPS_AND_ALERTS = TabSpec(
    name="Gaps_And_Alerts",
    workbook=_WORKBOOK,
    help="Targets and how far they are, and everything that deserves a look, from the latest run of each scenario.",
    identity=("scenario_name", "kind", "dimension", "dimension_key", "kpi_key", "message"),
    layout=Layout.MIRROR,
    main=(
        *("run_id", "scenario_name", "severity", "kind", "message", "recommendation"),
        *("kpi_key", "target", "achieved", "gap"),
    ),
    columns=(
        derived("run_id", WORD, "The run it comes from."),
        derived("scenario_name", TEXT, "The scenario."),
        derived("kind", choice(AlertKind), "What it is about."),
        derived("dimension", WORD, "The dimension of the slice."),
        derived("dimension_key", WORD, "The slice."),
        derived("kpi_key", WORD, "The KPI."),
        derived("target", NUMBER, "The level asked for."),
        derived("baseline", NUMBER, "Where it stands today."),
        derived("achieved", NUMBER, "The level the portfolio reaches."),
        derived("gap", NUMBER, "What is missing; 0 where it is met."),
        derived("severity", choice(Severity, _SEVERITY_TONES), "info, warning or critical."),
        derived("message", MESSAGE, "What was found."),
        derived("recommendation", MESSAGE, "What you can do."),
        own_words("notes", LONG_TEXT, "Your notes; they stay with the alert."),
        *PROVENANCE,
    ),
)

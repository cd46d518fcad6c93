"""Tab Backlog: the universe of ideas, every one of them."""

from __future__ import annotations

from roadwright.domain.initiatives import (
    LIFECYCLE_SYNONYMS,
    RISK_SYNONYMS,
    SCOPE_SYNONYMS,
    Lifecycle,
    RiskLevel,
    ScopeMode,
)
from roadwright.sheets.kinds import (
    ADDRESS,
    DATE,
    DAY_SIZE,
    INITIATIVE,
    INITIATIVE_LIST,
    LIST,
    LONG_TEXT,
    NUMBER,
    PERIOD,
    START_DATE,
    TEXT,
    TITLE,
    TOKEN_SIZE,
    WORD,
    choice,
    within,
)
from roadwright.sheets.spec import TabSpec
from roadwright.tabs import lists
from roadwright.tabs.columns import (
    ACTIVE_FRAMEWORK,
    ACTIVE_SCORES,
    INITIATIVE_KEY,
    PROVENANCE,
    USE_MATH_MODEL,
    amount,
    common_word,
    derived,
    flag,
    system,
    typed,
)
from roadwright.tabs.intake import brief_description

DEFAULT_COEFFICIENT = 1.0
"""strategic_priority_coefficient where none is typed."""

BACKLOG = TabSpec(
    name="Backlog",
    workbook="Central_Backlog",
    help="Every idea that was ever submitted. Work on it here: status, size, scoring framework, candidate flag.",
    identity=("initiative_key",),
    main=(
        *("initiative_key", "title", "lifecycle_status", "department", "country", "risk_level"),
        *("engineering_tokens", "overall_score", "deadline_date", "is_optimization_candidate", "candidate_period_key"),
    ),
    columns=(
        INITIATIVE_KEY,
        typed("title", TITLE, "A short name for the initiative.", required=True),
        brief_description(),
        system("intake_source", ADDRESS, "The intake workbook and tab it came from; `backlog` if it was typed here."),
        common_word("department", "The department that owns it."),
        common_word("requesting_team", "The team that asked for it.", kind=TEXT),
        typed("requester_name", TEXT, "Who asked for it.", offers=lists.PEOPLE),
        typed("requester_email", ADDRESS, "Where to reach them."),
        common_word("country", "The market it is for.", aliases=("market",)),
        common_word("product_area", "The part of the product it touches."),
        common_word("customer_segment", "The customers it is for.", kind=TEXT),
        common_word("initiative_type", "What sort of work it is, e.g. feature, platform, compliance."),
        common_word("category", "The category it is planned under."),
        common_word("program_key", "The program it belongs to."),
        typed(
            "lifecycle_status",
            choice(Lifecycle, also=LIFECYCLE_SYNONYMS),
            "Where it stands. done, rejected and withdrawn ones never take part in an optimization.",
            blank_means=str(Lifecycle.NEW),
        ),
        typed("hypothesis", LONG_TEXT, "What we believe will happen, and why."),
        typed("problem_statement", LONG_TEXT, "The problem it solves, and for whom."),
        typed(
            "strategic_priority_coefficient",
            NUMBER,
            "Multiplies the overall score at activation; above 0, blank counts as 1.",
            blank_means=DEFAULT_COEFFICIENT,
            check=within(above=0),
        ),
        typed("risk_level", choice(RiskLevel, also=RISK_SYNONYMS), "low, medium or high."),
        amount("effort_engineering_days", "Estimated engineering days.", kind=DAY_SIZE, group="Size"),
        amount("engineering_tokens", "Capacity it uses in scope `custom` or blank.", kind=TOKEN_SIZE, group="Size"),
        amount("engineering_tokens_mvp", "Capacity it uses in scope `mvp`.", kind=TOKEN_SIZE, group="Size"),
        amount("engineering_tokens_full", "Capacity it uses in scope `full`.", kind=TOKEN_SIZE, group="Size"),
        typed(
            "scope_mode",
            choice(ScopeMode, also=SCOPE_SYNONYMS),
            "Which size is planned; blank counts as custom.",
            group="Size",
        ),
        typed(
            "dependencies_initiatives",
            INITIATIVE_LIST,
            "Keys of initiatives that it needs: a scenario chooses it with them only (see use_dependencies there).",
        ),
        typed("dependencies_others", LONG_TEXT, "What else it depends on."),
        typed("deadline_date", DATE, "The date after which it is worth less."),
        typed("earliest_start_date", START_DATE, "The first day work can start."),
        ACTIVE_FRAMEWORK,
        USE_MATH_MODEL,
        *ACTIVE_SCORES,
        derived("immediate_kpi_key", WORD, "The KPI that its primary model moves first.", group="KPIs"),
        derived("metric_chain", LONG_TEXT, "The causal path to the target KPI.", group="KPIs"),
        typed(
            "duplicate_of",
            INITIATIVE,
            "The key of another initiative that says the same. This one then competes for nothing: it is no candidate.",
        ),
        derived("kpi_contributions", LONG_TEXT, "What it brings to the KPIs, in their own units.", group="KPIs"),
        flag("is_optimization_candidate", "TRUE: it is a candidate for the scenarios of its period."),
        typed(
            "candidate_period_key",
            PERIOD,
            "The period it is a candidate for, e.g. 2026-Q2.",
            offers=lists.PERIODS,
        ),
        derived("roadmaps", LIST, "The roadmaps it is on."),
        *PROVENANCE,
    ),
)

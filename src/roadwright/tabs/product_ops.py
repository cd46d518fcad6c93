"""Workbook ProductOps: scoring inputs, math models and their params, the KPI registry, KPI contributions."""

from __future__ import annotations

from dataclasses import replace

from roadwright.domain.initiatives import ContributionSource, Framework
from roadwright.domain.kpis import DIRECTION_SYNONYMS, LEVEL_SYNONYMS, Direction, KpiLevel
from roadwright.domain.math_models import Pattern
from roadwright.sheets.kinds import (
    AMOUNT,
    BOOLEAN,
    CONTRIBUTIONS,
    CONTRIBUTIONS_JSON,
    KPI_KEY,
    KPI_LIST,
    LONG_TEXT,
    MESSAGE,
    OWN_UNIT_AMOUNT,
    PARAM,
    RATIO,
    SCORE,
    SIZE,
    TEXT,
    WORD,
    choice,
    within,
)
from roadwright.sheets.spec import Column, Owner, TabSpec
from roadwright.tabs import lists
from roadwright.tabs.columns import (
    ACTIVE_FRAMEWORK,
    ACTIVE_SCORES,
    PROVENANCE,
    REQUIRED_KEY,
    TITLE,
    TYPED_KEY,
    USE_MATH_MODEL,
    amount,
    derived,
    flag,
    name_of,
    typed,
)

_WORKBOOK = "ProductOps"

_FORMULA = replace(MESSAGE, width=40)
"""All lines of which are seen."""


SCORE_PREFIX = {Framework.RICE: "rice", Framework.WSJF: "wsjf", Framework.MATH_MODEL: "math"}
"""The first word of each framework's score columns: ``rice_value_score`` …"""

SCORE_PARTS = ("value", "effort", "overall")


def _framework_scores() -> tuple[Column, ...]:
    return tuple(
        derived(
            f"{prefix}_{part}_score", SCORE, f"{framework} {part}, computed.", group=f"{framework} scores", minor=True
        )
        for framework, prefix in SCORE_PREFIX.items()
        for part in SCORE_PARTS
    )


SCORING_INPUTS = TabSpec(
    name="Scoring_Inputs",
    workbook=_WORKBOOK,
    help="Type the inputs of the frameworks, choose the active one, then run pm.score_selected.",
    identity=("initiative_key",),
    main=(
        *("initiative_key", "title", "active_scoring_framework", "use_math_model"),
        *("rice_reach", "rice_impact", "rice_confidence", "rice_effort"),
        *("wsjf_business_value", "wsjf_time_criticality", "wsjf_risk_reduction", "wsjf_job_size"),
        *("value_score", "effort_score", "overall_score"),
    ),
    columns=(
        REQUIRED_KEY,
        TITLE,
        ACTIVE_FRAMEWORK,
        USE_MATH_MODEL,
        amount("rice_reach", "People or events reached in the period, 0 or more.", group="RICE"),
        typed("rice_impact", AMOUNT, "Impact on each of them, 0 to 3.", check=within(0, 3), group="RICE"),
        typed("rice_confidence", RATIO, "Confidence, 0 to 1 (or 80 %).", check=within(0, 1), group="RICE"),
        typed("rice_effort", SIZE, "Effort, above 0.", check=within(above=0), group="RICE"),
        amount("wsjf_business_value", "User and business value, 0 or more.", group="WSJF"),
        amount("wsjf_time_criticality", "Time criticality, 0 or more.", group="WSJF"),
        amount("wsjf_risk_reduction", "Risk reduction and opportunity, 0 or more.", group="WSJF"),
        typed("wsjf_job_size", SIZE, "Job size, above 0.", check=within(above=0), group="WSJF"),
        *_framework_scores(),
        *ACTIVE_SCORES,
        derived("math_warnings", LONG_TEXT, "What is wrong with the math models."),
        *PROVENANCE,
    ),
)

MATH_MODELS = TabSpec(
    name="MathModels",
    workbook=_WORKBOOK,
    help="Formulas for what an initiative brings to a KPI; several per initiative are possible.",
    identity=("initiative_key", "model_name"),
    main=(
        *("initiative_key", "model_name", "target_kpi_key", "metric_chain_text", "formula_text"),
        *("is_primary", "approved_by_user", "computed_score"),
    ),
    columns=(
        TYPED_KEY,
        name_of("model_name", "A name for the model, unique within the initiative."),
        typed(
            "target_kpi_key",
            KPI_KEY,
            "The KPI the model ends in: north star or strategic.",
            required=True,
            offers=lists.KPIS,
        ),
        typed("immediate_kpi_key", KPI_KEY, "The KPI that moves first.", offers=lists.KPIS),
        typed("metric_chain_text", LONG_TEXT, "The causal path, e.g. page_load_time -> checkout_conversion -> gmv."),
        typed("formula_text", _FORMULA, "One expression, or lines name = expression with a final value = …"),
        typed("assumptions_text", LONG_TEXT, "What the formula takes for granted."),
        flag("is_primary", "TRUE for the one model whose value is the initiative's MATH_MODEL score."),
        flag("approved_by_user", "TRUE once a person stands behind the formula; only approved models count."),
        typed("pattern", choice(Pattern), "The kind of effect; gives a suggested formula."),
        derived("suggested_formula_text", _FORMULA, "A formula for the pattern, to accept by copying."),
        derived("suggested_metric_chain_text", LONG_TEXT, "A chain for the KPIs, to accept by copying."),
        derived("computed_score", SCORE, "The approved model's value, in the target KPI's unit."),
        *PROVENANCE,
    ),
)

PARAMS = TabSpec(
    name="Params",
    workbook=_WORKBOOK,
    help="The values behind the formulas' names. Only approved ones count.",
    identity=("initiative_key", "model_name", "param_name"),
    main=(
        *("initiative_key", "model_name", "param_name", "value", "unit", "min", "max"),
        *("approved", "source", "description"),
    ),
    columns=(
        TYPED_KEY,
        name_of("model_name", "The model that uses the param."),
        name_of("param_name", "The name as it stands in the formula."),
        typed("value", PARAM, "The param's value."),
        typed("unit", WORD, "Its unit."),
        typed("min", PARAM, "The smallest plausible value."),
        typed("max", PARAM, "The largest plausible value."),
        typed("description", LONG_TEXT, "What it means."),
        typed("source", TEXT, "Where the value comes from."),
        flag("approved", "TRUE once a person stands behind the value."),
        derived("is_auto_seeded", BOOLEAN, "TRUE where the row was made from a formula."),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

METRICS_CONFIG = TabSpec(
    name="Metrics_Config",
    workbook=_WORKBOOK,
    help="The KPI registry: exactly one active north star, some strategic KPIs, any number of supporting ones.",
    identity=("kpi_key",),
    columns=(
        name_of("kpi_key", "A short key without blanks, e.g. gmv."),
        typed("kpi_name", TEXT, "The KPI's name.", required=True),
        typed(
            "kpi_level", choice(KpiLevel, also=LEVEL_SYNONYMS), "north_star, strategic or supporting.", required=True
        ),
        typed("unit", WORD, "The unit it is measured in, e.g. GBP or %."),
        typed(
            "direction",
            choice(Direction, also=DIRECTION_SYNONYMS),
            "Which way it should move; blank counts as increase.",
            blank_means=str(Direction.INCREASE),
        ),
        typed("baseline_value", OWN_UNIT_AMOUNT, "Where it stands today."),
        typed("description", LONG_TEXT, "How it is measured."),
        flag("is_active", "FALSE takes it out of use; blank counts as TRUE.", blank_means=True),
        typed("driven_by", KPI_LIST, "Keys of the KPIs that cause this one."),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

KPI_CONTRIBUTIONS = TabSpec(
    name="KPI_Contributions",
    workbook=_WORKBOOK,
    help="What each initiative adds to the KPIs, in their own units. Type over it to override; clear it to go back.",
    identity=("initiative_key",),
    columns=(
        REQUIRED_KEY,
        TITLE,
        Column(
            "kpi_contribution_json",
            Owner.SHARED,
            CONTRIBUTIONS,
            "The contribution that counts: computed, or what you type, e.g. gmv: 120,000; retention: 0.01.",
        ),
        derived("kpi_contribution_computed_json", CONTRIBUTIONS_JSON, "What the approved models give."),
        derived("kpi_contribution_source", choice(ContributionSource), "computed, or pm_override where you typed it."),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

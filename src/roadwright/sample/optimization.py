"""Two scenarios for the same quarter, each with the rules and targets that its product managers agreed on."""

from __future__ import annotations

from roadwright.sample.cells import Row, initiatives
from roadwright.sample.company import PERIOD

GROWTH_FIRST = "Growth first"
BALANCED = "Balanced"

_GUARDRAILS: Row = {"scenario_name": GROWTH_FIRST, "constraint_set_name": "Q2 guardrails"}
_FAIR_SHARES: Row = {"scenario_name": BALANCED, "constraint_set_name": "Q2 fair shares"}

SCENARIO_CONFIG: tuple[Row, ...] = (
    {
        **_GUARDRAILS,
        "period_key": PERIOD,
        "capacity_total_tokens": "1,100",
        "objective_mode": "north_star",
        "notes": "As much gross merchandise value as the quarter allows, within the law and the promises we made.",
    },
    {
        **_FAIR_SHARES,
        "period_key": PERIOD,
        "capacity_total_tokens": 1_100,
        "objective_mode": "weighted_kpis",
        "objective_weights_json": "gmv: 0.4; repeat_rate: 0.25; contact_rate: 0.2; seller_revenue: 0.15",
        "notes": "The same quarter if loyalty, service and seller revenue count beside the orders.",
    },
)

_LEGAL_DUTIES = (
    (
        "Strong customer authentication wave 2",
        "Banks decline card payments without a second factor from 1 July.",
    ),
    (
        "Trader details check",
        "The regulator has set 31 May as the last day.",
    ),
)


def _rules_of_both(scenario: Row) -> tuple[Row, ...]:
    """What the law and the order of the work ask for, whatever the scenario."""
    return (
        *(
            {
                **scenario,
                "constraint_type": "mandatory",
                "dimension": "initiative",
                "dimension_key": initiatives(title),
                "reason": reason,
            }
            for title, reason in _LEGAL_DUTIES
        ),
        {
            **scenario,
            "constraint_type": "exclude_initiative",
            "dimension": "initiative",
            "dimension_key": initiatives("Bulky item delivery booking"),
            "reason": "No carrier has signed before July.",
        },
        {
            **scenario,
            "constraint_type": "require_prereq",
            "dimension_key": initiatives("Search that forgives typing errors"),
            "member_keys": initiatives("New search index"),
        },
        {
            **scenario,
            "constraint_type": "require_prereq",
            "dimension_key": initiatives("Saved searches with alerts"),
            "member_keys": initiatives("New search index"),
        },
        {
            **scenario,
            "constraint_type": "require_any",
            "dimension_key": initiatives("Similar items on every listing"),
            "member_keys": initiatives("New search index", "Photo check for listings"),
            "notes": "It needs either the new index or clean photos to tell what is similar.",
        },
        {
            **scenario,
            "constraint_type": "exclude_pair",
            "dimension_key": initiatives("Refer a friend"),
            "member_keys": initiatives("Welcome offer for new buyers"),
            "notes": "Both would be paid from the same voucher budget.",
        },
        {
            **scenario,
            "constraint_type": "bundle",
            "dimension_key": "Drop-off network",
            "member_keys": initiatives("Parcel drop-off points in Germany", "Parcel drop-off points in Spain"),
            "notes": "One contract with the kiosks covers both countries.",
        },
    )


CONSTRAINTS: tuple[Row, ...] = (
    *_rules_of_both(_GUARDRAILS),
    {
        **_GUARDRAILS,
        "constraint_type": "capacity_floor",
        "dimension": "department",
        "dimension_key": "Operations",
        "min_tokens": 250,
        "reason": "Promised to Operations after two quarters of waiting.",
    },
    {
        **_GUARDRAILS,
        "constraint_type": "capacity_cap",
        "dimension": "department+country",
        "dimension_key": "Growth+UK",
        "max_tokens": 200,
        "reason": "The UK growth team is five people.",
    },
    {
        **_GUARDRAILS,
        "constraint_type": "choose_count",
        "dimension_key": "Checkout changes",
        "member_keys": initiatives("One-page checkout", "Pay by bank at checkout", "Delivery promise at checkout"),
        "max_count": 2,
        "notes": "More than two changes at once can't be told apart in the tests.",
    },
    {
        **_GUARDRAILS,
        "constraint_type": "synergy_bonus",
        "dimension_key": "Checkout that keeps its word",
        "member_keys": initiatives("One-page checkout", "Delivery promise at checkout"),
        "kpi_key": "gmv",
        "bonus_value": "60,000",
        "notes": "The day of delivery on the page where people pay.",
    },
    *_rules_of_both(_FAIR_SHARES),
    {
        **_FAIR_SHARES,
        "constraint_type": "capacity_floor",
        "dimension": "country",
        "dimension_key": "Spain",
        "min_tokens": 160,
    },
    {
        **_FAIR_SHARES,
        "constraint_type": "capacity_cap",
        "dimension": "department",
        "dimension_key": "Growth",
        "max_tokens": 350,
    },
    {
        **_FAIR_SHARES,
        "constraint_type": "choose_count",
        "dimension_key": "Seller promises",
        "member_keys": initiatives("Seller payouts twice a week", "Seller stock import by file", "Seller dashboard"),
        "min_count": 1,
        "max_count": 2,
        "notes": "Sellers were told that at least one of these comes.",
    },
    {
        **_FAIR_SHARES,
        "constraint_type": "synergy_bonus",
        "dimension_key": "Same questions answered twice",
        "member_keys": initiatives("Order status page", "Answers from a chat assistant"),
        "kpi_key": "contact_rate",
        "bonus_value": 0.4,
        "notes": "Both save the same contacts; together they save 0.4 less than the sum.",
    },
)
"""Every type of constraint, in two sets."""


def _overall(scenario: Row, kpi: str, value: str | float, floor_or_goal: str, notes: str = "") -> Row:
    return {
        **scenario,
        "dimension": "all",
        "dimension_key": "all",
        "kpi_key": kpi,
        "target_value": value,
        "floor_or_goal": floor_or_goal,
        **({"notes": notes} if notes else {}),
    }


TARGETS: tuple[Row, ...] = (
    _overall(_GUARDRAILS, "gmv", "20,200,000", "goal", "What the board asked for."),
    _overall(_GUARDRAILS, "contact_rate", 8.2, "floor", "Customer Care can't hire before autumn."),
    _overall(_GUARDRAILS, "repeat_rate", 0.315, "floor"),
    {
        **_GUARDRAILS,
        "dimension": "country",
        "dimension_key": "Spain",
        "kpi_key": "gmv",
        "target_value": "3,350,000",
        "baseline_value": "3,100,000",
        "floor_or_goal": "goal",
    },
    _overall(_FAIR_SHARES, "gmv", 19_400_000, "goal"),
    _overall(_FAIR_SHARES, "repeat_rate", "34 %", "goal"),
    _overall(_FAIR_SHARES, "contact_rate", 7, "goal"),
    _overall(_FAIR_SHARES, "seller_revenue", "760,000", "goal"),
    _overall(_FAIR_SHARES, "active_sellers", 13_200, "floor", "Fewer than last year would make headlines."),
    {
        **_FAIR_SHARES,
        "dimension": "department",
        "dimension_key": "Customer Care",
        "kpi_key": "contact_rate",
        "target_value": -0.8,
        "floor_or_goal": "floor",
        "notes": "A change, as there is no baseline for a department alone.",
    },
)
"""Levels to reach; without a baseline here, the KPI's own counts for the whole, and a slice is asked for a change."""

"""The company's KPI registry, and what the product managers expect the initiatives to add to it in the quarter."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.sample.cells import Row

METRICS_CONFIG: tuple[Row, ...] = (
    {
        "kpi_key": "gmv",
        "kpi_name": "Gross merchandise value",
        "kpi_level": "north_star",
        "unit": "GBP",
        "direction": "increase",
        "baseline_value": 18_400_000,
        "description": "Value of all orders paid in the quarter, before returns.",
        "is_active": True,
        "driven_by": "active_buyers, checkout_conversion, average_order_value",
    },
    {
        "kpi_key": "repeat_rate",
        "kpi_name": "Repeat purchase rate",
        "kpi_level": "strategic",
        "unit": "share of buyers",
        "direction": "increase",
        "baseline_value": "31 %",
        "description": "Buyers of the quarter who buy again within 90 days.",
        "is_active": "yes",
        "driven_by": "delivery_days; search_success",
    },
    {
        "kpi_key": "seller_revenue",
        "kpi_name": "Revenue from seller services",
        "kpi_level": "Strategic",
        "unit": "GBP",
        "baseline_value": "640,000",
        "description": "Promotion and paid seller tools, in the quarter.",
        "driven_by": "active_sellers",
    },
    {
        "kpi_key": "active_sellers",
        "kpi_name": "Active sellers",
        "kpi_level": "strategic",
        "unit": "sellers",
        "direction": "increase",
        "baseline_value": 12_800,
        "description": "Sellers with at least one sale in the quarter.",
        "is_active": True,
    },
    {
        "kpi_key": "contact_rate",
        "kpi_name": "Contacts per 100 orders",
        "kpi_level": "strategic",
        "unit": "contacts per 100 orders",
        "direction": "decrease",
        "baseline_value": 9.2,
        "description": "E-mails, chats and calls to Customer Care; fewer is better.",
        "is_active": True,
        "driven_by": "delivery_days",
    },
    {
        "kpi_key": "active_buyers",
        "kpi_name": "Active buyers",
        "kpi_level": "supporting",
        "unit": "buyers",
        "baseline_value": 231_000,
    },
    {
        "kpi_key": "checkout_conversion",
        "kpi_name": "Checkout conversion",
        "kpi_level": "supporting",
        "unit": "share of checkouts begun",
        "baseline_value": "58 %",
    },
    {
        "kpi_key": "average_order_value",
        "kpi_name": "Average order value",
        "kpi_level": "supporting",
        "unit": "GBP",
        "baseline_value": 54.5,
    },
    {
        "kpi_key": "search_success",
        "kpi_name": "Searches that end in a click",
        "kpi_level": "supporting",
        "unit": "share of searches",
        "baseline_value": "64 %",
    },
    {
        "kpi_key": "delivery_days",
        "kpi_name": "Days from order to delivery",
        "kpi_level": "supporting",
        "unit": "days",
        "direction": "decrease",
        "baseline_value": 6.4,
    },
    {
        "kpi_key": "app_installs",
        "kpi_name": "App installs",
        "kpi_level": "supporting",
        "unit": "installs",
        "is_active": "no",
        "notes": "Counted tablets of our own vans; active_buyers says more.",
    },
)
"""The KPI registry: one north star, four strategic KPIs (one of them better when it falls), supporting ones."""


def _expected(contributions: str, notes: str = "") -> Row:
    return {"kpi_contribution_json": contributions, **({"notes": notes} if notes else {})}


KPI_CONTRIBUTIONS: Mapping[str, Row] = {
    "Strong customer authentication wave 2": _expected(
        "gmv: -30,000; contact_rate: 0.05", "The second factor costs some orders; declined cards would cost far more."
    ),
    "Pay by bank at checkout": _expected("gmv: 165,000; seller_revenue: 6,000"),
    "Seller payouts twice a week": _expected('{"gmv": 70000, "active_sellers": 220}'),
    "Invoice download for business buyers": _expected("gmv: 42,000; contact_rate: -0.15"),
    "New search index": _expected("gmv: 60,000", "Small by itself: it is what the other search work stands on."),
    "Search that forgives typing errors": _expected("gmv: 240,000; repeat_rate: 0.2 %", "From the test in March."),
    "Photo check for listings": _expected("gmv: 110,000; repeat_rate: 0.003; contact_rate: -0.45"),
    "Trader details check": _expected("gmv: 15,000; active_sellers: -40; contact_rate: -0.05"),
    "Answers from a chat assistant": _expected("gmv: 10,000; contact_rate: -0.7"),
    "Saved searches with alerts": _expected("gmv: 150,000; repeat_rate: 0.006"),
    "Similar items on every listing": _expected("gmv: 205,000; seller_revenue: 9,000"),
    "Refer a friend": _expected("gmv: 95,000"),
    "Welcome offer for new buyers": _expected("gmv: 88,000; repeat_rate: -0.001", "Brings people who come once."),
    "Loyalty credit for repeat buyers": _expected("gmv: 140,000; repeat_rate: 0.011"),
    "Promoted listings": _expected("gmv: 45,000; seller_revenue: 95,000; repeat_rate: -0.001"),
    "Parcel drop-off points in Germany": _expected("gmv: 125,000; active_sellers: 180; contact_rate: -0.2"),
    "Parcel drop-off points in Spain": _expected("gmv: 85,000; active_sellers: 150; contact_rate: -0.1"),
    "Bulky item delivery booking": _expected("gmv: 290,000; contact_rate: 0.15"),
    "Returns without a printer": _expected('{"gmv": 40000, "repeat_rate": 0.005, "contact_rate": -0.3}'),
    "Seller stock import by file": _expected("gmv: 120,000; active_sellers: 340; seller_revenue: 8,000"),
    "Seller dashboard": _expected("gmv: 55,000; seller_revenue: 46,000; active_sellers: 120"),
    "App push messages": _expected("gmv: 180,000; repeat_rate: 0.004"),
}
"""What initiatives add in their first quarter, by title, as typed; those that are not here have math models.

Signed changes in the KPI's own unit: a contact_rate of -0.9 is an improvement.
"""

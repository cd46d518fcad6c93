"""The inputs of RICE and WSJF as the product managers type them, by title."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.sample.cells import Cell, Row


def _rice(reach: Cell, impact: Cell, confidence: Cell, effort: Cell) -> Row:
    """Buyers or sellers reached in the quarter, impact on each (0 to 3), confidence, and person-months."""
    return {"rice_reach": reach, "rice_impact": impact, "rice_confidence": confidence, "rice_effort": effort}


def _wsjf(business_value: Cell, time_criticality: Cell, risk_reduction: Cell, job_size: Cell) -> Row:
    """Cost of delay in its three parts and the size of the job, all on the scale 1, 2, 3, 5, 8, 13, 20."""
    return {
        "wsjf_business_value": business_value,
        "wsjf_time_criticality": time_criticality,
        "wsjf_risk_reduction": risk_reduction,
        "wsjf_job_size": job_size,
    }


SCORING_INPUTS: Mapping[str, Row] = {
    "Strong customer authentication wave 2": {**_wsjf(5, 20, 13, 8), **_rice(98_000, 0.25, "90 %", 2.6)},
    "Pay by bank at checkout": _rice("41,000", 1, 0.7, 2.3),
    "Seller payouts twice a week": _rice(3_900, 2, 0.8, 1.4),
    "Invoice download for business buyers": _rice(6_200, 1, "80 %", 0.8),
    "New search index": {**_wsjf(8, 8, 13, 13), **_rice(231_000, 0.25, 0.8, 4.3)},
    "Search that forgives typing errors": {**_rice(72_000, 1, "95 %", 1.7), **_wsjf(13, 5, 2, 5)},
    "Photo check for listings": _rice(12_800, 2, 0.6, 2),
    "Trader details check": _wsjf(3, 20, 20, 5),
    "Order status page": {**_rice(66_000, 1, 0.9, 1.8), **_wsjf(8, 3, 5, 5)},
    "Answers from a chat assistant": _rice(38_000, 1, "50 %", 2.9),
    "One-page checkout": {**_rice(98_000, 2, 0.8, 2.8), **_wsjf(20, 8, 3, 8)},
    "Saved searches with alerts": _rice("58,000", 1, 0.7, 1.5),
    # No confidence yet: no score, and a warning that names the blank input.
    "Similar items on every listing": {"rice_reach": 120_000, "rice_impact": 0.5, "rice_effort": 2.1},
    "Refer a friend": _rice(9_000, 2, 0.5, 1.3),
    "Welcome offer for new buyers": _rice(14_000, 1, 0.6, 0.9),
    "Loyalty credit for repeat buyers": {**_rice(71_000, 1, 0.6, 2.4), **_wsjf(13, 3, 2, 8)},
    "Promoted listings": _rice(2_600, 3, 0.7, 2.7),
    "App push messages": _rice(88_000, 0.5, 0.8, 1.9),
    "Parcel drop-off points in Germany": _rice(4_800, 2, 0.8, 2.5),
    "Parcel drop-off points in Spain": _rice(3_900, 2, 0.7, 1.9),
    "Bulky item delivery booking": {**_rice(33_000, 3, "40 %", 3.1), **_wsjf(20, 5, 2, 13)},
    "Delivery promise at checkout": _rice(98_000, 1, 0.7, 1.7),
    "Returns without a printer": _rice(11_500, 1, 0.9, 1.6),
    "Seller stock import by file": _rice(1_900, 3, 0.8, 1.8),
    "Seller dashboard": _rice(5_100, 1, 0.8, 2.1),
}
"""Typed on Scoring_Inputs. Who has both sets gets both scores; the Backlog says which one counts."""

"""WSJF: cost of delay = business value + time criticality + risk reduction, overall = cost of delay / job size.

Weighted shortest job first, D. Reinertsen, "The Principles of Product Development Flow", 2009. Pure.
"""

from __future__ import annotations

from roadwright.domain.decimals import total
from roadwright.services.scoring.frameworks import Score, missing_inputs, score_of

INPUTS = ("wsjf_business_value", "wsjf_time_criticality", "wsjf_risk_reduction", "wsjf_job_size")


def wsjf(
    business_value: float | None, time_criticality: float | None, risk_reduction: float | None, job_size: float | None
) -> Score:
    """The WSJF score. The three parts of the cost of delay are >= 0, job size > 0."""
    parts = (business_value, time_criticality, risk_reduction, job_size)
    inputs = dict(zip(INPUTS, parts, strict=True))
    missing = missing_inputs("WSJF", inputs)
    if (
        missing is not None
        or business_value is None
        or time_criticality is None
        or risk_reduction is None
        or job_size is None
    ):
        return missing or Score()
    cost_of_delay = total((business_value, time_criticality, risk_reduction))
    return score_of("WSJF", cost_of_delay, job_size, {n: v for n, v in inputs.items() if v is not None})

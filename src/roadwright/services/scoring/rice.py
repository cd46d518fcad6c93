"""RICE: value = reach * impact * confidence, overall = value / effort (Intercom's RICE, S. McBride 2016). Pure."""

from __future__ import annotations

from roadwright.domain.decimals import product
from roadwright.services.scoring.frameworks import Score, missing_inputs, score_of

INPUTS = ("rice_reach", "rice_impact", "rice_confidence", "rice_effort")


def rice(reach: float | None, impact: float | None, confidence: float | None, effort: float | None) -> Score:
    """The RICE score. Reach >= 0 per period, impact 0 to 3, confidence 0 to 1, effort > 0."""
    inputs = dict(zip(INPUTS, (reach, impact, confidence, effort), strict=True))
    missing = missing_inputs("RICE", inputs)
    if missing is not None or reach is None or impact is None or confidence is None or effort is None:
        return missing or Score()
    components = {n: v for n, v in inputs.items() if v is not None}
    return score_of("RICE", product(reach, impact, confidence), effort, components)

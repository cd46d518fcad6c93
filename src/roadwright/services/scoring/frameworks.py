"""RICE and WSJF; what a framework's score is, and the rules that all frameworks share. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from roadwright.domain.decimals import product, quotient, total
from roadwright.domain.messages import Level, Message


@dataclass(frozen=True)
class Score:
    """Value, effort and overall = value / effort, with the inputs they came from.

    All three are None where the score can't be computed: because no input was given (``warnings`` is empty), because
    some are missing (a warning names them) or because it has no finite value. A missing input never counts as zero.
    """

    value: float | None = None
    effort: float | None = None
    overall: float | None = None
    components: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()

    @property
    def exists(self) -> bool:
        return self.value is not None


def missing_inputs(framework: str, inputs: Mapping[str, float | None]) -> Score | None:
    """The empty score where inputs are missing, or None where all are there."""
    blank = [name for name, value in inputs.items() if value is None]
    if not blank:
        return None
    if len(blank) == len(inputs):
        return Score()
    return no_score("score_inputs_blank", framework=framework, names=blank)


def no_score(code: str, **params: object) -> Score:
    """The empty score, with a warning that says why there is none."""
    return Score(warnings=(Message(code, Level.WARNING, params=params),))


def score_of(framework: str, value: float, effort: float, components: Mapping[str, float]) -> Score:
    """The score; none, with a warning, where a figure is beyond what a number can hold."""
    overall = quotient(value, effort) if math.isfinite(value) else math.inf
    if not math.isfinite(overall):
        return no_score("score_too_large", framework=framework)
    return Score(value, effort, overall, dict(components))


RICE_INPUTS = ("rice_reach", "rice_impact", "rice_confidence", "rice_effort")


def rice(reach: float | None, impact: float | None, confidence: float | None, effort: float | None) -> Score:
    """RICE: value = reach * impact * confidence, overall = value / effort (Intercom's RICE, S. McBride 2016).

    Reach >= 0 per period, impact 0 to 3, confidence 0 to 1, effort > 0.
    """
    inputs = dict(zip(RICE_INPUTS, (reach, impact, confidence, effort), strict=True))
    missing = missing_inputs("RICE", inputs)
    if missing is not None or reach is None or impact is None or confidence is None or effort is None:
        return missing or Score()
    components = {n: v for n, v in inputs.items() if v is not None}
    return score_of("RICE", product(reach, impact, confidence), effort, components)


WSJF_INPUTS = ("wsjf_business_value", "wsjf_time_criticality", "wsjf_risk_reduction", "wsjf_job_size")


def wsjf(
    business_value: float | None, time_criticality: float | None, risk_reduction: float | None, job_size: float | None
) -> Score:
    """WSJF: cost of delay = business value + time criticality + risk reduction, overall = cost of delay / job size.

    Weighted shortest job first, D. Reinertsen, "The Principles of Product Development Flow", 2009. The three parts of
    the cost of delay are >= 0, job size > 0.
    """
    parts = (business_value, time_criticality, risk_reduction, job_size)
    inputs = dict(zip(WSJF_INPUTS, parts, strict=True))
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

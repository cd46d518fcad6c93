"""What a framework's score is, and the rules that all frameworks share. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from roadwright.domain.decimals import quotient
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

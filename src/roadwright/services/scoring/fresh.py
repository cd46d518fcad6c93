"""What a framework's score would be if it were computed now, from what stands on the initiative. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.initiatives import Framework, tokens_field
from roadwright.services.scoring import rice, wsjf
from roadwright.services.scoring.frameworks import Score
from roadwright.services.scoring.math_model import EffortInputs, ModelResult, math_score
from roadwright.store.models import Initiative


def fresh_score(initiative: Initiative, framework: Framework, results: Sequence[ModelResult]) -> Score:
    """The score; ``results`` are what the initiative's models give, for MATH_MODEL."""
    if framework is Framework.RICE:
        return rice.rice(*(getattr(initiative, name) for name in rice.INPUTS))
    if framework is Framework.WSJF:
        return wsjf.wsjf(*(getattr(initiative, name) for name in wsjf.INPUTS))
    return math_score(results, _effort(initiative), initiative.use_math_model)


def _effort(initiative: Initiative) -> EffortInputs:
    name = tokens_field(initiative.scope_mode)
    return EffortInputs(initiative.effort_engineering_days, getattr(initiative, name), name)

"""Activation: copy the active framework's scores into value, effort and overall, in batches of ``activating_batch``.

The strategic coefficient enters here and nowhere else: overall_score = overall * strategic_priority_coefficient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.decimals import product, rounded
from roadwright.domain.initiatives import Framework
from roadwright.domain.messages import Level, Message
from roadwright.store.clock import now
from roadwright.store.models import Initiative, InitiativeScore
from roadwright.store.queries import current_scores
from roadwright.store.session import Store


def active_scores(score: InitiativeScore | None, coefficient: float) -> tuple[float | None, float | None, float | None]:
    """The value, effort and overall that an initiative has once this score is activated (None: there is none).

    Only here they are rounded: a score keeps all digits, so that a third times a coefficient of 3 is 1.
    """
    if score is None:
        return None, None, None
    overall = None if score.overall is None else product(score.overall, coefficient)
    return (
        _rounded(score.value),
        _rounded(score.effort),
        _rounded(overall) if overall is None or math.isfinite(overall) else None,
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else rounded(figure)


def activate_one(initiative: Initiative, score: InitiativeScore | None, source: str) -> Message | None:
    """Copy a framework's score (None: there is none) into the initiative. Returns a warning where one is due."""
    framework, coefficient = initiative.active_scoring_framework, initiative.strategic_priority_coefficient
    active = active_scores(score, coefficient)
    if (initiative.value_score, initiative.effort_score, initiative.overall_score) != active:
        initiative.value_score, initiative.effort_score, initiative.overall_score = active
        initiative.updated_at, initiative.updated_source = now(), source
    if score is not None and score.overall is not None and active[2] is None:
        params = {"framework": framework, "coefficient": coefficient}
        return Message("overall_too_large", Level.WARNING, "overall_score", params=params)
    if framework is not None and score is None:
        params = {"framework": framework}
        return Message("no_score_to_activate", Level.WARNING, "active_scoring_framework", params=params)
    return None


def _activate(session: Session, keys: Sequence[str], source: str) -> dict[str, Message]:
    initiatives = list(session.scalars(select(Initiative).where(Initiative.initiative_key.in_(keys))))
    scores = current_scores(session, (initiative.id for initiative in initiatives))
    warnings = {}
    for initiative in initiatives:
        framework = initiative.active_scoring_framework
        score = scores.get((initiative.id, Framework(framework))) if framework else None
        warning = activate_one(initiative, score, source)
        if warning is not None:
            warnings[initiative.initiative_key] = warning
    return warnings


def activate_in_batches(
    store: Store, keys: Sequence[str], activating_batch: int, source: str, progress: Callable[[int, int], None]
) -> dict[str, Message]:
    """Activate these initiatives, ``activating_batch`` at a time, each batch one commit. Returns warnings by key.

    Stopped half-way, the batches that were committed stay; running it again is safe, because activating twice gives
    the same scores.
    """
    warnings: dict[str, Message] = {}
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), activating_batch):
        batch = ordered[start : start + activating_batch]
        with store.transaction() as session:
            warnings.update(_activate(session, batch, source))
        progress(start + len(batch), len(ordered))
    return warnings

"""Which active scores are not what they should be: outdated, not activated, or not to be computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import NEVER_CANDIDATES
from roadwright.services.roadmaps.gates import Setting
from roadwright.services.roadmaps.gates.checks import score_current
from roadwright.services.roadmaps.judge import subjects_of
from roadwright.store.kpis import load_registry
from roadwright.store.models import Initiative

UNCOMPUTABLE = "score_not_computable"
"""The code of a score that lacks an input; all others are settled by scoring again."""

ScoreFaults = Mapping[str, Sequence[Initiative]]


def score_faults(session: Session) -> ScoreFaults:
    """By the code of what the gate ``score_current`` says, the initiatives with a framework that it says it of."""
    wanted = select(Initiative.initiative_key).where(
        Initiative.active_scoring_framework.is_not(None), Initiative.lifecycle_status.not_in(NEVER_CANDIDATES)
    )
    keys = list(session.scalars(wanted.order_by(Initiative.initiative_key)))
    setting = Setting("", load_registry(session))
    found: dict[str, list[Initiative]] = {}
    for subject in subjects_of(session, keys).values():
        fault = score_current(subject, None, setting)
        if fault is not None:
            found.setdefault(fault.code, []).append(subject.initiative)
    return found

"""Compute all frameworks for initiatives and keep the results: current ones side by side, earlier ones as history."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from roadwright.domain.initiatives import Framework
from roadwright.scoring import rice, wsjf
from roadwright.scoring.frameworks import Score
from roadwright.store.clock import now
from roadwright.store.models import Initiative, InitiativeScore
from roadwright.store.scores import current_scores


def all_scores(initiative: Initiative) -> dict[Framework, Score]:
    """The score of every framework that works on the initiative's own inputs."""
    return {
        Framework.RICE: rice.rice(*(getattr(initiative, name) for name in rice.INPUTS)),
        Framework.WSJF: wsjf.wsjf(*(getattr(initiative, name) for name in wsjf.INPUTS)),
    }


def _same(row: InitiativeScore, score: Score) -> bool:
    return (row.value, row.effort, row.overall, row.components) == (
        score.value,
        score.effort,
        score.overall,
        dict(score.components),
    )


def compute_scores(session: Session, initiatives: Iterable[Initiative], source: str) -> dict[str, list[str]]:
    """Compute and store the scores. Returns the warnings by initiative_key.

    A score that can no longer be computed stops being current and stays in the history.
    """
    chosen = list(initiatives)
    current = current_scores(session, (initiative.id for initiative in chosen))
    warnings: dict[str, list[str]] = {}
    for initiative in chosen:
        for framework, score in all_scores(initiative).items():
            if score.warnings:
                warnings.setdefault(initiative.initiative_key, []).extend(score.warnings)
            before = current.get((initiative.id, framework))
            if before is not None and score.exists and _same(before, score):
                continue
            if before is not None:
                before.is_current = False
            if score.exists:
                session.add(
                    InitiativeScore(
                        initiative_id=initiative.id,
                        framework=str(framework),
                        is_current=True,
                        value=score.value,
                        effort=score.effort,
                        overall=score.overall,
                        components=dict(score.components),
                        warnings=list(score.warnings),
                        computed_at=now(),
                        computed_by=source,
                    )
                )
    session.flush()
    return warnings

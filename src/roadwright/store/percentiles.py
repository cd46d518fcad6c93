"""The scores that can be compared with each other, and their percentiles: worked out whenever they are asked for.

Scores are compared within a framework; a MATH_MODEL score, which is in the unit of a KPI, within that KPI. What is
over, and what is a duplicate of another, competes with nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import NEVER_CANDIDATES, Framework
from roadwright.domain.percentiles import Scored, by_score, percentiles
from roadwright.domain.text import folded
from roadwright.store.models import Initiative, InitiativeMathModel

Group = tuple[str, str]
"""A framework, and for MATH_MODEL the target KPI (folded)."""


def competes() -> ColumnElement[bool]:
    """Whether an initiative's score counts."""
    return and_(
        Initiative.overall_score.is_not(None),
        Initiative.active_scoring_framework.is_not(None),
        Initiative.lifecycle_status.not_in(sorted(map(str, NEVER_CANDIDATES))),
        Initiative.duplicate_of.is_(None),
    )


def score_percentiles(session: Session) -> dict[str, float]:
    """By key the percentile of every initiative whose score counts."""
    return percentiles(_Compared.of(session).scored)


@dataclass(frozen=True)
class _Compared:
    """All scores that count, and how the target KPIs of math models are spelled."""

    scored: list[Scored]
    spellings: dict[str, set[str]]

    @classmethod
    def of(cls, session: Session) -> _Compared:
        primary = select(InitiativeMathModel.initiative_id, InitiativeMathModel.target_kpi_key)
        models = session.execute(primary.where(InitiativeMathModel.is_primary))
        typed = {row.initiative_id: row.target_kpi_key for row in models}
        rows = session.execute(
            select(
                Initiative.id,
                Initiative.initiative_key,
                Initiative.active_scoring_framework,
                Initiative.overall_score,
            ).where(competes())
        )
        scored, spellings = [], dict[str, set[str]]()
        for id, key, framework, score in rows:
            kpi = typed.get(id, "") if framework == Framework.MATH_MODEL else ""
            spellings.setdefault(folded(kpi), set()).add(kpi)
            scored.append(Scored(key, (framework, folded(kpi)), score or 0.0))
        return cls(scored, spellings)


def where_percentile(session: Session, is_wanted: Callable[[float], bool]) -> ColumnElement[bool]:
    """Whether an initiative has a percentile of which this is true.

    Percentiles rise with the scores of a group, so Python judges them and the database compares scores.
    """
    compared = _Compared.of(session)
    found = []
    for group, shares in by_score(compared.scored).items():
        assert isinstance(group, tuple)
        spans = [(least, most) for share, least, most in shares if is_wanted(share)]
        if spans:
            score = Initiative.overall_score
            runs = or_(*(score.between(least, most) for least, most in _joined(shares, spans)))
            found.append(and_(_in_group(group, compared.spellings[group[1]]), runs))
    return and_(competes(), or_(*found)) if found else false()


def _joined(shares: list[tuple[float, float, float]], spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Neighbouring spans of scores as one."""
    after = {most: nxt[1] for (_, _, most), nxt in pairwise(shares)}
    joined: list[tuple[float, float]] = []
    for least, most in spans:
        if joined and after.get(joined[-1][1]) == least:
            joined[-1] = (joined[-1][0], most)
        else:
            joined.append((least, most))
    return joined


def _in_group(group: Group, spellings: set[str]) -> ColumnElement[bool]:
    framework, kpi = group
    is_framework = Initiative.active_scoring_framework == framework
    if framework != Framework.MATH_MODEL:
        return is_framework
    primary = select(InitiativeMathModel.id).where(
        InitiativeMathModel.initiative_id == Initiative.id, InitiativeMathModel.is_primary
    )
    if not kpi:
        return and_(is_framework, ~primary.exists())
    return and_(is_framework, primary.where(InitiativeMathModel.target_kpi_key.in_(sorted(spellings))).exists())

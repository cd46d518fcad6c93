"""What a roadmap's row should warn of beside its gates: unknown keys, capacity promised twice, and drift."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.text import folded
from roadwright.services.roadmaps.content import known_sum
from roadwright.services.roadmaps.drift import Drift, changes_since, kpi_drift
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.overlap import Overlap, of_roadmap, overlaps
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.services.roadmaps.sources import unknown_keys
from roadwright.services.roadmaps.versions import content_of, newest_version
from roadwright.store.models import Roadmap, RoadmapVersion
from roadwright.store.roadmaps import all_roadmaps

_MOST_TOLD = 10


def drift_of(session: Session, roadmap: Roadmap, version: RoadmapVersion) -> Drift:
    """A version against the roadmap as it is now, judged as the gates last did."""
    then, now = content_of(version), content_now(session, roadmap)
    return Drift(
        roadmap_name=roadmap.roadmap_name,
        version=version.number,
        published_by=version.published_by,
        published_at=version.published_at,
        changes=changes_since(then, now),
        tokens_then=then.totals.tokens,
        tokens_now=now.totals.tokens,
        kpis=kpi_drift(then, now),
    )


def drift_judged_now(session: Session, roadmap: Roadmap, version: RoadmapVersion) -> Drift:
    """The same, judged anew by the gates as they are now. Nothing is kept of that judgement. Raises PolicyProblem."""
    with session.begin_nested() as judging:
        judge_roadmap(session, roadmap, "drift")
        drift = drift_of(session, roadmap, version)
        judging.rollback()
    return drift


def standing_warnings(session: Session) -> dict[str, list[Message]]:
    """By roadmap (name without case) the warnings for its row on Roadmaps. Judge the roadmaps first."""
    promised_twice = overlaps(session)
    found = {}
    for roadmap in all_roadmaps(session):
        said = [
            *unknown_keys(session, roadmap),
            *_overlap_warnings(promised_twice, roadmap),
            *_drift_warnings(session, roadmap),
        ]
        if said:
            found[folded(roadmap.roadmap_name)] = said
    return found


def _overlap_warnings(promised_twice: Sequence[Overlap], roadmap: Roadmap) -> list[Message]:
    """One warning for each other roadmap that promises the same capacity."""
    mine = roadmap.roadmap_name
    by_other: dict[str, list[Overlap]] = {}
    for one in of_roadmap(promised_twice, mine):
        by_other.setdefault(one.other if one.one == mine else one.one, []).append(one)
    return [
        found[0].warning(seen_from=mine) if len(found) == 1 else _many_promised(other, found)
        for other, found in by_other.items()
    ]


def _many_promised(other: str, found: Sequence[Overlap]) -> Message:
    params = {
        "count": len(found),
        "tokens": known_sum(one.tokens for one in found),
        "other": other,
        "period": found[0].period_key,
        "keys": [one.initiative_key for one in found[:_MOST_TOLD]],
        "more": len(found) - _MOST_TOLD,
    }
    return Message("overlap_many_more" if len(found) > _MOST_TOLD else "overlap_many", Level.WARNING, params=params)


def _drift_warnings(session: Session, roadmap: Roadmap) -> list[Message]:
    newest = newest_version(roadmap)
    if roadmap.status != RoadmapStatus.PUBLISHED or newest is None:
        return []
    drift = drift_of(session, roadmap, newest)
    if not drift.changes:
        return []
    params = {
        "version": drift.label,
        "first": drift.changes[0].message,
        "more": len(drift.changes) - 1,
        "next": newest.number + 1,
    }
    return [Message("drifted_more" if len(drift.changes) > 1 else "drifted", Level.WARNING, params=params)]

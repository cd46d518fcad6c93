"""What a roadmap's row should warn of beside its gates: unknown keys, capacity promised twice, and drift."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from roadwright.domain.figures import figure
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.text import folded
from roadwright.roadmaps.content import known_sum
from roadwright.roadmaps.drift import Drift, changes_since, kpi_drift
from roadwright.roadmaps.judge import judge_roadmap
from roadwright.roadmaps.overlap import Overlap, of_roadmap, overlaps
from roadwright.roadmaps.snapshot import content_now
from roadwright.roadmaps.sources import unknown_keys
from roadwright.roadmaps.versions import content_of, newest_version
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


def standing_warnings(session: Session) -> dict[str, list[str]]:
    """By roadmap (name without case) the warnings for its row on Roadmaps, in words. Judge the roadmaps first."""
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


def _overlap_warnings(promised_twice: Sequence[Overlap], roadmap: Roadmap) -> list[str]:
    """One warning for each other roadmap that promises the same capacity."""
    mine = roadmap.roadmap_name
    by_other: dict[str, list[Overlap]] = {}
    for one in of_roadmap(promised_twice, mine):
        by_other.setdefault(one.other if one.one == mine else one.one, []).append(one)
    return [
        found[0].words(seen_from=mine) if len(found) == 1 else _many_promised(other, found)
        for other, found in by_other.items()
    ]


def _many_promised(other: str, found: Sequence[Overlap]) -> str:
    tokens = figure(known_sum(one.tokens for one in found))
    keys = ", ".join(one.initiative_key for one in found[:_MOST_TOLD])
    more = f" and {len(found) - _MOST_TOLD} more (roadwright doctor lists all)" if len(found) > _MOST_TOLD else ""
    return (
        f'{len(found)} initiatives ({tokens} tokens) are selected on "{other}" too in {found[0].period_key}, their '
        f"capacity is promised twice: {keys}{more}"
    )


def _drift_warnings(session: Session, roadmap: Roadmap) -> list[str]:
    newest = newest_version(roadmap)
    if roadmap.status != RoadmapStatus.PUBLISHED or newest is None:
        return []
    drift = drift_of(session, roadmap, newest)
    if not drift.changes:
        return []
    more = len(drift.changes) - 1
    others = f" (and {more} more change{'' if more == 1 else 's'})" if more else ""
    return [
        f"drifted since {drift.label} was published: {drift.changes[0].words}{others}; roadwright drift shows all, "
        f"pm.roadmap_publish makes version {newest.number + 1}"
    ]

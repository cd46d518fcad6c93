"""Put on a roadmap what its source names. What stands there stays: people take entries off, never this."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright.domain.messages import Message
from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.policy import policy_of
from roadwright.services.roadmaps.selected import adopt_source
from roadwright.services.roadmaps.sources import named_by
from roadwright.store.clock import now
from roadwright.store.models import Roadmap, RoadmapEntry


@dataclass(frozen=True)
class Filled:
    """What came of it: the entries that are new, and what is to be said of the source."""

    new: list[str]
    warnings: list[Message] = field(default_factory=list)


def build_roadmap(session: Session, roadmap: Roadmap, source: str, tell: TellProgress = tell_nobody) -> Filled:
    """Fill the roadmap from its source and judge everything on it.

    Raises SourceProblem or PolicyProblem, before anything is changed.
    """
    policy_of(session, roadmap.gate_policy)
    filled = fill_roadmap(session, roadmap, source)
    judge_roadmap(session, roadmap, source, tell=tell)
    return filled


def fill_roadmap(session: Session, roadmap: Roadmap, source: str) -> Filled:
    """Add what the roadmap's source names and does not stand there yet, and mark what it names no more.

    Waivers, locks, ranks and notes stay. An entry that a person put there, and the source never named, is not marked.
    Raises SourceProblem, before anything is changed.
    """
    named = named_by(session, roadmap)
    there = {entry.initiative_key: entry for entry in roadmap.entry_rows}
    new = [key for key in named.keys if key not in there]
    for key in new:
        entry = RoadmapEntry(
            initiative_key=key,
            is_locked=False,
            matches_source=True,
            created_at=now(),
            updated_at=now(),
            updated_source=source,
        )
        roadmap.entry_rows.append(entry)
    wanted = set(named.keys)
    for key, entry in there.items():
        was_named = roadmap.source is not None and entry.matches_source is not None
        matches = True if key in wanted else False if was_named else None
        if entry.matches_source is not matches:
            entry.matches_source = matches
    if adopt_source(session, roadmap):
        roadmap.updated_at, roadmap.updated_source = now(), source
    session.flush()
    return Filled(new, named.warnings)

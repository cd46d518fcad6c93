"""What publishing a roadmap would do: what the version would hold and leave out, judged now, and nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from roadwright.domain.errors import RoadwrightError
from roadwright.domain.messages import Message
from roadwright.services.roadmaps.content import Content, content_hash
from roadwright.services.roadmaps.drift import DriftedValue, changes_since
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.selected import adopt_source, needs_adoption
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.services.roadmaps.versions import content_of, may_be_published, newest_version
from roadwright.store.models import Roadmap


@dataclass(frozen=True)
class Preview:
    """What would become of publishing."""

    number: int
    """Of the version that would be made; of the newest one, where the content is equal."""
    is_equal: bool
    """The newest version holds the same: none is made."""
    content: Content | None
    changes: tuple[DriftedValue, ...] = ()
    """Against the newest version."""
    refused: Message | None = None
    """Why it can't be published as things stand."""


def preview_of(session: Session, roadmap: Roadmap) -> Preview:
    """What publishing would do now."""
    newest = newest_version(roadmap)
    number = max(newest.number if newest is not None else 0, roadmap.version or 0) + 1
    with session.begin_nested() as judging:
        try:
            may_be_published(roadmap)
            needs_adoption(session, roadmap)
            if roadmap.adopted_run is None:
                adopt_source(session, roadmap)
            judge_roadmap(session, roadmap, "preview")
            content = content_now(session, roadmap)
        except RoadwrightError as problem:
            return Preview(number, is_equal=False, content=None, refused=problem.message)
        finally:
            judging.rollback()
    is_equal = newest is not None and newest.content_hash == content_hash(content)
    changes = () if newest is None else changes_since(content_of(newest), content)
    return Preview(newest.number if is_equal and newest else number, is_equal, content, changes)

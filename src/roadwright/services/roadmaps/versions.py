"""A roadmap's way to a version: it moves from status to status, and once approved it becomes a numbered version.

Who moved it and when is kept; a version never changes. What publishing would do can be asked before: what the version
would hold and leave out is judged then, and nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, event
from sqlalchemy.orm import Mapper, Session

from roadwright.domain.errors import OperationError, RoadwrightError
from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import MOVES, RoadmapStatus
from roadwright.services.roadmaps.content import Content, Edition, content_hash
from roadwright.services.roadmaps.drift import DriftedValue, changes_since
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.selected import adopt_source, needs_adoption
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.store.clock import now
from roadwright.store.models import Roadmap, RoadmapStatusChange, RoadmapVersion


class Refusal(OperationError):
    """A move that is not allowed; the message says which ones are."""


def move_roadmap(session: Session, roadmap: Roadmap, to: RoadmapStatus, by: str, source: str) -> bool:
    """Move the roadmap and keep who did. False where it stands there already. Raises Refusal."""
    status = RoadmapStatus(roadmap.status)
    if status is to:
        return False
    if to not in MOVES[status]:
        params = {"status": status, "moves": " or ".join(MOVES[status])}
        allowed = Message("allowed_moves", Level.OK, params=params)
        code = "published_by_status" if to is RoadmapStatus.PUBLISHED else "move_not_allowed"
        raise Refusal(code, roadmap=roadmap.roadmap_name, status=status, to=to, allowed=allowed)
    record_move(session, roadmap, to, by, source)
    return True


def record_move(session: Session, roadmap: Roadmap, to: RoadmapStatus, by: str, source: str) -> None:
    """Set the status and keep the change, allowed or not: publishing has rules of its own."""
    moment = now()
    roadmap.status_changes.append(
        RoadmapStatusChange(from_status=roadmap.status, to_status=str(to), changed_by=by, changed_at=moment)
    )
    roadmap.status = str(to)
    roadmap.updated_at, roadmap.updated_source = moment, source
    session.flush()


_PUBLISHABLE = (RoadmapStatus.APPROVED, RoadmapStatus.PUBLISHED)
_WAY_TO_APPROVAL = {
    RoadmapStatus.DRAFT: "publish_draft",
    RoadmapStatus.IN_REVIEW: "publish_in_review",
    RoadmapStatus.ARCHIVED: "publish_archived",
}


class NotApproved(OperationError):
    """The roadmap's status does not let it be published; the message says what has to happen first."""


class NeverChanges(OperationError):
    """A published version was to be changed or deleted; the database's triggers refuse it as well."""


@event.listens_for(RoadmapVersion, "before_update")
@event.listens_for(RoadmapVersion, "before_delete")
def _refuse_change(_mapper: Mapper[RoadmapVersion], _connection: Connection, version: RoadmapVersion) -> None:
    raise NeverChanges("version_never_changes", version=version.number)


@dataclass(frozen=True)
class Published:
    """The version that shows the roadmap as it is now, and whether it was made just now."""

    edition: Edition
    is_new: bool


def content_of(version: RoadmapVersion) -> Content:
    """What a version holds."""
    return Content.model_validate(version.content_json)


def edition_of(version: RoadmapVersion) -> Edition:
    """A version as its exports show it."""
    return Edition(content_of(version), version.number, version.published_by, version.published_at)


def newest_version(roadmap: Roadmap) -> RoadmapVersion | None:
    """The version that was published last; None where the roadmap never was."""
    return max(roadmap.versions, key=lambda version: version.number, default=None)


def may_be_published(roadmap: Roadmap) -> None:
    """Raises NotApproved unless the roadmap is approved, or published already."""
    status = RoadmapStatus(roadmap.status)
    if status not in _PUBLISHABLE:
        way_out = Message(_WAY_TO_APPROVAL[status])
        raise NotApproved("not_approved", roadmap=roadmap.roadmap_name, status=status, way_out=way_out)


def publish(session: Session, roadmap: Roadmap, by: str, source: str) -> Published:
    """Publish the roadmap as the gates last judged it. Equal content makes no new version.

    Raises NotApproved unless the roadmap is approved, or published already.
    """
    session.flush()
    session.refresh(roadmap, with_for_update=True)  # two people who publish at once do so one after the other
    session.expire(roadmap, ["versions"])
    may_be_published(roadmap)
    content = content_now(session, roadmap)
    newest = newest_version(roadmap)
    fingerprint = content_hash(content)
    if roadmap.status != RoadmapStatus.PUBLISHED:
        record_move(session, roadmap, RoadmapStatus.PUBLISHED, by, source)
    if newest is not None and newest.content_hash == fingerprint:
        return Published(edition_of(newest), is_new=False)
    version = RoadmapVersion(
        roadmap_id=roadmap.id,
        # Of a version from before a rebuild the database knows no more than its number.
        number=max(newest.number if newest is not None else 0, roadmap.version or 0) + 1,
        content_hash=fingerprint,
        content_json=content.model_dump(mode="json"),
        published_by=by,
        published_at=now(),
    )
    roadmap.versions.append(version)
    roadmap.version = version.number
    roadmap.updated_at, roadmap.updated_source = version.published_at, source
    session.flush()
    return Published(edition_of(version), is_new=True)


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

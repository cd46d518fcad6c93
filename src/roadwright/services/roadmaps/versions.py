"""Publishing: an approved roadmap becomes a numbered version that never changes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, event
from sqlalchemy.orm import Mapper, Session

from roadwright.domain.errors import OperationError
from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.services.roadmaps.content import Content, Edition, content_hash
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.services.roadmaps.status import record_move
from roadwright.store.clock import now
from roadwright.store.models import Roadmap, RoadmapVersion

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

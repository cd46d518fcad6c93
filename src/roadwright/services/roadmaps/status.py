"""Move a roadmap from one status to another, where that is allowed, and keep who moved it and when."""

from __future__ import annotations

from sqlalchemy.orm import Session

from roadwright.domain.errors import OperationError
from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import MOVES, RoadmapStatus
from roadwright.store.clock import now
from roadwright.store.models import Roadmap, RoadmapStatusChange


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

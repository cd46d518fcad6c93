"""The steps of a round as somebody would ask for them next, and which of them have something to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from roadwright.actions.ledger import newest_end
from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.optimization import RUN_ALL_CANDIDATES
from roadwright.actions.pm.publishing import ROADMAP_PUBLISH
from roadwright.actions.pm.roadmaps import ROADMAP_CHECK_GATES
from roadwright.actions.pm.scoring import SCORE_SELECTED
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.roles import Role
from roadwright.services.portfolios.runs import latest_run
from roadwright.services.roadmaps.attention import UNCOMPUTABLE, ScoreFaults
from roadwright.services.roadmaps.pipeline import latest_scenario
from roadwright.store.models import (
    GatePolicy,
    Initiative,
    OptimizationConstraint,
    OptimizationScenario,
    OptimizationTarget,
    Roadmap,
    RoadmapEntry,
)
from roadwright.sync.written import BookState


@dataclass(frozen=True)
class NextStep:
    """A step: what is asked for, and how much it has to do."""

    action: str
    role: Role = Role.PLANNER
    options: Mapping[str, object] = field(default_factory=dict)
    subject: str = ""
    """The scenario or roadmap that it is about."""
    work: int = 0
    """What it has to do: workbooks, scores, entries, changed inputs or roadmaps; 0: nothing new."""
    lacks: str = ""
    """What there is none of, so that it can't be done: ``scenario``, ``roadmap`` or ``approved roadmap``."""


def next_steps(session: Session, faults: ScoreFaults, books: Sequence[BookState]) -> list[NextStep]:
    """All five, in the order of the round. The first with work is the one to do.

    Of faulty scores and workbooks that are found already.
    """
    stale = sum(len(found) for code, found in faults.items() if code != UNCOMPUTABLE)
    return [
        _sync(session, books),
        NextStep(SCORE_SELECTED.name, work=stale),
        _gates(session),
        _optimize(session),
        _publish(session),
    ]


def _count(session: Session, *wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*wanted)) or 0


def _sync(session: Session, books: Sequence[BookState]) -> NextStep:
    changed = sum(one.is_changed for one in books)
    is_empty = session.scalar(select(Initiative.id).limit(1)) is None
    return NextStep(BACKLOG_SYNC.name, work=changed or int(is_empty))


def _gates(session: Session) -> NextStep:
    """Entries that were never judged, or of whose initiative, row or policy something was saved since the last time."""
    if session.scalar(select(Roadmap.id).limit(1)) is None:
        return NextStep(ROADMAP_CHECK_GATES.name, lacks="roadmap")
    last = newest_end(session, (ROADMAP_CHECK_GATES.name, "pm.roadmap_create")) or ""
    of = Initiative.initiative_key == RoadmapEntry.initiative_key
    work = _count(
        session,
        of,
        or_(RoadmapEntry.gate_status.is_(None), Initiative.updated_at > last, RoadmapEntry.updated_at > last),
    )
    if not work and _count(session, GatePolicy.updated_at > last):
        work = session.scalar(select(func.count()).select_from(RoadmapEntry)) or 0
    return NextStep(ROADMAP_CHECK_GATES.name, work=work)


def _optimize(session: Session) -> NextStep:
    """The scenario in use: never run, or something of its inputs was saved since."""
    name = latest_scenario(session)
    if name is None:
        return NextStep(RUN_ALL_CANDIDATES.name, lacks="scenario")
    options = {"scenario_name": name}
    run = latest_run(session, name)
    if run is None:
        return NextStep(RUN_ALL_CANDIDATES.name, options=options, subject=name, work=1)
    since = run.created_at
    work = _count(session, Initiative.is_optimization_candidate.is_(True), Initiative.updated_at > since)
    for table in (OptimizationScenario, OptimizationConstraint, OptimizationTarget):
        work += _count(session, table.updated_at > since)
    return NextStep(RUN_ALL_CANDIDATES.name, options=options, subject=name, work=work)


def _publish(session: Session) -> NextStep:
    approved = select(Roadmap.roadmap_name).where(Roadmap.status == str(RoadmapStatus.APPROVED)).order_by(Roadmap.id)
    names = list(session.scalars(approved))
    if not names:
        return NextStep(ROADMAP_PUBLISH.name, Role.APPROVER, lacks="approved roadmap")
    options = {"roadmap_name": names[0]}
    return NextStep(ROADMAP_PUBLISH.name, Role.APPROVER, options, names[0], len(names))

"""Overlap: an initiative selected on two approved or published roadmaps of one period, its capacity promised twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from roadwright.domain.messages import Level, Message
from roadwright.domain.periods import same_period
from roadwright.domain.roadmaps import PROMISED, GateStatus, RoadmapSource
from roadwright.domain.text import folded
from roadwright.services.portfolios.candidates import tokens_of
from roadwright.services.portfolios.runs import find_optimization_run
from roadwright.store.models import Roadmap, RoadmapEntry
from roadwright.store.queries import chunks, initiatives_by_key
from roadwright.store.roadmaps import find_roadmap
from roadwright.store.session import fiscal_year_of


@dataclass(frozen=True)
class Overlap:
    """One initiative on two roadmaps (in the order they were first saved), and the tokens that both count on."""

    initiative_key: str
    title: str
    tokens: float | None
    one: str
    other: str
    period_key: str

    @property
    def subject(self) -> Message:
        """The initiative with its title and tokens."""
        params = {"initiative": self.initiative_key, "title": self.title, "tokens": self.tokens}
        return Message("overlap_subject" if self.tokens is None else "overlap_subject_tokens", Level.OK, params=params)

    def warning(self, seen_from: str | None = None) -> Message:
        """The overlap in a sentence; ``seen_from`` one of the two roadmaps, only the other is named."""
        return Message("overlap", Level.WARNING, params={"subject": self.subject, "claim": self.claim(seen_from)})

    def claim(self, seen_from: str | None = None) -> Message:
        """The same without the initiative."""
        params = {"one": self.one, "other": self.other, "period": self.period_key}
        if seen_from is None:
            return Message("overlap_claim_both", Level.WARNING, params=params)
        params["other"] = self.other if seen_from == self.one else self.one
        return Message("overlap_claim_other", Level.WARNING, params=params)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def overlaps(session: Session, planned: Mapping[int, Collection[str]] = MappingProxyType({})) -> list[Overlap]:
    """Every initiative that is selected on two approved or published roadmaps of the same period.

    ``planned`` are roadmaps (by id) that count whatever their status, as if these keys were selected on them. A roadmap
    that was made from the run of another roadmap's scenario shows the same promise, not a second one: such a pair is
    left out.
    """
    counted = {
        roadmap.id: roadmap
        for roadmap in session.scalars(
            select(Roadmap).where(or_(Roadmap.status.in_(PROMISED), Roadmap.id.in_(planned)))
        )
    }
    roadmaps = [counted[number] for number in sorted(counted)]
    parents = {roadmap.id: _parent(session, roadmap) for roadmap in roadmaps}
    selected = _selected(session, roadmaps) | {number: set(keys) for number, keys in planned.items()}
    years = fiscal_year_of(session)
    found: list[tuple[Roadmap, Roadmap, str]] = []
    for one, other in combinations(roadmaps, 2):
        if not same_period(one.period_key, other.period_key, years):
            continue
        if parents[one.id] == folded(other.roadmap_name) or parents[other.id] == folded(one.roadmap_name):
            continue
        found += [(one, other, key) for key in sorted(selected[one.id] & selected[other.id])]
    initiatives = initiatives_by_key(session, (key for _, _, key in found))
    return [
        Overlap(
            key,
            initiatives[key].title,
            tokens_of(initiatives[key]),
            one.roadmap_name,
            other.roadmap_name,
            one.period_key,
        )
        for one, other, key in found
    ]


def promised_twice(session: Session, roadmap_name: str | None, chosen: Collection[str]) -> list[tuple[str, Message]]:
    """What choosing these initiatives for a roadmap promises a second time, as (initiative key, message)."""
    roadmap = find_roadmap(session, roadmap_name) if roadmap_name else None
    if roadmap is None:
        return []
    found = of_roadmap(overlaps(session, {roadmap.id: chosen}), roadmap.roadmap_name)
    return [(one.initiative_key, one.claim(roadmap.roadmap_name)) for one in found]


def of_roadmap(found: Sequence[Overlap], name: str) -> list[Overlap]:
    """The overlaps of one roadmap."""
    return [one for one in found if name in (one.one, one.other)]


def _parent(session: Session, roadmap: Roadmap) -> str | None:
    """The roadmap (without case) that the run behind this one chose from."""
    if roadmap.source != RoadmapSource.PORTFOLIO:
        return None
    run = find_optimization_run(session, roadmap.source_ref or "")
    return folded(run.roadmap_name) if run is not None and run.roadmap_name else None


def _selected(session: Session, roadmaps: Sequence[Roadmap]) -> dict[int, set[str]]:
    """The keys of the selected entries of each roadmap."""
    keys: dict[int, set[str]] = {roadmap.id: set() for roadmap in roadmaps}
    for part in chunks(keys):
        rows = session.execute(
            select(RoadmapEntry.roadmap_id, RoadmapEntry.initiative_key, RoadmapEntry.gate_status).where(
                RoadmapEntry.roadmap_id.in_(part), RoadmapEntry.selected.is_(True)
            )
        )
        for number, key, gate_status in rows:
            if gate_status != GateStatus.BLOCKED:
                keys[number].add(key)
    return keys

"""Roadmaps that get another name: what refers to one by its name follows, or keeps it from being renamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from roadwright.domain.filters import FilterError
from roadwright.domain.filters.tree import Comparison, Every, Filter, Membership, Not, Some
from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import RoadmapSource
from roadwright.domain.text import folded
from roadwright.services.backlog import resolve_filter, saved_filters
from roadwright.services.backlog.columns import ON_ROADMAP
from roadwright.store.models import OptimizationRun, OptimizationScenario, Roadmap
from roadwright.store.roadmaps import all_roadmaps


def roadmap_uses(session: Session, name: str) -> list[Message]:
    """What names the roadmap in a text that people wrote, and would mean nothing any more. Empty: nothing."""
    saved = [one.name for one in saved_filters(session) if _names(session, one.filter_text, name)]
    from_filter = [one for one in all_roadmaps(session) if one.source == RoadmapSource.FILTER and one.source_ref]
    sources = [one.roadmap_name for one in from_filter if _names(session, str(one.source_ref), name)]
    found = {"used_by_saved_filters": saved, "used_by_filter_sources": sources}
    return [Message(code, params={"where": where}) for code, where in found.items() if where]


def _names(session: Session, text: str, name: str) -> bool:
    if text.strip().startswith("@"):
        return False  # the saved filter that it names is looked at itself
    try:
        wanted = resolve_filter(session, text)
    except FilterError:
        return False
    return folded(name) in {folded(str(value)) for value in _named_roadmaps(wanted)}


def _named_roadmaps(wanted: Filter) -> Iterator[object]:
    """The values with which a filter compares fields that hold names of roadmaps."""
    if isinstance(wanted, Not):
        yield from _named_roadmaps(wanted.part)
    elif isinstance(wanted, Every | Some):
        for part in wanted.parts:
            yield from _named_roadmaps(part)
    elif isinstance(wanted, Comparison) and wanted.field.name in ON_ROADMAP:
        yield wanted.value
    elif isinstance(wanted, Membership) and wanted.field.name in ON_ROADMAP:
        yield from wanted.values


@dataclass
class Renaming:
    """A roadmap under its new name, and what named it and does so still."""

    roadmap: Roadmap
    before: str
    scenarios: list[OptimizationScenario]
    runs: list[int]
    """Those whose candidates were its entries, by number."""

    @classmethod
    def begin(cls, session: Session, roadmap: Roadmap, name: str) -> Renaming:
        """Rename a roadmap. Its published versions keep the name that they were published under."""
        before = folded(roadmap.roadmap_name)
        scenarios = [s for s in session.scalars(select(OptimizationScenario)) if folded(s.roadmap_name or "") == before]
        runs = session.execute(select(OptimizationRun.id, OptimizationRun.roadmap_name))
        over_it = [number for number, named in runs if folded(named or "") == before]
        renaming = cls(roadmap, roadmap.roadmap_name, scenarios, over_it)
        renaming.call(session, name)
        return renaming

    def call(self, session: Session, name: str) -> None:
        """Give the roadmap this name, here and wherever it is named."""
        self.roadmap.roadmap_name = name
        for scenario in self.scenarios:
            scenario.roadmap_name = name
        for number in self.runs:
            session.execute(update(OptimizationRun).where(OptimizationRun.id == number).values(roadmap_name=name))
        session.flush()

    def take_back(self, session: Session) -> None:
        """Leave the roadmap as it was."""
        self.call(session, self.before)

    def finish(self, session: Session) -> None:
        """Spell the name everywhere as the roadmap does now."""
        self.call(session, self.roadmap.roadmap_name)

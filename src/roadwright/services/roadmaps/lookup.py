"""Finds the roadmap, the version or the run that a person names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.keys import OPTIMIZATION_RUN, parse_key
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import did_you_mean, nearest
from roadwright.domain.text import folded
from roadwright.services.portfolios.runs import find_optimization_run, is_answered, run_key
from roadwright.store.models import OptimizationRun, Roadmap, RoadmapVersion
from roadwright.store.roadmaps import all_roadmaps, only_named

_VERSION = re.compile(r"(?P<name>.+)@v?(?P<number>\d{1,9})", re.IGNORECASE | re.DOTALL | re.ASCII)
_MOST_LISTED = 12
_NEWEST_RUNS = 20


class UnknownName(InputError):
    """Nothing has this name; the message says what is near it, and what there is."""


def find_named(session: Session, text: str) -> tuple[Roadmap, RoadmapVersion | None]:
    """The roadmap, with the version where the text names one (``name@2`` or ``name@v2``).

    A roadmap whose own name is the whole text comes first, so that names may hold an @; the form with a v then still
    reaches a version that is named alike. One that was renamed is also found by a name under which a version of it was
    published. Raises UnknownName.
    """
    by_name = {folded(roadmap.roadmap_name): roadmap for roadmap in all_roadmaps(session)}
    wanted = text.strip()
    match = _VERSION.fullmatch(wanted)
    name = match["name"].strip() if match is not None else wanted
    if folded(wanted) not in by_name and folded(name) not in by_name:
        by_name = {**_published_names(session), **by_name}
    if folded(wanted) in by_name:
        return by_name[folded(wanted)], None
    roadmap = by_name.get(folded(name))
    if match is None or roadmap is None:
        named = only_named(session, wanted) or only_named(session, name)
        if named is not None:
            raise UnknownName.saying(named)
        there = list(dict.fromkeys(one.roadmap_name for one in by_name.values()))
        raise UnknownName("unknown_roadmap", roadmap=name, hint=nearest(name, there), known=listed("roadmaps", there))
    wanted_number = int(match["number"])
    for version in roadmap.versions:
        if version.number == wanted_number:
            return roadmap, version
    numbers = [f"{roadmap.roadmap_name}@{one.number}" for one in roadmap.versions]
    known = listed("versions", numbers) if numbers else Message("never_published")
    near = min((one.number for one in roadmap.versions), key=lambda one: abs(one - wanted_number), default=None)
    hint = "" if near is None else did_you_mean(f"{roadmap.roadmap_name}@{near}")
    version_named = f"{roadmap.roadmap_name}@{wanted_number}"
    raise UnknownName("unknown_version", version=version_named, hint=hint, known=known)


def _published_names(session: Session) -> dict[str, Roadmap]:
    """The roadmaps by the names that their versions were published under: a link to one outlives a new name."""
    named = RoadmapVersion.content_json["roadmap"]["roadmap_name"].as_string()
    versions = select(named, Roadmap).join(Roadmap, Roadmap.id == RoadmapVersion.roadmap_id).order_by(RoadmapVersion.id)
    return {folded(name): roadmap for name, roadmap in session.execute(versions)}


def find_named_or_run(session: Session, text: str) -> tuple[Roadmap, RoadmapVersion | None] | OptimizationRun:
    """The same, or the run of this key where no roadmap has it as its name. Raises UnknownName."""
    try:
        return find_named(session, text)
    except UnknownName as unknown:
        if parse_key(OPTIMIZATION_RUN, text) is None:
            raise UnknownName("name_forms", why=unknown.message) from unknown
    run = find_optimization_run(session, text)
    if run is None:
        newest = select(OptimizationRun.run_id).order_by(OptimizationRun.id.desc()).limit(_NEWEST_RUNS)
        raise UnknownName("unknown_run", run=run_key(text), known=listed("runs", list(session.scalars(newest))))
    return run


def answered(run: OptimizationRun) -> OptimizationRun:
    """The run, where it found a portfolio. Raises UnknownName."""
    if not is_answered(run):
        raise UnknownName("run_chose_nothing", run=run.run_id, status=run.status)
    return run


def listed(what: str, names: Sequence[str]) -> Message:
    """``the roadmaps are a, b`` for an error message; a long list is cut and says so."""
    if not names:
        return Message("listed_none", Level.OK, params={"what": what})
    params = {"what": what, "names": names[:_MOST_LISTED], "more": len(names) - _MOST_LISTED}
    return Message("listed" if len(names) <= _MOST_LISTED else "listed_more", Level.OK, params=params)

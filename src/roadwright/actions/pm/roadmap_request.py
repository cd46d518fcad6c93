"""Which roadmaps an action is asked about, and what its options say of one that may not be there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Asked
from roadwright.actions.options import (
    ByOption,
    OnConflictOption,
    Options,
    RoadmapOption,
    Text,
    UsageError,
    YesNo,
    chosen,
    option,
    reads,
)
from roadwright.domain.messages import Message
from roadwright.domain.registry import nearest
from roadwright.domain.roadmaps import RoadmapSource
from roadwright.domain.text import folded
from roadwright.services.portfolios.runs import find_optimization_run
from roadwright.services.rows.identity import Identity
from roadwright.store.models import Roadmap
from roadwright.store.roadmaps import all_roadmaps, declare_roadmap, find_roadmap, only_named
from roadwright.sync.context import SyncContext


def _as_typed(column: str) -> Callable[[str], object]:
    """Reads an option as the cell of this column of Roadmaps is read."""
    declared = tabs.ROADMAPS.by_name[column]

    def parse(text: str) -> object:
        value = declared.kind.read(text)
        if declared.check is not None:
            declared.check(value)
        return value

    return parse


class JudgedRoadmapOption(RoadmapOption):
    roadmap_name: Annotated[str, reads(_as_typed("roadmap_name"))] | None = option(
        "the roadmap to judge", otherwise="every roadmap of the tab"
    )


class _ConfirmOption(Options):
    confirm_waivers: YesNo = option(
        "true: count the waivers that were typed in sheets and wait for an approver's yes, in that person's name",
        otherwise="false",
        default=False,
    )


class CheckOptions(JudgedRoadmapOption, _ConfirmOption, ByOption, OnConflictOption):
    """Of pm.roadmap_check_gates."""


class NewRoadmapOption(RoadmapOption):
    roadmap_name: Annotated[str, reads(_as_typed("roadmap_name"))] | None = option(
        "the roadmap to work on; a new one is made of period_key and filter, run_id or keys",
        otherwise="every roadmap of the tab",
    )


class _SourceOptions(Options):
    period_key: Annotated[str, reads(_as_typed("period_key"))] | None = option(
        "its period, e.g. 2026-Q3", otherwise="what Roadmaps says; of a run, the run's"
    )
    filter: Text | None = option(
        "its source: a filter of the backlog, or @name of a saved one", otherwise="what Roadmaps says"
    )
    run_id: Text | None = option(
        "its source: the portfolio of this run, e.g. OPT-000007", otherwise="what Roadmaps says"
    )
    keys: Text | None = option(
        "its source: these initiative keys, e.g. INIT-000001, INIT-000004", otherwise="what Roadmaps says"
    )
    gate_policy: Annotated[str, reads(_as_typed("gate_policy"))] | None = option(
        "the policy on Gates that guards it", otherwise="what Roadmaps says, or the default"
    )


class CreateOptions(NewRoadmapOption, _SourceOptions, OnConflictOption):
    """Of pm.roadmap_create."""


_SOURCES = {"filter": RoadmapSource.FILTER, "run_id": RoadmapSource.PORTFOLIO, "keys": RoadmapSource.LIST}


@dataclass(frozen=True)
class AskedRoadmap:
    """What the options say: the roadmap's name, and the fields to set as if they were typed on Roadmaps."""

    name: str | None
    fields: dict[str, object] = field(default_factory=dict)
    may_be_new: bool = False


def asked_roadmap(request: Asked, *, may_be_new: bool) -> AskedRoadmap:
    """Read the options. Raises UsageError where they don't go together."""
    name = named_roadmap(request)
    said = request.options.model_dump(exclude_unset=True)
    given = [name for name in _SOURCES if name in said]
    if len(given) > 1:
        raise UsageError("several_sources", options=" and ".join(given))
    fields: dict[str, object] = {name: said[name] for name in ("period_key", "gate_policy") if name in said}
    for source in given:
        fields |= {"source": str(_SOURCES[source]), "source_ref": said[source]}
    if fields and name is None:
        raise UsageError("roadmap_not_named", options=list(fields))
    return AskedRoadmap(name, fields, may_be_new)


def named_roadmap(request: Asked) -> str | None:
    """The roadmap that the option names. Raises UsageError where rows are selected as well."""
    name = chosen(request.options, RoadmapOption).roadmap_name
    if name is not None and not request.selection.everything:
        raise UsageError("roadmap_named_twice")
    return name


def take_asked(session: Session, asked: AskedRoadmap, current: SyncContext) -> Roadmap:
    """The roadmap that the options name, as they say it should be; made where it is not there yet.

    Raises UsageError, before anything is changed.
    """
    roadmap = find_roadmap(session, str(asked.name))
    is_new = roadmap is None
    if roadmap is None:
        roadmap = _new_roadmap(session, asked)
        session.add(roadmap)
    changed = {name: value for name, value in asked.fields.items() if getattr(roadmap, name) != value}
    for name, value in changed.items():
        setattr(roadmap, name, value)
    if changed or is_new:
        roadmap.updated_at, roadmap.updated_source = current.row_versions.next(), current.source
    session.flush()
    return roadmap


def _new_roadmap(session: Session, asked: AskedRoadmap) -> Roadmap:
    period = asked.fields.get("period_key")
    if "source" not in asked.fields:
        why = unknown_roadmap(session, str(asked.name))
        if asked.may_be_new:
            raise UsageError("roadmap_to_be_made", why=why)
        raise UsageError.saying(why)
    if period is None and asked.fields["source"] == RoadmapSource.PORTFOLIO:
        run = find_optimization_run(session, str(asked.fields["source_ref"]))
        period = run.period_key if run is not None else None
    if period is None:
        raise UsageError("new_roadmap_without_period", roadmap=asked.name)
    roadmap = declare_roadmap(session, str(asked.name))
    roadmap.period_key = str(period)
    return roadmap


def unknown_roadmap(session: Session, name: str) -> Message:
    """What is said of a roadmap that is not there."""
    named = only_named(session, name)
    if named is not None:
        return named
    known = [roadmap.roadmap_name for roadmap in all_roadmaps(session)]
    params: dict[str, object] = {"roadmap": name, "hint": nearest(name, known), "names": known}
    return Message("no_such_roadmap" if known else "no_roadmap_at_all", params=params)


def only_roadmap(session: Session, name: str | None, on_sheet: Sequence[Identity]) -> Roadmap:
    """The roadmap of this name; without a name the only one on the sheet, or else stored. Raises UsageError."""
    if name is not None:
        roadmap = find_roadmap(session, name)
        if roadmap is None:
            raise UsageError.saying(unknown_roadmap(session, name))
        return roadmap
    stored = all_roadmaps(session)
    listed = [roadmap for roadmap in stored if (folded(roadmap.roadmap_name),) in on_sheet] or stored
    if not listed:
        raise UsageError("no_roadmap_yet")
    if len(listed) > 1:
        raise UsageError("several_roadmaps", names=[roadmap.roadmap_name for roadmap in listed])
    return listed[0]

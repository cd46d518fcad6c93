"""Who is a candidate of a scenario. The same rule for the Candidates tab and for every run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.initiatives import NEVER_CANDIDATES, Lifecycle, tokens_field
from roadwright.domain.messages import Level, Message, warning
from roadwright.domain.periods import same_period
from roadwright.domain.registry import nearest
from roadwright.domain.roadmaps import STANDS
from roadwright.domain.text import folded
from roadwright.store.models import (
    Initiative,
    OptimizationConstraint,
    OptimizationConstraintSet,
    OptimizationScenario,
    OptimizationTarget,
    Roadmap,
    RoadmapEntry,
)
from roadwright.store.queries import chunks
from roadwright.store.roadmaps import all_roadmaps, find_roadmap, only_named
from roadwright.store.session import fiscal_year_of


class ScenarioProblem(InputError):
    """A scenario that can't be worked on as it stands; the message names the cell's column and the way out."""


@dataclass
class CandidateSet:
    """The candidates in key order, and the initiatives that could be expected among them and are none, with the reason.

    The other fields are about a roadmap's entries, by initiative key.
    """

    candidates: list[Initiative] = field(default_factory=list)
    skipped: list[tuple[Initiative, Message]] = field(default_factory=list)
    roadmap_name: str | None = None
    gate_status: dict[str, str] = field(default_factory=dict)
    locks: dict[str, str] = field(default_factory=dict)
    """The candidates that are locked, and the id of that rule: where it stands in the sheet."""
    idle_locks: set[str] = field(default_factory=set)
    """The skipped entries that are locked, which has no effect."""
    sheet_rows: dict[str, int | None] = field(default_factory=dict)


def tokens_of(initiative: Initiative) -> float | None:
    """The engineering tokens of the initiative's scope; None is missing data, never replaced by another column."""
    value: float | None = getattr(initiative, tokens_field(initiative.scope_mode))
    return value


def find_scenario(session: Session, name: str | None, on_sheet: Iterable[str] = ()) -> OptimizationScenario:
    """The scenario of this name; without a name the only one that stands on the sheet, or else that is stored.

    ``on_sheet`` are the names that stand on Scenario_Config now. Raises ScenarioProblem.
    """
    scenarios = list(session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id)))
    typed = {folded(text): text for text in on_sheet if text}
    there = {folded(scenario.scenario_name): scenario.scenario_name for scenario in scenarios}
    names = list((typed or there).values())
    if not typed and not there:
        raise ScenarioProblem("no_scenarios")
    if name is None and len(typed or there) > 1:
        raise ScenarioProblem("several_scenarios", names=names)
    wanted = next(iter(typed or there)) if name is None else folded(name)
    for scenario in scenarios:
        if folded(scenario.scenario_name) == wanted:
            return scenario
    if wanted in typed:
        raise ScenarioProblem("scenario_not_saved", scenario=typed[wanted])
    raise ScenarioProblem("unknown_scenario", scenario=name, hint=nearest(name or "", names), names=names)


def candidates_of(session: Session, scenario: OptimizationScenario) -> CandidateSet:
    """The candidates of a scenario; never one that is done, rejected, withdrawn or a duplicate. Raises ScenarioProblem.

    With a roadmap_name they are the admitted and waived entries of that roadmap, else the initiatives that are flagged
    for the scenario's period.
    """
    if scenario.roadmap_name:
        return _entries_of(session, _roadmap_of(session, scenario, scenario.roadmap_name))
    result, years = CandidateSet(), fiscal_year_of(session)
    flagged = select(Initiative).where(Initiative.is_optimization_candidate).order_by(Initiative.initiative_key)
    for initiative in session.scalars(flagged):
        if not initiative.candidate_period_key:
            result.skipped.append((initiative, warning("fields_blank", names=("candidate_period_key",))))
        elif not same_period(initiative.candidate_period_key, scenario.period_key, years):
            continue
        elif (over := _over(initiative)) is not None:
            result.skipped.append((initiative, over))
        else:
            result.candidates.append(initiative)
    return result


def _over(initiative: Initiative) -> Message | None:
    """Why an initiative takes part in nothing any more."""
    if Lifecycle(initiative.lifecycle_status) in NEVER_CANDIDATES:
        return warning("lifecycle_over", status=initiative.lifecycle_status)
    return warning("is_duplicate", key=initiative.duplicate_of) if initiative.duplicate_of else None


def _roadmap_of(session: Session, scenario: OptimizationScenario, name: str) -> Roadmap:
    roadmap = find_roadmap(session, name)
    if roadmap is None:
        named = only_named(session, name)
        if named is not None:
            problem = ScenarioProblem("scenario_roadmap_only_named", scenario=scenario.scenario_name, why=named)
            raise problem.about("roadmap_name")
        known = [one.roadmap_name for one in all_roadmaps(session)]
        raise ScenarioProblem(
            "scenario_roadmap_unknown",
            scenario=scenario.scenario_name,
            roadmap=name,
            hint=nearest(name, known),
            known=known or Message("shown_none", Level.OK),
        ).about("roadmap_name")
    return roadmap


def _entries_of(session: Session, roadmap: Roadmap) -> CandidateSet:
    """What stands on a roadmap, as it was judged last."""
    result = CandidateSet(roadmap_name=roadmap.roadmap_name)
    entries = {entry.initiative_key: entry for entry in roadmap.entry_rows}
    found: list[Initiative] = []
    for part in chunks(entries):
        keys = select(Initiative).where(Initiative.initiative_key.in_(part)).order_by(Initiative.initiative_key)
        found += session.scalars(keys)
    for initiative in found:
        key, entry = initiative.initiative_key, entries[initiative.initiative_key]
        result.sheet_rows[key] = entry.sheet_row
        why = _over(initiative) or _not_standing(entry, roadmap)
        if why is None:
            result.candidates.append(initiative)
            result.gate_status[key] = str(entry.gate_status)
            if entry.is_locked:
                place = key if entry.sheet_row is None else entry.sheet_row
                result.locks[key] = f"{tabs.ROADMAP_ENTRIES.name}!{place}"
            continue
        if entry.is_locked:
            result.idle_locks.add(key)
            why = warning("lock_idle", why=why)
        result.skipped.append((initiative, why))
    return result


def _not_standing(entry: RoadmapEntry, roadmap: Roadmap) -> Message | None:
    if entry.gate_status in STANDS:
        return None
    if entry.gate_status is None:
        return warning("entry_unjudged", roadmap=roadmap.roadmap_name)
    failures = "; ".join(entry.gate_failures or ())
    return warning("entry_blocked", roadmap=roadmap.roadmap_name, failures=failures)


@dataclass(frozen=True)
class RuleOwners:
    """The set whose rules a run of a scenario obeys: the scenario's own rows of it, and those that it shares."""

    name: str | None = None
    """The set's name; None where there are no rules."""
    owners: tuple[OptimizationConstraintSet, ...] = ()
    ignored: tuple[str, ...] = ()
    """Sets for every scenario that names them, where this one names none and has none of its own."""

    @property
    def constraints(self) -> list[OptimizationConstraint]:
        return [row for owner in self.owners for row in owner.constraints]

    @property
    def targets(self) -> list[OptimizationTarget]:
        return [row for owner in self.owners for row in owner.targets]


def rules_of(session: Session, scenario: OptimizationScenario) -> RuleOwners:
    """The set whose rules a run of the scenario obeys. Raises ScenarioProblem.

    A blank constraint_set_name means the scenario's only set, or no rules where it has none; rows for every scenario
    (their scenario_name is blank) belong to those that name their set.
    """
    everything = list(session.scalars(select(OptimizationConstraintSet).order_by(OptimizationConstraintSet.id)))
    usable = [row for row in everything if folded(row.scenario_name) in ("", folded(scenario.scenario_name))]
    filled = [row for row in usable if row.constraints or row.targets]
    mine, shared = ([row for row in filled if bool(row.scenario_name) is own] for own in (True, False))
    wanted = scenario.constraint_set_name
    named: dict[str, object] = {"scenario": scenario.scenario_name, "set": wanted}
    if not wanted:
        names = {folded(row.constraint_set_name): row.constraint_set_name for row in mine}
        if len(names) > 1:
            raise ScenarioProblem("scenario_sets_several", **named, names=list(names.values())).about(
                "constraint_set_name"
            )
        if not names:
            return RuleOwners(ignored=tuple(row.constraint_set_name for row in shared))
        [wanted] = names.values()
    owners = tuple(
        row
        for row in sorted(usable, key=lambda row: not row.scenario_name)
        if folded(row.constraint_set_name) == folded(wanted)  # one that was emptied has no rules left
    )
    if not owners:
        names = {folded(row.constraint_set_name): row.constraint_set_name for row in (*mine, *shared)}
        code = "scenario_set_unknown" if names else "scenario_set_missing"
        raise ScenarioProblem(code, **named, names=list(names.values())).about("constraint_set_name")
    return RuleOwners(wanted, owners)


def constraints_of(session: Session, scenario: OptimizationScenario) -> list[OptimizationConstraint]:
    """The scenario's constraints, or none where its set is not clear (a run says so; showing them need not)."""
    try:
        return rules_of(session, scenario).constraints
    except ScenarioProblem:
        return []

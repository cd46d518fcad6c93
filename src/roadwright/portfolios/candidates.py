"""Who is a candidate of a scenario. The same rule for the Candidates tab and for every run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import NEVER_CANDIDATES, Lifecycle, tokens_field
from roadwright.domain.periods import same_period
from roadwright.store.models import (
    Initiative,
    OptimizationConstraint,
    OptimizationConstraintSet,
    OptimizationScenario,
)


class ScenarioProblem(Exception):
    """A scenario that can't be worked on as it stands; the message names the cell's column and the way out."""


@dataclass
class CandidateSet:
    """The candidates in key order, and the flagged initiatives that are none, with the reason."""

    candidates: list[Initiative] = field(default_factory=list)
    skipped: list[tuple[Initiative, str]] = field(default_factory=list)


def tokens_of(initiative: Initiative) -> float | None:
    """The engineering tokens of the initiative's scope; None is missing data, never replaced by another column."""
    value: float | None = getattr(initiative, tokens_field(initiative.scope_mode))
    return value


def find_scenario(session: Session, name: str | None, on_sheet: Iterable[str] = ()) -> OptimizationScenario:
    """The scenario of this name; without a name the only one that stands on the sheet, or else that is stored.

    ``on_sheet`` are the names that stand on Scenario_Config now. Raises ScenarioProblem.
    """
    scenarios = list(session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id)))
    typed = {text.casefold(): text for text in on_sheet if text}
    there = {scenario.scenario_name.casefold(): scenario.scenario_name for scenario in scenarios}
    known = ", ".join((typed or there).values())
    if not typed and not there:
        raise ScenarioProblem("there is no scenario yet; fill in a row of Scenario_Config")
    if name is None and len(typed or there) > 1:
        raise ScenarioProblem(f"there are several scenarios: {known}; name one: --option scenario_name=…")
    wanted = next(iter(typed or there)) if name is None else name.strip().casefold()
    for scenario in scenarios:
        if scenario.scenario_name.casefold() == wanted:
            return scenario
    if wanted in typed:
        raise ScenarioProblem(
            f'scenario "{typed[wanted]}" stands on Scenario_Config, but is not saved yet; run '
            "pm.optimize_save_scenario, which also says what may be wrong with its row"
        )
    raise ScenarioProblem(f'there is no scenario "{name}"; there are: {known}')


def candidates_of(session: Session, scenario: OptimizationScenario) -> CandidateSet:
    """Initiatives that are flagged for the scenario's period and not done, rejected or withdrawn."""
    if scenario.roadmap_name:
        raise ScenarioProblem(
            f'roadmap_name: scenario "{scenario.scenario_name}" asks for the candidates of roadmap '
            f'"{scenario.roadmap_name}", but there is no such roadmap; clear roadmap_name to take the flagged '
            "initiatives of the period"
        )
    result = CandidateSet()
    flagged = select(Initiative).where(Initiative.is_optimization_candidate).order_by(Initiative.initiative_key)
    for initiative in session.scalars(flagged):
        if not initiative.candidate_period_key:
            result.skipped.append((initiative, "candidate_period_key is blank"))
        elif not same_period(initiative.candidate_period_key, scenario.period_key):
            continue
        elif Lifecycle(initiative.lifecycle_status) in NEVER_CANDIDATES:
            result.skipped.append((initiative, f"lifecycle_status is {initiative.lifecycle_status}"))
        else:
            result.candidates.append(initiative)
    return result


def constraint_set_of(session: Session, scenario: OptimizationScenario) -> OptimizationConstraintSet | None:
    """The set whose rules a run of the scenario obeys. Raises ScenarioProblem.

    A blank constraint_set_name means the scenario's only set, or no rules where it has none.
    """
    everything = session.scalars(select(OptimizationConstraintSet).order_by(OptimizationConstraintSet.id))
    mine = [row for row in everything if row.scenario_name.casefold() == scenario.scenario_name.casefold()]
    wanted = scenario.constraint_set_name
    if wanted:
        for row in mine:
            if row.constraint_set_name.casefold() == wanted.casefold():
                return row
    mine = [row for row in mine if row.constraints or row.targets]
    names = ", ".join(row.constraint_set_name for row in mine)
    if wanted:
        there = f"it has: {names}" if mine else "it has none"
        raise ScenarioProblem(
            f'constraint_set_name: scenario "{scenario.scenario_name}" names the set "{wanted}", but {there}; '
            "mend the name on Scenario_Config or on Constraints and Targets"
        )
    if len(mine) > 1:
        raise ScenarioProblem(
            f'constraint_set_name: scenario "{scenario.scenario_name}" has several sets: {names}; name one of them on '
            "Scenario_Config"
        )
    return mine[0] if mine else None


def constraints_of(session: Session, scenario: OptimizationScenario) -> list[OptimizationConstraint]:
    """The scenario's constraints, or none where its set is not clear (a run says so; showing them need not)."""
    try:
        owner = constraint_set_of(session, scenario)
    except ScenarioProblem:
        return []
    return list(owner.constraints) if owner is not None else []

"""The Candidates tab: the candidates of one scenario, with what Constraints says of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import tokens_field
from roadwright.domain.keys import canonical_key
from roadwright.domain.kpis import KpiLevel
from roadwright.domain.registry import Registry
from roadwright.optimize.constraints import Bundle, ExcludePair, Mandatory, RequireAny, RequirePrereq, SynergyBonus
from roadwright.services.bindings.initiatives import initiative_values, load_initiatives, stamp
from roadwright.services.bindings.product_ops import known_initiative
from roadwright.services.portfolios.candidates import CandidateSet, tokens_of
from roadwright.services.portfolios.dependencies import needed_by
from roadwright.services.rows.binding import Defaults, Edit
from roadwright.services.rows.identity import Identity
from roadwright.store.kpis import load_registry
from roadwright.store.models import OptimizationConstraint


class CandidatesBinding(Defaults):
    """What people type on Candidates is saved to the initiative: tokens of its scope, deadline."""

    spec = tabs.CANDIDATES

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        keys = {identity: canonical_key(identity[1]) for identity in identities if identity[1]}
        found = load_initiatives(session, (key for key in keys.values() if key is not None))
        return {
            identity: {
                "initiative_key": key,
                "engineering_tokens": tokens_of(found[key]),
                "deadline_date": found[key].deadline_date,
            }
            for identity, key in keys.items()
            if key in found
        }

    def save(self, session: Session, edit: Edit) -> None:
        initiative = known_initiative(session, edit.values.get("initiative_key"))
        if "engineering_tokens" in edit.changes:
            setattr(initiative, tokens_field(initiative.scope_mode), edit.values.get("engineering_tokens"))
        if "deadline_date" in edit.changes:
            initiative.deadline_date = edit.values.get("deadline_date")  # type: ignore[assignment]
        stamp(initiative, edit.row_version, edit.source)


def candidate_rows(
    session: Session,
    scenario_name: str,
    chosen: CandidateSet,
    constraints: Iterable[OptimizationConstraint],
    *,
    with_dependencies: bool,
) -> list[dict[str, object]]:
    """What the tab shows, in key order; with what the Backlog says that they need, where that binds."""
    registry = load_registry(session)
    said = _said_of_each(constraints)
    for initiative in chosen.candidates if with_dependencies else ():
        said[initiative.initiative_key].needs.update(
            key for key in needed_by(initiative) if key != initiative.initiative_key
        )
    for key in chosen.locks:
        said[key].is_mandatory = True
    return [
        {
            **initiative_values(initiative, tabs.CANDIDATES),
            "scenario_name": scenario_name,
            "engineering_tokens": tokens_of(initiative),
            **_contributions(initiative.kpi_contribution_json or {}, registry),
            **said.get(initiative.initiative_key, _Said()).values(),
            "gate_status": chosen.gate_status.get(initiative.initiative_key),
        }
        for initiative in chosen.candidates
    ]


def _contributions(contributions: Mapping[str, float], registry: Registry) -> dict[str, object]:
    north_star: float | None = None
    strategic: dict[str, float] = {}
    for typed, value in contributions.items():
        kpi = registry.resolve(typed)
        if kpi is not None and kpi.is_active and kpi.level is KpiLevel.NORTH_STAR:
            north_star = value
        elif kpi is not None and kpi.is_active and kpi.level is KpiLevel.STRATEGIC:
            strategic[kpi.key] = value
    return {"north_star_contribution": north_star, "strategic_kpi_contributions": strategic or None}


@dataclass
class _Said:
    """What the rules say of one initiative."""

    is_mandatory: bool = False
    bundles: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    excludes: set[str] = field(default_factory=set)
    synergies: set[str] = field(default_factory=set)

    def values(self) -> dict[str, object]:
        """In the columns of the tab."""
        return {
            "is_mandatory": self.is_mandatory,
            "bundle_key": sorted(self.bundles),
            "prerequisite_keys": sorted(self.needs),
            "exclusion_keys": sorted(self.excludes),
            "synergy_group_keys": sorted(self.synergies),
        }


def _said_of_each(rules: Iterable[OptimizationConstraint]) -> dict[str, _Said]:
    """What the rules say, by initiative."""
    said: dict[str, _Said] = defaultdict(_Said)
    for rule in rules:
        name = rule.dimension_key or ""
        own = canonical_key(name) or name
        members = [canonical_key(member) or member for member in rule.member_keys or ()]
        if rule.constraint_type == Mandatory.type:
            said[own].is_mandatory = True
        elif rule.constraint_type in (RequirePrereq.type, RequireAny.type):
            said[own].needs.update(members)
        elif rule.constraint_type == ExcludePair.type:
            pair = {own, *members}
            for key in pair:
                said[key].excludes |= pair - {key}
        elif rule.constraint_type == Bundle.type:
            for key in members:
                said[key].bundles.add(name)
        elif rule.constraint_type == SynergyBonus.type:
            for key in members:
                said[key].synergies.add(name)
    return said

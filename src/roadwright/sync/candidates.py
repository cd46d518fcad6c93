"""The Candidates tab: the candidates of one scenario, with what Constraints says of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import tokens_field
from roadwright.domain.keys import canonical_key
from roadwright.domain.kpis import KpiLevel
from roadwright.domain.optimization import ConstraintType
from roadwright.domain.registry import Registry
from roadwright.portfolios.candidates import tokens_of
from roadwright.store.models import Initiative, OptimizationConstraint
from roadwright.store.registry import load_registry
from roadwright.sync.binding import Defaults, Edit
from roadwright.sync.identity import Identity
from roadwright.sync.initiatives import initiative_values, load_initiatives, stamp
from roadwright.sync.product_ops import known_initiative


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
        stamp(initiative, edit.mark, edit.source)


def candidate_rows(
    session: Session,
    scenario_name: str,
    candidates: Sequence[Initiative],
    constraints: Iterable[OptimizationConstraint],
) -> list[dict[str, object]]:
    """What the tab shows, in key order."""
    registry = load_registry(session)
    rules = list(constraints)
    return [
        {
            **initiative_values(initiative, tabs.CANDIDATES),
            "scenario_name": scenario_name,
            "engineering_tokens": tokens_of(initiative),
            **_contributions(initiative.kpi_contribution_json or {}, registry),
            **_constraints(initiative.initiative_key, rules),
            "gate_status": None,
        }
        for initiative in candidates
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


def _constraints(key: str, rules: Sequence[OptimizationConstraint]) -> dict[str, object]:
    bundles: set[str] = set()
    synergies: set[str] = set()
    needs: set[str] = set()
    excludes: set[str] = set()
    mandatory = False
    for rule in rules:
        own = canonical_key(rule.dimension_key or "") == key
        members = [canonical_key(member) or member for member in rule.member_keys or ()]
        name = rule.dimension_key or ""
        if rule.constraint_type == ConstraintType.MANDATORY:
            mandatory = mandatory or own
        elif rule.constraint_type == ConstraintType.BUNDLE and key in members:
            bundles.add(name)
        elif rule.constraint_type == ConstraintType.SYNERGY_BONUS and key in members:
            synergies.add(name)
        elif rule.constraint_type in (ConstraintType.REQUIRE_PREREQ, ConstraintType.REQUIRE_ANY) and own:
            needs.update(members)
        elif rule.constraint_type == ConstraintType.EXCLUDE_PAIR:
            pair = {canonical_key(name) or name, *members}
            excludes.update(pair - {key} if key in pair else ())
    return {
        "is_mandatory": mandatory,
        "bundle_key": sorted(bundles),
        "prerequisite_keys": sorted(needs),
        "exclusion_keys": sorted(excludes),
        "synergy_group_keys": sorted(synergies),
    }

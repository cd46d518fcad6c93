"""The bonuses of a run's rules that count for a selection: all of their members are selected, or delivered already."""

from __future__ import annotations

from collections.abc import Collection

from roadwright.optimize.constraints import SynergyBonus
from roadwright.services.roadmaps.content import Synergy
from roadwright.store.models import OptimizationRun


def synergies_of(run: OptimizationRun, selected: Collection[str]) -> tuple[Synergy, ...]:
    """The synergies that count, by the rules that the run obeyed, in their order."""
    snapshot = run.inputs_snapshot_json or {}
    there = {*selected, *(snapshot.get("delivered") or ())}
    rules = (rule for rule in snapshot.get("constraints") or () if rule["type"] == SynergyBonus.type)
    return tuple(
        Synergy(
            group=rule["dimension_key"],
            kpi_key=rule["kpi_key"],
            bonus=rule["bonus_value"],
            members=tuple(sorted(rule["members"])),
        )
        for rule in rules
        if there.issuperset(rule["members"])
    )

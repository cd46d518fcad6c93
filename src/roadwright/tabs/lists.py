"""The lists of what exists, which dropdowns offer: a column declares the one that it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from roadwright.domain.actions import ACTION_NAMES

KPIS = "kpi_keys"
SCENARIOS = "scenarios"
SETS = "constraint_sets"
POLICIES = "gate_policies"
ROADMAPS = "roadmaps"
PERIODS = "periods"
PEOPLE = "people"
RUNS = "runs"
"""Runs of the optimizer that have an answer."""

ACTIONS = "actions"

ALL = (KPIS, SCENARIOS, SETS, POLICIES, ROADMAPS, PERIODS, PEOPLE, RUNS, ACTIONS)

FIXED: Mapping[str, Sequence[str]] = MappingProxyType({ACTIONS: ACTION_NAMES})
"""Lists whose entries are the same in every workspace; templates have them from the start."""

"""The lists of what exists, which dropdowns offer: a column declares the one that it offers."""

from __future__ import annotations

KPIS = "kpi_keys"
SCENARIOS = "scenarios"
SETS = "constraint_sets"
POLICIES = "gate_policies"
ROADMAPS = "roadmaps"
PERIODS = "periods"
PEOPLE = "people"
RUNS = "runs"
"""Runs of the optimizer that have an answer."""

ALL = (KPIS, SCENARIOS, SETS, POLICIES, ROADMAPS, PERIODS, PEOPLE, RUNS)

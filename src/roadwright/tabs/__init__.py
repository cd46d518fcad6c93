"""Every tab, declared once. Reader, writer, templates, validation and the reference follow from the declarations."""

from __future__ import annotations

from roadwright.sheets.spec import TabSpec
from roadwright.tabs.backlog import BACKLOG
from roadwright.tabs.intake import INTAKE
from roadwright.tabs.optimization_center import (
    CANDIDATES,
    CONSTRAINTS,
    GAPS_AND_ALERTS,
    OVERVIEW,
    RESULTS,
    RUNS,
    SCENARIO_CONFIG,
    TARGETS,
)
from roadwright.tabs.product_ops import KPI_CONTRIBUTIONS, MATH_MODELS, METRICS_CONFIG, PARAMS, SCORING_INPUTS
from roadwright.tabs.requests import REQUESTS
from roadwright.tabs.roadmaps import GATES, ROADMAP_ENTRIES, ROADMAPS

__all__ = [
    "BACKLOG",
    "BY_NAME",
    "CANDIDATES",
    "CONSTRAINTS",
    "GAPS_AND_ALERTS",
    "GATES",
    "INTAKE",
    "KPI_CONTRIBUTIONS",
    "MATH_MODELS",
    "METRICS_CONFIG",
    "OVERVIEW",
    "PARAMS",
    "REQUESTS",
    "RESULTS",
    "ROADMAPS",
    "ROADMAP_ENTRIES",
    "RUNS",
    "SCENARIO_CONFIG",
    "SCORING_INPUTS",
    "TABS",
    "TARGETS",
    "workbooks",
]

TABS: tuple[TabSpec, ...] = (
    INTAKE,
    BACKLOG,
    SCORING_INPUTS,
    MATH_MODELS,
    PARAMS,
    METRICS_CONFIG,
    KPI_CONTRIBUTIONS,
    OVERVIEW,
    CANDIDATES,
    SCENARIO_CONFIG,
    CONSTRAINTS,
    TARGETS,
    RUNS,
    RESULTS,
    GAPS_AND_ALERTS,
    ROADMAPS,
    GATES,
    ROADMAP_ENTRIES,
    REQUESTS,
)
"""All tabs, in the order in which their workbooks show them."""

BY_NAME = {spec.name: spec for spec in TABS}


def workbooks() -> dict[str, tuple[TabSpec, ...]]:
    """The template workbooks (file names without ending) and the tabs in each."""
    result: dict[str, tuple[TabSpec, ...]] = {}
    for spec in TABS:
        result[spec.workbook] = (*result.get(spec.workbook, ()), spec)
    return result

"""What can be said about a problem before solving it: notices, warnings, and contradictions that are plain to see."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from roadwright.domain.kpis import CONTRIBUTABLE
from roadwright.domain.optimization import ConstraintType, FindingKind, Severity
from roadwright.optimize.clashes import clashes
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import plan
from roadwright.optimize.problem import Finding, Problem
from roadwright.optimize.targets import slice_name, target_notices


def check(problem: Problem) -> list[Finding]:
    """Everything there is to tell about a valid problem before it is solved, in the order of severity.

    A finding of severity ``critical`` proves that no portfolio keeps all rules.
    """
    model = Model.of(problem)
    return by_severity([*findings_of(model), *plan(model).findings])


def findings_of(model: Model) -> list[Finding]:
    """The findings about a model's data, rules and targets; the objective's own are in its plan."""
    findings = [
        *clashes(model),
        *_without_tokens(model),
        *model.resolved.findings,
        *_unused_fields(model),
        *_cycles(model),
        *_empty_targets(model),
        *_supporting_kpis(model),
        *target_notices(model.problem),
    ]
    return by_severity(findings)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first, else in the order they have."""
    rank = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(findings, key=lambda finding: rank[finding.severity])


def _without_tokens(model: Model) -> Iterable[Finding]:
    for key in model.universe.without_tokens:
        yield Finding(
            key, f"{key} has no tokens, so it is left out; fill in its tokens", Severity.WARNING, FindingKind.DATA
        )


def _unused_fields(model: Model) -> Iterable[Finding]:
    for row in model.problem.constraints:
        for name in row.unused:
            yield Finding(row.id, f"{name} is not used by {row.type}", Severity.WARNING, FindingKind.CONSTRAINT)


def _cycles(model: Model) -> Iterable[Finding]:
    """Prerequisites that need each other: legal, all or none of them, and worth a word."""
    place = model.universe.place
    edges = [
        (place[row.dimension_key], place[member], row.id)
        for row in model.problem.constraints
        if row.type is ConstraintType.REQUIRE_PREREQ and row.dimension_key in place
        for member in row.members
        if member in place
    ]
    if not edges:
        return
    heads, tails = [edge[0] for edge in edges], [edge[1] for edge in edges]
    graph = sp.csr_matrix((np.ones(len(edges)), (heads, tails)), shape=(model.size, model.size))
    _, component = connected_components(graph, directed=True, connection="strong")
    circles: dict[int, list[int]] = {}
    for at in sorted({*heads, *tails}):
        circles.setdefault(int(component[at]), []).append(at)
    told = set()
    for head, tail, row_id in edges:
        circle = int(component[head])
        if circle == int(component[tail]) and row_id not in told:
            told.add(row_id)
            names = ", ".join(model.universe.candidates[at].key for at in circles[circle][:10])
            more = f" and {len(circles[circle]) - 10} more" if len(circles[circle]) > 10 else ""
            yield Finding(
                row_id,
                f"prerequisites in a circle: {names}{more} can only be selected all together",
                Severity.WARNING,
                FindingKind.CONSTRAINT,
            )


def _empty_targets(model: Model) -> Iterable[Finding]:
    for needed in model.targets:
        target = needed.target
        name = slice_name(target.dimension, target.dimension_key)
        if not model.universe.in_slice(target.dimension, target.dimension_key):
            yield Finding(
                target.id,
                f"there is no candidate in {name}: nothing is achieved there",
                Severity.WARNING,
                FindingKind.TARGET,
            )


def _supporting_kpis(model: Model) -> Iterable[Finding]:
    for kpi in model.problem.kpis:
        if kpi.level not in CONTRIBUTABLE and any(model.universe.contributions(kpi.key)):
            yield Finding(
                "objective",
                f"{kpi.key} is a supporting KPI: its contributions are counted in targets and reports only",
                Severity.INFO,
                FindingKind.OBJECTIVE,
            )

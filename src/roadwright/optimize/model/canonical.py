"""The canonical form of a problem: one JSON text, and one order of rows, however the input was ordered.

Candidates and KPIs are in key order, rows in the order of their content, members sorted (their order means nothing).
Ids and reasons say nothing about which portfolios are allowed: they are part of the JSON, but not of the hash. Ids by
position are in neither.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from roadwright.domain.kpis import Direction
from roadwright.domain.optimization import ObjectiveMode, parse_dimension
from roadwright.optimize.model.constraint import ABSENT, Constraint, slice_text, whole_number
from roadwright.optimize.model.problem import Candidate, Kpi, Objective, Problem, Target


def dumps(value: object) -> str:
    """The one JSON text of a value: sorted names, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _optional(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None and value != {}}


def _numbers(values: Mapping[str, float]) -> dict[str, object]:
    return {name: whole_number(value) for name, value in sorted(values.items())}


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {"key": candidate.key} | _optional(
        tokens=whole_number(candidate.tokens),
        contributions=_numbers(candidate.contributions),
        dimensions=dict(sorted(candidate.dimensions.items())),
        resources=_numbers(candidate.resources),
        deadline_date=candidate.deadline_date,
    )


def _kpi(kpi: Kpi) -> dict[str, object]:
    direction = None if kpi.direction is Direction.INCREASE else kpi.direction.value
    return {"key": kpi.key, "level": kpi.level.value} | _optional(
        direction=direction, unit=kpi.unit, baseline_value=whole_number(kpi.baseline_value)
    )


def _objective(objective: Objective) -> dict[str, object]:
    fields: dict[str, object] = {"mode": objective.mode.value}
    if objective.mode is ObjectiveMode.WEIGHTED_KPIS:
        fields["weights"] = _numbers(objective.weights)
    elif objective.mode is ObjectiveMode.LEXICOGRAPHIC:
        fields["order"] = [{"kpi": item.kpi, "tolerance": whole_number(item.tolerance)} for item in objective.order]
    return fields | dict(objective.unused)


def _target(row: Target) -> dict[str, object]:
    return {
        "dimension": row.dimension,
        "dimension_key": row.dimension_key,
        "kpi_key": row.kpi_key,
        "target_value": whole_number(row.target_value),
        "type": row.type.value,
    } | _optional(baseline_value=whole_number(row.baseline_value))


def target_order(row: Target) -> tuple[object, ...]:
    """What targets are ordered by: kind, slice, KPI, numbers."""
    return (
        row.type,
        "+".join(parse_dimension(row.dimension)),
        slice_text(row.dimension_key),
        row.kpi_key,
        row.target_value,
        ABSENT if row.baseline_value is None else row.baseline_value,
    )


def ordered_targets(rows: Sequence[Target]) -> list[Target]:
    """Targets by kind, slice, KPI, numbers; how they are written and their ids decide only among equal ones."""
    return sorted(rows, key=lambda row: (target_order(row), dumps(_target(row)), row.id))


def ordered_constraints(rows: Sequence[Constraint]) -> list[Constraint]:
    """Constraints by type, slice, members, numbers; what else they say and their ids decide only among equal rules."""
    by_place = [row.order_text() for row in rows]
    places = sorted(range(len(rows)), key=by_place.__getitem__)
    texts, ordered = [by_place[place] for place in places], [rows[place] for place in places]
    sorted_up_to = 0
    for place, (one, following) in enumerate(pairwise(texts)):
        if one == following and place >= sorted_up_to:
            sorted_up_to = bisect_right(texts, one)
            ordered[place:sorted_up_to] = sorted(
                ordered[place:sorted_up_to],
                key=lambda row: (row.order_numbers(), dumps(row.content()), row.reason or "", row.id),
            )
    return ordered


def problem_to_json(problem: Problem) -> dict[str, object]:
    """The canonical Problem JSON; `parse_problem` of it gives an equal problem (its rows perhaps in another order)."""
    unnamed = problem.unnamed

    def named(id: str, reason: str | None = None) -> dict[str, Any]:
        return _optional(id=None if id in unnamed else id, reason=reason)

    return _canonical(
        problem,
        [row.content() | named(row.id, row.reason) for row in ordered_constraints(problem.constraints)],
        [_target(row) | named(row.id) for row in ordered_targets(problem.targets)],
    )


def _canonical(problem: Problem, constraints: list[dict[str, Any]], targets: list[dict[str, Any]]) -> dict[str, object]:
    return {
        "candidates": [_candidate(c) for c in sorted(problem.candidates, key=lambda c: c.key)],
        "kpis": [_kpi(kpi) for kpi in sorted(problem.kpis, key=lambda kpi: kpi.key)],
        "capacity": whole_number(problem.capacity),
        "objective": _objective(problem.objective),
    } | _optional(
        capacities=_numbers(problem.capacities),
        constraints=constraints or None,
        targets=targets or None,
        outside=sorted(problem.outside) or None,
        delivered=sorted(problem.delivered) or None,
    )


def snapshot_hash(problem: Problem) -> str:
    """``sha256:`` and the hash of the canonical JSON text in UTF-8, without ids and reasons."""
    constraints = [row.content() for row in ordered_constraints(problem.constraints)]
    targets = [_target(row) for row in ordered_targets(problem.targets)]
    return "sha256:" + hashlib.sha256(dumps(_canonical(problem, constraints, targets)).encode()).hexdigest()

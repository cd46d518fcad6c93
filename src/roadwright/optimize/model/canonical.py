"""The canonical form of a problem: one JSON text, and one order of rows, however the input was ordered.

Candidates and KPIs stand in key order, rows in the order of their content, members sorted (their order means nothing).
A row's id never orders rows of different content, so it can't change an answer; an id that was given is part of the
JSON and of the hash, because it names the row that a result speaks of. Ids by position are left out of both.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from roadwright.domain.kpis import Direction
from roadwright.domain.optimization import TOKENS, ObjectiveMode, parse_dimension
from roadwright.optimize.model.problem import Candidate, Constraint, Kpi, Objective, Problem, Target

_NOTHING = ""
_ABSENT = float("-inf")


def _optional(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None and value != {}}


def _number(value: float | None) -> float | int | None:
    """Whole numbers without a decimal point, so that 120 and 120.0 are one text."""
    return int(value) if value is not None and value == int(value) and abs(value) < 2**53 else value


def _numbers(values: Mapping[str, float]) -> dict[str, float | int | None]:
    return {name: _number(value) for name, value in sorted(values.items())}


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {"key": candidate.key} | _optional(
        tokens=_number(candidate.tokens),
        contributions=_numbers(candidate.contributions),
        dimensions=dict(sorted(candidate.dimensions.items())),
        resources=_numbers(candidate.resources),
        deadline_date=candidate.deadline_date,
    )


def _kpi(kpi: Kpi) -> dict[str, object]:
    direction = None if kpi.direction is Direction.INCREASE else kpi.direction.value
    return {"key": kpi.key, "level": kpi.level.value} | _optional(
        direction=direction, unit=kpi.unit, baseline_value=_number(kpi.baseline_value)
    )


def _objective(objective: Objective) -> dict[str, object]:
    fields: dict[str, object] = {"mode": objective.mode.value}
    if objective.mode is ObjectiveMode.WEIGHTED_KPIS:
        fields["weights"] = _numbers(objective.weights)
    elif objective.mode is ObjectiveMode.LEXICOGRAPHIC:
        fields["order"] = [{"kpi": item.kpi, "tolerance": _number(item.tolerance)} for item in objective.order]
    return fields | dict(objective.unused)


def _constraint(row: Constraint) -> dict[str, object]:
    return (
        {"type": row.type.value, "dimension_key": row.dimension_key}
        | _optional(
            dimension=row.dimension,
            members=sorted(row.members) or None,
            min_tokens=_number(row.min_tokens),
            max_tokens=_number(row.max_tokens),
            resource=None if row.resource == TOKENS else row.resource,
            kpi_key=row.kpi_key,
            bonus_value=_number(row.bonus_value),
            min_count=row.min_count,
            max_count=row.max_count,
            reason=row.reason,
            id=row.id if row.has_own_id else None,
        )
        | dict(row.unused)
    )


def _target(row: Target) -> dict[str, object]:
    return {
        "dimension": row.dimension,
        "dimension_key": row.dimension_key,
        "kpi_key": row.kpi_key,
        "target_value": _number(row.target_value),
        "type": row.type.value,
    } | _optional(baseline_value=_number(row.baseline_value), id=row.id if row.has_own_id else None)


def ordered_constraints(rows: Sequence[Constraint]) -> list[Constraint]:
    """Constraints by type, slice, members, numbers; what else they say and their ids decide only among equal rules."""
    by_place = [_rule_text(row) for row in rows]
    places = sorted(range(len(rows)), key=by_place.__getitem__)
    texts, ordered = [by_place[place] for place in places], [rows[place] for place in places]
    sorted_up_to = 0
    for place, (text, following) in enumerate(pairwise(texts)):
        if text == following and place >= sorted_up_to:
            sorted_up_to = bisect_right(texts, text)
            alike = ordered[place:sorted_up_to]
            ordered[place:sorted_up_to] = sorted(
                alike, key=lambda row: (_rule_numbers(row), dumps(_constraint(row)), row.id)
            )
    return ordered


def _rule_text(row: Constraint) -> str:
    """What the rule is about. One text: comparing tuples takes most of the time of ordering 100,000 rules."""
    dimension, slice_text = _NOTHING, row.dimension_key
    if row.dimension:
        dimension, slice_text = "+".join(parse_dimension(row.dimension)), _slice_text(row)
    members = row.members[0] if len(row.members) == 1 else "\1".join(sorted(row.members))
    return "\0".join((row.type, dimension, slice_text, members, row.resource, row.kpi_key or _NOTHING))


def _slice_text(row: Constraint | Target) -> str:
    """The slice as rows are ordered by it. Its form is part of every snapshot hash, so it must never change."""
    return "+".join(piece.strip() for piece in row.dimension_key.split("+")).casefold()


def _rule_numbers(row: Constraint) -> tuple[float, ...]:
    numbers = (row.min_tokens, row.max_tokens, row.min_count, row.max_count, row.bonus_value)
    return tuple(_ABSENT if number is None else number for number in numbers)


def target_order(row: Target) -> tuple[object, ...]:
    """What targets are ordered by: kind, slice, KPI, numbers."""
    return (
        row.type,
        "+".join(parse_dimension(row.dimension)),
        _slice_text(row),
        row.kpi_key,
        row.target_value,
        _ABSENT if row.baseline_value is None else row.baseline_value,
    )


def dumps(value: object) -> str:
    """The one JSON text of a value: sorted names, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def problem_to_json(problem: Problem) -> dict[str, object]:
    """The canonical Problem JSON; `parse_problem` of it gives an equal problem (its rows perhaps in another order)."""
    targets = sorted(problem.targets, key=lambda row: (target_order(row), dumps(_target(row))))
    return {
        "candidates": [_candidate(c) for c in sorted(problem.candidates, key=lambda c: c.key)],
        "kpis": [_kpi(kpi) for kpi in sorted(problem.kpis, key=lambda kpi: kpi.key)],
        "capacity": _number(problem.capacity),
        "objective": _objective(problem.objective),
    } | _optional(
        capacities=_numbers(problem.capacities),
        constraints=[_constraint(row) for row in ordered_constraints(problem.constraints)] or None,
        targets=[_target(row) for row in targets] or None,
        outside=sorted(problem.outside) or None,
        delivered=sorted(problem.delivered) or None,
    )


def snapshot_hash(problem: Problem) -> str:
    """``sha256:`` and the hash of the canonical JSON text in UTF-8."""
    return "sha256:" + hashlib.sha256(dumps(problem_to_json(problem)).encode()).hexdigest()

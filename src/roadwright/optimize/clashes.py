"""Contradictions that can be seen without solving, in the user's words and in exact arithmetic.

Each is a proof that no portfolio keeps all rules. What is not found here is found by the solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from roadwright.domain.optimization import (
    TOKENS,
    ConstraintType,
    FindingKind,
    Severity,
    capacity_id,
    parse_dimension,
    slice_value,
)
from roadwright.optimize.exact import as_float, exact, exact_sum, rounding_of
from roadwright.optimize.matrix import Model
from roadwright.optimize.problem import Constraint, Finding
from roadwright.optimize.targets import slice_name


def clashes(model: Model) -> list[Finding]:
    """Every plain contradiction, as findings of severity critical."""
    return [
        *_selected_and_not(model),
        *_floors(model),
        *_mandatory_over_capacity(model),
        *_targets_out_of_reach(model),
    ]


def _number(value: Fraction) -> str:
    return f"{as_float(value):,.10g}"


def _critical(id: str, message: str, kind: FindingKind = FindingKind.CONSTRAINT) -> Finding:
    return Finding(id, message, Severity.CRITICAL, kind)


def _of_type(model: Model, *types: ConstraintType) -> Iterator[Constraint]:
    return (row for row in model.problem.constraints if row.type in types)


def _selected_and_not(model: Model) -> Iterable[Finding]:
    excluded = {row.dimension_key: row.id for row in _of_type(model, ConstraintType.EXCLUDE_INITIATIVE)}
    for row in _of_type(model, ConstraintType.MANDATORY):
        if row.dimension_key in excluded and row.dimension_key in model.universe.place:
            yield _critical(
                row.id, f"{row.dimension_key} is mandatory here and excluded by {excluded[row.dimension_key]}"
            )


@dataclass(frozen=True, slots=True)
class _Limit:
    row: Constraint
    value: Fraction


def _floors(model: Model) -> Iterable[Finding]:
    """Floors above the cap of the same slice, above what the slice can spend, or together above the capacity."""
    caps: dict[tuple[object, ...], _Limit] = {}
    for row in _of_type(model, ConstraintType.CAPACITY_CAP):
        limit = _Limit(row, exact(row.max_tokens or 0.0))
        if _slice(row) not in caps or limit.value < caps[_slice(row)].value:
            caps[_slice(row)] = limit
    floors: dict[tuple[object, ...], _Limit] = {}
    for row in _of_type(model, ConstraintType.CAPACITY_FLOOR):
        floor = _Limit(row, exact(row.min_tokens or 0.0))
        where = slice_name(row.dimension or "", row.dimension_key)
        cap = caps.get(_slice(row))
        if cap is not None and _least(floor.value) > _most(cap.value):
            yield _critical(
                row.id,
                f"at least {_number(floor.value)} {row.resource} for {where}, but {cap.row.id} allows at most "
                f"{_number(cap.value)}",
            )
        places = model.universe.in_slice(row.dimension or "", row.dimension_key)
        usage = model.universe.usage(row.resource)
        available = exact_sum(usage[place] for place in places)
        if floor.value - available > rounding_of(floor.value):
            found = f"its candidates need {_number(available)} altogether" if places else "no candidate is there"
            yield _critical(row.id, f"at least {_number(floor.value)} {row.resource} for {where}, but {found}")
        if _slice(row) not in floors or floor.value > floors[_slice(row)].value:
            floors[_slice(row)] = floor
    yield from _floors_over_capacity(model, floors.values())


def _least(demand: Fraction) -> Fraction:
    """What a demand comes to at least, with what counts as rounding."""
    return demand - rounding_of(demand)


def _most(limit: Fraction) -> Fraction:
    """What a limit allows at most, with what counts as rounding."""
    return limit + rounding_of(limit)


def _slice(row: Constraint) -> tuple[object, ...]:
    return row.resource, parse_dimension(row.dimension or ""), slice_value([row.dimension_key])


def _floors_over_capacity(model: Model, floors: Iterable[_Limit]) -> Iterable[Finding]:
    """The slices of one dimension don't overlap, so their floors add up."""
    groups: dict[tuple[object, ...], list[_Limit]] = defaultdict(list)
    for floor in floors:
        groups[_slice(floor.row)[:2]].append(floor)
    for group in groups.values():
        resource = group[0].row.resource
        capacity = _capacity(model, resource)
        total = sum((floor.value for floor in group), Fraction(0))
        if sum((_least(floor.value) for floor in group), Fraction(0)) > _most(capacity):
            names = ", ".join(floor.row.id for floor in group)
            yield _critical(
                capacity_id(resource),
                f"the floors {names} ask for {_number(total)} {resource} together, "
                f"and the capacity is {_number(capacity)}",
            )


def _capacity(model: Model, resource: str) -> Fraction:
    problem = model.problem
    return exact(problem.capacity if resource == TOKENS else problem.capacities[resource])


def _mandatory_over_capacity(model: Model) -> Iterable[Finding]:
    """What is mandatory, and what that needs through prerequisites and bundles, against each capacity."""
    needs: dict[int, set[int]] = defaultdict(set)
    for rule in model.resolved.rules:
        if rule.constraint.type not in (ConstraintType.REQUIRE_PREREQ, ConstraintType.BUNDLE):
            continue
        for row in rule.rows:
            if len(row.places) == 2:
                needs[row.places[0]].add(row.places[1])
                if rule.constraint.type is ConstraintType.BUNDLE:
                    needs[row.places[1]].add(row.places[0])
    found = {model.universe.place.get(row.dimension_key, -1) for row in _of_type(model, ConstraintType.MANDATORY)} - {
        -1
    }
    waiting = list(found)
    while waiting:
        for place in needs[waiting.pop()] - found:
            found.add(place)
            waiting.append(place)
    for resource in (TOKENS, *sorted(model.problem.capacities)):
        usage = model.universe.usage(resource)
        total, capacity = exact_sum(usage[place] for place in found), _capacity(model, resource)
        if total - capacity > rounding_of(capacity):
            yield _critical(
                capacity_id(resource),
                f"what is mandatory, with its prerequisites and bundles, needs {_number(total)} {resource}, "
                f"and the capacity is {_number(capacity)}",
            )


def _targets_out_of_reach(model: Model) -> Iterable[Finding]:
    for needed in model.targets:
        if not needed.is_floor:
            continue
        target = needed.target
        columns, values = model.improvement(target.kpi_key, target.dimension, target.dimension_key)
        fixed = [
            value
            for column, value in zip(columns, values, strict=True)
            if value < 0 and column >= model.size and not model.resolved.synergies[column - model.size].members
        ]
        most = exact_sum([*(value for value in values if value > 0), *fixed])
        if needed.need - most > rounding_of(needed.need):
            yield _critical(
                target.id,
                f"asks for an improvement of {_number(needed.need)} in {target.kpi_key} for "
                f"{slice_name(target.dimension, target.dimension_key)}, and all candidates there bring {_number(most)}",
                FindingKind.TARGET,
            )

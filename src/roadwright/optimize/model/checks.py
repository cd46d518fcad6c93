"""What can be said about a problem before solving it: notices, warnings, and contradictions that need no search.

A contradiction is a proof, in exact arithmetic, that no portfolio keeps all rules. Those that are not found here are
found by the solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from roadwright.domain.kpis import CONTRIBUTABLE
from roadwright.domain.optimization import (
    TOKENS,
    ConstraintType,
    FindingKind,
    Severity,
    capacity_id,
    parse_dimension,
    slice_value,
)
from roadwright.optimize.model.matrix import PortfolioModel
from roadwright.optimize.model.numbers import as_float, exact, exact_sum, rounding_of
from roadwright.optimize.model.objective import plan
from roadwright.optimize.model.problem import Constraint, Problem, ProblemFinding
from roadwright.optimize.model.targets import slice_name, target_notices


def check(problem: Problem) -> list[ProblemFinding]:
    """Everything there is to tell about a valid problem before it is solved, in the order of severity.

    A finding of severity ``critical`` proves that no portfolio keeps all rules.
    """
    model = PortfolioModel.of(problem)
    return by_severity([*findings_of(model), *plan(model).findings])


def findings_of(model: PortfolioModel) -> list[ProblemFinding]:
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


def by_severity(findings: Iterable[ProblemFinding]) -> list[ProblemFinding]:
    """The worst first, else in the order they have."""
    rank = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(findings, key=lambda finding: rank[finding.severity])


def _without_tokens(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for key in model.index.without_tokens:
        yield ProblemFinding(
            key, f"{key} has no tokens, so it is left out; fill in its tokens", Severity.WARNING, FindingKind.DATA
        )


def _unused_fields(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for row in model.problem.constraints:
        for name in row.unused:
            yield ProblemFinding(row.id, f"{name} is not used by {row.type}", Severity.WARNING, FindingKind.CONSTRAINT)


def _cycles(model: PortfolioModel) -> Iterable[ProblemFinding]:
    """Prerequisites that need each other: legal, all or none of them, and worth a word."""
    place = model.index.columns
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
            names = ", ".join(model.index.candidates[at].key for at in circles[circle][:10])
            more = f" and {len(circles[circle]) - 10} more" if len(circles[circle]) > 10 else ""
            yield ProblemFinding(
                row_id,
                f"prerequisites in a circle: {names}{more} can only be selected all together",
                Severity.WARNING,
                FindingKind.CONSTRAINT,
            )


def _empty_targets(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for needed in model.targets:
        target = needed.target
        name = slice_name(target.dimension, target.dimension_key)
        if not model.index.in_slice(target.dimension, target.dimension_key):
            yield ProblemFinding(
                target.id,
                f"there is no candidate in {name}: nothing is achieved there",
                Severity.WARNING,
                FindingKind.TARGET,
            )


def _supporting_kpis(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for kpi in model.problem.kpis:
        if kpi.level not in CONTRIBUTABLE and any(model.index.contributions(kpi.key)):
            yield ProblemFinding(
                "objective",
                f"{kpi.key} is a supporting KPI: its contributions are counted in targets and reports only",
                Severity.INFO,
                FindingKind.OBJECTIVE,
            )


def clashes(model: PortfolioModel) -> list[ProblemFinding]:
    """Every plain contradiction, as findings of severity critical."""
    return [
        *_selected_and_not(model),
        *_floors(model),
        *_mandatory_over_capacity(model),
        *_targets_out_of_reach(model),
    ]


def _number(value: Fraction) -> str:
    return f"{as_float(value):,.10g}"


def _critical(id: str, message: str, kind: FindingKind = FindingKind.CONSTRAINT) -> ProblemFinding:
    return ProblemFinding(id, message, Severity.CRITICAL, kind)


def _of_type(model: PortfolioModel, *types: ConstraintType) -> Iterator[Constraint]:
    return (row for row in model.problem.constraints if row.type in types)


def _selected_and_not(model: PortfolioModel) -> Iterable[ProblemFinding]:
    excluded = {row.dimension_key: row.id for row in _of_type(model, ConstraintType.EXCLUDE_INITIATIVE)}
    for row in _of_type(model, ConstraintType.MANDATORY):
        if row.dimension_key in excluded and row.dimension_key in model.index.columns:
            yield _critical(
                row.id, f"{row.dimension_key} is mandatory here and excluded by {excluded[row.dimension_key]}"
            )


@dataclass(frozen=True, slots=True)
class _Limit:
    row: Constraint
    value: Fraction


def _floors(model: PortfolioModel) -> Iterable[ProblemFinding]:
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
        places = model.index.in_slice(row.dimension or "", row.dimension_key)
        usage = model.index.usage(row.resource)
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


def _floors_over_capacity(model: PortfolioModel, floors: Iterable[_Limit]) -> Iterable[ProblemFinding]:
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


def _capacity(model: PortfolioModel, resource: str) -> Fraction:
    problem = model.problem
    return exact(problem.capacity if resource == TOKENS else problem.capacities[resource])


def _mandatory_over_capacity(model: PortfolioModel) -> Iterable[ProblemFinding]:
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
    found = {model.index.columns.get(row.dimension_key, -1) for row in _of_type(model, ConstraintType.MANDATORY)} - {-1}
    waiting = list(found)
    while waiting:
        for place in needs[waiting.pop()] - found:
            found.add(place)
            waiting.append(place)
    for resource in (TOKENS, *sorted(model.problem.capacities)):
        usage = model.index.usage(resource)
        total, capacity = exact_sum(usage[place] for place in found), _capacity(model, resource)
        if total - capacity > rounding_of(capacity):
            yield _critical(
                capacity_id(resource),
                f"what is mandatory, with its prerequisites and bundles, needs {_number(total)} {resource}, "
                f"and the capacity is {_number(capacity)}",
            )


def _targets_out_of_reach(model: PortfolioModel) -> Iterable[ProblemFinding]:
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

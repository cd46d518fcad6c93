"""What can be said about a problem before solving it: notices, warnings, and contradictions that need no search.

A contradiction is a proof, in exact arithmetic, that no portfolio keeps all rules. Those that are not found here are
found by the solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from roadwright.domain.decimals import exact, exact_sum
from roadwright.domain.kpis import CONTRIBUTABLE
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import (
    TOKENS,
    FindingKind,
    Severity,
    capacity_id,
    parse_dimension,
    slice_value,
)
from roadwright.optimize.model.constraint import Constraint, Slice
from roadwright.optimize.model.names import slice_name
from roadwright.optimize.model.objective import plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, ProblemFinding
from roadwright.optimize.model.rounding import rounding_of
from roadwright.optimize.model.targets import target_notices


def check(problem: Problem) -> list[ProblemFinding]:
    """Everything there is to tell about a valid problem before it is solved, in the order of severity.

    A finding of severity ``critical`` proves that no portfolio keeps all rules.
    """
    model = PortfolioModel.of(problem)
    return by_severity([*findings_of(model), *plan(model).findings])


def findings_of(model: PortfolioModel) -> list[ProblemFinding]:
    """The findings about a model's data, rules and targets; the objective's own are in its plan."""
    findings = [
        *contradictions(model),
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


def _warning(id: str, kind: FindingKind, code: str, **params: object) -> ProblemFinding:
    return ProblemFinding(id, notice(code, **params), Severity.WARNING, kind)


def _without_tokens(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for key in model.index.without_tokens:
        yield _warning(key, FindingKind.DATA, "no_tokens", key=key)


def _unused_fields(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for row in model.problem.constraints:
        for name in row.unused:
            yield _warning(row.id, FindingKind.CONSTRAINT, "unused_field", field=name, type=row.type)


def _cycles(model: PortfolioModel) -> Iterable[ProblemFinding]:
    """Prerequisites that need each other: legal, all or none of them, and worth a warning."""
    column_of = model.index.columns
    edges = [
        (column_of[row.dimension_key], column_of[member], row.id)
        for row in model.problem.constraints
        if row.dimension_key in column_of
        for member in row.prerequisites
        if member in column_of
    ]
    if not edges:
        return
    needs: dict[int, list[int]] = defaultdict(list)
    for head, tail, _ in edges:
        needs[head].append(tail)
    circles = _circles(needs)
    warned = set()
    for head, tail, row_id in edges:
        circle = circles.get(head)
        if circle is not None and circle is circles.get(tail) and row_id not in warned:
            warned.add(row_id)
            keys = [model.index.candidates[column].key for column in circle]
            yield _warning(row_id, FindingKind.CONSTRAINT, "prerequisite_circle", keys=keys)


def _circles(needs: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """By node the circle that it is in, sorted: the strongly connected components of more than one node (Tarjan 1972).

    Here rather than from scipy, whose module for graphs takes longer to load than most problems take to solve.
    """
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_nodes: list[int] = []
    is_open: set[int] = set()
    circles: dict[int, list[int]] = {}

    def enter(node: int) -> tuple[int, Iterator[int]]:
        order[node] = lowest[node] = len(order)
        open_nodes.append(node)
        is_open.add(node)
        return node, iter(needs.get(node, ()))

    for root in needs:
        path = [] if root in order else [enter(root)]
        while path:
            node, following = path[-1]
            unseen = None
            for other in following:
                if other not in order:
                    unseen = other
                    break
                if other in is_open:
                    lowest[node] = min(lowest[node], order[other])
            if unseen is not None:
                path.append(enter(unseen))
                continue
            path.pop()
            if path:
                parent = path[-1][0]
                lowest[parent] = min(lowest[parent], lowest[node])
            if lowest[node] == order[node]:
                component = [open_nodes.pop()]
                while component[-1] != node:
                    component.append(open_nodes.pop())
                is_open.difference_update(component)
                if len(component) > 1:
                    circles.update(dict.fromkeys(component, sorted(component)))
    return circles


def _empty_targets(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for needed in model.targets:
        target = needed.target
        if not model.index.in_slice(target.dimension, target.dimension_key):
            name = slice_name(target.dimension, target.dimension_key)
            yield _warning(target.id, FindingKind.TARGET, "nothing_achieved", slice=name)


def _supporting_kpis(model: PortfolioModel) -> Iterable[ProblemFinding]:
    for kpi in model.problem.kpis:
        if kpi.level not in CONTRIBUTABLE and any(model.index.contributions(kpi.key)):
            said = notice("supporting_kpi", kpi=kpi.key)
            yield ProblemFinding("objective", said, Severity.INFO, FindingKind.OBJECTIVE)


# Contradictions


def contradictions(model: PortfolioModel) -> list[ProblemFinding]:
    """Every contradiction that needs no search, as findings of severity critical."""
    return [
        *_selected_and_not(model),
        *_floors(model),
        *_mandatory_over_capacity(model),
        *_targets_out_of_reach(model),
    ]


def _critical(id: str, said: Message, kind: FindingKind = FindingKind.CONSTRAINT) -> ProblemFinding:
    return ProblemFinding(id, said, Severity.CRITICAL, kind)


def _selected_and_not(model: PortfolioModel) -> Iterable[ProblemFinding]:
    excluded = {row.forbids: row.id for row in model.problem.constraints if row.forbids is not None}
    for row in model.problem.constraints:
        key = row.forces
        if key in excluded and key in model.index.columns:
            yield _critical(row.id, notice("mandatory_and_excluded", key=key, rule=excluded[key]))


class SliceLimit(NamedTuple):
    """What a row demands of a slice at least, or allows it at most."""

    row: Constraint
    part: Slice
    value: Fraction

    @property
    def key(self) -> tuple[object, ...]:
        """The same for all rows about the same slice and resource."""
        return self.part.resource, parse_dimension(self.part.dimension), slice_value([self.part.dimension_key])


def _slice_limits(model: PortfolioModel, side: int) -> Iterable[SliceLimit]:
    for row in model.problem.constraints:
        part = row.part
        if part is not None:
            yield from (SliceLimit(row, part, one.exact_value) for one in row.numbers() if one.side == side)


def _floors(model: PortfolioModel) -> Iterable[ProblemFinding]:
    """Floors above the cap of the same slice, above what the slice can spend, or together above the capacity."""
    caps: dict[tuple[object, ...], SliceLimit] = {}
    for cap in _slice_limits(model, 1):
        if cap.key not in caps or cap.value < caps[cap.key].value:
            caps[cap.key] = cap
    floors: dict[tuple[object, ...], SliceLimit] = {}
    for floor in _slice_limits(model, -1):
        row, part, value = floor
        lowest = caps.get(floor.key)
        if lowest is not None and _least(value) > _most(lowest.value):
            said = notice("floor_above_cap", floor=row.words(), rule=lowest.row.id, limit=lowest.value)
            yield _critical(row.id, said)
        columns = model.index.in_slice(part.dimension, part.dimension_key)
        usage = model.index.usage(part.resource)
        available = exact_sum(usage[column] for column in columns)
        if value - available > rounding_of(value):
            code = "floor_above_all" if columns else "floor_over_nothing"
            yield _critical(row.id, notice(code, floor=row.words(), available=available))
        if floor.key not in floors or value > floors[floor.key].value:
            floors[floor.key] = floor
    yield from _floors_over_capacity(model, floors.values())


def _least(demand: Fraction) -> Fraction:
    """What a demand comes to at least, with what counts as rounding."""
    return demand - rounding_of(demand)


def _most(limit: Fraction) -> Fraction:
    """What a limit allows at most, with what counts as rounding."""
    return limit + rounding_of(limit)


def _floors_over_capacity(model: PortfolioModel, floors: Iterable[SliceLimit]) -> Iterable[ProblemFinding]:
    """The slices of one dimension don't overlap, so their floors add up."""
    groups: dict[tuple[object, ...], list[SliceLimit]] = defaultdict(list)
    for floor in floors:
        groups[floor.key[:2]].append(floor)
    for group in groups.values():
        resource = group[0].part.resource
        capacity = _capacity(model, resource)
        if sum((_least(floor.value) for floor in group), Fraction(0)) > _most(capacity):
            rules, total = [floor.row.id for floor in group], sum((floor.value for floor in group), Fraction(0))
            params = {"rules": rules, "total": total, "resource": resource, "capacity": capacity}
            yield _critical(capacity_id(resource), notice("floors_above_capacity", **params))


def _capacity(model: PortfolioModel, resource: str) -> Fraction:
    problem = model.problem
    return exact(problem.capacity if resource == TOKENS else problem.capacities[resource])


def _mandatory_over_capacity(model: PortfolioModel) -> Iterable[ProblemFinding]:
    """What is mandatory, and what that needs through prerequisites and bundles, against each capacity."""
    needs: dict[int, set[int]] = defaultdict(set)
    for rule, rows in model.resolved.rules:
        for one, other in rule.implications(rows):
            needs[one].add(other)
    forced = (row.forces for row in model.problem.constraints)
    found = set(model.index.columns_of(key for key in forced if key is not None))
    waiting = list(found)
    while waiting:
        for column in needs[waiting.pop()] - found:
            found.add(column)
            waiting.append(column)
    for resource in (TOKENS, *sorted(model.problem.capacities)):
        usage = model.index.usage(resource)
        total, capacity = exact_sum(usage[column] for column in found), _capacity(model, resource)
        if total - capacity > rounding_of(capacity):
            params = {"total": total, "resource": resource, "capacity": capacity}
            yield _critical(capacity_id(resource), notice("mandates_above_capacity", **params))


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
            part = slice_name(target.dimension, target.dimension_key)
            params = {"need": needed.need, "kpi": target.kpi_key, "slice": part, "most": most}
            yield _critical(target.id, notice("target_out_of_reach", **params), FindingKind.TARGET)

"""Problem JSON to Problem: strict, and with all faults at once.

Whatever is wrong by itself is a fault here (unknown words and names, missing fields, numbers that can't be); rules that
clash with each other or with the data make a valid problem that has no answer, and are found later.
"""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.domain.kpis import CONTRIBUTABLE, Direction, KpiLevel
from roadwright.domain.optimization import CANDIDATE_DIMENSIONS, TOKENS, ObjectiveMode
from roadwright.optimize.model.collector import paused_collector
from roadwright.optimize.model.fields import Fields, encodable, nearest, shown
from roadwright.optimize.model.problem import (
    Candidate,
    Fault,
    InvalidProblem,
    Kpi,
    Objective,
    OrderItem,
    Problem,
)
from roadwright.optimize.model.rows import Names, RowReader

PROBLEM_FIELDS = frozenset(
    ["candidates", "kpis", "capacity", "capacities", "objective", "constraints", "targets", "outside", "delivered"]
)
CANDIDATE_FIELDS = frozenset(["key", "tokens", "contributions", "dimensions", "resources", "deadline_date"])
KPI_FIELDS = frozenset(["key", "level", "direction", "unit", "baseline_value"])
OBJECTIVE_FIELDS = frozenset(["mode", "weights", "order"])
ORDER_FIELDS = frozenset(["kpi", "tolerance"])


@paused_collector()
def parse_problem(value: object) -> Problem:
    """The Problem that a Problem JSON (already loaded into Python values) describes.

    Raises InvalidProblem with every fault that was found, each with its place.
    """
    faults: list[Fault] = []
    top = Fields(value, "problem", faults, known=PROBLEM_FIELDS)
    if not isinstance(value, Mapping):
        raise InvalidProblem(faults)
    kpis = _kpis(top, faults)
    capacity = Fields({"capacity": top.values.get("capacity")}, "capacity", faults, known={"capacity"}).number(
        "capacity", required=True
    )
    capacities = Fields({"capacities": top.values.get("capacities")}, "capacities", faults, known={"capacities"})
    resources = capacities.numbers("capacities", negative=False)
    for name in resources:
        if name == TOKENS or not name.strip():
            capacities.fault(
                f"{shown(name)} can't name a further resource; the capacity in tokens stands in 'capacity'"
            )
    declared = capacities.mapping("capacities").keys() | {TOKENS}
    candidates = _candidates(top, faults, kpis, declared)
    outside, delivered = (frozenset(top.texts(name) or ()) for name in ("outside", "delivered"))
    tokens_of = {candidate.key: candidate.tokens for candidate in candidates}
    for name, keys in (("outside", outside), ("delivered", delivered)):
        for key in sorted(keys & tokens_of.keys()):
            faults.append(Fault(name, f"{key} is a candidate, so it can't be {name} as well"))
    objective = _objective(top, faults, kpis)
    reader = RowReader(Names(kpis, tokens_of, outside, delivered, declared), faults)
    constraints = tuple(reader.constraint(item, place) for place, item in enumerate(top.objects("constraints")))
    targets = tuple(reader.target(item, place) for place, item in enumerate(top.objects("targets")))
    if faults or capacity is None or objective is None:
        raise InvalidProblem(faults)
    return Problem(
        candidates=tuple(candidates),
        kpis=tuple(kpis.values()),
        capacity=capacity,
        capacities=resources,
        objective=objective,
        constraints=tuple(constraint for constraint in constraints if constraint is not None),
        targets=tuple(target for target in targets if target is not None),
        outside=outside,
        delivered=delivered,
    )


def _kpis(top: Fields, faults: list[Fault]) -> dict[str, Kpi]:
    kpis: dict[str, Kpi] = {}
    before = len(faults)
    for place, item in enumerate(top.objects("kpis", required=True)):
        fields = Fields(item, f"kpis[{place}]", faults, known=KPI_FIELDS)
        if not isinstance(item, Mapping):
            continue
        key = fields.text("key", required=True)
        level = fields.word("level", KpiLevel)
        direction = fields.word("direction", Direction, default=Direction.INCREASE)
        unit = fields.text("unit")
        baseline = fields.number("baseline_value", negative=True)
        if key is None:
            continue
        if key in kpis:
            fields.fault(f"the KPI '{key}' is there twice; keep one of the two")
            continue
        # A KPI with a wrong word is kept under its name, so that what refers to it is not reported as well.
        kpis[key] = Kpi(key, level or KpiLevel.STRATEGIC, direction or Direction.INCREASE, unit, baseline)
    stars = [key for key, kpi in kpis.items() if kpi.level is KpiLevel.NORTH_STAR]
    if len(stars) != 1 and len(faults) == before:
        found = f"there are {len(stars)}: {', '.join(stars)}" if stars else "there is none"
        faults.append(Fault("kpis", f"exactly one KPI must have the level north_star; {found}"))
    return kpis


def _candidates(top: Fields, faults: list[Fault], kpis: Mapping[str, Kpi], resources: set[str]) -> list[Candidate]:
    candidates = []
    first: dict[str, int] = {}
    dimensions = frozenset(dimension.value for dimension in CANDIDATE_DIMENSIONS)
    for place, item in enumerate(top.objects("candidates", required=True)):
        fields = Fields(item, f"candidates[{place}]", faults, known=CANDIDATE_FIELDS)
        if not isinstance(item, Mapping):
            continue
        key = fields.text("key", required=True)
        if key is None:
            continue
        if key in first:
            fields.fault(f"the key '{key}' is there twice, first at candidates[{first[key]}]")
            continue
        first[key] = place
        fields.id = f"candidates[{place}] ({key})"
        candidate = Candidate(
            key=key,
            tokens=fields.number("tokens"),
            contributions=fields.numbers("contributions", negative=True),
            dimensions=_dimensions(fields, dimensions),
            resources=fields.numbers("resources", negative=False),
            deadline_date=fields.text("deadline_date"),
        )
        for kpi in fields.mapping("contributions"):
            if kpi not in kpis:
                fields.fault(f"unknown KPI {shown(kpi)} in contributions{nearest(str(kpi), kpis)}")
        for resource in fields.mapping("resources"):
            if resource == TOKENS:
                fields.fault("tokens stand in the field tokens, not in resources")
            elif resource not in resources:
                fields.fault(f"unknown resource {shown(resource)}; give it a capacity in capacities")
        candidates.append(candidate)
    return candidates


def _dimensions(fields: Fields, known: frozenset[str]) -> dict[str, str]:
    found = {}
    for name, value in fields.mapping("dimensions").items():
        if name not in known:
            fields.fault(f"unknown dimension {shown(name)}{nearest(str(name), known)}")
        elif value is not None and (not isinstance(value, str) or not encodable(value)):
            fields.fault(f"dimensions.{name} must be text, not {shown(value)}")
        elif isinstance(value, str) and value.strip():
            found[name] = value
    return found


def _objective(top: Fields, faults: list[Fault], kpis: Mapping[str, Kpi]) -> Objective | None:
    if top.values.get("objective") is None:
        faults.append(Fault("objective", "objective is missing"))
        return None
    fields = Fields(top.values["objective"], "objective", faults, known=OBJECTIVE_FIELDS)
    if not isinstance(top.values["objective"], Mapping):
        return None
    mode = fields.word("mode", ObjectiveMode)
    weights: dict[str, float] = {}
    order: tuple[OrderItem, ...] = ()
    used = {"mode"}
    if mode is ObjectiveMode.WEIGHTED_KPIS:
        used.add("weights")
        before = len(faults)
        weights = fields.numbers("weights", negative=False, required=True)
        for key in fields.mapping("weights"):
            _check_objective_kpi(fields, "weights", key, kpis)
        if len(faults) == before and not any(weights.values()):
            fields.fault("weights must name at least one KPI with a weight above 0")
    elif mode is ObjectiveMode.LEXICOGRAPHIC:
        used.add("order")
        order = _order(fields, faults, kpis)
    return None if mode is None else Objective(mode, weights, order, fields.unused(used))


def _order(fields: Fields, faults: list[Fault], kpis: Mapping[str, Kpi]) -> tuple[OrderItem, ...]:
    order: dict[str, OrderItem] = {}
    items = fields.objects("order", required=True)
    if not items and fields.values.get("order") is not None:
        fields.fault("order must be a list that names at least one KPI")
    for place, item in enumerate(items):
        step = Fields(item, f"objective.order[{place}]", faults, known=ORDER_FIELDS)
        if not isinstance(item, Mapping):
            continue
        key = step.text("kpi", required=True)
        tolerance = step.number("tolerance")
        if key is None:
            continue
        _check_objective_kpi(step, "kpi", key, kpis)
        if key in order:
            step.fault(f"the KPI '{key}' is there twice")
        order[key] = OrderItem(key, tolerance or 0.0)
    return tuple(order.values())


def _check_objective_kpi(fields: Fields, field: str, key: object, kpis: Mapping[str, Kpi]) -> None:
    if key not in kpis:
        fields.fault(f"unknown KPI {shown(key)} in {field}{nearest(str(key), kpis)}")
    elif kpis[str(key)].level not in CONTRIBUTABLE:
        fields.fault(f"{field} can only name the north star and strategic KPIs, and '{key}' is supporting")

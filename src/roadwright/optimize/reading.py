"""Problem JSON to Problem, and the checks of what the parts of a problem say of each other: all faults at once.

Whatever is wrong by itself is a fault here (unknown words and names, missing fields, numbers that can't be); rules that
clash with each other or with the data make a valid problem that has no answer, and are found later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field, replace
from typing import Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from roadwright.domain.garbage import paused_collections
from roadwright.domain.kpis import CONTRIBUTABLE, Direction, KpiLevel
from roadwright.domain.optimization import CAPACITY_ID, TOKENS, Dimension, ObjectiveMode
from roadwright.optimize.constraints import KINDS
from roadwright.optimize.messages import hint
from roadwright.optimize.model.constraint import Constraint, known_fields
from roadwright.optimize.model.names import Names, is_everything
from roadwright.optimize.model.problem import (
    DIMENSIONS,
    Candidate,
    InvalidProblem,
    Kpi,
    Objective,
    OrderItem,
    Problem,
    Target,
)
from roadwright.optimize.model.schema import (
    STRICT,
    Fault,
    Faults,
    Number,
    Numbers,
    Shape,
    Texts,
    encodable,
    fields_of,
    read,
    storable,
    text_fault,
    unknown_fields,
)

PROBLEM_FIELDS = [name for name in fields_of(Problem) if name != "unnamed"]
OBJECTIVE_FIELDS = [name for name in fields_of(Objective) if name != "unused"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class _Capacity:
    capacity: Number


@dataclass(frozen=True, kw_only=True, config=STRICT)
class _Capacities:
    capacities: Numbers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class _Others:
    outside: Texts = ()
    delivered: Texts = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class _Mode:
    mode: Annotated[ObjectiveMode, Field(strict=False)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class _Weights:
    weights: Numbers = field(default_factory=dict)


@paused_collections()
def parse_problem(value: object) -> Problem:
    """The Problem that a Problem JSON (already loaded into Python values) describes.

    Raises InvalidProblem with every fault that was found, each with its place.
    """
    builder = ProblemBuilder()
    faults = builder.faults
    if not isinstance(value, Mapping):
        faults.add("problem", "not_an_object", value=value)
        raise InvalidProblem(faults)
    faults.extend_with("problem", unknown_fields([n for n in value if n not in PROBLEM_FIELDS], PROBLEM_FIELDS))
    top = {name: content for name, content in value.items() if content is not None}
    _read_kpis(builder, top)
    capacity = _part(_Capacity, top, "capacity", faults).capacity
    capacities = _part(_Capacities, top, "capacities", faults).capacities
    builder.set_capacities(capacity, capacities, top.get("capacities"))
    for place, item in enumerate(_objects(top, "candidates", faults, required=True)):
        _read_candidate(builder, item, f"candidates[{place}]")
    others = _part(_Others, top, "problem", faults)
    builder.set_others(others.outside, others.delivered)
    builder.set_objective(_read_objective(builder, top))
    reader = builder.rows()
    for place, item in enumerate(_objects(top, "constraints", faults)):
        builder.add_constraint(reader.constraint(item, f"constraints[{place}]"))
    for place, item in enumerate(_objects(top, "targets", faults)):
        builder.add_target(reader.target(item, f"targets[{place}]"))
    return builder.problem(unnamed=reader.unnamed)


def _part(shape: type[Shape], fields: Mapping[str, object], id: str, faults: Faults) -> Shape:
    """Some of the fields of an object."""
    part = read(shape, {name: fields[name] for name in fields_of(shape) if name in fields}, id, faults)
    assert part is not None
    return part


def _objects(top: Mapping[str, object], name: str, faults: Faults, *, required: bool = False) -> Iterable[object]:
    """The items of a list at the top of a problem."""
    value = top.get(name)
    if value is None:
        if required:
            faults.add("problem", "field_missing", field=name)
        return ()
    if not isinstance(value, list | tuple):
        faults.add("problem", "field_not_list", field=name, value=value)
        return ()
    return value


def _read_kpis(builder: ProblemBuilder, top: Mapping[str, object]) -> None:
    before = len(builder.faults)
    for place, item in enumerate(_objects(top, "kpis", builder.faults, required=True)):
        kpi = read(Kpi, item, f"kpis[{place}]", builder.faults)
        if kpi is not None:
            builder.add_kpi(kpi, f"kpis[{place}]")
    if len(builder.faults) == before:
        builder.check_north_star()


def _read_candidate(builder: ProblemBuilder, item: object, place: str) -> None:
    faults = Faults()
    candidate = read(Candidate, item, place, faults)
    if not faults:
        assert candidate is not None
        builder.add_candidate(candidate, place)
        return
    named = f"{place} ({candidate.key})" if candidate is not None and candidate.key else place
    builder.faults.extend(one if one.said.code == "unknown_problem_field" else replace(one, id=named) for one in faults)
    if candidate is not None and isinstance(item, Mapping):
        builder.add_candidate(candidate, place, given=item)


def _read_objective(builder: ProblemBuilder, top: Mapping[str, object]) -> Objective | None:
    """The objective; None where its mode can't be read. Only the fields that the mode uses are looked at."""
    value, faults = top.get("objective"), builder.faults
    if value is None:
        faults.add("objective", "field_missing", field="objective")
        return None
    if not isinstance(value, Mapping):
        faults.add("objective", "not_an_object", value=value)
        return None
    unknown = [name for name in value if name not in OBJECTIVE_FIELDS]
    faults.extend_with("objective", unknown_fields(unknown, OBJECTIVE_FIELDS))
    fields = {name: content for name, content in value.items() if content is not None and name in OBJECTIVE_FIELDS}
    mode = _part(_Mode, fields, "objective", faults).mode
    if mode is None:
        return None
    used = {ObjectiveMode.WEIGHTED_KPIS: "weights", ObjectiveMode.LEXICOGRAPHIC: "order"}.get(mode)
    before = len(faults)
    known: dict[str, Any] = {"mode": mode}
    if used == "weights" and used in fields:
        known["weights"] = weights = _part(_Weights, fields, "objective", faults).weights
        names = fields[used] if isinstance(fields[used], Mapping) else weights
        builder.check_weights(weights, names, is_read=len(faults) == before)
    elif used == "order" and used in fields:
        known["order"] = _read_order(builder, fields[used])
    elif used is not None:
        faults.add("objective", "field_missing", field=used)
    unused = {name: content for name, content in fields.items() if name not in ("mode", used)}
    for name in [name for name, content in unused.items() if not storable(content)]:
        faults.add("objective", "field_not_storable", field=name, value=unused.pop(name))
    return Objective(**known, unused=unused)


def _read_order(builder: ProblemBuilder, value: object) -> tuple[OrderItem, ...]:
    faults = builder.faults
    if not isinstance(value, list | tuple):
        faults.add("objective", "field_not_list", field="order", value=value)
    if not isinstance(value, list | tuple) or not value:
        faults.add("objective", "no_order")
        return ()
    order: dict[str, OrderItem] = {}
    for place, item in enumerate(value):
        id = f"objective.order[{place}]"
        stage = read(OrderItem, item, id, faults)
        if stage is None or not stage.kpi:
            continue
        builder.check_objective_kpi(id, "kpi", stage.kpi)
        if stage.kpi in order:
            faults.add(id, "order_twice", key=stage.kpi)
        order[stage.kpi] = stage
    return tuple(order.values())


def _names(given: Mapping[str, object], field: str) -> Iterable[object]:
    value = given.get(field)
    return value if isinstance(value, Mapping) else ()


class RowReader:
    """Reads the rows of one problem, and remembers their ids, which must be unique."""

    def __init__(self, names: Names, faults: Faults) -> None:
        self.names = names
        self.faults = faults
        self.unnamed: set[str] = set()
        """The ids that rows have by their place only."""
        self._known = known_fields()
        self._first: dict[str, str] = {}

    def constraint(self, value: object, default_id: str) -> Constraint | None:
        """The constraint in an object of JSON; None, with faults, where something is wrong."""
        if not isinstance(value, Mapping):
            self.faults.add(default_id, "not_an_object", value=value)
            return None
        before = len(self.faults)
        fields = {name: content for name, content in value.items() if content is not None}
        has_nulls = len(fields) < len(value)
        fields["id"] = id = self._id(fields.get("id"), default_id)
        type_name = fields.pop("type", None)
        kind = KINDS.get(type_name) if isinstance(type_name, str) else None
        if kind is None:
            self._say_unknown(id, value)
            self._say_type(id, type_name)
            return None
        if kind.key_is_initiative and str(fields.get("dimension")).strip().lower() == Dimension.INITIATIVE:
            del fields["dimension"]
        own = fields_of(kind).keys()
        if has_nulls or not fields.keys() <= own:
            self._say_unknown(id, value)
            fields = self._with_unused(id, fields, own)
        row = read(kind, fields, id, self.faults)
        assert row is not None
        self.faults.extend_with(id, row.faults(self.names))
        return row if len(self.faults) == before else None

    def check(self, row: Constraint) -> Constraint | None:
        """A constraint that was made directly; None, with faults, where something is wrong with it."""
        before = len(self.faults)
        self.faults.extend_with(row.id, row.faults(self.names))
        return row if len(self.faults) == before else None

    def target(self, value: object, default_id: str) -> Target | None:
        """The target in an object of JSON; None, with faults, where something is wrong."""
        if not isinstance(value, Mapping):
            self.faults.add(default_id, "not_an_object", value=value)
            return None
        before = len(self.faults)
        id = self._id(value.get("id"), default_id)
        row = read(Target, {**value, "id": id}, id, self.faults)
        assert row is not None
        is_read = len(self.faults) == before
        if row.dimension and row.dimension_key:
            self.faults.extend_with(id, self.names.part(row.dimension, row.dimension_key))
        if row.kpi_key:
            self.faults.extend_with(id, self.names.kpi("kpi_key", row.kpi_key))
        if len(self.faults) == before:
            self._check_decrease(row)
        return row if is_read and len(self.faults) == before else None

    def _id(self, given: object, default_id: str) -> str:
        """The id of a row, which must be unique: its own, or the one by its place."""
        id = default_id
        if isinstance(given, str) and encodable(given):
            id = given if given.strip() else default_id
        elif given is not None:
            self.faults.append(Fault(default_id, text_fault("id", given)))
        if id is default_id:
            self.unnamed.add(id)
        if id in self._first:
            self.faults.add(id, "id_twice", first=self._first[id], second=default_id)
        if id.startswith(CAPACITY_ID) and (id == CAPACITY_ID or id.startswith(f"{CAPACITY_ID}:")):
            self.faults.add(id, "reserved_id", value=id, second=default_id)
        self._first.setdefault(id, default_id)
        return id

    def _with_unused(self, id: str, fields: Mapping[str, Any], own: Collection[str]) -> dict[str, Any]:
        """The fields of a kind, those that only others know as one."""
        unused = {name: content for name, content in fields.items() if name in self._known and name not in own}
        for name in [name for name, content in unused.items() if not storable(content)]:
            self.faults.add(id, "field_not_storable", field=name, value=unused.pop(name))
        return {**{name: content for name, content in fields.items() if name in own}, "unused": unused}

    def _say_unknown(self, id: str, value: Mapping[str, object]) -> None:
        self.faults.extend_with(id, unknown_fields([name for name in value if name not in self._known], self._known))

    def _say_type(self, id: str, name: object) -> None:
        if name is None:
            self.faults.add(id, "field_missing", field="type")
        else:
            self.faults.append(Fault(id, text_fault("type", name, list(KINDS))))

    def _check_decrease(self, target: Target) -> None:
        """A target of what should decrease is a level, and needs the one to start from."""
        kpi = self.names.kpis[target.kpi_key]
        has_baseline = target.baseline_value is not None or (
            is_everything(target.dimension) and kpi.baseline_value is not None
        )
        if not has_baseline and kpi.direction is Direction.DECREASE and target.target_value >= 0:
            params = {"key": kpi.key, "field": "target_value", "value": target.target_value}
            self.faults.add(target.id, "decrease_without_baseline", **params)


class ProblemBuilder:
    """Puts a problem together out of its parts, and collects what is wrong with what they say of each other.

    Parts come in the order KPIs, capacities, candidates, others, objective, rows; each is of its type already.
    """

    def __init__(self) -> None:
        self.faults = Faults()
        self.kpis: dict[str, Kpi] = {}
        self.candidates: dict[str, Candidate] = {}
        self._places: dict[str, str] = {}
        self._constraints: list[Constraint] = []
        self._targets: list[Target] = []
        self._capacity: float | None = None
        self._capacities: dict[str, float] = {}
        self._resources: frozenset[str] = frozenset({TOKENS})
        self._outside: frozenset[str] = frozenset()
        self._delivered: frozenset[str] = frozenset()
        self._objective: Objective | None = None

    def add_kpi(self, kpi: Kpi, place: str) -> None:
        if not kpi.key:
            return
        if kpi.key in self.kpis:
            self.faults.add(place, "kpi_twice", key=kpi.key)
            return
        if kpi.level is None:
            # A KPI with a wrong word is kept under its name, so that what refers to it is not reported as well.
            kpi = Kpi(key=kpi.key, level=KpiLevel.STRATEGIC)
        self.kpis[kpi.key] = kpi

    def check_north_star(self) -> None:
        stars = [key for key, kpi in self.kpis.items() if kpi.level is KpiLevel.NORTH_STAR]
        if not stars:
            self.faults.add("kpis", "problem_no_north_star")
        elif len(stars) > 1:
            self.faults.add("kpis", "north_stars", count=len(stars), keys=stars)

    def set_capacities(self, capacity: float | None, capacities: Mapping[str, float], named: object = None) -> None:
        """`named` has the names of further resources where not all of their numbers could be read."""
        for name in capacities:
            if name == TOKENS or not name.strip():
                self.faults.add("capacities", "reserved_resource", value=name)
        self._capacity, self._capacities = capacity, dict(capacities)
        names = named if isinstance(named, Mapping) else capacities
        self._resources = frozenset({TOKENS, *(name for name in names if isinstance(name, str))})

    def add_candidate(self, candidate: Candidate, place: str, given: Mapping[str, object] | None = None) -> None:
        """`given` has the names of KPIs, dimensions and resources where not all of their values could be read."""
        key = candidate.key
        if not key:
            return
        if key in self.candidates:
            self.faults.add(place, "candidate_twice", key=key, first=self._places[key])
            return
        self.candidates[key], self._places[key] = candidate, place
        kpis, dimensions, resources = (
            _names(given, name) if given is not None else getattr(candidate, name)
            for name in ("contributions", "dimensions", "resources")
        )
        for kpi in kpis:
            if kpi not in self.kpis:
                params = {"value": kpi, "field": "contributions", "hint": hint(str(kpi), self.kpis)}
                self.faults.add(f"{place} ({key})", "unknown_problem_kpi", **params)
        for name in dimensions:
            if name not in DIMENSIONS:
                self.faults.add(
                    f"{place} ({key})", "unknown_problem_dimension", value=name, hint=hint(str(name), DIMENSIONS)
                )
        for resource in resources:
            if resource == TOKENS:
                self.faults.add(f"{place} ({key})", "tokens_in_resources")
            elif resource not in self._resources:
                self.faults.add(f"{place} ({key})", "no_capacity_of_resource", value=resource)

    @property
    def tokens_of(self) -> dict[str, float | None]:
        """The tokens of every candidate, by key."""
        return {key: candidate.tokens for key, candidate in self.candidates.items()}

    def set_others(self, outside: Iterable[str], delivered: Iterable[str]) -> None:
        """The known initiatives that are no candidates, and those of them that are done."""
        self._outside, self._delivered = frozenset(outside), frozenset(delivered)
        for group, keys in (("outside", self._outside), ("delivered", self._delivered)):
            for key in sorted(keys & self.candidates.keys()):
                self.faults.add(group, "candidate_and", key=key, group=group)

    def set_objective(self, objective: Objective | None) -> None:
        self._objective = objective

    def check_weights(self, weights: Mapping[str, float], names: Iterable[str], *, is_read: bool = True) -> None:
        """`names` has the KPIs also of those weights that could not be read."""
        for kpi in names:
            is_read = self.check_objective_kpi("objective", "weights", kpi) and is_read
        if is_read and not any(weights.values()):
            self.faults.add("objective", "no_weight")

    def check_objective_kpi(self, id: str, field: str, key: str) -> bool:
        """Whether a KPI can be maximised; a fault where it can't."""
        if key not in self.kpis:
            self.faults.add(id, "unknown_problem_kpi", value=key, field=field, hint=hint(str(key), self.kpis))
        elif self.kpis[key].level not in CONTRIBUTABLE:
            self.faults.add(id, "supporting_in_objective", field=field, key=key)
        else:
            return True
        return False

    def rows(self) -> RowReader:
        """What reads the rows, once everything is there that they may refer to."""
        return RowReader(Names(self.kpis, self.tokens_of, self._outside, self._delivered, self._resources), self.faults)

    def add_constraint(self, row: Constraint | None) -> None:
        if row is not None:
            self._constraints.append(row)

    def add_target(self, row: Target | None) -> None:
        if row is not None:
            self._targets.append(row)

    def problem(self, *, unnamed: Iterable[str] = ()) -> Problem:
        """The problem. Raises InvalidProblem where there were faults."""
        if self.faults or self._capacity is None or self._objective is None:
            raise InvalidProblem(self.faults)
        return Problem(
            candidates=tuple(self.candidates.values()),
            kpis=tuple(self.kpis.values()),
            capacity=self._capacity,
            capacities=self._capacities,
            objective=self._objective,
            constraints=tuple(self._constraints),
            targets=tuple(self._targets),
            outside=self._outside,
            delivered=self._delivered,
            unnamed=frozenset(unnamed),
        )

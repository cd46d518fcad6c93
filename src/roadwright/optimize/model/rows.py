"""One constraint or target of a Problem JSON to a validated row; what is wrong with it by itself becomes faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from roadwright.domain.kpis import Direction
from roadwright.domain.optimization import (
    CAPACITY_ID,
    CONSTRAINT_FIELDS,
    TOKENS,
    ConstraintFields,
    ConstraintType,
    Dimension,
    TargetKind,
    parse_dimension,
)
from roadwright.domain.text import folded
from roadwright.optimize.model.fields import Fields, nearest, shown
from roadwright.optimize.model.problem import Constraint, Fault, Kpi, Target

CONSTRAINT_ROW = frozenset({"type", "id"}).union(*(rule.needs | rule.may_have for rule in CONSTRAINT_FIELDS.values()))
TARGET_ROW = frozenset(["dimension", "dimension_key", "kpi_key", "target_value", "baseline_value", "type", "id"])


@dataclass(frozen=True, slots=True)
class Names:
    """What rows may refer to. `tokens_of` has every candidate, with None where its tokens are missing."""

    kpis: Mapping[str, Kpi]
    tokens_of: Mapping[str, float | None]
    outside: frozenset[str]
    delivered: frozenset[str]
    resources: Collection[str]

    def knows(self, initiative: str) -> bool:
        return initiative in self.tokens_of or initiative in self.outside or initiative in self.delivered


class RowReader:
    """Reads the rows of one problem, and remembers their ids, which must be unique."""

    def __init__(self, names: Names, faults: list[Fault]) -> None:
        self.names = names
        self.faults = faults
        self.places: dict[str, str] = {}

    def _open(self, value: object, default_id: str, known: frozenset[str]) -> tuple[Fields, bool]:
        fields = Fields(value, default_id, self.faults, known=known)
        given = fields.text("id")
        fields.id = given or default_id
        if fields.id in self.places:
            fields.fault(f"the id of {self.places[fields.id]} is used again by {default_id}; ids must differ")
        if fields.id == CAPACITY_ID or fields.id.startswith(f"{CAPACITY_ID}:"):
            fields.fault(f"the id {shown(fields.id)} is kept for the total capacity; give {default_id} another one")
        self.places.setdefault(fields.id, default_id)
        return fields, given is not None

    def constraint(self, value: object, place: int) -> Constraint | None:
        fields, has_own_id = self._open(value, f"constraints[{place}]", CONSTRAINT_ROW)
        if not isinstance(value, Mapping):
            return None
        before = len(self.faults)
        kind = fields.word("type", ConstraintType)
        if kind is None:
            return None
        rule = CONSTRAINT_FIELDS[kind]
        used = rule.needs | rule.may_have | {"type", "id"}
        unused = fields.unused(used)
        if rule.key_is_initiative and str(unused.get("dimension")).strip().lower() == Dimension.INITIATIVE:
            del unused["dimension"]
        values = Fields({n: v for n, v in fields.values.items() if n in used}, fields.id, self.faults, known=used)
        dimension_key = values.text("dimension_key", required=True)
        members = values.texts("members", required="members" in rule.needs)
        constraint = Constraint(
            id=fields.id,
            has_own_id=has_own_id,
            type=kind,
            dimension=values.text("dimension", required="dimension" in rule.needs),
            dimension_key=dimension_key or "",
            members=members or (),
            min_tokens=values.number("min_tokens", required="min_tokens" in rule.needs),
            max_tokens=values.number("max_tokens", required="max_tokens" in rule.needs),
            resource=values.text("resource") or TOKENS,
            kpi_key=values.text("kpi_key", required="kpi_key" in rule.needs),
            bonus_value=values.number("bonus_value", required="bonus_value" in rule.needs, negative=True),
            min_count=values.count("min_count"),
            max_count=values.count("max_count"),
            reason=values.text("reason"),
            unused=unused,
        )
        if members is not None:
            self._check_members(fields, constraint, rule)
        self._check_constraint(fields, constraint, rule)
        return constraint if len(self.faults) == before else None

    def _check_constraint(self, fields: Fields, row: Constraint, rule: ConstraintFields) -> None:
        if rule.key_is_slice and row.dimension and row.dimension_key:
            self._check_slice(fields, row.dimension, row.dimension_key)
        if rule.key_is_initiative and row.dimension_key:
            self._check_initiative(fields, "dimension_key", row.dimension_key)
        if row.resource not in self.names.resources:
            fields.fault(f"unknown resource {shown(row.resource)}{nearest(row.resource, self.names.resources)}")
        if row.kpi_key is not None:
            self._check_kpi(fields, row.kpi_key)
        self._check_limits(fields, row, rule)
        if row.type is ConstraintType.MANDATORY and row.dimension_key:
            self._check_mandatory(fields, row.dimension_key)

    def _check_limits(self, fields: Fields, row: Constraint, rule: ConstraintFields) -> None:
        low, high = fields.values.get("min_tokens"), fields.values.get("max_tokens")
        if rule.key_is_slice and isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            fields.fault(f"min_tokens ({shown(low)}) is above max_tokens ({shown(high)})")
        if rule.needs_one_of and not any(name in fields.values for name in rule.needs_one_of):
            fields.fault(f"{' or '.join(rule.needs_one_of)} is missing")
        if row.min_count is not None:
            if row.max_count is not None and row.min_count > row.max_count:
                fields.fault(f"min_count ({row.min_count}) is above max_count ({row.max_count})")
            if row.members and row.min_count > len(row.members):
                fields.fault(f"min_count ({row.min_count}) is above the number of members ({len(row.members)})")

    def _check_members(self, fields: Fields, row: Constraint, rule: ConstraintFields) -> None:
        members = row.members
        if len(members) < rule.min_members:
            fields.fault(f"members must name at least {rule.min_members}, and {_names(members)}")
        if rule.max_members is not None and len(members) > rule.max_members:
            fields.fault(f"members must name {rule.max_members}, and {_names(members)}; use one row for each")
        for member, times in Counter(members).items():
            if times > 1:
                fields.fault(f"members name {shown(member)} twice")
        if rule.key_is_initiative and row.dimension_key in members:
            fields.fault(f"{shown(row.dimension_key)} is among its own members")
        for member in dict.fromkeys(members):
            self._check_initiative(fields, "members", member)

    def _check_mandatory(self, fields: Fields, key: str) -> None:
        if key in self.names.delivered:
            return
        if key in self.names.outside:
            fields.fault(f"{shown(key)} is mandatory, but it is not a candidate; add it, or drop this row")
        elif key in self.names.tokens_of and self.names.tokens_of[key] is None:
            fields.fault(f"{shown(key)} is mandatory, but its tokens are missing; fill them in, or drop this row")

    def _check_initiative(self, fields: Fields, field: str, key: str) -> None:
        if not self.names.knows(key):
            fields.fault(f"unknown initiative {shown(key)} in {field}{nearest(key, self.names.tokens_of)}")

    def _check_kpi(self, fields: Fields, key: str) -> None:
        if key not in self.names.kpis:
            fields.fault(f"unknown KPI {shown(key)} in kpi_key{nearest(key, self.names.kpis)}")

    def _check_slice(self, fields: Fields, dimension: str, key: str) -> None:
        try:
            parts = parse_dimension(dimension)
        except ValueError as error:
            fields.fault(str(error))
            return
        if parts == (Dimension.ALL,) and key.strip().lower() != Dimension.ALL:
            fields.fault(f"dimension all goes with the dimension_key all, not {shown(key)}")
        pieces = [piece.strip() for piece in key.split("+")]
        if len(parts) > 1 and (len(pieces) < len(parts) or not all(pieces)):
            fields.fault(
                f"dimension_key {shown(key)} must have a value for each part of {shown(dimension)}, joined by +"
            )
        elif parts == (Dimension.INITIATIVE,):
            self._check_initiative_slice(fields, key)
        elif Dimension.INITIATIVE in parts and len(pieces) == len(parts):
            self._check_initiative_slice(fields, pieces[parts.index(Dimension.INITIATIVE)])

    def _check_initiative_slice(self, fields: Fields, key: str) -> None:
        names = self.names
        wanted = folded(key)
        if not names.knows(key) and not any(
            wanted == folded(name) for group in (names.tokens_of, names.outside, names.delivered) for name in group
        ):
            self._check_initiative(fields, "dimension_key", key)

    def target(self, value: object, place: int) -> Target | None:
        fields, has_own_id = self._open(value, f"targets[{place}]", TARGET_ROW)
        if not isinstance(value, Mapping):
            return None
        before = len(self.faults)
        dimension = fields.text("dimension", required=True)
        dimension_key = fields.text("dimension_key", required=True)
        kpi_key = fields.text("kpi_key", required=True)
        target_value = fields.number("target_value", required=True, negative=True)
        baseline = fields.number("baseline_value", negative=True)
        kind = fields.word("type", TargetKind)
        if dimension and dimension_key:
            self._check_slice(fields, dimension, dimension_key)
        if kpi_key is not None:
            self._check_kpi(fields, kpi_key)
        if dimension is None or dimension_key is None or kpi_key is None or target_value is None or kind is None:
            return None
        if len(self.faults) > before:
            return None
        target = Target(fields.id, has_own_id, dimension, dimension_key, kpi_key, target_value, baseline, kind)
        self._check_decrease(fields, target, "baseline_value" in fields.values)
        return target

    def _check_decrease(self, fields: Fields, target: Target, has_baseline: bool) -> None:
        kpi = self.names.kpis[target.kpi_key]
        everything = parse_dimension(target.dimension) == (Dimension.ALL,)
        if has_baseline or (everything and kpi.baseline_value is not None):
            return
        if kpi.direction is Direction.DECREASE and target.target_value >= 0:
            fields.fault(
                f"'{kpi.key}' should decrease, so its target is a level and needs a baseline_value; without one, "
                f"target_value is the change wanted and must be below 0, not {shown(target.target_value)}"
            )


def _names(members: tuple[str, ...]) -> str:
    return f"names {len(members)}" if members else "names none"

"""Rows of Constraints and Targets as rules of the optimizer: their fields, their ids, their places in a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.domain.optimization import parse_dimension
from roadwright.domain.registry import Registry
from roadwright.optimize import Constraint, RowReader, Target, ordered_constraints, ordered_targets
from roadwright.optimize.constraints import Mandatory
from roadwright.services.portfolios.candidates import RuleOwners
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.store.models import OptimizationConstraint, OptimizationTarget

FIELD_OF_COLUMN = {"constraint_type": "type", "floor_or_goal": "type", "member_keys": "members"}
"""The optimizer's names of the columns that it names differently."""
_NO_FIELDS = frozenset({"scenario_name", "constraint_set_name", "notes"})
"""Columns of a rule's row that say nothing of the rule."""

Row = TypeVar("Row", Constraint, Target)
Stored = TypeVar("Stored", OptimizationConstraint, OptimizationTarget)


def rule_columns(spec: TabSpec) -> tuple[str, ...]:
    """The columns of Constraints or Targets that people fill in."""
    return tuple(column.name for column in spec.owned(Owner.INPUT))


def rule_fields(spec: TabSpec, values: Mapping[str, object], registry: Registry) -> dict[str, object]:
    """A row of Constraints or Targets in the optimizer's fields.

    Keys of initiatives and KPIs are in the spelling that the database has.
    """
    fields: dict[str, object] = {}
    for column in rule_columns(spec):
        value = values.get(column)
        if value is None or column in _NO_FIELDS:
            continue
        if column == "member_keys" and isinstance(value, list):
            value = [canonical_key(str(key)) or str(key) for key in value]
        elif column == "dimension_key":
            value = canonical_key(str(value)) or str(value)
        elif column == "kpi_key":
            kpi = registry.resolve(str(value))
            value = kpi.key if kpi is not None else str(value)
        fields[FIELD_OF_COLUMN.get(column, column)] = value
    return fields


@dataclass
class RuleSet:
    """The rules of a run, and by their id where each stands in a sheet, and the row that it is stored as."""

    constraints: list[Constraint] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    stored: dict[str, OptimizationConstraint | OptimizationTarget] = field(default_factory=dict)


def read_rules(reader: RowReader, owners: RuleOwners, registry: Registry) -> RuleSet:
    """The rules of a set. What is wrong becomes faults of the reader, at the place of the row."""
    constraints: list[Constraint] = []
    targets: list[Target] = []
    rules = RuleSet()
    at: dict[str, OptimizationConstraint | OptimizationTarget] = {}
    for place, stored in _placed(tabs.CONSTRAINTS, owners.constraints):
        at[place] = stored
        constraint = reader.constraint(rule_fields(tabs.CONSTRAINTS, _values(stored), registry), place)
        constraints += [] if constraint is None else [constraint]
    for place, row in _placed(tabs.TARGETS, owners.targets):
        at[place] = row
        target = reader.target(rule_fields(tabs.TARGETS, _values(row), registry), place)
        targets += [] if target is None else [target]
    rules.constraints = _with_own_ids(ordered_constraints(constraints), rules, at)
    rules.targets = _with_own_ids(ordered_targets(targets), rules, at)
    return rules


def add_locks(rules: RuleSet, reader: RowReader, locks: Mapping[str, str], reason: str) -> None:
    """Each locked initiative, with the place of its lock, as a rule."""
    for key, place in locks.items():
        lock = reader.check(Mandatory(id=place, dimension_key=key, reason=reason))
        if lock is not None:
            id = f"lock:{key}"
            rules.constraints.append(replace(lock, id=id))
            rules.places[id] = place


def _values(row: OptimizationConstraint | OptimizationTarget) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _placed(spec: TabSpec, rows: Sequence[Stored]) -> Iterator[tuple[str, Stored]]:
    """Rows with the place of each in the sheet, or in the set where that is not known."""
    taken: set[str] = set()
    for number, row in enumerate(rows):
        place = f"{spec.name}!{row.sheet_row}"
        if row.sheet_row is None or place in taken:
            place = f"{spec.name}[{number}]"
        taken.add(place)
        yield place, row


def content_id(row: Constraint | Target) -> str:
    """What names a rule by its content: ``capacity_cap:country:UK``, ``require_prereq:INIT-000006``."""
    if isinstance(row, Target):
        return f"target_{row.type}:{_part(row.dimension, row.dimension_key)}:{row.kpi_key}"
    part = row.part
    return f"{row.type}:{row.dimension_key if part is None else _part(part.dimension, part.dimension_key)}"


def _part(dimension: str, dimension_key: str) -> str:
    return f"{'+'.join(parse_dimension(dimension))}:{dimension_key}"


def _with_own_ids(
    rows: Sequence[Row], rules: RuleSet, at: Mapping[str, OptimizationConstraint | OptimizationTarget]
) -> list[Row]:
    """Rules, whose ids are places so far, under ids by their content: ``#2`` is the second one of several alike.

    They come in the order of their content, so that ids don't depend on where rows stand.
    """
    times: Counter[str] = Counter()
    named = []
    for row in rows:
        id = content_id(row)
        times[id] += 1
        id = id if times[id] == 1 else f"{id}#{times[id]}"
        rules.stored[id] = at[row.id]
        if "!" in row.id:
            rules.places[id] = row.id
        named.append(replace(row, id=id))
    return named


def named_initiatives(rules: RuleSet) -> set[str]:
    """What rules may name: keys of initiatives, and whatever else stands in their place."""
    rows: list[Constraint | Target] = [*rules.constraints, *rules.targets]
    named = {part for row in rows for part in row.dimension_key.split("+")}
    named.update(key for row in rules.constraints for key in row.member_keys)
    return named

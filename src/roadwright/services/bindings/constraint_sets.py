"""Constraints and Targets: rows of a set, of one scenario or of all that name it, saved set by set.

They are judged by the optimizer's own rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.messages import Level, Message
from roadwright.domain.optimization import TOKENS
from roadwright.domain.registry import Registry, nearest
from roadwright.domain.text import folded
from roadwright.optimize import Constraint, Fault, Faults, Names, RowReader
from roadwright.optimize.constraints import KINDS
from roadwright.optimize.model.schema import fields_of
from roadwright.services.bindings.initiatives import all_keys
from roadwright.services.portfolios.problem import problem_kpi
from roadwright.services.portfolios.rules import FIELD_OF_COLUMN, rule_columns, rule_fields
from roadwright.services.rows.binding import Defaults, Edit, Values
from roadwright.services.rows.identity import Identity, identity_of
from roadwright.services.rows.notes import Notes
from roadwright.sheets.spec import TabSpec
from roadwright.store.clock import now
from roadwright.store.kpis import load_registry
from roadwright.store.models import OptimizationConstraint, OptimizationConstraintSet, OptimizationTarget

SetRow = OptimizationConstraint | OptimizationTarget
_ROW = "row"
"""What a single row is called while it is judged."""
_REMARKS = ("reason", "notes")
"""What a rule says beside what it demands."""


_CELLS = {
    **dict.fromkeys(("unknown_dimension", "dimension_part_twice", "dimension_joins_all"), "dimension"),
    "all_of_all": "dimension_key",
    "own_member": "member_keys",
    "above_members": "min_count",
}
"""The cell that a message is about which names none."""


def _about_its_cell(said: Message, spec: TabSpec) -> Message:
    """The message with the column in front that it is about, where it says so."""
    named = said.params.get("field") or said.params.get("low_field") or said.params.get("fields")
    column = str(named).partition(" or ")[0] if named else _CELLS.get(said.code)
    return said.about(str(column)) if said.column is None and column in spec.by_name else said


class RuleSetBinding(Defaults):
    """What Constraints and Targets have in common. An instance serves one pass."""

    spec: ClassVar[TabSpec]
    model: ClassVar[type[OptimizationConstraint | OptimizationTarget]]

    def __init__(self) -> None:
        self._known: tuple[Registry, frozenset[str]] | None = None
        self._owners: dict[Identity, OptimizationConstraintSet] | None = None
        self._index: dict[Identity, tuple[OptimizationConstraintSet, SetRow]] | None = None

    def read_rule(self, reader: RowReader, rule: Mapping[str, object]) -> list[Message]:
        """Judge one rule; returns what deserves a warning."""
        raise NotImplementedError

    def _sets(self, session: Session) -> dict[Identity, OptimizationConstraintSet]:
        if self._owners is None:
            rows = session.scalars(select(OptimizationConstraintSet))
            self._owners = {(folded(row.scenario_name), folded(row.constraint_set_name)): row for row in rows}
        return self._owners

    def _members(self, row: OptimizationConstraintSet) -> list[SetRow]:
        return list(row.constraints if self.model is OptimizationConstraint else row.targets)

    def _values(self, row: OptimizationConstraintSet, member: SetRow) -> dict[str, object]:
        own = {name: getattr(member, name) for name in rule_columns(self.spec) if hasattr(member, name)}
        return {"scenario_name": row.scenario_name or None, "constraint_set_name": row.constraint_set_name, **own}

    def _rows(self, session: Session) -> dict[Identity, tuple[OptimizationConstraintSet, SetRow]]:
        """All stored rows of all sets by identity."""
        if self._index is None:
            self._index = {
                identity_of(self.spec.identity, self._values(owner, member)): (owner, member)
                for owner in self._sets(session).values()
                for member in self._members(owner)
            }
        return self._index

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self._rows(session)
        return {identity: self._values(*rows[identity]) for identity in identities if identity in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self._rows(session))

    def known(self, session: Session) -> tuple[Registry, frozenset[str]]:
        """The KPI registry and every initiative's key."""
        if self._known is None:
            self._known = load_registry(session), frozenset(all_keys(session))
        return self._known

    def holds_back(self, column: str, stored: Values | None, changes: Collection[str]) -> bool:  # noqa: ARG002
        """Without one of its parts a new rule is another one."""
        return stored is None and column not in _REMARKS and column in rule_columns(self.spec)

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        registry, keys = self.known(session)
        faults = Faults()
        kpis = {kpi.key: problem_kpi(kpi) for kpi in registry.active}
        # Whether a known initiative is a candidate is judged when something runs, so all of them pass for delivered.
        names = Names(kpis, {}, frozenset(), keys, {TOKENS})
        rule = rule_fields(self.spec, values, registry)
        notes.add(*self.read_rule(RowReader(names, faults), rule))
        of_columns = (_about_its_cell(fault.said.renamed(self._columns, "field"), self.spec) for fault in faults)
        notes.add(*(replace(message, severity=Level.FAILED) for message in of_columns))
        key = values.get("kpi_key")
        if key is not None and registry.resolve(str(key)) is None and not faults:
            notes.fail("unknown_kpi_of_config", "kpi_key", value=key, hint=nearest(str(key), registry.kpis))

    @property
    def _columns(self) -> dict[str, str]:
        """The tab's columns by the optimizer's names of them, where these differ."""
        return {field: column for column, field in FIELD_OF_COLUMN.items() if column in self.spec.by_name}

    def save(self, session: Session, edit: Edit) -> None:
        sets = self._sets(session)
        set_identity = identity_of(self.spec.set_identity, edit.values)
        owner = sets.get(set_identity)
        if owner is None:
            owner = OptimizationConstraintSet(
                scenario_name=str(edit.values.get("scenario_name") or ""),
                constraint_set_name=str(edit.values["constraint_set_name"]),
                created_at=now(),
                constraints=[],
                targets=[],
            )
            session.add(owner)
            sets[set_identity] = owner
        _, member = self._rows(session).get(edit.identity, (owner, None))
        if member is None:
            member = self.model(created_at=now())
            self._add(owner, member)
            self._rows(session)[edit.identity] = owner, member
        for name in rule_columns(self.spec):
            if name not in self.spec.set_identity:
                setattr(member, name, edit.values.get(name))
        member.updated_at, member.updated_source = edit.row_version, edit.source

    def _add(self, owner: OptimizationConstraintSet, member: SetRow) -> None:
        if isinstance(member, OptimizationConstraint):
            owner.constraints.append(member)
        else:
            owner.targets.append(member)

    def remove(self, session: Session, identity: Identity) -> None:
        owner, member = self._rows(session).pop(identity)
        if isinstance(member, OptimizationConstraint):
            owner.constraints.remove(member)
        else:
            owner.targets.remove(member)

    def remember_rows(self, session: Session, places: Mapping[Identity, int]) -> None:
        """Keep in which row of the sheet each rule stands now; the row numbers name it in a run's answer."""
        for identity, (_, member) in self._rows(session).items():
            number = places.get(identity)
            if number is not None and member.sheet_row != number:
                member.sheet_row = number


_BLANK = frozenset({"field_missing", "field_blank", "field_one_missing", "rule_reason_blank"})
"""What is said of a cell that a row needs and that is blank."""


def needed_cells(kind: type[Constraint]) -> list[str]:
    """The columns of Constraints that a row of this kind needs, in their order."""
    needed = {name for name, field in fields_of(kind).items() if field.is_required()}
    needed |= {"reason"} if kind.needs_reason else set()
    columns = rule_columns(tabs.CONSTRAINTS)
    named = [column for column in columns if FIELD_OF_COLUMN.get(column, column) in needed]
    return [*named, *([" or ".join(kind.needs_one_of)] if kind.needs_one_of else [])]


class ConstraintsBinding(RuleSetBinding):
    """Which portfolios are allowed."""

    spec = tabs.CONSTRAINTS
    model = OptimizationConstraint

    def read_rule(self, reader: RowReader, rule: Mapping[str, object]) -> list[Message]:
        constraint = reader.constraint(rule, _ROW)
        kind = KINDS.get(str(rule.get("type")))
        if kind is not None and kind.needs_reason and not rule.get("reason"):
            reader.faults.append(Fault(_ROW, Message("rule_reason_blank", column="reason", params={"type": kind.type})))
        if kind is not None and any(fault.said.code in _BLANK for fault in reader.faults):
            needed = needed_cells(kind)
            reader.faults.append(Fault(_ROW, Message("cells_of_rule", params={"type": kind.type, "needed": needed})))
        if constraint is None or not constraint.unused:
            return []
        names = {field: column for column, field in FIELD_OF_COLUMN.items() if column != "floor_or_goal"}
        unused = [names.get(name, name) for name in sorted(constraint.unused)]
        return [Message("unused_by_rule", Level.WARNING, params={"columns": unused, "type": str(constraint.type)})]


class TargetsBinding(RuleSetBinding):
    """KPI levels to reach."""

    spec = tabs.TARGETS
    model = OptimizationTarget

    def read_rule(self, reader: RowReader, rule: Mapping[str, object]) -> list[Message]:
        reader.target(rule, _ROW)
        return []

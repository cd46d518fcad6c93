"""MathModels and Params: the formulas of initiatives, and the values behind their names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.sheets.numbers import tidy
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.store.clock import now
from roadwright.store.models import Initiative, InitiativeMathModel, InitiativeParam
from roadwright.sync.binding import Defaults, Edit, Refused, Values
from roadwright.sync.identity import Identity, identity_of
from roadwright.sync.initiatives import all_initiatives, stamp
from roadwright.sync.product_ops import known_initiative
from roadwright.sync.statuses import Notes

Part = InitiativeMathModel | InitiativeParam


class PartsBinding(Defaults):
    """Rows that belong to an initiative: what MathModels and Params have in common. An instance serves one pass."""

    spec: ClassVar[TabSpec]

    def __init__(self) -> None:
        self._index: dict[Identity, tuple[Initiative, Part]] | None = None

    def stored(self, session: Session) -> Sequence[Part]:
        """All stored rows, in the order in which they came."""
        raise NotImplementedError

    def rows(self, session: Session) -> dict[Identity, tuple[Initiative, Part]]:
        """All stored rows by identity, each with its initiative."""
        if self._index is None:
            rows = self.stored(session)
            owners = {i.id: i for i in all_initiatives(session)} if rows else {}
            self._index = {
                identity_of(self.spec.identity, self._values(owners[row.initiative_id], row)): (
                    owners[row.initiative_id],
                    row,
                )
                for row in rows
            }
        return self._index

    def _values(self, initiative: Initiative, row: Part) -> dict[str, object]:
        own = {c.name: getattr(row, c.name) for c in self.spec.columns if hasattr(row, c.name)}
        return {**own, "initiative_key": initiative.initiative_key}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self.rows(session)
        return {identity: self._values(*rows[identity]) for identity in identities if identity in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self.rows(session))

    def new_row(self, initiative: Initiative) -> Part:
        raise NotImplementedError

    def save(self, session: Session, edit: Edit) -> None:
        initiative = known_initiative(session, edit.values.get("initiative_key"))
        _, row = self.rows(session).get(edit.identity, (initiative, None))
        if row is None:
            row = self.new_row(initiative)
            session.add(row)
            self.rows(session)[edit.identity] = initiative, row
        for column in self.spec.owned(Owner.INPUT):
            if column.name != "initiative_key" and (edit.is_new or column.name in edit.changes):
                setattr(row, column.name, edit.values.get(column.name))
        row.updated_at, row.updated_source = edit.mark, edit.source
        stamp(initiative, edit.mark, edit.source)


def _known(session: Session, values: Values, notes: Notes) -> None:
    try:
        known_initiative(session, values.get("initiative_key"))
    except Refused as refusal:
        notes.failed.extend(refusal.messages)


class MathModelsBinding(PartsBinding):
    """Formulas for what an initiative brings to a KPI."""

    spec = tabs.MATH_MODELS

    def stored(self, session: Session) -> Sequence[Part]:
        return list(session.scalars(select(InitiativeMathModel).order_by(InitiativeMathModel.id)))

    def new_row(self, initiative: Initiative) -> InitiativeMathModel:
        return InitiativeMathModel(initiative_id=initiative.id, created_at=now())

    def examine(self, session: Session, values: Values, notes: Notes) -> None:
        _known(session, values, notes)


class ParamsBinding(PartsBinding):
    """The values behind the formulas' names."""

    spec = tabs.PARAMS

    def stored(self, session: Session) -> Sequence[Part]:
        return list(session.scalars(select(InitiativeParam).order_by(InitiativeParam.id)))

    def new_row(self, initiative: Initiative) -> InitiativeParam:
        return InitiativeParam(initiative_id=initiative.id, created_at=now(), is_auto_seeded=False)

    def examine(self, session: Session, values: Values, notes: Notes) -> None:
        _known(session, values, notes)
        low, high, value = (values.get(name) for name in ("min", "max", "value"))
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            notes.failed.append(f"min: {tidy(float(low))} is above max {tidy(float(high))}; mend one of them")
            return
        if isinstance(value, int | float):
            if isinstance(low, int | float) and value < low:
                notes.failed.append(f"value: {tidy(float(value))} is below min, {tidy(float(low))}")
            if isinstance(high, int | float) and value > high:
                notes.failed.append(f"value: {tidy(float(value))} is above max, {tidy(float(high))}")

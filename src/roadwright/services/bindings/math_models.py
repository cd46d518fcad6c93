"""MathModels and Params: the formulas of initiatives, and the values behind their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from roadwright import tabs
from roadwright.domain.chains import ChainError, chain_json, check_chain, parse_chain
from roadwright.domain.formulas import FormulaError, increment_warning, parse_formula
from roadwright.domain.math_models import says_increment, suggested_chain, suggested_formula
from roadwright.domain.messages import Message
from roadwright.domain.registry import Registry, UnknownKpi, nearest
from roadwright.domain.shown import tidy
from roadwright.services.bindings.initiatives import all_initiatives, load_initiatives, stamp
from roadwright.services.bindings.product_ops import known_initiative
from roadwright.services.rows.binding import Defaults, Edit, Refused, Values
from roadwright.services.rows.identity import Identity, identity_of
from roadwright.services.rows.notes import Notes
from roadwright.services.rows.results import TypedRow
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sheets.values import Percent
from roadwright.store.clock import now
from roadwright.store.kpis import load_drivers, load_registry
from roadwright.store.models import Initiative, InitiativeMathModel, InitiativeParam
from roadwright.store.queries import chunks

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
        load_initiatives(session, (identity[0] for identity in identities))  # which examining and saving ask for
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
        row.updated_at, row.updated_source = edit.row_version, edit.source
        stamp(initiative, edit.row_version, edit.source)


def _known(session: Session, values: Values, notes: Notes) -> None:
    try:
        known_initiative(session, values.get("initiative_key"))
    except Refused as refusal:
        notes.add(*refusal.messages)


class MathModelsBinding(PartsBinding):
    """Formulas for what an initiative brings to a KPI.

    ``rows`` are all of the tab that is saved: whether an initiative has one primary model is seen on all of them.
    """

    spec = tabs.MATH_MODELS

    def __init__(self, rows: Iterable[TypedRow] = ()) -> None:
        super().__init__()
        self._rows_at_hand = rows
        self._known: tuple[Registry, dict[str, tuple[str, ...]]] | None = None
        self._primaries: dict[str, set[Identity]] | None = None
        self._increments_of: dict[Identity, list[str]] | None = None
        self._changed: dict[int, Initiative] = {}
        """The initiatives of which a model was saved."""

    def stored(self, session: Session) -> Sequence[Part]:
        return list(session.scalars(select(InitiativeMathModel).order_by(InitiativeMathModel.id)))

    def new_row(self, initiative: Initiative) -> InitiativeMathModel:
        return InitiativeMathModel(initiative_id=initiative.id, created_at=now())

    def known(self, session: Session) -> tuple[Registry, dict[str, tuple[str, ...]]]:
        """The KPI registry, and which KPI drives which."""
        if self._known is None:
            self._known = load_registry(session), load_drivers(session)
        return self._known

    def _values(self, initiative: Initiative, row: Part) -> dict[str, object]:
        values = super()._values(initiative, row)
        values["suggested_formula_text"] = values["suggested_metric_chain_text"] = None
        if isinstance(row, InitiativeMathModel) and row.pattern and not row.formula_text:
            values["suggested_formula_text"] = suggested_formula(row.pattern)
            session = object_session(row)
            if session is not None and not row.metric_chain_text:
                _, drivers = self.known(session)
                values["suggested_metric_chain_text"] = suggested_chain(
                    row.immediate_kpi_key, row.target_kpi_key, drivers
                )
        return values

    def holds_back(self, column: str, stored: Values | None, changes: Collection[str]) -> bool:
        """Nobody approves the formula that is stored by approving another."""
        is_stored = stored is not None and stored.get(column) is not None
        return column == "formula_text" and is_stored and "approved_by_user" in changes

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        _known(session, values, notes)
        registry, _ = self.known(session)
        try:
            registry.contributable(str(values.get("target_kpi_key") or ""))
        except UnknownKpi as problem:
            notes.add(problem.message.about("target_kpi_key"))
        immediate = values.get("immediate_kpi_key")
        if immediate is not None and registry.resolve(str(immediate)) is None:
            hint = nearest(str(immediate), registry.kpis)
            params = {"value": immediate, "hint": hint}
            notes.fail_cell(Message("unknown_kpi_of_config", column="immediate_kpi_key", params=params))
        self._examine_chain(registry, values, notes)
        self._examine_formula(session, values, notes)
        self._examine_primary(session, values, notes)

    def _examine_chain(self, registry: Registry, values: Values, notes: Notes) -> None:
        text = values.get("metric_chain_text")
        if text is None:
            return
        try:
            chain = parse_chain(str(text))
        except ChainError as problem:
            notes.fail_cell(problem.message.about("metric_chain_text"))
            return
        immediate, target = values.get("immediate_kpi_key"), values.get("target_kpi_key")
        found = check_chain(chain, _text(immediate), _text(target), registry)
        notes.fail_cell(*(error for error in found.errors if error.code == "chain_circle"))
        notes.add(*found.errors, *found.warnings)

    def _examine_formula(self, session: Session, values: Values, notes: Notes) -> None:
        text = values.get("formula_text")
        if text is None:
            return
        try:
            formula = parse_formula(str(text))
        except FormulaError as problem:
            notes.fail_cell(problem.placed.about("formula_text"))
            return
        warning = increment_warning(formula, self._increments(session, values))
        if warning is not None:
            notes.add(warning.about("formula_text"))

    def _increments(self, session: Session, values: Values) -> list[str]:
        """The model's params whose unit, description or notes say that they are an increment."""
        if self._increments_of is None:
            self._increments_of = {}
            for identity, (_, row) in ParamsBinding().rows(session).items():
                if isinstance(row, InitiativeParam) and says_increment(row.unit, row.description, row.notes):
                    self._increments_of.setdefault(identity[:2], []).append(row.param_name)
        return self._increments_of.get(identity_of(("initiative_key", "model_name"), values), [])

    def _examine_primary(self, session: Session, values: Values, notes: Notes) -> None:
        if values.get("is_primary") is not True:
            return
        if self._primaries is None:
            self._primaries = self._find_primaries(session)
        mine = identity_of(self.spec.identity, values)
        others = self._primaries.get(mine[0], set()) - {mine}
        if others:
            names = sorted(identity[1] for identity in others)
            notes.fail("two_primary_models", "is_primary", models=names)

    def _find_primaries(self, session: Session) -> dict[str, set[Identity]]:
        """The primary models of each initiative: as the tab says, and as stored where it does not say."""
        is_primary = {
            identity: isinstance(row, InitiativeMathModel) and row.is_primary
            for identity, (_, row) in self.rows(session).items()
        }
        for row in self._rows_at_hand:
            if "is_primary" in row.values:
                is_primary[identity_of(self.spec.identity, row.values)] = row.values["is_primary"] is True
        found: dict[str, set[Identity]] = {}
        for identity, primary in is_primary.items():
            if primary:
                found.setdefault(identity[0], set()).add(identity)
        return found

    def save(self, session: Session, edit: Edit) -> None:
        super().save(session, edit)
        initiative, row = self.rows(session)[edit.identity]
        if isinstance(row, InitiativeMathModel):
            kpi = self.known(session)[0].resolve(row.target_kpi_key)
            row.target_kpi_key = kpi.key if kpi is not None else row.target_kpi_key
            text = row.metric_chain_text
            row.metric_chain_json = chain_json(parse_chain(text)) if text is not None else None
            self._changed[initiative.id] = initiative

    def show_primaries(self, session: Session) -> None:
        """Let the primary model's immediate KPI and chain stand on each initiative whose models were saved."""
        session.flush()
        primaries: dict[int, InitiativeMathModel] = {}
        for part in chunks(self._changed):
            found = select(InitiativeMathModel).where(
                InitiativeMathModel.initiative_id.in_(part), InitiativeMathModel.is_primary
            )
            primaries.update((model.initiative_id, model) for model in session.scalars(found))
        for number, initiative in self._changed.items():
            primary = primaries.get(number)
            initiative.immediate_kpi_key = primary.immediate_kpi_key if primary is not None else None
            initiative.metric_chain_json = primary.metric_chain_json if primary is not None else None
        session.flush()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class ParamsBinding(PartsBinding):
    """The values behind the formulas' names."""

    spec = tabs.PARAMS

    def __init__(self) -> None:
        super().__init__()
        self._used: dict[Identity, frozenset[str] | None] | None = None

    def stored(self, session: Session) -> Sequence[Part]:
        return list(session.scalars(select(InitiativeParam).order_by(InitiativeParam.id)))

    def new_row(self, initiative: Initiative) -> InitiativeParam:
        return InitiativeParam(initiative_id=initiative.id, created_at=now(), is_auto_seeded=False)

    def save(self, session: Session, edit: Edit) -> None:
        super().save(session, edit)
        _, row = self.rows(session)[edit.identity]
        if isinstance(row, InitiativeParam):
            _keep_percent(row, edit)

    def holds_back(self, column: str, stored: Values | None, changes: Collection[str]) -> bool:
        """A unit or an approval that came with a new value is not of the stored one."""
        is_stored = stored is not None and stored.get(column) is not None
        return column == "value" and is_stored and not {"unit", "approved"}.isdisjoint(changes)

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        _known(session, values, notes)
        self._examine_use(session, values, notes)
        low, high, value = (values.get(name) for name in ("min", "max", "value"))
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            notes.fail("min_above_max", "min", low=tidy(float(low)), high=tidy(float(high)))
            return
        if isinstance(value, int | float):
            if isinstance(low, int | float) and value < low:
                notes.fail("value_below_min", "value", value=tidy(float(value)), low=tidy(float(low)))
            if isinstance(high, int | float) and value > high:
                notes.fail("value_above_max", "value", value=tidy(float(value)), high=tidy(float(high)))

    def _examine_use(self, session: Session, values: Values, notes: Notes) -> None:
        """Warn of a param that its model's formula does not name (any more)."""
        if self._used is None:
            self._used = {
                identity: _names_in(row.formula_text)
                for identity, (_, row) in MathModelsBinding().rows(session).items()
                if isinstance(row, InitiativeMathModel)
            }
        of = identity_of(("initiative_key", "model_name"), values)
        name = str(values.get("param_name") or "")
        if of not in self._used:
            notes.warn("no_saved_model", "model_name", value=values.get("model_name"))
        elif (names := self._used[of]) is not None and name not in names:
            hint = nearest(name, names)
            notes.warn("param_not_used", "param_name", model=values.get("model_name"), param=name, hint=hint)


def _keep_percent(row: InitiativeParam, edit: Edit) -> None:
    """Keep whether the value was typed as a percentage, and the number itself."""
    if edit.is_new or "value" in edit.changes:
        row.value_in_percent = isinstance(edit.values.get("value"), Percent)
    for name in ("value", "min", "max"):
        if isinstance(number := getattr(row, name), Percent):
            setattr(row, name, float(number))


def _names_in(formula_text: str | None) -> frozenset[str] | None:
    """The names that a formula takes as params; None where there is no formula, or none that can be read."""
    if formula_text is None:
        return None
    try:
        return frozenset(parse_formula(formula_text).params)
    except FormulaError:
        return None

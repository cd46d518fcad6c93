"""Scoring_Inputs and KPI_Contributions: what people type about single initiatives in the ProductOps workbook."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from roadwright import tabs
from roadwright.domain.decimals import rounded
from roadwright.domain.initiatives import ContributionSource
from roadwright.domain.messages import Message
from roadwright.domain.registry import Registry, UnknownKpi
from roadwright.domain.text import folded
from roadwright.services.bindings.initiatives import (
    by_identity,
    initiative_values,
    load_initiatives,
    nearest_initiative,
    set_attribute,
    stamp,
)
from roadwright.services.rows.binding import Defaults, Edit, Refused, Values
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.sheets.spec import Owner
from roadwright.store.kpis import load_registry
from roadwright.store.models import Initiative
from roadwright.store.percentiles import score_percentiles
from roadwright.store.queries import current_scores
from roadwright.tabs.product_ops import SCORE_PARTS, SCORE_PREFIX

_CONTRIBUTION = "kpi_contribution_json"


def known_initiative(session: Session, typed: object) -> Initiative:
    """The initiative that a row names. Raises Refused."""
    if typed is None or typed == "":
        raise Refused(Message("key_missing", column="initiative_key"))
    found = list(load_initiatives(session, [str(typed)]).values())
    if not found:
        params = {"value": typed, "hint": nearest_initiative(session, str(typed))}
        raise Refused(Message("no_initiative", column="initiative_key", params=params))
    return found[0]


def _having(session: Session, columns: Sequence[InstrumentedAttribute[Any]]) -> list[Identity]:
    """The initiatives that have something in one of these columns."""
    filled = select(Initiative.initiative_key).where(or_(*(column.is_not(None) for column in columns)))
    return [(folded(key),) for key in session.scalars(filled.order_by(Initiative.id))]


class ScoringInputsBinding(Defaults):
    """Inputs of the frameworks; scores are shown as they are computed and activated."""

    spec = tabs.SCORING_INPUTS

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        found = by_identity(session, identities)
        scores = current_scores(session, (initiative.id for initiative in found.values()))
        shares = score_percentiles(session) if found else {}
        result: dict[Identity, dict[str, object]] = {}
        for identity, initiative in found.items():
            values = initiative_values(initiative, self.spec)
            values["math_warnings"] = "\n".join(initiative.math_warnings or ()) or None
            for framework, prefix in SCORE_PREFIX.items():
                score = scores.get((initiative.id, framework))
                for part in SCORE_PARTS:
                    figure = getattr(score, part) if score is not None else None
                    values[f"{prefix}_{part}_score"] = None if figure is None else rounded(figure)
            values["score_percentile"] = shares.get(initiative.initiative_key)
            result[identity] = values
        return result

    def listed(self, session: Session) -> Sequence[Identity]:
        """Those with an input of a framework, which may have been entered by other ways than this tab."""
        inputs = [column.name for column in self.spec.owned(Owner.INPUT) if column.name != "active_scoring_framework"]
        return _having(session, [getattr(Initiative, name) for name in inputs])

    def save(self, session: Session, edit: Edit) -> None:
        initiative = known_initiative(session, edit.values.get("initiative_key"))
        for name in edit.changes:
            set_attribute(initiative, name, edit.values.get(name))
        stamp(initiative, edit.row_version, edit.source)


class KpiContributionsBinding(Defaults):
    """The contribution that counts: the computed one, until a person types another."""

    spec = tabs.KPI_CONTRIBUTIONS

    def __init__(self) -> None:
        self._registry: Registry | None = None

    def registry(self, session: Session) -> Registry:
        if self._registry is None:
            self._registry = load_registry(session)
        return self._registry

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        return {
            identity: {**initiative_values(initiative, self.spec), "notes": initiative.kpi_contribution_notes}
            for identity, initiative in by_identity(session, identities).items()
        }

    def listed(self, session: Session) -> Sequence[Identity]:
        """Those with a contribution, which may have been entered by other ways than this tab."""
        return _having(session, [Initiative.kpi_contribution_json, Initiative.kpi_contribution_notes])

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        typed = values.get("kpi_contribution_json")
        if isinstance(typed, dict):
            try:
                self._resolved(session, typed)
            except Refused as refusal:
                notes.fail_cell(*refusal.messages)

    def _resolved(self, session: Session, typed: dict[str, float]) -> dict[str, float]:
        """The contributions under the registry's own keys. Raises Refused, naming every key that can't stand there."""
        if not typed:
            raise Refused(Message("empty_override", column=_CONTRIBUTION))
        result: dict[str, float] = {}
        problems: list[Message] = []
        for key, value in typed.items():
            try:
                known = self.registry(session).contributable(key).key
            except UnknownKpi as problem:
                problems.append(problem.message.about(_CONTRIBUTION))
                continue
            if known in result:
                problems.append(Message("named_twice", column=_CONTRIBUTION, params={"name": known}))
            result[known] = value
        if problems:
            raise Refused(*problems)
        return result

    def save(self, session: Session, edit: Edit) -> None:
        initiative = known_initiative(session, edit.values.get("initiative_key"))
        if "kpi_contribution_json" in edit.changes:
            typed = edit.values.get("kpi_contribution_json")
            if isinstance(typed, dict):
                resolved = self._resolved(session, typed)
                if resolved != initiative.kpi_contribution_json:  # GMV: 5 says nothing else than gmv: 5
                    initiative.kpi_contribution_json = resolved
                    initiative.kpi_contribution_source = str(ContributionSource.PM_OVERRIDE)
            else:
                initiative.kpi_contribution_json = initiative.kpi_contribution_computed_json
                initiative.kpi_contribution_source = str(ContributionSource.COMPUTED)
        if "notes" in edit.changes:
            notes = edit.values.get("notes")
            initiative.kpi_contribution_notes = None if notes is None else str(notes)
        stamp(initiative, edit.row_version, edit.source)

    def yields(self, column: str, stored: Values) -> bool:
        computed = stored.get("kpi_contribution_source") in (None, str(ContributionSource.COMPUTED))
        return column == "kpi_contribution_json" and computed

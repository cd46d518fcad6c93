"""Math models and params of initiatives, loaded and brought into the form that the pure rules work on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.math_models import says_increment
from roadwright.domain.text import folded
from roadwright.services.scoring.math_model import Param, ScoredModel
from roadwright.store.models import InitiativeMathModel, InitiativeParam
from roadwright.store.queries import chunks


@dataclass(frozen=True)
class LoadedModel:
    """A stored model and its pure form."""

    row: InitiativeMathModel
    model: ScoredModel


def _param(row: InitiativeParam) -> Param:
    is_increment = says_increment(row.unit, row.description, row.notes)
    return Param(row.param_name, row.value, row.approved, is_increment, bool(row.value_in_percent))


def load_models(session: Session, initiative_ids: Iterable[int]) -> dict[int, list[LoadedModel]]:
    """The models of these initiatives, in the order in which they were made."""
    models: dict[int, list[LoadedModel]] = {}
    for part in chunks(initiative_ids):
        params: dict[tuple[int, str], list[Param]] = {}
        for param in session.scalars(
            select(InitiativeParam).where(InitiativeParam.initiative_id.in_(part)).order_by(InitiativeParam.id)
        ):
            of = (param.initiative_id, folded(param.model_name))
            params.setdefault(of, []).append(_param(param))
        for row in session.scalars(
            select(InitiativeMathModel)
            .where(InitiativeMathModel.initiative_id.in_(part))
            .order_by(InitiativeMathModel.id)
        ):
            model = ScoredModel(
                name=row.model_name,
                target_kpi_key=row.target_kpi_key,
                formula_text=row.formula_text,
                is_primary=row.is_primary,
                approved=row.approved_by_user,
                params=tuple(params.get((row.initiative_id, folded(row.model_name)), ())),
            )
            models.setdefault(row.initiative_id, []).append(LoadedModel(row, model))
    return models

"""Compute all frameworks for initiatives and keep the results: current ones side by side, earlier ones as history.

With the scores come the contributions that approved math models give: they always stand as the computed ones, and count
where no person has typed others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright.domain.decimals import rounded
from roadwright.domain.initiatives import ContributionSource, Framework, tokens_field
from roadwright.domain.messages import Message
from roadwright.domain.progress import TellProgress, counted, tell_nobody
from roadwright.domain.registry import Registry
from roadwright.services.scoring.contributions import contribute, math_warnings, model_notes, redundancy_warnings
from roadwright.services.scoring.frameworks import RICE_INPUTS, WSJF_INPUTS, Score, rice, wsjf
from roadwright.services.scoring.math_model import EffortInputs, ModelResult, math_score, run_model
from roadwright.services.scoring.models_of import LoadedModel, load_models
from roadwright.store.clock import now
from roadwright.store.kpis import load_drivers, load_registry
from roadwright.store.models import Initiative, InitiativeScore
from roadwright.store.queries import current_scores


@dataclass
class Scored:
    """What scoring had to say, for the rows of the tabs that show it."""

    warnings: dict[str, list[Message]] = field(default_factory=dict)
    """By initiative_key, for Scoring_Inputs."""
    of_models: dict[tuple[str, ...], list[Message]] = field(default_factory=dict)
    """By initiative_key and model_name, for MathModels."""
    of_contributions: dict[str, list[Message]] = field(default_factory=dict)
    """By initiative_key, for KPI_Contributions."""


def _same(row: InitiativeScore, score: Score) -> bool:
    return (row.value, row.effort, row.overall, row.components, row.warnings) == (
        score.value,
        score.effort,
        score.overall,
        dict(score.components),
        list(map(str, score.warnings)),
    )


def _keep(session: Session, initiative: Initiative, framework: Framework, score: Score, source: str) -> None:
    session.add(
        InitiativeScore(
            initiative_id=initiative.id,
            framework=str(framework),
            is_current=True,
            value=score.value,
            effort=score.effort,
            overall=score.overall,
            components=dict(score.components),
            warnings=list(map(str, score.warnings)),
            computed_at=now(),
            computed_by=source,
        )
    )


def _take_models(
    initiative: Initiative,
    loaded: list[LoadedModel],
    registry: Registry,
    drivers: Mapping[str, tuple[str, ...]],
    scored: Scored,
) -> Score:
    """Run the initiative's models: their scores, its contributions and its MATH_MODEL score."""
    results: list[ModelResult] = []
    use = initiative.use_math_model
    key = initiative.initiative_key
    for item in loaded:
        result = run_model(item.model, registry)
        results.append(result)
        value = None if result.value is None else rounded(result.value)
        if item.row.computed_score != value:
            item.row.computed_score = value
        if notes := model_notes(result, use):
            scored.of_models[key, item.row.model_name] = notes
    score = fresh_score(initiative, Framework.MATH_MODEL, results)
    contributions = contribute(results, use)
    warnings = math_warnings(results, score, contributions, use)
    said = list(map(str, warnings))
    if (initiative.math_warnings or []) != said:
        initiative.math_warnings = said or None
    if warnings:
        scored.warnings.setdefault(key, []).extend(warnings)
    computed = dict(contributions.by_kpi) or None
    if initiative.kpi_contribution_computed_json != computed:
        initiative.kpi_contribution_computed_json = computed
    if (
        initiative.kpi_contribution_source == ContributionSource.COMPUTED
        and initiative.kpi_contribution_json != computed
    ):
        initiative.kpi_contribution_json = computed
    doubled = redundancy_warnings(initiative.kpi_contribution_json or {}, drivers)
    if doubled:
        scored.of_contributions[key] = list(doubled)
    return score


def compute_scores(
    session: Session, initiatives: Iterable[Initiative], source: str, tell: TellProgress = tell_nobody
) -> Scored:
    """Compute and store scores and contributions.

    A score that can no longer be computed stops being current and stays in the history.
    """
    chosen = list(initiatives)
    ids = [initiative.id for initiative in chosen]
    current = current_scores(session, ids)
    models = load_models(session, ids)
    registry, drivers = load_registry(session), load_drivers(session)
    scored = Scored()
    for initiative in counted(tell, "scoring initiatives", chosen):
        scores = {name: fresh_score(initiative, name, ()) for name in (Framework.RICE, Framework.WSJF)}
        for score in scores.values():
            if score.warnings:
                scored.warnings.setdefault(initiative.initiative_key, []).extend(score.warnings)
        loaded = models.get(initiative.id, [])
        scores[Framework.MATH_MODEL] = _take_models(initiative, loaded, registry, drivers, scored)
        for framework, score in scores.items():
            before = current.get((initiative.id, framework))
            if before is not None and score.exists and _same(before, score):
                continue
            if before is not None:
                before.is_current = False
            if score.exists:
                _keep(session, initiative, framework, score, source)
    session.flush()
    return scored


def fresh_score(initiative: Initiative, framework: Framework, results: Sequence[ModelResult]) -> Score:
    """The score; ``results`` are what the initiative's models give, for MATH_MODEL."""
    if framework is Framework.RICE:
        return rice(*(getattr(initiative, name) for name in RICE_INPUTS))
    if framework is Framework.WSJF:
        return wsjf(*(getattr(initiative, name) for name in WSJF_INPUTS))
    return math_score(results, _effort(initiative), initiative.use_math_model)


def _effort(initiative: Initiative) -> EffortInputs:
    name = tokens_field(initiative.scope_mode)
    return EffortInputs(initiative.effort_engineering_days, getattr(initiative, name), name)

"""The gates themselves. Each says None where the initiative passes, else why it does not. Pure.

A new gate is a word in ``domain.roadmaps.Gate`` and a function here.
"""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.chains import ChainError, check_chain, parse_chain
from roadwright.domain.decimals import rounded
from roadwright.domain.initiatives import NEVER_CANDIDATES, Framework, Lifecycle, RiskLevel, tokens_field
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message, failure
from roadwright.domain.periods import days_of
from roadwright.domain.registry import Registry, UnknownKpi
from roadwright.domain.roadmaps import Gate
from roadwright.services.portfolios.candidates import tokens_of
from roadwright.services.roadmaps.gates.parameter import BACKLOG_FIELDS, FIELDS, LIFECYCLES, NONE, NUMBER, PERCENT, RISK
from roadwright.services.roadmaps.gates.rule import Setting, Subject, gate
from roadwright.services.scoring.activate import active_scores
from roadwright.services.scoring.compute import fresh_score
from roadwright.services.scoring.math_model import run_model
from roadwright.services.scoring.models_of import LoadedModel

_RISKS = list(RiskLevel)
_CHAIN = "metric_chain_text"
_NO_VALUE: tuple[object, ...] = (None, "", [], {})


def _blank(names: Sequence[str]) -> Message | None:
    return failure("fields_blank", names=tuple(names)) if names else None


@gate(Gate.REQUIRED_FIELDS, "Every one of these Backlog columns is filled in.", FIELDS)
def required_fields(subject: Subject, names: tuple[str, ...], setting: Setting) -> Message | None:  # noqa: ARG001
    return _blank([name for name in names if getattr(subject.initiative, BACKLOG_FIELDS[name]) in _NO_VALUE])


@gate(Gate.LIFECYCLE_STATUS_IN, "Its lifecycle_status is one of these.", LIFECYCLES)
def lifecycle_status_in(subject: Subject, accepted: tuple[Lifecycle, ...], setting: Setting) -> Message | None:  # noqa: ARG001
    status = Lifecycle(subject.initiative.lifecycle_status)
    return None if status in accepted else failure("lifecycle_not_accepted", status=status, accepted=accepted)


@gate(
    Gate.SCORE_CURRENT,
    "Its active framework has a score, computed from its inputs as they are now, and that score is activated.",
    NONE,
)
def score_current(subject: Subject, _none: None, setting: Setting) -> Message | None:
    initiative, stored = subject.initiative, subject.score
    if initiative.active_scoring_framework is None:
        return failure("framework_blank")
    framework = Framework(initiative.active_scoring_framework)
    fresh = fresh_score(initiative, framework, [run_model(item.model, setting.registry) for item in subject.models])
    if stored is None:
        return failure("score_not_computed" if fresh.exists else "score_not_computable", framework=framework)
    if _figures(stored.value, stored.effort, stored.overall) != _figures(fresh.value, fresh.effort, fresh.overall):
        return failure("score_outdated", framework=framework)
    active = _figures(initiative.value_score, initiative.effort_score, initiative.overall_score)
    if active != active_scores(stored, initiative.strategic_priority_coefficient):
        return failure("score_not_active", framework=framework)
    return None


def _figures(*scores: float | None) -> tuple[float | None, ...]:
    """Scores to compare: one that another version of Roadwright computed may differ in its last digits."""
    return tuple(None if score is None else rounded(score) for score in scores)


@gate(Gate.MIN_OVERALL_SCORE, "Its overall_score is at least this; a blank one is not.", NUMBER)
def min_overall_score(subject: Subject, least: float, setting: Setting) -> Message | None:  # noqa: ARG001
    overall = subject.initiative.overall_score
    if overall is None:
        return failure("overall_score_blank", least=least)
    is_enough = rounded(overall) >= rounded(least)
    return None if is_enough else failure("overall_score_too_low", overall=overall, least=least)


@gate(
    Gate.CONTRIBUTION_PRESENT,
    "It says what it brings to at least one active north_star or strategic KPI; 0 is an answer, blank is none.",
    NONE,
)
def contribution_present(subject: Subject, _none: None, setting: Setting) -> Message | None:
    claimed = list(subject.initiative.kpi_contribution_json or ())
    if not claimed:
        return _blank(["kpi_contributions"])
    if any(_is_contributable(key, setting.registry) for key in claimed):
        return None
    return failure("contributes_elsewhere", kpis=claimed)


def _is_contributable(key: str, registry: Registry) -> bool:
    try:
        registry.contributable(key)
    except UnknownKpi:
        return False
    return True


@gate(Gate.TOKENS_PRESENT, "The engineering tokens of its scope are filled in; 0 is a cost, blank is none.", NONE)
def tokens_present(subject: Subject, _none: None, setting: Setting) -> Message | None:  # noqa: ARG001
    initiative = subject.initiative
    return None if tokens_of(initiative) is not None else _blank([tokens_field(initiative.scope_mode)])


@gate(
    Gate.MATH_MODEL_APPROVED,
    "Its primary math model is approved by the user; where none is primary, any of its models.",
    NONE,
)
def math_model_approved(subject: Subject, _none: None, setting: Setting) -> Message | None:  # noqa: ARG001
    models = [item.model for item in subject.models_that_matter]
    if not models:
        return failure("no_math_model")
    if any(model.approved for model in models):
        return None
    return failure("models_not_approved", models=[model.name for model in models])


@gate(
    Gate.METRIC_CHAIN_VALID,
    "Its primary math model (else its approved ones, else all) has a metric chain without a circle, from its immediate "
    "KPI to its target KPI, through KPIs of Metrics_Config only.",
    NONE,
)
def metric_chain_valid(subject: Subject, _none: None, setting: Setting) -> Message | None:
    models = subject.models_that_matter
    if not models:
        return failure("no_math_model_no_chain")
    faults = [
        failure("model_note", model=item.model.name, what=fault)
        for item in models
        for fault in _chain_faults(item, setting.registry)
    ]
    return failure("gate_faults", faults=faults) if faults else None


def _chain_faults(item: LoadedModel, registry: Registry) -> list[Message]:
    if not item.row.metric_chain_text:
        return [failure("fields_blank", names=(_CHAIN,))]
    try:
        chain = parse_chain(item.row.metric_chain_text)
    except ChainError as problem:
        return [problem.message.about(_CHAIN)]
    errors = check_chain(chain, item.row.immediate_kpi_key, item.row.target_kpi_key, registry).errors
    unknown = [node for node in chain.nodes if registry.resolve(node) is None]
    return [*errors, *(Message("unknown_kpi", column=_CHAIN, params={"key": node, "hint": ""}) for node in unknown)]


@gate(Gate.MAX_RISK_LEVEL, "Its risk_level is at most this; a blank one is not.", RISK)
def max_risk_level(subject: Subject, most: RiskLevel, setting: Setting) -> Message | None:  # noqa: ARG001
    risk = subject.initiative.risk_level
    if risk is None:
        return failure("risk_blank", most=most)
    is_within = _RISKS.index(RiskLevel(risk)) <= _RISKS.index(most)
    return None if is_within else failure("risk_too_high", risk=risk, most=most)


@gate(
    Gate.MIN_SCORE_PERCENTILE,
    "Its score_percentile, 0 to 100, is at least this: its score against those of the same framework (MATH_MODEL: and "
    "target KPI). A blank one is not.",
    PERCENT,
    looks_at_scores=True,
)
def min_score_percentile(subject: Subject, least: float, setting: Setting) -> Message | None:
    share = setting.percentiles.get(subject.initiative.initiative_key)
    if share is None:
        return failure("score_percentile_blank", least=least)
    is_enough = rounded(share) >= rounded(least)
    return None if is_enough else failure("score_percentile_too_low", share=share, least=least)


@gate(
    Gate.DEADLINE_IN_PERIOD,
    "Its deadline_date is a day of the roadmap's period; a blank one passes. The period_key must name days.",
    NONE,
)
def deadline_in_period(subject: Subject, _none: None, setting: Setting) -> Message | None:
    deadline = subject.initiative.deadline_date
    if deadline is None:
        return None
    days = days_of(setting.period_key, setting.fiscal_year)
    if days is None:
        return failure("period_has_no_days", period=setting.period_key, deadline=deadline)
    first, last = days
    if first <= deadline <= last:
        return None
    return failure("deadline_outside", deadline=deadline, period=setting.period_key, first=first, last=last)


@gate(
    Gate.DEPENDENCIES_ON_ROADMAP,
    "Everything in its dependencies_initiatives is admitted or waived on this roadmap, or done.",
    NONE,
    looks_at_others=True,
)
def dependencies_on_roadmap(subject: Subject, _none: None, setting: Setting) -> Message | None:
    needed = dict.fromkeys(canonical_key(text) or text for text in subject.initiative.dependencies_initiatives or ())
    faults = [why for key in needed if (why := _unmet(key, setting)) is not None]
    return failure("gate_faults", faults=faults) if faults else None


def _unmet(key: str, setting: Setting) -> Message | None:
    status = setting.lifecycles.get(key)
    if status is None:
        return failure("needs_no_initiative", key=key)
    if status == Lifecycle.DONE or (key in setting.standing and status not in NEVER_CANDIDATES):
        return None
    if key not in setting.listed:
        return failure("needs_not_listed", key=key)
    if status in NEVER_CANDIDATES:
        return failure("needs_over", key=key, status=status)
    return failure("needs_blocked", key=key)


@gate(Gate.BRIEF_DESCRIPTION_PRESENT, "Its brief_description is filled in.", NONE)
def brief_description_present(subject: Subject, _none: None, setting: Setting) -> Message | None:  # noqa: ARG001
    return None if subject.initiative.brief_description else _blank(["brief_description"])

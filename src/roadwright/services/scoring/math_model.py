"""Math models: running one initiative's formulas, and the MATH_MODEL score that its primary model gives. Pure.

A model counts only where a person stands behind it and behind the value of every param in its formula. Why one does not
count is said as a problem, and nothing is computed in its place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from roadwright.domain.decimals import product, quotient
from roadwright.domain.formulas import (
    Formula,
    FormulaError,
    FormulaResult,
    evaluate,
    increment_warning,
    parse_formula,
)
from roadwright.domain.messages import Level, Message
from roadwright.domain.reading.units import is_percent
from roadwright.domain.registry import RegisteredKpi, Registry, UnknownKpi, nearest
from roadwright.services.scoring.frameworks import Score, no_score

_FORMULA = "formula_text"
_TIMES_HUNDRED = re.compile(r"(?<![\w.])100(?:\.0*)?\s*\*|\*\s*100(?:\.0*)?(?![\w.])|/\s*0?\.01(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Param:
    """A named value of a model."""

    name: str
    value: float | None
    approved: bool
    is_increment: bool = False
    """A person marked it as a change, not a level."""
    is_in_percent: bool = False
    """It was typed as a percentage: 8 %, which is 0.08."""


@dataclass(frozen=True, slots=True)
class ScoredModel:
    """A formula for one initiative and one target KPI, with its params."""

    name: str
    target_kpi_key: str
    formula_text: str | None
    is_primary: bool
    approved: bool
    params: Sequence[Param] = ()


@dataclass(frozen=True, slots=True)
class ModelResult:
    """What a model gives. It counts where it has no problems; warnings do not keep it from counting."""

    model: ScoredModel
    kpi: RegisteredKpi | None = None
    """The target KPI, where it is an active north_star or strategic one."""
    outcome: FormulaResult | None = None
    used: Mapping[str, float] = field(default_factory=dict)
    """The values of the params in its formula."""
    problems: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    @property
    def value(self) -> float | None:
        """The signed increment in the target KPI's unit, or None where the model is not approved or not computable."""
        return None if self.outcome is None else self.outcome.value

    @property
    def counts(self) -> bool:
        return self.outcome is not None and self.kpi is not None and not self.problems

    @property
    def improvement(self) -> float:
        """How much better the KPI gets, whichever its direction. Only of a model that counts."""
        if self.outcome is None or self.kpi is None:
            raise ValueError(f"model {self.model.name} does not count")
        return self.kpi.direction.sign * self.outcome.value + 0.0


@dataclass(frozen=True, slots=True)
class EffortInputs:
    """What an initiative costs, for models whose formula sets no effort."""

    effort_engineering_days: float | None
    tokens: float | None
    """Engineering tokens of its scope, the value of ``tokens_field``."""
    tokens_field: str


def run_model(model: ScoredModel, registry: Registry) -> ModelResult:
    """Compute an approved model with its approved params, or say why that can't be done."""
    if not model.approved:
        return ModelResult(model, problems=(Message("model_not_approved", Level.WARNING, "approved_by_user"),))
    kpi: RegisteredKpi | None = None
    problems: tuple[Message, ...] = ()
    try:
        kpi = registry.contributable(model.target_kpi_key)
    except UnknownKpi as problem:
        problems = (replace(problem.message, severity=Level.WARNING, column="target_kpi_key"),)
    if not model.formula_text or not model.formula_text.strip():
        return ModelResult(model, kpi, problems=(*problems, Message("formula_blank", Level.WARNING, _FORMULA)))
    try:
        formula = parse_formula(model.formula_text)
    except FormulaError as error:
        return ModelResult(model, kpi, problems=(*problems, _unusable(error)))
    warning = increment_warning(formula, [param.name for param in model.params if param.is_increment])
    warnings = () if warning is None else (warning.about(_FORMULA),)
    lacking = _lacking(formula, model.params)
    if lacking:
        return ModelResult(model, kpi, problems=(*problems, *lacking), warnings=warnings)
    used = {p.name: float(p.value) for p in model.params if p.name in formula.first_use and p.value is not None}
    try:
        outcome = evaluate(formula, used)
    except FormulaError as error:
        return ModelResult(model, kpi, problems=(*problems, _unusable(error)), warnings=warnings)
    return ModelResult(model, kpi, outcome, used, problems, (*warnings, *_of_percent(model, kpi, used, outcome.value)))


def _of_percent(
    model: ScoredModel, kpi: RegisteredKpi | None, used: Mapping[str, float], value: float
) -> tuple[Message, ...]:
    """Warn of a result that is taken for percent, while the params are shares, where nothing makes percent of them."""
    if kpi is None or not is_percent(kpi.unit) or _TIMES_HUNDRED.search(model.formula_text or ""):
        return ()
    if not any(param.is_in_percent and param.name in used for param in model.params):
        return ()
    params = {"value": value, "percent": product(value, 100)}
    return (Message("percent_of_shares", Level.WARNING, column=_FORMULA, params=params),)


def _unusable(error: FormulaError) -> Message:
    return replace(error.placed, severity=Level.WARNING, column=_FORMULA)


def _lacking(formula: Formula, params: Sequence[Param]) -> tuple[Message, ...]:
    """What is missing of the params that the formula uses; one message for those of a kind."""
    by_name = {param.name: param for param in params}
    spare = [name for name in by_name if name not in formula.first_use]
    missing = [f"{name}{nearest(name, spare)}" for name in formula.params if name not in by_name]
    there = [by_name[name] for name in formula.params if name in by_name]
    blank = [param.name for param in there if param.value is None]
    unapproved = [param.name for param in there if param.value is not None and not param.approved]
    return tuple(
        Message(code, Level.WARNING, params={"params": names})
        for code, names in (("params_missing", missing), ("params_blank", blank), ("params_unapproved", unapproved))
        if names
    )


def math_score(results: Sequence[ModelResult], effort: EffortInputs, use_math_model: bool | None) -> Score:
    """The MATH_MODEL score: that of the primary approved model.

    value is the model's, signed, in its KPI's unit. effort is the formula's, else the engineering days, else the tokens
    of the scope. overall is the formula's, else improvement / effort, where effort > 0. There is no score where
    ``use_math_model`` is False, where no model is approved, or where the primary one does not count: its problems say
    why.
    """
    if use_math_model is False or not any(result.model.approved for result in results):
        return Score()
    primaries = [result for result in results if result.model.is_primary]
    if not primaries:
        return no_score("no_primary_model", models=[result.model.name for result in results if result.model.approved])
    if len(primaries) > 1:
        return no_score("several_primary_models", models=[result.model.name for result in primaries])
    return _score_of(primaries[0], effort) if primaries[0].counts else Score()


def _score_of(primary: ModelResult, inputs: EffortInputs) -> Score:
    outcome = primary.outcome
    if outcome is None:
        return Score()
    effort, field_name = _effort(outcome, inputs)
    components = dict(primary.used)
    if effort is None:
        if outcome.overall is None:
            return no_score("model_without_effort", tokens_field=inputs.tokens_field, model=primary.model.name)
        return Score(outcome.value, None, outcome.overall, components)
    if field_name is not None:
        components[field_name] = effort
    source = field_name or Message("effort_of_formula", Level.OK)
    if effort <= 0 and (outcome.overall is None or outcome.effort is not None):
        warning = Message("effort_not_positive", Level.WARNING, params={"source": source, "effort": effort})
        return Score(outcome.value, effort, None, components, (warning,))
    overall = quotient(primary.improvement, effort) if outcome.overall is None else outcome.overall
    if not math.isfinite(overall):
        warning = Message("model_overall_too_large", Level.WARNING, params={"source": source})
        return Score(outcome.value, effort, None, components, (warning,))
    return Score(outcome.value, effort, overall, components)


def _effort(outcome: FormulaResult, inputs: EffortInputs) -> tuple[float | None, str | None]:
    """The effort and the field it comes from (None: the formula). 0 is an effort, blank is none."""
    if outcome.effort is not None:
        return outcome.effort, None
    if inputs.effort_engineering_days is not None:
        return inputs.effort_engineering_days, "effort_engineering_days"
    return inputs.tokens, inputs.tokens_field

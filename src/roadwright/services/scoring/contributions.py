"""What an initiative's math models bring to the KPIs, and warnings of counting one effect twice. Pure.

Also what they could bring where their params are anywhere in their ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from random import Random

from roadwright.domain.chains import DrivenBy, driver_path
from roadwright.domain.decimals import rounded
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import Registry
from roadwright.domain.shown import figure
from roadwright.services.scoring.frameworks import Score
from roadwright.services.scoring.math_model import ModelResult, Param, ScoredModel, run_model


@dataclass(frozen=True, slots=True)
class Contributions:
    """The signed increment per KPI, in the KPI's unit, from the models that count."""

    by_kpi: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()


def contribute(results: Sequence[ModelResult], use_math_model: bool | None) -> Contributions:
    """The contributions of the models that count; none where ``use_math_model`` is False.

    Models on one KPI are alternatives, never added: the primary one is taken, else the only one, else the one with the
    largest improvement (of equal ones the first), with a warning that lists the others.
    """
    if use_math_model is False:
        return Contributions()
    by_kpi: dict[str, list[ModelResult]] = {}
    for result in results:
        if result.kpi is not None and result.counts:
            by_kpi.setdefault(result.kpi.key, []).append(result)
    values: dict[str, float] = {}
    warnings: list[Message] = []
    for key, models in by_kpi.items():
        primaries = [result for result in models if result.model.is_primary]
        chosen = primaries[0] if len(primaries) == 1 else max(models, key=lambda result: result.improvement)
        if len(primaries) != 1 and len(models) > 1:
            params = {
                "kpi": key,
                "count": len(models),
                "chosen": _named(chosen),
                "others": [_named(result) for result in models if result is not chosen],
            }
            code = "several_primary_of_kpi" if primaries else "no_primary_of_several"
            warnings.append(Message(code, Level.WARNING, params=params))
        values[key] = rounded(chosen.value or 0.0)
    return Contributions(values, tuple(warnings))


def _named(result: ModelResult) -> str:
    return f"{result.model.name} ({figure(result.value or 0.0)})"


def redundancy_warnings(claimed: Mapping[str, float], driven_by: DrivenBy) -> tuple[Message, ...]:
    """A warning for each pair of claimed KPIs of which one drives the other, directly or through others.

    ``claimed`` is the contribution that counts; a contribution of 0 claims nothing.
    """
    claims = [key for key, value in claimed.items() if value]
    paths = ((driver_path(driven_by, cause, effect)) for cause, effect in permutations(claims, 2))
    return tuple(
        Message(
            "claimed_twice",
            Level.WARNING,
            params={"cause": path[0], "effect": path[-1], "path": " -> ".join(path)},
        )
        for path in paths
        if path is not None
    )


def model_notes(result: ModelResult, use_math_model: bool | None) -> list[Message]:
    """What the model's row says. Where the models are suggestions only, it does not matter that one is unapproved."""
    if use_math_model is False and not result.model.approved:
        return []
    return [*result.problems, *result.warnings]


def math_warnings(
    results: Sequence[ModelResult], score: Score, contributions: Contributions, use_math_model: bool | None
) -> list[Message]:
    """All that is to say about an initiative's models on Scoring_Inputs, each with the model's name."""
    return [
        *(
            Message("model_note", Level.WARNING, params={"model": result.model.name, "what": note})
            for result in results
            for note in model_notes(result, use_math_model)
        ),
        *score.warnings,
        *contributions.warnings,
    ]


@dataclass(frozen=True, slots=True)
class RangedModel:
    """A model, and by name of a param the least and the most that it can be."""

    model: ScoredModel
    ranges: Mapping[str, tuple[float, float]]


def drawn_contributions(
    models: Sequence[RangedModel], registry: Registry, use_math_model: bool | None, seed: str
) -> Mapping[str, float]:
    """By KPI what the models bring with params drawn from their ranges; the value is the likeliest.

    Only KPIs are told whose contribution depends on a param with a range; the same seed gives the same.
    """
    results = [run_model(_drawn(one, seed), registry) for one in models]
    ranged = {
        result.kpi.key
        for one, result in zip(models, results, strict=True)
        if result.kpi is not None and any(name in result.used for name in one.ranges)
    }
    brought = contribute(results, use_math_model).by_kpi
    return {kpi: value for kpi, value in brought.items() if kpi in ranged}


def _drawn(one: RangedModel, seed: str) -> ScoredModel:
    return replace(one.model, params=tuple(_draw(param, one, seed) for param in one.model.params))


def _draw(param: Param, one: RangedModel, seed: str) -> Param:
    limits = one.ranges.get(param.name)
    if limits is None or param.value is None:
        return param
    low, high = min(limits), max(limits)
    likely = min(max(param.value, low), high)
    return replace(param, value=Random(f"{seed} {one.model.name} {param.name}").triangular(low, high, likely))

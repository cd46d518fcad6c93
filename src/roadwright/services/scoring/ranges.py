"""What an initiative could bring to the KPIs where its models' params are anywhere in their ranges. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from roadwright.domain.registry import Registry
from roadwright.services.scoring.contributions import contribute
from roadwright.services.scoring.math_model import Param, ScoredModel, run_model


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

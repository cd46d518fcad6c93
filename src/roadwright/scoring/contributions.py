"""What an initiative's math models bring to the KPIs, and warnings of counting one effect twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from roadwright.domain.decimals import rounded
from roadwright.domain.drivers import DrivenBy, driver_path
from roadwright.domain.figures import figure
from roadwright.scoring.frameworks import Score
from roadwright.scoring.math_model import ModelResult


@dataclass(frozen=True, slots=True)
class Contributions:
    """The signed increment per KPI, in the KPI's unit, from the models that count."""

    by_kpi: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


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
    warnings: list[str] = []
    for key, models in by_kpi.items():
        primaries = [result for result in models if result.model.is_primary]
        chosen = primaries[0] if len(primaries) == 1 else max(models, key=lambda result: result.improvement)
        if len(primaries) != 1 and len(models) > 1:
            others = ", ".join(_named(result) for result in models if result is not chosen)
            warnings.append(
                f"{key}: of {len(models)} approved models {'several are' if primaries else 'none is'} primary; "
                f"{_named(chosen)} counts, as the largest improvement, and not {others}; set is_primary on one"
            )
        values[key] = rounded(chosen.value or 0.0)
    return Contributions(values, tuple(warnings))


def _named(result: ModelResult) -> str:
    return f"{result.model.name} ({figure(result.value or 0.0)})"


def redundancy_warnings(claimed: Mapping[str, float], driven_by: DrivenBy) -> tuple[str, ...]:
    """A warning for each pair of claimed KPIs of which one drives the other, directly or through others.

    ``claimed`` is the contribution that counts; a contribution of 0 claims nothing.
    """
    claims = [key for key, value in claimed.items() if value]
    paths = ((driver_path(driven_by, cause, effect)) for cause, effect in permutations(claims, 2))
    return tuple(
        f"{path[0]} drives {path[-1]} ({' -> '.join(path)}) and both are claimed: if one contribution comes about "
        "through the other, it is counted twice"
        for path in paths
        if path is not None
    )


def model_notes(result: ModelResult, use_math_model: bool | None) -> list[str]:
    """What the model's row says. Where the models are suggestions only, it does not matter that one is unapproved."""
    if use_math_model is False and not result.model.approved:
        return []
    return [*result.problems, *result.warnings]


def math_warnings(
    results: Sequence[ModelResult], score: Score, contributions: Contributions, use_math_model: bool | None
) -> list[str]:
    """All that is to say about an initiative's models on Scoring_Inputs, each with the model's name."""
    return [
        *(f"{result.model.name}: {note}" for result in results for note in model_notes(result, use_math_model)),
        *score.warnings,
        *contributions.warnings,
    ]

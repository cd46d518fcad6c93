"""The registry of gates: each is one function, registered once with its name, help and parameter.

It is given the facts of one initiative, and the roadmap that it wants to stand on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Generic

from roadwright.domain.messages import Message
from roadwright.domain.periods import CALENDAR, FiscalYear
from roadwright.domain.registry import Registry
from roadwright.domain.roadmaps import Gate
from roadwright.services.roadmaps.gates.parameter import P, Parameter
from roadwright.services.scoring.models_of import LoadedModel
from roadwright.store.models import Initiative, InitiativeScore


@dataclass(frozen=True)
class Subject:
    """One initiative as it is now."""

    initiative: Initiative
    models: Sequence[LoadedModel] = ()
    score: InitiativeScore | None = None
    """The current score of its active framework; None where there is none."""

    @property
    def models_that_matter(self) -> Sequence[LoadedModel]:
        """Its primary model; without one those that are approved, else all."""
        primary = [item for item in self.models if item.model.is_primary]
        return primary or [item for item in self.models if item.model.approved] or self.models


@dataclass(frozen=True)
class Setting:
    """The roadmap that is judged, and what is known around it."""

    period_key: str
    registry: Registry
    fiscal_year: FiscalYear = CALENDAR
    lifecycles: Mapping[str, str] = field(default_factory=dict)
    """The lifecycle status of every initiative of the roadmap, and of those that they depend on."""
    listed: frozenset[str] = frozenset()
    """The initiatives that are listed on the roadmap, blocked ones included."""
    percentiles: Mapping[str, float] = field(default_factory=dict)
    """By key where an initiative's score stands among those that it can be compared with; of those that count."""
    standing: Set[str] = frozenset()
    """Those of them that are admitted or waived."""


Check = Callable[[Subject, P, Setting], Message | None]
"""Judges one initiative: None where it passes, else why it does not."""


@dataclass(frozen=True)
class GateRule(Generic[P]):
    """One gate: what it asks for, how its parameter is read, and how it judges."""

    gate: Gate
    help: str
    parameter: Parameter[P]
    check: Check[P]
    looks_at_others: bool = False
    """Its judgement depends on which of the initiatives that it names as its dependencies stand on the roadmap."""
    looks_at_scores: bool = False
    """Its judgement depends on the scores of all initiatives."""


GATES: dict[Gate, GateRule[Any]] = {}
"""Every gate by its name, in the order of the domain's words once the package is imported."""


def gate(
    name: Gate,
    help: str,
    parameter: Parameter[P],
    *,
    looks_at_others: bool = False,
    looks_at_scores: bool = False,
) -> Callable[[Check[P]], Check[P]]:
    """Register the function below it as a gate."""

    def register(check: Check[P]) -> Check[P]:
        GATES[name] = GateRule(name, help, parameter, check, looks_at_others, looks_at_scores)
        return check

    return register

"""What a gate is given: the facts of one initiative, and the roadmap that it wants to stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from roadwright.domain.periods import CALENDAR, FiscalYear
from roadwright.domain.registry import Registry
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

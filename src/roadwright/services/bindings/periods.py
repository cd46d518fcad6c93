"""Periods that people type: what is said of one that names no days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.messages import Level, Message
from roadwright.domain.periods import FiscalYear, days_of, lacks_year, same_period
from roadwright.services.rows.notes import Notes
from roadwright.store.models import OptimizationScenario, Roadmap
from roadwright.store.session import fiscal_year_of


@dataclass(frozen=True)
class PeriodsInUse:
    """The periods of scenarios and roadmaps."""

    keys: Sequence[str]
    fiscal_year: FiscalYear

    def warn(self, typed: object, column: str, notes: Notes) -> None:
        """Warn of a text that names no days and is no period of a scenario or a roadmap: nothing will match it."""
        if typed is None or days_of(str(typed), self.fiscal_year) is not None:
            return
        if not any(same_period(str(typed), key, self.fiscal_year) for key in self.keys):
            year = Message("of_which_year", Level.OK) if lacks_year(str(typed)) else ""
            notes.warn("period_unknown", column, value=typed, year=year)


def periods_in_use(session: Session) -> PeriodsInUse:
    """The periods that scenarios and roadmaps have now."""
    scenarios = session.scalars(select(OptimizationScenario.period_key))
    roadmaps = session.scalars(select(Roadmap.period_key).where(Roadmap.is_declared))
    return PeriodsInUse(sorted({*scenarios, *roadmaps}), fiscal_year_of(session))


def warn_of_missing_year(typed: object, column: str, notes: Notes) -> None:
    """Warn of a scenario's or roadmap's own period that is a quarter or a month of no year."""
    if typed is not None and lacks_year(str(typed)):
        notes.warn("period_without_year", column, value=typed)

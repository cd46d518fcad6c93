"""Which fiscal years a workspace has: its sessions carry it, for whoever compares periods."""

from __future__ import annotations

from sqlalchemy.orm import Session, object_session

from roadwright.domain.periods import CALENDAR, FiscalYear

FISCAL_YEAR = "fiscal_year"
"""Under this name a session's ``info`` holds it."""


def fiscal_year_of(session: Session | None) -> FiscalYear:
    """The fiscal year of the workspace that opened the session."""
    found = session.info.get(FISCAL_YEAR) if session is not None else None
    return found if isinstance(found, FiscalYear) else CALENDAR


def fiscal_year_at(row: object) -> FiscalYear:
    """The same, of the session in which a row was loaded."""
    return fiscal_year_of(object_session(row))

"""Moments as the store and the sheets write them: ISO text in UTC; row versions among them are unique."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.store.models import RowBaseline, SetBaseline

_TICK = dt.timedelta(microseconds=1)


def to_text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def now() -> str:
    """This moment."""
    return to_text(dt.datetime.now(dt.UTC))


class RowVersions:
    """Gives the row versions of sheet rows: each later than every one given before, also when the clock went back."""

    def __init__(self, session: Session) -> None:
        row_versions = (session.scalar(select(func.max(kind.row_version))) for kind in (RowBaseline, SetBaseline))
        newest = max((row_version for row_version in row_versions if row_version), default=None)
        self._last = dt.datetime.fromisoformat(newest) if newest else dt.datetime.min.replace(tzinfo=dt.UTC)

    def next(self) -> str:
        self._last = max(dt.datetime.now(dt.UTC), self._last + _TICK)
        return to_text(self._last)

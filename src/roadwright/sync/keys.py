"""Initiative keys: given out once, before the initiative exists, so that no crash makes two of one row."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.keys import INITIATIVE, make_key, parse_key
from roadwright.store.clock import now
from roadwright.store.models import IssuedKey

_CHUNK = 500


def issue_keys(session: Session, count: int, issued_for: str) -> list[str]:
    """New keys. They are valid once the session's transaction is committed."""
    moment = now()
    issued = [IssuedKey(issued_at=moment, issued_for=issued_for) for _ in range(count)]
    session.add_all(issued)
    session.flush()
    return [make_key(INITIATIVE, row.number) for row in issued]


def issued_numbers(session: Session, keys: Iterable[str]) -> set[int]:
    """The numbers, among those in these keys, that were given out."""
    numbers = sorted({number for key in keys if (number := parse_key(INITIATIVE, key)) is not None})
    known: set[int] = set()
    for start in range(0, len(numbers), _CHUNK):
        known.update(
            session.scalars(select(IssuedKey.number).where(IssuedKey.number.in_(numbers[start : start + _CHUNK])))
        )
    return known

"""What a workspace says of how its people type: ``[reading]`` and ``[sizes]`` of roadwright.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roadwright.domain.messages import MessageError
from roadwright.domain.periods import CALENDAR, FiscalYear


class Unreadable(MessageError):
    """A text that can't be read, or that can mean two things; the message completes "<text> …"."""


@dataclass(frozen=True)
class ReadingRules:
    """Which of two readings is meant, where a workspace says so.

    ``decimal`` is the decimal sign, ``.`` or ``,``: it tells whether ``4.000`` is 4 or 4,000. ``dates`` is ``dmy`` or
    ``mdy``: it tells which day ``09/10/2026`` is. ``sizes`` are words that stand for amounts, folded: ``xl`` for 60.
    """

    decimal: str | None = None
    dates: str | None = None
    fiscal_year: FiscalYear = CALENDAR
    sizes: Mapping[str, float] = field(default_factory=dict)


AS_TYPED = ReadingRules()
"""No setting at all: what can mean two things is refused."""

"""How values and differences stand in sentences and tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.domain.amounts import amount
from roadwright.domain.figures import figure
from roadwright.domain.messages import Level, Message


def shown(value: object) -> Message | str:
    """A value as people read it in a sentence."""
    if value is None or value in ([], ""):
        return Message("shown_nothing", Level.OK)
    if isinstance(value, bool):
        return Message("shown_yes" if value else "shown_no", Level.OK)
    if isinstance(value, int | float):
        return amount(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {part}" for name, part in value.items() if part is not None)
    return str(value)


def signed(number: float) -> str:
    """A difference with its sign: ``+1,200`` or ``-3``; ``0`` has none."""
    return f"+{figure(number)}" if number > 0 else figure(number)

"""How values, amounts and differences stand in sentences and tables."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.domain.messages import Level, Message
from roadwright.domain.shown import figure


def amount(number: float, unit: str | None = None) -> Message:
    """The number as people write it, with its unit where it has one: ``1,200 EUR``."""
    if unit is None or not unit:
        return Message("amount", Level.OK, params={"number": number})
    return Message("amount_of_unit", Level.OK, params={"number": number, "unit": unit})


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

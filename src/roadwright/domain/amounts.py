"""Figures with their units, as messages show them."""

from __future__ import annotations

from roadwright.domain.messages import Level, Message


def amount(number: float, unit: str | None = None) -> Message:
    """The number as people write it, with its unit where it has one: ``1,200 EUR``."""
    if unit is None or not unit:
        return Message("amount", Level.OK, params={"number": number})
    return Message("amount_of_unit", Level.OK, params={"number": number, "unit": unit})

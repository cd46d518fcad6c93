"""How values and differences stand in sentences and tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.domain.figures import figure


def shown(value: object) -> str:
    """A value as people read it in a sentence."""
    if value is None or value in ([], ""):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return figure(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {part}" for name, part in value.items() if part is not None)
    return str(value)


def signed(number: float) -> str:
    """A difference with its sign: ``+1,200`` or ``-3``; ``0`` has none."""
    return f"+{figure(number)}" if number > 0 else figure(number)

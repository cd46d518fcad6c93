"""The figures of an answer, in a line."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def summary_line(summary: Mapping[str, object], hidden: Collection[str] = ()) -> str:
    """The figures of an answer that say something: short lists whole, of a list of objects how many there are."""

    def shown(value: object) -> str:
        if isinstance(value, list):
            return str(len(value)) if any(isinstance(part, dict) for part in value) else "; ".join(map(str, value))
        return str(value)

    told = {name: value for name, value in summary.items() if name not in hidden and value not in (0, None, "", [])}
    return ", ".join(f"{name} {shown(value)}" for name, value in told.items())

"""Exports of known trackers: which one a header is from, and what its columns, states and estimates mean."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from roadwright.domain.errors import InputError
from roadwright.domain.registry import nearest
from roadwright.domain.text import normalised

NAMES = ("jira", "azure", "linear", "trello", "github", "asana", "aha", "productboard", "monday")


class UnknownPreset(InputError):
    """A tracker was named that is not known."""


@dataclass(frozen=True)
class Preset:
    """One tracker's export. ``columns`` are by our name its names for a column, in the order of preference."""

    name: str
    found_by: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@cache
def preset(name: str) -> Preset:
    """The preset of this name. Raises UnknownPreset."""
    wanted = name.strip().casefold()
    if wanted not in NAMES:
        raise UnknownPreset("unknown_preset", name=name, hint=nearest(name, NAMES), known=NAMES)
    text = (resources.files(f"{__package__}.presets") / f"{wanted}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    return Preset(
        wanted,
        tuple(map(tuple, content["found_by"])),
        {column: tuple(names) for column, names in content["columns"].items()},
        content.get("values", {}),
        content.get("units", {}),
    )


def recognised(headers: Collection[str]) -> Preset | None:
    """The tracker whose export has these headers: the one of which most tell it."""
    have = {normalised(header) for header in headers}
    found: list[tuple[int, int, Preset]] = []
    for name in NAMES:
        one = preset(name)
        told = [len(names) for names in one.found_by if all(normalised(header) in have for header in names)]
        if told:
            known = sum(any(normalised(n) in have for n in names) for names in one.columns.values())
            found.append((max(told), known, one))
    return max(found, key=lambda item: item[:2])[2] if found else None

"""What is said of tabs that people made: the mapping of a tab's columns and rows, and how people write things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from roadwright.domain.text import folded

AUTO = 0
"""The header row of a tab where it is to be found: the first row in which two names or more stand."""


@dataclass(frozen=True)
class Overflow:
    """A column whose longer texts go whole into another one, the beginning with ``…`` staying."""

    name: str
    most: int
    into: str
    kept: int


@dataclass(frozen=True)
class Habits:
    """How people write what a tab of ours asks for, whatever their columns are called."""

    title: str = ""
    overflow: Overflow | None = None
    person: tuple[str, str] | None = None
    """The columns of a person's name and mail, which stand in one cell as ``Name <mail>``."""
    lists: frozenset[str] = frozenset()
    """Columns whose entries may be written as ``A\\B`` or ``Name (green)``."""
    id_column: str = ""
    id_names: tuple[str, ...] = ()
    """Headers of other programs for what identifies a row, the surest first."""
    computed: frozenset[str] = frozenset()
    """Columns that are known, but not taken from this tab."""


@dataclass(frozen=True)
class TabMapping:
    """What the settings say of the columns and rows of a tab that people made."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our name and theirs: one, or several that are joined with a blank line."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By our name of the column, their word and ours."""
    carry: Mapping[str, str] = field(default_factory=dict)
    """Their columns that go along as they are, by the name that they have here."""
    skip: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    """The unit of time that a column of days is written in (see `UNITS`)."""

    def names(self) -> list[str]:
        """Their names of columns that the settings name."""
        return [*(name for names in self.columns.values() for name in names), *self.carry.values()]


NO_MAPPING = TabMapping()

UNITS = {"seconds": 1 / 28800, "minutes": 1 / 480, "hours": 1 / 8, "days": 1.0, "weeks": 5.0, "months": 20.0}
"""By unit, how many days of work it is: 8 hours are a day, 5 days a week, 20 a month."""


def numbered(headers: Iterable[str]) -> Iterator[str]:
    """The headers, each that stood before with its number behind: ``Sprint``, ``Sprint (2)``."""
    times: dict[str, int] = {}
    for header in headers:
        name = folded(header)
        times[name] = times.get(name, 0) + 1
        yield header if times[name] == 1 else f"{header} ({times[name]})"

"""What is said of tabs that people made: the mapping of a tab's columns and rows, and how people write things.

That includes texts of one cell that hold several things: ``Name <mail>``, ``A\\B\\C``, ``Bug (red), Growth (green)``.
"""

from __future__ import annotations

import re
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


_PERSON = re.compile(r'\s*"?(?P<name>[^<>"]*?)"?\s*<(?P<mail>[^<>\s@]+@[^<>\s@]+)>\s*')
_MAIL = re.compile(r"[^<>\s@,;]+@[^<>\s@,;]+\.[^<>\s@,;]+")
_PEOPLE_BREAKS = re.compile(r"[;,](?=[^<>]*<)")
_COLOURS = "green|yellow|orange|red|purple|blue|sky|lime|pink|black|gr[ae]y|white|teal|brown|turquoise|violet|cyan"
_COLOUR = re.compile(rf"\s*\((?:(?:light|dark)[ _-])?(?:{_COLOURS})(?:[ _-](?:light|dark))?\)", re.IGNORECASE)
_PATH = re.compile(r"[^\\\n:]+(?:\\[^\\\n]+)+")


def person_of(text: str) -> tuple[str, str] | None:
    """The name and the mail of ``Name <mail>``; of several people all names and all mails. None of anything else."""
    found = [_PERSON.fullmatch(part) for part in _PEOPLE_BREAKS.split(text)]
    people = [one for one in found if one is not None]
    if not people or len(people) != len(found):
        return None
    names = ", ".join(one["name"].strip() or one["mail"] for one in people)
    return names, ", ".join(one["mail"] for one in people)


def mail_of(text: str) -> str | None:
    """The text where it is a mail address and nothing else."""
    return text if _MAIL.fullmatch(text.strip()) else None


def parts_of(text: str) -> str:
    """The entries of a list as people write one here, ``A, B, C``: paths parted, colours of labels left out."""
    if "(" in text:
        text = _COLOUR.sub("", text)
    if "\\" in text and _PATH.fullmatch(text):
        text = ", ".join(part for one in text.split("\\") if (part := one.strip()))
    return text

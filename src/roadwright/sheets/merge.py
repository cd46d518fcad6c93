"""Three-way merge of one row, cell by cell: what the copy once showed, what it says now, what is stored now. Pure.

Values are compared in their plain form, which JSON keeps and which compares by meaning: that of a copy's memory, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from roadwright.domain.decimals import rounded
from roadwright.domain.keys import canonical_key
from roadwright.domain.periods import days_of
from roadwright.domain.text import composed, folded, same_words


class OnConflict(StrEnum):
    """Who wins where the same field was changed on both sides."""

    ASK = "ask"
    SHEET = "sheet"
    DATABASE = "database"


@dataclass(frozen=True)
class Winners:
    """Who wins on each column where both sides changed it: as said of the column by name, else ``otherwise``."""

    otherwise: OnConflict = OnConflict.ASK
    columns: Mapping[str, OnConflict] = field(default_factory=dict)

    def of(self, column: str) -> OnConflict:
        return self.columns.get(column, self.otherwise)

    @property
    def is_nobody(self) -> bool:
        """Nothing is settled: both values stay."""
        return all(side is OnConflict.ASK for side in (self.otherwise, *self.columns.values()))


NOBODY = Winners()


@dataclass(frozen=True)
class RowMerge:
    """What the merge of one row came to.

    ``changes`` are the values to store (the sheet's edits that stand). ``conflicts`` are fields changed on both
    sides to different values, as (sheet, stored). ``edited`` are all columns whose sheet value is neither what the
    copy once showed nor what is stored. ``gave_way`` are conflicts that the store won, ``clashes`` all that there were,
    whoever won: both as (sheet, stored), too.
    """

    changes: Mapping[str, object]
    conflicts: Mapping[str, tuple[object, object]]
    edited: frozenset[str]
    gave_way: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    clashes: Mapping[str, tuple[object, object]] = field(default_factory=dict)


NO_EDITS = RowMerge({}, {}, frozenset())
"""Nothing was typed on the row since it was written."""


def merge_row(
    columns: Iterable[str],
    *,
    base: Mapping[str, object] | None,
    sheet: Mapping[str, object],
    stored: Mapping[str, object],
    blanks: Mapping[str, object] | None = None,
    on_conflict: Winners = NOBODY,
    yielding: Collection[str] = (),
    prose: Collection[str] = (),
) -> RowMerge:
    """Merge the named columns of one row.

    A column that the sheet does not have, or could not read, is not in ``sheet`` and stays as stored. A column
    without a base (the row was typed by hand, or the copy is older than the column) counts as having shown a blank:
    what was typed there is an edit, what was left blank is none. Two edits that differ in spelling only are no
    conflict: the sheet's is taken; one that changes the spelling only gives way to any other. In ``prose`` columns,
    case is more than spelling. ``blanks`` gives what a blank means, where that is not None. ``yielding`` columns hold a
    computed value in the store, which gives way to what a person types. All values are in plain form; those of
    ``stored`` and ``base`` may be as they are.
    """
    changes: dict[str, object] = {}
    clashes: dict[str, tuple[object, object]] = {}
    conflicts: dict[str, tuple[object, object]] = {}
    gave_way: dict[str, tuple[object, object]] = {}
    edited: set[str] = set()
    shown = {**(blanks or {}), **(base or {})}
    for column in [name for name in columns if name in sheet and sheet[name] != shown.get(name)]:
        said, kept, before = sheet[column], plain(stored.get(column)), plain(shown.get(column))
        if said in (before, kept):
            continue
        is_prose = column in prose
        is_stored_as_shown = same_meaning(kept, before, is_prose=is_prose)
        if not is_stored_as_shown and same_meaning(said, before, is_prose=is_prose):
            continue
        edited.add(column)
        gives_way = is_stored_as_shown or column in yielding or same_meaning(said, kept, is_prose=is_prose)
        if gives_way:
            changes[column] = said
            continue
        clashes[column] = (said, kept)
        winner = on_conflict.of(column)
        if winner is OnConflict.SHEET:
            changes[column] = said
        else:
            (conflicts if winner is OnConflict.ASK else gave_way)[column] = (said, kept)
    return RowMerge(changes, conflicts, frozenset(edited), gave_way, clashes)


def same_meaning(one: object, other: object, *, is_prose: bool = False) -> bool:
    """Whether two plain values differ in spelling only: of names, keys and periods, alone, in lists or as keys."""
    if one == other:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return same_words(one, other) or (not is_prose and (_form(one) == _form(other) or _names_same_days(one, other)))
    return type(one) is type(other) and isinstance(one, list | dict) and _form(one) == _form(other)


def _names_same_days(one: str, other: str) -> bool:
    days = days_of(one)
    return days is not None and days == days_of(other)


def _form(value: object) -> object:
    """The form in which values compare; the order of names does not matter."""
    if isinstance(value, str):
        return canonical_key(value) or folded(value)
    if isinstance(value, list):
        entries = [_form(entry) for entry in value]
        return sorted(map(str, entries)) if all(isinstance(entry, str) for entry in value) else entries
    return {folded(key): _form(entry) for key, entry in value.items()} if isinstance(value, dict) else value


_PLAIN = frozenset({int, bool, type(None)})


def plain(value: object) -> object:
    """Dates as ISO text, tuples as lists, fractions to 15 digits, texts in NFC, everything else as it is.

    Some spreadsheet programs keep no more than 15 digits: 1/3 comes back from them as another float. Some keyboards and
    file systems give é as two characters, which look like one and mean the same.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str | float):
        return composed(value) if isinstance(value, str) else rounded(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {composed(str(key)): plain(entry) for key, entry in value.items()}
    return value


def plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """All values of a row in plain form."""
    return {column: value if type(value) in _PLAIN else plain(value) for column, value in values.items()}

"""Three-way merge of one row, cell by cell: what the copy once showed, what it says now, what is stored now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from roadwright.domain.text import same_words
from roadwright.sheets.plain import plain


class OnConflict(StrEnum):
    """Who wins where the same field was changed on both sides."""

    ASK = "ask"
    SHEET = "sheet"
    DATABASE = "database"


@dataclass(frozen=True)
class RowMerge:
    """What the merge of one row came to.

    ``changes`` are the values to store (the sheet's edits that stand). ``conflicts`` are fields changed on both
    sides to different values, as (sheet, stored). ``edited`` are all columns whose sheet value is neither what the
    copy once showed nor what is stored.
    """

    changes: Mapping[str, object]
    conflicts: Mapping[str, tuple[object, object]]
    edited: frozenset[str]


NO_EDITS = RowMerge({}, {}, frozenset())
"""Nothing was typed on the row since it was written."""


def merge_row(
    columns: Iterable[str],
    *,
    base: Mapping[str, object] | None,
    sheet: Mapping[str, object],
    stored: Mapping[str, object],
    blanks: Mapping[str, object] | None = None,
    on_conflict: OnConflict = OnConflict.ASK,
    yielding: Collection[str] = (),
) -> RowMerge:
    """Merge the named columns of one row.

    A column that the sheet does not have, or could not read, is not in ``sheet`` and stays as stored. A column
    without a base (the row was typed by hand, or the copy is older than the column) counts as having shown a blank:
    what was typed there is an edit, what was left blank is none. Two edits that differ in blanks only are no conflict:
    the sheet's is taken. ``blanks`` gives what a blank means, where that is not None. ``yielding`` columns hold a
    computed value in the store, which gives way to what a person types. All values are in plain form; those of
    ``stored`` and ``base`` may be as they are.
    """
    changes: dict[str, object] = {}
    conflicts: dict[str, tuple[object, object]] = {}
    edited: set[str] = set()
    shown = {**(blanks or {}), **(base or {})}
    for column in [name for name in columns if name in sheet and sheet[name] != shown.get(name)]:
        said, kept, before = sheet[column], plain(stored.get(column)), plain(shown.get(column))
        if said in (before, kept):
            continue
        edited.add(column)
        if kept == before or column in yielding or on_conflict is OnConflict.SHEET or _is_same_text(said, kept):
            changes[column] = said
        elif on_conflict is OnConflict.ASK:
            conflicts[column] = (said, kept)
    return RowMerge(changes, conflicts, frozenset(edited))


def _is_same_text(said: object, kept: object) -> bool:
    return isinstance(said, str) and isinstance(kept, str) and same_words(said, kept)

"""Cells of the backlog as they are edited on a screen: one, a pasted block, or one column of many rows; and undone.

All are rows as `changes` saves them. What a cell showed is the base of its merge, so that nobody's newer value is
overwritten unasked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Level
from roadwright.grid.changes import Changed, RowChange
from roadwright.grid.view import TOKENS, size_column
from roadwright.services.backlog.find import column_values
from roadwright.services.rows.notes import level_of
from roadwright.services.rows.results import RowResult
from roadwright.sheets.merge import OnConflict

MOST_STEPS = 50
"""So many edits can be taken back."""
MOST_CELLS = 20_000
"""So many cells of them are remembered; the last edit is, however large."""
MOST_SESSIONS = 200
"""Edits are remembered of so many sessions, those that opened the page last."""


@dataclass(frozen=True)
class CellEdit:
    """What was typed into a cell, and what it showed before."""

    key: str
    column: str
    typed: object
    seen: object
    on_conflict: OnConflict = OnConflict.ASK


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    key: str
    level: Level
    said: str
    before: Mapping[str, object]
    """By column that has another value now, the one that it had."""
    after: Mapping[str, object]
    kept: Mapping[str, object]
    """By column what was typed and is not saved: it stays in its cell."""
    why: Mapping[str, str]
    """By column why it is refused, without what a row's status says around it."""
    conflicts: Mapping[str, tuple[object, object]]
    """By column that somebody else has changed, what was typed and what is stored."""

    @property
    def is_changed(self) -> bool:
        return bool(self.after)


def row_changes(session: Session, edits: Sequence[CellEdit]) -> list[RowChange]:
    """The rows to save: one for each initiative, whatever number of its cells was edited."""
    scopes = column_values(session, {_key(edit.key) for edit in edits if edit.column == TOKENS}, ["scope_mode"])
    changes: dict[str, dict[str, object]] = {}
    seen: dict[str, dict[str, object]] = {}
    rules: dict[str, OnConflict] = {}
    for edit in edits:
        key = _key(edit.key)
        column = stored_column(edit.column, scopes.get(key, {}).get("scope_mode"))
        changes.setdefault(key, {})[column] = edit.typed
        seen.setdefault(key, {})[column] = edit.seen
        rules[key] = edit.on_conflict
    return [
        RowChange({"initiative_key": key}, None, changes[key], on_conflict=rules[key], seen=seen[key])
        for key in changes
    ]


def _key(typed: str) -> str:
    return canonical_key(typed) or typed


def stored_column(column: str, scope_mode: object) -> str:
    """The column that a cell of the grid is stored in."""
    return size_column(scope_mode) if column == TOKENS else column


def outcomes(rows: Sequence[RowChange], changed: Changed) -> list[Outcome]:
    """What became of each row, in the order in which they were sent."""
    found = []
    for sent, row, result in zip(rows, changed.rows, changed.results, strict=True):
        level = level_of(row.run_status)
        refused = set(result.kept) & set(sent.changes)
        if level is Level.FAILED and not result.changed and not refused:
            refused = set(sent.changes)  # the whole row was refused
        found.append(
            Outcome(
                key=str(row.identity.get("initiative_key") or sent.identity["initiative_key"]),
                level=level,
                said=row.run_status,
                before={name: pair[0] for name, pair in result.changed.items()},
                after={name: pair[1] for name, pair in result.changed.items()},
                kept={name: sent.changes[name] for name in sent.changes if name in refused},
                why=_why(result, refused),
                conflicts={name: (said, kept) for name, (said, kept) in result.merge.conflicts.items()},
            )
        )
    return found


def _why(result: RowResult, refused: Iterable[str]) -> dict[str, str]:
    said = [message for message in result.notes.messages if message.severity is not Level.OK]
    found: dict[str, str] = {}
    for name in refused:
        own = [replace(message, column=None) for message in said if message.column == name] or said
        if own:
            found[name] = str(own[0])
    return found


@dataclass(frozen=True)
class Preview:
    """What an edit of many rows would do."""

    changes: int
    same: int
    refused: int
    why: Mapping[str, int]
    """The words for those that are refused, and of how many they are said."""


def preview_of(found: Iterable[Outcome]) -> Preview:
    """How many rows change, are so already, and are refused."""
    changes = same = 0
    why: dict[str, int] = {}
    for one in found:
        if one.kept:
            said = next(iter(one.why.values()), one.said)
            why[said] = why.get(said, 0) + 1
        elif one.is_changed:
            changes += 1
        else:
            same += 1
    return Preview(changes, same, sum(why.values()), why)


@dataclass
class Steps:
    """What somebody edited, to be taken back step by step."""

    _steps: deque[list[CellEdit]] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self._steps)

    def keep(self, found: Iterable[Outcome]) -> None:
        """Remember what was saved: each value is put back where the new one still stands."""
        step = [
            CellEdit(one.key, name, one.before[name], one.after[name])
            for one in found
            for name in one.after
            if name in tabs.BACKLOG.by_name
        ]
        if not step:
            return
        self._steps.append(step)
        while len(self) > MOST_STEPS or (len(self) > 1 and sum(map(len, self._steps)) > MOST_CELLS):
            self._steps.popleft()

    def take(self) -> list[CellEdit]:
        """The last step, which is forgotten with that; nothing where there is none."""
        return self._steps.pop() if self._steps else []


class StepsOfSessions:
    """What was edited in each session, on whichever of its pages: one that is left and opened again has it."""

    def __init__(self) -> None:
        self._by_session: dict[str, Steps] = {}

    def of(self, session: str) -> Steps:
        """The steps of a session, which are there until the server ends or many others were here since."""
        steps = self._by_session.pop(session, None) or Steps()
        self._by_session[session] = steps  # the last one now
        while len(self._by_session) > MOST_SESSIONS:
            del self._by_session[next(iter(self._by_session))]
        return steps

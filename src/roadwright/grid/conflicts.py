"""What people see of conflicts between sheets and database, and do about them: who changed a field, what settles it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.saving import SAVE_SELECTED
from roadwright.domain.keys import canonical_key
from roadwright.sheets.merge import OnConflict
from roadwright.store.models import ActionRun
from roadwright.sync.conflicts import SheetConflict

_RUNS = 50
"""So many of the newest runs that changed rows are looked through for who changed a field."""


@dataclass(frozen=True)
class Change:
    """Who gave a field the value that it had then, and when."""

    requested_by: str
    at: str
    value: object


@dataclass(frozen=True)
class Settlement:
    """What an action is asked for to settle fields of rows that are settled alike."""

    action: str
    tab: str
    select: str
    on_conflict: str


def last_changes(session: Session, rows: Collection[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Change]]:
    """Of rows, by tab and key, the last change of each column, as far as the ledger's newest runs tell it.

    What an initiative has is changed on several tabs under the same key; any other key is a row's on its own tab.
    """
    wanted: dict[str, list[tuple[str, str]]] = {}
    for tab, key in rows:
        wanted.setdefault(key, []).append((tab, key))
    of_initiatives = {key for key in wanted if canonical_key(key)}
    told = (ActionRun.requested_by, ActionRun.finished_at, ActionRun.created_at, ActionRun.rows_json)
    runs = select(*told).where(cast(ActionRun.rows_json, String).contains('"changes"')).order_by(ActionRun.id.desc())
    found: dict[tuple[str, str], dict[str, Change]] = {}
    for requested_by, finished_at, created_at, lines in session.execute(runs.limit(_RUNS)):
        for line in lines or ():
            key, changes = str(line.get("key")), line.get("changes") or {}
            for row in wanted.get(key, ()):
                if key in of_initiatives or line.get("tab") == row[0]:
                    of_row = found.setdefault(row, {})
                    for column, pair in changes.items():
                        of_row.setdefault(column, Change(requested_by, finished_at or created_at, pair[-1]))
    return found


def settlements(chosen: Iterable[tuple[SheetConflict, Mapping[str, OnConflict]]]) -> list[Settlement]:
    """What settles these rows, each with the winner by column: rows of a tab that are settled alike go together."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for conflict, winners in chosen:
        if conflict.place is None:
            continue
        action = BACKLOG_SYNC if conflict.is_intake else SAVE_SELECTED
        rule = ", ".join(f"{column}: {side}" for column, side in sorted(winners.items()))
        groups.setdefault((action.name, conflict.place.name, rule), []).append(_quoted(conflict.key))
    return [Settlement(action, tab, ", ".join(names), rule) for (action, tab, rule), names in groups.items()]


def _quoted(name: str) -> str:
    """The name in quotes, as a selection takes one with commas."""
    return '"' + name.replace('"', '""') + '"'

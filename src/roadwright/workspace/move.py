"""Moving the data of a workspace into another database: from SQLite to PostgreSQL, and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.exc import DBAPIError

from roadwright.domain.messages import Level, Message, MessageError
from roadwright.sheets.backend import SheetError
from roadwright.sheets.files import place_file
from roadwright.store.copying import CopyProblem, Tally, copy_all, snapshot
from roadwright.store.identity import next_revision, say_moved
from roadwright.store.session import Store, open_store, shown_url, url_without_password
from roadwright.workspace.folders import other_places
from roadwright.workspace.restore import ENVIRONMENT_URL
from roadwright.workspace.settings import FILE as SETTINGS
from roadwright.workspace.settings_file import SettingsChange, with_database_url
from roadwright.workspace.workspace import Workspace, database_url


@dataclass(frozen=True)
class MoveReport:
    """What was moved, from where to where, and what else there is to do."""

    source: str
    target: str
    tables: dict[str, Tally]
    notices: list[Message]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


Record = Callable[[Store, int], None]
"""Writes down in the new database that so many rows were moved there."""


def move_database(workspace: Workspace, url: str, record: Record) -> MoveReport:
    """Copy everything into an empty database, compare both, and let roadwright.toml name the new one.

    The old database keeps its data and the name of the new one, and is refused from then on, also to other folders.
    Raises StoreError or WorkspaceBusy; then nothing has changed.
    """
    with workspace.exclusive():
        target = open_store(database_url(workspace.root, url))
        try:
            source_url, target_url = (shown_url(store.engine.url) for store in (workspace.store, target))
            settings = workspace.root / SETTINGS
            text = with_database_url(settings.read_text(encoding="utf-8-sig"), url)
            with snapshot(workspace.store) as connection:
                tables = copy_all(connection, target)
            with target.transaction() as session:
                revision = next_revision(session)
            moved = MoveReport(source_url, target_url, tables, [])
            record(target, moved.rows)
            # Before the settings: if this process ends in between, every command says where the data are now.
            notices = _say_where(workspace.store, url_without_password(target.engine.url))
            try:
                place_file(settings, text.encode())
            except SheetError:
                _say_where(workspace.store, None)
                raise
            workspace.saw_revision(revision)
        except (OSError, SettingsChange, SheetError) as error:
            why = error.message if isinstance(error, MessageError) else str(error)
            raise CopyProblem("not_moved", why=why) from error
        finally:
            target.close()
    notices += [
        Message("folder_left_behind", Level.OK, params={"folder": str(place), "settings": SETTINGS})
        for place in other_places(workspace.store, workspace.private)
    ]
    if os.environ.get(ENVIRONMENT_URL):
        params = {"variable": ENVIRONMENT_URL, "settings": SETTINGS}
        notices.append(Message("variable_wins", Level.OK, params=params))
    return replace(moved, notices=notices)


def _say_where(old: Store, url: str | None) -> list[Message]:
    """Keep in the old database where its data are now. Returns what there is to tell where it can't be written."""
    try:
        with old.transaction() as session:
            say_moved(session, url)
    except DBAPIError as error:
        params = {"why": str(error.orig), "settings": SETTINGS}
        return [Message("old_database_unwritable", Level.WARNING, params=params)]
    return []

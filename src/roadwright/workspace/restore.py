"""Restoring a backup into a new folder, as a workspace of its own: never with the database of the original."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from roadwright.domain.actions import OPEN_STATUSES, ActionStatus
from roadwright.domain.messages import Level, Message
from roadwright.store.copying import copy_all, snapshot
from roadwright.store.identity import give_new_identity, next_revision
from roadwright.store.models import ActionRun
from roadwright.store.presence import PRIVATE
from roadwright.store.session import Store, open_store
from roadwright.workspace.backup import (
    ACTION,
    DATABASE,
    FILES,
    OUTSIDE,
    BackupProblem,
    Manifest,
    content_of,
    read_manifest,
)
from roadwright.workspace.building import built_whole, remove_unfinished
from roadwright.workspace.identity import Note, write_note
from roadwright.workspace.settings import DATABASE_FILE, ENVIRONMENT_PREFIX
from roadwright.workspace.settings import FILE as SETTINGS
from roadwright.workspace.settings_file import SettingsChange, with_database_url, with_paths
from roadwright.workspace.workspace import database_url

ENVIRONMENT_URL = f"{ENVIRONMENT_PREFIX}DATABASE_URL"


@dataclass(frozen=True)
class Restored:
    """A workspace that was restored, and what else there is to say."""

    root: Path
    manifest: Manifest
    notices: list[Message]


Record = Callable[[Store, Manifest], None]
"""Writes down in the restored database that it was restored."""


def restore_backup(path: Path, root: Path, url: str | None, record: Record) -> Restored:
    """Make a workspace in a new folder from a backup; with ``url`` its data go into that database, which is empty.

    The folder appears whole or not at all. Raises BackupProblem or StoreError.
    """
    root = root.absolute()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise BackupProblem("folder_not_empty", folder=str(root))
    try:
        remove_unfinished(root)
        with built_whole(root) as building, zipfile.ZipFile(path) as archive:
            manifest = read_manifest(archive, path)
            _unpack(archive, manifest, building)
            _change_settings(building, manifest, url)
            _restore_database(archive, manifest, building, url, record)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise BackupProblem("no_zip_file", path=str(path), why=str(error)) from error
    except OSError as error:
        raise BackupProblem("not_restored", path=str(path), folder=str(root), why=str(error)) from error
    except SettingsChange as error:
        raise BackupProblem.saying(error.message) from error
    return Restored(root, manifest, _notices(manifest, root))


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    for name in manifest.files:
        if name == DATABASE:
            continue
        file = folder / Path(name).relative_to(FILES)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content_of(archive, name, manifest))


def _change_settings(folder: Path, manifest: Manifest, url: str | None) -> None:
    """Point the settings at the restored database and workbooks instead of those of the original."""
    file = folder / SETTINGS
    text = file.read_text(encoding="utf-8-sig")
    changed = with_database_url(text, url or f"sqlite:///{DATABASE_FILE}")
    file.write_text(with_paths(changed, manifest.outside), encoding="utf-8")


def _restore_database(
    archive: zipfile.ZipFile, manifest: Manifest, building: Path, url: str | None, record: Record
) -> None:
    content = content_of(archive, DATABASE, manifest)
    file = building / (DATABASE_FILE if url is None else f"{PRIVATE}/{DATABASE}")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    kept = open_store(f"sqlite:///{file}", copies=building / PRIVATE)
    try:
        if url is None:
            _make_its_own(kept, building, manifest)
            record(kept, manifest)
            return
        target = open_store(database_url(building, url))  # a relative file lies in the folder
        try:
            with snapshot(kept) as connection:
                copy_all(connection, target)
            _make_its_own(target, building, manifest)
            record(target, manifest)
        finally:
            target.close()
    finally:
        kept.close()
        if url is not None:
            file.unlink()


def _make_its_own(store: Store, folder: Path, manifest: Manifest) -> None:
    """Give the copy an identity of its own: the original's workbooks are refused by it, and the other way round."""
    with store.transaction() as session:
        _close_runs(session, manifest.created_at)
        note = Note(give_new_identity(session), next_revision(session))
    write_note(folder / PRIVATE, note)


def _close_runs(session: Session, moment: str) -> None:
    """Say how those runs ended that were going on at the moment of the backup: its own run is over, as it is there."""
    running = str(ActionStatus.RUNNING)
    closing = update(ActionRun).values(finished_at=moment)
    backup = closing.where(ActionRun.action == ACTION, ActionRun.status == running)
    session.execute(backup.values(status=str(ActionStatus.SUCCESS)))
    others = closing.where(ActionRun.status.in_(OPEN_STATUSES))
    session.execute(others.values(status=str(ActionStatus.FAILED), error=str(Message("run_cut_by_backup"))))


def _notices(manifest: Manifest, root: Path) -> list[Message]:
    notices = []
    if manifest.outside:
        params = {"count": len(manifest.outside), "folder": str(root / OUTSIDE), "settings": SETTINGS}
        notices.append(Message("workbooks_brought_in", Level.OK, params=params))
    if os.environ.get(ENVIRONMENT_URL):
        params = {"variable": ENVIRONMENT_URL, "settings": SETTINGS}
        notices.append(Message("variable_wins_in_copy", Level.OK, params=params))
    return notices

"""Backups: one ZIP file with the database, the workbooks and the settings of one moment.

The database is kept as a SQLite file, whichever database it comes from, so that it can be restored into either.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ValidationError

import roadwright
from roadwright.domain.errors import OperationError
from roadwright.store.clock import now
from roadwright.store.copying import copy_to_file
from roadwright.store.identity import workspace_id
from roadwright.store.migrations import NEWEST
from roadwright.workspace.folders import FILE as FOLDER_FILE
from roadwright.workspace.settings import FILE as SETTINGS
from roadwright.workspace.workspace import Workspace

ACTION = "backup"
"""The name of its run in the ledger, of which the backup itself can only hold the beginning."""
FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
FILES = "files"
"""The folder for settings, workbooks, published files and the folder's token; each where it lies in the workspace."""
OUTSIDE = "workbooks-outside"
"""The folder for workbooks that lie outside the workspace; restored ones get it, too."""
_ATTEMPTS = 3


class BackupProblem(OperationError):
    """A backup can't be made or restored; the message says why, and nothing half-done is left."""


class Manifest(BaseModel):
    """What a backup holds, so that it can be checked before anything is restored."""

    format: int
    roadwright: str
    schema_version: str
    workspace_id: str
    created_at: str
    tables: dict[str, int]
    """How many rows each table has."""
    files: dict[str, str]
    """Every file in the ZIP by its name there, with its SHA-256."""
    outside: dict[str, str] = {}
    """Workbooks outside the folder: the path that the settings name, and the file's place in a restored workspace."""

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    @property
    def files_beside(self) -> int:
        """How many files there are beside the database."""
        return len(self.files) - 1


@dataclass(frozen=True)
class Written:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    size: int


def make_backup(workspace: Workspace, path: Path) -> Written:
    """Write a backup, for whoever has the turn in the workspace. Raises BackupProblem or StoreError."""
    if path.exists():
        raise BackupProblem("backup_exists", path=str(path))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    with TemporaryDirectory(prefix="roadwright-backup-") as scratch:
        copy = Path(scratch) / DATABASE
        try:
            for attempt in range(1, _ATTEMPTS + 1):
                copy.unlink(missing_ok=True)
                workspace.safe_point()
                before = _stamps(workspace)
                manifest = _write(workspace, copy, unfinished)
                changed = [str(file) for file, stamp in _stamps(workspace).items() if before.get(file) != stamp]
                if not changed:
                    break
                if attempt == _ATTEMPTS:
                    raise BackupProblem("backup_overtaken", files=tuple(changed))
            workspace.safe_point()
            _check(unfinished, manifest)
            unfinished.replace(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise BackupProblem("backup_unwritable", path=str(path), why=str(error)) from error
        finally:
            unfinished.unlink(missing_ok=True)
    return Written(path, manifest, path.stat().st_size)


def _sources(workspace: Workspace) -> tuple[dict[Path, str], dict[str, str]]:
    """Every file to keep with its name in the ZIP, and the workbooks outside the folder as the settings name them."""
    found = {workspace.root / SETTINGS: f"{FILES}/{SETTINGS}"}
    if (token := workspace.private / FOLDER_FILE).is_file():
        found[token] = f"{FILES}/{token.relative_to(workspace.root).as_posix()}"
    outside: dict[str, str] = {}
    for file in workspace.workbook_files():
        if not file.is_file():
            continue
        if file.is_relative_to(workspace.root):
            found[file] = f"{FILES}/{file.relative_to(workspace.root).as_posix()}"
        else:
            kept = f"{OUTSIDE}/{len(outside) + 1}-{file.name}"
            found[file] = f"{FILES}/{kept}"
            outside[_named(workspace, file)] = kept
    for file in sorted(workspace.published.rglob("*")):
        if file.is_file():
            found[file] = f"{FILES}/{file.relative_to(workspace.root).as_posix()}"
    return found, outside


def _named(workspace: Workspace, file: Path) -> str:
    """How the settings name a workbook."""
    settings = workspace.settings
    names = [book.workbook for book in settings.intake]
    names += [place.workbook for place in settings.tabs.values() if place.workbook is not None]
    return next(name for name in names if Path(os.path.normpath(workspace.root / name)) == file)


def _stamps(workspace: Workspace) -> dict[Path, tuple[int, int]]:
    """What changes when a person saves a workbook."""
    found = {}
    for file in _sources(workspace)[0]:
        status = file.stat()
        found[file] = status.st_mtime_ns, status.st_size
    return found


def _write(workspace: Workspace, copy: Path, path: Path) -> Manifest:
    files, outside = _sources(workspace)
    tables = {name: one.rows for name, one in copy_to_file(workspace.store, copy).items()}
    with workspace.store.transaction() as session:
        mine = workspace_id(session)
    digests: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, name in {copy: DATABASE, **files}.items():
            content = file.read_bytes()
            digests[name] = hashlib.sha256(content).hexdigest()
            archive.writestr(name, content)
        manifest = Manifest(
            format=FORMAT,
            roadwright=roadwright.__version__,
            schema_version=NEWEST,
            workspace_id=mine,
            created_at=now(),
            tables=tables,
            files=digests,
            outside=outside,
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def _check(path: Path, manifest: Manifest) -> None:
    """Read back what was written."""
    with zipfile.ZipFile(path) as archive:
        for name in manifest.files:
            content_of(archive, name, manifest)


def read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    """What the backup says it holds. Raises BackupProblem."""
    try:
        content: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if content.get("format") != FORMAT:
            raise BackupProblem("backup_format", path=str(path), format=content.get("format"))
        manifest = Manifest.model_validate(content)
    except (KeyError, ValueError, AttributeError, ValidationError, zipfile.BadZipFile) as error:
        raise BackupProblem("no_backup", path=str(path), manifest=MANIFEST) from error
    for name in (*manifest.files, *manifest.outside.values()):
        parts = PurePosixPath(name).parts
        if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
            raise BackupProblem("backup_names_file", path=str(path), name=name)
    return manifest


def content_of(archive: zipfile.ZipFile, name: str, manifest: Manifest) -> bytes:
    """One file of a backup, checked. Raises BackupProblem."""
    try:
        content = archive.read(name)
    except (KeyError, OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BackupProblem("backup_file_unreadable", name=name) from error
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise BackupProblem("backup_file_differs", name=name)
    return content

"""Folders that appear whole or not at all, and what is left of one whose making was broken off."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_TOKEN = re.compile(r"[0-9a-f]{16}")


@contextmanager
def built_whole(folder: Path) -> Iterator[Path]:
    """A new folder to build in, which becomes ``folder`` at the end, and of which nothing is left if it does not.

    What a process leaves of it that is killed meanwhile is known by a lock which has ended with the process (see
    `remove_unfinished`). ``folder`` must not be there yet, or be empty.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.part")
    lock = _lock_of(building)
    with suppress(OSError):  # on a file system without locks nobody removes it
        lock.acquire()
    try:
        building.mkdir()
        yield building
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
    finally:
        _remove(building, lock)


def remove_unfinished(folder: Path) -> list[Path]:
    """Remove what processes that are gone have left of ``folder``. Returns what was removed."""
    removed: list[Path] = []
    prefix, suffix = f".{folder.name}.", ".part"
    for building in sorted(folder.parent.iterdir()) if folder.parent.is_dir() else ():
        name = building.name
        if not (name.startswith(prefix) and name.endswith(suffix) and building.is_dir()):
            continue
        if _TOKEN.fullmatch(name.removeprefix(prefix).removesuffix(suffix)) is None:
            continue
        lock = _lock_of(building)
        # Who builds has the lock before the folder, and loses it after the folder.
        with suppress(OSError, Timeout):
            lock.acquire()
            _remove(building, lock)
            removed.append(building)
    return removed


def _lock_of(building: Path) -> FileLock:
    return FileLock(building.with_suffix(".lock"), blocking=False, thread_local=False, fallback_to_soft=False)


def _remove(building: Path, lock: FileLock) -> None:
    shutil.rmtree(building, ignore_errors=True)
    with suppress(OSError):
        Path(lock.lock_file).unlink()
    lock.release(force=True)

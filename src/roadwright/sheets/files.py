"""Files of ours: put in place whole or not at all, by way of temporary ones, and what killed processes left of these.

A process holds an operating-system lock on its temporary file for as long as it needs it. The lock ends with the
process, so a file that can be locked is left over, whatever clocks and process numbers say. Another machine does not
see the lock, nor does a file system without locks have one: there a file counts as left over after a day, by the time
stamps that the file system itself gives.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from roadwright.domain.machine import os_fault, running_kernel
from roadwright.sheets.backend import SheetError

_LEFTOVER_AGE_NS = 24 * 3600 * 10**9
"""Age from which a temporary file that can't be asked for its lock is taken for left over."""
_LEFTOVER = re.compile(r"\.roadwright-(?P<machine>[0-9a-f]{8})-[0-9a-f]+\.part")

if sys.platform == "win32":
    import msvcrt

    _BEYOND = 2**31 - 2
    """Where the locked byte lies: behind all content, because what is locked can't be read there."""

    def _lock(file: BinaryIO, *, wait: bool) -> None:
        """Lock the file, or raise OSError where it can't be locked."""
        file.seek(_BEYOND)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: BinaryIO, *, wait: bool) -> None:
        """Lock the file, or raise OSError where it can't be locked."""
        fcntl.flock(file.fileno(), fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def _machine() -> str:
    return f"{zlib.crc32(running_kernel().encode()):08x}"


def _new_path(folder: Path) -> Path:
    return folder / f".roadwright-{_machine()}-{secrets.token_hex(8)}.part"


@contextmanager
def temporary_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in the folder, open to be written; removed in the end, unless it was renamed. Raises OSError."""
    path, file = _new_locked(folder)
    try:
        yield path, file
    finally:
        file.close()
        with suppress(OSError):
            path.unlink()


def _new_locked(folder: Path) -> tuple[Path, BinaryIO]:
    while True:
        path = _new_path(folder)
        file = path.open("xb")
        with suppress(OSError):  # a file system without locks
            _lock(file, wait=True)
        # Whoever cleans up may have found it before it was locked.
        if path.exists():
            return path, file
        file.close()


def clean_leftovers(folder: Path) -> list[Path]:
    """Remove temporary files that processes of ours left behind in this folder when they were killed.

    Files of living processes stay. Returns what was removed.
    """
    removed: list[Path] = []
    if not folder.is_dir():
        return removed
    for path in folder.iterdir():
        match = _LEFTOVER.fullmatch(path.name)
        if match is None:
            continue
        with suppress(OSError):
            removed += [path] if _was_removed(path, match["machine"]) else []
    return removed


def _was_removed(path: Path, machine: str) -> bool:
    """Remove the file where it is left over."""
    if machine == _machine():
        with path.open("rb+") as file:
            try:
                _lock(file, wait=False)
            except BlockingIOError:
                return False
            except OSError:
                pass  # a file system without locks
            else:
                path.unlink()
                return True
    if _age(path) <= _LEFTOVER_AGE_NS:
        return False
    path.unlink()
    return True


def _age(path: Path) -> int:
    """Nanoseconds since the file was written, by the time stamps that its file system gives."""
    probe = _new_path(path.parent)
    probe.touch(exist_ok=False)
    try:
        return probe.stat().st_mtime_ns - path.stat().st_mtime_ns
    finally:
        probe.unlink()


def place_file(path: Path, content: bytes) -> None:
    """Put a file of ours at ``path``, whole or not at all, in the place of what stands there.

    Raises SheetError when the disk won't take it, or someone holds the file that stands there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary_file(path.parent) as (temporary, file):
            write_and_check(temporary, file, content)
            put_in_place(temporary, file, path)
    except OSError as error:
        fault = os_fault(error, folder=path.parent, needed=len(content))
        raise SheetError("file_unwritable", path=str(path), why=fault) from error
    sync_folder(path.parent)


def write_and_check(temporary: Path, file: BinaryIO, new: bytes) -> None:
    """Write the whole content and push it to the disk. Raises SheetError where the disk did not keep it."""
    file.write(new)
    file.flush()
    os.fsync(file.fileno())
    if temporary.read_bytes() != new:
        raise SheetError("disk_lost_writing", path=str(temporary))


def put_in_place(temporary: Path, file: BinaryIO, goal: Path) -> None:
    """Rename the file; it is locked until then, but for systems that rename no open file."""
    if os.name == "nt":
        file.close()
    temporary.replace(goal)


def sync_folder(folder: Path) -> None:
    """Make the renaming itself last through a power failure, where the system lets folders be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

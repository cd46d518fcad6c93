"""Puts a new file in the place of a workbook, whole or not at all, unless somebody has it open or changed it.

Who has it open is told by the lock files that Excel and LibreOffice put beside it. The new file is written beside its
goal or in the workspace's own folder, pushed to the disk, looked over, and only then renamed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from roadwright.domain.machine import os_fault, special_kind
from roadwright.sheets.backend import SheetError, WorkbookBusy
from roadwright.sheets.files import put_in_place, sync_folder, temporary_file, write_and_check

_EXCEL_NAME_AT = 55
_EXCEL_LOCK_SIZE = 165


@dataclass(frozen=True)
class Lock:
    """A lock file: which program left it for whom, and where it lies."""

    program: str
    owner: str
    path: Path

    def busy(self, workbook: str) -> WorkbookBusy:
        """What the person has to do to get the workbook free."""
        code = "workbook_open_by" if self.owner else "workbook_open"
        return WorkbookBusy(code, workbook=workbook, program=self.program, owner=self.owner, lock=str(self.path))


def find_lock(workbook: Path) -> Lock | None:
    """The lock on a workbook, if there is one. A link is looked at where it stands and where it leads."""
    seen: list[Path] = []
    for path in (workbook.absolute(), Path(os.path.realpath(workbook))):
        if path in seen:
            continue
        seen.append(path)
        for name, program, owner in (
            (f".~lock.{path.name}#", "LibreOffice", _libreoffice_owner),
            (f"~${path.name}", "Excel", _excel_owner),
        ):
            lock = path.with_name(name)
            if lock.is_file():
                try:
                    content = lock.read_bytes()
                except OSError:  # Excel keeps its lock open for itself alone
                    content = b""
                return Lock(program, owner(content), lock)
    return None


def _libreoffice_owner(content: bytes) -> str:
    """``,name,user@host,host,date,profile;`` with backslashes before commas in the fields."""
    fields = [
        re.sub(r"\\(.)", r"\1", field).strip()
        for field in re.split(r"(?<!\\),", content.decode("utf-8", "replace").rstrip(";\r\n"))
    ]
    fields += [""] * (4 - len(fields))
    name, host, date = fields[0] or fields[1], fields[2], fields[3]
    details = ", ".join(part for part in (host and f"on {host}", date and f"since {date}") if part)
    return f"{name} ({details})" if name and details else name or details


def _excel_owner(content: bytes) -> str:
    """The name once in the system's code page behind its length, once in UTF-16 behind its length."""
    if len(content) >= _EXCEL_LOCK_SIZE:
        length = int.from_bytes(content[_EXCEL_NAME_AT : _EXCEL_NAME_AT + 2], "little")
        name = content[_EXCEL_NAME_AT + 2 : _EXCEL_NAME_AT + 2 + 2 * length].decode("utf-16-le", "replace")
        if name.strip() and name.isprintable():
            return name.strip()
    length = content[0] if content else 0
    return content[1 : 1 + length].decode("cp1252", "replace").strip()


def replace_workbook(path: Path, new: bytes, read_sha256: str, scratch: Path | None) -> None:
    """Put the new bytes in the place of the workbook at ``path``, which had this checksum when it was read.

    Permissions stay; where the path is a link, the file that it leads to is replaced. ``scratch`` is the folder for
    the temporary file when it lies on the same file system. Raises WorkbookBusy when someone has the workbook open
    or changed it, SheetError when the disk won't take the new file. Then the old one is untouched.
    """
    _refuse_busy(path, read_sha256)
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise SheetError("file_read_only", path=str(path))
    folders = [target.parent]
    if scratch is not None and scratch.is_dir() and scratch.stat().st_dev == target.parent.stat().st_dev:
        folders.insert(0, scratch)
    for folder in folders:
        if _swapped_through(folder, path, target, new, read_sha256):
            return
    raise SheetError("several_file_systems", path=str(path))


def _swapped_through(folder: Path, path: Path, target: Path, new: bytes, read_sha256: str) -> bool:
    """Write into the folder and rename. False when the folder turns out to be on another file system."""
    try:
        with temporary_file(folder) as (temporary, file):
            write_and_check(temporary, file, new)
            _copy_permissions(target, temporary)
            # Asked again at the last moment: writing to a slow disk takes time in which people open files.
            _refuse_busy(path, read_sha256)
            try:
                put_in_place(temporary, file, target)
            except PermissionError as error:
                raise WorkbookBusy("workbook_in_use", workbook=path.name) from error
    except OSError as error:
        if error.errno == errno.EXDEV:
            return False
        fault = os_fault(error, folder=folder, needed=len(new))
        raise SheetError("file_unwritable_in", workbook=path.name, folder=str(folder), why=fault) from error
    sync_folder(target.parent)
    return True


def _refuse_busy(path: Path, read_sha256: str) -> None:
    """Raise WorkbookBusy when someone has the workbook open, or it isn't any more what it was when it was read."""
    if lock := find_lock(path):
        raise lock.busy(path.name)
    try:
        if (kind := special_kind(path)) is not None:
            raise SheetError("no_file_any_more", path=str(path), kind=kind)
        now = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError as error:
        raise WorkbookBusy("workbook_gone", workbook=path.name) from error
    except OSError as error:
        raise SheetError("file_unreadable_now", path=str(path), why=error.strerror or str(error)) from error
    if now != read_sha256:
        raise WorkbookBusy("workbook_changed", workbook=path.name)


def _copy_permissions(source: Path, goal: Path) -> None:
    status = source.stat()
    if hasattr(os, "chown"):
        # They matter in shared folders; only root may give a file away, anyone may pick one of their own groups.
        for owner, group in ((-1, status.st_gid), (status.st_uid, -1)):
            with suppress(PermissionError):
                os.chown(goal, owner, group)
    goal.chmod(status.st_mode & 0o7777)

"""What the operating system says: of files and disks, in words, and which machine this is."""

from __future__ import annotations

import errno
import platform
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from roadwright.domain.messages import Message


def running_kernel() -> str:
    """The running kernel, within which file locks are seen: the same in all containers on it, another after a start."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    with suppress(OSError):
        return boot.read_text(encoding="ascii").strip()
    return platform.node()


_FULL = (errno.ENOSPC, errno.EDQUOT)
_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_THOUSAND = 1000.0


def size_in_words(size: float) -> str:
    """``512 bytes``, ``1.5 MB``, ``120 GB``."""
    for unit in _UNITS[:-1]:
        if round(size) < _THOUSAND:
            return f"{size:.0f} {unit}" if size >= 100 or unit == "bytes" else f"{size:.1f} {unit}"
        size /= _THOUSAND
    return f"{size:,.1f} {_UNITS[-1]}"


def free_space(folder: Path) -> int | None:
    """Bytes that are free where the folder is, or would be; None where the system doesn't say."""
    for place in (folder, *folder.parents):
        with suppress(OSError, ValueError):
            return shutil.disk_usage(place).free
    return None


def disk_is_full(folder: Path, needed: int) -> Message:
    """The disk is full, with how much is needed there."""
    free = free_space(folder)
    params: dict[str, object] = {"folder": str(folder), "needed": needed, "needed_size": size_in_words(needed)}
    if free is None or free > needed:
        return Message("disk_full_needs", params=params)
    params.update(free=free, free_size=size_in_words(free))
    return Message("disk_full_has", params=params)


def os_fault(error: OSError, *, folder: Path | None = None, needed: int | None = None) -> Message:
    """Why a file can't be used. ``needed`` are the bytes that were to be written into ``folder``."""
    if error.errno in _FULL:
        if folder is None or needed is None:
            return Message("disk_full")
        return disk_is_full(folder, needed)
    return Message("os_error", params={"why": error.strerror or str(error)})


_KINDS = (
    (stat.S_ISDIR, "kind_folder"),
    (stat.S_ISFIFO, "kind_named_pipe"),
    (stat.S_ISSOCK, "kind_socket"),
    (stat.S_ISCHR, "kind_device"),
    (stat.S_ISBLK, "kind_device"),
)


def special_kind(path: Path) -> Message | None:
    """What stands at a path instead of a file, such as a named pipe, which would be waited for without end.

    None for a file. Raises OSError where there is nothing, or it can't be looked at.
    """
    mode = path.stat().st_mode
    return next((Message(code) for is_kind, code in _KINDS if is_kind(mode)), None)

"""Who has a workbook open, by the lock files that Excel and LibreOffice put beside it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from roadwright.sheets.backend import WorkbookBusy

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

"""The backends of the sheet engine: kinds of places that hold workbooks (see ``roadwright.sheets.backend``).

A backend is a module or package beside this one with an implementation of the `Workbook` protocol, and a line in
`open_backend`. ``memory`` is the smallest complete one.
"""

from __future__ import annotations

from pathlib import Path

from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.sheets.backend import SheetError, Workbook, WorkbookRef


def open_backend(ref: WorkbookRef, scratch: Path | None = None, tell: TellProgress = tell_nobody) -> Workbook:
    """Read a workbook, wherever it lies.

    ``scratch`` is a folder of the caller's for temporary files; ``tell`` hears how far the work on it is.

    Raises SheetError when it can't be read.
    """
    if ref.file is not None:
        from roadwright.sheets.backends.xlsx import open_workbook  # noqa: PLC0415 - only actions on files need it

        return open_workbook(ref.file, scratch, tell)
    if ref.scheme == "memory":
        from roadwright.sheets.backends.memory import open_book  # noqa: PLC0415 - hardly any command needs it

        return open_book(ref.address)
    raise SheetError("no_backend", workbook=ref.label, scheme=ref.scheme)


def is_open(ref: WorkbookRef) -> bool:
    """Whether a program says that a person has the workbook open, so that it can't be written now."""
    from roadwright.sheets.backends.xlsx.swap import find_lock  # noqa: PLC0415 - of files only

    return ref.file is not None and find_lock(ref.file) is not None

"""The backends of the sheet engine: kinds of places that hold workbooks (see ``roadwright.sheets.backend``).

A backend is a module or package beside this one with an implementation of the `Workbook` protocol, and a line in
`open_backend`. ``memory`` is the smallest complete one.
"""

from __future__ import annotations

from pathlib import Path

from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.sheets.backend import SheetError, Workbook, WorkbookRef, is_of_google


def open_backend(
    ref: WorkbookRef,
    scratch: Path | None = None,
    tell: TellProgress = tell_nobody,
    *,
    key_file: Path | None = None,
) -> Workbook:
    """Read a workbook, wherever it lies.

    ``scratch`` is a folder of the caller's for files of our own; ``tell`` hears how far the work on it is. ``key_file``
    holds the credentials with which online workbooks are reached, where the settings name one.

    Raises SheetError when it can't be read.
    """
    if ref.file is not None:
        from roadwright.sheets.backends.xlsx import open_workbook  # noqa: PLC0415 - only actions on files need it

        return open_workbook(ref.file, scratch, tell)
    if ref.scheme == "memory":
        from roadwright.sheets.backends.memory import open_book  # noqa: PLC0415 - hardly any command needs it

        return open_book(ref.address)
    if is_of_google(ref.address):
        from roadwright.sheets.backends.google import GoogleWorkbook  # noqa: PLC0415 - its libraries are heavy

        return GoogleWorkbook(ref, scratch, tell, key_file)
    raise SheetError("no_backend", workbook=ref.label, scheme=ref.scheme)


def is_open(ref: WorkbookRef) -> bool:
    """Whether a program says that a person has the workbook open, so that it can't be written now."""
    from roadwright.sheets.backends.xlsx.swap import find_lock  # noqa: PLC0415 - of files only

    return ref.file is not None and find_lock(ref.file) is not None

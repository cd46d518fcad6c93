"""What Google's refusals mean, in words for the person who owns the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from roadwright.sheets.backend import SheetError, WorkbookBusy, WorkbookRef, WorkbookUnreadable
from roadwright.sheets.backends.google.client import OutcomeUnknown, SheetsFault, SignInFailed, Unreachable


@contextmanager
def in_words(ref: WorkbookRef, account: str, *, writes: bool = False) -> Iterator[None]:
    """Raise what goes wrong in a call as a SheetError. ``account`` is whom the spreadsheet has to be shared with.

    ``writes`` where it was read before: then a call that is not permitted says that it is shared for reading only.
    """
    try:
        yield
    except SheetsFault as fault:
        raise _said(fault, ref, account, writes=writes) from fault
    except SignInFailed as error:
        raise SheetError("google_sign_in_failed", why=str(error)) from error
    except Unreachable as error:
        raise WorkbookBusy("google_unreachable", spreadsheet=ref.label, why=str(error)) from error
    except OutcomeUnknown as error:
        raise WorkbookBusy("google_reply_lost", spreadsheet=ref.label) from error


def is_no_such_range(fault: SheetsFault) -> bool:
    """Whether a tab is not there."""
    return fault.code == 400 and "unable to parse range" in fault.words.casefold()


def is_beyond_grid(fault: SheetsFault) -> bool:
    """Whether a call names rows or columns that are not there (any more). Nothing documents the words."""
    words = fault.words.casefold()
    beyond = ("exceeds grid limits", "in grid[", "beyond the last requested")
    return fault.code == 400 and any(said in words for said in beyond)


def is_protected(fault: SheetsFault) -> bool:
    """Whether a cell may be written by others only."""
    return fault.code in (400, 403) and "protected" in fault.words.casefold()


def _said(fault: SheetsFault, ref: WorkbookRef, account: str, *, writes: bool) -> SheetError:  # noqa: PLR0911 - one line each
    words = fault.words.casefold()
    spreadsheet = ref.label
    where = {"spreadsheet": spreadsheet, "account": account or "the account that is signed in"}
    if fault.is_quota:
        return WorkbookBusy("google_quota", spreadsheet=spreadsheet)
    if fault.code == 401:
        return SheetError("google_sign_in_failed", why=fault.words)
    if is_protected(fault):
        return SheetError("google_protected", **where)
    if fault.code == 403 and ("has not been used" in words or "disabled" in words):
        return SheetError("google_api_off", why=fault.words)
    if fault.code == 403 and writes:
        return SheetError("google_not_editable", **where)
    if writes and is_no_such_range(fault):
        return WorkbookBusy("google_tab_gone", spreadsheet=spreadsheet)
    if fault.code == 403:
        return WorkbookUnreadable("google_not_shared", **where)
    if fault.code == 404:
        return WorkbookUnreadable("google_not_found", address=ref.address)
    if "number of cells" in words or "10000000" in words:
        return SheetError("google_full", spreadsheet=spreadsheet)
    if "not supported for this document" in words:
        return WorkbookUnreadable("google_no_spreadsheet", spreadsheet=spreadsheet)
    if fault.code >= 500:
        return WorkbookBusy("google_unreachable", spreadsheet=spreadsheet, why=str(fault))
    return SheetError("google_refused", spreadsheet=spreadsheet, why=str(fault))

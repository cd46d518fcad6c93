"""Addresses of spreadsheets of Google Sheets, as people copy them out of their browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HOST = "docs.google.com"
_PATH = re.compile(r"/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/(?P<id>[A-Za-z0-9_-]{10,200})(?:/.*)?")


def is_of_google(address: str) -> bool:
    """Whether the address leads to Google's editors."""
    parts = urlsplit(address)
    return parts.scheme in ("https", "http") and parts.hostname == HOST


def spreadsheet_id(address: str) -> str | None:
    """The id of the spreadsheet at an address; None where it is no address of one that can be edited.

    ``/d/e/…`` is a published copy, which has an id of another kind.
    """
    found = _PATH.fullmatch(urlsplit(address).path) if is_of_google(address) else None
    return None if found is None else found["id"]


def spreadsheet_address(spreadsheet: str) -> str:
    """The address of a spreadsheet by its id, the same whichever way people copied it."""
    return f"https://{HOST}/spreadsheets/d/{spreadsheet}"

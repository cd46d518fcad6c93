"""Whose credentials are used: a key file that the settings name, a person's own sign-in, or those of the environment.

1. ``[google] credentials`` of the settings: a service account's key, or any file that google-auth reads
2. what ``roadwright google login`` kept in the workspace
3. GOOGLE_APPLICATION_CREDENTIALS, else the application default credentials of the machine
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials as OwnCredentials
from google.oauth2.service_account import Credentials as ServiceAccount

from roadwright.domain.machine import os_fault
from roadwright.sheets.backend import SheetError
from roadwright.sheets.backends.google.client import SheetsClient, endpoint

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
TOKEN_FILE = "google-token.json"
"""In the private folder of a workspace: what a person's own sign-in gave, readable by nobody else."""
_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"

_clients = threading.local()


def client_for(key_file: Path | None, private: Path | None) -> tuple[SheetsClient, str]:
    """A client, and the e-mail address with which to share a spreadsheet; empty where nothing tells it.

    Kept in the thread, because asking for a token takes a while. Raises SheetError.
    """
    base = endpoint()
    source = _source(key_file, private)
    stamp = (base, source, _stamp(source))
    known: dict[object, tuple[SheetsClient, str]] = _clients.__dict__.setdefault("known", {})
    if stamp not in known:
        credentials, email = _load(source)
        known.clear()
        known[stamp] = SheetsClient(credentials, base), email
    return known[stamp]


def _source(key_file: Path | None, private: Path | None) -> Path | None:
    """The file that holds the credentials; None where google-auth is to look for those of the machine."""
    if key_file is not None:
        return key_file
    if private is not None and (own := private / TOKEN_FILE).is_file():
        return own
    named = os.environ.get(_VARIABLE)
    return Path(named) if named else None


def _stamp(source: Path | None) -> object:
    try:
        return None if source is None else (source.stat().st_mtime_ns, source.stat().st_size)
    except OSError:
        return None


def _load(source: Path | None) -> tuple[Credentials, str]:
    content = {} if source is None else _content(source)
    kind = content.get("type")
    try:
        if kind == "service_account":
            account = ServiceAccount.from_service_account_info(content, scopes=SCOPES)  # type: ignore[no-untyped-call]
            return account, str(content.get("client_email", ""))
        if kind == "authorized_user" or (source is not None and source.name == TOKEN_FILE):
            own = OwnCredentials.from_authorized_user_info(content, SCOPES)  # type: ignore[no-untyped-call]
            return own, str(content.get("account", ""))
    except (GoogleAuthError, ValueError, TypeError) as error:
        why = str(error.args[0]) if error.args else type(error).__name__
        raise SheetError("google_key_unusable", path=str(source), why=why.rstrip(".")) from error
    if source is not None and str(source) != os.environ.get(_VARIABLE):
        raise SheetError("google_key_unusable", path=str(source), why=f"its type is {kind}, not service_account")
    try:  # those of the machine, or a file of a kind that google-auth knows
        found, _ = google.auth.default(scopes=SCOPES)
    except GoogleAuthError as error:
        raise SheetError("google_no_credentials") from error
    return found, str(getattr(found, "service_account_email", "") or "")


def _content(source: Path) -> dict[str, Any]:
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SheetError("google_no_key_file", path=str(source)) from error
    except OSError as error:
        raise SheetError("google_key_unusable", path=str(source), why=os_fault(error)) from error
    except ValueError as error:
        raise SheetError("google_key_unusable", path=str(source), why="it is no JSON") from error
    if not isinstance(content, dict):
        raise SheetError("google_key_unusable", path=str(source), why="it is no JSON object")
    return content


def keep_token(private: Path, credentials: OwnCredentials, account: str) -> Path:
    """Keep what a sign-in gave, readable by its owner alone from the first moment."""
    path = private / TOKEN_FILE
    content = json.loads(credentials.to_json())  # type: ignore[no-untyped-call]
    with _private_file(path) as file:
        file.write_text(json.dumps({**content, "account": account}), encoding="utf-8")
    return path


@contextmanager
def _private_file(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)

"""How tests reach the double: an endpoint on this machine, and a service account whose tokens the double gives."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.oauth2.credentials import Credentials

from roadwright.sheets.backend import WorkbookRef, spreadsheet_address, spreadsheet_id
from tests.google.book import Assumptions
from tests.google.server import ROBOT, RUNNING, FakeSheets


@functools.cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def key_file(folder: Path, server: FakeSheets) -> Path:
    """A service account's key, as Google's console gives it."""
    path = folder / "service-account.json"
    content = {
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "1",
        "private_key": _private_key(),
        "client_email": ROBOT,
        "token_uri": f"{server.url}token",
    }
    path.write_text(json.dumps(content))
    return path


@contextmanager
def double(
    folder: Path, monkeypatch: pytest.MonkeyPatch, assume: Assumptions | None = None, *, quota: int = 0
) -> Iterator[FakeSheets]:
    """A double that all spreadsheets of this test lie on; at its end it must have kept to the contract."""
    with FakeSheets(assume, quota=quota) as server:
        monkeypatch.setenv("ROADWRIGHT_GOOGLE_ENDPOINT", server.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file(folder, server)))
        yield server
        assert server.contract_errors == []


def own_credentials() -> Credentials:
    """Those of a person who signed in."""
    return Credentials("t", refresh_token="r", client_id="c", client_secret="s")  # type: ignore[no-untyped-call]


def server_of(address: str) -> tuple[FakeSheets, str]:
    """The double that the spreadsheet at an address lies on, and its id."""
    found = spreadsheet_id(address)
    assert found is not None
    return next(server for server in RUNNING if found in server.books), found


def ref_of(spreadsheet: str, name: str = "Team") -> WorkbookRef:
    return WorkbookRef(spreadsheet_address(spreadsheet), name)

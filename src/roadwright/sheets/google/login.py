"""A person's own sign-in: Google asks in the browser, and the answer is kept in the workspace."""

from __future__ import annotations

import json
from pathlib import Path

from google.auth.exceptions import GoogleAuthError
from google_auth_oauthlib.flow import InstalledAppFlow
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from roadwright.sheets.backend import SheetError
from roadwright.sheets.backends.google.credentials import SCOPES, keep_token

CLIENT_FILE = "google-client.json"
"""In the workspace: the OAuth client that asks, of the type Desktop app."""


def sign_in(private: Path, client_file: Path) -> Path:
    """Let the person sign in. Returns the file that keeps it, which only its owner can read. Raises SheetError."""
    if not client_file.is_file():
        raise SheetError("google_login_needs_client", file=str(client_file))
    try:
        flow = InstalledAppFlow.from_client_secrets_file(str(client_file), SCOPES)
        credentials = flow.run_local_server(host="localhost", bind_addr="127.0.0.1", port=0)
    except (GoogleAuthError, OAuth2Error, ValueError, OSError, json.JSONDecodeError) as error:
        raise SheetError("google_login_failed", why=str(error) or type(error).__name__) from error
    return keep_token(private, credentials, "")

"""A thin client of the Sheets API (v4) on google-auth's session of requests.

Reads are repeated on anything that may pass. Writes are repeated only where Google refused them for the quota (429) or
could not be reached at all; one whose reply is lost raises OutcomeUnknown, and reading tells what became of it. Nothing
below this module sends a request twice.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from urllib3.exceptions import NewConnectionError

from roadwright.domain.addresses import leads_here
from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.sheets.backend import SheetError

Json = dict[str, Any]

ENDPOINT = "https://sheets.googleapis.com/"
ENDPOINT_VARIABLE = "ROADWRIGHT_GOOGLE_ENDPOINT"
"""The variable that sends all calls of the Sheets API to a server on this machine, for tests."""
_TIMEOUT = 10.0, 190.0
"""Seconds to connect, and to wait for a reply: Google itself gives up after 180."""
_TRIES, _TRIES_UNREACHABLE = 8, 4
_LONGEST_PAUSE, _LONGEST_ASKED = 32.0, 120.0
_SLICE = 2.0
"""Seconds between two chances to end a wait."""


class SheetsFault(Exception):
    """Google refused a call: the status of the reply and its words."""

    def __init__(self, code: int, status: str, words: str) -> None:
        super().__init__(f"{code} {status}: {words}")
        self.code, self.status, self.words = code, status, words

    @property
    def is_quota(self) -> bool:
        return self.code == 429 or (self.code == 403 and "rate limit" in self.words.casefold())


class Unreachable(Exception):
    """No call got through; nothing was sent, or nothing but reads."""


class OutcomeUnknown(Exception):
    """A write was sent and no reply came: it may have been applied or not."""


class _Unreadable(Exception):
    """A reply says that all is well, and can't be read."""


class SignInFailed(Exception):
    """Google does not take the credentials."""


def endpoint() -> str:
    """Where calls go. Raises SheetError where the environment names another machine."""
    named = os.environ.get(ENDPOINT_VARIABLE, "")
    if not named:
        return ENDPOINT
    if not leads_here(named):
        raise SheetError("google_endpoint_refused", variable=ENDPOINT_VARIABLE, endpoint=named)
    return named.rstrip("/") + "/"


class SheetsClient:
    """Calls of the Sheets API with one person's or service account's credentials."""

    def __init__(
        self,
        credentials: Credentials,
        base: str = ENDPOINT,
        *,
        timeout: tuple[float, float] = _TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        plain = requests.Session()
        self._session = AuthorizedSession(credentials, auth_request=Request(plain))  # type: ignore[no-untyped-call]
        if base != ENDPOINT:  # no proxy of the environment leads to this machine
            plain.trust_env = self._session.trust_env = False
        self._session.headers["User-Agent"] = "roadwright (gzip)"
        self._base = f"{base}v4/spreadsheets"
        self._timeout, self._sleep = timeout, sleep

    def call(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Json | None = None,
        reads: bool,
        tell: TellProgress = tell_nobody,
    ) -> Json:
        """Send one call and read its reply. Raises SheetsFault, Unreachable, OutcomeUnknown or SignInFailed."""
        for number in range(_TRIES):
            asked: float | None = None
            try:
                reply = self._send(verb, path, params, body, reads=reads)
                if reply.status_code == 200:
                    return _content(reply)
                fault = _fault(reply)
                if reply.status_code >= 500 and not reads:
                    raise OutcomeUnknown(str(fault))  # it does not say that nothing was applied
                if number == _TRIES - 1 or not (fault.is_quota or reply.status_code >= 500):
                    raise fault
                asked = _retry_after(reply)
            except Unreachable:
                if number >= _TRIES_UNREACHABLE - 1:
                    raise
            except _Unreadable as error:
                if not reads:
                    raise OutcomeUnknown(str(error)) from error
                if number == _TRIES - 1:
                    raise Unreachable(str(error)) from error
            self._wait(number, asked, tell)
        raise AssertionError("the last try returns or raises")

    def _send(
        self, verb: str, path: str, params: Mapping[str, Any] | None, body: Json | None, *, reads: bool
    ) -> requests.Response:
        """Send once. Raises Unreachable where nothing was sent, or nothing but a read."""
        try:
            reply: requests.Response = self._session.request(  # type: ignore[no-untyped-call]
                verb,
                self._base + path,
                params=params,
                json=body,
                timeout=self._timeout,
                max_allowed_time=None,
                allow_redirects=False,
            )
            return reply
        except TransportError as error:  # not even a token could be asked for
            raise Unreachable(str(error)) from error
        except GoogleAuthError as error:
            if error.retryable:  # whoever gives tokens is out of order, or busy
                raise Unreachable(str(error)) from error
            raise SignInFailed(str(error)) from error
        except requests.RequestException as error:  # the connection broke, or what came over it can't be read
            if not reads and not _was_not_sent(error):
                raise OutcomeUnknown(str(error)) from error
            raise Unreachable(str(error)) from error

    def _wait(self, number: int, asked: float | None, tell: TellProgress) -> None:
        pause = min(2.0**number, _LONGEST_PAUSE) * (0.5 + random.random() / 2)
        if asked is not None:
            pause = max(min(asked, _LONGEST_ASKED), pause)
        while pause > 0:
            tell(f"waiting {pause:.0f} s: Google asks for patience", number + 1, _TRIES)
            self._sleep(min(pause, _SLICE))
            pause -= _SLICE

    def get(self, spreadsheet: str, fields: str, ranges: Sequence[str] = (), tell: TellProgress = tell_nobody) -> Json:
        """Parts of a spreadsheet by a mask of fields; only those tabs that the ranges name, where there are any."""
        params = {"fields": fields, "ranges": list(ranges)}
        return self.call("GET", f"/{quote(spreadsheet, safe='')}", params=params, reads=True, tell=tell)

    def write(self, spreadsheet: str, data: Sequence[Json], tell: TellProgress = tell_nobody) -> list[list[list[Any]]]:
        """Put values into ranges as they are, all or none; None leaves a cell alone. Returns what the ranges hold now.

        The answer is of the same moment, so that it shows on which rows the values landed.
        """
        body: Json = {
            "valueInputOption": "RAW",
            "data": list(data),
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "responseDateTimeRenderOption": "SERIAL_NUMBER",
        }
        path = f"/{quote(spreadsheet, safe='')}/values:batchUpdate"
        reply = self.call("POST", path, body=body, reads=False, tell=tell)
        return [list(one.get("updatedData", {}).get("values", [])) for one in reply.get("responses", [])]

    def append(
        self, spreadsheet: str, where: str, rows: Sequence[Sequence[Any]], tell: TellProgress = tell_nobody
    ) -> Json:
        """Insert rows below the table that a range touches. Returns where they stand, and what they hold."""
        params = {
            "valueInputOption": "RAW",
            "insertDataOption": "INSERT_ROWS",
            "includeValuesInResponse": "true",
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "responseDateTimeRenderOption": "SERIAL_NUMBER",
        }
        path = f"/{quote(spreadsheet, safe='')}/values/{quote(where, safe='')}:append"
        body = {"values": [list(row) for row in rows]}
        reply = self.call("POST", path, params=params, body=body, reads=False, tell=tell)
        return dict(reply.get("updates", {}))

    def update(
        self, spreadsheet: str, requests_: Sequence[Json], *, tell: TellProgress = tell_nobody, **more: Any
    ) -> Json:
        """Change the spreadsheet itself, all requests or none."""
        body = {"requests": list(requests_), **more}
        path = f"/{quote(spreadsheet, safe='')}:batchUpdate"
        return self.call("POST", path, body=body, reads=False, tell=tell)


def _was_not_sent(error: Exception) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _content(reply: requests.Response) -> Json:
    try:
        return dict(reply.json())
    except (ValueError, TypeError) as error:
        raise _Unreadable("the reply can't be read") from error


def _fault(reply: requests.Response) -> SheetsFault:
    try:
        said = reply.json()["error"]
        return SheetsFault(reply.status_code, str(said.get("status", "")), str(said.get("message", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return SheetsFault(reply.status_code, "", reply.text[:200])


def _retry_after(reply: requests.Response) -> float | None:
    """The seconds that the reply asks to wait, which it may say as a time of day."""
    said = reply.headers.get("Retry-After", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None

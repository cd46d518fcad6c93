"""The double as a server: real sockets, faults by method, a quota, and the people at the spreadsheet.

Queries, bodies and replies are checked against the discovery document; a reply that it forbids is kept in
``contract_errors``. What the double does not have is refused loudly.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.google.book import Assumptions, Book, Tab
from tests.google.contract import ApiError, Json, contract, masks, select
from tests.google.methods import Methods

ROBOT = "robot@example.iam.gserviceaccount.com"
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUS |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


@dataclass
class Fault:
    """What goes wrong in the next calls of a method (a part of its name; any where it is empty).

    ``status``: this code is answered · ``reset_before``, ``reset_after``: the connection breaks before or after the
    call was applied · ``drop_after``: it is closed without a reply · ``slow`` · ``garbage`` is answered, or what can't
    be unpacked (``bad_gzip``) · ``before``, ``after``: somebody does something just then. A code of 3xx leads to what
    the ``words`` name; the method ``token`` is that which gives tokens.
    """

    kind: str
    method: str = ""
    times: int = 1
    code: int = 503
    seconds: float = 0.0
    words: str = "injected"
    retry_after: str = ""
    do: Callable[[], object] | None = None


class Person:
    """What a person does in the browser, past the API."""

    def __init__(self, server: FakeSheets, spreadsheet: str) -> None:
        self._server, self._id = server, spreadsheet

    @contextlib.contextmanager
    def at(self, tab: str) -> Iterator[tuple[Book, Tab]]:
        with self._server.lock:
            book = self._server.books[self._id]
            yield book, book.tab(tab)

    def type(self, tab: str, cell: str, value: Any) -> None:
        with self.at(tab) as (book, _):
            found, row, _, column, _ = book.a1(f"'{tab}'!{cell}")
            book.caller, caller = "", book.caller
            book.put(found, row, column, value, as_typed=True)
            book.caller = caller

    def sort(self, tab: str, column: int, *, descending: bool = False) -> None:
        """Sort the rows below the header by a column, which counts from 0."""
        with self.at(tab) as (book, found):
            first = found.props["gridProperties"].get("frozenRowCount", 1)
            book.sort(found, first, column, descending=descending)

    def insert_row(self, tab: str, at: int) -> None:
        with self.at(tab) as (_, found):
            found.insert(at, 1)

    def delete_row(self, tab: str, at: int) -> None:
        with self.at(tab) as (_, found):
            del found.rows[at]
            found.props["gridProperties"]["rowCount"] = len(found.rows)

    def delete_empty_rows(self, tab: str) -> None:
        """Delete all rows below the last one that holds something."""
        count = len(self.rows(tab))
        with self.at(tab) as (_, found):
            del found.rows[count:]
            found.props["gridProperties"]["rowCount"] = count

    def insert_column(self, tab: str, at: int) -> None:
        with self.at(tab) as (_, found):
            found.insert_columns(at, 1)

    def row(self, tab: str, at: int) -> list[Any]:
        """What a row shows."""
        with self.at(tab) as (book, found):
            cells = [book.unformatted(found.rows[at].get(column, {})) for column in range(found.width)]
        while cells and cells[-1] == "":
            cells.pop()
        return cells

    def rows(self, tab: str) -> list[list[Any]]:
        with self.at(tab) as (_, found):
            count = len(found.rows)
        rows = [self.row(tab, at) for at in range(count)]
        while rows and not rows[-1]:
            rows.pop()
        return rows


class FakeSheets:
    """The server. ``log`` tells each call by its method and what was answered; negative where it broke."""

    def __init__(
        self,
        assume: Assumptions | None = None,
        *,
        caller: str = ROBOT,
        quota: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.assume, self.caller, self.quota, self.clock = assume or Assumptions(), caller, quota, clock
        self.books: dict[str, Book] = {}
        self.not_shared: set[str] = set()
        self.faults: list[Fault] = []
        self.log: list[tuple[str, int]] = []
        self.bodies: list[Json] = []
        self.contract_errors: list[str] = []
        self.lock = threading.RLock()
        self._hits: dict[str, list[float]] = {"read": [], "write": []}
        handler = type("Handler", (_Handler,), {"server_of": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/"

    def __enter__(self) -> FakeSheets:
        RUNNING.append(self)
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        RUNNING.remove(self)
        self._http.shutdown()
        self._http.server_close()

    def make(self, title: str, tabs: dict[str, list[list[Any]]], *, rows: int = 100, columns: int = 26) -> str:
        """A new spreadsheet that a person typed, and its id."""
        book = Book(uuid.uuid4().hex, title, self.assume, self.caller)
        for name, content in tabs.items():
            size = {"rowCount": max(rows, len(content) + 20), "columnCount": columns, "frozenRowCount": 1}
            tab = book.add_tab({"title": name, "gridProperties": size})
            for number, cells in enumerate(content):
                for column, value in enumerate(cells):
                    if value is not None:
                        book.put(tab, number, column, value, as_typed=True)
        self.books[book.id] = book
        return book.id

    def person(self, spreadsheet: str) -> Person:
        return Person(self, spreadsheet)

    def calls(self) -> list[str]:
        """The methods that were called since the log was cleared."""
        return [method.rpartition("spreadsheets.")[2] for method, _ in self.log]

    def take(self, method: str, *kinds: str) -> Iterator[Fault]:
        for fault in list(self.faults):
            if fault.kind in kinds and fault.method in method and fault.times > 0:
                fault.times -= 1
                yield fault

    def dispatch(self, verb: str, path: str, query_text: str, raw: bytes) -> Json:
        method, named = contract().match(verb, path)
        name = method["id"].removeprefix("sheets.spreadsheets.").replace(".", "_")
        query = contract().query(method, parse_qs(query_text, keep_blank_values=True))
        body: Json = json.loads(raw) if raw else {}
        if "request" in method:
            contract().check(method["request"]["$ref"], body)
            self.bodies.append(body)
        self._count("read" if verb == "GET" else "write")
        with self.lock:
            spreadsheet = named.get("spreadsheetId", "")
            book = self.books.get(spreadsheet)
            if spreadsheet in self.not_shared:
                raise ApiError(403, "The caller does not have permission")
            if book is None:
                raise ApiError(404, "Requested entity was not found.")
            book.caller = self.caller
            function = getattr(Methods, name, None)
            if function is None:
                raise ApiError(400, f"the double does not have the method {name}")
            work = book if verb == "GET" else book.copy()
            reply: Json = function(Methods(work), named, query, body)
            if verb != "GET":
                self.books[spreadsheet] = work
        return self._checked(method["response"]["$ref"], reply, query.get("fields"))

    def _checked(self, schema: str, reply: Json, fields: str | None) -> Json:
        if fields is not None:
            for path in masks(fields):
                contract().check_mask(schema, path)
            reply = select(reply, masks(fields))
        if sum(len(one.get("rowData", ())) for sheet in reply.get("sheets", ()) for one in sheet.get("data", ())) < 500:
            try:  # of long replies only what short ones do not show would be new
                contract().check(schema, reply)
            except ApiError as error:
                self.contract_errors.append(error.words)
                raise ApiError(500, f"the double: {error.words}") from error
        return reply

    def _count(self, kind: str) -> None:
        if not self.quota:
            return
        now = self.clock()
        self._hits[kind] = [*(hit for hit in self._hits[kind] if now - hit < 60), now]
        if len(self._hits[kind]) > self.quota:
            raise ApiError(429, f"Quota exceeded for quota metric '{kind} requests' of service 'sheets.googleapis.com'")


RUNNING: list[FakeSheets] = []


class _Handler(BaseHTTPRequestHandler):
    server_of: FakeSheets
    protocol_version = "HTTP/1.1"
    rbufsize = -1

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def _break_off(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _give_token(self, server: FakeSheets) -> None:
        for fault in server.take("token", "status"):
            self._send(fault.code, {"error": fault.words})
            return
        self._send(200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})

    def _answer(self) -> None:
        server, address = self.server_of, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if address.path == "/token":
            self._give_token(server)
            return
        try:
            method = str(contract().match(self.command, address.path)[0]["id"])
        except ApiError:
            method = "?"
        retry_after = ""
        try:
            for fault in server.take(method, "slow"):
                time.sleep(fault.seconds)
            for fault in server.take(method, "before"):
                assert fault.do is not None
                fault.do()
            for _ in server.take(method, "reset_before"):
                server.log.append((method, -1))
                self._break_off()
                return
            for fault in server.take(method, "status"):
                raise ApiError(fault.code, fault.words, retry_after=fault.retry_after)
            if not self.headers.get("Authorization", "").startswith("Bearer "):
                raise ApiError(401, "Request is missing required authentication credential.")
            code, reply = 200, server.dispatch(self.command, address.path, address.query, raw)
            for fault in server.take(method, "after"):
                assert fault.do is not None
                fault.do()
            for fault in server.take(method, "reset_after", "drop_after"):
                server.log.append((method, -2))
                if fault.kind == "reset_after":
                    self._break_off()
                self.close_connection = True
                return
        except ApiError as error:
            said = {"code": error.code, "message": error.words, "status": _STATUS.get(error.code, "UNKNOWN")}
            code, reply, retry_after = error.code, {"error": said}, error.retry_after
        except Exception as error:  # noqa: BLE001 - a fault of the double, which the test is to see
            server.contract_errors.append(repr(error))
            code, reply = 500, {"error": {"code": 500, "message": f"the double: {error!r}", "status": "INTERNAL"}}
        server.log.append((method, code))
        kinds = [fault.kind for fault in server.take(method, "garbage", "bad_gzip")]
        self._send(code, reply, kind=kinds[0] if kinds else "", retry_after=retry_after)

    def _send(self, code: int, reply: Json, *, kind: str = "", retry_after: str = "") -> None:
        data = b"<html>502</html>" if kind else json.dumps(reply).encode()
        head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {len(data)}\r\n"
        if retry_after:
            head += f"Retry-After: {retry_after}\r\n"
        if kind == "bad_gzip":
            head += "Content-Encoding: gzip\r\n"
        if 300 <= code < 400:
            head += f"Location: {reply['error']['message']}\r\n"
        with contextlib.suppress(OSError):
            self.wfile.write(f"{head}\r\n".encode() + data)  # at once: two segments would cost 40 ms of delay each

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - names of http.server

"""Calls to Google: what is sent again and what is not, what a refusal means, and where calls may go."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from roadwright.sheets.backend import SheetError, WorkbookBusy, WorkbookUnreadable, spreadsheet_id
from roadwright.sheets.backends.google import GoogleWorkbook
from roadwright.sheets.backends.google.client import OutcomeUnknown, SheetsClient, Unreachable, endpoint
from roadwright.sheets.backends.google.credentials import TOKEN_FILE, client_for, keep_token
from tests.google.access import double, own_credentials, ref_of
from tests.google.server import ROBOT, FakeSheets, Fault


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSheets]:
    with double(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def spreadsheet(google: FakeSheets) -> str:
    return google.make("Plan", {"Plan": [["key", "title"], ["A", "Search"]]})


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(google: FakeSheets, slept: list[float]) -> SheetsClient:
    return SheetsClient(own_credentials(), google.url, sleep=slept.append)


def _append(client: SheetsClient, spreadsheet: str) -> object:
    return client.append(spreadsheet, "Plan!A2:B2", [["B", "Wallet"]])


def _write(client: SheetsClient, spreadsheet: str) -> object:
    return client.write(spreadsheet, [{"range": "Plan!B2", "values": [["Loans"]]}])


@pytest.mark.parametrize("call", [_append, _write])
@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "drop_after", "garbage", "bad_gzip"])
def test_a_write_whose_reply_is_lost_is_sent_once(
    google: FakeSheets, client: SheetsClient, spreadsheet: str, kind: str, call: Callable[[SheetsClient, str], object]
) -> None:
    google.faults = [Fault(kind, "values")]
    with pytest.raises(OutcomeUnknown):
        call(client, spreadsheet)
    assert len(google.log) == 1


def test_a_write_is_sent_again_after_429_alone(
    google: FakeSheets, client: SheetsClient, spreadsheet: str, slept: list[float]
) -> None:
    google.faults = [Fault("status", "append", times=3, code=429)]
    _append(client, spreadsheet)
    assert [code for _, code in google.log] == [429, 429, 429, 200]
    assert google.person(spreadsheet).rows("Plan")[1:] == [["A", "Search"], ["B", "Wallet"]]
    google.faults = [Fault("status", "append", code=503)]
    with pytest.raises(OutcomeUnknown):
        _append(client, spreadsheet)


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "drop_after", "garbage", "bad_gzip", "status"])
def test_a_read_is_repeated(google: FakeSheets, client: SheetsClient, spreadsheet: str, kind: str) -> None:
    google.faults = [Fault(kind, "get", times=2)]
    assert client.get(spreadsheet, "spreadsheetId") == {"spreadsheetId": spreadsheet}
    assert len(google.log) == 3


def test_waits_grow_up_to_a_cap_and_google_says_how_long(
    google: FakeSheets, client: SheetsClient, spreadsheet: str, slept: list[float]
) -> None:
    told: list[str] = []
    google.faults = [Fault("status", "get", times=7, code=429)]
    client.get(spreadsheet, "spreadsheetId", tell=lambda message, *_: told.append(message))
    assert 40 < sum(slept) <= 100
    assert "Google asks for patience" in told[0]
    for said in ("9", format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)):
        slept.clear()
        google.faults = [Fault("status", "get", code=429, retry_after=said)]
        client.get(spreadsheet, "spreadsheetId")
        assert 7 < sum(slept) < 12
    google.faults = [Fault("status", "get", times=99, code=429)]
    with pytest.raises(Exception, match="429"):
        client.get(spreadsheet, "spreadsheetId")


def test_nobody_there(slept: list[float]) -> None:
    with FakeSheets() as server:
        gone = server.url
    client = SheetsClient(own_credentials(), gone, sleep=slept.append)
    with pytest.raises(Unreachable):
        client.get("x" * 20, "spreadsheetId")
    with pytest.raises(Unreachable):  # nothing was sent
        client.write("x" * 20, [])


@pytest.mark.parametrize(
    "named",
    [
        "https://sheets.example.com/", "http://127.0.0.1.example.com/", "http://127.0.0.1@example.com/", "127.0.0.1:80",
        "http://me@127.0.0.1/", "ftp://127.0.0.1/", "http://[::1/", "//example.com", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_a_foreign_endpoint_is_refused(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("ROADWRIGHT_GOOGLE_ENDPOINT", named)
    with pytest.raises(SheetError) as caught:
        endpoint()
    assert caught.value.message.code == "google_endpoint_refused"


def test_a_call_that_is_sent_elsewhere_does_not_go_there(google: FakeSheets, spreadsheet: str) -> None:
    with FakeSheets() as other:
        google.faults = [Fault("status", "get", times=9, code=307, words=f"{other.url}v4/spreadsheets/{spreadsheet}")]
        with pytest.raises(SheetError) as caught:
            GoogleWorkbook(ref_of(spreadsheet), None)
        assert caught.value.message.code == "google_refused"
        assert other.log == []


@pytest.mark.parametrize(
    ("status", "words", "told"),
    [(503, "", "google_unreachable"), (400, "invalid_grant", "google_sign_in_failed")],
)
def test_tokens_that_are_not_given_for_now_are_no_wrong_credentials(
    google: FakeSheets, spreadsheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    *, status: int, words: str, told: str
) -> None:  # fmt: skip
    monkeypatch.setattr(SheetsClient, "_wait", lambda *_: None)
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
    google.faults = [Fault("status", "token", times=99, code=status, words=words)]
    with pytest.raises(SheetError) as caught:
        GoogleWorkbook(ref_of(spreadsheet), None)
    assert caught.value.message.code == told


def test_calls_go_to_google_or_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROADWRIGHT_GOOGLE_ENDPOINT", raising=False)
    assert endpoint() == "https://sheets.googleapis.com/"
    for named in ("http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:8080/"):
        monkeypatch.setenv("ROADWRIGHT_GOOGLE_ENDPOINT", named)
        assert endpoint() == named.rstrip("/") + "/"


@pytest.mark.parametrize(
    ("code", "words", "kind", "told"),
    [
        (401, "Request had invalid authentication credentials.", SheetError, "google_sign_in_failed"),
        (403, "The caller does not have permission", WorkbookUnreadable, "google_not_shared"),
        (
            403,
            "Google Sheets API has not been used in project 1 before or it is disabled.",
            SheetError,
            "google_api_off",
        ),
        (404, "Requested entity was not found.", WorkbookUnreadable, "google_not_found"),
        (400, "This operation is not supported for this document", WorkbookUnreadable, "google_no_spreadsheet"),
        (400, "above the limit of 10000000 cells", SheetError, "google_full"),
        (418, "no", SheetError, "google_refused"),
    ],
)
def test_a_refusal_says_what_to_do(
    google: FakeSheets, spreadsheet: str, *, code: int, words: str, kind: type[SheetError], told: str
) -> None:
    google.faults = [Fault("status", "get", times=9, code=code, words=words)]
    with pytest.raises(kind) as caught:
        GoogleWorkbook(ref_of(spreadsheet), None)
    assert caught.value.message.code == told
    if told == "google_not_shared":
        assert ROBOT in str(caught.value)


def test_a_quota_that_lasts_is_a_workbook_that_is_busy(
    google: FakeSheets, spreadsheet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SheetsClient, "_wait", lambda *_: None)
    google.faults = [Fault("status", "get", times=99, code=429)]
    with pytest.raises(WorkbookBusy) as caught:
        GoogleWorkbook(ref_of(spreadsheet), None)
    assert caught.value.message.code == "google_quota"


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "google_no_key_file"), ("no json", "google_key_unusable"), ("[]", "google_key_unusable"),
     ('{"type": "service_account"}', "google_key_unusable"), ('{"type": "other"}', "google_key_unusable")],
)  # fmt: skip
def test_a_key_that_cannot_be_used_is_named(tmp_path: Path, google: FakeSheets, content: str | None, code: str) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SheetError) as caught:
        client_for(path, None)
    assert caught.value.message.code == code
    assert str(path) in str(caught.value)


def test_credentials_are_those_of_the_settings_then_of_the_sign_in_then_of_the_environment(
    tmp_path: Path, google: FakeSheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client_for(None, tmp_path)[1] == ROBOT
    path = keep_token(tmp_path, own_credentials(), "ann@example.com")
    assert path.name == TOKEN_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["refresh_token"] == "r"
    assert client_for(None, tmp_path)[1] == "ann@example.com"
    assert client_for(tmp_path / "service-account.json", tmp_path)[1] == ROBOT
    path.unlink()
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "nothing"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(SheetError) as caught:
        client_for(None, tmp_path)
    assert caught.value.message.code == "google_no_credentials"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBd/edit#gid=0", "1BxiMVs0XRA5nFMdKvBd"),
        ("https://docs.google.com/spreadsheets/u/1/d/1BxiMVs0XRA5nFMdKvBd", "1BxiMVs0XRA5nFMdKvBd"),
        ("https://docs.google.com/a/x.org/spreadsheets/d/1BxiMVs0XRA5nFMdKvBd/edit?a=b", "1BxiMVs0XRA5nFMdKvBd"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-1vQxxxxxxxxxx/pubhtml", None),
        ("https://docs.google.com.example.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBd", None),
        ("https://example.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBd", None),
        ("https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBd", None),
        ("Central_Backlog.xlsx", None),
    ],
)  # fmt: skip
def test_addresses_of_spreadsheets(address: str, found: str | None) -> None:
    assert spreadsheet_id(address) == found

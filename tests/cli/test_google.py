"""`roadwright google`: what is said of spreadsheets, and the tabs that they get."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from roadwright import tabs
from roadwright.cli.main import app
from roadwright.sheets.backend import spreadsheet_address
from roadwright.sheets.backends.google.content import Json
from roadwright.sheets.rules import BACKEND_OWNED
from roadwright.workspace.settings import FILE, template
from tests.google.access import double, own_credentials
from tests.google.book import Assumptions, Tab
from tests.google.server import ROBOT, FakeSheets, Fault

ALLOWED = {
    "addSheet", "updateSheetProperties", "updateCells", "repeatCell", "setDataValidation", "addProtectedRange",
    "addConditionalFormatRule", "appendDimension",
}  # fmt: skip


@dataclass
class Company:
    """A workspace whose intake and backlog are spreadsheets that a person made and shared."""

    google: FakeSheets
    root: Path
    intake: str
    backlog: str

    def ask(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["google", *words, "-w", str(self.root)])

    def tab(self, spreadsheet: str, name: str) -> Tab:
        return self.google.books[spreadsheet].tab(name)


@pytest.fixture
def company(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with double(tmp_path, monkeypatch, getattr(request, "param", None)) as google:
        intake = google.make("Ideas", {"Sheet1": [], "My notes": [["mine"]]})
        backlog = google.make("Backlog", {"backlog": []}, rows=10, columns=5)
        root = tmp_path / "workspace"
        root.mkdir()
        addresses = {"Intake": intake, "Central_Backlog": backlog}
        lines = "".join(f'{name} = "{spreadsheet_address(one)}/edit"\n' for name, one in addresses.items())
        (root / FILE).write_text(template() + f"\n[workbooks]\n{lines}")
        yield Company(google, root, intake, backlog)


def test_setup_adds_what_is_missing_and_touches_nothing_else(company: Company) -> None:
    before = company.google.person(company.intake).rows("My notes")
    assert company.ask("check").exit_code == 1
    company.google.bodies.clear()
    done = company.ask("setup")
    assert (done.exit_code, done.stderr) == (0, "")
    sent = {kind for body in company.google.bodies for request in body.get("requests", ()) for kind in request}
    assert sent <= ALLOWED
    assert {"addSheet", "appendDimension", "setDataValidation", "addConditionalFormatRule"} <= sent
    assert company.google.person(company.intake).rows("My notes") == before
    for spreadsheet, spec in ((company.intake, tabs.INTAKE), (company.backlog, tabs.BACKLOG)):
        tab = company.tab(spreadsheet, spec.name)
        header = company.google.person(spreadsheet).row(tab.title, 0)
        assert header == [column.header for column in spec.columns]
        assert tab.width >= len(spec.columns) + 5
        assert len(tab.rows) >= 501
        assert tab.props["gridProperties"]["frozenRowCount"] == 1
        assert tab.props["gridProperties"]["frozenColumnCount"] >= 1
    well = company.ask("check")
    assert well.exit_code == 0, well.output
    assert ROBOT in well.output


def test_setup_again_changes_nothing(company: Company) -> None:
    company.ask("setup")
    company.google.log.clear()
    assert company.ask("setup").exit_code == 0
    assert set(company.google.calls()) == {"get"}


def test_a_tab_that_is_set_up_helps_whoever_types(company: Company) -> None:
    company.ask("setup")
    spec, tab = tabs.BACKLOG, company.tab(company.backlog, "backlog")
    rules: dict[str, Json] = {
        column.name: tab.rows[300].get(number, {}).get("dataValidation", {})
        for number, column in enumerate(spec.columns)
    }
    assert rules["risk_level"]["condition"]["type"] == "ONE_OF_LIST"
    assert rules["risk_level"]["strict"]
    assert rules["is_optimization_candidate"]["condition"]["type"] == "BOOLEAN"
    assert rules["candidate_period_key"]["condition"]["type"] == "ONE_OF_RANGE"
    assert rules["overall_score"] == {}
    assert all(one["warningOnly"] for one in tab.protected)
    guarded = {
        c for one in tab.protected for c in range(one["range"]["startColumnIndex"], one["range"]["endColumnIndex"])
    }
    grey = {n for n, column in enumerate(spec.columns) if column.owner in BACKEND_OWNED and not column.required}
    assert guarded == grey
    formats: Any = tab.rows[300][list(spec.by_name).index("deadline_date")]["userEnteredFormat"]["numberFormat"]
    assert formats["type"] == "DATE"
    assert tab.rules[0]["booleanRule"]["condition"]["type"] == "CUSTOM_FORMULA"
    assert tab.rows[0][0]["note"]
    assert company.tab(company.backlog, "_Lists").props["hidden"]


@pytest.mark.parametrize(
    "company",
    [Assumptions(), Assumptions(checkboxes_hold_false=True)],
    ids=["ticks blank", "ticks FALSE"],
    indirect=True,
)
def test_a_sync_works_on_what_was_set_up(company: Company) -> None:
    company.ask("setup")
    title = list(tabs.INTAKE.by_name).index("title")
    person = company.google.person(company.intake)
    for number in (2, 3):
        person.type("Intake", f"{chr(65 + title)}{number}", f"idea {number}")
    done = CliRunner().invoke(app, ["run", "pm.backlog_sync", "-w", str(company.root)])
    assert done.exit_code == 0, done.output
    rows = [row for row in company.google.person(company.backlog).rows("backlog")[1:] if row and row[0]]
    assert [row[list(tabs.BACKLOG.by_name).index("title")] for row in rows] == ["idea 2", "idea 3"]


def test_check_names_what_is_wrong(company: Company) -> None:
    company.ask("setup")
    del company.google.books[company.intake]
    company.google.faults = [
        Fault("status", "values.batchUpdate", code=403, words="The caller does not have permission")
    ]
    person = company.google.person(company.backlog)
    person.type("backlog", f"{chr(65 + list(tabs.BACKLOG.by_name).index('title'))}1", "Name of the thing")
    said = company.ask("check")
    assert said.exit_code == 1
    assert f"There is no spreadsheet at {spreadsheet_address(company.intake)}" in said.output
    assert f"can be read, and not be edited. Share it with {ROBOT}" in said.output
    assert "title" in said.output
    company.google.not_shared.add(company.backlog)
    assert f"add {ROBOT} as an Editor" in company.ask("check").output


def test_a_workspace_without_spreadsheets(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["init", str(tmp_path / "w")])
    said = CliRunner().invoke(app, ["google", "check", "-w", str(tmp_path / "w")])
    assert said.exit_code == 2


def test_a_sign_in_is_kept_for_its_owner_alone(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from google_auth_oauthlib.flow import InstalledAppFlow

    said = company.ask("login")
    assert said.exit_code == 1
    client = {"client_id": "c", "client_secret": "s", "auth_uri": "https://a", "token_uri": "https://t"}
    (company.root / "google-client.json").write_text(f'{{"installed": {client}}}'.replace("'", '"'))
    own = own_credentials()
    monkeypatch.setattr(InstalledAppFlow, "run_local_server", lambda *_, **__: own)
    assert company.ask("login").exit_code == 0
    [kept] = (company.root / ".roadwright").glob("google-token.json")
    assert kept.stat().st_mode & 0o777 == 0o600

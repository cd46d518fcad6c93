"""A round on spreadsheets that people work in all the time: nothing lost, nothing doubled, every key on its own row."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from roadwright.actions.requests import look_at_requests
from roadwright.sheets.backend import spreadsheet_id
from roadwright.sheets.backends.google.client import SheetsClient
from roadwright.store.models import Initiative
from tests.google.access import double
from tests.google.book import Assumptions
from tests.google.server import FakeSheets, Fault, Person
from tests.house import House, make_house


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSheets]:
    monkeypatch.setattr(SheetsClient, "_wait", lambda *_: None)
    with double(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def house(google: FakeSheets, tmp_path: Path) -> Iterator[House]:
    made = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}", google=google)
    yield made
    made.workspace.close()


def person_at(house: House, google: FakeSheets, tab: str) -> Person:
    found = spreadsheet_id(house.place(tab).workbook.address)
    assert found is not None
    return google.person(found)


class People:
    """Who types ideas into Intake, and sorts, inserts and types on Intake and on the Backlog."""

    def __init__(self, house: House, google: FakeSheets, seed: int) -> None:
        self.chance, self.titles = random.Random(seed), list[str]()
        self.intake, self.backlog = (person_at(house, google, tab) for tab in ("Intake", "Backlog"))
        names = [column.name for column in house.place("Intake").spec.columns]
        self.title, self.team = names.index("title"), names.index("requesting_team")
        names = [column.name for column in house.place("Backlog").spec.columns]
        self.backlog_key, self.backlog_title = names.index("initiative_key"), names.index("title")
        self.hypothesis = names.index("hypothesis")
        self.typed: dict[str, str] = {}

    def submit(self, count: int) -> None:
        for _ in range(count):
            rows = self.intake.rows("Intake")
            self.titles.append(f"idea {len(self.titles):02}")
            self.intake.type("Intake", f"{_letter(self.title)}{len(rows) + 1}", self.titles[-1])

    def act(self) -> None:
        deed = self.chance.randrange(6)
        if deed == 0:
            self.intake.sort("Intake", self.title, descending=self.chance.random() < 0.5)
        elif deed == 1:
            self.backlog.sort("Backlog", self.backlog_title, descending=self.chance.random() < 0.5)
        elif deed == 2:
            self.intake.insert_row("Intake", self.chance.randrange(1, len(self.intake.rows("Intake")) + 1))
        elif deed == 3:
            self.backlog.insert_row("Backlog", self.chance.randrange(1, len(self.backlog.rows("Backlog")) + 1))
        elif deed == 4:
            number = self.chance.randrange(1, len(self.intake.rows("Intake")) + 1)
            if len(self.intake.row("Intake", number)) > self.title:
                self.intake.type("Intake", f"{_letter(self.team)}{number + 1}", f"team {self.chance.random():.6f}")
        else:
            rows = self.backlog.rows("Backlog")
            number = self.chance.randrange(1, len(rows) + 1)
            row = rows[number] if number < len(rows) else []
            if row and row[self.backlog_key]:
                text = f"because {self.chance.random():.6f}"
                self.backlog.type("Backlog", f"{_letter(self.hypothesis)}{number + 1}", text)
                self.typed[row[self.backlog_key]] = text


def _letter(column: int) -> str:
    return chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)


@pytest.mark.parametrize("seed", [0, 2])
def test_45_ideas_through_20_syncs(house: House, google: FakeSheets, seed: int) -> None:
    people, chance = People(house, google, seed), random.Random(seed)
    for number in range(20):
        people.submit(3 if number < 15 else 0)
        google.faults = [Fault("before", "values", times=chance.randrange(4), do=people.act)]
        google.faults += [Fault("before", "spreadsheets.get", times=chance.randrange(2), do=people.act)]
        if chance.random() < 0.4:
            google.faults.append(Fault(chance.choice(["reset_after", "drop_after", "reset_before"]), "values"))
        if chance.random() < 0.3:
            google.faults.append(Fault("status", chance.choice(["", "values"]), times=2, code=429))
        if chance.random() < 0.2:
            google.faults.append(Fault("status", "spreadsheets.get", code=503))
        house.run("pm.backlog_sync")
        google.faults = []
    house.done("pm.backlog_sync")
    with house.workspace.store.transaction() as session:
        stored = {key: (title, because) for key, title, because in session.execute(
            select(Initiative.initiative_key, Initiative.title, Initiative.hypothesis)
        )}  # fmt: skip
    assert Counter(title for title, _ in stored.values()) == Counter(people.titles)
    for tab in ("Intake", "Backlog"):
        rows = house.rows(tab)
        assert Counter(row.text("initiative_key") for row in rows) == Counter(stored.keys())
        assert {row.text("initiative_key"): row.text("title") for row in rows} == {k: t for k, (t, _) in stored.items()}
        assert {row.text("run_status") for row in rows} == {"OK"}
    assert {key: because for key, (_, because) in stored.items() if because} == people.typed


def test_a_sync_with_nothing_new_takes_one_call_for_each_spreadsheet(house: House, google: FakeSheets) -> None:
    house.type_new("Intake", {"title": "Search"}, {"title": "Wallet"})
    house.done("pm.backlog_sync")
    house.done("pm.backlog_sync")
    google.log.clear()
    house.done("pm.backlog_sync")
    assert google.calls() == ["get", "get"]


def test_a_sync_with_edits_takes_four_calls_at_most_for_each_spreadsheet(house: House, google: FakeSheets) -> None:
    house.type_new("Intake", {"title": "Search"}, {"title": "Wallet"})
    house.done("pm.backlog_sync")
    house.type_new("Intake", {"title": "Loans"})
    house.type_into("Intake", 2, {"country": "UK"})
    google.log.clear()
    house.done("pm.backlog_sync")
    assert len(google.log) <= 8
    assert house.row("Backlog", "INIT-000003").text("title") == "Loans"


@pytest.mark.parametrize(
    "assume",
    [
        Assumptions(blank_text_is_trimmed=False),
        Assumptions(error_has_message=False),
        Assumptions(echo_covers_skipped=False),
        Assumptions(tells_effective_format=False),
        Assumptions(tells_who_may_edit=False),
        Assumptions(tells_what_is_false=False),
        Assumptions(inserted_rows_inherit=True),
        Assumptions(checkboxes_hold_false=True),
        Assumptions(enforces_validation=True),
    ],
    ids=lambda assume: ", ".join(k for k, v in vars(assume).items() if v != getattr(Assumptions(), k)),
)
def test_a_round_whatever_google_does_that_no_document_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assume: Assumptions
) -> None:
    with double(tmp_path, monkeypatch, assume) as google:
        house = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}", google=google)
        house.type_new("Intake", {"title": "Search", "deadline_date": "2026-05-31"}, {"title": "=1+1"})
        house.done("pm.backlog_sync")
        people = person_at(house, google, "Intake")
        people.sort("Intake", 2, descending=True)
        house.type_into("Backlog", 2, {"engineering_tokens": "12k"})
        house.done("pm.backlog_sync")
        house.done("pm.populate_initiatives")
        house.done("pm.backlog_sync")
        assert house.row("Backlog", "INIT-000001").values["engineering_tokens"] == 12_000
        assert {row.text("title") for row in house.rows("Intake")} == {"Search", "=1+1"}
        assert house.row("Backlog", "INIT-000001").text("deadline_date")[:10] == "2026-05-31"
        house.workspace.close()


def test_bad_cells_are_named_and_formulas_and_foreign_columns_stay(house: House, google: FakeSheets) -> None:
    house.type_new("Intake", {"title": "Search"}, {"title": "Wallet"})
    house.done("pm.backlog_sync")
    people = person_at(house, google, "Backlog")
    names = [column.name for column in house.place("Backlog").spec.columns]
    risk, score = _letter(names.index("risk_level")), _letter(names.index("overall_score"))
    people.type("Backlog", f"{risk}2", "dangerous")
    people.type("Backlog", f"{score}3", "=1+2")
    people.type("Backlog", f"{_letter(len(names) + 2)}1", "my notes")
    people.type("Backlog", f"{_letter(len(names) + 2)}3", "keep this")
    house.done("pm.save_selected", tab="Backlog")
    assert "risk_level" in house.status("Backlog", "INIT-000001")
    rows = people.rows("Backlog")
    assert (rows[0][len(names) + 2], rows[2][len(names) + 2]) == ("my notes", "keep this")
    assert rows[1][names.index("risk_level")] == "dangerous"
    with people.at("Backlog") as (_, tab):
        assert tab.rows[2][names.index("overall_score")]["userEnteredValue"] == {"formulaValue": "=1+2"}


def test_requests_are_taken_up_once_while_people_sort_them(house: House, google: FakeSheets) -> None:
    place, people = house.place("Requests"), person_at(house, google, "Requests")
    house.type_new("Requests", {"action": "pm.refresh_tab", "tab": "Gates"}, {"action": "pm.backlog_sync"})
    google.faults = [
        Fault("before", "values", do=lambda: people.sort("Requests", 0)),
        Fault("reset_after", "values"),
    ]
    assert look_at_requests(house.workspace, place).asked == 2
    assert look_at_requests(house.workspace, place).asked == 0
    asked = {row.text("action"): row.text("run_id") for row in house.rows("Requests")}
    assert asked == {"pm.refresh_tab": "ACT-000001", "pm.backlog_sync": "ACT-000002"}
    google.log.clear()
    look_at_requests(house.workspace, place)
    assert google.calls() == ["get"]


def test_a_spreadsheet_that_was_deleted_stops_the_others_not(house: House, google: FakeSheets) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    gone = spreadsheet_id(house.place("Intake").workbook.address)
    assert gone is not None
    google.not_shared.add(gone)
    outcome = house.run("pm.backlog_sync")
    assert "is not shared" in str(outcome.error)
    assert "robot@example" in str(outcome.error)
    google.not_shared.clear()
    google.faults = [Fault("status", "get", times=99, code=429)]
    assert "quota" in str(house.run("pm.backlog_sync").error)

"""Anything that people do to their sheets, in any order: no idea is lost or doubled, and a second sync does nothing."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy import select

from roadwright.domain.text import normalised
from roadwright.sheets.read import Row
from roadwright.store.models import Initiative
from tests.house import House
from tests.sync.spreadsheet import Rows, opened, rearrange

pytestmark = pytest.mark.files

INTAKE = ("Intake", "Ideas", "Complaints")
STEPS = 6
SYSTEM = {normalised(name) for name in ("initiative_key", "run_status", "updated_source", "updated_at")}


class People:
    """Several people who work on all sheets between two syncs, as chance has it."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.chance = random.Random(seed)
        self.ideas = 0
        self.older: list[bytes] = []
        self.deeds: list[Callable[[str, list[Row]], None]] = [
            *[self.submit] * 3,
            *[self.edit, self.edit_backlog] * 2,
            *[self.shuffle, self.delete, self.copy, self.move, self.paste_key, self.clear_failed_keys],
            *[self.clear_all_keys, self.delete_system_column, self.type_on_backlog, self.bring_older_backlog],
        ]

    def work(self) -> None:
        for _ in range(self.chance.randint(2, 5)):
            tab = self.chance.choice(INTAKE)
            self.chance.choice(self.deeds)(tab, self.house.rows(tab))

    def submit(self, tab: str, _: list[Row]) -> None:
        self.ideas += 1
        self.house.type_new(tab, {"title": f"idea {self.ideas}", "country": self.chance.choice(["UK", "DE"])})

    def edit(self, tab: str, rows: list[Row]) -> None:
        if rows:
            cells = {self.chance.choice(["title", "country", "lifecycle_status"]): self.chance.choice([None, "X", "Y"])}
            self.house.type_into(tab, self.chance.choice(rows).number, cells)

    def edit_backlog(self, _: str, __: list[Row]) -> None:
        self.edit("Backlog", self.house.rows("Backlog"))

    def shuffle(self, tab: str, _: list[Row]) -> None:
        place = self.house.place(self.chance.choice([tab, "Backlog"]))

        def shuffled(rows: Rows) -> Rows:
            return [*self.chance.sample(rows, len(rows)), []]

        rearrange(place.workbook, place.tab, shuffled)

    def delete(self, tab: str, rows: list[Row]) -> None:
        for name, there in ((tab, rows), ("Backlog", self.house.rows("Backlog"))):
            if there and self.chance.random() < 0.5:
                self.house.clear_row(name, self.chance.choice(there).number)

    def copy(self, _: str, rows: list[Row]) -> None:
        if rows:
            self._put(self.chance.choice(INTAKE), self.chance.choice(rows))

    def move(self, tab: str, rows: list[Row]) -> None:
        if rows:
            row = self.chance.choice(rows)
            self._put(self.chance.choice(INTAKE), row)
            self.house.clear_row(tab, row.number)

    def _put(self, tab: str, row: Row) -> None:
        place = self.house.place(tab)
        with opened(place.workbook, place.tab) as sheet:
            have = {normalised(str(cell.value)) for cell in sheet[1]}
        self.house.type_new(tab, {name: value for name, value in row.raw.items() if normalised(name) in have})

    def paste_key(self, tab: str, rows: list[Row]) -> None:
        if len(rows) > 1 and all("initiative_key" in row.values for row in rows):
            one, other = self.chance.sample(rows, 2)
            self.house.type_into(tab, one.number, {"initiative_key": other.raw.get("initiative_key")})

    def clear_failed_keys(self, tab: str, rows: list[Row]) -> None:
        self._clear_keys(tab, [row for row in rows if row.text("run_status").startswith("FAILED")])

    def clear_all_keys(self, tab: str, rows: list[Row]) -> None:
        self._clear_keys(tab, rows)

    def _clear_keys(self, tab: str, rows: list[Row]) -> None:
        for row in rows:
            if "initiative_key" in row.values:
                self.house.type_into(tab, row.number, {"initiative_key": None})

    def delete_system_column(self, tab: str, _: list[Row]) -> None:
        place = self.house.place(tab)
        with opened(place.workbook, place.tab) as sheet:
            columns = [cell.column or 0 for cell in sheet[1] if normalised(str(cell.value)) in SYSTEM]
            if columns:
                sheet.delete_cols(self.chance.choice(columns))

    def type_on_backlog(self, _: str, __: list[Row]) -> None:
        self.ideas += 1
        self.house.type_new("Backlog", {"title": f"idea {self.ideas}"})

    def bring_older_backlog(self, _: str, __: list[Row]) -> None:
        if self.older:
            self.house.bring_back("Backlog", self.chance.choice(self.older))


def initiatives(house: House) -> dict[str, Initiative]:
    with house.workspace.store.transaction() as session:
        return {row.initiative_key: row for row in session.scalars(select(Initiative))}


def sheets_and_database_agree(house: House) -> None:
    known = initiatives(house)
    seen: set[str] = set()
    for tab in INTAKE:
        for row in house.rows(tab):
            status, key = row.text("run_status"), row.text("initiative_key")
            assert status, row
            if not status.startswith("FAILED"):
                assert key in known
                assert key not in seen
                seen.add(key)
                assert (known[key].intake_tab, known[key].intake_row) == (tab, row.number)
    from_intake = {key for key, row in known.items() if row.intake_workbook is not None}
    assert {key for key in from_intake if not known[key].intake_missing} == seen
    shown = [row for row in house.rows("Backlog") if "stands already" not in row.text("run_status")]
    assert sorted(row.text("initiative_key") for row in shown if row.text("initiative_key")) == sorted(known)
    for row in shown:
        if row.text("run_status").startswith(("OK", "WARNING")):
            initiative = known[row.text("initiative_key")]
            assert (row.text("title"), row.text("country")) == (initiative.title, initiative.country or "")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1, 4))])
def test_whatever_people_do(teams: House, seed: int) -> None:
    people = People(teams, seed)
    for _ in range(STEPS):
        people.work()
        before = initiatives(teams)
        settled = people.chance.choice([[], [], ["on_conflict=sheet"], ["on_conflict=database"]])
        outcome = teams.done("pm.backlog_sync", options=settled)
        after = initiatives(teams)
        assert before.keys() <= after.keys()
        assert len(after) - len(before) == outcome.summary["created"]
        sheets_and_database_agree(teams)
        content = [teams.bytes(), teams.copied("Ideas")]
        teams.done("pm.backlog_sync")
        assert [teams.bytes(), teams.copied("Ideas")] == content
        people.older.append(teams.copied("Backlog"))

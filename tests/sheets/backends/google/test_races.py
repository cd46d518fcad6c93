"""People sort, insert, delete and type while a tab is written, and replies are lost: every value on its own row.

`campaign` is run by hand for more: ``python -m tests.sheets.backends.google.test_races 4000``.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roadwright.sheets.backend import SheetError, TabEdit, WorkbookBusy
from roadwright.sheets.backends.google import GoogleWorkbook
from roadwright.sheets.values import CellValue
from tests.google.access import double, ref_of
from tests.google.book import Assumptions
from tests.google.server import FakeSheets, Fault

HEADER = ["Key", "Name", "Team", "Status", "Seen"]
LOST = ("reset_after", "drop_after", "reset_before")


class Sheet:
    """A tab with 20 rows that the backend knows by their key, or of which some have none yet."""

    def __init__(self, server: FakeSheets, chance: random.Random, *, keyless: bool) -> None:
        self.server, self.chance, self.keyless = server, chance, keyless
        self.born: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.clock = 0
        rows = [[f"K{i:02}", f"name {(i * 7) % 20:02}", f"team {i % 3}", f"old{i}", f"v{i}"] for i in range(20)]
        for i in (3, 11, 17) if keyless else ():
            rows[i][0], rows[i][3], rows[i][4] = "", "", ""
        self.before = {row[1]: row for row in rows}
        self.id = server.make("Plan", {"Plan": [HEADER, *rows]}, rows=40, columns=8)
        self.person = server.person(self.id)

    def wanted(self) -> dict[tuple[int, int], CellValue | None]:
        cells: dict[tuple[int, int], CellValue | None] = {}
        for i, status in ((3, "done"), (11, "fail"), (17, "wait")):
            cells[i + 2, 4] = status
            if self.keyless:
                cells[i + 2, 1], cells[i + 2, 5] = f"N{i:02}", f"w{i}"
        return cells

    def act(self) -> None:
        """Something that one person does."""
        deed = self.chance.randrange(6)
        if deed in (0, 1):
            self.person.sort("Plan", self.chance.choice([0, 1, 2]), descending=self.chance.random() < 0.5)
        elif deed == 2:
            self.person.insert_row("Plan", self.chance.randrange(1, 15))
        elif deed == 3:
            at = self.chance.randrange(1, 15)
            name = f"born {len(self.born)} {self.chance.random()}"
            self.person.insert_row("Plan", at)
            self.person.type("Plan", f"B{at + 1}", name)
            self.born[name] = ""
        elif deed == 4:
            at = self.chance.randrange(1, 20)
            row = self.person.row("Plan", at)
            name = row[1] if len(row) > 1 else ""
            if name in self.before:
                self.deleted.add(name)
                self.person.delete_row("Plan", at)
        else:
            at = self.chance.randrange(1, 20)
            row = self.person.row("Plan", at)
            if len(row) > 1 and row[1]:
                self.clock += 1
                self.person.type("Plan", f"C{at + 1}", f"team typed {self.clock}")
                self.renamed[row[1]] = f"team typed {self.clock}"

    def expected(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {name: list(row) for name, row in self.before.items()}
        names = list(found)
        for (number, column), value in self.wanted().items():
            found[names[number - 2]][column - 1] = value
        found = {name: row for name, row in found.items() if name not in self.deleted}
        found |= {name: ["", name, "", "", ""] for name in self.born}
        for name, team in self.renamed.items():
            if name in found:
                found[name][2] = team
        return found

    def truth(self) -> dict[str, list[Any]]:
        rows = [[*row, *[""] * (5 - len(row))] for row in self.person.rows("Plan")[1:] if row]
        return {row[1]: row[:5] for row in rows}


def write_until_done(sheet: Sheet, edit_of: Callable[[], TabEdit]) -> str:
    """Write as the engine does: a workbook that was moved is read again."""
    for _ in range(4):
        workbook = GoogleWorkbook(ref_of(sheet.id), None)
        workbook.read("Plan")
        try:
            receipt = workbook.write([edit_of()])
        except WorkbookBusy as busy:
            if busy.message.code == "google_rows_gone":
                return "gone"
            raise
        return "flagged" if any(tab.refused for tab in receipt.tabs) else "done"
    return "busy"


def race(
    server: FakeSheets, chance: random.Random, *, lost: bool, keyless: bool, flags: bool
) -> tuple[str, Sheet, int]:
    sheet = Sheet(server, chance, keyless=keyless)
    server.log.clear()
    server.faults = [Fault("before", "values.batchUpdate", times=chance.randrange(4), do=sheet.act)]
    if lost and chance.random() < 0.5:
        server.faults.append(Fault(chance.choice(LOST), "values.batchUpdate", times=chance.choice([1, 1, 2])))
    if lost and chance.random() < 0.3:
        server.faults.append(Fault("after", "values.batchUpdate", do=sheet.act))
    own = {} if flags else {1: 10.0, 4: 10.0, 5: 10.0}
    edit = TabEdit("Plan", 1, sheet.wanted(), keys=(1,), own_columns=own)
    try:
        outcome = write_until_done(sheet, lambda: edit)
    except SheetError as error:
        outcome = error.message.code
    server.faults = []
    return outcome, sheet, len(server.log)


def campaign(
    server: FakeSheets, number: int, *, lost: bool, keyless: bool, seed: int = 5, flags: bool = False
) -> tuple[Counter[str], list[Any]]:
    """Races by what came of them, and those that ended wrong without a word.

    With ``flags`` people may have typed where is written, so that a new row that was hit is named.
    """
    counts: Counter[str] = Counter()
    silent: list[Any] = []
    chance = random.Random(seed)
    for run in range(number):
        outcome, sheet, calls = race(server, chance, lost=lost, keyless=keyless, flags=flags)
        counts["calls"] += calls
        wrong = sheet.truth() != sheet.expected()
        if wrong and outcome == "done":
            truth, expected = sheet.truth(), sheet.expected()
            names = sorted(truth.keys() | expected.keys())
            silent.append((run, [(truth.get(n), expected.get(n)) for n in names if truth.get(n) != expected.get(n)]))
        counts[f"{'wrong' if wrong else 'right'}, {outcome}"] += 1
        del server.books[sheet.id]
    return counts, silent


@pytest.mark.parametrize("keyless", [False, True], ids=["by key", "by all cells"])
@pytest.mark.parametrize("lost", [False, True], ids=["replies arrive", "replies are lost"])
def test_every_value_is_on_its_own_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool, keyless: bool
) -> None:
    with double(tmp_path, monkeypatch) as server:
        counts, silent = campaign(server, 75, lost=lost, keyless=keyless)
    assert silent == []
    assert counts["right, done"] + counts["right, gone"] > 70


@pytest.mark.parametrize("keyless", [False, True], ids=["by key", "by all cells"])
def test_an_answer_that_shows_nothing_of_other_cells_costs_a_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keyless: bool
) -> None:
    with double(tmp_path, monkeypatch, Assumptions(echo_covers_skipped=False)) as server:
        _, silent = campaign(server, 20, lost=True, keyless=keyless)
    assert silent == []


@pytest.mark.parametrize("lost", [False, True], ids=["replies arrive", "replies are lost"])
@pytest.mark.parametrize("keys", [(1,), ()], ids=["by key", "by all cells"])
def test_values_and_new_rows_follow_a_column_that_was_inserted_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[int, ...], lost: bool
) -> None:
    with double(tmp_path, monkeypatch) as server:
        rows = [["K1", "one", "red", "old", ""], ["K2", "two", "red", "old", ""]]
        spreadsheet = server.make("Plan", {"Plan": [HEADER, *rows]}, rows=20, columns=8)
        person = server.person(spreadsheet)
        workbook = GoogleWorkbook(ref_of(spreadsheet), None)
        workbook.read("Plan")
        server.faults = [Fault("before", "values.batchUpdate", times=1, do=lambda: person.insert_column("Plan", 2))]
        if lost:
            server.faults.append(Fault("reset_after", "values.batchUpdate", times=1))
        new = {1: "K3", 2: "three", 3: "blue", 4: "new"}
        edit = TabEdit("Plan", 1, {(2, 4): "done"}, [new], 3, keys=keys, own_columns={1: 10.0, 4: 10.0})
        workbook.write([edit])
        assert person.rows("Plan") == [
            ["Key", "Name", "", "Team", "Status", "Seen"],
            ["K1", "one", "", "red", "done"],
            ["K2", "two", "", "red", "old"],
            ["K3", "three", "", "blue", "new"],
        ]


if __name__ == "__main__":
    amount = int(sys.argv[1]) // 4
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory() as folder, double(Path(folder), patch) as served:
        for is_lost in (False, True):
            for is_keyless in (False, True):
                started = time.monotonic()
                told, wrongly = campaign(served, amount, lost=is_lost, keyless=is_keyless, seed=amount)
                words = f"replies {'lost' if is_lost else 'arrive'}, rows {'without' if is_keyless else 'with'} keys"
                print(f"{words}: {dict(told)}, silent {len(wrongly)}, {time.monotonic() - started:.0f} s", wrongly[:2])
    patch.undo()

"""A workspace for tests, and a person's hands: typing into its workbooks, reading them, asking for actions."""

from __future__ import annotations

import atexit
import pickle
import re
import shutil
import tempfile
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from roadwright import tabs
from roadwright.actions.execute import ActionResult
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.sheets.backend import TabEdit, Workbook, spreadsheet_address
from roadwright.sheets.backends.memory import MemoryBook, MemoryTab, book_at, put_book, remove_book
from roadwright.sheets.read import Row, read_table
from roadwright.sheets.values import CellValue
from roadwright.workspace.create import create_workspace
from roadwright.workspace.settings import DATABASE_FILE, FILE, template
from roadwright.workspace.workspace import TabPlace, Workspace, open_workspace
from tests.google.access import server_of
from tests.google.server import FakeSheets

Cells = Mapping[str, CellValue | None]


@dataclass
class House:
    """An open workspace with everything a test does to it."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.workspace.root

    def place(self, tab: str) -> TabPlace:
        return self.workspace.find(tab)

    def file(self, tab: str) -> Path:
        """The workbook file of a tab."""
        file = self.place(tab).workbook.file
        assert file is not None, "the workbook is no file"
        return file

    def copied(self, tab: str) -> bytes:
        """A tab's workbook as it is now, to be brought back later."""
        ref = self.place(tab).workbook
        if ref.scheme == "https":
            server, spreadsheet = server_of(ref.address)
            return pickle.dumps(server.books[spreadsheet])
        return ref.file.read_bytes() if ref.file is not None else pickle.dumps(book_at(ref.address))

    def bring_back(self, tab: str, copy: bytes) -> None:
        """Put an older copy in the place of a tab's workbook."""
        ref = self.place(tab).workbook
        if ref.scheme == "https":
            server, spreadsheet = server_of(ref.address)
            server.books[spreadsheet] = pickle.loads(copy)
        elif ref.file is not None:
            ref.file.write_bytes(copy)
        else:
            put_book(ref.address, pickle.loads(copy))

    def rows(self, tab: str) -> list[Row]:
        """The data rows of a tab, as the declaration reads them."""
        place = self.place(tab)
        workbook = self.workspace.open(place)
        return read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row).rows

    def row(self, tab: str, key: str) -> Row:
        """The one row that has this text in one of its identity columns."""
        [found] = [r for r in self.rows(tab) if key in {r.text(c) for c in self.place(tab).spec.identity}]
        return found

    def status(self, tab: str, key: str) -> str:
        return self.row(tab, key).text("run_status")

    def type_new(self, tab: str, *rows: Cells) -> None:
        """Type rows below the data."""
        place = self.place(tab)
        workbook = self.workspace.open(place)
        table = read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row)
        appended = [{table.columns[name]: value for name, value in row.items()} for row in rows]
        _write(workbook, TabEdit(place.tab, place.header_row, {}, appended, table.last_data_row))

    def type_into(self, tab: str, row: int, cells: Cells) -> None:
        """Type into cells of a row by its number; None empties a cell."""
        place = self.place(tab)
        workbook = self.workspace.open(place)
        table = read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row)
        edits = {(row, table.columns[name]): value for name, value in cells.items()}
        _write(workbook, TabEdit(place.tab, place.header_row, edits))

    def clear_row(self, tab: str, row: int) -> None:
        """Delete a row's content, as a person does with the Delete key."""
        place = self.place(tab)
        workbook = self.workspace.open(place)
        cells = workbook.read(place.tab).rows.get(row, {})
        _write(workbook, TabEdit(place.tab, place.header_row, dict.fromkeys((row, column) for column in cells)))

    def run(
        self, action: str, *, tab: str | None = None, select: str | None = None, options: Iterable[str] = ()
    ) -> ActionResult:
        asked = ActionRequest(action, tab, select, tuple(options))
        return run_action(self.workspace, asked, requested_by="test", report=_quiet)

    def done(self, action: str, **more: Any) -> ActionResult:
        """Run an action that must work, whatever it says of single rows."""
        outcome = self.run(action, **more)
        assert outcome.exit_code == 0 or (outcome.status == "failed" and outcome.error is None), (
            outcome.error,
            [row.run_status for row in outcome.rows],
        )
        return outcome

    def bytes(self) -> dict[str, bytes]:
        """All workbooks, to tell whether one was written."""
        found = {path.name: path.read_bytes() for path in sorted(self.root.glob("*.xlsx"))}
        for place in self.workspace.places():
            if place.workbook.scheme == "https":
                server, spreadsheet = server_of(place.workbook.address)
                found[place.book] = pickle.dumps(server.books[spreadsheet])
            elif place.workbook.file is None:
                found[place.book] = book_at(place.workbook.address).digest().encode()
        return found


def _write(workbook: Workbook, edit: TabEdit) -> None:
    """Write what a person types: all of it."""
    (receipt,) = workbook.write([edit]).tabs
    assert not receipt.refused


def _quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """Tests show no progress."""


@cache
def _empty_workspace() -> Path:
    """An empty workspace, made once in each test process and copied for each house: making one takes time."""
    folder = Path(tempfile.mkdtemp(prefix="roadwright-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    create_workspace(folder)
    return folder


def small_house(folder: Path) -> Iterator[House]:
    """An empty workspace on SQLite with workbooks in memory, for a fixture to yield from."""
    made = make_house(folder / "workspace", f"sqlite:///{folder / 'test.db'}", in_memory=True)
    yield made
    made.workspace.close()


def make_house(
    root: Path,
    database_url: str,
    *,
    more_settings: str = "",
    in_memory: bool = False,
    google: FakeSheets | None = None,
) -> House:
    """A new workspace on this database. Locked workbooks are not waited for; runs are not explained unless asked.

    With ``in_memory`` its workbooks are no files, but books of the backend in memory, with empty tabs; with ``google``
    they are spreadsheets there.
    """
    root.mkdir(parents=True, exist_ok=True)
    is_elsewhere = in_memory or google is not None
    if not is_elsewhere:
        for workbook in _empty_workspace().glob("*.xlsx"):
            shutil.copy(workbook, root)
    file = make_url(database_url)
    if file.get_backend_name() == "sqlite" and not (place := root / str(file.database)).exists():
        shutil.copy(_empty_workspace() / DATABASE_FILE, place)
    head = f'database_url = "{database_url}"\nlock_wait = 0\naction_wait = 30\nexplain_seconds = 0\n'
    settings = head + template() + more_settings
    (root / FILE).write_text(_with_addresses(settings, google) if is_elsewhere else settings, encoding="utf-8")
    create_workspace(root)
    house = House(open_workspace(root))
    if google is not None:
        _make_spreadsheets(house.workspace, google)
    elif in_memory:
        _make_books(house.workspace)
    return house


def _with_addresses(settings: str, google: FakeSheets | None) -> str:
    """The settings with an address of the backend in memory, or of a new spreadsheet, for each workbook."""
    moved = tomllib.loads(settings).get("tabs", {})
    for spec in tabs.TABS:
        section = f"\n[tabs.{spec.name}]\n"
        if spec != tabs.INTAKE and "workbook" not in moved.get(spec.name, {}):
            settings += "" if section in settings else section
            settings = settings.replace(section, f'{section}workbook = "{spec.workbook}.xlsx"\n')
    if google is None:
        return re.sub(r'^workbook = "', f'workbook = "memory://{uuid.uuid4().hex}/', settings, flags=re.MULTILINE)
    names = dict.fromkeys(re.findall(r'^workbook = "([^"]*)"', settings, flags=re.MULTILINE))
    places = [f'"{name}" = "{spreadsheet_address(google.make(name, {}))}"' for name in names]
    return settings + "\n[workbooks]\n" + "\n".join(places) + "\n"


def _make_spreadsheets(workspace: Workspace, google: FakeSheets) -> None:
    """The tabs of the settings, with their headers; those whose header is further down are people's."""
    for place in workspace.places():
        book = google.books[server_of(place.workbook.address)[1]]
        tab = book.add_tab({"title": place.tab, "gridProperties": {"rowCount": 60, "columnCount": 60}})
        if place.header_row == 1:
            for number, column in enumerate(place.spec.columns):
                book.put(tab, 0, number, column.name)


def _make_books(workspace: Workspace) -> None:
    """An empty book for each address of the settings; those whose header is further down are people's."""
    for place in workspace.places():
        address = place.workbook.address
        try:
            book = book_at(address)
        except KeyError:
            book = put_book(address, MemoryBook(place.workbook.name))
            atexit.register(remove_book, address)
        tab = book.tabs.setdefault(place.tab, MemoryTab())
        if place.header_row == 1:
            tab.type_rows([[column.name for column in place.spec.columns]])


@contextmanager
def opened_copy(made: Path, folder: Path) -> Iterator[House]:
    """A copy of a workspace that was made once for many tests, to do with as one likes."""
    root = folder / "workspace"
    shutil.copytree(made, root)
    house = House(open_workspace(root))
    yield house
    house.workspace.close()

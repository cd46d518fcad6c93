"""An open workspace: its folder, settings, database, and the places of its tabs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from roadwright import tabs
from roadwright.domain.errors import InputError, OperationError
from roadwright.domain.text import folded
from roadwright.sheets.backend import Workbook
from roadwright.sheets.spec import TabSpec
from roadwright.store.session import Store, open_store, parse_url
from roadwright.workspace.settings import Settings, load_settings, workbook_path

PRIVATE = ".roadwright"
"""The folder for our own temporary files, locks and logs."""


class WorkspaceBusy(OperationError):
    """Another action is running in this workspace."""


class UnknownTab(InputError):
    """A tab was named that this workspace does not have, or that is not unique."""


@dataclass(frozen=True)
class TabPlace:
    """One tab of one workbook, and the declaration it follows."""

    spec: TabSpec
    workbook: Path
    tab: str
    header_row: int
    book: str
    """The workbook as the settings name it, which tells two of one name in different folders apart."""
    name: str
    """The tab as people name it in this workspace: ``Backlog``, or in full where that is not unique."""

    @property
    def full_name(self) -> str:
        """The workbook and the tab: ``Team.xlsx!Ideas``."""
        return f"{self.book}!{self.tab}"


@dataclass(frozen=True)
class Workspace:
    root: Path
    settings: Settings
    store: Store

    @property
    def private(self) -> Path:
        return self.root / PRIVATE

    def intake(self) -> list[TabPlace]:
        """All intake tabs, in the order of the settings."""
        return [
            self._place(tabs.INTAKE, book.workbook, tab, book.header_row)
            for book in self.settings.intake
            for tab in book.tabs
        ]

    def place(self, spec: TabSpec) -> TabPlace:
        """Where a tab lies (any tab but intake's)."""
        workbook, tab, header_row = self.settings.place_of(spec)
        return self._place(spec, workbook, tab, header_row)

    def _place(self, spec: TabSpec, workbook: str, tab: str, header_row: int) -> TabPlace:
        book = Path(workbook).as_posix()
        name = tab if self.settings.tab_names[folded(tab)] == 1 else f"{book}!{tab}"
        return TabPlace(spec, workbook_path(self.root, workbook), tab, header_row, book, name)

    def places(self) -> list[TabPlace]:
        """All tabs."""
        return [*self.intake(), *(self.place(spec) for spec in tabs.TABS if spec is not tabs.INTAKE)]

    def find(self, name: str) -> TabPlace:
        """The tab that a person names, as ``Tab`` or ``Workbook.xlsx!Tab``. Raises UnknownTab."""
        workbook, _, tab = name.rpartition("!")
        places = self.places()
        if workbook:
            books = folded(workbook)
            places = [p for p in places if books in (folded(p.book), folded(p.workbook.name))]
        found = [place for place in places if folded(tab) == folded(place.tab)]
        if not found and not workbook:
            found = [place for place in places if folded(tab) == folded(place.spec.name)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(place.full_name if found else place.name for place in (found or self.places()))
        problem = "is the name of several tabs; name one" if found else "is no tab of this workspace; there are"
        raise UnknownTab(f'"{name}" {problem}: {known}')

    def open(self, place: TabPlace) -> Workbook:
        """The workbook of a tab, as it is now. Raises SheetError."""
        from roadwright.sheets.xlsx import open_workbook  # noqa: PLC0415 - only actions on sheets need it

        return open_workbook(place.workbook, self.private)

    @contextmanager
    def exclusive(self, wait: float | None = None) -> Iterator[None]:
        """Hold the workspace: one action at a time. Raises WorkspaceBusy after ``wait`` seconds.

        What actions that were killed left behind is removed.
        """
        self.private.mkdir(exist_ok=True)
        seconds = self.settings.lock_wait if wait is None else wait
        lock = FileLock(self.private / "action.lock", timeout=seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise WorkspaceBusy("another action is running in this workspace; run again when it has ended") from error
        try:
            self._clean()
            yield
        finally:
            lock.release()

    def _clean(self) -> None:
        from roadwright.sheets.xlsx import clean_leftovers  # noqa: PLC0415 - as above

        for folder in {self.private, *(place.workbook.parent for place in self.places())}:
            clean_leftovers(folder)

    def close(self) -> None:
        self.store.close()


def _database_url(root: Path, url: str) -> str:
    """A relative SQLite file lies in the workspace, wherever the command is run from. Raises StoreError."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return parsed.render_as_string(hide_password=False)
    return parsed.set(database=str(root / str(parsed.database))).render_as_string(hide_password=False)


def open_workspace(root: Path) -> Workspace:
    """Open the workspace in a folder. Raises SettingsError or StoreError."""
    folder = Path(os.path.realpath(root))
    settings = load_settings(folder)
    return Workspace(folder, settings, open_store(_database_url(folder, settings.database_url)))

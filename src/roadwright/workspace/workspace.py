"""An open workspace: its folder, settings, database, and the places of its tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url

from roadwright import tabs
from roadwright.sheets.backend import Workbook
from roadwright.sheets.spec import TabSpec
from roadwright.store.presence import FOLDER
from roadwright.store.session import Store, open_store
from roadwright.workspace.folders import Folder, use_folder
from roadwright.workspace.settings import Settings, load_settings, workbook_path
from roadwright.workspace.turns import Turn

PRIVATE = FOLDER
"""The folder for our own temporary files, locks and logs."""


class UnknownTab(Exception):
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


def _do_nothing() -> None:
    pass


@dataclass(frozen=True)
class Workspace:
    root: Path
    settings: Settings
    store: Store
    folder: Folder | None = None
    """Which of the folders on this database it is, where an action has its turn in it."""
    safe_point: Callable[[], None] = _do_nothing
    """Called where an action can end without harm; raises what ends it."""

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
        name = tab if self.settings.tab_names[tab.casefold()] == 1 else f"{book}!{tab}"
        return TabPlace(spec, workbook_path(self.root, workbook), tab, header_row, book, name)

    def places(self) -> list[TabPlace]:
        """All tabs."""
        return [*self.intake(), *(self.place(spec) for spec in tabs.TABS if spec is not tabs.INTAKE)]

    def find(self, name: str) -> TabPlace:
        """The tab that a person names, as ``Tab`` or ``Workbook.xlsx!Tab``. Raises UnknownTab."""
        workbook, _, tab = name.rpartition("!")
        places = self.places()
        if workbook:
            books = workbook.casefold()
            places = [p for p in places if books in (p.book.casefold(), p.workbook.name.casefold())]
        found = [place for place in places if tab.casefold() == place.tab.casefold()]
        if not found and not workbook:
            found = [place for place in places if tab.casefold() == place.spec.name.casefold()]
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
    def exclusive(self, wait: float | None = None, is_waiting: Callable[[], None] = _do_nothing) -> Iterator[Turn]:
        """Hold the workspace and its database: one action at a time.

        Raises WorkspaceBusy after ``wait`` seconds, during which ``is_waiting`` is called once. What actions that were
        killed left behind is removed.
        """
        seconds = self.settings.action_wait if wait is None else wait
        turn = Turn(self.private, self.store.engine, seconds, is_waiting, self.safe_point)
        turn.take()
        try:
            self._clean()
            yield turn
        finally:
            turn.give_back()

    def used(self) -> Workspace:
        """The workspace in use: to be asked by an action that has its turn."""
        return replace(self, folder=use_folder(self.store, self.private))

    def _clean(self) -> None:
        from roadwright.sheets.xlsx import clean_leftovers  # noqa: PLC0415 - as above

        for folder in {self.private, *(place.workbook.parent for place in self.places())}:
            clean_leftovers(folder)

    def close(self) -> None:
        self.store.close()


def _database_url(root: Path, url: str) -> str:
    """A relative SQLite file lies in the workspace, wherever the command is run from."""
    if not url.startswith("sqlite"):
        return url
    parsed = make_url(url)
    if parsed.database in (None, "", ":memory:") or Path(str(parsed.database)).is_absolute():
        return url
    return parsed.set(database=str(root / str(parsed.database))).render_as_string(hide_password=False)


def open_workspace(root: Path) -> Workspace:
    """Open the workspace in a folder. Raises SettingsError or StoreError."""
    folder = root.resolve()
    settings = load_settings(folder)
    return Workspace(folder, settings, open_store(_database_url(folder, settings.database_url)))

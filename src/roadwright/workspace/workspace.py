"""An open workspace: its folder, settings, database, and the places of its tabs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message
from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.domain.text import folded
from roadwright.sheets.backend import SheetError, Workbook, WorkbookRef
from roadwright.sheets.backends import is_open, open_backend
from roadwright.sheets.files import clean_leftovers
from roadwright.sheets.habits import NO_MAPPING, TabMapping
from roadwright.sheets.mapping import look_through
from roadwright.sheets.read import Through
from roadwright.sheets.spec import TabSpec
from roadwright.store.identity import Revision, workspace_id
from roadwright.store.presence import PRIVATE
from roadwright.store.session import FISCAL_YEAR, EmptyDatabase, Store, StoreError, file_of, open_store, parse_url
from roadwright.tabs.peoples_intake import INTAKE_HABITS, PEOPLES_INTAKE, USUAL_INTAKE, with_carried
from roadwright.workspace.folders import Folder, use_folder
from roadwright.workspace.identity import Note, check_database, missing_database, read_note, write_note
from roadwright.workspace.intake_settings import IntakeBook
from roadwright.workspace.settings import Settings, load_settings, workbook_ref
from roadwright.workspace.turns import Turn

PUBLISHED = "published"
"""The folder for the files of published roadmaps."""


class UnknownTab(InputError):
    """A tab was named that this workspace does not have, or that is not unique."""


@dataclass(frozen=True)
class TabPlace:
    """One tab of one workbook, and the declaration it follows."""

    spec: TabSpec
    workbook: WorkbookRef
    tab: str
    header_row: int
    name: str
    """The tab as people name it in this workspace: ``Backlog``, or in full where that is not unique."""
    mapping: TabMapping = field(default=NO_MAPPING, compare=False)
    """What the settings say of the columns and rows of an intake tab."""
    source: str = ""
    """The program that an intake tab's rows come from, by the name that the settings give it."""

    @property
    def through(self) -> Through | None:
        """How the tab is to be seen by its reader, where people may have it in a form of their own."""
        if self.spec != tabs.INTAKE:
            return None
        return lambda grid, header_row: look_through(grid, self.spec, header_row, self.mapping, INTAKE_HABITS)

    @property
    def book(self) -> str:
        """The workbook as the settings name it."""
        return self.workbook.label

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
    notice: Message | None = None
    """What there is to tell whoever opened it."""
    folder: Folder | None = None
    """Which of the folders on this database it is, where an action has its turn in it."""
    safe_point: Callable[[], None] = _do_nothing
    """Called where an action can end without harm; raises what ends it."""
    is_waiting: Callable[[], None] = _do_nothing
    """Called once where a turn has to be waited for."""
    is_aside: Callable[[], None] = _do_nothing
    """Called where a turn that was held is given back, so that others can work while this action goes on."""
    tell: TellProgress = tell_nobody
    """Hears how far the reading and writing of long tabs is; may raise what ends it."""
    is_checked: bool = True
    """Whether the database has to be the one that the workbooks were written from."""

    @property
    def private(self) -> Path:
        return self.root / PRIVATE

    @property
    def published(self) -> Path:
        return self.root / PUBLISHED

    def intake(self) -> list[TabPlace]:
        """All intake tabs, in the order of the settings."""
        return [self._intake_place(book, tab) for book in self.settings.intake for tab in book.tabs]

    def _intake_place(self, book: IntakeBook, tab: str) -> TabPlace:
        workbook = self.settings.workbook_of(book.workbook)
        label = workbook_ref(self.root, workbook, self.settings.workbooks).label
        usual = f"{tabs.INTAKE.workbook}.xlsx", tabs.INTAKE.name
        is_usual = (workbook_ref(self.root, book.workbook).label, tab) == usual and not book.mapping.columns
        place = self._place(USUAL_INTAKE if is_usual else PEOPLES_INTAKE, workbook, tab, book.header_row)
        return replace(place, mapping=book.mapping, source=book.source or label)

    def place(self, spec: TabSpec) -> TabPlace:
        """Where a tab lies (any tab but intake's)."""
        workbook, tab, header_row = self.settings.place_of(spec)
        if spec == tabs.BACKLOG:
            spec = with_carried(spec, self.settings.carried_columns)
        return self._place(spec, workbook, tab, header_row)

    def _place(self, spec: TabSpec, workbook: str, tab: str, header_row: int) -> TabPlace:
        ref = workbook_ref(self.root, workbook, self.settings.workbooks)
        name = tab if self.settings.tab_names[folded(tab)] == 1 else f"{ref.label}!{tab}"
        return TabPlace(spec, ref, tab, header_row, name)

    def places(self) -> list[TabPlace]:
        """All tabs."""
        return [*self.intake(), *(self.place(spec) for spec in tabs.TABS if spec != tabs.INTAKE)]

    def workbook_files(self) -> list[Path]:
        """The files among the workbooks, each once."""
        return list(dict.fromkeys(file for place in self.places() if (file := place.workbook.file) is not None))

    def find(self, name: str) -> TabPlace:
        """The tab that a person names, as ``Tab`` or ``Workbook.xlsx!Tab``. Raises UnknownTab."""
        workbook, _, tab = name.rpartition("!")
        places = self.places()
        if workbook:
            books = folded(workbook)
            places = [p for p in places if books in (folded(p.workbook.label), folded(p.workbook.name))]
        found = [place for place in places if folded(tab) == folded(place.tab)]
        if not found and not workbook:
            found = [place for place in places if folded(tab) == folded(place.spec.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownTab("tab_not_unique", name=name, tabs=tuple(place.full_name for place in found))
        raise UnknownTab("unknown_tab", name=name, tabs=tuple(place.name for place in self.places()))

    @property
    def folder_token(self) -> str:
        """What tells the folder from others on this database; empty where no action has its turn in it."""
        return self.folder.token if self.folder is not None else ""

    @property
    def key_file(self) -> Path | None:
        """The credentials that the settings name for online workbooks."""
        named = self.settings.google.credentials
        return None if named is None else self.root / named

    def open(self, place: TabPlace) -> Workbook:
        """The workbook of a tab, as it is now. Raises SheetError."""
        return open_backend(place.workbook, self.private, self.tell, key_file=self.key_file)

    def is_open_elsewhere(self, place: TabPlace) -> bool:
        """Whether a program says that a person has the workbook of a tab open, so that it can't be written."""
        return is_open(place.workbook)

    @contextmanager
    def exclusive(self, wait: float | None = None) -> Iterator[Turn]:
        """Hold the workspace and its database: one action at a time.

        Raises WorkspaceBusy after ``wait`` seconds, and StoreError where the database is not the workspace's, or no
        longer. What actions that were killed left behind is removed.
        """
        seconds = self.settings.action_wait if wait is None else wait
        turn = Turn(
            self.private,
            self.store.engine,
            seconds,
            is_waiting=self.is_waiting,
            safe_point=self.safe_point,
            check=self._check,
            is_given_back=self.is_aside,
        )
        turn.take()
        try:
            self._clean()
            yield turn
        finally:
            turn.give_back()

    def _check(self) -> None:
        if self.is_checked:
            self.check()

    def check(self) -> Message | None:
        """Whether the database is the one that the workbooks were written from. Returns what there is to tell.

        Raises WrongDatabase, or another StoreError where that can't be found out.
        """
        try:
            return check_database(self, read_note(self.private))
        except SheetError as error:
            raise StoreError.saying(error.message) from error

    def used(self) -> Workspace:
        """The workspace in use: to be asked by an action that has its turn."""
        return replace(self, folder=use_folder(self.store, self.private))

    def _clean(self) -> None:
        for folder in {self.private, *(file.parent for file in self.workbook_files())}:
            clean_leftovers(folder)

    def saw_revision(self, revision: Revision) -> None:
        """Write down that the workbooks are about to show this revision of the database. Raises SheetError."""
        with self.store.transaction() as session:
            mine = workspace_id(session)
        write_note(self.private, Note(mine, revision))

    def close(self) -> None:
        self.store.close()


def database_url(root: Path, url: str) -> str:
    """A relative SQLite file lies in the workspace, wherever the command is run from. Raises StoreError."""
    parsed = parse_url(url)
    file = file_of(parsed)
    if file is not None:
        parsed = parsed.set(database=str(root / file))
    return parsed.render_as_string(hide_password=False)


def open_workspace(root: Path, *, check: bool = True) -> Workspace:
    """Open the workspace in a folder. Raises SettingsError or StoreError.

    Without ``check`` it is not asked whether the database is the one that the workbooks were written from, which else
    raises WrongDatabase.
    """
    folder = Path(os.path.realpath(root))
    settings = load_settings(folder)
    note = read_note(folder / PRIVATE)
    was_synced = check and note is not None and note.revision is not None
    url = database_url(folder, settings.database_url)
    try:
        store = open_store(url, copies=folder / PRIVATE, must_exist=was_synced)
    except EmptyDatabase as error:
        raise missing_database(folder, error.message) from error
    store.carry(**{FISCAL_YEAR: settings.reading_rules.fiscal_year})
    workspace = Workspace(folder, settings, store, is_checked=check)
    if not check:
        return workspace
    try:
        return replace(workspace, notice=workspace.check())
    except StoreError:
        store.close()
        raise

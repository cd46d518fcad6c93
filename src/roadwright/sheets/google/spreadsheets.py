"""What is done to a whole spreadsheet: looked at, and given the tabs that it lacks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from roadwright.domain.messages import Message, failure, notice
from roadwright.sheets.backend import SheetError, WorkbookRef, WorkbookUnreadable, spelled, spreadsheet_id
from roadwright.sheets.backends.google.client import OutcomeUnknown, SheetsFault
from roadwright.sheets.backends.google.content import TabContent
from roadwright.sheets.backends.google.credentials import client_for
from roadwright.sheets.backends.google.faults import in_words, is_protected
from roadwright.sheets.backends.google.reading import Listing, list_tabs, quoted, read_tabs
from roadwright.sheets.backends.google.workbook import note_tabs
from roadwright.sheets.google.layout import Request, lists_requests, tab_requests
from roadwright.sheets.lists import TAB, lists_of
from roadwright.sheets.read import Through, read_table
from roadwright.sheets.spec import Owner, TabSpec


@dataclass(frozen=True)
class WantedTab:
    """A tab as the settings have it; ``is_ours`` where it may be made from its declaration."""

    spec: TabSpec
    name: str
    header_row: int
    through: Through | None
    is_ours: bool


class Spreadsheet:
    """One spreadsheet, with its tabs as they are now. Raises SheetError where it can't be reached."""

    def __init__(self, ref: WorkbookRef, private: Path, key_file: Path | None) -> None:
        found = spreadsheet_id(ref.address)
        if found is None:
            raise WorkbookUnreadable("google_no_id", address=ref.address)
        self._id, self._ref, self._private = found, ref, private
        self._client, self.account = client_for(key_file, private)
        self._listing = self._list()

    @property
    def title(self) -> str:
        return self._listing.title

    def _list(self) -> Listing:
        with in_words(self._ref, self.account):
            listing = list_tabs(self._client, self._id)
        note_tabs(self._private, self._id, listing.tabs)
        return listing

    def _read(self, tabs: Sequence[str]) -> list[TabContent]:
        there = [name for tab in tabs if (name := self._spelled(tab)) is not None]
        if not there:
            return []
        with in_words(self._ref, self.account):
            return read_tabs(self._client, self._id, there, self.account)[1]

    def _spelled(self, tab: str) -> str | None:
        return spelled(tab, self._listing.tabs)

    def check_edit(self) -> None:
        """Try whether it may be edited, by a write that changes nothing. Raises SheetError."""
        nothing = {"range": f"{quoted(self._listing.tabs[0])}!A1", "values": [[None]]}
        try:
            with suppress(OutcomeUnknown):
                self._client.write(self._id, [nothing])
        except SheetsFault as fault:
            if fault.code == 403 and not is_protected(fault):
                who = self.account or "the account that is signed in"
                raise SheetError("google_not_editable", spreadsheet=self._ref.label, account=who) from fault
            if not is_protected(fault):
                with in_words(self._ref, self.account):
                    raise

    def look(self, tabs: Sequence[WantedTab]) -> list[Message]:
        """What there is to say of each tab."""
        contents = {content.title: content for content in self._read([tab.name for tab in tabs])}
        return [self._say(tab, contents.get(self._spelled(tab.name) or "")) for tab in tabs]

    def _say(self, tab: WantedTab, content: TabContent | None) -> Message:
        if content is None or not content.rows:
            return failure("google_tab_missing" if content is None else "google_tab_empty", tab=tab.name)
        try:
            table = read_table(content.grid(), tab.spec, tab=tab.name, header_row=tab.header_row, through=tab.through)
        except SheetError as error:
            return failure("google_tab_unusable", tab=tab.name, why=error.message)
        lacks = [c.name for c in tab.spec.columns if c.name not in table.columns and c.owner is not Owner.SYSTEM]
        if lacks and tab.is_ours:
            return failure("google_columns_missing", tab=tab.name, columns=tuple(lacks))
        return notice("google_tab_ready", tab=tab.name, rows=len(table.rows), columns=len(table.columns))

    def set_up(self, tabs: Sequence[WantedTab]) -> list[str]:
        """Add the tabs that are not there, or are empty. Returns their names; what is there is not touched.

        Raises SheetError.
        """
        ours = [tab for tab in tabs if tab.is_ours]
        lists = lists_of([tab.spec for tab in ours])
        contents = {content.title: content for content in self._read([*(tab.name for tab in ours), TAB])}
        ids = {sheet.get("sheetId", 0) for sheet in self._listing.sheets}
        added: list[str] = []
        requests: list[Request] = []
        has_lists = bool(lists) and not contents.get(self._spelled(TAB) or "", _NOTHING).rows
        wanted = [(tab.name, tab) for tab in ours] + ([(TAB, None)] if has_lists else [])
        for name, tab in reversed(wanted):  # dropdowns name the tab of lists
            content = contents.get(self._spelled(name) or "")
            if content is not None and content.rows:
                continue
            sheet_id = content.sheet_id if content is not None else _free_id(ids)
            has = None if content is None else (content.row_count, content.column_count)
            if tab is None:
                requests += lists_requests(lists, sheet_id, has=has)
            else:
                requests += tab_requests(replace(tab.spec, name=name), sheet_id, lists, has=has)
            added.append(name)
        if requests:
            with in_words(self._ref, self.account), suppress(OutcomeUnknown):  # asking again tells
                self._client.update(self._id, requests)
            self._listing = self._list()
        return [name for name, _ in wanted if name in added]


_NOTHING = TabContent("", 0, 0, 0)


def _free_id(taken: set[int]) -> int:
    while (number := random.randrange(1, 2**31)) in taken:
        pass
    taken.add(number)
    return number

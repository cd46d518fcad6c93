"""What one pass over tabs works with: the open tabs, the transaction, and the edits in the making."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from roadwright.domain.progress import TellProgress, counted, tell_nobody
from roadwright.sheets.backend import Workbook
from roadwright.sheets.read import Table
from roadwright.sheets.spec import TabSpec
from roadwright.sheets.values import CellValue
from roadwright.store.clock import RowVersions
from roadwright.store.session import writes
from roadwright.sync.baselines import Baseline, Unconfirmed
from roadwright.sync.binding import Binding
from roadwright.sync.identity import Identity
from roadwright.workspace.workspace import TabPlace, Workspace

SET_VERSION = "*set"
"""Beside the columns, a row's copy remembers under this name what its whole set showed."""

COMPUTED = "*computed"
"""Beside the columns, a row's copy remembers under this name what the cells showed that no person fills."""

ANNOTATIONS = "*own"
"""Beside the columns, a row's copy remembers under this name what its sheet-only cells showed."""


@dataclass
class Pending:
    """The edit of one tab in the making, and the baselines of its rows, as (row version, identity, values)."""

    cells: dict[tuple[int, int], CellValue | None] = field(default_factory=dict)
    appended: list[dict[int, CellValue | None]] = field(default_factory=list)
    new_rows: list[tuple[str, str]] = field(default_factory=list)
    """Key and run_status of each appended row, where the rows are to be told in the answer."""
    new_fingerprints: list[str | None] = field(default_factory=list)
    """Of each of these, the fingerprint of what is stored, where it is settled (see ``sync.tab_cache``)."""
    copies: list[tuple[str, Identity, Mapping[str, object]]] = field(default_factory=list)
    unconfirmed: list[Unconfirmed] = field(default_factory=list)
    """Of the rows that were saved, what holds until their write is known to have worked."""


@dataclass
class OpenTab:
    """One tab that was read, in the middle of a pass."""

    place: TabPlace
    workbook: Workbook
    table: Table
    pending: Pending = field(default_factory=Pending)
    recalled: Mapping[int, str] | None = None
    """Where the tab needed no reading: the rows that were settled when the last pass left it so, and what was stored
    for each then, as a fingerprint (see ``sync.tab_cache``)."""
    settled: dict[int, str] = field(init=False)
    """The settled rows as this pass leaves the tab."""
    bases: dict[int, Baseline | None] = field(default_factory=dict)
    """By row what this copy of the tab showed there, where somebody asked (see ``sync.merge_rows.load_bases``)."""
    set_row_versions: dict[Identity, str] = field(default_factory=dict)
    """On a tab that is saved set by set: what each set shows from this pass on (see ``sync.sets``)."""
    emptied: set[Identity] = field(default_factory=set)
    """The sets of which no row is left on the tab, and whose rows were removed for that."""
    early_row_versions: list[str] = field(default_factory=list)
    """RowVersions that are older than those of all rows of this pass."""
    needs_row_version: set[Identity] = field(default_factory=set)
    """Rows that get a new row version although nothing in them changed: they tell how new this copy of the tab is."""

    def __post_init__(self) -> None:
        self.settled = dict(self.recalled or {})

    @property
    def spec(self) -> TabSpec:
        return self.place.spec


Item = TypeVar("Item")


@dataclass
class SyncContext:
    """What the steps of one attempt share: one transaction, and the action that asks for it."""

    workspace: Workspace
    session: Session
    row_versions: RowVersions
    source: str
    force: bool = False
    """Do also what is refused because something depends on it, with a warning."""
    tell: TellProgress = tell_nobody
    _loaded: dict[str, tuple[int, dict[Identity, dict[str, object]]]] = field(default_factory=dict)
    """By tab what was loaded last, and after how many writes."""

    @property
    def folder(self) -> str | None:
        """The folder that the action works in, told from others on the same database."""
        return self.workspace.folder_token or None

    def counted(self, message: str, items: Sequence[Item]) -> Iterator[Item]:
        """The items one by one, telling how far it is where there are many."""
        return counted(self.tell, message, items)

    def load(self, binding: Binding, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        """What is stored for these rows (see ``Binding.load``)."""
        rows = binding.load(self.session, identities)
        self._loaded[binding.spec.name] = writes(self.session), rows
        return rows

    def load_again(self, binding: Binding, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        """The same, to be shown: what was loaded before still holds where nothing was written since."""
        count, rows = self._loaded.get(binding.spec.name, (-1, {}))
        if count != writes(self.session):
            return self.load(binding, identities)
        further = {identity for identity in identities if identity not in rows}
        return rows | binding.load(self.session, further) if further else rows

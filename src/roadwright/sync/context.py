"""What one pass over tabs works with: the open tabs, and the edits in the making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.services.rows.baselines import Baseline
from roadwright.services.rows.context import RowsContext
from roadwright.services.rows.identity import Identity, identity_of
from roadwright.sheets.backend import Workbook
from roadwright.sheets.read import Row, Table
from roadwright.sheets.spec import TabSpec
from roadwright.sheets.values import CellValue
from roadwright.store.clock import RowVersions
from roadwright.sync.reports import SheetRow
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
    unversioned: set[Identity] = field(default_factory=set)
    """Rows whose version can't be written, because its cell is protected."""
    to_confirm: list[str] = field(default_factory=list)
    """Of the rows of which something is kept until it is written, the identities of those that get a version."""


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
    merged: list[SheetRow] = field(default_factory=list)
    """The rows that were merged, with what was saved of them."""
    is_merged: bool = False
    """Its rows were merged in this pass, also where there are none."""
    bases: dict[int, Baseline | None] = field(default_factory=dict)
    """By row what this copy of the tab showed there, where somebody asked (see ``sync.bases.load_bases``)."""
    set_row_versions: dict[Identity, str] = field(default_factory=dict)
    """On a tab that is saved set by set: what each set shows from this pass on (see ``sync.sets``)."""
    emptied: set[Identity] = field(default_factory=set)
    """The sets of which no row is left on the tab, and whose rows were removed for that."""
    never_shown: set[Identity] = field(default_factory=set)
    """The stored sets that this workbook, made anew in the place of another, never showed."""
    early_row_versions: list[str] = field(default_factory=list)
    """Row versions that are older than those of all rows of this pass."""
    renamed: dict[int, Identity] = field(default_factory=dict)
    """By row what it is now, where it was renamed since this copy of the tab was written (see ``sync.renames``)."""
    needs_row_version: set[Identity] = field(default_factory=set)
    """Rows that get a new row version although nothing in them changed: they tell how new this copy of the tab is."""

    def __post_init__(self) -> None:
        self.settled = dict(self.recalled or {})

    @property
    def spec(self) -> TabSpec:
        return self.place.spec

    def identity_of(self, row: Row) -> Identity:
        """Which row it is."""
        return self.renamed.get(row.number) or identity_of(self.spec.identity, row.brief)


@dataclass
class SyncContext(RowsContext):
    """What the steps of one attempt share that work on tabs of a workspace."""

    workspace: Workspace = field(kw_only=True)


def begin_sync(workspace: Workspace, session: Session, source: str, tell: TellProgress = tell_nobody) -> SyncContext:
    """What the steps of one attempt share, in this transaction."""
    return SyncContext(
        session,
        RowVersions(session),
        source,
        workspace.folder_token,
        tell=tell,
        safe_point=workspace.safe_point,
        workspace=workspace,
    )

"""What the engine needs to know of a tab beyond its declaration: how its rows are loaded from and saved to models."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from sqlalchemy.orm import Session

from roadwright.domain.messages import Message
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.sheets.spec import TabSpec

Values = Mapping[str, object]
"""A row's values by column name, as the columns' kinds read them."""


class Refused(Exception):
    """A row can't be saved; each message says why."""

    def __init__(self, *messages: Message) -> None:
        super().__init__(*messages)
        self.messages = messages

    def __str__(self) -> str:
        return "; ".join(map(str, self.messages))


@dataclass(frozen=True)
class Edit:
    """One row to save.

    ``values`` are all values of the row as they will stand after the save (typed, or stored where the sheet lacks the
    column), ``changes`` the names of those that a person changed. ``row_version`` and ``source`` are its provenance,
    ``folder`` is where it was typed, of several on one database.
    """

    identity: Identity
    values: Values
    changes: Collection[str]
    is_new: bool
    row_version: str
    source: str
    folder: str | None


class Binding(Protocol):
    """Ties one tab to the models. An instance serves one pass and may keep what it loaded."""

    @property
    def spec(self) -> TabSpec: ...

    @property
    def is_lenient(self) -> bool:
        """Whether a cell that can't be read neither fails nor holds back its row; who calls says what is to be said."""

    @property
    def conflict(self) -> str:
        """The code of what a row says of a field that was changed on both sides."""

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        """What is stored for these rows, by column: everything that the tab may show. Unknown ones are left out."""

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        """Look at a row as it will stand, saved or not: add what fails it, or one of its cells, and what deserves a
        warning.
        """

    def holds_back(self, column: str, stored: Values | None, changes: Collection[str]) -> bool:
        """Whether a failed cell of this column keeps the whole row from being saved, for what is judged with it.

        ``stored`` is what is saved of the row, ``changes`` are the columns that would be.
        """

    def save(self, session: Session, edit: Edit) -> None:
        """Store a row. Raises Refused."""

    def listed(self, session: Session) -> Sequence[Identity]:
        """The stored rows that a refresh puts on the tab where they are missing, in order."""

    def yields(self, column: str, stored: Values) -> bool:
        """Whether what is stored in a shared column was computed, so that what a person types there always wins."""


class Defaults:
    """What most bindings have no more to say about."""

    is_lenient: ClassVar[bool] = False
    conflict: ClassVar[str] = "conflict_with_database"

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        """Nothing beyond the declaration."""

    def holds_back(self, column: str, stored: Values | None, changes: Collection[str]) -> bool:  # noqa: ARG002
        return False

    def listed(self, session: Session) -> Sequence[Identity]:  # noqa: ARG002 - other actions choose the tab's rows
        return ()

    def yields(self, column: str, stored: Values) -> bool:  # noqa: ARG002 - few bindings have shared columns
        return False


class SetBinding(Binding, Protocol):
    """A binding of a tab that is saved set by set."""

    def remove(self, session: Session, identity: Identity) -> None:
        """Take a row out of its set."""

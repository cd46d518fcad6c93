"""What the steps that save rows share: one transaction, and who asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from roadwright.domain.progress import TellProgress, counted, tell_nobody
from roadwright.services.rows.binding import Binding
from roadwright.services.rows.identity import Identity
from roadwright.store.clock import RowVersions
from roadwright.store.session import writes

Item = TypeVar("Item")


def _go_on() -> None:
    pass


@dataclass
class RowsContext:
    """What the steps of one attempt share. ``safe_point`` is called where it may end: it raises something to do so."""

    session: Session
    row_versions: RowVersions
    source: str
    folder_token: str = ""
    """The folder that the rows are typed in, told from others on the same database."""
    force: bool = False
    """Do also what is refused because something depends on it, with a warning."""
    tell: TellProgress = tell_nobody
    safe_point: Callable[[], None] = _go_on
    _loaded: dict[str, tuple[int, dict[Identity, dict[str, object]]]] = field(default_factory=dict)
    """By tab what was loaded last, and after how many writes."""

    @property
    def folder(self) -> str | None:
        return self.folder_token or None

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

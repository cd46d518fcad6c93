"""Intake tabs: rows of the same initiatives as on the Backlog, in which no bad cell keeps an idea out."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from sqlalchemy.orm import Session

from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message
from roadwright.services.bindings.initiatives import by_identity, new_initiative, set_attribute, stamp
from roadwright.services.rows.binding import Defaults, Edit
from roadwright.services.rows.identity import Identity
from roadwright.sheets.merge import plain
from roadwright.sheets.spec import Owner
from roadwright.store.models import Initiative
from roadwright.store.queries import attributes_of
from roadwright.tabs.peoples_intake import PEOPLES_INTAKE

UNTITLED = "(untitled)"
FIELDS = tuple(column.name for column in PEOPLES_INTAKE.owned(Owner.INPUT))


class IntakeBinding(Defaults):
    """Intake rows are initiatives; their keys are judged before (see ``sync.intake``)."""

    spec = PEOPLES_INTAKE
    is_lenient: ClassVar[bool] = True
    conflict: ClassVar[str] = "conflict_with_backlog"

    def __init__(self) -> None:
        self.initiatives: dict[Identity, Initiative] = {}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        """What is stored; the title of an untitled one is none, and gives way to the first that someone types."""
        self.initiatives.update(by_identity(session, identities))
        rows: dict[Identity, dict[str, object]] = {}
        for identity in identities:
            if (initiative := self.initiatives.get(identity)) is not None:
                values = dict(zip(FIELDS, attributes_of(initiative, FIELDS), strict=True))
                rows[identity] = values | ({"title": None} if values["title"] == UNTITLED else {})
        return rows

    def save(self, session: Session, edit: Edit) -> None:
        initiative = self.initiatives.get(edit.identity)
        if initiative is None:
            typed, title = str(edit.values["initiative_key"]), str(edit.values.get("title") or UNTITLED)
            key = canonical_key(typed) or typed
            initiative = new_initiative(key, title, row_version=edit.row_version, source=edit.source)
            session.add(initiative)
            self.initiatives[edit.identity] = initiative
        for name in edit.changes:
            set_attribute(initiative, name, edit.values.get(name))
        stamp(initiative, edit.row_version, edit.source)


def instead_of(initiative: Initiative, name: str) -> Message:
    """What the backlog has instead of a cell that can't be read."""
    stored = plain(getattr(initiative, name))
    if name == "title" and stored == UNTITLED:
        return Message("the_backlog_has_title", params={"title": UNTITLED})
    if stored is None:
        return Message("the_backlog_has_none")
    return Message("the_backlog_has", params={"value": stored})

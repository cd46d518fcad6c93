"""Ideas that come in without a sheet: unconditional as intake is, and their submitter's to edit while they are new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions import ledger
from roadwright.domain.initiatives import Lifecycle
from roadwright.domain.keys import INITIATIVE, canonical_key, make_key, parse_key
from roadwright.domain.messages import Message
from roadwright.grid.changes import Changed, ChangeProblem, RowChange, refuse_columns
from roadwright.grid.editing import save_rows
from roadwright.grid.reading import cell_of, read_rows
from roadwright.services.backlog import backlog_values, json_values
from roadwright.services.bindings.initiatives import new_initiative, set_attribute
from roadwright.services.bindings.intake import UNTITLED
from roadwright.services.rows.notes import Notes
from roadwright.sheets.spec import CellProblem, Owner, meaning
from roadwright.store.clock import RowVersions
from roadwright.store.models import Initiative, IssuedKey
from roadwright.store.queries import chunks
from roadwright.store.session import one_at_a_time
from roadwright.sync.keys import issue_keys
from roadwright.sync.reading import scope_of
from roadwright.workspace.workspace import Workspace

SUBMIT = "ideas.submit"
"""What the ledger calls an idea that comes in."""
COLUMNS = tuple(column.name for column in tabs.INTAKE.owned(Owner.INPUT))
SOURCES = ("api", "web")
"""What intake_source says of them."""
_EDITABLE = (str(Lifecycle.NEW), str(Lifecycle.NEEDS_INFO))


class NotYours(ChangeProblem):
    """Somebody else's idea, or one that is looked at already."""


@dataclass(frozen=True)
class Submitted:
    """An idea that is in the backlog now."""

    key: str
    values: Mapping[str, object]
    run_status: str

    def to_json(self) -> dict[str, Any]:
        return {**self.values, "run_status": self.run_status}


def submit_idea(workspace: Workspace, idea: Mapping[str, object], requested_by: str, source: str) -> Submitted:
    """Enter an idea. What can't be read of it is said, and the idea enters without. Raises ChangeProblem."""
    refuse_columns(tabs.INTAKE, [RowChange({}, None, idea)])
    notes = Notes()
    with workspace.exclusive(), workspace.store.transaction() as session:
        one_at_a_time(session)
        [row] = read_rows(tabs.INTAKE, [idea], scope_of(workspace, session, tabs.INTAKE))
        [key] = issue_keys(session, 1, requested_by, workspace.folder_token or None)
        title = str(row.values.get("title") or UNTITLED)
        version = RowVersions(session).next()
        initiative = new_initiative(key, title, row_version=version, source=SUBMIT)
        initiative.intake_source, initiative.folder = source, workspace.folder_token or None
        for name in COLUMNS:
            if name != "title" and row.values.get(name) is not None:
                set_attribute(initiative, name, row.values[name])
        for name, problem in row.problems.items():
            instead = Message("the_backlog_has_none")
            if name == "title":
                instead = Message("the_backlog_has_title", params={"title": UNTITLED})
            notes.warn("taken_without_value", name, problem=replace(problem, column=None), instead=instead)
        for name, found in row.read_as.items():
            notes.understand(name, found.said)
        session.add(initiative)
        session.flush()
        status = notes.words
        lines = [{"tab": tabs.BACKLOG.name, "row": 0, "key": key, "run_status": status}]
        ledger.note(session, SUBMIT, {"source": source}, requested_by, summary={"created": 1}, rows=lines)
        [values] = backlog_values(session, [initiative])
    return Submitted(key, json_values(values), status)


def change_idea(workspace: Workspace, typed_key: str, change: RowChange, requested_by: str, *, is_any: bool) -> Changed:
    """Change the columns of an idea that its submitter may change. Raises ChangeProblem, and NotYours."""
    refuse_columns(tabs.BACKLOG, [change], only=COLUMNS)
    if not is_any:
        _check_status(change.changes.get("lifecycle_status"))
        with workspace.store.transaction() as session:
            _check_own(session, typed_key, requested_by)
    return save_rows(workspace, tabs.BACKLOG, [change], requested_by)


def _check_status(value: object) -> None:
    """A submitter takes an idea back, or in again; anything else is not for them to decide."""
    column = tabs.INTAKE.by_name["lifecycle_status"]
    try:
        meaning(column, cell_of(column, value))
    except CellProblem as problem:
        raise ChangeProblem.saying(problem.message).about(column.name) from problem


def _check_own(session: Session, typed_key: str, requested_by: str) -> None:
    key = canonical_key(typed_key)
    initiative = session.scalar(select(Initiative).where(Initiative.initiative_key == key))
    if initiative is None or submitter_of(session, initiative.initiative_key) != requested_by.partition(":")[2]:
        raise NotYours("idea_of_another", key=typed_key)
    if initiative.lifecycle_status not in _EDITABLE:
        raise NotYours("idea_looked_at", key=typed_key, status=initiative.lifecycle_status, statuses=_EDITABLE)


def submitter_of(session: Session, key: str) -> str | None:
    """Who submitted an idea over the network, whose key says so; None where it came in another way."""
    number = parse_key(INITIATIVE, key)
    issued_for = session.scalar(select(IssuedKey.issued_for).where(IssuedKey.number == number))
    source = session.scalar(select(Initiative.intake_source).where(Initiative.initiative_key == key))
    is_ours = issued_for is not None and source in SOURCES
    return issued_for.partition(":")[2] if issued_for is not None and is_ours else None


def own_ideas(session: Session, who: str) -> list[str]:
    """The keys of the ideas that somebody submitted over the network, in order."""
    issued = select(IssuedKey.number).where(IssuedKey.issued_for.in_([f"{door}:{who}" for door in SOURCES]))
    keys = [make_key(INITIATIVE, number) for number in session.scalars(issued)]
    found: list[str] = []
    for part in chunks(keys):
        query = select(Initiative.initiative_key)
        found += session.scalars(
            query.where(Initiative.initiative_key.in_(part), Initiative.intake_source.in_(SOURCES))
        )
    return sorted(found, key=lambda key: parse_key(INITIATIVE, key) or 0)


def is_editable(session: Session, key: str, who: str) -> bool:
    """Whether an idea is this person's, and nobody has looked at it yet, so that they may still edit it."""
    status = session.scalar(select(Initiative.lifecycle_status).where(Initiative.initiative_key == key))
    return status in _EDITABLE and submitter_of(session, key) == who


def editable_ideas(session: Session, who: str) -> list[str]:
    """The keys of somebody's ideas that they may still edit."""
    keys = own_ideas(session, who)
    found: list[str] = []
    for part in chunks(keys):
        query = select(Initiative.initiative_key).where(Initiative.initiative_key.in_(part))
        found += session.scalars(query.where(Initiative.lifecycle_status.in_(_EDITABLE)))
    return found

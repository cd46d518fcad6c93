"""Carried columns of the backlog: ``x.NAME``, what intake tabs send along with an initiative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session

from roadwright.domain.filters import Field, FieldKind
from roadwright.sheets.kinds import TEXT
from roadwright.sheets.kinds.texts import carried_value
from roadwright.store.models import Initiative
from roadwright.tabs.peoples_intake import CARRIED_PREFIX, EXTERNAL_ID, EXTERNAL_URL

_NAMES = "names of carried columns"
"""Where a session keeps the names that its database has."""


def carried_names(session: Session) -> tuple[str, ...]:
    """The names of all carried columns that an initiative has, without their prefix."""
    found: tuple[str, ...] | None = session.info.get(_NAMES)
    if found is None:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        of_object = func.json_each if is_sqlite else func.jsonb_each
        entries = of_object(Initiative.carried).table_valued("key", "value")
        every = Initiative.__table__.join(entries, true())
        query = select(entries.c.key).select_from(every).where(Initiative.carried.is_not(None)).distinct()
        found = session.info[_NAMES] = tuple(sorted(session.scalars(query)))
    return found


def forget_carried_names(session: Session) -> None:
    """Ask for them again: an initiative may have a new one."""
    session.info.pop(_NAMES, None)


def carried_number(session: Session, field: Field) -> ColumnElement[Any]:
    """The number that an initiative carries under this name, or null."""
    stored = Initiative.carried[field.name.removeprefix(CARRIED_PREFIX)]
    return case((_type_of(session, field).in_(_NUMBERS), stored.as_float()))


def carried_text(session: Session, field: Field) -> ColumnElement[Any]:
    """The text that an initiative carries under this name, or null."""
    stored = Initiative.carried[field.name.removeprefix(CARRIED_PREFIX)]
    return case((_type_of(session, field).in_(_TEXTS), stored.as_string()))


_NUMBERS = ("integer", "real", "number")
_TEXTS = ("text", "string")
"""What the databases call the types of a JSON value."""


def _type_of(session: Session, field: Field) -> ColumnElement[Any]:
    name = field.name.removeprefix(CARRIED_PREFIX)
    if session.get_bind().dialect.name == "sqlite":
        return func.json_type(Initiative.carried, f'$."{name}"')
    return func.jsonb_typeof(Initiative.carried[name])


def further_fields(session: Session) -> Mapping[str, Field]:
    """Fields that filters know beside the columns of every Backlog: of where an initiative came from, and carried."""
    fields = {name: Field(name, FieldKind.TEXT, TEXT.read) for name in (EXTERNAL_ID.name, EXTERNAL_URL.name)}
    for name in carried_names(session):
        fields[CARRIED_PREFIX + name] = Field(CARRIED_PREFIX + name, FieldKind.CARRIED, carried_value)
    return fields

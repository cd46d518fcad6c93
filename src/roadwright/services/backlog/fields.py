"""The backlog's fields as filters know them, from the declaration of the Backlog tab."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache

from roadwright import tabs
from roadwright.domain.filters import Field, FieldKind, FilterError, Span, find_field, unknown_field
from roadwright.domain.keys import canonical_key
from roadwright.sheets import kinds
from roadwright.sheets.spec import CellProblem, Column
from roadwright.store.clock import to_text

SHEET_ONLY = frozenset({"run_status"})
"""Columns that tell of a row in the sheet, not of the initiative."""

_KINDS = {
    kinds.TEXT.name: FieldKind.TEXT,
    kinds.KEY.name: FieldKind.KEY,
    kinds.TIMESTAMP.name: FieldKind.MOMENT,
    kinds.NUMBER.name: FieldKind.NUMBER,
    kinds.COUNT.name: FieldKind.NUMBER,
    kinds.BOOLEAN.name: FieldKind.BOOLEAN,
    kinds.DATE.name: FieldKind.DATE,
    kinds.PERIOD.name: FieldKind.PERIOD,
    kinds.LIST.name: FieldKind.LIST,
    "choice": FieldKind.CHOICE,
    "share": FieldKind.NUMBER,
    "minute": FieldKind.MOMENT,
}
_OTHER_KINDS = {
    "dependencies_initiatives": FieldKind.KEY_LIST,
    "kpi_contributions": FieldKind.LIST,
}
"""Columns whose cells are text or a list, but which mean more: initiatives' keys, and KPIs with their figures."""


LAST_RUN_PRICE = "last_run_price"
ROADMAP_FIELDS = ("on_roadmap", "selected_on", "not_selected_on", "blocked_on")
"""Fields that hold names of roadmaps: all that an initiative is on, and those that judge or choose it so."""


@cache
def backlog_fields() -> Mapping[str, Field]:
    """The fields of the Backlog tab, by name, in the order of its columns."""
    columns = (column for column in tabs.BACKLOG.columns if column.name not in SHEET_ONLY)
    return {column.name: _field(column) for column in columns}


@cache
def filter_fields() -> Mapping[str, Field]:
    """The fields that a filter of the backlog may name: those of the tab, and what roadmaps and runs say."""
    decided = {name: Field(name, FieldKind.LIST, READERS[FieldKind.LIST]) for name in ROADMAP_FIELDS}
    return {**backlog_fields(), **decided, LAST_RUN_PRICE: Field(LAST_RUN_PRICE, FieldKind.NUMBER, _number)}


def named_fields(text: str, fields: Mapping[str, Field] | None = None) -> tuple[str, ...]:
    """The fields of a list such as ``title, Risk-Level``, each once. Raises FilterError for one that there is not."""
    names: dict[str, None] = {}
    known = filter_fields() if fields is None else fields
    for part in re.finditer(r"[^,;\n]+", text):
        typed = part[0].strip()
        if not typed:
            continue
        field = find_field(known, typed)
        if field is None:
            raise unknown_field(typed, text, part.start() + part[0].index(typed), known)
        names[field.name] = None
    if not names:
        raise FilterError(text, 0, "no_field_named")
    return tuple(names)


def kind_of(column: Column) -> FieldKind:
    """How the values of a tab's column compare in a filter; cells of other kinds are texts."""
    return _OTHER_KINDS.get(column.name, _KINDS.get(column.kind.name, FieldKind.TEXT))


def _field(column: Column) -> Field:
    kind = kind_of(column)
    return Field(column.name, kind, READERS.get(kind, column.kind.read), column.aliases, column.kind.choices)


def _key(text: str) -> object:
    key = canonical_key(text)
    if key is None:
        raise CellProblem("no_initiative_key", value=text, expected=kinds.KEY.expects)
    return key


def _number(text: str) -> object:
    try:
        number = kinds.NUMBER.read(text)
    except CellProblem as problem:
        # A comma has a meaning of its own in a filter, so the words are not those of a cell.
        raise CellProblem("filter_number", value=text) from problem
    return number if number is None else float(str(number))


def _date(text: str) -> object:
    try:
        return kinds.DATE.read(text)
    except CellProblem as problem:
        raise CellProblem("filter_date", value=text) from problem


def _span(text: str) -> object:
    """The day, minute, second or moment that a text names; without an offset it is in UTC."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        start = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return Span(text.strip(), to_text(start), to_text(start + _precision(text.strip())))
    except (ValueError, OverflowError) as error:
        raise CellProblem("filter_time", value=text) from error


def _precision(text: str) -> dt.timedelta:
    """How long the stretch of time is that an ISO text names."""
    _, _, time = text.replace(" ", "T").partition("T")
    clock = time.rstrip("Zz").partition("+")[0].partition("-")[0]
    if not clock:
        return dt.timedelta(days=1)
    if "." in clock:
        return dt.timedelta(microseconds=1)
    return dt.timedelta(seconds=1) if clock.count(":") == 2 else dt.timedelta(minutes=1)


READERS: Mapping[FieldKind, Callable[[str], object]] = {
    FieldKind.KEY: _key,
    FieldKind.KEY_LIST: _key,
    FieldKind.LIST: kinds.TEXT.read,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _span,
}
"""How the values of a filter are read where that is not just as in a cell of the column."""

"""Rows of a tab by page: filtered, sorted, and from where the last page ended."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.filters import Field, FieldKind, find_field, matches, parse_filter
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.grid.marks import mark_of
from roadwright.grid.sources import Source, Values
from roadwright.services.backlog.fields import READERS, kind_of
from roadwright.services.backlog.find import matching_keys
from roadwright.services.bindings.backlog import intake_notes_of
from roadwright.services.bindings.roadmap_entries import RoadmapEntriesBinding, entry_notes
from roadwright.services.rows.baselines import load_annotations
from roadwright.services.rows.binding import Binding
from roadwright.services.rows.identity import Identity, identity_text
from roadwright.services.rows.notes import Notes
from roadwright.sheets.merge import plain
from roadwright.sheets.read import BACKEND_COLUMNS
from roadwright.sheets.spec import TabSpec

MOST_ROWS = 1_000


class ListingProblem(InputError):
    """A filter's field, a sort or a cursor that the tab does not have."""


@dataclass(frozen=True)
class GridRow:
    """One row as it is told."""

    identity: Mapping[str, object]
    mark: str | None
    values: Mapping[str, object]
    run_status: str

    def to_json(self) -> dict[str, object]:
        return {
            "identity": dict(self.identity),
            "mark": self.mark,
            "values": dict(self.values),
            "run_status": self.run_status,
        }


@dataclass(frozen=True)
class Page:
    rows: Sequence[GridRow]
    next: str | None
    """The cursor of the next page; None where there is none."""
    total: int
    """How many rows match."""


def list_rows(
    session: Session, spec: TabSpec, *, wanted: str | None, sort: str | None, limit: int, cursor: str | None
) -> Page:
    """A page of a tab's rows. Raises FilterError and ListingProblem."""
    source = Source(session, spec)
    part = page_of(session, source, wanted=wanted, sort=sort, limit=limit, cursor=cursor)
    return Page(told_rows(session, source, part.identities), part.next, part.total)


@dataclass(frozen=True)
class PagePart:
    """Which rows stand on a page."""

    identities: Sequence[Identity]
    next: str | None
    total: int


def page_of(
    session: Session, source: Source, *, wanted: str | None, sort: str | None, limit: int, cursor: str | None
) -> PagePart:
    """Which rows of a source stand on a page. Raises FilterError and ListingProblem."""
    order = _ordered(source, _matching(session, source, wanted), sort)
    start = 0 if cursor is None else _after(order, cursor)
    part = order[start : start + limit]
    has_more = start + limit < len(order)
    return PagePart(part, _cursor(part[-1], start + limit) if has_more and part else None, len(order))


def told_rows(session: Session, source: Source, identities: Sequence[Identity]) -> list[GridRow]:
    """These rows, with what is to be said of each as it is stored."""
    found = source.values(identities)
    if source.spec.sheet_only:
        own = load_annotations(session, source.spec.name)
        found = {identity: {**own.get(identity_text(identity), {}), **row} for identity, row in found.items()}
    notes = notes_of(session, source, found)
    return [told(source.spec, values, notes[identity], source.binding) for identity, values in found.items()]


def told(spec: TabSpec, values: Mapping[str, object], notes: Notes, binding: Binding | None) -> GridRow:
    """One row."""
    said = {c.name: plain(values.get(c.name)) for c in spec.columns if c.name not in BACKEND_COLUMNS}
    identity = {name: said[name] for name in spec.identity}
    return GridRow(identity, None if binding is None else mark_of(spec, values), said, notes.words)


def notes_of(session: Session, source: Source, found: Mapping[Identity, Values]) -> dict[Identity, Notes]:
    """What is to be said of each of these rows as it is stored."""
    notes = {identity: Notes() for identity in found}
    binding = source.binding
    if binding is None:
        return notes
    for identity, values in found.items():
        if source.spec is not tabs.CANDIDATES:
            binding.validate(session, values, notes[identity])
    if source.spec is tabs.BACKLOG:
        for identity, more in intake_notes_of(session, list(found)).items():
            notes[identity].add(*more.messages)
    if isinstance(binding, RoadmapEntriesBinding):
        entries = binding.rows(session)
        for identity in found:
            notes[identity].add(*entry_notes(*entries[identity]).messages)
    return notes


@cache
def fields_of(spec: TabSpec) -> Mapping[str, Field]:
    """The columns of a tab as filters know them."""
    columns = [column for column in spec.columns if column.name not in BACKEND_COLUMNS]
    found = {}
    for column in columns:
        kind = kind_of(column)
        if kind is FieldKind.KEY and column.name != "initiative_key":
            kind = FieldKind.TEXT  # the key of something else
        found[column.name] = Field(
            column.name, kind, READERS.get(kind, column.kind.read), column.aliases, column.kind.choices
        )
    return found


def _matching(session: Session, source: Source, wanted: str | None) -> Sequence[Identity]:
    if wanted is None or not wanted.strip():
        return source.identities
    if source.spec is tabs.BACKLOG:
        return [(key.casefold(),) for key in matching_keys(session, wanted)]
    read = parse_filter(wanted, fields_of(source.spec))
    rows = source.values(source.identities)
    names = fields_of(source.spec)
    return [i for i, values in rows.items() if matches(read, {name: values.get(name) for name in names})]


def _ordered(source: Source, identities: Sequence[Identity], sort: str | None) -> list[Identity]:
    """In the order of these columns, ``-`` before a name for falling; blank ones come last."""
    order = list(identities)
    if sort is None or not sort.strip():
        return order
    wanted: list[tuple[Field, bool]] = []
    for part in filter(None, map(str.strip, sort.split(","))):
        field = find_field(fields_of(source.spec), part.lstrip("+-"))
        if field is None:
            hint = nearest(part.lstrip("+-"), fields_of(source.spec))
            raise ListingProblem("no_column_to_sort", tab=source.spec.name, value=part.lstrip("+-"), hint=hint)
        wanted.append((field, part.startswith("-")))
    rows = source.columns(order, [field.name for field, _ in wanted])
    order = [identity for identity in order if identity in rows]
    for field, falls in reversed(wanted):
        filled = [i for i in order if rows[i].get(field.name) is not None]
        blank = [i for i in order if rows[i].get(field.name) is None]
        filled.sort(key=lambda i, f=field: _sort_key(f, rows[i][f.name]), reverse=falls)  # type: ignore[misc]
        order = filled + blank
    return order


def _sort_key(field: Field, value: object) -> tuple[int, float, str]:
    if isinstance(value, bool | int | float):
        return 0, float(value), ""
    if field.kind is FieldKind.CHOICE and value in field.choices:
        return 1, field.choices.index(str(value)), ""
    if isinstance(value, dt.date):
        return 2, 0, value.isoformat()
    return 3, 0, folded(value if isinstance(value, str) else json.dumps(plain(value), default=str))


def _cursor(last: Identity, position: int) -> str:
    text = json.dumps([position, identity_text(last)], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(order: Sequence[Identity], cursor: str) -> int:
    """Where the next page begins: after the row that was last, also where others came before it or went."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position, last = json.loads(raw)
        position = int(position)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise ListingProblem("no_cursor", value=cursor) from error
    if 0 < position <= len(order) and identity_text(order[position - 1]) == last:
        return position
    place = next((n for n, identity in enumerate(order, start=1) if identity_text(identity) == last), None)
    return max(position, 0) if place is None else place

"""What a row of Requests asks for, and which stored request it is: so that each row is run once, whatever happens.

A row that is taken up is stored with its run, in one transaction, before anything is written into the sheet. Until the
row is known to show its run, it is recognised by what it asks for and where it stands; then by its run_id.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from roadwright.sheets.read import Row
from roadwright.sheets.spec import Owner
from roadwright.store.clock import to_text
from roadwright.store.models import SheetRequest
from roadwright.tabs import REQUESTS

FRESH = dt.timedelta(minutes=10)
"""For how long a row that has lost its run_id counts as one of a copy that was saved over our answer, unless a person
has saved the answer meanwhile."""
TYPED = tuple(column.name for column in REQUESTS.owned(Owner.INPUT))
_ASKED = tuple(name for name in TYPED if name != "requested_by")
"""What a run depends on."""
_OPTION = re.compile(r"\s*[A-Za-z][\w-]*\s*=")


def typed_of(row: Row) -> dict[str, str]:
    """What the row asks for, by column; without the blank ones."""
    return {name: text for name in TYPED if (text := row.text(name).strip())}


def asks_for_something(row: Row) -> bool:
    """Whether it is a request at all: a row with notes alone is a person's own."""
    return bool(row.text("run_id").strip()) or any(name in row.raw for name in _ASKED)


def read_options(text: str, known: Collection[str]) -> list[str]:
    """The options as the command line takes them: one a line, or separated by semicolons or commas.

    A comma, or a semicolon, belongs to the value before it unless the name of an option follows.
    """
    parts: list[str] = []
    for line in text.splitlines():
        start = 0
        for mark in re.finditer("[;,]", line):
            rest = line[mark.end() :]
            named = _OPTION.match(rest)
            name = named[0].strip().rstrip("=").strip().replace("-", "_") if named else ""
            if not rest.strip() or name in known or (mark[0] == ";" and name):
                parts.append(line[start : mark.start()])
                start = mark.end()
        parts.append(line[start:])
    return [part.strip() for part in parts if part.strip()]


@dataclass
class Found:
    """One row of the tab, and the request that it is; None where it is new, or none."""

    row: Row
    typed: dict[str, str]
    request: SheetRequest | None = None
    is_copy_of: int | None = None
    """The row that its run_id belongs to, where that is another one."""

    @property
    def run_id(self) -> str:
        return self.row.text("run_id").strip().upper()

    @property
    def is_new(self) -> bool:
        return self.request is None and not self.run_id

    @property
    def was_changed(self) -> bool:
        """Whether it asks for something else than its run did."""
        return self.request is not None and _asked(self.typed) != _asked(self.request.typed)


def _asked(typed: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(typed.get(name) for name in _ASKED)


def known_requests(session: Session, place: str, run_ids: Collection[str]) -> list[SheetRequest]:
    """The requests that rows of the tab can be: those that they name, those not answered yet, and the newest ones."""
    newest = to_text(dt.datetime.now(dt.UTC) - FRESH)
    wanted = select(SheetRequest).where(
        SheetRequest.place == place,
        SheetRequest.is_gone.is_(False),
        or_(SheetRequest.run_id.in_(run_ids), SheetRequest.shown_at.is_(None), SheetRequest.shown_at >= newest),
    )
    return list(session.scalars(wanted.order_by(SheetRequest.number)))


def recognise(rows: Iterable[Row], requests: Sequence[SheetRequest]) -> list[Found]:
    """Each row with the request that it is. Requests that no row is are left over; see `left_over`."""
    found = [Found(row, typed_of(row)) for row in rows if asks_for_something(row)]
    by_run = {request.run_id: request for request in requests}
    named: dict[str, list[Found]] = {}
    for one in found:
        if one.run_id:
            named.setdefault(one.run_id, []).append(one)
    for run_id, all_of_it in named.items():
        request = by_run.get(run_id)
        if request is not None:
            first = _nearest(all_of_it, request)
            first.request = request
            for other in all_of_it:
                other.is_copy_of = None if other is first else first.row.number
    newest = to_text(dt.datetime.now(dt.UTC) - FRESH)
    waiting = [one for one in requests if one.shown_at is None]
    overwritten = [
        one
        for one in requests
        if one.shown_at is not None and one.shown_at >= newest and not one.was_seen and one.run_id not in named
    ]
    for request in (*waiting, *overwritten):
        if request.run_id in named:
            continue
        alike = [
            one
            for one in found
            if one.is_new
            and _asked(one.typed) == _asked(request.typed)
            and (request.shown_at is None or not one.row.text("updated_at"))  # whoever clears a run_id asks again
        ]
        if alike:
            _nearest(alike, request).request = request
    return found


def left_over(found: Sequence[Found], requests: Sequence[SheetRequest]) -> list[SheetRequest]:
    """Requests whose row was deleted or changed before it was answered."""
    there = {one.request.run_id for one in found if one.request is not None}
    return [request for request in requests if request.shown_at is None and request.run_id not in there]


def _nearest(found: Iterable[Found], request: SheetRequest) -> Found:
    """The row that is most like the request, and stands nearest to where it was seen."""
    return min(found, key=lambda one: _distance(one, request))


def _distance(one: Found, request: SheetRequest) -> tuple[bool, bool, int, int]:
    number = one.row.number
    return (
        _asked(one.typed) != _asked(request.typed),
        one.typed.get("requested_by") != request.typed.get("requested_by"),
        abs(number - request.sheet_row),
        number,
    )

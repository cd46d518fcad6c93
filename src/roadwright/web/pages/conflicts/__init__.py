"""Conflicts between sheets and database: both values of each field side by side, and which of them is to stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from roadwright.api.events import Event
from roadwright.domain.messages import Message
from roadwright.domain.roles import Role
from roadwright.domain.text import in_words
from roadwright.grid.conflicts import Change, last_changes, settlements
from roadwright.sheets.merge import OnConflict, same_meaning
from roadwright.sheets.spec import Column
from roadwright.sync.clashes import Clash, RowClash, row_clashes
from roadwright.sync.conflicts import SheetConflict
from roadwright.web.formats import exact, moment, plural
from roadwright.web.kit import Html, attributes, button, chip, empty, html, joined, region
from roadwright.web.page import Refused, Visit, address_of, page
from roadwright.web.running import Runs
from roadwright.web.shell import shell
from roadwright.web.words import person, value_words, words

_MOST = 50
"""Rows that are shown at once; the others follow once these are settled."""
_SIDES = (OnConflict.SHEET, OnConflict.DATABASE)


@dataclass(frozen=True)
class _Shown:
    """What is in conflict, and of the rows that are shown who changed what is stored, by row and column."""

    rows: Sequence[RowClash]
    changes: Sequence[Mapping[str, Change]]
    left: int

    @property
    def fields(self) -> dict[str, tuple[SheetConflict, Clash]]:
        """The fields that can be settled from here, by their ids."""
        return {
            field.id: (row.conflict, field)
            for row in self.rows
            if row.conflict.place is not None
            for field in row.fields
        }


def _look(session: Session, visit: Visit) -> _Shown:
    found = row_clashes(session, visit.server.workspace)
    found.sort(key=lambda row: row.conflict.place is None)  # those of other folders must not hide what can be settled
    rows = found[:_MOST]
    names = [(row.conflict.tab, row.conflict.key) for row in rows]
    changes = last_changes(session, names)
    return _Shown(rows, [changes.get(name, {}) for name in names], len(found) - len(rows))


@page("/conflicts", "Conflicts", place="home")
async def conflicts(visit: Visit) -> None:
    """All conflicts that a sheet raised and nobody has settled yet."""
    shown = await visit.read(_look, visit)
    chosen: dict[str, OnConflict] = {}
    runs = Runs(visit)
    may = visit.may(Role.PLANNER)
    who = "somebody" if may else "a planner"
    lead = f"A field that was changed both in a sheet and here keeps both values until {who} says which one stands."
    async with shell(visit, "home", "Conflicts", lead=lead):
        said = region(None, "stack")
        bar = region(_bar(shown, chosen, runs) if may else None, "stack")
        listed = region(_list(shown, chosen, may=may), "stack", test="conflicts")

    def show() -> None:
        if may:
            bar.show(_bar(shown, chosen, runs))
        listed.show(_list(shown, chosen, may=may))

    async def again() -> None:
        nonlocal shown
        said.show(await runs.shown())
        shown = await visit.read(_look, visit)
        for gone in chosen.keys() - shown.fields.keys():
            del chosen[gone]
        show()

    @visit.act("choose", Role.PLANNER)
    async def choose(field: str, value: OnConflict) -> None:
        if field not in shown.fields or value not in _SIDES:
            raise Refused("act_wrong", fields=["field"])
        chosen[field] = value
        show()

    @visit.act("choose-all", Role.PLANNER)
    async def choose_all(value: OnConflict) -> None:
        if value not in _SIDES:
            raise Refused("act_wrong", fields=["value"])
        chosen.update(dict.fromkeys(shown.fields, value))
        show()

    @visit.act("settle", Role.PLANNER)
    async def settle() -> None:
        nonlocal shown
        picked = dict(chosen)
        chosen.clear()  # at once: a second press settles nothing twice
        shown = await visit.read(_look, visit)  # a value that changed meanwhile is not what was decided on
        fields = shown.fields
        by_row: dict[str, tuple[SheetConflict, dict[str, OnConflict]]] = {}
        for id_ in [one for one in picked if one in fields]:
            conflict, field = fields[id_]
            row = by_row.setdefault(f"{conflict.tab}\n{conflict.identity}", (conflict, {}))
            row[1][field.column] = picked[id_]
        changed = len(picked.keys() - fields.keys())
        for one in settlements(by_row.values()):
            await runs.ask(one.action, {"on_conflict": one.on_conflict}, tab=one.tab, select=one.select)
        if changed:
            visit.notice("warn", Message("conflicts_changed", params={"count": changed}))
        said.show(await runs.shown())
        show()

    async def told(_: Sequence[Event]) -> None:
        await again()

    visit.follow(told)


def _bar(shown: _Shown, chosen: Mapping[str, OnConflict], runs: Runs) -> Html:
    """How many there are, and what is done with all that is chosen."""
    fields = shown.fields
    if not fields:
        return Html()
    because = "They are being settled." if runs.is_busy else "" if chosen else "Choose a value for a field first."
    press = f"Settle {plural(len(chosen), 'field')}" if chosen else "Settle"
    return html(
        '<div class="line rw-clash-bar"><span role="status">{chosen} of {all} chosen</span>'
        '<span class="rw-buttons">{sheet}{stored}{go}</span></div>',
        chosen=len(chosen),
        all=plural(len(fields), "field"),
        sheet=button("All from the sheets", "choose-all", value=OnConflict.SHEET, test="all-sheet"),
        stored=button("All as stored", "choose-all", value=OnConflict.DATABASE, test="all-database"),
        go=button(press, "settle", look="primary", because=because),
    )


def _list(shown: _Shown, chosen: Mapping[str, OnConflict], *, may: bool) -> Html:
    if not shown.rows:
        return html('<div class="rw-card">{no}</div>', no=empty("Nothing is in conflict."))
    rows = joined(_row(row, changes, chosen, may=may) for row, changes in zip(shown.rows, shown.changes, strict=True))
    more = "" if not shown.left else f"{plural(shown.left, 'more row')} will be shown once these are settled."
    return rows + (html('<p class="dim">{more}</p>', more=more) if more else Html())


def _row(row: RowClash, changes: Mapping[str, Change], chosen: Mapping[str, OnConflict], *, may: bool) -> Html:
    conflict = row.conflict
    title = html("{title}", title=row.title)
    if row.initiative_key is not None:
        to = address_of("backlog", open=row.initiative_key)
        title = html('<a href="{to}">{title}</a> <small>{key}</small>', to=to, title=row.title, key=conflict.key)
    is_here = conflict.place is not None
    where = f"{words(conflict.tab)}, row {conflict.number}"
    against = " against the backlog" if conflict.is_intake else ""
    found = f" · found {moment(conflict.seen_at)}" if conflict.seen_at else ""
    elsewhere = "" if is_here else " · in another folder: it is settled there"
    return html(
        '<section class="rw-card rw-clash"{t}><header class="line"><h2>{title}</h2>{chip}</header>'
        '<p class="dim">{where}{against}{found}{elsewhere}</p>{fields}</section>',
        t=attributes(data_testid=f"clash-{conflict.key}"),
        title=title,
        chip=chip("conflict", "conflict"),
        where=where,
        against=against,
        found=found,
        elsewhere=elsewhere,
        fields=joined(
            _field(row, field, changes.get(field.column), chosen.get(field.id), may=may and is_here)
            for field in row.fields
        ),
    )


def _field(row: RowClash, field: Clash, change: Change | None, side: OnConflict | None, *, may: bool) -> Html:
    label = in_words(field.column)
    is_known = change is not None and same_meaning(change.value, field.kept)  # else something else changed it since
    stored = f"Stored, by {person(change.requested_by)}, {moment(change.at)}" if change and is_known else "Stored"
    sides = joined(
        _side(row, field, one, from_where, value, is_chosen=side is one, may=may)
        for one, from_where, value in (
            (OnConflict.SHEET, "In the sheet", field.said),
            (OnConflict.DATABASE, stored, field.kept),
        )
    )
    return html(
        '<div class="field"{a}><h3>{label}</h3>{sides}</div>',
        a=attributes(role="radiogroup", aria_label=f"{label} of {row.title}") if may else Html(),
        label=label,
        sides=sides,
    )


def _side(
    row: RowClash, field: Clash, side: OnConflict, from_where: str, value: object, *, is_chosen: bool, may: bool
) -> Html:
    shown = _told(row.conflict.spec.by_name.get(field.column), value)
    text = html("<span><small>{where}</small>{shown}</span>", where=from_where, shown=shown)
    if not may:
        return html('<div class="side">{text}</div>', text=text)
    radio = attributes(
        type="radio",
        name=f"field-{field.id}",
        id=f"{field.id}-{side}",
        value=side,
        checked=is_chosen,
        data_act="choose",
        data_field=field.id,
        data_testid=f"keep-{side}-{field.column}",
    )
    return html('<label class="side"><input{radio}>{text}</label>', radio=radio, text=text)


def _told(column: Column | None, value: object) -> Html:
    """A value so that no two look alike: figures in full, and what is blank not as the word."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return html("<span>{figure}</span>", figure=exact(value))
    is_blank = value in (None, "", [], {})
    return html(
        "<span{a}>{words}</span>",
        a=attributes(class_="nothing" if is_blank else None),
        words=value_words(column, value),
    )

"""Rows that callers change: each read, checked and merged as one of a sheet is, whatever becomes of its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import nearest
from roadwright.grid.listing import GridRow, told
from roadwright.grid.marks import CHANGED, base_of
from roadwright.grid.reading import read_rows
from roadwright.grid.saving import Tab, tab_of
from roadwright.grid.sources import INITIATIVE_TABS, stored_rows
from roadwright.services.rows.context import RowsContext
from roadwright.services.rows.identity import Identity, display_key, identity_of
from roadwright.services.rows.merge import MergeRules, merge_and_save
from roadwright.services.rows.results import RowResult
from roadwright.sheets.merge import OnConflict, Winners, plain
from roadwright.sheets.read import Row
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import Layout, Owner, TabSpec
from roadwright.sync.common_words import spell_common_words, stored_in
from roadwright.sync.reports import SheetRow

SOURCE = "rows.save"
"""What the provenance of a row says that was saved like this."""


class ChangeProblem(InputError):
    """What is sent can't be looked at at all: nothing of it was saved."""


@dataclass(frozen=True)
class RowChange:
    """One row as it is sent. ``mark`` is what its caller has seen of it; None for a row that is to be new.

    A caller that shows single cells keeps no mark: ``seen`` is what these cells showed, by column.
    """

    identity: Mapping[str, object]
    mark: str | None
    changes: Mapping[str, object]
    remove: bool = False
    on_conflict: OnConflict = OnConflict.ASK
    refused: Message | None = None
    """Why its caller may not send it; its neighbours are saved all the same."""
    seen: Mapping[str, object] | None = None


@dataclass
class Changed:
    """What became of the rows, in the order in which they were sent."""

    rows: list[GridRow]
    saved: int = 0
    created: int = 0
    removed: int = 0
    results: list[RowResult] = field(default_factory=list)
    """Of each row what was merged: the values that changed, the cells that keep what was typed."""

    also_changed: Sequence[TabSpec] = ()
    """Tabs that show something else now, beside the one of these rows."""

    @property
    def is_nothing(self) -> bool:
        return not (self.saved or self.created or self.removed)


@dataclass
class _Work:
    """One row on its way."""

    sent: RowChange
    row: Row
    before: Identity
    """Of the row that it changes."""
    result: SheetRow
    stored: Mapping[str, object] | None = None
    is_done: bool = False
    """There is nothing more to do for it: what there is to say is said."""
    is_removed: bool = False

    @property
    def says(self) -> dict[str, object]:
        """The row as it will stand where nothing is said against it."""
        return {**(self.stored or {}), **self.row.values}

    @property
    def moves(self) -> bool:
        return self.stored is not None and self.result.identity != self.before


def refuse_columns(spec: TabSpec, rows: Sequence[RowChange], only: Collection[str] | None = None) -> None:
    """Raise ChangeProblem where a row names a column that it can't name: nothing of any row is saved then."""
    typed = {column.name for column in spec.saved}
    allowed = typed if only is None else typed & set(only)
    for number, row in enumerate(rows):
        for name in row.identity:
            if name not in spec.identity:
                hint = nearest(name, spec.identity)
                raise ChangeProblem(
                    "no_identity_column", tab=spec.name, row=number, column=name, hint=hint, names=spec.identity
                )
        for name in row.changes:
            if name not in spec.by_name or (only is not None and name in typed and name not in allowed):
                hint = nearest(name, sorted(allowed))
                raise ChangeProblem(
                    "no_column_to_change", tab=spec.name, row=number, column=name, hint=hint, names=sorted(allowed)
                )
            if name not in typed:
                owner = spec.by_name[name].owner
                code = "column_is_sheet_only" if owner is Owner.SHEET_ONLY else "column_is_computed"
                raise ChangeProblem(code, tab=spec.name, row=number, column=name)


def change_rows(context: RowsContext, spec: TabSpec, rows: Sequence[RowChange], scope: Scope) -> Changed:
    """Save these rows, in the context's transaction. Raises ChangeProblem (see `refuse_columns`)."""
    refuse_columns(spec, rows)
    session = context.session
    work = _looked_at(session, spec, rows, scope)
    tab = tab_of(spec, [one.says for one in work])
    tab.binding.load(session, {one.before for one in work if one.stored is not None})
    _judge(context, spec, tab, work)
    stored = {one.result.identity: one.stored or {} for one in work}
    spell_common_words(session, spec, [one.result for one in work if not one.is_done], stored_in(stored))
    saved, created = _merge(context, tab, work)
    for one in work:
        _say_readings(one)
    removed = _remove(context, tab, work)
    more = tab.finish(context, [one.result for one in work if not one.is_done])
    if more is not None:
        saved, created = more
    saved += tab.also_saved
    session.flush()
    answer = Changed([], saved - created, created, removed)
    answer.results = [one.result for one in work]
    answer.rows = _told(session, spec, work)
    answer.also_changed = tab.also_changed
    return answer


def _looked_at(session: Session, spec: TabSpec, rows: Sequence[RowChange], scope: Scope) -> list[_Work]:
    """Each row with its identity, and what is stored for it; a second row of one identity fails."""
    names = read_rows(spec, [row.identity for row in rows], scope)
    identities = [identity_of(spec.identity, row.values) for row in names]
    binding = tab_of(spec).binding
    stored = stored_rows(session, spec, binding, {identity for identity in identities if any(identity)})
    full: list[dict[str, object]] = []
    required = [column.name for column in spec.columns if column.required]
    for row, identity in zip(rows, identities, strict=True):
        known = stored.get(identity)
        shown = {} if known is None else {c: _shown(spec, c, known.get(c)) for c in (*required, *spec.identity)}
        full.append({**(row.identity if known is None else shown), **row.changes})
    work: list[_Work] = []
    taken: dict[Identity, int] = {}
    for number, (sent, read, before) in enumerate(zip(rows, read_rows(spec, full, scope), identities, strict=True)):
        known = stored.get(before)
        _leave_unsent(spec, read, sent, is_new=known is None)
        says = {**(known or {}), **read.values}
        after, key = identity_of(spec.identity, says), display_key(spec, says)
        one = _Work(sent, read, before, SheetRow(read, after, key), known)
        work.append(one)
        if sent.refused is not None:
            one.result.notes.add(sent.refused)
            one.is_done = True
            continue
        if not any(after):
            one.result.notes.fail("identity_blank", names=spec.identity)
            one.is_done = True
            continue
        first = taken.setdefault(before if known is not None else after, number)
        if first != number:
            one.result.notes.fail("row_sent_twice", key=key, first=first)
            one.is_done = True
    return work


def _shown(spec: TabSpec, name: str, value: object) -> object:
    return None if value is None else spec.by_name[name].kind.show(value)


def _leave_unsent(spec: TabSpec, row: Row, sent: RowChange, *, is_new: bool) -> None:
    """Forget what was not sent: it stays as it is stored."""
    kept = set(sent.changes) | (set(spec.identity) if is_new else set())
    for name in list(row.values):
        if name not in kept:
            del row.values[name]
    for name in list(row.read_as):
        if name not in sent.changes:
            del row.read_as[name]
    for name in list(row.problems):
        if name not in kept and not (is_new and spec.by_name[name].required):
            del row.problems[name]


def _judge(context: RowsContext, spec: TabSpec, tab: Tab, work: Sequence[_Work]) -> None:
    """Find the base of each row, and say of those that can't be merged why."""
    there = set(tab.binding.listed(context.session)) if any(one.moves for one in work) else set()
    taken = {one.result.identity for one in work if one.stored is not None and not one.moves}
    for one in work:
        if one.is_done:
            continue
        notes = one.result.notes
        if one.stored is None:
            if one.sent.remove or one.sent.mark is not None or one.sent.seen is not None:
                notes.fail("row_not_there", key=one.result.key, tab=spec.name)
            elif spec in INITIATIVE_TABS:
                notes.fail("initiative_enters_as_idea", key=one.result.key)
            one.is_done = notes.has_failed
            continue
        if one.moves and (one.result.identity in there or one.result.identity in taken):
            notes.fail("identity_stored", " / ".join(spec.identity), key=one.result.key)
            one.is_done = True
            continue
        session, after = context.session, one.result.identity
        if one.moves and (problem := tab.cannot_move(session, one.before, after, one.stored)) is not None:
            notes.add(problem)
            one.is_done = True
            continue
        taken.add(after)
        _find_base(spec, one)
        if one.sent.remove and not one.is_done:
            _judge_removal(spec, one)


def _find_base(spec: TabSpec, one: _Work) -> None:
    assert one.stored is not None
    notes, sent = one.result.notes, one.row.plain
    if one.sent.mark is None and one.sent.seen is not None:
        seen = {c.name: plain(one.sent.seen.get(c.name, one.stored.get(c.name))) for c in spec.saved}
        one.result.base = seen | _names_of_moving(spec, one)
        return
    if one.sent.mark is None:
        differs = [n for n, said in sent.items() if said != plain(one.stored.get(n))]
        if differs or one.sent.remove or one.row.problems:
            notes.add(*one.row.problems.values())
            notes.fail("mark_missing", "mark", columns=differs or ["remove"])
        one.is_done = True
        return
    base = base_of(spec, one.sent.mark, one.stored, sent)
    if base is None:
        notes.fail("mark_unknown", "mark", tab=spec.name)
        one.is_done = True
        return
    one.result.base = base | _names_of_moving(spec, one)


def _names_of_moving(spec: TabSpec, one: _Work) -> dict[str, object]:
    """What the identity of a row that moves showed: it was found by that, so it may be respelled at most since."""
    return {name: plain((one.stored or {}).get(name)) for name in spec.identity} if one.moves else {}


def _judge_removal(spec: TabSpec, one: _Work) -> None:
    """A row that was changed since it was seen is not taken off unasked."""
    assert one.stored is not None
    notes, base = one.result.notes, one.result.base or {}
    if spec.layout is not Layout.SETS:
        notes.fail("rows_stay", tab=spec.name)
        one.is_done = True
        return
    changed = sorted(name for name, shown in base.items() if shown == CHANGED)
    if changed and one.sent.on_conflict is OnConflict.ASK:
        notes.say(Level.CONFLICT, "removed_but_changed", columns=changed)
        one.is_done = True
    elif changed and one.sent.on_conflict is OnConflict.DATABASE:
        one.is_done = True


def _merge(context: RowsContext, tab: Tab, work: Sequence[_Work]) -> tuple[int, int]:
    """Merge and save all that are to be, those of one rule at a time."""
    saved = created = 0
    for rule in OnConflict:
        rows = [one for one in work if one.sent.on_conflict is rule and not one.is_done and not one.sent.remove]
        if not rows:
            continue
        known: dict[Identity, Mapping[str, object]] = {}
        for one in rows:
            if one.stored is not None:
                known[one.result.identity] = one.stored
            if one.moves:
                tab.move(context.session, one.before, one.result.identity)
        rules = MergeRules(SOURCE, Winners(rule))
        counts = merge_and_save(context, tab.binding, [one.result for one in rows], known, rules)
        saved, created = saved + counts[0], created + counts[1]
        for one in rows:
            if one.moves:
                tab.moved(
                    context.session, one.before, one.result.identity, was_saved=one.result.row_version is not None
                )
    return saved, created


def _say_readings(one: _Work) -> None:
    """Say of what was saved how it was read, where it was typed in another form."""
    for name, found in one.row.read_as.items():
        if name in one.result.saved:
            one.result.notes.understand(name, found.said)


def _remove(context: RowsContext, tab: Tab, work: Sequence[_Work]) -> int:
    removed = 0
    for one in work:
        if one.sent.remove and not one.is_done:
            tab.remove(context.session, one.before)
            one.is_removed = one.is_done = True
            removed += 1
    context.session.flush()
    return removed


def _told(session: Session, spec: TabSpec, work: Sequence[_Work]) -> list[GridRow]:
    """Each row as it is stored now, with what is said of it."""
    wanted = [one.result.identity if one.result.row_version or not one.moves else one.before for one in work]
    binding = tab_of(spec).binding
    stored = stored_rows(session, spec, binding, {identity for identity in wanted if any(identity)})
    rows = []
    for one, identity in zip(work, wanted, strict=True):
        values = None if one.is_removed else stored.get(identity)
        if values is None:
            sent = {name: plain(one.row.values.get(name, one.sent.identity.get(name))) for name in spec.identity}
            rows.append(GridRow(sent, None, {}, one.result.notes.words))
        else:
            rows.append(told(spec, values, one.result.notes, binding))
    return rows

"""Tabs that are saved set by set: which rows of a set are gone from a copy of the tab, and which it has never shown.

Every row that the backend writes remembers, beside its values, what its whole set showed at that time. So a row that
is stored and does not stand on the tab was deleted there if this copy of the tab has shown it, and is new to it
otherwise (a colleague added it in another copy, or an action did).

A set of which no row is left can't tell that itself; the other rows tell it by their age. The newest of them says when
the backend last wrote this copy, and what the tab then showed of each set, be it nothing, is remembered with a mark
that is older than every row written at that time. So whenever that changes, a row of every other set gets a new mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from roadwright.store.chunks import chunks
from roadwright.store.models import SheetSetCopy
from roadwright.sync.binding import SetBinding
from roadwright.sync.identity import Identity, identity_of, identity_text
from roadwright.sync.merge_rows import load_bases
from roadwright.sync.outcome import Outcome
from roadwright.sync.selection import Selection
from roadwright.sync.work import SET_MARK, OpenTab, Pass


def known_sets(session: Session, tab: OpenTab) -> dict[str, SheetSetCopy]:
    """What this copy of the tab showed of each set when the backend last wrote it, by the set's identity as text.

    A row that was moved to another set, or renamed, still tells what its old set showed.
    """
    marks = {copy.values.get(SET_MARK) for copy in load_bases(session, tab).values()}
    newest: dict[str, SheetSetCopy] = {}
    for part in chunks(str(mark) for mark in marks if mark):
        for row in session.scalars(select(SheetSetCopy).where(SheetSetCopy.mark.in_(part)).order_by(SheetSetCopy.mark)):
            newest[row.set_identity] = row
    return newest


def remove_gone(
    work: Pass, tab: OpenTab, binding: SetBinding, outcomes: Sequence[Outcome], selection: Selection
) -> int:
    """Remove the stored rows that this copy of the tab has shown and shows no more. Returns how many.

    Nothing is removed on the word of a row whose identity can't be read: it could be the very row that seems gone from
    its set, or where the set can't be read, from any.
    """
    spec = binding.spec
    unread = [o.row for o in outcomes if any(name in o.row.problems for name in spec.identity)]
    if any(name in row.problems for row in unread for name in spec.set_identity):
        return 0
    unsure = {identity_of(spec.set_identity, row.values) for row in unread}
    present = {o.identity for o in outcomes}
    sets_on_tab = {identity[: len(spec.set_identity)] for identity in present}
    looked_at = {identity_of(binding.spec.set_identity, o.row.values) for o in outcomes if o.looked_at}
    known, stored, newest_mark = known_sets(work.session, tab), _stored_sets(work.session, binding), _newest_mark(tab)
    gone: list[Identity] = []
    for name in sorted(stored.keys() - unsure):
        text = identity_text(name)
        on_tab = name in sets_on_tab
        if name not in looked_at and (on_tab or not selection.everything):
            continue
        shown = known.get(text) or (None if on_tab else _last_shown(work.session, tab, text, newest_mark))
        if shown is None:
            continue
        members = set(shown.members)
        gone += [i for i in sorted(stored[name] - present) if identity_text(i) in members]
        if not on_tab:
            tab.emptied.add(name)
    for identity in gone:
        binding.remove(work.session, identity)
    work.session.flush()  # once for all: each flush looks through the whole set that a row was taken out of
    return len(gone)


def _stored_sets(session: Session, binding: SetBinding) -> dict[Identity, set[Identity]]:
    """The stored rows, by the set that they belong to."""
    width = len(binding.spec.set_identity)
    found: dict[Identity, set[Identity]] = {}
    for identity in binding.listed(session):
        found.setdefault(identity[:width], set()).add(identity)
    return found


def _newest_mark(tab: OpenTab) -> str | None:
    """When the backend last wrote this copy of the tab, as its rows tell; None where there are none."""
    return max((row.text("updated_at") for row in tab.table.rows), default=None)


def _last_shown(session: Session, tab: OpenTab, set_identity: str, newest_mark: str | None) -> SheetSetCopy | None:
    """What this copy of the tab last showed of a set of which no row is left on it."""
    query = _written(tab).where(SheetSetCopy.set_identity == set_identity).order_by(SheetSetCopy.mark.desc()).limit(1)
    if newest_mark is not None:
        query = query.where(SheetSetCopy.mark <= newest_mark)
    newest: SheetSetCopy | None = session.scalar(query)
    return newest


def _written(tab: OpenTab) -> Select[SheetSetCopy]:
    """What copies of the tab are known to have shown."""
    return select(SheetSetCopy).where(SheetSetCopy.tab == tab.spec.name, SheetSetCopy.is_written.is_(True))


def sets_were_written(session: Session, marks: Iterable[str]) -> None:
    """The workbook was written: what these marks stand for was shown, so a row that is gone from it was deleted."""
    for part in chunks(marks):
        written = update(SheetSetCopy).where(SheetSetCopy.mark.in_(part), SheetSetCopy.is_written.is_(False))
        session.execute(written.values(is_written=True))


def new_to_the_tab(work: Pass, binding: SetBinding, outcomes: Sequence[Outcome]) -> list[Identity]:
    """The stored rows of the sets that were looked at which do not stand on the tab."""
    looked_at = {identity_of(binding.spec.set_identity, o.row.values) for o in outcomes if o.looked_at}
    present = {o.identity for o in outcomes}
    width = len(binding.spec.set_identity)
    return [i for i in binding.listed(work.session) if i not in present and i[:width] in looked_at]


def reserve_marks(work: Pass, tab: OpenTab, binding: SetBinding, outcomes: Iterable[Outcome]) -> None:
    """Take marks for what the sets will show before any row is saved, so that they are older than the rows' marks."""
    names = {identity_of(binding.spec.set_identity, o.row.values) for o in outcomes}
    names |= _stored_sets(work.session, binding).keys()
    tab.early_marks = [work.marks.next() for _ in names]


def mark_sets(
    work: Pass, tab: OpenTab, binding: SetBinding, outcomes: Sequence[Outcome], added: Iterable[Identity]
) -> None:
    """Remember what the tab shows of each set from now on, and give the marks that its rows carry."""
    session, width = work.session, len(binding.spec.set_identity)
    known, latest, stored = known_sets(session, tab), _latest(session, tab), _stored_sets(session, binding)
    newest_mark = _newest_mark(tab)
    shown = {*(o.identity for o in outcomes), *added}
    on_tab = {identity[:width] for identity in shown}
    same: set[Identity] = set()
    changed = False
    for name in sorted(on_tab | stored.keys() | tab.emptied):
        text = identity_text(name)
        before, newest = known.get(text), latest.get(text)
        members = sorted(identity_text(identity) for identity in stored.get(name, set()) & shown)
        carried = bool(members)
        if name not in on_tab and name not in tab.emptied:
            pending = _last_shown(session, tab, text, newest_mark)
            members = sorted(pending.members) if pending is not None else members
        is_newest = newest is None or sorted(newest.members) == members
        if is_newest and not carried:
            continue
        if is_newest and before is not None and sorted(before.members) == members:
            before.is_written = True  # rows on the sheet carry its mark
            tab.set_marks[name] = before.mark
            same.add(name)
        else:
            mark = tab.early_marks.pop(0) if tab.early_marks else work.marks.next()
            session.add(
                SheetSetCopy(mark=mark, tab=tab.spec.name, set_identity=text, members=members, is_written=False)
            )
            tab.set_marks[name] = mark
            changed = True
    if changed:
        witnesses = {o.identity[:width]: o.identity for o in outcomes if o.looked_at and o.identity[:width] in same}
        tab.to_mark = set(witnesses.values())


def _latest(session: Session, tab: OpenTab) -> dict[str, SheetSetCopy]:
    """What any copy of the tab last showed of each set, by the set's identity as text."""
    marks = (
        select(func.max(SheetSetCopy.mark))
        .where(SheetSetCopy.tab == tab.spec.name, SheetSetCopy.is_written.is_(True))
        .group_by(SheetSetCopy.set_identity)
    )
    return {row.set_identity: row for row in session.scalars(_written(tab).where(SheetSetCopy.mark.in_(marks)))}

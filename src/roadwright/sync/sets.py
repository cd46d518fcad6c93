"""Tabs that are saved set by set: which rows of a set are gone from a copy of the tab, and which it has never shown.

Every row that the backend writes remembers, beside its values, what its whole set showed at that time. So a row that
is stored and does not stand on the tab was deleted there if this copy of the tab has shown it, and is new to it
otherwise (a colleague added it in another copy, or an action did).

A set of which no row is left can't tell that itself; the other rows tell it by their age. The newest of them says when
the backend last wrote this copy, and what the tab then showed of each set, be it nothing, is remembered with a row
version that is older than every row written at that time. So whenever that changes, a row of every other set gets a
new version. Of a tab without any row that is all that tells; what only the tabs of other folders showed, it never did,
nor what another workbook showed in whose place it was made anew: then it gets the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from roadwright.services.rows.binding import SetBinding
from roadwright.services.rows.identity import Identity, identity_text
from roadwright.store.models import SetBaseline
from roadwright.store.queries import chunks
from roadwright.sync.bases import load_bases
from roadwright.sync.context import SET_VERSION, OpenTab, SyncContext
from roadwright.sync.reports import SheetRow
from roadwright.sync.selection import Selection


def known_sets(session: Session, tab: OpenTab) -> dict[str, SetBaseline]:
    """What this copy of the tab showed of each set when the backend last wrote it, by the set's identity as text.

    A row that was moved to another set, or renamed, still tells what its old set showed.
    """
    row_versions = {copy.values.get(SET_VERSION) for copy in load_bases(session, tab).values()}
    newest: dict[str, SetBaseline] = {}
    for part in chunks(str(row_version) for row_version in row_versions if row_version):
        for row in session.scalars(
            select(SetBaseline).where(SetBaseline.row_version.in_(part)).order_by(SetBaseline.row_version)
        ):
            newest[row.set_identity] = row
    return newest


def remove_gone(
    context: SyncContext, tab: OpenTab, binding: SetBinding, results: Sequence[SheetRow], selection: Selection
) -> int:
    """Remove the stored rows that this copy of the tab has shown and shows no more. Returns how many.

    Nothing is removed on the word of a row whose identity can't be read: it could be the very row that seems gone from
    its set, or where the set can't be read, from any.
    """
    spec = binding.spec
    unread = [o.row for o in results if any(name in o.row.problems for name in spec.identity)]
    if any(name in row.problems for row in unread for name in spec.set_identity):
        return 0
    width = len(spec.set_identity)
    unsure = {tab.identity_of(row)[:width] for row in unread}
    present = {o.identity for o in results}
    sets_on_tab = {identity[:width] for identity in present}
    is_selected = {o.identity[:width] for o in results if o.is_selected}
    known, stored, newest_row_version = (
        known_sets(context.session, tab),
        _stored_sets(context.session, binding),
        _newest_row_version(tab),
    )
    strangers = _strangers(context, known)
    gone: list[Identity] = []
    for name in sorted(stored.keys() - unsure):
        text = identity_text(name)
        on_tab = name in sets_on_tab
        if name not in is_selected and (on_tab or not selection.everything):
            continue
        shown = known.get(text)
        if shown is None and not on_tab:
            shown = _last_shown(context.session, tab, text, newest_row_version, strangers)
        if shown is None:
            if not on_tab and _was_shown_before(context.session, tab, text, strangers):
                tab.never_shown.add(name)
            continue
        members = set(shown.members)
        gone += [i for i in sorted(stored[name] - present) if identity_text(i) in members]
        if not on_tab:
            tab.emptied.add(name)
    for identity in gone:
        binding.remove(context.session, identity)
    context.session.flush()  # once for all: each flush looks through the whole set that a row was taken out of
    return len(gone)


def _stored_sets(session: Session, binding: SetBinding) -> dict[Identity, set[Identity]]:
    """The stored rows, by the set that they belong to."""
    width = len(binding.spec.set_identity)
    found: dict[Identity, set[Identity]] = {}
    for identity in binding.listed(session):
        found.setdefault(identity[:width], set()).add(identity)
    return found


def _newest_row_version(tab: OpenTab) -> str | None:
    """When the backend last wrote this copy of the tab, as its rows tell; None where there are none."""
    return max((row.text("updated_at") for row in tab.table.rows), default=None)


def _strangers(context: SyncContext, known: Mapping[str, SetBaseline]) -> frozenset[str]:
    """The other folders of which this copy of the tab has no row: what their tabs showed tells nothing of it."""
    folder = context.workspace.folder
    return frozenset() if folder is None else folder.others - {shown.folder for shown in known.values()}


def _last_shown(
    session: Session, tab: OpenTab, set_identity: str, newest_row_version: str | None, strangers: Collection[str]
) -> SetBaseline | None:
    """What this copy of the tab last showed of a set of which no row is left on it."""
    of_set = _written(tab, strangers).where(SetBaseline.set_identity == set_identity)
    query = of_set.order_by(SetBaseline.row_version.desc()).limit(1)
    if newest_row_version is not None:
        query = query.where(SetBaseline.row_version <= newest_row_version)
    newest: SetBaseline | None = session.scalar(query)
    return newest


def _written(tab: OpenTab, strangers: Collection[str]) -> Select[SetBaseline]:
    """What copies of the tab are known to have shown, those of these folders and other workbooks left out."""
    written = _written_anywhere(tab, strangers)
    if origin := tab.workbook.origin:
        written = written.where(or_(SetBaseline.origin.is_(None), SetBaseline.origin == origin))
    return written


def _written_anywhere(tab: OpenTab, strangers: Collection[str]) -> Select[SetBaseline]:
    """The same, also of workbooks that stood in the place of this one."""
    written = select(SetBaseline).where(SetBaseline.tab == tab.spec.name, SetBaseline.is_written.is_(True))
    return written.where(or_(SetBaseline.folder.is_(None), SetBaseline.folder.not_in(strangers)))


def _was_shown_before(session: Session, tab: OpenTab, set_identity: str, strangers: Collection[str]) -> bool:
    """Whether a set was shown by a workbook in whose place this one was made anew."""
    if not tab.workbook.origin:
        return False
    written = _written_anywhere(tab, strangers).where(
        SetBaseline.set_identity == set_identity, SetBaseline.origin != tab.workbook.origin
    )
    return session.scalar(written.limit(1)) is not None


def sets_were_written(session: Session, row_versions: Iterable[str]) -> None:
    """The workbook was written: what these versions stand for was shown, so a row that is gone was deleted."""
    for part in chunks(row_versions):
        written = update(SetBaseline).where(SetBaseline.row_version.in_(part), SetBaseline.is_written.is_(False))
        session.execute(written.values(is_written=True))


def new_to_the_tab(
    context: SyncContext, tab: OpenTab, binding: SetBinding, results: Sequence[SheetRow]
) -> list[Identity]:
    """The stored rows, of the sets that were looked at or that this workbook never showed, that are not on the tab."""
    width = len(binding.spec.set_identity)
    wanted = {o.identity[:width] for o in results if o.is_selected} | tab.never_shown
    present = {o.identity for o in results}
    return [i for i in binding.listed(context.session) if i not in present and i[:width] in wanted]


def reserve_row_versions(context: SyncContext, tab: OpenTab, binding: SetBinding, results: Iterable[SheetRow]) -> None:
    """Take versions for what the sets will show before any row is saved, so that they are older than the rows'."""
    names = {o.identity[: len(binding.spec.set_identity)] for o in results}
    names |= _stored_sets(context.session, binding).keys()
    tab.early_row_versions = [context.row_versions.next() for _ in names]


def record_sets(
    context: SyncContext,
    tab: OpenTab,
    binding: SetBinding,
    results: Sequence[SheetRow],
    added: Iterable[Identity],
) -> None:
    """Remember what the tab shows of each set from now on, and give the row versions that its rows carry."""
    session, width = context.session, len(binding.spec.set_identity)
    known, stored = known_sets(session, tab), _stored_sets(session, binding)
    strangers = _strangers(context, known)
    latest = _latest(session, tab, strangers)
    newest_row_version = _newest_row_version(tab)
    shown = {*(o.identity for o in results), *added}
    on_tab = {identity[:width] for identity in shown}
    same: set[Identity] = set()
    changed = False
    for name in sorted(on_tab | stored.keys() | tab.emptied):
        text = identity_text(name)
        before, newest = known.get(text), latest.get(text)
        members = sorted(identity_text(identity) for identity in stored.get(name, set()) & shown)
        carried = bool(members)
        if name not in on_tab and name not in tab.emptied:
            pending = _last_shown(session, tab, text, newest_row_version, strangers)
            members = sorted(pending.members) if pending is not None else members
        is_newest = newest is None or sorted(newest.members) == members
        if is_newest and not carried:
            continue
        if is_newest and before is not None and sorted(before.members) == members and _is_of(tab, before):
            before.is_written = True  # rows on the sheet carry its row version
            if before.origin is None:
                before.origin = tab.workbook.origin
            tab.set_row_versions[name] = before.row_version
            same.add(name)
        else:
            row_version = tab.early_row_versions.pop(0) if tab.early_row_versions else context.row_versions.next()
            session.add(
                SetBaseline(
                    row_version=row_version,
                    tab=tab.spec.name,
                    set_identity=text,
                    members=members,
                    is_written=False,
                    folder=context.folder,
                    origin=tab.workbook.origin,
                )
            )
            tab.set_row_versions[name] = row_version
            changed = True
    if changed:
        witnesses = {o.identity[:width]: o.identity for o in results if o.is_selected and o.identity[:width] in same}
        tab.needs_row_version |= set(witnesses.values())


def _is_of(tab: OpenTab, shown: SetBaseline) -> bool:
    """Whether this workbook showed it: rows that were pasted from another one still tell what that one showed."""
    return not tab.workbook.origin or shown.origin in (None, tab.workbook.origin)


def _latest(session: Session, tab: OpenTab, strangers: Collection[str]) -> dict[str, SetBaseline]:
    """What any copy of the tab last showed of each set, by the set's identity as text."""
    written = _written(tab, strangers)
    row_versions = written.with_only_columns(func.max(SetBaseline.row_version)).group_by(SetBaseline.set_identity)
    newest = session.scalars(written.where(SetBaseline.row_version.in_(row_versions)))
    return {row.set_identity: row for row in newest}

"""The rows of a tab on their way into a merge: what each once showed, and which are unchanged since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from roadwright.domain.provenance import is_row_version
from roadwright.services.rows.baselines import (
    Baseline,
    Unconfirmed,
    baselines_of,
    confirm,
    load_baselines,
    load_unconfirmed,
    save_unconfirmed,
)
from roadwright.services.rows.binding import Binding, Values
from roadwright.services.rows.identity import Identity, display_key, identity_text
from roadwright.services.rows.merge import MergeRules, merge_and_save
from roadwright.sheets.merge import plain
from roadwright.sheets.read import Row
from roadwright.sheets.spec import TabSpec
from roadwright.sync.common_words import spell_common_words, stored_in
from roadwright.sync.context import COMPUTED, OpenTab, SyncContext
from roadwright.sync.replaced import in_short
from roadwright.sync.reports import SheetRow
from roadwright.sync.tab_cache import fingerprint_of


def load_bases(session: Session, tab: OpenTab, rows: Iterable[Row] | None = None) -> dict[int, Baseline]:
    """For each row that the backend once wrote, what this copy of it showed then: of all rows, or at least of these.

    Loaded once for an open tab.
    """
    asked = tab.table.rows if rows is None else rows
    row_versions = {row.number: row.text("updated_at") for row in asked if row.number not in tab.bases}
    copies = load_baselines(session, tab.spec.name, filter(None, row_versions.values())) if row_versions else {}
    tab.bases.update((number, copies.get(row_version)) for number, row_version in row_versions.items())
    return {number: copy for number, copy in tab.bases.items() if copy is not None}


DOUBTFUL = "\x00"
"""The base of a cell of which nobody can tell whether it was edited; no cell and no database holds it."""


def give_bases(context: SyncContext, tab: OpenTab, results: Sequence[SheetRow]) -> None:
    """Give rows the base of their merge. A row version that was written for another row leads to none.

    What a row said when it was saved is part of its base, also where the write that was to follow is not known to have
    worked: what a person types next is an edit of that.
    """
    bases = load_bases(context.session, tab, [result.row for result in results])
    typed = frozenset(tab.spec.typed)
    for result in results:
        copy = bases.get(result.row.number)
        if copy is not None and copy.identity == identity_text(result.identity):
            result.base = _with_former_computed(tab.spec, typed, copy.values, result.row)
    _add_unconfirmed(context, tab, results)


def _with_former_computed(spec: TabSpec, typed: frozenset[str], shown: Values, row: Row) -> Values:
    """What a copy showed, also in typed columns that were computed when it was written."""
    computed = shown.get(COMPUTED)
    if not isinstance(computed, Mapping) or computed.keys().isdisjoint(typed):
        return shown
    base = dict(shown)
    for name in computed.keys() & typed:
        is_as_shown = name in row.values and in_short(spec.by_name[name], row.values[name]) == computed[name]
        base[name] = row.plain[name] if is_as_shown else computed[name]
    return base


def _add_unconfirmed(context: SyncContext, tab: OpenTab, results: Sequence[SheetRow]) -> None:
    session, folder, place = context.session, context.workspace.folder_token, tab.place.full_name
    unconfirmed = load_unconfirmed(session, folder, place)
    if not unconfirmed:
        return
    there = {identity_text(tab.identity_of(row)) for row in tab.table.rows}
    over = [identity for identity in unconfirmed if identity not in there]
    blanks = {column.name: plain(column.blank_means) for column in tab.spec.saved}
    for result in results:
        one = unconfirmed.get(identity_text(result.identity))
        if one is None or result.is_duplicate:
            continue
        if result.row.text("updated_at") != one.seen_version:  # it was written, then or since
            over.append(one.identity)
            continue
        before = {**blanks, **(result.base or {})}
        now = result.row.plain
        # What says again what it said before it was saved was taken back, or comes from an older copy of the file.
        doubtful = [n for n, said in one.said.items() if n in now and now[n] == before.get(n) != said]
        result.base = {**(result.base or {}), **one.said, **dict.fromkeys(doubtful, DOUBTFUL)}
        result.unconfirmed = one.said
        tab.needs_row_version.add(result.identity)
    confirm(session, folder, place, over)


def keep_saved(session: Session, tab: OpenTab, folder: str) -> set[Identity]:
    """Keep what was saved of the tab's rows or gave way, now or in a pass whose write may have failed, until it is
    written.

    Returns the rows of which something is kept.
    """
    kept: dict[Identity, Unconfirmed] = {}
    for result in tab.merged:
        earlier = {n: said for n, said in result.unconfirmed.items() if result.row.plain.get(n) == said}
        if said := {**earlier, **result.saved, **result.gave_way}:
            seen = result.row.text("updated_at")
            kept[result.identity] = Unconfirmed(identity_text(result.identity), seen, said)
    save_unconfirmed(session, folder, tab.place.full_name, kept.values())
    return set(kept)


def find_lost_bases(session: Session, spec: TabSpec, known: Iterable[SheetRow]) -> None:
    """Find the base of stored rows without a version: the newest copy of the row that it equals most.

    Such rows come from a run that was killed before it wrote them, from a copy of the workbook that is older still, or
    lost their system columns or were typed over there. One that nobody edited equals a copy in all that it says.
    """
    lost = [o for o in known if o.base is None and not is_row_version(o.row.text("updated_at")) and not o.is_duplicate]
    copies = baselines_of(session, spec.name, {result.identity for result in lost}) if lost else {}
    blanks = {column.name: plain(column.blank_means) for column in spec.saved}
    for result in lost:
        said = {name: value for name, value in result.row.plain.items() if name in blanks}

        def likeness(copy: Mapping[str, object], said: Mapping[str, object] = said) -> int:
            return sum(value == copy.get(name, blanks[name]) for name, value in said.items())

        result.base = max(copies.get(result.identity, ()), key=likeness, default=None)


def results_of(tab: OpenTab, picked: Collection[int]) -> list[SheetRow]:
    """One result per row, with its identity; a row whose identity stands above already fails."""
    table, spec = tab.table, tab.spec
    seen: dict[tuple[str, ...], Row] = {}
    results = []
    for row in table.rows:
        identity = tab.identity_of(row)
        result = SheetRow(row, identity, display_key(spec, row.brief), is_selected=row.number in picked)
        unread = () if row.number in tab.settled else [column for column in spec.identity if column in row.problems]
        if not unread and any(identity):
            first = seen.setdefault(identity, row)
            if first is not row:
                result.is_duplicate = True
                result.notes.fail(
                    "identity_taken", " / ".join(spec.identity), key=result.key, place=table.place(first.number)
                )
        results.append(result)
    return results


def settle(tab: OpenTab, results: Iterable[SheetRow], stored: Mapping[Identity, Values]) -> None:
    """Find the rows that are as the last pass left them, and for which the same is stored as then."""
    recalled = tab.recalled or {}
    for result in results if recalled else ():
        left = recalled.get(result.row.number)
        now = stored.get(result.identity)
        if left is not None and now is not None and not result.is_duplicate and fingerprint_of(now) == left:
            result.unchanged_as, result.as_shown = now, True


def unsettle(
    context: SyncContext, tab: OpenTab, results: Iterable[SheetRow], stored: Mapping[Identity, Values]
) -> None:
    """Take settled rows for which something else is stored by now as rows to bring up to date."""
    changed = []
    for result in results:
        before, now = result.unchanged_as, stored.get(result.identity)
        if before is None or now is before:
            continue
        if now is not None and fingerprint_of(now) == tab.settled[result.row.number]:
            continue
        result.unchanged_as = None
        changed.append(result)
    if changed:
        give_bases(context, tab, changed)


def merge_results(
    context: SyncContext, tab: OpenTab, binding: Binding, results: list[SheetRow], rules: MergeRules
) -> tuple[int, int]:
    """Merge and save the rows that are looked at. Returns how many rows were saved, and how many of them are new."""
    stored_rows = context.load(binding, {o.identity for o in results})
    settle(tab, results, stored_rows)
    unsettled = [result for result in results if result.unchanged_as is None]
    give_bases(context, tab, unsettled)
    find_lost_bases(context.session, binding.spec, (o for o in unsettled if o.identity in stored_rows))
    spell_common_words(context.session, binding.spec, unsettled, stored_in(stored_rows))
    counts = merge_and_save(context, binding, results, stored_rows, rules)
    tab.merged += results
    tab.is_merged = True
    return counts

"""Intake rows → initiatives: unconditional, idempotent, and careful with keys.

Every row with any text becomes an initiative. Its key is given and written into the sheet before the initiative is
stored (see ``sync.keys``), so that a crash at any moment neither loses nor doubles an idea.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from roadwright.domain.keys import INITIATIVE, canonical_key, parse_key
from roadwright.domain.messages import Message
from roadwright.domain.text import folded
from roadwright.services.bindings.backlog import from_intake, unknown_key
from roadwright.services.bindings.initiatives import issued_numbers, load_initiatives, stamp
from roadwright.services.bindings.intake import FIELDS, IntakeBinding, instead_of
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.merge import MergeRules, merge_and_save
from roadwright.sheets.merge import plain
from roadwright.store.models import Initiative
from roadwright.store.queries import attributes_of
from roadwright.sync.bases import find_lost_bases, give_bases, settle
from roadwright.sync.common_words import StoredWord, spell_common_words
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.external import bases_of_exports, take_along
from roadwright.sync.keys import unwritable_keys
from roadwright.sync.reports import SheetRow, TabReport, report_rows
from roadwright.sync.write_back import bring_up_to_date
from roadwright.tabs.peoples_intake import PEOPLES_INTAKE
from roadwright.workspace.workspace import TabPlace

_KEPT = ("intake_source", "intake_workbook", "intake_tab", "intake_row", "intake_missing", "intake_conflicts")
"""Where an initiative's intake row stands, whether it is gone, and what it says against the backlog."""
_TAKEN_IN = ("initiative_key", *FIELDS, *_KEPT, "external_source", "carried")
_BLANKS = {c.name: plain(c.blank_means) for c in PEOPLES_INTAKE.columns if c.blank_means is not None}


@dataclass
class _IntakeMatch:
    """An intake row with its tab, while it is decided whose a key is. ``has_own_version``: as its key has."""

    tab: OpenTab
    order: int
    result: SheetRow
    has_own_version: bool = False


def _found_rows(intake: Sequence[OpenTab]) -> list[_IntakeMatch]:
    """All rows of all intake tabs."""
    found: list[_IntakeMatch] = []
    for tab in intake:
        for row in tab.table.rows:
            text = row.text("initiative_key")
            key = canonical_key(text) or text
            found.append(_IntakeMatch(tab, len(found), SheetRow(row, (folded(key),), key)))
    return found


def _settle(
    context: SyncContext, intake: Sequence[OpenTab], found: Sequence[_IntakeMatch], stored: Mapping[str, Initiative]
) -> None:
    """Find the settled rows; all others get the base that their own row version leads to.

    Nothing is settled where a key stands twice: which row it belongs to is told by what the rows say.
    """
    times = Counter(item.result.key for item in found)
    lost: list[SheetRow] = []
    for tab, rows in _by_tab(intake, found):
        if tab.recalled:
            once = [item.result for item in rows if times[item.result.key] == 1 and item.result.key in stored]
            settle(tab, once, {result.identity: _taken_in(stored[result.key]) for result in once})
        unsettled = [item for item in rows if item.result.unchanged_as is None]
        give_bases(context, tab, [item.result for item in unsettled])
        for item in unsettled:
            item.has_own_version = item.result.base is not None
            lost += [item.result] if item.result.key in stored else []
    bases_of_exports(context, lost, stored)
    find_lost_bases(context.session, PEOPLES_INTAKE, lost)


def _by_tab(intake: Iterable[OpenTab], found: Iterable[_IntakeMatch]) -> Iterator[tuple[OpenTab, list[_IntakeMatch]]]:
    """Each tab with its rows, tabs without any, too."""
    rows = defaultdict(list)
    for item in found:
        rows[item.tab.place.full_name].append(item)
    return ((tab, rows[tab.place.full_name]) for tab in intake)


def _word_of(stored: Mapping[str, Initiative]) -> StoredWord:
    """What the backlog has of an intake row's words."""
    by_identity: dict[Identity, Initiative] = {(folded(key),): initiative for key, initiative in stored.items()}
    return lambda identity, name: getattr(by_identity.get(identity), name, None)


def _taken_in(initiative: Initiative) -> dict[str, object]:
    """What an intake row has to do with: its initiative's fields, where its row stands, and what is in conflict."""
    return dict(zip(_TAKEN_IN, attributes_of(initiative, _TAKEN_IN), strict=True))


def _distance(found: _IntakeMatch, initiative: Initiative | None) -> tuple[bool, int, bool, bool, int]:
    """How far a row is from what was last synced under its key: by version, by content, by place, then from above."""
    said = found.result.row.plain
    if found.result.base is not None:
        last: dict[str, object] = dict(found.result.base)
    else:
        last = {n: plain(getattr(initiative, n)) for n in FIELDS} if initiative is not None else {}
    differing = sum(said.get(name) != last.get(name, _BLANKS.get(name)) for name in FIELDS if name in said)
    elsewhere = initiative is None or initiative.intake_source != found.tab.place.full_name
    moved = initiative is None or initiative.intake_row != found.result.row.number
    return not found.has_own_version, differing, elsewhere, moved, found.order


def _of_key(code: str, **params: object) -> Message:
    return Message(code, column="initiative_key", params=params)


def _key_problem(
    found: _IntakeMatch, initiative: Initiative | None, issued: Collection[int], unreadable: Collection[str]
) -> Message | None:
    """Why a key can't be this row's at all."""
    key = found.result.key
    if parse_key(INITIATIVE, key) not in issued:
        return unknown_key(key)
    if initiative is None:
        return None
    if initiative.intake_workbook is None:
        return _of_key("key_of_backlog_row", key=key)
    if initiative.intake_source in unreadable:
        return _of_key("key_of_unreadable_tab", key=key, place=initiative.intake_source)
    return None


def _judge_keys(
    session: Session, rows: Sequence[_IntakeMatch], stored: Mapping[str, Initiative], unreadable: Collection[str]
) -> None:
    """Fail the rows whose key is not theirs: never given, of another tab, or copied from another row."""
    issued = issued_numbers(session, (found.result.key for found in rows))
    by_key: dict[str, list[_IntakeMatch]] = {}
    for found in rows:
        result = found.result
        if not result.key:
            continue
        problem = _key_problem(found, stored.get(result.key), issued, unreadable)
        if problem is not None:
            result.is_duplicate = True
            result.notes.add(problem)
        else:
            by_key.setdefault(result.key, []).append(found)
    for key, copies in by_key.items():
        if len(copies) > 1:
            owner, *others = sorted(copies, key=lambda found: _distance(found, stored.get(key)))
            where = f"{owner.tab.place.full_name} row {owner.result.row.number}"
            for found in others:
                found.result.is_duplicate = True
                found.result.notes.add(_of_key("key_stands_already", key=key, place=where))


def _say_keyless(intake: Sequence[OpenTab], found: Sequence[_IntakeMatch]) -> None:
    """Say of rows without a key why they have none; all others got one before."""
    for tab, items in _by_tab(intake, found):
        rows = {item.result.row.number: item.result for item in items if not item.result.key}
        refused = unwritable_keys(tab, rows) if rows else {}
        for number, result in rows.items():
            if (problem := result.row.problems.get("initiative_key")) is not None:
                why = _of_key("key_cell_unreadable", why=replace(problem, column=None))
            elif (reason := refused.get(number)) is not None:
                why = _of_key("key_unwritable", why=reason)
            else:
                why = _of_key("key_waits_for_workbook")
            result.notes.add(why)


def _take_in(
    context: SyncContext, tab: OpenTab, results: Sequence[SheetRow], rules: MergeRules
) -> tuple[TabReport, dict[Identity, Initiative]]:
    """Bring rows of one tab into the backlog, and keep where each stands. Returns their initiatives, new ones too."""
    binding, report = IntakeBinding(), TabReport(tab.place)
    stored = context.load(binding, [result.identity for result in results])
    report.saved, report.created = merge_and_save(context, binding, results, stored, rules)
    for result in results:
        initiative = binding.initiatives[result.identity]
        result.notes.add(*result.row.remarks)
        if take_along(context, result.row, initiative, tab.place.source) and result.row_version is None:
            result.row_version = context.row_versions.next()
            stamp(initiative, result.row_version, context.source)
            report.saved += 1
        _keep_place(tab.place, result, initiative)
    return report, binding.initiatives


def _keep_place(place: TabPlace, result: SheetRow, initiative: Initiative) -> None:
    """Keep where an initiative's row stands and what is in conflict, and warn of cells that can't be read."""
    for name, problem in result.row.problems.items():
        words = replace(problem, column=None)
        result.notes.warn("taken_without_value", name, problem=words, instead=instead_of(initiative, name))
    conflicts = {name: said for name, (said, _) in result.merge.clashes.items() if name in result.kept} or None
    stands = (place.full_name, place.book, place.tab, result.row.number, False)
    if attributes_of(initiative, _KEPT) != (*stands, conflicts):  # what is set counts as changed, also as the same
        for name, value in zip(_KEPT, (*stands, conflicts), strict=True):
            setattr(initiative, name, value)


def _keep_folder(context: SyncContext, initiative: Initiative) -> None:
    """Keep in which folder the row stands; of several in use, in the one where it was typed."""
    folder = context.workspace.folder
    if folder is not None and initiative.folder != folder.token and initiative.folder not in folder.others:
        initiative.folder = folder.token


def sync_intake(
    context: SyncContext, intake: Sequence[OpenTab], unreadable: Collection[str], rules: MergeRules
) -> list[TabReport]:
    """Merge all rows of all intake tabs, and plan their keys, statuses and provenance.

    ``unreadable`` are tabs (by full name) that could not be read now: their initiatives are not said to be missing.
    """
    found = _found_rows(intake)
    stored = load_initiatives(context.session, (item.result.key for item in found))
    _settle(context, intake, found, stored)
    _judge_keys(context.session, found, stored, unreadable)
    _say_keyless(intake, found)
    spell_common_words(context.session, PEOPLES_INTAKE, (item.result for item in found), _word_of(stored))
    synced: set[str] = set()
    reports: list[TabReport] = []
    now_stored: dict[Identity, dict[str, object]] = {}
    for tab, items in _by_tab(intake, found):
        results = [item.result for item in items if item.result.key and not item.result.is_duplicate]
        report, taken_in = _take_in(context, tab, [o for o in results if o.unchanged_as is None], rules)
        reports.append(report)
        for result in results:
            synced.add(result.key)
            _keep_folder(context, taken_in.get(result.identity) or stored[result.key])
        context.session.flush()
        now_stored.update((identity, _taken_in(initiative)) for identity, initiative in taken_in.items())
    _say_missing(context, synced, unreadable)
    for report, (tab, items) in zip(reports, _by_tab(intake, found), strict=True):
        tab.merged = [item.result for item in items]
        bring_up_to_date(context, tab, tab.merged, now_stored, inputs=False)
        report.rows = report_rows(tab.place, tab.merged)
    return reports


def _say_missing(context: SyncContext, synced: Collection[str], unreadable: Collection[str]) -> None:
    """Mark the initiatives whose row is gone. What such a row said against the backlog went with it.

    Rows of other folders on this database stand there.
    """
    for initiative in from_intake(context.session):
        if initiative.folder not in (context.folder, None) or initiative.intake_source in unreadable:
            continue
        if initiative.initiative_key not in synced:
            initiative.intake_missing = True
            initiative.intake_conflicts = None

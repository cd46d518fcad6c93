"""Intake rows → initiatives: unconditional, idempotent, and careful with keys.

Every row with any text becomes an initiative. Its key is given and written into the sheet before the initiative is
stored (see ``sync.keys``), so that a crash at any moment neither loses nor doubles an idea.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, canonical_key, parse_key
from roadwright.sheets.kinds import quoted
from roadwright.sheets.merge import OnConflict, merge_row
from roadwright.sheets.plain import plain, plain_values
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.models import Initiative
from roadwright.sync.backlog import from_intake, unknown_key
from roadwright.sync.initiatives import load_initiatives, new_initiative, set_attribute, stamp
from roadwright.sync.keys import issued_numbers
from roadwright.sync.merge_rows import load_bases
from roadwright.sync.outcome import Outcome, TabReport, report_rows
from roadwright.sync.work import OpenTab, Pass
from roadwright.sync.write_back import bring_up_to_date

UNTITLED = "(untitled)"
_FIELDS = tuple(column.name for column in tabs.INTAKE.owned(Owner.INPUT))
_BLANKS = {c.name: plain(c.blank_means) for c in tabs.INTAKE.columns if c.blank_means is not None}


@dataclass
class _Found:
    """An intake row with its tab, while it is decided whose a key is."""

    tab: OpenTab
    order: int
    outcome: Outcome


def _found_rows(session: Session, intake: Sequence[OpenTab]) -> list[_Found]:
    """All rows of all intake tabs, each with the base that its own mark leads to."""
    found: list[_Found] = []
    for tab in intake:
        bases = load_bases(session, tab.table, tabs.INTAKE)
        for row in tab.table.rows:
            text = row.text("initiative_key")
            key = canonical_key(text) or text
            outcome = Outcome(row, (key.casefold(),), key)
            copy = bases.get(row.number)
            marked = copy is not None and copy.identity == identity_text(outcome.identity)
            if copy is not None and marked:
                outcome.base = copy.values
            found.append(_Found(tab, len(found), outcome, marked))
    return found


def _find_lost_bases(session: Session, rows: Sequence[_Found], stored: Mapping[str, Initiative]) -> None:
    """A row without its mark that says word for word what it said once was not edited since: that is its base.

    Such rows come from a run that was killed before it wrote them, or lost their system columns.
    """
    lost = [found.outcome for found in rows if found.outcome.base is None and found.outcome.key in stored]
    if not lost:
        return
    copies = copies_of(session, tabs.INTAKE.name, {outcome.identity for outcome in lost})
    for outcome in lost:
        said = content_of(tabs.INTAKE, outcome.row.values)
        known = copies.get(outcome.identity, ())
        outcome.base = next((copy for copy in known if content_of(tabs.INTAKE, copy) == said), None)


def _judge_keys(session: Session, rows: Sequence[_Found], stored: dict[str, Initiative]) -> None:
    """Fail the rows whose key is not theirs: never given, of the Backlog, or copied from another row."""
    issued = issued_numbers(session, (found.outcome.key for found in rows))
    by_key: dict[str, list[_Found]] = {}
    for found in rows:
        outcome = found.outcome
        if not outcome.key:
            continue
        initiative = stored.get(outcome.key)
        number = parse_key(INITIATIVE, outcome.key)
        if number is None or number not in issued:
            outcome.doubled = True
            outcome.notes.failed.append(unknown_key(outcome.key))
        elif initiative is not None and initiative.intake_workbook is None:
            outcome.doubled = True
            outcome.notes.failed.append(
                f"initiative_key: {outcome.key} belongs to an initiative that was typed on the Backlog; "
                "clear the key to submit it as a new idea"
            )
        else:
            by_key.setdefault(outcome.key, []).append(found)
    for key, copies in by_key.items():
        if len(copies) > 1:
            owner, *others = sorted(copies, key=lambda found: _distance(found, stored.get(key)))
            where = f"{owner.tab.place.name} row {owner.outcome.row.number}"
            for found in others:
                found.outcome.doubled = True
                found.outcome.notes.failed.append(
                    f"initiative_key: {key} stands already in {where}; clear the key to submit it as a new idea"
                )


def _merge(work: Pass, tab: OpenTab, outcome: Outcome, initiative: Initiative | None, on_conflict: OnConflict) -> bool:
    """Bring one intake row into its initiative. Returns whether a new one was made."""
    row, notes = outcome.row, outcome.notes
    for name, problem in row.problems.items():
        entered = f"as {UNTITLED}" if name == "title" else "without it"
        notes.warnings.append(f"{problem}; the idea entered {entered}" if initiative is None else problem)
    outcome.kept = set(row.problems)
    created = initiative is None
    place = tab.place
    if initiative is None:
        initiative = new_initiative(
            outcome.key, str(row.values.get("title") or UNTITLED), mark=now(), source=work.source
        )
        initiative.intake_source = place.name
        work.session.add(initiative)
        changes = {name: row.values[name] for name in _FIELDS if row.values.get(name) is not None}
        for name, value in changes.items():
            set_attribute(initiative, name, value)
    else:
        stored = {name: plain(getattr(initiative, name)) for name in _FIELDS}
        merge = outcome.merge = merge_row(
            _FIELDS,
            base=outcome.base,
            sheet=plain_values(row.values),
            stored=stored,
            blanks=_BLANKS,
            on_conflict=on_conflict,
        )
        outcome.kept |= set(merge.conflicts)
        for name in merge.changes:
            set_attribute(initiative, name, row.values.get(name))
        for name, (said, kept) in merge.conflicts.items():
            notes.conflicts.append(
                f"{name}: this row has {quoted(_blank(said))}, the backlog has {quoted(_blank(kept))}; settle it with "
                "pm.backlog_sync --option on_conflict=sheet (this row's value) or on_conflict=database (the backlog's)"
            )
        conflicts = {name: said for name, (said, _) in merge.conflicts.items()} or None
        if initiative.intake_conflicts != conflicts:
            initiative.intake_conflicts = conflicts
        changes = merge.changes
    if changes or created:
        outcome.mark = work.marks.next()
        stamp(initiative, outcome.mark, work.source)
    if (initiative.intake_workbook, initiative.intake_tab) != (place.workbook.name, place.tab):
        initiative.intake_workbook, initiative.intake_tab = place.workbook.name, place.tab
        initiative.intake_source = place.name
    if initiative.intake_row != row.number:
        initiative.intake_row = row.number
    if initiative.intake_missing:
        initiative.intake_missing = False
    return created


def _blank(value: object) -> object:
    return "" if value is None else value


def sync_intake(
    work: Pass, intake: Sequence[OpenTab], unreadable: Iterable[str], on_conflict: OnConflict
) -> list[TabReport]:
    """Merge all rows of all intake tabs, and plan their keys' statuses and provenance.

    ``unreadable`` are tabs (by full name) that could not be read now: their initiatives are not said to be missing.
    """
    found = [
        _Found(tab, order, outcome)
        for order, (tab, outcome) in enumerate(
            (tab, outcome) for tab in intake for outcome in _outcomes(work.session, tab)
        )
    ]
    stored = load_initiatives(work.session, (item.outcome.key for item in found))
    _judge_keys(work.session, found, stored)
    reports = {tab.place.name: TabReport(tab.place) for tab in intake}
    synced: set[str] = set()
    for item in found:
        outcome, report = item.outcome, reports[item.tab.place.name]
        if not outcome.key:
            outcome.notes.failed.append(
                "initiative_key: the row has no key yet, because its workbook is open in another program; "
                "close it and run pm.backlog_sync again"
            )
            continue
        if outcome.doubled:
            continue
        created = _merge(work, item.tab, outcome, stored.get(outcome.key), on_conflict)
        synced.add(outcome.key)
        report.created += created
        report.saved += outcome.mark is not None
    work.session.flush()
    _say_missing(work.session, synced, set(unreadable))
    for tab in intake:
        outcomes = [item.outcome for item in found if item.tab is tab]
        now_stored = {o.identity: {"initiative_key": o.key} for o in outcomes if o.key in synced}
        bring_up_to_date(work, tab, outcomes, now_stored, inputs=False)
        reports[tab.place.name].rows = report_rows(tab.place, outcomes)
    return list(reports.values())


def _say_missing(session: Session, synced: set[str], unreadable: set[str]) -> None:
    for initiative in from_intake(session):
        if initiative.initiative_key not in synced and initiative.intake_source not in unreadable:
            initiative.intake_missing = True

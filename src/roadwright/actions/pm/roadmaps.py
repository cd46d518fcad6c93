"""Roadmaps: made from their source, and judged by their gates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, numbered_row_stops, roadmap_stops, row_stops
from roadwright.actions.options import UsageError
from roadwright.actions.pm.roadmap_request import AskedRoadmap, CheckOptions, CreateOptions, asked_roadmap, take_asked
from roadwright.actions.pm.roadmap_status import decided_by
from roadwright.actions.pm.roadmap_tabs import (
    STOPPED,
    TABS,
    RoadmapTabs,
    save_roadmap_tabs,
    show_roadmap_tabs,
    stopping_gates,
)
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import GateStatus, RoadmapStatus
from roadwright.domain.text import folded
from roadwright.services.bindings.roadmaps import RoadmapsBinding
from roadwright.services.roadmaps.changes import Judgement, StatusChange, changes_since, judgements
from roadwright.services.roadmaps.create import build_roadmap
from roadwright.services.roadmaps.judge import confirm_waiver, judge_roadmap
from roadwright.services.roadmaps.policy import PolicyProblem
from roadwright.services.roadmaps.sources import SourceProblem
from roadwright.services.rows.identity import Identity
from roadwright.store.models import Roadmap
from roadwright.store.roadmaps import only_named
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import run_pass
from roadwright.sync.reports import TabReport


@dataclass
class _EntryChanges:
    """What an action has done so far. ``before``, ``added`` and ``changes`` outlive an attempt that could not write."""

    before: dict[int, Judgement] | None = None
    """How every entry was judged when the action began."""
    changes: dict[Identity, StatusChange] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    """How many entries each roadmap got."""
    done: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    wrong: list[Message] = field(default_factory=list)
    confirmed: int = 0
    """How many waivers an approver said yes to."""
    standing: Counter[str] = field(default_factory=Counter)
    """How many entries are admitted, blocked and waived."""

    def begin(self, session: Session) -> None:
        """Begin an attempt."""
        if self.before is None:
            self.before = judgements(session)
        for found in (self.done, self.passed_over, self.wrong, self.standing):
            found.clear()


def _chosen(request: ActionContext, open: RoadmapTabs, asked: AskedRoadmap, progress: _EntryChanges) -> list[Roadmap]:
    """The roadmaps to work on, in the order in which they were made. Raises SelectionError."""
    session = open.current.session
    if asked.name is not None:
        try:
            return [take_asked(session, asked, open.current)]
        except UsageError as wrong:
            rows = [o for o in open.results(tabs.ROADMAPS.name) if o.identity == (folded(asked.name),)]
            progress.wrong += [row_stops(o.key, o.notes.text) for o in rows if o.notes.level in STOPPED] or [
                wrong.message
            ]
            return []
    assert request.tab is not None
    spec = request.tab.spec
    picked = request.selection.picks(spec, open.tabs[spec.name].table.rows)
    rows = [result for result in open.results(spec.name) if result.row.number in picked]
    names = {result.identity[:1] for result in rows}
    stored = RoadmapsBinding().rows(session)
    unsaved = [o for o in rows if o.identity[:1] not in stored and o.notes.of(Level.FAILED)]
    progress.wrong += [
        row_stops(o.key, o.notes.text) if o.key else numbered_row_stops(spec, o.row.number, o.notes.text)
        for o in unsaved
    ]
    mere_names = (only_named(session, name) for (name,) in sorted(names) if (name,) not in stored)
    progress.wrong += {str(told): told for told in mere_names if told is not None}.values()
    return [roadmap for identity, roadmap in stored.items() if identity in names]


def _work_on(open: RoadmapTabs, roadmap: Roadmap, progress: _EntryChanges, *, fill: bool) -> None:
    """Make or judge one roadmap; what is wrong with it is said on its row."""
    session, notes, source = open.current.session, open.notes(roadmap), open.current.source
    if notes.level in STOPPED:
        progress.wrong.append(row_stops(roadmap.roadmap_name, notes.text))
        return
    if roadmap.status == RoadmapStatus.ARCHIVED:
        notes.skip("archived", "status")
        progress.passed_over.append(roadmap.roadmap_name)
        return
    faults = stopping_gates(open, roadmap)
    try:
        if not faults and fill:
            filled = build_roadmap(session, roadmap, source, open.current.tell)
            notes.add(*filled.warnings)
            progress.added[roadmap.roadmap_name] = len(filled.new) + progress.added.get(roadmap.roadmap_name, 0)
        elif not faults:
            judge_roadmap(session, roadmap, source, tell=open.current.tell)
    except (SourceProblem, PolicyProblem) as problem:
        faults.append(problem.message)
    if faults:
        notes.add(*faults)
        progress.wrong.append(roadmap_stops(roadmap, *faults))
        return
    if not roadmap.entry_rows:
        notes.warn("empty_roadmap", "entries")
    progress.done.append(roadmap.roadmap_name)
    progress.standing.update(str(entry.gate_status) for entry in roadmap.entry_rows)
    name = folded(roadmap.roadmap_name)
    for change in changes_since(progress.before or {}, roadmap):
        progress.changes[name, folded(change.initiative_key)] = change


def _confirm_waivers(current: SyncContext, roadmap: Roadmap, by: str, progress: _EntryChanges) -> None:
    """Count the waivers that wait for an approver: they are given in the name of who says yes."""
    for entry in roadmap.entry_rows:
        if entry.waiver_waits:
            entry.waived_by = by
            entry.updated_at, entry.updated_source = current.row_versions.next(), current.source
            confirm_waiver(entry)
            progress.confirmed += 1


def _run(request: ActionContext, *, fill: bool) -> Answer:
    asked = asked_roadmap(request, may_be_new=fill)
    progress = _EntryChanges()

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        progress.begin(current.session)
        open = save_roadmap_tabs(current, open_tabs, request)
        chosen = _chosen(request, open, asked, progress)
        for number, roadmap in enumerate(chosen):
            if isinstance(request.options, CheckOptions) and request.options.confirm_waivers:
                _confirm_waivers(current, roadmap, decided_by(current.session, request), progress)
            request.report(f"judging {roadmap.roadmap_name}", number, len(chosen))
            _work_on(open, roadmap, progress, fill=fill)
        return show_roadmap_tabs(open, chosen, {i: change.message for i, change in progress.changes.items()})

    request.report("saving Roadmaps, Gates and Roadmap_Entries")
    reports = run_pass(
        request.workspace,
        request.action,
        [request.workspace.place(spec) for spec in TABS],
        work,
        tell=request.report,
    )
    return _answer(reports, progress)


def _answer(reports: list[TabReport], progress: _EntryChanges) -> Answer:
    """What was done; where nothing could be, because of what was asked or typed, the answer is wrong usage."""
    after = Counter(change.after.status for change in progress.changes.values() if change.is_move)
    answer = Answer(
        tabs=reports,
        summary={
            "roadmaps": len(progress.done),
            "new_entries": sum(progress.added.values()),
            **{str(status): progress.standing[status] for status in GateStatus},
            "changed": len(progress.changes),
            **({"confirmed": progress.confirmed} if progress.confirmed else {}),
            **{f"now_{status}": after[status] for status in GateStatus},
        },
    )
    if not progress.done and not progress.passed_over:
        answer.problems = progress.wrong or [Message("no_roadmap_to_work_on")]
        answer.status, answer.exit_code = "failed", ExitCode.WRONG
    return answer


_JUDGED = (
    "Every entry is judged by the gates of the roadmap's policy: admitted, blocked (gate_failures names every gate "
    "that fails, and why), or waived where waived_by and waiver_reason are both filled in. A failed gate of severity "
    "warn is listed and leaves the entry admitted. Without a gate_policy, blank tokens are warned of. Archived "
    "roadmaps are passed over. What changed since is said of each row and counted in the summary."
)

ROADMAP_CREATE = Action(
    name="pm.roadmap_create",
    help="makes roadmaps from a filter, a portfolio or a list of keys, and judges every initiative on them",
    explanation=(
        "Saves Roadmaps, Gates and Roadmap_Entries, then puts on each roadmap (all of the tab, those selected, or the "
        "one that is named) what its source names. Again, it adds what is new and judges everything again; waivers, "
        "locks, ranks and notes stay, and an entry that the source names no more stays with a WARNING. Options stand "
        f"for cells of the roadmap's row, and make a roadmap that is not there yet. {_JUDGED}"
    ),
    run=lambda request: _run(request, fill=True),
    tabs=(tabs.ROADMAPS,),
    options=CreateOptions,
)

ROADMAP_CHECK_GATES = Action(
    name="pm.roadmap_check_gates",
    help="judges the entries of roadmaps again, and tells what changed since",
    explanation=(
        "Saves Roadmaps, Gates and Roadmap_Entries, then judges what stands on the roadmaps; nothing is added. "
        f"{_JUDGED}"
    ),
    run=lambda request: _run(request, fill=False),
    tabs=(tabs.ROADMAPS, tabs.ROADMAP_ENTRIES),
    options=CheckOptions,
)

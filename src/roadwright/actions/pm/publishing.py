"""pm.roadmap_publish: an approved roadmap becomes a numbered version that never changes, with files to pass on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, numbered_row_stops, roadmap_stops, row_stops
from roadwright.actions.options import ByOption, OnConflictOption, Options, RoadmapOption, Text, chosen, option
from roadwright.actions.pm.roadmap_request import named_roadmap, only_roadmap
from roadwright.actions.pm.roadmap_status import decided_by
from roadwright.actions.pm.roadmap_tabs import (
    STOPPED,
    TABS,
    RoadmapTabs,
    save_roadmap_tabs,
    show_roadmap_tabs,
    stopping_entries,
    stopping_gates,
)
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Message, notice
from roadwright.domain.roadmaps import RoadmapSource
from roadwright.services.bindings.roadmaps import RoadmapsBinding
from roadwright.services.roadmaps.content import Content, Edition
from roadwright.services.roadmaps.export_files import file_stems, write_exports
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.overlap import Overlap, of_roadmap, overlaps
from roadwright.services.roadmaps.policy import PolicyProblem
from roadwright.services.roadmaps.selected import NotAdoptable, adopt_source, adoptable, needs_adoption
from roadwright.services.roadmaps.versions import NotApproved, Published, may_be_published, publish
from roadwright.services.rows.notes import Notes
from roadwright.sheets.backend import SheetError
from roadwright.store.models import Roadmap
from roadwright.store.roadmaps import all_roadmaps
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import PendingWrite, run_pass
from roadwright.sync.reports import TabReport
from roadwright.workspace.workspace import PUBLISHED


@dataclass
class _Publication:
    """What was published so far. It outlives an attempt that could not write: what is new then stays told as new."""

    published: dict[str, Published] = field(default_factory=dict)
    """By the roadmap's name."""
    stems: dict[str, str] = field(default_factory=dict)
    refused: list[Message] = field(default_factory=list)
    twice: list[Overlap] = field(default_factory=list)
    undecided: bool = False
    """Whether something was refused because nobody said which run counts, or said so wrongly."""


def _chosen(request: ActionContext, open: RoadmapTabs, refused: list[Message]) -> list[Roadmap]:
    """The roadmaps to publish; selected rows that are none are refused. Raises UsageError and SelectionError."""
    name, selection = named_roadmap(request), request.selection
    results = open.results(tabs.ROADMAPS.name)
    if selection.everything:
        return [only_roadmap(open.current.session, name, [result.identity for result in results])]
    picked = selection.picks(tabs.ROADMAPS, open.tabs[tabs.ROADMAPS.name].table.rows)
    rows = [result for result in results if result.row.number in picked]
    stored = RoadmapsBinding().rows(open.current.session)
    refused += [
        numbered_row_stops(tabs.ROADMAPS, o.row.number, o.notes.text)
        for o in rows
        if o.is_duplicate or o.identity not in stored
    ]
    names = {result.identity for result in rows if not result.is_duplicate}
    return [roadmap for identity, roadmap in stored.items() if identity in names]


def _publish(open: RoadmapTabs, roadmap: Roadmap, by: str, run_id: str | None, progress: _Publication) -> None:
    """Judge and publish one roadmap; what stands against it is said on its row."""
    session, notes, source = open.current.session, open.notes(roadmap), open.current.source
    if notes.level in STOPPED:
        progress.refused.append(row_stops(roadmap.roadmap_name, notes.text))
        return
    unsettled = _unsettled(open, roadmap)
    if unsettled:
        progress.refused += [roadmap_stops(roadmap, fault) for fault in unsettled]
        return
    try:
        may_be_published(roadmap)
        _adopt(open, roadmap, run_id)
        judge_roadmap(session, roadmap, source, tell=open.current.tell)
        published = publish(session, roadmap, by, source)
    except NotApproved as refusal:
        _refuse(refusal.message, notes, progress)
    except NotAdoptable as problem:
        progress.undecided = True
        _refuse(problem.message, notes, progress)
    except PolicyProblem as problem:
        params = {"roadmap": roadmap.roadmap_name, "why": problem.message}
        _refuse(Message("roadmap_not_judged", params=params), notes, progress)
    else:
        _say_published(open, roadmap, published, progress)


def _adopt(open: RoadmapTabs, roadmap: Roadmap, run_id: str | None) -> None:
    """Settle which run's choice is published: the one that is asked for, else the one that the roadmap has adopted.

    Raises NotAdoptable where the roadmap can't adopt it, or is from a filter and has several to choose from.
    """
    session = open.current.session
    text = run_id or roadmap.adopted_run
    if text is None:
        if adopt_source(session, roadmap):
            roadmap.updated_at, roadmap.updated_source = open.current.row_versions.next(), open.current.source
        needs_adoption(session, roadmap)
        return
    try:
        run = adoptable(
            session,
            text,
            roadmap_name=roadmap.roadmap_name,
            source=roadmap.source,
            source_ref=roadmap.source_ref,
        )
    except NotAdoptable as problem:
        raise problem.about("run_id" if run_id else "adopted_run") from None
    if roadmap.adopted_run != run.run_id:
        roadmap.adopted_run = run.run_id
        roadmap.updated_at, roadmap.updated_source = open.current.row_versions.next(), open.current.source


def _refuse(why: Message, notes: Notes, progress: _Publication) -> None:
    notes.add(why)
    progress.refused.append(why)


def _unsettled(open: RoadmapTabs, roadmap: Roadmap) -> list[Message]:
    """What was typed and could not be saved: a version that never changes is not made of half of it."""
    return [*stopping_gates(open, roadmap), *stopping_entries(open, roadmap)]


def _say_published(open: RoadmapTabs, roadmap: Roadmap, published: Published, progress: _Publication) -> None:
    notes, edition = open.notes(roadmap), published.edition
    earlier = progress.published.get(roadmap.roadmap_name)
    if earlier is None or earlier.edition.number != edition.number or not earlier.is_new:
        progress.published[roadmap.roadmap_name] = published
    if not edition.content.entries:
        notes.warn("empty_version", number=edition.number)
    if edition.content.origin is None and edition.content.roadmap.source == RoadmapSource.FILTER:
        notes.notice("published_without_run", "selected")
    if progress.published[roadmap.roadmap_name].is_new:
        notes.notice("published", number=edition.number)
    else:
        notes.notice("published_before", number=edition.number)


def _write_files(request: ActionContext, progress: _Publication) -> tuple[list[str], list[Message]]:
    """Write the exports, for an unchanged version those that are missing. Returns the files and what went wrong."""
    folder = request.workspace.published
    files: list[str] = []
    problems: list[Message] = []
    for name, published in progress.published.items():
        request.report(f"writing the files of {name}, version {published.edition.number}")
        try:
            written = write_exports(folder, progress.stems[name], published.edition, only_missing=not published.is_new)
        except (SheetError, OSError) as error:
            params = {"roadmap": name, "why": str(error).rstrip(".")}
            problems.append(Message("files_not_written", params=params))
        else:
            files += [path.relative_to(request.workspace.root).as_posix() for path in written]
    return files, problems


def _run(request: ActionContext) -> Answer:
    progress = _Publication()
    run_id = chosen(request.options, _AdoptOption).run_id

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        progress.refused.clear()
        progress.undecided = False
        open = save_roadmap_tabs(current, open_tabs, request)
        roadmaps = _chosen(request, open, progress.refused)
        by = decided_by(current.session, request)
        for roadmap in roadmaps:
            request.report(f"publishing {roadmap.roadmap_name}")
            _publish(open, roadmap, by, run_id, progress)
        progress.stems = file_stems(roadmap.roadmap_name for roadmap in all_roadmaps(current.session))
        found = overlaps(current.session)
        progress.twice = [one for roadmap in roadmaps for one in of_roadmap(found, roadmap.roadmap_name)]
        return show_roadmap_tabs(open, roadmaps, {})

    request.report("saving Roadmaps, Gates and Roadmap_Entries")
    answer = Answer()
    try:
        answer.tabs = run_pass(
            request.workspace, request.action, list(map(request.workspace.place, TABS)), work, tell=request.report
        )
    except PendingWrite as pending:
        answer.tabs = pending.reports
        answer.problems.append(pending.message)
    files, problems = _write_files(request, progress)
    answer.problems = [*progress.refused, *problems, *answer.problems]
    answer.summary = _summary(progress, files)
    if progress.undecided:
        answer.status, answer.exit_code = "failed", ExitCode.WRONG
    return answer


def _summary(progress: _Publication, files: Sequence[str]) -> dict[str, object]:
    editions = progress.published.values()
    summary: dict[str, object] = {
        "published": sum(one.is_new for one in editions),
        "unchanged": sum(not one.is_new for one in editions),
        "answer": "; ".join(str(_sentence(one)) for one in editions),
    }
    if progress.published:
        summary["versions"] = [f"{one.edition.name}@{one.edition.number}" for one in editions]
    for name, values in _decided([one.edition for one in editions]).items():
        summary[name] = values[0] if len(values) == 1 else values
    if files:
        summary["files"] = list(files)
    if progress.twice:
        summary["overlaps"] = [one.to_json() for one in dict.fromkeys(progress.twice)]
    return summary


def _decided(editions: Sequence[Edition]) -> dict[str, list[object]]:
    """By what the editions were decided, and what they come to; nothing of those that no run decided."""
    told: dict[str, list[object]] = {}
    for edition in editions:
        origin, totals = edition.content.origin, edition.content.totals
        if origin is not None:
            told.setdefault("adopted_run", []).append(origin.run_id)
            told.setdefault("scenario_name", []).append(origin.scenario_name)
        told.setdefault("tokens", []).append(totals.tokens)
        if totals.standing_tokens not in (None, totals.tokens):
            told.setdefault("tokens_admitted_and_waived", []).append(totals.standing_tokens)
    return told


def _sentence(published: Published) -> Message:
    """What became of one roadmap, and which run chose what is in it."""
    edition, content = published.edition, published.edition.content
    about = {"roadmap": edition.name, "number": edition.number}
    if not published.is_new:
        return notice("published_nothing_new", **about, chosen=_choice(content))
    out = notice("published_left_out", count=len(content.left_out)) if content.left_out else ""
    entries = len(content.entries)
    return notice("published_as_version", **about, count=entries, left_out=out, chosen=_choice(content))


def _choice(content: Content) -> Message | str:
    totals, origin = content.totals, content.origin
    if origin is None:
        return notice("published_undecided") if content.roadmap.source == RoadmapSource.FILTER else ""
    return notice(
        "published_chosen",
        run=origin.run_id,
        scenario=origin.scenario_name,
        chosen=totals.chosen,
        count=totals.entries,
        tokens=totals.tokens,
        standing=totals.tokens if totals.standing_tokens is None else totals.standing_tokens,
    )


class _AdoptOption(Options):
    run_id: Text | None = option(
        "the run whose choice is published, e.g. OPT-000007; it becomes the roadmap's adopted_run",
        otherwise="its adopted_run",
    )


class PublishOptions(RoadmapOption, ByOption, _AdoptOption, OnConflictOption):
    """Of pm.roadmap_publish."""


ROADMAP_PUBLISH = Action(
    name="pm.roadmap_publish",
    help="publishes an approved roadmap as a numbered version that never changes, with files to pass on",
    explanation=(
        "Saves Roadmaps, Gates and Roadmap_Entries, judges the roadmap anew, and keeps what it is now as its next "
        "version: its entries with tokens, scores, contributions, gates and waivers, what is left out and why, the "
        "totals, and the run and constraint set it came from. What is selected is what its adopted_run chose, and "
        "nothing else: a roadmap from a filter over which there are answered runs has to adopt one of them first. Only "
        "an approved roadmap can be published, or a "
        "published one again; equal content makes no new version. Each version is written to the workspace's folder "
        f"{PUBLISHED} as a workbook, Markdown and CSV; files that are missing there are written again."
    ),
    run=_run,
    tabs=(tabs.ROADMAPS,),
    options=PublishOptions,
)

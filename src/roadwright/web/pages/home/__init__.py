"""Home: where the pipeline stands, what needs a person, and what to do next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from nicegui import ui
from sqlalchemy.orm import Session

from roadwright.actions import ledger
from roadwright.actions.next_steps import NextStep, next_steps
from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.api.events import Event
from roadwright.domain.roles import Role
from roadwright.jobs.following import FOLLOWER
from roadwright.services.roadmaps.attention import score_faults
from roadwright.services.roadmaps.pipeline import Pipeline, pipeline_of
from roadwright.store.models import ActionRun
from roadwright.store.session import Store
from roadwright.sync.waiting import Waiting, waiting
from roadwright.sync.written import book_states
from roadwright.web.formats import moment
from roadwright.web.kit import Html, card_head, html, joined, link, region
from roadwright.web.page import Refused, Visit, page
from roadwright.web.pages.home.needs import needs
from roadwright.web.pages.home.news import activity, standing
from roadwright.web.pages.home.stages import stages
from roadwright.web.pages.home.steps import cards
from roadwright.web.shell import shell, shown_places
from roadwright.web.told import is_open
from roadwright.web.words import sentence
from roadwright.workspace.workspace import Workspace

_ACTIVITY = 7


@dataclass
class _View:
    """What the page shows now; the runs of its cards are those that work, or ended since it was opened."""

    found: Pipeline
    waits: Sequence[Waiting]
    steps: Sequence[NextStep]
    activity: Sequence[ActionRun]
    synced: str | None
    runs: dict[str, ActionRun] = field(default_factory=dict)


def _facts(session: Session, workspace: Workspace) -> tuple[Pipeline, list[Waiting], list[NextStep], str | None]:
    """What is the same for everybody: stages, what waits, the steps of all roles, and when the last sync ended."""
    faults, books = score_faults(session), book_states(session, workspace)
    synced = ledger.newest_end(session, (BACKLOG_SYNC.name,))
    steps = next_steps(session, faults, books)
    return pipeline_of(session), waiting(session, workspace, faults, books), steps, synced


def _newest(store: Store) -> list[ActionRun]:
    """What was asked last; that workbooks followed is no news, unless it went wrong."""
    return ledger.runs(store, _ACTIVITY, quiet=FOLLOWER)


async def _looked(visit: Visit) -> _View:
    store = visit.server.workspace.store
    found, waits, steps, synced = await visit.room.shared.read(_facts)
    newest = await asyncio.to_thread(_newest, store)
    working = await asyncio.to_thread(ledger.open_runs, store)
    mine = [step for step in steps if visit.may(step.role)]
    return _View(found, waits, mine, newest, synced, {run.action: run for run in working})


@page("/", "Home", place="home")
async def home(visit: Visit) -> None:  # noqa: PLR0915 - the parts of the page, and its acts
    """The first page."""
    view = await _looked(visit)
    where = {one.name: address for one, address in await shown_places(visit)}
    if not visit.may(Role.ADMIN):
        where.pop("settings", None)  # what a planner finds there helps with no need
    keys = (("1 – 5", "run a step"),) if view.steps else ()
    lead = "Everything between an idea and a published roadmap, as of the last sync."
    async with shell(visit, "home", _title(visit, view), lead=lead, actions=_head_acts(visit, where), keys=keys):
        pipeline = region(stages(view.found, where), "rw-pipeline", test="pipeline")
        with ui.element("div").classes("rw-home" if view.steps else "rw-home without-steps"):
            wanted = region(_needs(visit, view, where), "rw-card rw-needs-card", test="needs")
            if view.steps:
                with ui.element("div").classes("rw-card rw-steps-card"):
                    region(card_head("Next step"))
                    steps = region(cards(view.steps, view.runs), "rw-steps", tag="ul")
            reached = region(
                standing(view.found.standing, has_workbench="workbench" in where), "rw-card stand", test="standing"
            )
            log = region(activity(view.activity, has_runs="runs" in where), "rw-card log", test="activity")

    def show(seen: _View) -> None:
        pipeline.show(stages(seen.found, where))
        wanted.show(_needs(visit, seen, where))
        reached.show(standing(seen.found.standing, has_workbench="workbench" in where))
        log.show(activity(seen.activity, has_runs="runs" in where))
        if view.steps:
            steps.show(cards(seen.steps, seen.runs))

    async def again(ended: Sequence[str] = ()) -> None:
        nonlocal view
        seen = await _looked(visit)
        kept = {action: run for action, run in view.runs.items() if not is_open(run) and action not in seen.runs}
        for run_id in ended:
            run = await asyncio.to_thread(ledger.find_run, visit.server.workspace.store, run_id)
            if run is not None and run.action not in seen.runs:
                kept[run.action] = run
        view = _View(seen.found, seen.waits, seen.steps, seen.activity, seen.synced, {**kept, **seen.runs})
        show(view)

    @visit.act("run", Role.PLANNER)
    async def run_step(name: str) -> None:
        step = next((one for one in view.steps if one.action == name), None)
        if step is None or step.lacks:
            raise Refused("act_unknown", act=name)
        if name in view.runs and is_open(view.runs[name]):
            return  # it works already, whoever asked for it
        view.runs[name] = await visit.ask(name, options=step.options)
        if view.steps:
            steps.show(cards(view.steps, view.runs))

    async def told(events: Sequence[Event]) -> None:
        ended = [str(event.data["run_id"]) for event in events if event.is_end]
        if ended or not any(event.kind == "run" for event in events):
            await again(ended)
            return
        newest = await asyncio.to_thread(_newest, visit.server.workspace.store)
        working = await asyncio.to_thread(ledger.open_runs, visit.server.workspace.store)
        view.runs.update({run.action: run for run in working})
        view.activity = newest
        if view.steps:
            steps.show(cards(view.steps, view.runs))
        log.show(activity(newest, has_runs="runs" in where))

    visit.follow(told)


def _title(visit: Visit, view: _View) -> str:
    name = sentence(visit.server.workspace.root.name.replace("-", " ")) or "Roadwright"
    return f"{name}, {view.found.run.period}" if view.found.run is not None else name


def _head_acts(visit: Visit, where: dict[str, str]) -> Html:
    acts = []
    if "backlog" in where and visit.may(Role.CONTRIBUTOR):
        acts.append(link("Submit an idea", "/backlog?submit=1", glyph="plus", test="submit"))
    if "workbench" in where:
        bench = where["workbench"]
        acts.append(link("Open workbench", bench, look="primary", glyph="workbench", test="open-workbench"))
    return joined(acts)


def _needs(visit: Visit, view: _View, where: dict[str, str]) -> Html:
    synced = f"Last sync at {moment(view.synced)}." if view.synced else "The backlog was never synced."
    return html("{card}", card=needs(view.waits, where, synced, may_edit=visit.may(Role.PLANNER)))

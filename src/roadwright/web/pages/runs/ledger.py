"""The list of runs, newest first: filtered by action, status and person; those that work show how far they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from roadwright.actions import ledger
from roadwright.api.asking import cancelled_for, may_cancel
from roadwright.api.events import Event
from roadwright.domain.actions import ActionStatus
from roadwright.domain.errors import InputError
from roadwright.domain.roles import Role
from roadwright.store.models import ActionRun
from roadwright.web.formats import moment_iso, number, plural
from roadwright.web.kit import (
    Html,
    attributes,
    button,
    choice,
    empty,
    html,
    joined,
    link,
    progress,
    region,
    status_chip,
    table,
)
from roadwright.web.page import Refused, Visit, address_of, page
from roadwright.web.shell import shell
from roadwright.web.told import headline, is_open, outcome
from roadwright.web.words import action_words, person, sentence

_PAGE = 50
_HEADS = ("Run", "Action", "Status", "What came of it", "By", "When (UTC)")


@dataclass(frozen=True)
class Wanted:
    """What the list shows: as the address says it."""

    action: str = ""
    status: str = ""
    who: str = ""
    before: str = ""

    @property
    def address(self) -> str:
        """Where a link leads that shows the same."""
        return address_of("runs", action=self.action, status=self.status, who=self.who, before=self.before)


@dataclass(frozen=True)
class _Choices:
    actions: Sequence[str]
    people: Sequence[tuple[str, str]]
    """Each as it is filtered by, and in words."""


@page("/runs", "Runs", place="runs")
async def runs(visit: Visit) -> None:
    """The ledger."""
    wanted = Wanted(**{name: visit.query.get(name, "") for name in ("action", "status", "who", "before")})
    choices = _Choices(await visit.read(ledger.asked_actions), await _people(visit))
    try:
        found = await _found(visit, wanted)
    except InputError:  # the address names a run that is not there (any more)
        wanted = replace(wanted, before="")
        found = await _found(visit, wanted)
    async with shell(visit, "runs", "Runs", lead="Everything that was asked, by whom, and what came of it."):
        filters = region(_filters(wanted, choices), "rw-run-filters", label="Filters")
        listed = region(_list(visit, found, wanted), "rw-card", test="ledger")

    async def again() -> None:
        listed.show(_list(visit, await _found(visit, wanted), wanted))

    @visit.act("filter-runs")
    async def filter_runs(of: str, value: str) -> None:
        nonlocal wanted
        if of not in ("action", "status", "who"):
            raise Refused("act_wrong", fields=["of"])
        wanted = replace(wanted, **{of: value}, before="")
        visit.stay_at(wanted.address)
        filters.show(_filters(wanted, choices))
        await again()

    @visit.act("cancel", Role.PLANNER)
    async def cancel(run: str) -> None:
        await cancel_run(visit, run)
        await again()

    async def told(_: Sequence[Event]) -> None:
        await again()

    visit.follow(told)


async def cancel_run(visit: Visit, run_id: str) -> None:
    """Ask for the end of a run, in the role that this person has now."""
    caller, store = await visit.standing(), visit.server.workspace.store

    def asked() -> ActionRun:
        return cancelled_for(visit.server, caller, ledger.known_run(store, run_id))

    run = await asyncio.to_thread(asked)
    said = "is cancelled" if not is_open(run) else "was asked to end. A solve keeps the best answer found by then"
    visit.notice("ok", f"{run.run_id} {said}.")


async def _people(visit: Visit) -> list[tuple[str, str]]:
    """Everybody who ever asked, each once, whichever door they came by."""
    found = await visit.read(ledger.requesters)
    known = {one.partition(":")[2] or one: person(one) for one in found}
    return sorted(known.items(), key=lambda one: one[1].casefold())


async def _found(visit: Visit, wanted: Wanted) -> ledger.RunPage:
    return await asyncio.to_thread(
        ledger.page_of_runs,
        visit.server.workspace.store,
        _PAGE,
        before=wanted.before or None,
        status=wanted.status or None,
        action=wanted.action or None,
        who=wanted.who or None,
    )


def _filters(wanted: Wanted, choices: _Choices) -> Html:
    actions = [("", "All actions"), *((one, action_words(one)) for one in choices.actions)]
    statuses = [("", "Any status"), *((str(one), sentence(one)) for one in ActionStatus)]
    people = [("", "Everybody"), *choices.people]
    return joined(
        choice(label, name, listed, chosen, act="filter-runs", id_=f"runs-{name}", test=f"filter-{name}", of=name)
        for label, name, listed, chosen in (
            ("Action", "action", actions, wanted.action),
            ("Status", "status", statuses, wanted.status),
            ("Person", "who", people, wanted.who),
        )
    )


def _list(visit: Visit, found: ledger.RunPage, wanted: Wanted) -> Html:
    if not found.runs:
        if wanted == Wanted():
            return empty("Nothing was asked yet.", link("Go home", "/", small=True))
        return empty("No run is like this.", link("Show all runs", "/runs", small=True))
    rows = joined(_row(visit, run) for run in found.runs)
    return table(_HEADS, [rows], label="Runs", test="runs", stacks=True) + _foot(found, wanted)


def _row(visit: Visit, run: ActionRun) -> Html:
    told = html('<span class="rw-told">{words}</span>', words=outcome(run))
    if is_open(run):
        told = html(
            '<div class="rw-running">{bar}{told}{cancel}</div>',
            bar=progress(headline(run)),
            told=told,
            cancel=cancel_button(visit, run),
        )
    return html(
        '<tr{a}><th scope="row"><a href="{to}">{run}</a></th><td><a href="{to}">{what}</a></td><td>{status}</td>'
        "<td>{told}</td><td>{by}</td><td><time>{when}</time></td></tr>",
        a=attributes(data_testid=f"run-{run.run_id}", id=f"r-{run.run_id}"),
        to=address_of("runs", run.run_id),
        run=run.run_id,
        what=headline(run),
        status=status_chip(run.status),
        told=told,
        by=person(run.requested_by),
        when=moment_iso(run.created_at),
    )


def cancel_button(visit: Visit, run: ActionRun) -> Html:
    """For whoever may end the run, while it waits or works."""
    if not is_open(run) or not may_cancel(visit.caller, run):
        return Html()
    because = "It was asked to end already." if run.cancel_requested_at else ""
    return button("Cancel", "cancel", small=True, test=f"cancel-{run.run_id}", because=because, run=run.run_id)


def _foot(found: ledger.RunPage, wanted: Wanted) -> Html:
    older = replace(wanted, before=found.runs[-1].run_id).address if found.has_more else ""
    newest = replace(wanted, before="").address if wanted.before else ""
    return html(
        '<p class="rw-foot-line"><span class="dim">{shown} of {total}</span>{newest}{older}</p>',
        shown=number(len(found.runs)),
        total=plural(found.total, "run"),
        newest=link("Newest", newest, small=True) if newest else "",
        older=link("Older", older, small=True, test="older") if older else "",
    )

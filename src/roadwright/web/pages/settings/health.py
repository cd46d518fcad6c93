"""The workspace's health, as `roadwright doctor` finds it, with a button where one helps; and its files and locks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from roadwright.actions.doctor import Finding, diagnose
from roadwright.domain.roles import Role
from roadwright.sync.written import BookState, book_states
from roadwright.web.formats import plural
from roadwright.web.kit import Html, button, card_head, chip, html, joined, link, progress, region, table
from roadwright.web.page import Visit, address_of
from roadwright.web.words import action_words

_RUNS: Mapping[str, tuple[str, str | None]] = {
    "advice_metrics_config": ("pm.save_selected", "Metrics_Config"),
    "advice_correct_rows": ("pm.backlog_sync", None),
    "advice_settle_conflicts": ("pm.backlog_sync", None),
}
"""By advice the action that follows it, and its tab."""
_LINKS = {
    "advice_duplicates": ("See them", address_of("backlog", filter="duplicate_of is not empty")),
    "advice_run_again": ("See the run", "/runs"),
}


async def health_part(visit: Visit) -> None:
    """The cards, and their acts. The checks take a second or two: they begin when the page is shown."""
    health = region(_checking(), "rw-card", test="health")
    books = region(_files(await visit.read(_books, visit)), "rw-card", test="files")

    async def check() -> None:
        found = await asyncio.to_thread(lambda: list(diagnose(visit.server.workspace.root)))
        with visit.client:
            health.show(_health(found))

    @visit.act("check-health", Role.ADMIN)
    async def check_again() -> None:
        health.show(_checking())
        await check()
        books.show(_files(await visit.read(_books, visit)))

    @visit.act("follow-advice", Role.ADMIN)
    async def follow_advice(code: str) -> None:
        if code in _RUNS:
            action, tab = _RUNS[code]
            run = await visit.ask(action, tab)
            visit.go(address_of("runs", run.run_id))

    visit.client.on_connect(check)


def _books(session: Session, visit: Visit) -> list[BookState]:
    return book_states(session, visit.server.workspace)


def _checking() -> Html:
    said = (
        '<div class="rw-checking" role="status">{bar}'
        '<p class="dim">Looking at settings, database, workbooks, solver…</p></div>'
    )
    return card_head("Health") + html(said, bar=progress("Checking the workspace"))


def _health(found: Sequence[Finding]) -> Html:
    bad = [one for one in found if not one.is_well]
    state = chip("fail", plural(len(bad), "thing is", "things are") + " not well") if bad else chip("ok", "all is well")
    right = html('<span class="rw-buttons">{s}{b}</span>', s=state, b=button("Check again", "check-health", small=True))
    rows = joined(map(_finding, [*bad, *(one for one in found if one.is_well)]))
    return card_head("Health", right) + html('<ul class="rw-health">{rows}</ul>', rows=rows)


def _finding(one: Finding) -> Html:
    advice = Html()
    if one.advice is not None:
        advice = html('<p class="advice">{advice}.</p>', advice=str(one.advice).rstrip("."))
    return html(
        "<li>{state}<div><b>{what}</b><p>{found}</p>{advice}</div>{button}</li>",
        state=chip("ok", "well") if one.is_well else chip("fail", "not well"),
        what=one.what,
        found=str(one.message),
        advice=advice,
        button=_helps(one),
    )


def _helps(one: Finding) -> Html:
    code = one.advice.code if one.advice is not None else ""
    if code in _RUNS:
        return button(action_words(_RUNS[code][0]), "follow-advice", small=True, code=code)
    if code in _LINKS:
        words, to = _LINKS[code]
        return link(words, to, small=True)
    return Html()


def _files(books: Sequence[BookState]) -> Html:
    rows = joined(
        html('<tr><th scope="row">{name}</th><td>{state}</td></tr>', name=one.ref.label, state=_state(one))
        for one in books
    )
    return card_head("Files and locks") + table(("Workbook", "State"), [rows], label="Files")


def _state(one: BookState) -> Html:
    said = []
    if one.is_missing:
        said.append(chip("fail", "missing"))
    if one.is_open:
        said.append(chip("warn", "open elsewhere", "lock"))
    if one.is_changed:
        said.append(chip("info", "changed since the last sync"))
    return joined(said or [chip("ok", "in step")], " ")

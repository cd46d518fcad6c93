"""Saved filters, the team's and one's own: what each means, a link to what it finds, and forgetting one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from roadwright.api.state import Caller
from roadwright.domain.roles import Role
from roadwright.services.backlog import own_filters, remove_filter, remove_own_filter, saved_filters
from roadwright.web.formats import moment
from roadwright.web.kit import ACTS, Html, attributes, button, card_head, empty, html, icon, joined, region, table
from roadwright.web.page import Visit, address_of


@dataclass(frozen=True)
class _Row:
    """A filter, whoever sees it."""

    name: str
    text: str
    saved_at: str
    is_own: bool
    may_remove: bool


async def filters_part(visit: Visit) -> None:
    """The card, and its acts."""
    card = region(_card(await visit.read(_rows, visit.caller)), "rw-card", test="filters")

    async def again(name: str, text: str) -> None:
        visit.notice("ok", f"{name} is removed; it was: {text}")
        card.show(_card(await visit.read(_rows, visit.caller)))

    @visit.act("remove-filter", Role.PLANNER)
    async def remove(name: str) -> None:
        removed = await visit.read(remove_filter, name)
        await again(removed.name, removed.filter_text)

    @visit.act("remove-own-filter")
    async def remove_own(name: str) -> None:
        removed = await visit.read(remove_own_filter, visit.caller.who, name)
        await again(removed.name, removed.filter_text)


def _rows(session: Session, caller: Caller) -> list[_Row]:
    may_remove = caller.role.may(Role.PLANNER)
    team = [_Row(one.name, one.filter_text, one.updated_at, False, may_remove) for one in saved_filters(session)]
    own = [_Row(one.name, one.filter_text, one.updated_at, True, True) for one in own_filters(session, caller.who)]
    return team + own


def _card(known: list[_Row]) -> Html:
    head = card_head("Saved filters")
    if not known:
        return head + empty("No filter is saved yet. The backlog's filter line saves one by name.")
    columns = ("Name", "Filter", "Who sees it", "Saved", ACTS)
    return head + table(columns, [joined(_row(one) for one in known)], label="Saved filters", stacks=True)


def _row(one: _Row) -> Html:
    whose, act = ("own-", "remove-own-filter") if one.is_own else ("", "remove-filter")
    return html(
        '<tr{a}><th scope="row"><a href="{to}">{name}</a></th><td><code>{text}</code></td><td>{whose}</td>'
        '<td>{when}</td><td class="num">{button}</td></tr>',
        a=attributes(data_testid=f"{whose}filter-{one.name}"),
        to=address_of("backlog", filter=one.text if one.is_own else f"@{one.name}"),
        name=one.name,
        text=one.text,
        whose=icon("person") + html(" Only you") if one.is_own else "Team",
        when=moment(one.saved_at),
        button=button("Remove", act, small=True, test=f"remove-{whose}{one.name}", name=one.name)
        if one.may_remove
        else "",
    )

"""Saved filters, the team's and one's own: what each means, a link to what it finds, and forgetting one."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.roles import Role
from roadwright.services.backlog import SeenFilter, remove_filter, remove_own_filter, seen_filters
from roadwright.web.formats import moment
from roadwright.web.kit import ACTS, Html, attributes, button, card_head, empty, html, icon, joined, region, table
from roadwright.web.page import Visit, address_of


async def filters_part(visit: Visit) -> None:
    """The card, and its acts."""

    async def shown() -> Html:
        known = await visit.read(seen_filters, visit.caller.who)
        return _card(known, may_remove=visit.may(Role.PLANNER))

    card = region(await shown(), "rw-card", test="filters")

    async def again(name: str, text: str) -> None:
        visit.notice("ok", f"{name} is removed; it was: {text}")
        card.show(await shown())

    @visit.act("remove-filter", Role.PLANNER)
    async def remove(name: str) -> None:
        removed = await visit.read(remove_filter, name)
        await again(removed.name, removed.filter_text)

    @visit.act("remove-own-filter")
    async def remove_own(name: str) -> None:
        removed = await visit.read(remove_own_filter, visit.caller.who, name)
        await again(removed.name, removed.filter_text)


def _card(known: Sequence[SeenFilter], *, may_remove: bool) -> Html:
    head = card_head("Saved filters")
    if not known:
        return head + empty("No filter is saved yet. The backlog's filter line saves one by name.")
    columns = ("Name", "Filter", "Who sees it", "Saved", ACTS)
    return head + table(
        columns, [joined(_row(one, may_remove=may_remove) for one in known)], label="Saved filters", stacks=True
    )


def _row(one: SeenFilter, *, may_remove: bool) -> Html:
    whose, act = ("own-", "remove-own-filter") if one.is_own else ("", "remove-filter")
    return html(
        '<tr{a}><th scope="row"><a href="{to}">{name}</a></th><td><code>{text}</code></td><td>{whose}</td>'
        '<td>{when}</td><td class="num">{button}</td></tr>',
        a=attributes(data_testid=f"{whose}filter-{one.name}"),
        to=address_of("backlog", filter=one.filter_text if one.is_own else f"@{one.name}"),
        name=one.name,
        text=one.filter_text,
        whose=icon("person") + html(" Only you") if one.is_own else "Team",
        when=moment(one.updated_at),
        button=button("Remove", act, small=True, test=f"remove-{whose}{one.name}", name=one.name)
        if may_remove or one.is_own
        else "",
    )

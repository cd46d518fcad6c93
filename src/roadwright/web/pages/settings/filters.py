"""The backlog's saved filters: what each means, a link to what it finds, and forgetting one."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.roles import Role
from roadwright.services.backlog import remove_filter, saved_filters
from roadwright.store.models import SavedFilter
from roadwright.web.formats import moment
from roadwright.web.kit import ACTS, Html, attributes, button, card_head, empty, html, joined, region, table
from roadwright.web.page import Visit, address_of


async def filters_part(visit: Visit) -> None:
    """The card, and its act."""
    card = region(_card(await visit.read(saved_filters)), "rw-card", test="filters")

    @visit.act("remove-filter", Role.PLANNER)
    async def remove(name: str) -> None:
        removed = await visit.read(remove_filter, name)
        visit.notice("ok", f"{removed.name} is removed; it was: {removed.filter_text}")
        card.show(_card(await visit.read(saved_filters)))


def _card(known: Sequence[SavedFilter]) -> Html:
    head = card_head("Saved filters")
    if not known:
        return head + empty("No filter is saved yet. The backlog's filter line saves one by name.")
    return head + table(("Name", "Filter", "Saved", ACTS), [joined(_row(one) for one in known)], label="Saved filters")


def _row(one: SavedFilter) -> Html:
    return html(
        '<tr{a}><th scope="row"><a href="{to}">{name}</a></th><td><code>{text}</code></td><td>{when}</td>'
        '<td class="num">{button}</td></tr>',
        a=attributes(data_testid=f"filter-{one.name}"),
        to=address_of("backlog", filter=f"@{one.name}"),
        name=one.name,
        text=one.filter_text,
        when=moment(one.updated_at),
        button=button("Remove", "remove-filter", small=True, test=f"remove-{one.name}", name=one.name),
    )

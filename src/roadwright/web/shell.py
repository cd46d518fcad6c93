"""The shell of a page: skip link, navigation, head, main, and what may float over them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nicegui import ui

from roadwright.domain.messages import Message
from roadwright.web.kit import Html, attributes, button, dialog, html, icon, joined, region
from roadwright.web.page import Visit
from roadwright.web.places import PLACES, Place, addresses
from roadwright.web.words import initials

BRAND = html(
    '<svg viewBox="0 0 20 20" aria-hidden="true"><rect width="20" height="20" rx="5"/>'
    '<path d="M7 16 9 4M13 16 11 4M10 5v2M10 9v2M10 13v2"/></svg>'
)
_ALWAYS = (
    ("/", "to the filter"),
    ("?", "this list"),
    ("Esc", "closes the topmost"),
    ("← →", "inside switches and tabs"),
)


@asynccontextmanager
async def shell(
    visit: Visit,
    place: str,
    title: str,
    *,
    lead: str | Html = "",
    actions: str | Html = "",
    wide: bool = False,
    keys: tuple[tuple[str, str], ...] = (),
) -> AsyncIterator[None]:
    """What is made inside becomes the page's main part. ``keys`` are the page's own, with what they do."""
    shown = await shown_places(visit)
    visit.plain_outside()
    _draw(visit, shown, place, keys)
    with ui.element("main").classes("rw-main wide" if wide else "rw-main").props("id=main tabindex=-1"):
        ui.html(str(_head(title, lead, actions)), sanitize=False, tag="header").classes("rw-head")
        yield


async def shown_places(visit: Visit) -> list[tuple[Place, str]]:
    """The places that this person may go to, and where each leads."""
    where = await visit.room.shared.read(addresses)
    return [(one, where[one.name]) for one in PLACES if one.name in visit.room.places and visit.may(one.role)]


def _head(title: str, lead: str | Html, actions: str | Html) -> Html:
    said = html("<p>{lead}</p>", lead=lead) if lead else Html()
    acts = html('<div class="rw-acts">{actions}</div>', actions=actions) if actions else Html()
    return html("<div><h1>{title}</h1>{lead}</div>{acts}", title=title, lead=said, acts=acts)


def _draw(visit: Visit, shown: list[tuple[Place, str]], here: str, keys: tuple[tuple[str, str], ...]) -> None:
    links = joined(
        html(
            "<a{a}>{icon}<span>{words}</span></a>",
            a=attributes(
                href=address,
                aria_current="page" if one.name == here else None,
                data_testid=f"nav-{one.name}",
                data_key=one.key,
                data_rest=not one.on_phone,
            ),
            icon=icon(one.name),
            words=one.words,
        )
        for one, address in shown
    )
    theme = button("Light or dark", look="ghost", glyph="moon", only_icon=True, test="theme", local="theme")
    nav = html(
        '<a class="rw-skip" href="#main">Skip to content</a><nav aria-label="Main"><div class="rw-brand">{brand}</div>'
        '<div class="rw-links">{links}</div><div class="rw-foot">{theme}{who}</div></nav>',
        brand=BRAND,
        links=links,
        theme=theme,
        who=_person(visit, shown),
    )
    ui.html(str(nav), sanitize=False).classes("rw-nav")
    floats = html(
        '<div class="rw-offline" role="alert">{icon}<span></span></div><div class="rw-notices"></div>'
        '<div class="rw-keys">{keys}</div>',
        icon=icon("warn"),
        keys=_keys(shown, keys),
    )
    ui.html(str(floats), sanitize=False).classes("rw-floats")


def _person(visit: Visit, shown: list[tuple[Place, str]]) -> Html:
    """The avatar: who, in which role, the places that a phone's bar has no room for, and the way out."""
    caller = visit.caller
    rest = joined(
        html('<a class="only-phone" href="{to}">{icon}{words}</a>', to=address, icon=icon(one.name), words=one.words)
        for one, address in shown
        if not one.on_phone
    )
    theme = html(
        '<button type="button" class="only-phone" data-local="theme">{i}Light or dark</button>', i=icon("moon")
    )
    out = html(
        '<form method="post" action="/sign-out"><button data-testid="sign-out">{i}Sign out</button></form>',
        i=icon("out"),
    )
    return html(
        '<details class="rw-who"><summary data-testid="who" aria-label="{who}, {role}">{initials}</summary>'
        "<div><p>{who}<small>{role}{local}</small></p>{rest}{theme}"
        '<button type="button" data-local="keys">{key}Keys</button>{out}</div></details>',
        who=caller.who,
        role=caller.role,
        local=", at this machine" if caller.is_local else "",
        initials=initials(caller.who),
        rest=rest,
        theme=theme,
        key=icon("key"),
        out="" if caller.is_local else out,
    )


def _keys(shown: list[tuple[Place, str]], own: tuple[tuple[str, str], ...]) -> Html:
    lines = [*((f"g {one.key}", one.words) for one, _ in shown), *_ALWAYS, *own]
    listed = joined(
        html(
            "<dt>{keys}</dt><dd>{words}</dd>",
            keys=joined((html("<kbd>{k}</kbd>", k=k) for k in keys.split(" ")), " "),
            words=words,
        )
        for keys, words in lines
    )
    return dialog("rw-keys", "Keys", html("<dl>{listed}</dl>", listed=listed))


def show_fault(visit: Visit, status: int, message: Message) -> None:
    """A page that can't be shown: why, and the way home."""
    visit.client.status_code = status
    visit.plain_outside()
    title = {403: "Not allowed", 404: "Not found"}.get(status, "Something went wrong")
    words = str(message)
    with ui.element("main").classes("rw-main").props("id=main tabindex=-1"):
        region(_head(title, f"{words[:1].upper()}{words[1:]}.", ""), "rw-head", tag="header")
        region(html('<p><a class="rw-link" href="/">Home</a></p>'))

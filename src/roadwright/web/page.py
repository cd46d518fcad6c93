"""A page of the control room: registered with the role it needs, built for a visit, and asked by its acts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar
from urllib.parse import quote, urlencode

import structlog
from fastapi import Request
from nicegui import Client, app, events, ui
from pydantic import ValidationError
from sqlalchemy.orm import Session

from roadwright.api.asking import asked_for
from roadwright.api.events import Event
from roadwright.api.guard import caller_of
from roadwright.api.state import Caller, Server
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.messages import Message, MessageError
from roadwright.domain.roles import Role
from roadwright.services.people.accounts import keep_preference, preference
from roadwright.store.models import ActionRun
from roadwright.web.acts import Act, Done
from roadwright.web.live import Told
from roadwright.web.room import Room

Theme = Literal["light", "dark", "system"]
Density = Literal["compact", "normal", "roomy"]
LOOK = "look"
"""The name of the preference that holds theme and density."""
log = structlog.get_logger("roadwright.web")
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """How somebody wants the pages to look."""

    theme: Theme = "system"
    density: Density = "normal"

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Look:
        """What was chosen; the default for what was not, or is not known any more."""
        theme, density = chosen.get("theme"), chosen.get("density")
        return cls(
            theme if theme in ("light", "dark") else "system", density if density in ("compact", "roomy") else "normal"
        )


class Visit:
    """One open page: who looks at it, what its address says, and what can be done to it."""

    def __init__(self, room: Room, request: Request, client: Client, caller: Caller, look: Look) -> None:
        self.room = room
        self.client = client
        self.caller = caller
        """Who opened the page. What may be done is asked of `may` and checked again with each act."""
        self.look = look
        self.path: Mapping[str, str] = request.path_params
        self.query: Mapping[str, str] = request.query_params
        self.address: str = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self._nonce: str = request.scope["state"]["nonce"]
        self._acts: dict[str, Act] = {}
        self._told: list[Told] = []
        ui.on("act", self._heard)

    @property
    def server(self) -> Server:
        return self.room.server

    def may(self, role: Role) -> bool:
        """Whether whoever looks may do what needs this role; else its controls are left away."""
        return self.caller.role.may(role)

    # Reading and doing, in a thread, so that no page waits for another's database

    async def read(self, load: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``load(session, …)`` finds, or does, in one transaction."""

        def loaded() -> T:
            with self.server.workspace.store.transaction() as session:
                return load(session, *args, **kwargs)

        return await asyncio.to_thread(loaded)

    async def ask(
        self,
        action: str,
        tab: str | None = None,
        select: str | None = None,
        options: Mapping[str, object] = MappingProxyType({}),
    ) -> ActionRun:
        """Ask for an action, in the role that this person has now; its progress is heard by `follow`."""
        caller = await self.standing()
        return await asyncio.to_thread(asked_for, self.server, caller, action, tab, select, options)

    # Acts

    def act(self, name: str, role: Role = Role.VIEWER) -> Callable[[Done], Done]:
        """Decorates what is done when a control of this act is used. Its parameters are the values that it takes."""

        def register(do: Done) -> Done:
            self._acts[name] = Act(name, role, do)
            return do

        return register

    async def standing(self) -> Caller:
        """Who this is now: the role may be another one than when the page was opened. Raises SignedOut."""
        caller = await asyncio.to_thread(caller_of, self.server, self.caller.digest, is_cookie=self.caller.by_cookie)
        if caller is None:
            raise SignedOut("not_signed_in")
        return replace(caller, door="web")

    async def _heard(self, event: events.GenericEventArguments) -> None:
        given = dict(event.args) if isinstance(event.args, dict) else {}
        name = given.pop("act", None)
        act = self._acts.get(name) if isinstance(name, str) else None
        with self.client:
            try:
                await self._do(act, str(name), given)
            except SignedOut:
                ui.navigate.to(f"/sign-in?{urlencode({'then': self.address})}")
            except RoadwrightError as error:
                self.notice("fail", error.message)
            except MessageError as error:
                log.info("act", act=str(name), who=self.caller.who, refused=error.message.code)
                self.notice("fail", error.message)
            except Exception:
                log.exception("fault", act=str(name), path=self.address)
                self.notice("fail", Message("page_fault"))

    async def _do(self, act: Act | None, name: str, given: Mapping[str, object]) -> None:
        if act is None:
            raise Refused("act_unknown", act=name)
        caller = await self.standing()
        if not caller.role.may(act.role):
            raise Refused("role_too_low", needed=act.role, role=caller.role)
        try:
            values = act.read(given)
        except ValidationError as wrong:
            raise Refused("act_wrong", fields=[str(one["loc"][0]) for one in wrong.errors() if one["loc"]]) from wrong
        await act.do(**values)

    # What happens elsewhere

    def follow(self, told: Told) -> None:
        """Tell the page what happens in the workspace: lists of events, of kind ``run``, ``rows``, and ``returned``
        once the connection is back, when all that is shown should be read again.
        """

        async def inside(happened: Sequence[Event]) -> None:
            with self.client:
                await told(happened)

        self._told.append(inside)
        self.client.on_delete(self.room.live.follow(inside))

    async def returned(self) -> None:
        """The connection is back."""
        for told in self._told:
            await told([Event("", "returned", {})])

    # What the page can be told to do

    def notice(self, kind: Literal["ok", "warn", "fail"], said: str | Message) -> None:
        """Say something over the page: what came of an act."""
        text = said if isinstance(said, str) else str(said)
        self.script("notice", kind, text[:1].upper() + text[1:])

    def script(self, name: str, /, *arguments: object) -> None:
        """Call a function of ``rw`` in the browser: answer, cells, html, open, close, tab, place, saved, busy."""
        given = ", ".join(json.dumps(one, ensure_ascii=True) for one in arguments)
        self.client.run_javascript(f"rw.{name}({given})")

    def saved(self, form: str) -> None:
        """What was typed into the form of this id is kept by the server now: the browser may forget it."""
        self.script("saved", form)

    def go(self, address: str) -> None:
        """Open another page."""
        ui.navigate.to(address)

    def stay_at(self, address: str) -> None:
        """Show this address for what the page shows now, so that a link to it opens the same."""
        self.address = address
        self.script("place", address)

    def dress(self) -> None:
        """Theme and density, before anything is drawn, so that nothing flashes; and the acts that change them."""
        dark = {"light": "false", "dark": "true"}.get(
            self.look.theme, "matchMedia('(prefers-color-scheme: dark)').matches"
        )
        density = "" if self.look.density == "normal" else f"document.body.dataset.density = '{self.look.density}';"
        ui.add_body_html(
            f'<script nonce="{self._nonce}">if ({dark}) document.body.classList.add("body--dark"); {density}</script>'
        )
        self.client.page = copy(self.client.page)
        self.client.page.dark = {"light": False, "dark": True}.get(self.look.theme)

        @self.act("theme")
        async def theme(theme: Theme) -> None:
            await self.keep_look(theme=theme)

        @self.act("density")
        async def density_(value: Density) -> None:
            await self.keep_look(density=value)
            self.script("density", value)

        @self.act("returned")
        async def returned() -> None:
            await self.returned()

    def plain_outside(self) -> None:
        """NiceGUI stands everything in a main part of its own; ours is the one that counts."""
        slot = self.client.content.parent_slot
        if slot is not None:
            slot.parent.tag = "div"

    async def keep_look(self, **chosen: str) -> None:
        """Keep how this person wants the pages to look: theme, density."""
        await self.read(keep_preference, self.caller.who, LOOK, chosen)


class SignedOut(MessageError):
    """The session of whoever acts has ended."""


class Refused(MessageError):
    """An act that the page does not have, or may not do now, or with values it does not take."""


Build = Callable[[Visit], Awaitable[None]]


@dataclass(frozen=True)
class Page:
    """A page that is registered."""

    path: str
    title: str
    place: str
    role: Role
    build: Build


PAGES: list[Page] = []
"""All pages, in the order in which they were registered."""


def page(path: str, title: str, *, place: str, role: Role = Role.VIEWER) -> Callable[[Build], Build]:
    """Decorates the function that builds a page: ``async def runs(visit: Visit) -> None``.

    ``place`` is the entry of the navigation that it belongs to; ``role`` is needed to open it. Parts of the path in
    braces are found in ``visit.path``; ``{name:path}`` takes names with slashes.
    """

    def register(build: Build) -> Build:
        PAGES.append(Page(path, title, place, role, build))
        return build

    return register


def serve_pages(fault: Callable[[Visit, int, Message], None]) -> None:
    """Let NiceGUI serve all that are registered. ``fault`` shows what keeps a page from being shown."""
    for one in PAGES:
        _serve(one, fault)


def _serve(one: Page, fault: Callable[[Visit, int, Message], None]) -> None:
    @ui.page(one.path, title=f"{one.title} · Roadwright", response_timeout=60, reconnect_timeout=30)
    async def built(request: Request, client: Client) -> None:
        room: Room = app.state.room
        caller = replace(request.scope["state"]["caller"], door="web")

        def looked() -> Look:
            with room.server.workspace.store.transaction() as session:
                return Look.of(preference(session, caller.who, LOOK))

        visit = Visit(room, request, client, caller, await asyncio.to_thread(looked))
        visit.dress()
        if not visit.may(one.role):
            fault(visit, 403, Message("role_too_low", params={"needed": one.role, "role": caller.role}))
            return
        try:
            await one.build(visit)
        except RoadwrightError as error:
            fault(visit, 404, error.message)
        except Exception:
            log.exception("fault", path=visit.address, request_id=request.scope["state"]["request_id"])
            problem = Message("server_fault", params={"request_id": request.scope["state"]["request_id"]})
            fault(visit, 500, problem)


def address_of(*parts: str, **query: str | None) -> str:
    """An address of ours: its parts and what it asks, each quoted as it has to be."""
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    asked = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path

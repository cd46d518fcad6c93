"""What all pages of one process share: its server, what happens in the workspace, and which pages there are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from roadwright.api.events import Hub
from roadwright.api.state import Server
from roadwright.grid.cells import StepsOfSessions
from roadwright.web.assets import Assets
from roadwright.web.live import Live
from roadwright.workspace.workspace import Workspace

T = TypeVar("T")
_KEPT_SECONDS = 2.0
"""How long what was read may stand though nothing is heard: of workbooks that somebody saved, nothing is."""


class SharedReads:
    """What looks through the whole workspace is read once for all who open a page at about the same time.

    What was read stands until something happens in the workspace, and for seconds at most.
    """

    def __init__(self, workspace: Workspace, hub: Hub) -> None:
        self._workspace = workspace
        self._hub = hub
        self._locks: dict[Callable[..., Any], asyncio.Lock] = {}
        self._kept: dict[Callable[..., Any], tuple[int, float, Any]] = {}

    async def read(self, load: Callable[[Session, Workspace], T]) -> T:
        """What ``load`` finds; it must not give out what belongs to its session, or to a person."""

        def loaded() -> T:
            with self._workspace.store.transaction() as session:
                return load(session, self._workspace)

        async with self._locks.setdefault(load, asyncio.Lock()):
            newest, began = self._hub.place_of(None), time.monotonic()
            heard, at, found = self._kept.get(load, (-1, 0.0, None))
            if heard != newest or began - at > _KEPT_SECONDS:
                found = await asyncio.to_thread(loaded)
                self._kept[load] = newest, began, found
            shared: T = found
            return shared


@dataclass(frozen=True)
class Room:
    """One control room; a process has one."""

    server: Server
    live: Live
    assets: Assets
    shared: SharedReads
    places: frozenset[str] = field(default_factory=frozenset)
    """The places of the navigation that have a page."""
    edits: StepsOfSessions = field(default_factory=StepsOfSessions)
    """What was edited on the Backlog, by session, to be taken back."""

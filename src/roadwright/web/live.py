"""What happens in the workspace, told to every open page: one look at the hub for all, at most four times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from roadwright.api.events import Event, Hub

SECONDS = 0.25
"""Between two looks, so that no page is told more often."""
Told = Callable[[Sequence[Event]], Awaitable[None]]
log = structlog.get_logger("roadwright.web")


class _Follower:
    """One page that listens. While it is busy with what it was told, what else happens is collected."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._waiting: list[Event] = []
        self._task: asyncio.Task[None] | None = None

    def tell(self, events: Sequence[Event]) -> None:
        self._waiting += events
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            events, self._waiting = self._waiting, []
            try:
                await self._told(events)
            except Exception:
                log.exception("fault", at="live")

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()


class Live:
    """Tells pages what the hub has heard. Everything here happens on the event loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._followers: dict[int, _Follower] = {}
        self._number = 0
        self._task: asyncio.Task[None] | None = None

    def follow(self, told: Told) -> Callable[[], None]:
        """Tell this from now on. Returns what ends it."""
        self._number += 1
        number = self._number
        self._followers[number] = _Follower(told)

        def end() -> None:
            follower = self._followers.pop(number, None)
            if follower is not None:
                follower.stop()

        return end

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        place = self._hub.place_of(None)
        while not self._hub.is_over:
            place, events = self._hub.since(place)
            if events:
                for follower in list(self._followers.values()):
                    follower.tell(events)
            await asyncio.sleep(SECONDS)

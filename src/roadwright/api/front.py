"""What stands at the socket from the first moment: requests wait here until what answers them is loaded."""

from __future__ import annotations

import asyncio
import threading

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CALLS = "/api/"


class Front:
    """An ASGI application before the one that is still loading. Calls are answered before there are pages."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._has_calls = threading.Event()
        """Set from the thread that loads."""
        self._is_open = asyncio.Event()
        self._is_closed = False
        self._life: asyncio.Task[None] | None = None
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()

    def answer_calls(self, app: ASGIApp) -> None:
        """The calls are loaded; from a thread. Pages are not yet."""
        self._app = app
        self._has_calls.set()

    async def open(self, app: ASGIApp) -> None:
        """All is loaded: begin the application's life, and let in whoever waits."""
        self._app = app
        self._life = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, *self._wires()))  # type: ignore[arg-type]
        await self._to_app.put({"type": "lifespan.startup"})
        said = await self._from_app.get()
        if said["type"] != "lifespan.startup.complete":
            raise RuntimeError(said.get("message") or "the application can't start")
        self._is_open.set()

    def close(self) -> None:
        """Nothing is going to be loaded: whoever waits is sent away."""
        self._is_closed = True
        self._is_open.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        while not self._is_open.is_set() and not (self._has_calls.is_set() and scope["path"].startswith(_CALLS)):
            await asyncio.sleep(0.02)
        if self._app is None or self._is_closed:
            return
        await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The server's own life: begun at once, and ended after the application's."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._life is not None and self._is_open.is_set() and not self._is_closed:
            await self._to_app.put({"type": "lifespan.shutdown"})
            await self._from_app.get()
            await self._life
        await send({"type": "lifespan.shutdown.complete"})

    def _wires(self) -> tuple[Receive, Send]:
        return self._to_app.get, self._from_app.put

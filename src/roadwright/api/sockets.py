"""Sockets of pages: refused, or open for as long as whoever opened them may come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK_SECONDS = 1.0
"""How often an open socket is asked whether its session still stands."""
_POLICY = 1008
"""The code of a connection that is closed because it is not allowed."""


async def refuse(receive: Receive, send: Send) -> None:
    """Answer a socket that may not be opened."""
    await receive()
    await send({"type": "websocket.close", "code": _POLICY})


async def while_valid(app: ASGIApp, scope: Scope, receive: Receive, send: Send, is_valid: Callable[[], bool]) -> None:
    """Serve a socket, and close it once ``is_valid`` says no. It is asked in a thread."""
    over = asyncio.Event()

    async def told(message: Message) -> None:
        if not over.is_set():
            await send(message)

    async def heard() -> Message:
        message, end = asyncio.ensure_future(receive()), asyncio.ensure_future(over.wait())
        try:
            await asyncio.wait((message, end), return_when=asyncio.FIRST_COMPLETED)
            if message.done() and not over.is_set():
                return message.result()
            return {"type": "websocket.disconnect", "code": _POLICY}
        finally:
            message.cancel()
            end.cancel()

    async def watched() -> None:
        while await run_in_threadpool(is_valid):
            await asyncio.sleep(LOOK_SECONDS)
        over.set()
        with suppress(RuntimeError):  # it was closed at the same moment
            await send({"type": "websocket.close", "code": _POLICY})

    watch = asyncio.create_task(watched())
    try:
        await app(scope, heard, told)
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch

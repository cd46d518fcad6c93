"""Serving: from the open workspace to the process that answers, and its end in good order."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from roadwright.api.front import Front
from roadwright.api.limits import LARGEST_BODY
from roadwright.domain.addresses import LOOPBACK
from roadwright.domain.errors import InputError, OperationError
from roadwright.domain.garbage import keep_loaded
from roadwright.jobs.logs import log_as_json
from roadwright.services.people.accounts import has_users
from roadwright.workspace.workspace import Workspace

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from roadwright.api.state import Server
    from roadwright.jobs.requests import RequestsWatch
    from roadwright.jobs.watching import Watch


class CantServe(OperationError):
    """The address can't be served at; the message says why."""


class NotForStrangers(InputError):
    """The server would be reached by others, and nobody could sign in."""


def listening(host: str, port: int) -> socket.socket:
    """A socket at this address; of port 0 one that is free. Raises CantServe."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else each answer waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as fault:
        listener.close()
        why = getattr(fault, "strerror", None) or str(fault)
        raise CantServe("address_not_served", host=host, port=port, why=why) from fault
    return listener


class _Serving(uvicorn.Server):
    """Leaves signals to whoever serves."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of its own."""
        yield


@dataclass(frozen=True)
class _Loaded:
    """What serves, once it is loaded."""

    server: Server
    watches: Sequence[Watch | RequestsWatch]
    app: FastAPI


def serve(
    workspace: Workspace,
    host: str,
    port: int,
    *,
    with_worker: bool,
    watches: bool,
    told: Callable[[str], None],
    furnish: Callable[[FastAPI, Server], None],
) -> None:
    """Serve until it is told to end. Raises CantServe, NoClientSecret, NotForStrangers.

    ``told`` hears the address once it is listened at, which is before all of the application is loaded: requests that
    come until then wait. ``furnish`` adds the pages, which stand above this room.
    """
    oidc = workspace.settings.auth.oidc
    if oidc is not None:
        from roadwright.api.oidc import check_oidc  # noqa: PLC0415 - of those that have it only

        check_oidc(workspace.settings)
    with workspace.store.transaction() as session:
        anybody = has_users(session) or (host not in LOOPBACK and oidc is not None)
    if host not in LOOPBACK and not anybody:
        raise NotForStrangers("no_user_to_serve", host=host)
    log_as_json()
    listener = listening(host, port)
    settings = workspace.settings.server
    number, key = listener.getsockname()[1], secrets.token_urlsafe(24)
    front = Front()

    def load() -> _Loaded:
        loaded = _load(workspace, host, number, key, with_worker=with_worker, saves=watches)
        front.answer_calls(loaded.app)
        furnish(loaded.app, loaded.server)
        keep_loaded()
        return loaded

    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{number}/" + ("" if anybody else f"?key={key}")
    config = http_config(front, settings.trusted_proxies)
    asyncio.run(_serve(front, _Serving(config), listener, load, lambda: told(f"Roadwright is at {address}")))


def http_config(app: ASGIApp, trusted_proxies: Sequence[str]) -> uvicorn.Config:
    """How the application is served; what is said to come from elsewhere is believed of these proxies only."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        lifespan="on",
        ws="websockets-sansio",
        ws_max_size=LARGEST_BODY,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=64 * 1024,
    )


def _load(workspace: Workspace, host: str, port: int, key: str, *, with_worker: bool, saves: bool) -> _Loaded:
    """The server and the calls. Their packages take a second or two to load."""
    from roadwright.api.app import make_app  # noqa: PLC0415
    from roadwright.api.state import Server  # noqa: PLC0415
    from roadwright.jobs.pending import PendingWrites  # noqa: PLC0415
    from roadwright.jobs.requests import RequestsWatch  # noqa: PLC0415
    from roadwright.jobs.watching import Watch  # noqa: PLC0415
    from roadwright.jobs.worker import make_worker  # noqa: PLC0415

    server = Server(workspace, host, port, hosts=workspace.settings.server.hosts, key=key)
    pending = None
    if with_worker:
        pending = PendingWrites(workspace)
        server.worker = make_worker(workspace, pending.ended)
    server.pending = pending
    watches = (Watch(workspace, pending, server.wake, saves=saves), RequestsWatch(workspace, server.wake))
    return _Loaded(server, watches, make_app(server))


async def _serve(
    front: Front,
    http: uvicorn.Server,
    listener: socket.socket,
    load: Callable[[], _Loaded],
    told: Callable[[], None],
) -> None:
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()

    def heard(number: int) -> None:
        if ending.is_set():
            os._exit(128 + number)  # asked again: at once
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard, number)
    serving = asyncio.create_task(http.serve(sockets=[listener]))
    while not http.started and not serving.done():
        await asyncio.sleep(0.01)
    if not serving.done():
        told()
    try:
        loaded = await asyncio.to_thread(load)
        await front.open(loaded.app)
    except BaseException:
        front.close()
        http.should_exit = True
        await serving
        raise
    await _until_ended(loaded, serving, ending)
    http.should_exit = True
    await serving
    await asyncio.to_thread(loaded.server.follower.stop)


async def _until_ended(loaded: _Loaded, serving: asyncio.Task[None], ending: asyncio.Event) -> None:
    """Work until the end is asked for; runs get some seconds to end in good order."""
    from roadwright.jobs.running import GRACE_SECONDS  # noqa: PLC0415

    server = loaded.server
    server.hub.start()
    if server.worker is not None:
        server.worker.start()
    for watch in loaded.watches:
        watch.start()
    await asyncio.wait([serving, asyncio.create_task(ending.wait())], return_when=asyncio.FIRST_COMPLETED)
    server.is_closing = True
    server.solvers.close()
    server.hub.stop()
    for watch in loaded.watches:
        watch.stop()
    if server.worker is not None:
        await asyncio.to_thread(server.worker.stop, GRACE_SECONDS)

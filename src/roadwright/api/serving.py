"""Serving: from the open workspace to the process that answers, and its end in good order."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from roadwright.api.app import make_app
from roadwright.api.oidc import check_oidc
from roadwright.api.problems import LARGEST_BODY
from roadwright.api.state import LOOPBACK, Server
from roadwright.domain.errors import InputError, OperationError
from roadwright.jobs.logs import log_as_json
from roadwright.jobs.pending import PendingWrites
from roadwright.jobs.requests import RequestsWatch
from roadwright.jobs.running import GRACE_SECONDS
from roadwright.jobs.watching import Watch
from roadwright.jobs.worker import make_worker
from roadwright.services.people.accounts import has_users
from roadwright.workspace.workspace import Workspace


class CantServe(OperationError):
    """The address can't be served at; the message says why."""


class NotForStrangers(InputError):
    """The server would be reached by others, and nobody could sign in."""


def _listening(host: str, port: int) -> socket.socket:
    """A socket at this address; of port 0 one that is free. Raises CantServe."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sends at once on such ones only
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

    ``told`` hears the address once it answers; ``furnish`` adds the pages, which stand above this room.
    """
    check_oidc(workspace.settings)
    with workspace.store.transaction() as session:
        anybody = has_users(session) or (host not in LOOPBACK and workspace.settings.auth.oidc is not None)
    if host not in LOOPBACK and not anybody:
        raise NotForStrangers("no_user_to_serve", host=host)
    log_as_json()
    listener = _listening(host, port)
    settings = workspace.settings.server
    server = Server(workspace, host, listener.getsockname()[1], hosts=settings.hosts)
    pending = None
    if with_worker:
        pending = PendingWrites(workspace)
        server.worker = make_worker(workspace, pending.ended)
    server.pending = pending
    watch = Watch(workspace, pending, server.wake, saves=watches)
    requests = RequestsWatch(workspace, server.wake)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{server.port}/" + ("" if anybody else f"?key={server.key}")
    app = make_app(server)
    furnish(app, server)
    config = http_config(app, settings.trusted_proxies)
    asyncio.run(
        _serve(server, _Serving(config), listener, (watch, requests), lambda: told(f"Roadwright is at {address}"))
    )


def http_config(app: FastAPI, trusted_proxies: Sequence[str]) -> uvicorn.Config:
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


async def _serve(
    server: Server,
    http: uvicorn.Server,
    listener: socket.socket,
    watches: Sequence[Watch | RequestsWatch],
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
    server.hub.start()
    if server.worker is not None:
        server.worker.start()
    for watch in watches:
        watch.start()
    serving = asyncio.create_task(http.serve(sockets=[listener]))
    while not http.started and not serving.done():
        await asyncio.sleep(0.01)
    if not serving.done():
        told()
    await asyncio.wait([serving, asyncio.create_task(ending.wait())], return_when=asyncio.FIRST_COMPLETED)
    server.is_closing = True
    server.solvers.close()
    server.hub.stop()
    for watch in watches:
        watch.stop()
    if server.worker is not None:
        await asyncio.to_thread(server.worker.stop, GRACE_SECONDS)
    http.should_exit = True
    await serving
    await asyncio.to_thread(server.follower.stop)

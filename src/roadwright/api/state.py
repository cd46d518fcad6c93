"""What all calls of one server share."""

from __future__ import annotations

import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from roadwright.actions import ledger
from roadwright.api.events import Hub
from roadwright.domain.addresses import LOOPBACK
from roadwright.domain.roles import Role
from roadwright.jobs.following import Follower
from roadwright.jobs.pending import PendingWrites
from roadwright.jobs.worker import Worker
from roadwright.services.people.keys import digest_of
from roadwright.services.portfolios.workbench.pool import SolverPool
from roadwright.sheets.spec import TabSpec
from roadwright.workspace.workspace import Workspace


@dataclass(frozen=True)
class Caller:
    """Who calls: a signed-in person, a token, or the person at this machine."""

    who: str
    role: Role
    actions: frozenset[str] | None = None
    """The only actions it may run, where it is a token made for some; it reads, and does nothing else."""
    digest: str = ""
    """Of what it signed in with, to find out whether that still lets in."""
    by_cookie: bool = False
    is_local: bool = False
    """The person at this machine, while no user exists."""
    door: str = "api"
    """Which door it came in by, as the ledger names it."""

    @property
    def requested_by(self) -> str:
        """As the ledger names it, with the door."""
        return f"{self.door}:{self.who}"


@dataclass
class Server:
    """One server: its workspace, who does its runs, and how it is reached."""

    workspace: Workspace
    host: str = "127.0.0.1"
    port: int = 8765
    worker: Worker | None = None
    pending: PendingWrites | None = None
    """What waits to be written, where it is this process that does it."""
    hosts: Collection[str] = ()
    """Names by which it is reached, beyond its own."""
    hub: Hub = field(init=False)
    follower: Follower = field(init=False)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Lets the person at this machine in once, while no user exists."""
    local_sessions: set[str] = field(default_factory=set)
    """Digests of the cookies that the key was exchanged for; they end with the server."""
    solvers: SolverPool = field(default_factory=SolverPool)
    """Shared by all that ask what-if questions."""
    edits: threading.Lock = field(default_factory=threading.Lock)
    """Held by the call that edits rows: they take turns here before they wait for the workspace's."""
    sign_in_ways: list[tuple[str, str]] = field(default_factory=list)
    """How to sign in beside a password: words for the button, and the path where it begins, which is given ``then``."""
    started_at: float = field(default_factory=time.monotonic)
    is_closing: bool = False

    def __post_init__(self) -> None:
        self.hub = Hub(self.workspace.store)
        self.follower = Follower(self.workspace, self.wake)

    @property
    def cookie(self) -> str:
        """The name of the session cookie: another workspace, or port, has another one."""
        place = hashlib.sha256(str(self.workspace.root).encode()).hexdigest()[:8]
        return f"roadwright_{self.port}_{place}"

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server: else a page of somebody else's could reach it under its own name."""
        name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
        name = name.strip("[]").casefold()
        if name in {other.casefold() for other in self.hosts} or host.casefold() in {h.casefold() for h in self.hosts}:
            return True
        known = set(LOOPBACK) | {self.host}
        if not self.is_loopback:
            known |= {socket.gethostname().casefold(), socket.getfqdn().casefold()}
            if _is_address(name):  # no name that a stranger could let lead here
                return True
        return name in known and port in ("", str(self.port))

    def wake(self) -> None:
        """A run was written down."""
        if self.worker is not None:
            self.worker.wake()

    def follow(self, *specs: TabSpec) -> None:
        """Rows of these tabs were saved without their sheets: let the workbooks show them."""
        for spec in specs:
            self.follower.follow(spec)

    @property
    def local_person(self) -> Caller:
        """The person at this machine."""
        return Caller(ledger.requester("local").partition(":")[2], Role.ADMIN, by_cookie=True, is_local=True)

    def exchange(self, key: str) -> str | None:
        """A cookie for the key, where it is the right one."""
        if not secrets.compare_digest(key.encode(errors="replace"), self.key.encode()):
            return None
        secret = secrets.token_urlsafe(32)
        self.local_sessions.add(digest_of(secret))
        return secret


def _is_address(name: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, name)
        except OSError:
            continue
        return True
    return False


def _server(request: Request) -> Server:
    server = request.app.state.server
    assert isinstance(server, Server)
    return server


def _caller(request: Request) -> Caller:
    caller = request.scope["state"]["caller"]
    assert isinstance(caller, Caller)
    return caller


ServerOf = Annotated[Server, Depends(_server)]
CallerOf = Annotated[Caller, Depends(_caller)]

"""Workers: they do the runs that wait for one, the oldest first.

Runs begin in the order in which they were asked for, and the next one begins when the one before has ended, or has
given back its turn because it solves or explains, which holds up nobody. On SQLite one worker inside the server takes
them from the ledger; on PostgreSQL any number of them, in servers or of their own, from a queue.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod

import structlog
from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions import ledger
from roadwright.jobs.running import GRACE_SECONDS, Ended, Running, nobody
from roadwright.store.models import ActionRun
from roadwright.store.queue import has_queue
from roadwright.workspace.workspace import Workspace

POLL_SECONDS = 1.0
"""How often is looked for runs of which nobody told."""
MOST_AT_ONCE = 4
"""How many runs a server has at once: one that works on the sheets, the others solve or explain."""
LATE_SECONDS = 0.5
log = structlog.get_logger("roadwright.worker")


class Worker(ABC):
    """Does the runs of one workspace, in a thread."""

    def __init__(self, workspace: Workspace, ended: Ended = nobody, *, at_once: int = MOST_AT_ONCE) -> None:
        self.workspace = workspace
        self.at_once = at_once
        self.running = Running(workspace, ended)
        self.stops = threading.Event()
        self._thread = threading.Thread(target=self.work, name="worker", daemon=True)
        self.seen_at = time.monotonic()
        """When it was last seen at work, or waiting for some."""

    def start(self) -> None:
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @abstractmethod
    def work(self) -> None:
        """Begin what waits, until it is to stop."""

    @abstractmethod
    def wake(self) -> None:
        """There is a run that waits, or it is to stop."""

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Begin no more, let what runs end in good order, and end it where that takes too long."""
        deadline = time.monotonic() + grace
        self.stops.set()
        self.wake()
        self.running.end(grace)
        self._thread.join(max(deadline - time.monotonic(), LATE_SECONDS))


def make_worker(workspace: Workspace, ended: Ended = nobody, *, at_once: int = MOST_AT_ONCE) -> Worker:
    """A worker of the kind that the workspace's database needs."""
    if has_queue(workspace.store.engine):
        from roadwright.jobs.queued import QueueWorker  # noqa: PLC0415 - procrastinate is for workers on PostgreSQL

        return QueueWorker(workspace, ended, at_once=at_once)
    return LedgerWorker(workspace, ended, at_once=at_once)


class LedgerWorker(Worker):
    """Takes the runs from the ledger: the only worker on its database."""

    def __init__(self, workspace: Workspace, ended: Ended = nobody, *, at_once: int = MOST_AT_ONCE) -> None:
        super().__init__(workspace, ended, at_once=at_once)
        self._awake = threading.Event()

    def wake(self) -> None:
        self._awake.set()

    def work(self) -> None:
        while not self.stops.is_set():
            self.seen_at = time.monotonic()
            try:
                run = ledger.waiting_for_worker(self.workspace.store)
            except SQLAlchemyError as fault:
                log.warning("database", why=str(fault))
                run = None
            if run is None:
                self._awake.wait(POLL_SECONDS)
                self._awake.clear()
            else:
                self._begin(run)

    def _begin(self, run: ActionRun) -> None:
        """Let a thread do the run, until it has ended or needs no turn."""
        is_aside = threading.Event()
        self.running.begin(run, is_aside=is_aside.set, is_over=is_aside.set)
        while not is_aside.wait(LATE_SECONDS) or len(self.running) >= self.at_once:
            self.seen_at = time.monotonic()
            if self.stops.is_set():
                return
            if is_aside.is_set():
                time.sleep(LATE_SECONDS)

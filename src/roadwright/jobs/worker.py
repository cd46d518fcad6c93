"""A worker inside a process: it does the runs that wait for one, the oldest first.

Runs begin in the order in which they were asked for, and the next one begins when the one before has ended, or has
given back its turn because it solves or explains, which holds up nobody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions import ledger
from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.execute import Door, execute
from roadwright.domain.messages import Message
from roadwright.store.models import ActionRun
from roadwright.workspace.workspace import Workspace

POLL_SECONDS = 1.0
"""How often the ledger is asked for runs that another process wrote down."""
GRACE_SECONDS = 10.0
"""How long runs get to end in good order."""
MOST_ASIDE = 4
"""How many runs it has at once: one that works on the sheets, the others solve or explain."""
_LATE = 0.5
log = structlog.get_logger("roadwright.worker")


def _ignore(_run: ActionRun) -> None:
    pass


@dataclass
class _Job:
    """One run that is being done."""

    run: ActionRun
    switch: CancelSwitch = field(default_factory=CancelSwitch)
    is_aside: threading.Event = field(default_factory=threading.Event)
    """Set once it needs no turn, or has ended."""
    has_ended: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Does the runs of one workspace. ``ended`` hears of each run that has ended."""

    def __init__(
        self, workspace: Workspace, ended: Callable[[ActionRun], None] = _ignore, *, at_once: int = MOST_ASIDE
    ) -> None:
        self._workspace = workspace
        self._ended = ended
        self._at_once = at_once
        self._awake = threading.Event()
        self._stops = threading.Event()
        self._jobs: list[_Job] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self.gate: AbstractContextManager[object] = nullcontext()
        """Entered before a run begins: whoever is in there has its turn first."""
        self.seen_at = time.monotonic()
        """When it was last seen at work, or waiting for some."""

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is a run that waits."""
        self._awake.set()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _work(self) -> None:
        while not self._stops.is_set():
            self.seen_at = time.monotonic()
            try:
                run = ledger.waiting_for_worker(self._workspace.store)
            except SQLAlchemyError as fault:
                log.warning("database", why=str(fault))
                run = None
            if run is None:
                self._awake.wait(POLL_SECONDS)
                self._awake.clear()
            else:
                with self.gate:
                    pass
                self._begin(run)

    def _begin(self, run: ActionRun) -> None:
        """Let a thread do the run, until it has ended or needs no turn."""
        job = _Job(run)
        with self._lock:
            self._jobs.append(job)
        threading.Thread(target=self._do, args=(job,), name=run.run_id, daemon=True).start()
        while not job.is_aside.wait(_LATE) or self._is_full():
            self.seen_at = time.monotonic()
            if self._stops.is_set():
                return
            if job.is_aside.is_set():
                time.sleep(_LATE)

    def _is_full(self) -> bool:
        with self._lock:
            return len(self._jobs) >= self._at_once

    def _do(self, job: _Job) -> None:
        try:
            settings = self._workspace.settings.model_copy(update={"lock_wait": 0.0})  # what waits is written later
            workspace = replace(self._workspace, settings=settings, is_aside=job.is_aside.set)
            door = Door(_quiet, _say_nothing, job.switch, completes_writes=True)
            execute(workspace, job.run, door)
        except Exception:
            log.exception("run broke", run_id=job.run.run_id, action=job.run.action)
        finally:
            with self._lock:
                self._jobs.remove(job)
            job.has_ended.set()
            job.is_aside.set()
            try:
                self._ended(job.run)
            except Exception:
                log.exception("the end of a run was not heard of", run_id=job.run.run_id)

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Begin no more, let what runs end in good order, and end it where that takes too long."""
        self._stops.set()
        self._awake.set()
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            job.switch.turn_on()
        deadline = time.monotonic() + grace
        for job in jobs:
            if not job.has_ended.wait(max(deadline - time.monotonic(), 0)):
                job.switch.break_off(str(Message("cancelled_by_stop")))
        self._thread.join(max(deadline - time.monotonic(), _LATE))


def _quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """The ledger has how far it is."""


def _say_nothing(message: str) -> None:
    """The ledger has what it waits for."""

"""The runs that a process does at once: each in a thread of its own, and how they end with the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.execute import Door, execute
from roadwright.domain.messages import Message
from roadwright.store.models import ActionRun
from roadwright.workspace.workspace import Workspace

GRACE_SECONDS = 10.0
"""How long runs get to end in good order."""
_CANCEL_SHARE = 0.3
"""The last part of that, in which those that have not ended by themselves are cancelled."""
log = structlog.get_logger("roadwright.worker")

Ended = Callable[[ActionRun], None]


def nobody(_run: ActionRun) -> None:
    """Hears of no end."""


@dataclass(eq=False)
class _Job:
    """One run that is being done."""

    run: ActionRun
    switch: CancelSwitch = field(default_factory=CancelSwitch)
    has_ended: threading.Event = field(default_factory=threading.Event)


class Running:
    """What a worker does now. ``ended`` hears of each run that has ended."""

    def __init__(self, workspace: Workspace, ended: Ended) -> None:
        self._workspace = workspace
        self._ended = ended
        self._jobs: set[_Job] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._jobs)

    def begin(self, run: ActionRun, *, is_aside: Callable[[], None], is_over: Callable[[], None]) -> None:
        """Let a thread do the run. ``is_aside`` is called once it needs no turn, ``is_over`` in the end."""
        job = _Job(run)
        with self._lock:
            self._jobs.add(job)
        threading.Thread(target=self._do, args=(job, is_aside, is_over), name=run.run_id, daemon=True).start()

    def _do(self, job: _Job, is_aside: Callable[[], None], is_over: Callable[[], None]) -> None:
        try:
            settings = self._workspace.settings.model_copy(update={"lock_wait": 0.0})  # what waits is written later
            workspace = replace(self._workspace, settings=settings, is_aside=is_aside)
            execute(workspace, job.run, Door(_quiet, _say_nothing, job.switch, completes_writes=True))
        except Exception:
            log.exception("run broke", run_id=job.run.run_id, action=job.run.action)
        finally:
            with self._lock:
                self._jobs.remove(job)
            job.has_ended.set()
            is_over()
            try:
                self._ended(job.run)
            except Exception:
                log.exception("the end of a run was not heard of", run_id=job.run.run_id)

    def end(self, grace: float = GRACE_SECONDS) -> None:
        """Let what runs end in good order: solves at once, with what they have found, the others by themselves.

        What takes longer is cancelled, and in the end broken off: then the process has to end.
        """
        with self._lock:
            jobs = list(self._jobs)
        deadline = time.monotonic() + grace
        for job in jobs:
            job.switch.wind_up()
        for job in jobs:
            if not job.has_ended.wait(max(deadline - grace * _CANCEL_SHARE - time.monotonic(), 0)):
                job.switch.turn_on()
        for job in jobs:
            if not job.has_ended.wait(max(deadline - time.monotonic(), 0)):
                job.switch.break_off(str(Message("cancelled_by_stop")))


def _quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """The ledger has how far it is."""


def _say_nothing(message: str) -> None:
    """The ledger has what it waits for."""

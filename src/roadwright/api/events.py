"""What happens in the workspace, told to whoever listens: runs that move on, and tabs whose rows changed."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from roadwright.domain.actions import OPEN_STATUSES
from roadwright.store.models import ActionRun
from roadwright.store.session import Store

KEPT = 1_000
"""Events that are kept for listeners who come back."""
LOOK_SECONDS = 0.4
BEAT_SECONDS = 15.0
"""How often a listener hears that the connection stands."""
log = structlog.get_logger("roadwright.events")


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    id: str
    kind: str
    data: dict[str, object]

    @property
    def is_end(self) -> bool:
        """Whether a run has ended."""
        return self.kind == "run" and self.data.get("status") not in OPEN_STATUSES

    @property
    def may_change_rows(self) -> bool:
        """Whether rows may have changed: they were saved, a run has ended, or the connection is back."""
        return self.kind in ("rows", "returned") or self.is_end

    def text(self) -> str:
        """As server-sent events are written."""
        return f"id: {self.id}\nevent: {self.kind}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n"


class Hub:
    """Looks at the ledger again and again, whichever process writes it, and keeps what is new."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._boot = secrets.token_hex(4)
        """Numbers of another start mean nothing here."""
        self._number = 0
        self._kept: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._stops = threading.Event()
        self._seen: dict[int, tuple[str, str | None]] = {}
        self._newest = -1
        self._thread = threading.Thread(target=self._watch, name="events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End, and let all listeners end."""
        self._stops.set()

    @property
    def is_over(self) -> bool:
        return self._stops.is_set()

    def say(self, kind: str, data: dict[str, object]) -> None:
        """Tell all listeners."""
        with self._lock:
            self._number += 1
            self._kept.append((self._number, Event(f"{self._boot}-{self._number}", kind, data)))

    def since(self, number: int) -> tuple[int, list[Event]]:
        """The events after this one, and the number of the newest."""
        with self._lock:
            return self._number, [event for at, event in self._kept if at > number]

    def place_of(self, last_event_id: str | None) -> int:
        """Where a listener goes on who has heard this event last; one that is new hears what comes from now on.

        One that has heard an event of an earlier start hears all that is kept.
        """
        if last_event_id is None:
            return self._number
        boot, _, number = last_event_id.rpartition("-")
        return int(number) if boot == self._boot and number.isdigit() else 0

    def _watch(self) -> None:
        while not self._stops.wait(LOOK_SECONDS):
            try:
                self._look()
            except SQLAlchemyError as fault:
                log.warning("database", why=str(fault))

    def _look(self) -> None:
        with self._store.transaction() as session:
            if self._newest < 0:
                self._newest = session.scalar(select(ActionRun.id).order_by(ActionRun.id.desc()).limit(1)) or 0
                waiting = select(ActionRun).where(ActionRun.status.in_(OPEN_STATUSES))
                self._seen = {run.id: (run.status, run.progress) for run in session.scalars(waiting)}
                return
            new = select(ActionRun).where(or_(ActionRun.id > self._newest, ActionRun.id.in_(list(self._seen))))
            runs = list(session.scalars(new.order_by(ActionRun.id)))
        for run in runs:
            self._newest = max(self._newest, run.id)
            now = (run.status, run.progress)
            if self._seen.get(run.id) == now:
                continue
            self._seen[run.id] = now
            said: dict[str, object] = {
                "run_id": run.run_id,
                "action": run.action,
                "status": run.status,
                "progress": run.progress,
            }
            self.say("run", said)
            if run.status not in OPEN_STATUSES:
                del self._seen[run.id]
                self._say_rows(run)

    def _say_rows(self, run: ActionRun) -> None:
        summary = run.summary_json or {}
        tabs = list(dict.fromkeys(str(row["tab"]) for row in run.rows_json or () if row.get("tab")))
        if any(summary.get(name) for name in ("saved", "created", "added", "removed")) and tabs:
            self.say("rows", {"run_id": run.run_id, "tabs": tabs})


async def listen(hub: Hub, place: int, still_valid: AsyncIterator[bool]) -> AsyncIterator[str]:
    """The events after this place, as they come, until the hub ends or the listener may hear no more."""
    silent = 0.0
    yield ": the connection stands\n\n"
    async for is_valid in still_valid:
        if hub.is_over or not is_valid:
            return
        place, events = hub.since(place)
        for event in events:
            yield event.text()
        silent = 0.0 if events else silent + LOOK_SECONDS
        if silent >= BEAT_SECONDS:
            silent = 0.0
            yield ": still there\n\n"
        await asyncio.sleep(LOOK_SECONDS)

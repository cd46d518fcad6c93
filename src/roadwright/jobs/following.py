"""Workbooks that follow: what was saved without a sheet is shown on it, by a run of its own, one for many edits.

To show a long tab takes a while, in which nobody else has a turn: so a tab gets most of the time for edits.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions.pm.refresh import REFRESH_TAB
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.domain.actions import ActionStatus
from roadwright.domain.errors import RoadwrightError
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import ActionRun
from roadwright.workspace.workspace import Workspace

FOLLOWER = "server:follow"
"""As whom the ledger names it."""
_PAUSES = 4.0
"""How many times as long as a run took the tab then waits for the next one."""
_LOOK_SECONDS = 1.0
_LOOKED_AT = 200
"""The newest runs of followers, among which the last one of a tab is looked for."""
log = structlog.get_logger("roadwright.following")


class Follower:
    """Asks for tabs to be brought up to date. ``wake`` is called where a run was asked for."""

    def __init__(self, workspace: Workspace, wake: Callable[[], None]) -> None:
        self._workspace = workspace
        self._wake = wake
        self._later: dict[str, tuple[TabSpec, threading.Timer]] = {}
        self._lock = threading.Lock()

    def follow(self, spec: TabSpec) -> None:
        """Rows of a tab were saved: let it be brought up to date, where it can be, at once or after a pause."""
        if spec not in REFRESH_TAB.tabs:
            return
        with self._lock:
            if spec.name not in self._later:
                self._follow(spec)

    def _follow(self, spec: TabSpec) -> None:
        wait: float | None
        try:
            wait = self._pause(spec)
            if wait == 0:
                self._ask(spec)
        except (RoadwrightError, SQLAlchemyError, OSError) as fault:
            log.warning("not followed", tab=spec.name, why=str(fault))
            wait = _LOOK_SECONDS
        if wait:
            timer = threading.Timer(wait, self._again, (spec,))
            timer.daemon = True
            self._later[spec.name] = spec, timer
            timer.start()

    def _again(self, spec: TabSpec) -> None:
        with self._lock:
            if self._later.pop(spec.name, None) is not None:
                self._follow(spec)

    def _ask(self, spec: TabSpec) -> None:
        place = self._workspace.place(spec)
        asked = checked(self._workspace, ActionRequest(REFRESH_TAB.name, place.name))
        submit(self._workspace, asked, FOLLOWER, for_worker=True)
        self._wake()

    def _pause(self, spec: TabSpec) -> float | None:
        """Seconds that the tab has to wait; None where a run that has not begun will show all."""
        name = self._workspace.place(spec).name
        told = (ActionRun.request_json, ActionRun.status, ActionRun.worker, ActionRun.started_at, ActionRun.finished_at)
        newest = select(*told).where(ActionRun.requested_by == FOLLOWER).order_by(ActionRun.id.desc())
        with self._workspace.store.transaction() as session:
            runs = session.execute(newest.limit(_LOOKED_AT)).all()
        last = next((run for run in runs if run.request_json.get("tab") == name), None)
        if last is None:
            return 0
        if last.status == ActionStatus.QUEUED and last.worker is None:
            return None
        if last.finished_at is None:
            return _LOOK_SECONDS
        if last.started_at is None:  # it ended before it began
            return 0
        ended = dt.datetime.fromisoformat(last.finished_at)
        took = (ended - dt.datetime.fromisoformat(last.started_at)).total_seconds()
        passed = (dt.datetime.now(dt.UTC) - ended).total_seconds()
        return max(took * _PAUSES - passed, 0) if took > _LOOK_SECONDS else 0

    def stop(self) -> None:
        """Ask for what waits now: whoever does runs next does it."""
        with self._lock:
            for spec, timer in self._later.values():
                timer.cancel()
                try:
                    self._ask(spec)
                except (RoadwrightError, SQLAlchemyError, OSError) as fault:
                    log.warning("not followed", tab=spec.name, why=str(fault))
            self._later.clear()

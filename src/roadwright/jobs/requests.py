"""Requests, while a server runs: a file is looked at when a person saved it and while an answer is due, a spreadsheet
elsewhere again and again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions.requests import look_at_requests
from roadwright.domain.errors import RoadwrightError
from roadwright.jobs.watching import QUIET_SECONDS, file_state, is_whole
from roadwright.tabs import REQUESTS
from roadwright.workspace.workspace import Workspace

_PAUSE = 0.25
_ANSWER_SECONDS = 1.0
"""How often a file is looked at while an answer is due."""
log = structlog.get_logger("roadwright.requests")


class RequestsWatch:
    """Looks at Requests of one workspace. ``wake`` is called where a run was asked for."""

    def __init__(self, workspace: Workspace, wake: Callable[[], None]) -> None:
        self._workspace = workspace
        self._place = workspace.place(REQUESTS)
        self._wake = wake
        self._stops = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="requests", daemon=True)
        self._seen: tuple[int, int] | None = None
        """The state of the file when it was last looked at."""
        self._touched: tuple[tuple[int, int], float] | None = None
        """The state of a file that changed, and since when it is so."""
        self._is_due = True
        self._looked_at = 0.0
        self._said = ""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stops.set()
        self._thread.join(2)

    def _watch(self) -> None:
        file = self._place.workbook.file
        while not self._stops.is_set():
            if file is None:
                self.look()
                self._stops.wait(self._workspace.settings.requests.poll_seconds)
            else:
                if self._is_time(file):
                    self.look()
                self._stops.wait(_PAUSE)

    def _is_time(self, file: Path) -> bool:
        """Whether a person saved the file, or an answer is due that can be written."""
        state, now = file_state(file), time.monotonic()
        if state is None:
            return False
        if state != self._seen:
            if self._touched is None or self._touched[0] != state:
                self._touched = state, now
            if now - self._touched[1] < QUIET_SECONDS or not is_whole(file):
                return False
            self._seen = state
            return True
        is_due = self._is_due and now - self._looked_at >= _ANSWER_SECONDS
        return is_due and not self._workspace.is_open_elsewhere(self._place)

    def look(self) -> None:
        """Look at the tab once. What can't be done now is done at a later look."""
        self._looked_at = time.monotonic()
        try:
            found = look_at_requests(self._workspace, self._place, self._wake)
        except (RoadwrightError, SQLAlchemyError, OSError) as fault:
            self._is_due = True
            if str(fault) != self._said:  # a workbook that stays open is told once
                log.warning("requests not answered", why=str(fault))
            self._said = str(fault)
            return
        self._said, self._is_due = "", found.is_pending

"""Writes that wait for a person to close a workbook: completed without being asked, once it is closed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import String, cast, select
from sqlalchemy.orm import defer

from roadwright.actions.execute import PENDING_WRITES
from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.explaining import EXPLAIN_SELECTION
from roadwright.actions.pm.optimization import RUN_ALL_CANDIDATES, RUN_SELECTED_CANDIDATES
from roadwright.actions.pm.refresh import WRITE_RESULTS
from roadwright.actions.registry import BY_NAME
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.domain.actions import ActionStatus
from roadwright.domain.errors import RoadwrightError
from roadwright.jobs.following import FOLLOWER
from roadwright.store.models import ActionRun
from roadwright.workspace.workspace import Workspace

_AGAIN_SECONDS = 15.0
"""How long to wait where a write was tried and could not be done, though nobody seems to have the workbook open."""
_SHOWN_BY_RESULTS = frozenset({RUN_ALL_CANDIDATES.name, RUN_SELECTED_CANDIDATES.name, EXPLAIN_SELECTION.name})
"""Actions whose answer pm.optimize_write_results writes, without solving or explaining again."""
_NEWEST = 200
"""Runs that are looked at for what they left, when a server starts."""


@dataclass
class _Waiting:
    """One action on one tab that has something to write."""

    asked: ActionRequest
    runs: set[int] = field(default_factory=set)
    not_before: float = 0.0
    """The moment from which it may be tried (again)."""
    is_asked: bool = False
    """A run that completes it is under way."""


class PendingWrites:
    """What is still to be written, of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._waiting: dict[tuple[str, str | None], _Waiting] = {}
        self._lock = threading.Lock()
        self._recall()

    def _recall(self) -> None:
        """What an earlier server left."""
        newest = select(ActionRun).where(
            ActionRun.status.in_((str(ActionStatus.SUCCESS), str(ActionStatus.PARTIAL))),
            cast(ActionRun.summary_json, String).contains(f'"{PENDING_WRITES}"'),
        )
        with self._workspace.store.transaction() as session:
            for run in session.scalars(
                newest.options(defer(ActionRun.rows_json, raiseload=True)).order_by(ActionRun.id.desc()).limit(_NEWEST)
            ):
                self._keep(run)

    def _keep(self, run: ActionRun) -> _Waiting:
        request = self._completion(run)
        one = self._waiting.setdefault((request.action, request.tab), _Waiting(request))
        one.runs.add(run.id)
        return one

    def _completion(self, run: ActionRun) -> ActionRequest:
        """What writes what a run left: the same action for all rows; nothing is solved or explained again for it."""
        asked = run.request_json
        if run.action in _SHOWN_BY_RESULTS:
            return ActionRequest(WRITE_RESULTS.name, self._workspace.place(WRITE_RESULTS.tabs[0]).name)
        return ActionRequest(run.action, asked.get("tab"), None, asked.get("options") or ())

    def __len__(self) -> int:
        return len(self._waiting)

    def ended(self, run: ActionRun) -> None:
        """A run has ended: it left something to write, or completed what others left."""
        with self._lock, self._workspace.store.transaction() as session:
            now = session.get(ActionRun, run.id)
            if now is None or now.action not in BY_NAME:
                return
            is_left = PENDING_WRITES in (now.summary_json or {})
            if is_left:
                self._keep(now).is_asked = False
                return
            key = (now.action, now.request_json.get("tab"))
            one = self._waiting.get(key)
            if one is None or now.request_json.get("select") is not None:
                return
            if now.status not in (ActionStatus.SUCCESS, ActionStatus.PARTIAL):
                one.is_asked = False
                return
            del self._waiting[key]
            for number in one.runs:
                earlier = session.get(ActionRun, number)
                if earlier is not None:
                    summary = earlier.summary_json or {}
                    earlier.summary_json = {n: v for n, v in summary.items() if n != PENDING_WRITES}

    def look(self) -> bool:
        """Ask for what can be written now. Returns whether anything was."""
        with self._lock:
            return self._look()

    def _look(self) -> bool:
        asked = False
        for one in list(self._waiting.values()):
            if one.is_asked or time.monotonic() < one.not_before or self._is_open(one.asked):
                continue
            one.not_before, one.is_asked = time.monotonic() + _AGAIN_SECONDS, True
            try:
                submission = checked(self._workspace, one.asked)
            except RoadwrightError:
                self._waiting.pop((one.asked.action, one.asked.tab), None)  # the settings changed since
                continue
            submit(self._workspace, submission, FOLLOWER, for_worker=True)
            asked = True
        return asked

    def _is_open(self, asked: ActionRequest) -> bool:
        """Whether a person has one of the workbooks open that it is about."""
        if asked.tab is None:
            places = [self._workspace.place(spec) for spec in BY_NAME[asked.action].tabs[:1]]
        else:
            places = [self._workspace.find(asked.tab)]
        if asked.tab is None or asked.action == BACKLOG_SYNC.name:
            places += self._workspace.intake()
        return any(self._workspace.is_open_elsewhere(place) for place in places)

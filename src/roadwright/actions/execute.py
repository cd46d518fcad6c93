"""Executing: a run of the ledger is done, its progress is told, and what came of it is written down."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic, sleep
from typing import Any

from sqlalchemy.exc import DBAPIError

from roadwright.actions import ledger
from roadwright.actions.cancelling import Cancel, Cancelled, CancelSwitch
from roadwright.actions.contract import ActionContext, Answer, Figures, Report
from roadwright.actions.submit import Submission, submitted
from roadwright.domain.actions import ActionStatus
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.exit_codes import ExitCode, exit_code_of
from roadwright.domain.garbage import rare_collections
from roadwright.domain.machine import os_fault
from roadwright.domain.messages import Level, Message
from roadwright.store.models import ActionRun
from roadwright.store.session import Store, StoreError
from roadwright.sync.engine import PendingWrite
from roadwright.sync.lists import bring_lists_up_to_date
from roadwright.sync.reports import RowReport
from roadwright.workspace.workspace import Workspace

END_SECONDS = 15.0
"""For how long the end of a run is tried to be written where the connection to the database is lost."""
_PAUSE = 0.5
CANCELLED_BY_PERSON = Message("cancelled_by_person")


@dataclass
class ActionResult:
    """What every door shows of a run."""

    run_id: str | None
    action: str
    status: str
    exit_code: ExitCode
    summary: dict[str, object] = field(default_factory=dict)
    rows: list[RowReport] = field(default_factory=list)
    error: str | None = None
    optimization_run_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        body: dict[str, Any] = {"run_id": self.run_id}
        if self.optimization_run_id is not None:
            body["optimization_run_id"] = self.optimization_run_id
        body.update(action=self.action, status=self.status, summary=self.summary)
        if self.error is not None:
            body["error"] = self.error
        body["rows"] = [row.to_json() for row in self.rows]
        return body


@dataclass(frozen=True)
class Door:
    """What a door gives to hear of the action, and to end it.

    ``report`` hears how far it is, ``say`` what it has to wait for, which is to be shown even where progress is not.
    """

    report: Report
    say: Callable[[str], None]
    switch: CancelSwitch = field(default_factory=CancelSwitch)
    completes_writes: bool = False
    """Whether it sees to workbooks that can't be written now: then they are no fault, but stand in the summary."""


def execute(workspace: Workspace, run: ActionRun, door: Door) -> ActionResult:
    """Do a run that was submitted. Never raises for what a person or a workbook can get wrong: the result says it."""
    try:
        ledger.claim(workspace.store, run)
    except (ledger.NotQueued, DBAPIError, OSError) as fault:
        return failed_result(run.run_id, run.action, fault)
    door.switch.watch(workspace.store, run)
    try:
        return _run(workspace, run, door)
    finally:
        ledger.leave(run)


def _run(workspace: Workspace, run: ActionRun, door: Door) -> ActionResult:
    """Do the action and write down how it ended."""
    store, name = workspace.store, run.action
    end = _End(workspace.store, run, door)
    try:
        try:
            answer = _done(workspace, run, submitted(workspace, run), door)
        finally:
            door.switch.is_done = True
    except (KeyboardInterrupt, Cancelled) as stop:
        message = Message("cancelled_on_request") if isinstance(stop, Cancelled) else CANCELLED_BY_PERSON
        return end.failed(message, status=ActionStatus.CANCELLED)
    except PendingWrite as pending:
        answer = Answer(tabs=pending.reports, problems=[pending.message])
    except RoadwrightError as problem:
        return end.failed(problem, code=exit_code_of(problem))
    except (DBAPIError, OSError) as fault:
        return end.failed(unusable(fault))
    except Exception as fault:
        # Not for the person to fix: the ledger keeps what happened, and the door keeps the whole of it in a log.
        end.failed(Message("action_broke", params={"kind": type(fault).__name__, "said": str(fault)}))
        raise
    if door.completes_writes:
        _put_off(answer)
    hindrance = end.written(lambda: ledger.finish(store, run.id, answer))
    if hindrance is None:
        return result_of(run.run_id, name, str(ledger.status_of(answer)), answer)
    answer.problems.append(_not_written(run, hindrance))
    return result_of(run.run_id, name, str(ActionStatus.FAILED), answer)


def _done(workspace: Workspace, run: ActionRun, work: Submission, door: Door) -> Answer:
    """Wait for a turn, and do the action."""
    cancel = Cancel(workspace.store, run.id, door.switch)
    progress = Progress(workspace.store, run.id, door.report, cancel)

    def is_waiting() -> None:
        message = ledger.awaited(workspace.store, run.id)
        door.say(message)
        progress(message)

    workspace = replace(workspace, safe_point=cancel.check, is_waiting=is_waiting, tell=progress)
    cancel.check()
    with workspace.exclusive() as turn:
        ledger.start(workspace.store, run.id)
        request = ActionContext(
            workspace.used(),
            work.action.name,
            work.place,
            work.selection,
            work.options,
            progress,
            run.id,
            cancel,
            turn,
        )
        with rare_collections():
            answer = work.action.run(request)
            _bring_lists_up_to_date(workspace)
            return answer


def _bring_lists_up_to_date(workspace: Workspace) -> None:
    """Let dropdowns offer what there is after the action; where that can't be done, the next action does it."""
    with suppress(DBAPIError, OSError, StoreError):
        bring_lists_up_to_date(workspace)


PENDING_WRITES = "pending_writes"
"""In a summary: what could not be written yet, and will be without being asked."""
_CAN_WAIT = frozenset({"write_pending", "keys_waiting", "run_not_shown", "explained_not_shown"})
"""The codes of problems that are settled once the workbook is free, by the same action or by pm.optimize_write_results
(see ``jobs.pending``)."""


def _put_off(answer: Answer) -> None:
    if answer.problems and all(problem.code in _CAN_WAIT for problem in answer.problems):
        answer.summary[PENDING_WRITES] = [problem.words for problem in answer.problems]
        answer.problems.clear()
        if answer.once_written is not None:
            answer.status, answer.exit_code = answer.once_written
        for row in answer.rows():
            if row.waits:
                row.run_status = row.run_status.replace(str(row.level), str(Level.SKIPPED), 1)
                row.level = Level.SKIPPED


def unusable(fault: DBAPIError | OSError) -> Message:
    """A database that is gone, full or held by someone, or a file."""
    if isinstance(fault, DBAPIError):
        return Message("database_stops_action", params={"why": str(fault.orig or fault)})
    if fault.filename:
        return Message("file_stops_action", params={"file": str(fault.filename), "why": os_fault(fault)})
    return Message("some_file_stops_action", params={"why": os_fault(fault)})


def _not_written(run: ActionRun, fault: DBAPIError) -> Message:
    return Message("end_not_written", params={"run_id": run.run_id, "why": str(fault.orig or fault)})


@dataclass(frozen=True)
class _End:
    """Writes down how a run ended; where the connection to the database is lost, it is tried for a while."""

    store: Store
    run: ActionRun
    door: Door

    def written(self, write: Callable[[], object]) -> DBAPIError | None:
        """Returns what prevented it to the last."""
        deadline = monotonic() + END_SECONDS
        is_said = False
        while True:
            try:
                with self.door.switch.last_word():
                    write()
            except DBAPIError as fault:
                if monotonic() >= deadline:
                    return fault
            else:
                return None
            if not is_said:
                self.door.say(str(Message("waiting_for_database")))
                is_said = True
            sleep(_PAUSE)

    def failed(
        self,
        error: Message | RoadwrightError,
        *,
        status: ActionStatus = ActionStatus.FAILED,
        code: ExitCode = ExitCode.FAILED,
    ) -> ActionResult:
        """The result of a run that did not work."""
        hindrance = self.written(lambda: ledger.fail(self.store, self.run.id, status, str(error), code))
        if hindrance is not None:
            error = Message("several_faults", params={"faults": (str(error), _not_written(self.run, hindrance))})
        return ActionResult(self.run.run_id, self.run.action, str(status), code, error=str(error))


def failed_result(run_id: str | None, name: str, fault: RoadwrightError | DBAPIError | OSError) -> ActionResult:
    """What the doors show of an action that a fault prevents."""
    if isinstance(fault, RoadwrightError):
        error, code = str(fault), exit_code_of(fault)
    else:
        error, code = str(unusable(fault)), ExitCode.FAILED
    return ActionResult(run_id, name, str(ActionStatus.FAILED), code, error=error)


def result_of(run_id: str, name: str, status: str, answer: Answer) -> ActionResult:
    """What the doors show of a run that gave this answer."""
    return ActionResult(
        run_id,
        name,
        status,
        ledger.exit_code_with(status, answer.exit_code),
        answer.full_summary(),
        answer.rows(),
        answer.error,
        answer.optimization_run_id,
    )


LEDGER_SECONDS = 1.0


class Progress:
    """The report of one running action. A new step is written down at once, counts and figures when there is time.

    Raises Cancelled where the action is asked to end.
    """

    def __init__(self, store: Store, number: int, door: Report, cancel: Cancel) -> None:
        self._store = store
        self._number = number
        self._door = door
        self._cancel = cancel
        self._written_at = 0.0

    def __call__(
        self, message: str, done: int | None = None, total: int | None = None, *, figures: Figures | None = None
    ) -> None:
        self._door(message, done, total)
        is_step = done is None and figures is None
        if is_step or monotonic() - self._written_at >= LEDGER_SECONDS:
            self._written_at = monotonic()
            counted = f" {done:,} of {total:,}" if done is not None and total is not None else ""
            ledger.note_progress(self._store, self._number, message + counted, figures)
        self._cancel.check()

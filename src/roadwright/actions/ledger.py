"""The durable ledger: one ActionRun for everything that was asked, whatever becomes of it."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from roadwright.actions.contract import Answer, Figures
from roadwright.actions.unknown_runs import no_such_run
from roadwright.domain.actions import OPEN_STATUSES, ActionStatus
from roadwright.domain.errors import InputError
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.keys import ACTION_RUN, make_key
from roadwright.domain.messages import Message
from roadwright.store import queue
from roadwright.store.clock import now
from roadwright.store.models import ActionRun
from roadwright.store.numbers import next_number
from roadwright.store.presence import Presence, presences
from roadwright.store.session import Store

_ATTEMPTS = 100
INTERRUPTED = str(Message("run_interrupted"))
INTERRUPTED_TRY = str(Message("try_interrupted"))
Also = Callable[[Session, ActionRun], None]
"""What is written together with a run, or not at all."""
MOST_TRIES = 3
"""How often workers begin a run that each of them dies of."""


def requester(door: str) -> str:
    """Who asks, through which door: ``cli:anna@host``."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    # What the system calls a user need not be text that a database takes.
    return f"{door}:{user}@{socket.gethostname()}".encode(errors="replace").decode()


def mark_interrupted(session: Session) -> None:
    """Runs whose process is gone did not finish: say so, in the words that they left if they left any."""
    open_runs = session.execute(select(ActionRun.worker).where(ActionRun.status.in_(OPEN_STATUSES)))
    workers = [worker for (worker,) in open_runs if worker is not None]
    for worker, word in presences(session.get_bind().engine).dead(workers).items() if workers else ():
        # Only if it is open still: it may have ended, and said so, since it was looked at.
        status = ActionStatus.FAILED if word is None else ActionStatus.CANCELLED
        if word is None:
            session.execute(_taken_again(worker))
        session.execute(_closing(ActionRun.worker == worker, status, word or INTERRUPTED))


def _taken_again(worker: str) -> Update:
    """Let a run whose worker is gone wait for another one, unless it was begun too often, or is asked to end."""
    taking = update(ActionRun).where(
        ActionRun.worker == worker,
        ActionRun.status.in_(OPEN_STATUSES),
        ActionRun.for_worker.is_(True),
        ActionRun.tries < MOST_TRIES,
        ActionRun.cancel_requested_at.is_(None),
    )
    return taking.values(status=str(ActionStatus.QUEUED), worker=None, started_at=None, progress=INTERRUPTED_TRY)


def _closing(which: ColumnElement[bool], status: ActionStatus, error: str) -> Update:
    closing = update(ActionRun).where(which, ActionRun.status.in_(OPEN_STATUSES))
    return closing.values(status=str(status), error=error, finished_at=now())


def close_left(store: Store, until: str) -> int:
    """Close the runs of an older copy of the database that were asked for until then, and say how many there were.

    They may have been done in the database that went on, and are not to be done twice.
    """
    with store.transaction() as session:
        closing = _closing(ActionRun.created_at <= until, ActionStatus.FAILED, str(Message("run_of_older_copy")))
        return cast("CursorResult[Any]", session.execute(closing)).rowcount


_present: dict[str, Presence] = {}
"""The signs of life of this process' own runs."""


def enqueue(
    store: Store,
    action: str,
    asked: Mapping[str, Any],
    requested_by: str,
    *,
    alive: bool = True,
    for_worker: bool = False,
    also: Also | None = None,
) -> ActionRun:
    """Write the run down before anything is done: queued, until something claims it.

    With ``alive`` this process has claimed it. Then it counts as alive until its end is written, or `leave` is called.
    With ``for_worker`` it waits for a worker, and for another one where that dies. ``also`` is done in the same
    transaction.
    """
    presence = presences(store.engine).begin() if alive else None
    worker = None if presence is None else presence.worker
    try:
        insert = partial(_insert, store, action, asked, requested_by, worker=worker, for_worker=for_worker, also=also)
        run = _tried_again(insert)
    except BaseException:
        if presence is not None:
            presence.end()
        raise
    if presence is not None:
        _present[presence.worker] = presence
    return run


class NotQueued(InputError):
    """The run can't be executed: something else has claimed it, or it has ended."""


def claim(store: Store, run: ActionRun) -> None:
    """This process is going to execute the run, unless it has claimed it already. Raises NotQueued."""
    if run.worker in _present:
        return
    presence = presences(store.engine).begin()
    waiting = (ActionRun.id == run.id, ActionRun.status == str(ActionStatus.QUEUED), ActionRun.worker.is_(None))
    try:
        with store.transaction() as session:
            taken = {"worker": presence.worker, "tries": ActionRun.tries + 1}
            claimed = session.execute(update(ActionRun).where(*waiting).values(taken))
            if not cast("CursorResult[Any]", claimed).rowcount:
                raise NotQueued("run_not_queued", run_id=run.run_id)
    except BaseException:
        presence.end()
        raise
    run.worker = presence.worker
    _present[presence.worker] = presence


def leave(run: ActionRun) -> None:
    """This process does no more for the run. Where its end could not be written, it counts as interrupted."""
    presence = _present.pop(run.worker or "", None)
    if presence is not None:
        presence.end()


def _tried_again(insert: Callable[[], ActionRun]) -> ActionRun:
    """A new run: whoever asked at the same moment may have got its number, and the next one is free then."""
    for _ in range(_ATTEMPTS):
        try:
            return insert()
        except IntegrityError:
            continue
    return insert()


def _insert(
    store: Store,
    action: str,
    asked: Mapping[str, Any],
    requested_by: str,
    *,
    worker: str | None,
    for_worker: bool,
    also: Also | None,
) -> ActionRun:
    with store.transaction() as session:
        mark_interrupted(session)
        number = next_number(session, ActionRun.id, ACTION_RUN)
        run = ActionRun(
            id=number,
            run_id=make_key(ACTION_RUN, number),
            action=action,
            status=str(ActionStatus.QUEUED),
            request_json=dict(asked),
            requested_by=requested_by,
            worker=worker,
            created_at=now(),
            for_worker=for_worker,
            tries=0 if worker is None else 1,
        )
        session.add(run)
        if also is not None:
            also(session, run)
        if for_worker and queue.has_queue(store.engine):
            session.flush()  # in this order, so that jobs are queued as runs are numbered
            queue.put(session, number)
    return run


def start(store: Store, number: int) -> None:
    with store.transaction() as session:
        run = session.get_one(ActionRun, number)
        run.status, run.started_at = str(ActionStatus.RUNNING), now()


def note_progress(store: Store, number: int, message: str, figures: Figures | None = None) -> None:
    """Say how far the run is, where that can be written at once. Without figures the last ones stay.

    It runs, whatever was thought of it while its connection to the database was lost.
    """
    running = {"status": str(ActionStatus.RUNNING), "error": None, "finished_at": None}
    values: dict[str, object] = {"progress": message, **running}
    if figures is not None:
        values["progress_json"] = dict(figures)
    store.write_if_free(update(ActionRun).where(ActionRun.id == number).values(values))


class NotRunning(InputError):
    """There is nothing to cancel; the message says why."""


class NoSuchRun(NotRunning):
    """No run has this key; the message says which one was likely meant."""


def request_cancel(store: Store, run_id: str) -> ActionRun:
    """Ask a queued or running run to end. Raises NotRunning.

    The process that runs it looks for such requests about twice a second.
    """
    with store.transaction() as session:
        mark_interrupted(session)
        run = session.scalar(select(ActionRun).where(ActionRun.run_id == run_id.strip().upper()).with_for_update())
        if run is None:
            raise NoSuchRun.saying(no_such_run(session, run_id))
        if run.status not in OPEN_STATUSES:
            ended = {"run_id": run.run_id, "action": run.action, "status": run.status}
            if run.finished_at:
                raise NotRunning("run_ended_at", at=run.finished_at[:19].replace("T", " "), **ended)
            raise NotRunning("run_ended", **ended)
        run.cancel_requested_at = run.cancel_requested_at or now()
        if run.for_worker and run.worker is None:  # nobody has begun it
            run.status, run.finished_at = str(ActionStatus.CANCELLED), now()
            run.error, run.exit_code = str(Message("cancelled_on_request")), int(ExitCode.FAILED)
    return run


def is_cancel_requested(store: Store, number: int) -> bool:
    """Whether someone asked the run to end."""
    with store.transaction() as session:
        return session.scalar(select(ActionRun.cancel_requested_at).where(ActionRun.id == number)) is not None


def status_of(answer: Answer) -> ActionStatus:
    """How an action ended that gave this answer."""
    if answer.status != ActionStatus.SUCCESS:
        return ActionStatus(answer.status)
    if answer.problems:
        return ActionStatus.FAILED
    if answer.exit_code is ExitCode.INFEASIBLE:
        return ActionStatus.SUCCESS
    if answer.saved_nothing:
        return ActionStatus.FAILED
    return ActionStatus.PARTIAL if answer.is_partial else ActionStatus.SUCCESS


def finish(store: Store, number: int, answer: Answer) -> ActionRun:
    """Write down what came of it."""
    with store.transaction() as session:
        run = session.get_one(ActionRun, number)
        run.status = str(status_of(answer))
        run.finished_at = now()
        run.summary_json = answer.full_summary()
        run.rows_json = [row.to_json() for row in answer.rows()]
        run.error = answer.error
        run.optimization_run_id = answer.optimization_run_id
        run.exit_code = int(exit_code_with(status_of(answer), answer.exit_code))
    return run


def exit_code_with(status: ActionStatus | str, code: ExitCode) -> ExitCode:
    """The exit code of a run that ended with this status; ``code`` is what its answer asks for."""
    has_failed = status not in (ActionStatus.SUCCESS, ActionStatus.PARTIAL)
    return ExitCode.FAILED if has_failed and code == ExitCode.DONE else code


def fail(store: Store, number: int, status: ActionStatus, error: str, code: ExitCode = ExitCode.FAILED) -> ActionRun:
    """Write down that it did not work, and why."""
    with store.transaction() as session:
        run = session.get_one(ActionRun, number)
        run.status, run.error, run.finished_at, run.exit_code = str(status), error, now(), int(code)
    return run


def record(store: Store, action: str, asked: Mapping[str, Any], requested_by: str, summary: dict[str, object]) -> None:
    """Write down at once what was asked and done, where it could not be before: its database was not there yet."""
    run = enqueue(store, action, asked, requested_by)
    try:
        start(store, run.id)
        finish(store, run.id, Answer(summary=summary))
    finally:
        leave(run)


def note(
    session: Session,
    action: str,
    asked: Mapping[str, Any],
    requested_by: str,
    *,
    summary: dict[str, object],
    rows: list[dict[str, Any]],
) -> str:
    """Write down what was done in this very transaction, without a run that could be waited for. Returns its key."""
    number = next_number(session, ActionRun.id, ACTION_RUN)
    moment = now()
    run = ActionRun(
        id=number,
        run_id=make_key(ACTION_RUN, number),
        action=action,
        status=str(ActionStatus.SUCCESS),
        request_json=dict(asked),
        requested_by=requested_by,
        created_at=moment,
        started_at=moment,
        finished_at=moment,
        summary_json=summary,
        rows_json=rows,
        exit_code=int(ExitCode.DONE),
        for_worker=False,
        tries=1,
    )
    session.add(run)
    session.flush()
    return run.run_id


def break_off(store: Store, run: ActionRun, error: str) -> None:
    """Write down that the run ends with its process, which is about to end in the middle of whatever it does.

    Where the database is held by the very transaction that ends with it, the word is left for whoever looks next.
    """
    presence = _present.get(run.worker or "")
    if presence is not None:
        presence.leave_word(error)
    store.write_if_free(_closing(ActionRun.id == run.id, ActionStatus.CANCELLED, error), wait=1.0)


def others(store: Store, number: int | None) -> list[ActionRun]:
    """The runs that work now, without this one, the oldest first."""
    with store.transaction() as session:
        mark_interrupted(session)
        open_runs = select(ActionRun).where(ActionRun.status == str(ActionStatus.RUNNING))
        if number is not None:
            open_runs = open_runs.where(ActionRun.id != number)
        return list(session.scalars(open_runs.order_by(ActionRun.id)))


def awaited(store: Store, number: int | None = None) -> str:
    """In words, what has to end before the run, or a command that is none, has its turn."""
    named = [f"{one.run_id} {one.action} ({one.requested_by})" for one in others(store, number)]
    return str(Message("waiting_for_runs", params={"runs": named}) if named else Message("waiting_for_another"))


def runs(store: Store, limit: int, *, quiet: str | None = None) -> list[ActionRun]:
    """The newest runs, newest first; without those of ``quiet`` that went well."""
    wanted = select(ActionRun).order_by(ActionRun.id.desc()).limit(limit)
    if quiet is not None:
        wanted = wanted.where(or_(ActionRun.requested_by != quiet, ActionRun.status != str(ActionStatus.SUCCESS)))
    with store.transaction() as session:
        mark_interrupted(session)
        return list(session.scalars(wanted))


def waiting_for_worker(store: Store) -> ActionRun | None:
    """The oldest run that waits for a worker. None while one before it was taken and has not begun: order is kept,
    whichever workers there are.
    """
    taken = select(ActionRun.id).where(  # one that tells for whom it waits is said to run, and has not begun
        ActionRun.status.in_(OPEN_STATUSES),
        ActionRun.for_worker.is_(True),
        ActionRun.worker.is_not(None),
        ActionRun.started_at.is_(None),
    )
    with store.transaction() as session:
        mark_interrupted(session)
        if session.scalar(taken.limit(1)) is not None:
            return None
        waiting = select(ActionRun).where(
            ActionRun.status == str(ActionStatus.QUEUED), ActionRun.for_worker.is_(True), ActionRun.worker.is_(None)
        )
        return session.scalar(waiting.order_by(ActionRun.id).limit(1))


def waiting_run(store: Store, number: int) -> ActionRun | None:
    """The run, if it waits for a worker: it has not ended, and none that lives has begun it."""
    with store.transaction() as session:
        mark_interrupted(session)
        run = session.get(ActionRun, number)
        return run if run is not None and run.status == ActionStatus.QUEUED and run.worker is None else None


@dataclass(frozen=True)
class RunPage:
    """Some runs, newest first."""

    runs: Sequence[ActionRun]
    total: int
    """How many there are of the sort that was asked for."""
    has_more: bool


def page_of_runs(
    store: Store,
    limit: int,
    *,
    before: str | None = None,
    status: str | None = None,
    action: str | None = None,
    who: str | None = None,
) -> RunPage:
    """The newest runs of a status, an action or a person, or those before another run, without what they say of rows.

    A person is named without the door. Raises InputError where there is no such other run.
    """
    wanted: list[ColumnElement[bool]] = []
    if status is not None:
        wanted.append(ActionRun.status == str(status))
    if action is not None:
        wanted.append(ActionRun.action == action)
    if who is not None:
        wanted.append(or_(ActionRun.requested_by == who, ActionRun.requested_by.endswith(f":{who}", autoescape=True)))
    with store.transaction() as session:
        mark_interrupted(session)
        total = session.scalar(select(func.count()).select_from(ActionRun).where(*wanted)) or 0
        if before is not None:
            number = session.scalar(select(ActionRun.id).where(ActionRun.run_id == before.strip().upper()))
            if number is None:
                raise InputError.saying(no_such_run(session, before))
            wanted.append(ActionRun.id < number)
        newest = select(ActionRun).where(*wanted).order_by(ActionRun.id.desc()).limit(limit + 1)
        newest = newest.options(defer(ActionRun.rows_json, raiseload=True))
        found = list(session.scalars(newest))
    return RunPage(found[:limit], total, len(found) > limit)


def find_run(store: Store, run_id: str) -> ActionRun | None:
    with store.transaction() as session:
        mark_interrupted(session)
        return session.scalar(select(ActionRun).where(ActionRun.run_id == run_id.strip().upper()))


def known_run(store: Store, run_id: str) -> ActionRun:
    """The run of this key. Raises NoSuchRun."""
    run = find_run(store, run_id)
    if run is None:
        with store.transaction() as session:
            raise NoSuchRun.saying(no_such_run(session, run_id))
    return run


def newest_end(session: Session, actions: Collection[str]) -> str | None:
    """When the newest run of one of these actions ended that did what it was asked to; None where none did."""
    did = (str(ActionStatus.SUCCESS), str(ActionStatus.PARTIAL))
    ended = select(func.max(ActionRun.finished_at)).where(ActionRun.action.in_(actions), ActionRun.status.in_(did))
    return session.scalar(ended)


def open_runs(store: Store) -> list[ActionRun]:
    """The runs that wait or work, the oldest first."""
    with store.transaction() as session:
        mark_interrupted(session)
        return list(
            session.scalars(select(ActionRun).where(ActionRun.status.in_(OPEN_STATUSES)).order_by(ActionRun.id))
        )


def requesters(session: Session) -> list[str]:
    """Everybody who ever asked for a run, with the door."""
    return list(session.scalars(select(ActionRun.requested_by).distinct().order_by(ActionRun.requested_by)))


def asked_actions(session: Session) -> list[str]:
    """Every action that was ever asked for."""
    return list(session.scalars(select(ActionRun.action).distinct().order_by(ActionRun.action)))

"""The queue follows the ledger: what a worker that is gone had begun is taken again, and nothing waits forgotten."""

from __future__ import annotations

from typing import Any

from procrastinate import sql
from sqlalchemy import Connection, Integer, cast, select, text
from sqlalchemy.orm import Session

from roadwright.actions import ledger
from roadwright.domain.actions import ActionStatus
from roadwright.store import queue
from roadwright.store.models import ActionRun
from roadwright.store.session import Store

_STALLED_SECONDS = 10.0
"""A worker that has said nothing for so long has not begun the run that it took, if the ledger knows nothing of it."""
_ALONE = text("select pg_try_advisory_xact_lock(:key)")
_KEY = 0x526F_6164_7772_0003
_DOING = text("""
    select jobs.id, (jobs.args ->> 'run')::int as run, (jobs.args ->> 'tries')::int + jobs.attempts as tries
    from procrastinate_jobs jobs where jobs.status = 'doing' and jobs.task_name = :task order by jobs.id
""")
_QUEUED = text("""
    select (args ->> 'run')::int as run from procrastinate_jobs where status in ('todo', 'doing') and task_name = :task
""").columns(run=Integer)


class Recovery:
    """Looks after the queue, for one worker; one of all workers does so at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._over: set[int] = set()
        """Jobs whose run had ended already when they were last looked at."""

    def look(self) -> bool:
        """Let what was begun by workers that are gone be begun again. Returns whether there is anything new to do."""
        with self._store.transaction() as session:
            ledger.mark_interrupted(session)
        with self._store.transaction() as session:
            connection = session.connection()
            if not connection.scalar(_ALONE, {"key": _KEY}):
                return False
            return self._taken_again(session, connection) | self._put_in(session)

    def _taken_again(self, session: Session, connection: Connection) -> bool:
        jobs = connection.execute(_DOING, {"task": queue.TASK}).all()
        found = session.scalars(select(ActionRun).where(ActionRun.id.in_([job.run for job in jobs])))
        runs = {run.id: run for run in found}
        stalled = {row[0] for row in _stalled(connection)}
        over: set[int] = set()
        is_changed = False
        for job in jobs:
            run = runs.get(job.run)
            if run is None or run.finished_at is not None:
                over.add(job.id)  # whoever did it may be about to say so
                if job.id in self._over:
                    _call(connection, "finish_job", job_id=job.id, status="failed", delete_job=True)
                    is_changed = True
            elif run.worker is None and (run.tries > job.tries or job.id in stalled):
                again = {"retry_at": None, "new_priority": None, "new_queue_name": queue.ACTIONS}
                _call(connection, "retry_job", job_id=job.id, new_lock=queue.LOCK, **again)
                is_changed = True
        self._over = over
        _call(connection, "prune_stalled_workers", seconds_since_heartbeat=queue.ALIVE_SECONDS)
        return is_changed

    def _put_in(self, session: Session) -> bool:
        """Runs that came into the database by other ways, as those of a database that was moved here."""
        queued = select(ActionRun.id, ActionRun.tries).where(
            ActionRun.status == str(ActionStatus.QUEUED),
            ActionRun.for_worker.is_(True),
            ActionRun.worker.is_(None),
            ActionRun.id.not_in(select(cast(_QUEUED.subquery().c.run, Integer))),
        )
        missing = session.execute(queued.order_by(ActionRun.id), {"task": queue.TASK}).all()
        for number, tries in missing:
            queue.put(session, number, tries)
        return bool(missing)


def _stalled(connection: Connection) -> Any:
    beat = {"seconds_since_heartbeat": _STALLED_SECONDS}
    return _call(connection, "select_stalled_jobs_by_heartbeat", queue=None, task_name=queue.TASK, **beat)


def _call(connection: Connection, query: str, **params: object) -> Any:
    """One of procrastinate's own statements, in the transaction of the connection."""
    driver: Any = connection.connection.dbapi_connection
    return driver.execute(sql.queries[query], params)

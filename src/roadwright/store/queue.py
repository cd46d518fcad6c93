"""The queue of procrastinate on PostgreSQL, from which workers of their own take runs. SQLite has none.

A job names a run of the ledger, which is the truth about it: the queue only says whose turn it is. It is put in with
the run, in one transaction, and holds the workspace's lock until the run has ended or needs no turn, so that runs begin
in the order in which they were asked for, whichever machines there are.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from procrastinate import App

# What procrastinate has to say, its workers' owner says in words of ours.
logging.getLogger("procrastinate").addHandler(logging.NullHandler())

TASK = "roadwright.execute"
ACTIONS, SOLVE = "actions", "solve"
"""The queues of runs that work on rows and sheets, and of those that solve or explain."""
LOCK = "workspace"
"""One job at a time has it: the database is of one workspace."""
TABLES = ("procrastinate_jobs", "procrastinate_workers", "procrastinate_events", "procrastinate_periodic_defers")
ALIVE_SECONDS = 30.0
"""A worker that was not seen for longer is gone."""

_ASIDE = text("""
    update procrastinate_jobs set queue_name = :solve, lock = null
    where id = :job and status = 'doing' and lock is not null
""")
_WAKE = text("""
    select pg_notify('procrastinate_queue_v1#' || :queue, '{"type": "job_inserted", "job_id": 0}')
""")
_SEEN = text("""
    select count(*), extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers
    where last_heartbeat > now() - make_interval(secs => :alive)
""")


def has_queue(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


@cache
def _deferring() -> App:
    """Puts jobs in on connections that it is given."""
    from procrastinate import App, SyncPsycopgConnector  # noqa: PLC0415 - needed where runs wait for workers only

    return App(connector=SyncPsycopgConnector())


def put(session: Session, number: int, tries: int = 0) -> None:
    """Let a worker take the run, once the session's transaction is committed. ``tries``: how often it was begun."""
    driver: Any = session.connection().connection.dbapi_connection
    task = _deferring().configure_task(TASK, queue=ACTIONS, lock=LOCK, connection=driver)
    task.defer(run=number, tries=tries)


def step_aside(engine: Engine, job: int) -> None:
    """What a job does needs no turn any more: the next one may begin while it goes on."""
    with engine.begin() as connection:
        connection.execute(_ASIDE, {"job": job, "solve": SOLVE})
        connection.execute(_WAKE, {"queue": ACTIONS})


def wake(engine: Engine) -> None:
    """Let all workers look for what they can take."""
    with engine.begin() as connection:
        connection.execute(_WAKE, {"queue": ACTIONS})


@dataclass(frozen=True)
class Workers:
    """The workers that were seen lately."""

    count: int
    silent_seconds: float | None
    """Since the last of them was seen."""


def workers(engine: Engine) -> Workers:
    """Who takes runs from the queue."""
    with engine.connect() as connection:
        count, silent = connection.execute(_SEEN, {"alive": ALIVE_SECONDS}).one()
    return Workers(count, None if silent is None else float(silent))

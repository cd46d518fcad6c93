"""A worker on PostgreSQL: procrastinate gives it the runs whose turn it is, whichever other workers there are.

Its queue holds a job for each run that waits. A job holds the workspace's lock while its run works on rows and sheets;
once it solves or explains, the job stands in another queue without a lock. The ledger decides whether a run is done at
all: a run that ended, or that a living worker has begun, is not begun by another one, whatever the queue says.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions import ledger
from roadwright.jobs.recovery import Recovery
from roadwright.jobs.running import Ended, nobody
from roadwright.jobs.worker import MOST_AT_ONCE, POLL_SECONDS, Worker
from roadwright.store import queue
from roadwright.store.session import KEEPALIVE
from roadwright.workspace.workspace import Workspace

_LOOK_SECONDS = 2.0
"""How often is looked for runs whose worker is gone."""
_BEAT_SECONDS = 2.0
"""How often the worker says that it lives."""
log = structlog.get_logger("roadwright.worker")


class _NotBegun(Exception):
    """The worker stops before it has begun the run."""


class _InItsPlace(BaseRetryStrategy):
    """A job that could not be done now goes back to its place in the queue; what comes of runs is in the ledger."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        if isinstance(exception, asyncio.CancelledError):
            return None
        return RetryDecision(retry_in={"seconds": 0 if isinstance(exception, _NotBegun) else int(POLL_SECONDS)})


class QueueWorker(Worker):
    """Takes the runs from procrastinate's queue; one of any number of workers on its database."""

    def __init__(self, workspace: Workspace, ended: Ended = nobody, *, at_once: int = MOST_AT_ONCE) -> None:
        super().__init__(workspace, ended, at_once=at_once)
        self._recovery = Recovery(workspace.store)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._wakings: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Of new runs PostgreSQL tells; here only the end is told."""
        if self.stops.is_set() and self._loop is not None and self._stopping is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    def work(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        looking = asyncio.create_task(self._look_after(self._stopping))
        while not self.stops.is_set():
            try:
                app = self._app()
                async with app.open_async():
                    await self._take_jobs(app, self._stopping)
            except (ConnectorException, OperationalError, PoolTimeout, OSError) as fault:
                log.warning("queue", why=str(fault.__cause__ or fault))
            await _wait(self._stopping, POLL_SECONDS)
        await looking

    async def _take_jobs(self, app: App, stopping: asyncio.Event) -> None:
        taking = asyncio.create_task(
            app.run_worker_async(
                queues=[queue.ACTIONS, queue.SOLVE],
                concurrency=self.at_once,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=_BEAT_SECONDS,
                stalled_worker_timeout=queue.ALIVE_SECONDS,
                delete_jobs="always",
            )
        )
        ending = asyncio.create_task(stopping.wait())
        await asyncio.wait([taking, ending], return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not taking.done():
            taking.cancel()  # it takes no more, and waits for those that it has
        with suppress(asyncio.CancelledError):
            await taking

    def _app(self) -> App:
        engine = self.workspace.store.engine
        _, arguments = engine.dialect.create_connect_args(engine.url)
        app = App(connector=PsycopgConnector(kwargs=arguments, min_size=1, max_size=4, configure=_configure))
        app.task(name=queue.TASK, queue=queue.ACTIONS, pass_context=True, retry=_InItsPlace())(self._do)
        return app

    async def _do(self, context: JobContext, run: int, tries: int) -> None:  # noqa: ARG002 - read by Recovery
        """Do a run, unless the ledger says that there is nothing to do."""
        task, job = asyncio.current_task(), context.job.id
        assert task is not None
        assert job is not None
        task.add_done_callback(lambda _: self._wake_all())  # once the job is taken off the queue
        waiting = await asyncio.to_thread(ledger.waiting_run, self.workspace.store, run)
        if waiting is None:
            return
        if self.stops.is_set():
            raise _NotBegun
        loop, is_over = asyncio.get_running_loop(), asyncio.Event()

        def over() -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(is_over.set)

        self.running.begin(waiting, is_aside=lambda: self._step_aside(job), is_over=over)
        await is_over.wait()

    def _step_aside(self, job: int) -> None:
        try:
            queue.step_aside(self.workspace.store.engine, job)
        except SQLAlchemyError as fault:  # the next one begins when this one has ended
            log.warning("database", why=str(fault))

    def _wake_all(self) -> None:
        waking = asyncio.ensure_future(asyncio.to_thread(self._wake_workers))
        self._wakings.add(waking)
        waking.add_done_callback(self._wakings.discard)

    def _wake_workers(self) -> None:
        with suppress(SQLAlchemyError):  # they look by themselves, a moment later
            queue.wake(self.workspace.store.engine)

    async def _look_after(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                if await asyncio.to_thread(self._recovery.look):
                    self._wake_all()
            except (SQLAlchemyError, OSError) as fault:
                log.warning("database", why=str(fault))
            self.seen_at = time.monotonic()
            await _wait(stopping, _LOOK_SECONDS)


async def _configure(connection: AsyncConnection[Any]) -> None:
    await connection.execute(KEEPALIVE)
    await connection.commit()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)

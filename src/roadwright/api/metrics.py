"""Figures for Prometheus: what was asked of the server, and how the work stands."""

from __future__ import annotations

import datetime as dt

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.domain.actions import ActionStatus
from roadwright.store.models import ActionRun, OptimizationRun, UnconfirmedWrite
from roadwright.store.session import Store


class Metrics:
    """The figures of one server, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "roadwright_requests", "Requests answered.", ("method", "call", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "roadwright_request_seconds", "Seconds until a request was answered.", ("call",), registry=self._registry
        )
        self._runs = Gauge("roadwright_runs", "Runs in the ledger.", ("action", "status"), registry=self._registry)
        self._waiting = Gauge("roadwright_queue_length", "Runs that wait for a worker.", registry=self._registry)
        self._age = Gauge(
            "roadwright_queue_age_seconds", "Seconds that the oldest of them waits.", registry=self._registry
        )
        self._solving = Gauge(
            "roadwright_last_solve_seconds", "Seconds that the newest solve took.", registry=self._registry
        )
        self._pending = Gauge(
            "roadwright_pending_writes", "Rows saved that their workbook does not show yet.", registry=self._registry
        )

    def count(self, method: str, call: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method if len(method) <= 10 else "other", call, status or 499).inc()
        self._seconds.labels(call).observe(seconds)

    def text(self, store: Store) -> bytes:
        """All figures, as Prometheus reads them."""
        with store.transaction() as session:
            self._look(session)
        return generate_latest(self._registry)

    def _look(self, session: Session) -> None:
        self._runs.clear()
        counted = session.execute(select(ActionRun.action, ActionRun.status, func.count()).group_by("action", "status"))
        for action, status, count in counted:
            self._runs.labels(action, status).set(count)
        waiting = select(func.count(), func.min(ActionRun.created_at)).where(
            ActionRun.status == str(ActionStatus.QUEUED), ActionRun.for_worker.is_(True)
        )
        count, oldest = session.execute(waiting).one()
        self._waiting.set(count)
        self._age.set(0 if oldest is None else _seconds_since(oldest))
        solve = select(OptimizationRun.shown_json).order_by(OptimizationRun.id.desc()).limit(1)
        shown = session.scalar(solve)
        self._solving.set(float((shown or {}).get("solve_seconds") or 0))
        self._pending.set(session.scalar(select(func.count()).select_from(UnconfirmedWrite)) or 0)


def _seconds_since(moment: str) -> float:
    return max((dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(moment)).total_seconds(), 0)

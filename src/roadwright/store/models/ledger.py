"""The durable ledger of everything that people asked for."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Key, Moment, Row


class ActionRun(Base):
    """One action that a person asked for."""

    __tablename__ = "action_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[Key] = mapped_column(unique=True)
    action: Mapped[str]
    status: Mapped[str] = mapped_column(String(16), index=True)
    request_json: Mapped[Row]
    """What was asked: tab, selection, options."""
    requested_by: Mapped[str]
    """The door (cli, …), user and host that it came through."""
    worker: Mapped[str | None]
    """Its sign of life (see ``store.presence``), to tell an interrupted run from a running one."""
    created_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    progress: Mapped[str | None]
    """What it is doing, in words."""
    progress_json: Mapped[Row | None]
    """What a solve has reached: incumbent, bound, gap, seconds."""
    cancel_requested_at: Mapped[Moment | None]
    """When someone asked it to stop; what it has found by then is kept."""
    summary_json: Mapped[Row | None]
    rows_json: Mapped[list[Row] | None]
    """Per-row statuses: tab, row, key, run_status."""
    error: Mapped[str | None]
    """Why it failed, in words, and what is still pending."""
    optimization_run_id: Mapped[str | None] = mapped_column(String(32))
    exit_code: Mapped[int | None]
    """With which it would have ended on a command line."""
    for_worker: Mapped[bool]
    """Whether it waits for a worker, instead of being done by the process that wrote it down."""
    tries: Mapped[int]
    """How often it was begun."""


class SheetRequest(Base):
    """A row of Requests that was taken up: it and its run are stored together, so that it is run once."""

    __tablename__ = "sheet_requests"
    __table_args__ = (UniqueConstraint("place", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    """The workbook's address and the tab."""
    number: Mapped[int]
    """Counts those of the place, so that two servers never take up one row."""
    run_id: Mapped[Key] = mapped_column(unique=True)
    typed: Mapped[Row]
    """What the row asks for, by column."""
    sheet_row: Mapped[int]
    """Where it was last seen."""
    created_at: Mapped[Moment]
    shown_at: Mapped[Moment | None]
    """When the row was first written with its run; None while that waits."""
    shown: Mapped[Row | None]
    """What its cells were last written with."""
    was_seen: Mapped[bool]
    """Whether a person saved the row with its run."""
    is_gone: Mapped[bool]
    """Whether the row was deleted or changed before it could be answered."""

"""What the calls take and answer, as the description of the API has it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from roadwright.domain.actions import OPEN_STATUSES, ActionStatus
from roadwright.store.models import ActionRun


class Body(BaseModel):
    """A body that is sent: a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid")


class ProblemBody(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str = Field(examples=["Not as it has to be"])
    status: int = Field(examples=[422])
    detail: str = Field(description="What is wrong, what is accepted, and the way out.")
    code: str = Field(description="The same for programs.", examples=["unknown_action_near"])
    request_id: str = Field(description="The server's log has it, too.", examples=["5f0c1a9d3b7e2468"])
    errors: list[dict[str, Any]] | None = Field(default=None, description="Each error, where there are several.")


class Health(BaseModel):
    status: str = Field(examples=["alive"])


class Check(BaseModel):
    name: str = Field(examples=["database"])
    ok: bool
    detail: str = Field(examples=["sqlite, schema 0008"])


class Ready(BaseModel):
    """Whether the server can work, part by part."""

    ready: bool
    version: str = Field(examples=["0.1.0"])
    checks: list[Check]


class Me(BaseModel):
    """Who is signed in."""

    who: str = Field(examples=["anna@example.com"])
    role: str = Field(examples=["planner"])
    actions: list[str] | None = Field(description="The only actions that the token runs, where it is made for some.")


class OptionShape(BaseModel):
    name: str = Field(examples=["on_conflict"])
    help: str
    default: str = Field(description="What holds where it is left out, in words.")


class ActionShape(BaseModel):
    """One thing that can be asked for."""

    name: str = Field(examples=["pm.backlog_sync"])
    help: str
    explanation: str
    tabs: list[str] = Field(description="Those it works on; the first is the default.")
    selects: bool = Field(description="Whether it takes a selection.")
    options: list[OptionShape]
    role: str = Field(description="The role that it needs at least.", examples=["planner"])


class ActionList(BaseModel):
    items: list[ActionShape]
    next: str | None = None
    total: int


class SheetRequest(Body):
    """The spreadsheet of Google Sheets that somebody asks from, instead of `tab` and `select`."""

    spreadsheet_id: str = Field(min_length=1, max_length=200, examples=["1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"])
    tab: str = Field(min_length=1, max_length=500, description="The tab that is shown.", examples=["Backlog"])
    rows: str | None = Field(
        default=None, max_length=100_000, description="The rows that are selected; without it all.", examples=["7,9-12"]
    )


class RunRequest(Body):
    """What to run."""

    action: str = Field(max_length=200, examples=["pm.backlog_sync"])
    tab: str | None = Field(default=None, max_length=500, description="The tab to work on.", examples=["Backlog"])
    select: str | None = Field(
        default=None,
        max_length=100_000,
        description="Keys, names or row numbers, as `--select` takes them; without it all rows.",
        examples=["INIT-000001, INIT-000002"],
    )
    options: dict[str, Any] = Field(default={}, description="By name.", examples=[{"on_conflict": "sheet"}])
    sheet: SheetRequest | None = Field(
        default=None, description="Where in a spreadsheet it is asked for, instead of `tab` and `select`."
    )

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"action": "pm.backlog_sync"}]})


class RunRow(BaseModel):
    """What a run says of one row."""

    model_config = ConfigDict(extra="allow")

    tab: str = ""
    row: int = 0
    key: str = ""
    run_status: str = ""


class Run(BaseModel):
    """One run of the ledger."""

    run_id: str = Field(examples=["ACT-000007"])
    action: str = Field(examples=["pm.backlog_sync"])
    status: str = Field(description="queued, running, success, partial, failed or cancelled.", examples=["success"])
    requested_by: str = Field(description="The door and who.", examples=["api:anna@example.com"])
    created_at: str = Field(examples=["2026-11-30T08:15:00.000000Z"])
    started_at: str | None
    finished_at: str | None
    progress: str | None = Field(description="What it is doing, in words.")
    progress_figures: dict[str, Any] | None = Field(description="What a solve has reached: incumbent, bound, gap.")
    summary: dict[str, Any] | None = Field(description="Its figures: selected, ok, warned, failed, saved, …")
    rows: list[RunRow] | None = Field(description="What it says of each row; null in lists.")
    error: str | None = Field(description="Why it failed, in words.")
    exit_code: int | None = Field(description="As on the command line; null until it has ended.")
    optimization_run_id: str | None = Field(examples=["OPT-000001"])
    tries: int = Field(description="How often a worker began it.")


class RunList(BaseModel):
    items: list[Run]
    next: str | None = Field(description="Send it as `before` for the next ones.")
    total: int


def run_shape(run: ActionRun, *, with_rows: bool = True) -> dict[str, Any]:
    """A run as the API shows it; in lists without what it says of each row."""
    return {
        "run_id": run.run_id,
        "action": run.action,
        "status": run.status,
        "requested_by": run.requested_by,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "progress": run.progress,
        "progress_figures": run.progress_json,
        "summary": run.summary_json,
        "rows": run.rows_json if with_rows else None,
        "error": run.error,
        "exit_code": _exit_code(run),
        "optimization_run_id": run.optimization_run_id,
        "tries": run.tries,
    }


def _exit_code(run: ActionRun) -> int | None:
    if run.exit_code is not None or run.status in OPEN_STATUSES:
        return run.exit_code
    return 0 if run.status in (ActionStatus.SUCCESS, ActionStatus.PARTIAL) else 1

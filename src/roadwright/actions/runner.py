"""Run an action by name: check what was asked, write it into the ledger, do it, write down what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from roadwright.actions import ledger
from roadwright.actions.cancelling import Cancel, Cancelled, CancelSwitch
from roadwright.actions.collecting import rare_collections
from roadwright.actions.contract import Action, Answer, Report, Request, UsageError
from roadwright.actions.progress import Progress
from roadwright.actions.registry import find_action
from roadwright.domain.disk import os_fault
from roadwright.domain.errors import InputError, RoadwrightError
from roadwright.domain.exit_codes import ExitCode, exit_code_of
from roadwright.store.models import ActionStatus
from roadwright.sync.engine import PendingWrite
from roadwright.sync.outcome import RowReport
from roadwright.sync.selection import Selection, parse_selection
from roadwright.workspace.workspace import TabPlace, Workspace


@dataclass(frozen=True)
class Asked:
    """What a person asked for, as typed: tab, selection and options."""

    action: str
    tab: str | None = None
    select: str | None = None
    options: Sequence[str] = ()
    """Each ``name=value``."""


@dataclass
class Outcome:
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


def _parse_options(action: Action, typed: Sequence[str]) -> dict[str, object]:
    known = {option.name: option for option in action.options}
    values: dict[str, object] = {}
    for text in typed:
        name, equals, value = text.partition("=")
        name = name.strip().replace("-", "_")
        option = known.get(name)
        if not equals or not value.strip():
            raise UsageError(f'--option "{text}" can\'t be read; expected name=value')
        if option is None:
            accepted = ", ".join(known) or "none"
            raise UsageError(f'{action.name} has no option "{name}"; it has: {accepted}')
        if name in values:
            raise UsageError(f"option {name} is given twice")
        try:
            values[name] = option.parse(value.strip())
        except ValueError as error:
            raise UsageError(f'option {name} is "{value.strip()}"; {error}') from error
    return values


def _find_tab(workspace: Workspace, action: Action, typed: str | None) -> TabPlace | None:
    if not action.tabs:
        if typed is not None:
            raise UsageError(f"{action.name} works on no single tab; leave --tab out")
        return None
    if typed is None:
        return workspace.place(action.tabs[0])
    place = workspace.find(typed)
    if place.spec not in action.tabs:
        accepted = ", ".join(spec.name for spec in action.tabs)
        raise UsageError(f"{action.name} does not work on {place.name}; it works on: {accepted}")
    return place


def _check(workspace: Workspace, asked: Asked) -> tuple[Action, TabPlace | None, Selection, dict[str, object]]:
    action = find_action(asked.action)
    if asked.select is not None and not action.selects:
        raise UsageError(f"{action.name} always works on everything; leave --select out")
    place = _find_tab(workspace, action, asked.tab)
    return action, place, parse_selection(asked.select), _parse_options(action, asked.options)


def run_action(
    workspace: Workspace, asked: Asked, *, requested_by: str, report: Report, switch: CancelSwitch | None = None
) -> Outcome:
    """Do what was asked. Never raises for what a person or a workbook can get wrong: the outcome says it.

    With the ``switch`` the door can end a solve, which then keeps what it has found.
    """
    try:
        action, place, selection, options = _check(workspace, asked)
    except InputError as wrong:
        return Outcome(None, asked.action, str(ActionStatus.FAILED), exit_code_of(wrong), error=str(wrong))
    request_json = {"tab": place.name if place else None, "select": asked.select, "options": list(asked.options)}
    try:
        run = ledger.enqueue(workspace.store, action.name, request_json, requested_by)
    except (DBAPIError, OSError) as fault:
        return Outcome(None, action.name, str(ActionStatus.FAILED), ExitCode.FAILED, error=_unusable(fault))
    switch = switch or CancelSwitch()
    cancel = Cancel(workspace.store, run.id, switch)
    progress = Progress(workspace.store, run.id, report, cancel)
    request = Request(workspace, action.name, place, selection, options, progress, run.id, cancel)
    try:
        try:
            with workspace.exclusive():
                ledger.start(workspace.store, run.id)
                cancel.check()
                with rare_collections():
                    answer = action.run(request)
        finally:
            switch.is_over = True
    except (KeyboardInterrupt, Cancelled) as end:
        by = "on request" if isinstance(end, Cancelled) else "by the person who asked"
        failed = ledger.fail(workspace.store, run.id, ActionStatus.CANCELLED, f"cancelled {by}")
        return Outcome(run.run_id, action.name, failed.status, ExitCode.FAILED, error=failed.error)
    except PendingWrite as pending:
        answer = Answer(tabs=pending.reports, problems=[str(pending)])
    except RoadwrightError as problem:
        ledger.fail(workspace.store, run.id, ActionStatus.FAILED, str(problem))
        return Outcome(run.run_id, action.name, str(ActionStatus.FAILED), exit_code_of(problem), error=str(problem))
    except (DBAPIError, OSError) as fault:
        _fail_if_possible(workspace, run.id, _unusable(fault))
        return Outcome(run.run_id, action.name, str(ActionStatus.FAILED), ExitCode.FAILED, error=_unusable(fault))
    except Exception as fault:
        # Not for the person to fix: the ledger keeps what happened, and the door keeps the whole of it in a log.
        _fail_if_possible(workspace, run.id, f"unexpected {type(fault).__name__}: {fault}")
        raise
    finished = ledger.finish(workspace.store, run.id, answer)
    return _outcome(finished.run_id, action.name, finished.status, answer)


def _unusable(fault: Exception) -> str:
    """A database that is gone, full or held by someone, or a file, in words."""
    if isinstance(fault, DBAPIError):
        what = f"the database can't be used: {fault.orig or fault}"
    elif isinstance(fault, OSError):
        what = f"{fault.filename or 'a file'} can't be used: {os_fault(fault)}"
    else:
        what = str(fault)
    return f"{what}; see roadwright doctor, then run again, that is safe"


def _fail_if_possible(workspace: Workspace, number: int, error: str) -> None:
    """Where even the ledger can't be written, the run is told as interrupted once its process is gone."""
    with suppress(SQLAlchemyError):
        ledger.fail(workspace.store, number, ActionStatus.FAILED, error)


def _outcome(run_id: str, name: str, status: str, answer: Answer) -> Outcome:
    code = answer.exit_code
    if status not in (ActionStatus.SUCCESS, ActionStatus.PARTIAL) and code == ExitCode.DONE:
        code = ExitCode.FAILED
    return Outcome(
        run_id,
        name,
        status,
        code,
        answer.full_summary(),
        answer.rows(),
        "; ".join(answer.problems) or None,
        answer.optimization_run_id,
    )

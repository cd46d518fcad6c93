"""The rebuild behind `roadwright rebuild`, written into the ledger as everything that people ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from roadwright.actions import ledger
from roadwright.actions.contract import Answer
from roadwright.actions.execute import ActionResult, failed_result, result_of
from roadwright.domain.actions import ActionStatus
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Message
from roadwright.domain.provenance import REBUILD
from roadwright.sheets.backend import SheetError
from roadwright.sync.rebuild import may_be_rebuilt, rebuild
from roadwright.workspace.identity import went_on_until
from roadwright.workspace.turns import WorkspaceBusy
from roadwright.workspace.workspace import Workspace, open_workspace


def run_rebuild(root: Path, requested_by: str, report: Callable[[str], None]) -> ActionResult:
    """Take over what the workbooks of a folder hold into its database. Raises SettingsError or StoreError."""
    workspace = open_workspace(root, check=False)
    store = workspace.store
    workspace = replace(workspace, is_waiting=lambda: report(ledger.awaited(store)))
    try:
        with workspace.exclusive():
            until = went_on_until(workspace)
            is_needed = may_be_rebuilt(workspace)
            left = 0 if until is None else ledger.close_left(store, until)
            if left:
                report(str(Message("runs_of_older_copy", params={"count": left})))
            if not is_needed:
                report("the database knows everything that the workbooks hold; there is nothing to take over")
                return ActionResult(None, REBUILD, str(ActionStatus.SUCCESS), ExitCode.DONE)
            return _rebuilt(workspace.used(), requested_by, report)
    except (SheetError, WorkspaceBusy, DBAPIError, OSError) as fault:
        return failed_result(None, REBUILD, fault)
    finally:
        workspace.close()


def _rebuilt(workspace: Workspace, requested_by: str, report: Callable[[str], None]) -> ActionResult:
    """Rebuild as a run in the ledger, which others see while they wait for it."""
    store = workspace.store
    run = ledger.enqueue(store, REBUILD, {}, requested_by)
    try:
        ledger.start(store, run.id)
        done = rebuild(workspace, report)
        summary: dict[str, object] = {"keys": done.keys, "runs": done.runs}
        answer = Answer(tabs=done.tabs, problems=done.problems, summary=summary)
        run = ledger.finish(store, run.id, answer)
        return result_of(run.run_id, REBUILD, run.status, answer)
    except SheetError as problem:
        ledger.fail(store, run.id, ActionStatus.FAILED, str(problem))
        return failed_result(run.run_id, REBUILD, problem)
    finally:
        ledger.leave(run)

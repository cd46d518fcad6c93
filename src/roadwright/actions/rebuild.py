"""The rebuild behind `roadwright rebuild`, written into the ledger as everything that people ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from roadwright.actions import ledger
from roadwright.actions.contract import Answer
from roadwright.actions.runner import Outcome
from roadwright.domain.exit_codes import ExitCode
from roadwright.sheets.backend import SheetError
from roadwright.store.models import ActionStatus
from roadwright.sync.rebuild import may_be_rebuilt, rebuild
from roadwright.sync.take_over import SOURCE
from roadwright.workspace.turns import WorkspaceBusy
from roadwright.workspace.workspace import open_workspace


def run_rebuild(root: Path, requested_by: str, report: Callable[[str], None]) -> Outcome:
    """Take over what the workbooks of a folder hold into its database. Raises SettingsError or StoreError."""
    workspace = open_workspace(root, check=False)
    try:
        with workspace.exclusive():
            if not may_be_rebuilt(workspace):
                report("the database knows everything that the workbooks hold; there is nothing to take over")
                return Outcome(None, SOURCE, str(ActionStatus.SUCCESS), ExitCode.DONE)
            done = rebuild(workspace, report)
        summary: dict[str, object] = {"keys": done.keys, "runs": done.runs}
        answer = Answer(tabs=done.tabs, problems=done.problems, summary=summary)
        run = ledger.enqueue(workspace.store, SOURCE, {}, requested_by)
        run = ledger.finish(workspace.store, run.id, answer)
        code = ExitCode.DONE if run.status == ActionStatus.SUCCESS else ExitCode.FAILED
        return Outcome(run.run_id, SOURCE, run.status, code, answer.full_summary(), answer.rows(), run.error)
    except (SheetError, WorkspaceBusy) as problem:
        return Outcome(None, SOURCE, str(ActionStatus.FAILED), ExitCode.FAILED, error=str(problem))
    finally:
        workspace.close()

"""Submit and execute at once, in this process: what the command line does, and all that runs where it is asked."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.contract import Action, Report
from roadwright.actions.execute import ActionResult, Door, execute, failed_result
from roadwright.actions.options import Options
from roadwright.actions.submit import ActionRequest, Submission, checked, command, submit
from roadwright.domain.errors import InputError
from roadwright.workspace.workspace import Workspace


def _say_nothing(message: str) -> None:
    pass


def run_action(
    workspace: Workspace,
    asked: ActionRequest,
    *,
    requested_by: str,
    report: Report,
    say: Callable[[str], None] = _say_nothing,
    switch: CancelSwitch | None = None,
) -> ActionResult:
    """Do what was asked. Never raises for what a person or a workbook can get wrong: the result says it.

    For ``report`` and ``say`` see `Door`. With the ``switch`` the door can end the action; a solve then keeps what it
    has found.
    """
    try:
        submission = checked(workspace, asked)
    except InputError as wrong:
        return failed_result(None, asked.action, wrong)
    return _run(workspace, submission, requested_by, Door(report, say, switch or CancelSwitch()))


def run_command(
    workspace: Workspace,
    action: Action,
    options: Options,
    *,
    requested_by: str,
    report: Report,
    say: Callable[[str], None] = _say_nothing,
    switch: CancelSwitch | None = None,
) -> ActionResult:
    """Do what has a command of its own instead of a name in the list of actions, in the same way."""
    return _run(workspace, command(action, options), requested_by, Door(report, say, switch or CancelSwitch()))


def _run(workspace: Workspace, submission: Submission, requested_by: str, door: Door) -> ActionResult:
    try:
        run = submit(workspace, submission, requested_by, alive=True)
    except (DBAPIError, OSError) as fault:
        return failed_result(None, submission.action.name, fault)
    return execute(workspace, run, door)

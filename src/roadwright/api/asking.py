"""Asking for a run in somebody's name, and for its end: what the API and the pages do when that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roadwright.actions import ledger
from roadwright.actions.registry import find_action, in_the_name_of, role_for
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.api.problems import Problem
from roadwright.api.state import Caller, Server
from roadwright.domain.errors import InputError
from roadwright.domain.roles import Role
from roadwright.store.models import ActionRun


def asked_for(  # noqa: PLR0917 - who asks, and the four parts of what is asked
    server: Server,
    caller: Caller,
    name: str,
    tab: str | None = None,
    select: str | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
) -> ActionRun:
    """The run that was written down, for a worker to do. Raises Problem where it can't be, or may not be."""
    action = find_action(name)
    if caller.actions is not None and action.name not in caller.actions:
        raise Problem(403, "action_not_of_token", action=action.name, actions=sorted(caller.actions))
    named = in_the_name_of(action, options, caller.who)
    try:
        submission = checked(server.workspace, ActionRequest(action.name, tab, select, named))
    except InputError as wrong:  # also a tab that there is not: the path is right
        raise Problem.of(422, wrong.message) from wrong
    needed = role_for(action, submission.options)
    if caller.actions is None and not caller.role.may(needed):
        raise Problem(403, "action_needs_role", action=action.name, needed=needed, role=caller.role)
    run = submit(server.workspace, submission, caller.requested_by, for_worker=True)
    server.wake()
    return run


def may_cancel(caller: Caller, run: ActionRun) -> bool:
    """Whether it is one's own run, which a planner may end, or one is an admin, who may end any."""
    return caller.role.may(Role.ADMIN) or (caller.role.may(Role.PLANNER) and is_own(caller, run))


def is_own(caller: Caller, run: ActionRun) -> bool:
    """Whether the caller asked for the run, through whichever door."""
    return run.requested_by.partition(":")[2] == caller.who


def cancelled_for(server: Server, caller: Caller, run: ActionRun) -> ActionRun:
    """The run, which was asked to end. Raises Problem where the caller may not, NotRunning where it has ended."""
    if not may_cancel(caller, run):
        raise Problem(403, "run_of_another", run_id=run.run_id, who=run.requested_by)
    return ledger.request_cancel(server.workspace.store, run.run_id)

"""Asking for a run in somebody's name: what the API and the pages do when an action is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roadwright.actions.registry import find_action
from roadwright.actions.roles import in_the_name_of, role_for
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.api.problems import Problem
from roadwright.api.state import Caller, Server
from roadwright.domain.errors import InputError
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

"""The one list of actions; every door (command line, API, sheet menu and web) shows this list.

And which role each needs, and what is asked of it over the network in somebody's name.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from roadwright.actions.contract import Action
from roadwright.actions.keeping import BACKUP
from roadwright.actions.options import ByOption, Options, UsageError
from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.candidates import POPULATE_CANDIDATES
from roadwright.actions.pm.explaining import EXPLAIN_SELECTION
from roadwright.actions.pm.optimization import RUN_ALL_CANDIDATES, RUN_SELECTED_CANDIDATES
from roadwright.actions.pm.params import SEED_MATH_PARAMS
from roadwright.actions.pm.publishing import ROADMAP_PUBLISH
from roadwright.actions.pm.refresh import REFRESH_TAB, WRITE_RESULTS
from roadwright.actions.pm.roadmap_request import CheckOptions
from roadwright.actions.pm.roadmap_status import ROADMAP_SET_STATUS, StatusOptions
from roadwright.actions.pm.roadmaps import ROADMAP_CHECK_GATES, ROADMAP_CREATE
from roadwright.actions.pm.saving import SAVE_CONSTRAINTS, SAVE_SCENARIO, SAVE_SELECTED, SAVE_TARGETS
from roadwright.actions.pm.scoring import POPULATE_INITIATIVES, SCORE_SELECTED, SWITCH_FRAMEWORK
from roadwright.actions.prune import PRUNE
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.roles import Role
from roadwright.domain.text import folded

ACTIONS: tuple[Action, ...] = (
    BACKLOG_SYNC,
    SAVE_SELECTED,
    REFRESH_TAB,
    POPULATE_INITIATIVES,
    SEED_MATH_PARAMS,
    SCORE_SELECTED,
    SWITCH_FRAMEWORK,
    POPULATE_CANDIDATES,
    SAVE_SCENARIO,
    SAVE_CONSTRAINTS,
    SAVE_TARGETS,
    RUN_SELECTED_CANDIDATES,
    RUN_ALL_CANDIDATES,
    WRITE_RESULTS,
    EXPLAIN_SELECTION,
    ROADMAP_CREATE,
    ROADMAP_CHECK_GATES,
    ROADMAP_SET_STATUS,
    ROADMAP_PUBLISH,
)

BY_NAME = {action.name: action for action in ACTIONS}

_COMMANDS = {action.name: action for action in (PRUNE, BACKUP)}
"""What has a command of its own; the ledger lists it like any action."""


def find_command(name: str) -> Action | None:
    """The action behind a command of its own."""
    return _COMMANDS.get(name)


def find_action(name: str) -> Action:
    """The action of this name. Raises UsageError, naming the nearest."""
    action = BY_NAME.get(name.strip())
    if action is None:
        close = difflib.get_close_matches(name, BY_NAME, n=1, cutoff=0.5)
        if close:
            raise UsageError("unknown_action_near", action=name, near=close[0])
        raise UsageError("unknown_action", action=name)
    return action


_ROLES: Mapping[str, Role] = MappingProxyType({ROADMAP_PUBLISH.name: Role.APPROVER})
"""Of the actions that do not simply need a planner."""
_APPROVALS = (RoadmapStatus.APPROVED, RoadmapStatus.ARCHIVED)


def role_of(action: Action) -> Role:
    """The role that the action needs at least."""
    return _ROLES.get(action.name, Role.PLANNER)


def role_for(action: Action, options: Options) -> Role:
    """The role that the action needs as it is asked for."""
    if action is ROADMAP_SET_STATUS and isinstance(options, StatusOptions) and options.status in _APPROVALS:
        return Role.APPROVER
    if isinstance(options, CheckOptions) and options.confirm_waivers:
        return Role.APPROVER
    return role_of(action)


def in_the_name_of(action: Action, options: Mapping[str, object], who: str) -> dict[str, object]:
    """The options, with who decides where the action asks for that. Raises UsageError for another name."""
    asked = dict(options)
    if not issubclass(action.options, ByOption):
        return asked
    name = asked.get("by")
    if name is not None and folded(str(name)) != folded(who):
        raise UsageError("decided_by_another", name=name, who=who)
    asked["by"] = who
    return asked

"""Which role an action needs, and what is asked of it over the network in somebody's name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roadwright.actions.contract import Action
from roadwright.actions.options import ByOption, Options, UsageError
from roadwright.actions.pm.publishing import ROADMAP_PUBLISH
from roadwright.actions.pm.roadmap_request import CheckOptions
from roadwright.actions.pm.roadmap_status import ROADMAP_SET_STATUS, StatusOptions
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.roles import Role
from roadwright.domain.text import folded

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

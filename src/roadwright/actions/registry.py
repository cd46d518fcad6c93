"""The one list of actions; every door (command line, and later API, sheet menu and web) shows this list."""

from __future__ import annotations

import difflib

from roadwright.actions.contract import Action
from roadwright.actions.keeping import BACKUP
from roadwright.actions.options import UsageError
from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.candidates import POPULATE_CANDIDATES
from roadwright.actions.pm.explaining import EXPLAIN_SELECTION
from roadwright.actions.pm.optimization import RUN_ALL_CANDIDATES, RUN_SELECTED_CANDIDATES
from roadwright.actions.pm.params import SEED_MATH_PARAMS
from roadwright.actions.pm.publishing import ROADMAP_PUBLISH
from roadwright.actions.pm.refresh import REFRESH_TAB
from roadwright.actions.pm.results import WRITE_RESULTS
from roadwright.actions.pm.roadmap_status import ROADMAP_SET_STATUS
from roadwright.actions.pm.roadmaps import ROADMAP_CHECK_GATES, ROADMAP_CREATE
from roadwright.actions.pm.saving import SAVE_CONSTRAINTS, SAVE_SCENARIO, SAVE_SELECTED, SAVE_TARGETS
from roadwright.actions.pm.scoring import POPULATE_INITIATIVES, SCORE_SELECTED, SWITCH_FRAMEWORK
from roadwright.actions.prune import PRUNE

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

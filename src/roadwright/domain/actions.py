"""The names of the actions, for what is declared below the registry, and how a request for one stands."""

from __future__ import annotations

from enum import StrEnum

ACTION_NAMES = (
    "pm.backlog_sync",
    "pm.save_selected",
    "pm.refresh_tab",
    "pm.populate_initiatives",
    "pm.seed_math_params",
    "pm.score_selected",
    "pm.switch_framework",
    "pm.populate_candidates",
    "pm.optimize_save_scenario",
    "pm.optimize_save_constraints",
    "pm.optimize_save_targets",
    "pm.optimize_run_selected_candidates",
    "pm.optimize_run_all_candidates",
    "pm.optimize_write_results",
    "pm.explain_selection",
    "pm.roadmap_create",
    "pm.roadmap_check_gates",
    "pm.roadmap_set_status",
    "pm.roadmap_publish",
)
"""In the order of the registry; a test compares both."""


class ActionStatus(StrEnum):
    """How a run of an action stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    """It did what it was asked to, except for some rows that failed."""
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATUSES: tuple[str, ...] = (str(ActionStatus.QUEUED), str(ActionStatus.RUNNING))
"""Of runs that have not ended."""
REFUSED = "refused"
"""The status of a request, typed in a sheet, that became no run; all others have that of their run."""
REQUEST_STATUSES: tuple[str, ...] = (*map(str, ActionStatus), REFUSED)

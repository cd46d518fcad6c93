"""Workbooks that follow: what was saved without a sheet is shown on it, by a run of its own, one for many edits."""

from __future__ import annotations

from sqlalchemy import select

from roadwright.actions.pm.refresh import REFRESH_TAB
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import ActionRun, ActionStatus
from roadwright.workspace.workspace import Workspace

FOLLOWER = "server:follow"
"""As whom the ledger names it."""


def follow(workspace: Workspace, spec: TabSpec) -> bool:
    """Ask for the tab to be brought up to date, where it can be and that does not wait already."""
    if spec not in REFRESH_TAB.tabs:
        return False
    place = workspace.place(spec)
    waiting = select(ActionRun.request_json).where(
        ActionRun.status == str(ActionStatus.QUEUED), ActionRun.requested_by == FOLLOWER, ActionRun.worker.is_(None)
    )
    with workspace.store.transaction() as session:
        if any(asked.get("tab") == place.name for asked in session.scalars(waiting)):
            return False
    submit(workspace, checked(workspace, ActionRequest(REFRESH_TAB.name, place.name)), FOLLOWER, for_worker=True)
    return True

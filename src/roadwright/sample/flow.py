"""The sample workspace: made once with what its people typed; and what the demo does with it beyond a round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from roadwright import tabs
from roadwright.actions.cancelling import Cancelled, SeriesSwitch
from roadwright.actions.contract import Report
from roadwright.actions.execute import ActionResult
from roadwright.actions.ledger import requester
from roadwright.actions.plan import PlanStep
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.actions import ActionStatus
from roadwright.domain.errors import OperationError
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.sample.company import (
    APPROVER,
    CARRIED,
    COMMITTED,
    TRACKER_FILE,
    edits,
    intake_sheets,
    new_rows,
    tracker_export,
)
from roadwright.sample.typing import keys_on, make_intake_workbook, type_into_rows, type_new_rows
from roadwright.sheets.spec import TabSpec
from roadwright.store.roadmaps import find_roadmap
from roadwright.sync.importing import plan_import, take_import
from roadwright.workspace.building import built_whole, remove_unfinished
from roadwright.workspace.create import create_workspace
from roadwright.workspace.settings import FILE, template
from roadwright.workspace.workspace import Workspace, open_workspace

DOOR = "demo"


class StepFailed(OperationError):
    """A step of the demo did not work; the message is the action's own."""


PUBLISH = PlanStep(
    f"publish {COMMITTED}",
    ActionRequest("pm.roadmap_publish", options={"roadmap_name": COMMITTED, "by": APPROVER}),
)
"""What the demo does after the round, with its own roadmap only."""


def make_sample(folder: Path, say: Callable[[str], None], switch: SeriesSwitch) -> None:
    """Make the sample workspace. It appears whole or not at all. Raises Cancelled where the switch is turned on."""
    for path in remove_unfinished(folder):
        say(f"removed {path}, which a demo left that was ended in the middle")
    with built_whole(folder) as building:
        say("making the workspace and its workbooks")
        _write_settings(building)
        create_workspace(building)
        say("support brings in what it exported from its tracker")
        _import_tracker(building)
        workspace = open_workspace(building)
        try:
            for message in _type_everything(workspace, switch):
                switch.check()
                say(message)
        finally:
            workspace.close()
        switch.check()


def _write_settings(folder: Path) -> None:
    others = "".join(
        f'\n[[intake]]\nworkbook = "{sheet.workbook}"\ntabs = ["{sheet.tab}"]\n' for sheet in intake_sheets()[1:]
    )
    (folder / FILE).write_text(template() + others, encoding="utf-8")


def _import_tracker(folder: Path) -> None:
    """What `roadwright import --yes` does, with a column that is to go along."""
    file = folder / TRACKER_FILE
    file.write_text(tracker_export(), encoding="utf-8", newline="")
    plan = plan_import(folder, file)
    workspace = open_workspace(folder)
    try:
        take_import(workspace, replace(plan, entry=replace(plan.entry, carry=CARRIED)))
    finally:
        workspace.close()


def _type_everything(workspace: Workspace, switch: SeriesSwitch) -> Iterator[str]:
    """What people type, in the order in which they can: the backlog's rows are there only after the first sync."""
    first, *others = intake_sheets()
    yield "people type their ideas into the intake sheets"
    type_new_rows(workspace, workspace.intake()[0], first.rows)
    for sheet in others:
        make_intake_workbook(workspace.root / sheet.workbook, sheet)
    yield "product managers work on the backlog"
    _must_work(workspace, switch, ActionRequest("pm.backlog_sync"))
    keys = keys_on(workspace, workspace.place(tabs.BACKLOG))

    def add(*specs: TabSpec) -> None:
        for spec in specs:
            type_new_rows(workspace, workspace.place(spec), new_rows(spec), keys)

    def edit(*specs: TabSpec) -> None:
        for spec in specs:
            type_into_rows(workspace, workspace.place(spec), edits(spec), keys)

    edit(tabs.BACKLOG)
    yield "they type KPIs, scoring inputs and contributions"
    add(tabs.METRICS_CONFIG)
    _must_work(workspace, switch, ActionRequest("pm.populate_initiatives"))
    edit(tabs.SCORING_INPUTS, tabs.KPI_CONTRIBUTIONS)
    yield "they type math models, with their params"
    add(tabs.MATH_MODELS, tabs.PARAMS)
    yield "they type scenarios, constraints and targets"
    add(tabs.SCENARIO_CONFIG, tabs.CONSTRAINTS, tabs.TARGETS)
    yield "they set up two roadmaps with different gates, plan them by quarter, and one of them is approved"
    add(tabs.ROADMAPS, tabs.GATES, tabs.ROADMAP_ENTRIES)
    _must_work(workspace, switch, ActionRequest("pm.roadmap_create"))
    for status in (RoadmapStatus.IN_REVIEW, RoadmapStatus.APPROVED):
        moved = (f"roadmap_name={COMMITTED}", f"status={status}", f"by={APPROVER}")
        _must_work(workspace, switch, ActionRequest("pm.roadmap_set_status", options=moved))


def _silent(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress: these steps are short."""


def _must_work(workspace: Workspace, switch: SeriesSwitch, asked: ActionRequest) -> None:
    result = run_action(workspace, asked, requested_by=requester(DOOR), report=_silent, switch=switch.next())
    if result.status == ActionStatus.CANCELLED:
        raise Cancelled
    if result.exit_code:
        raise StepFailed("step_failed", action=asked.action, why=result.error)


def is_own(workspace: Workspace) -> bool:
    """Whether this is the sample company's workspace: its people approved the roadmap that the demo publishes."""
    with workspace.store.transaction() as session:
        roadmap = find_roadmap(session, COMMITTED)
        return roadmap is not None and any(change.changed_by == APPROVER for change in roadmap.status_changes)


def publish_own(
    workspace: Workspace, report: Report, say: Callable[[PlanStep, ActionResult], None], switch: SeriesSwitch
) -> ActionResult | None:
    """Publish the sample company's roadmap; nothing on a workspace of somebody else.

    Raises Cancelled where the switch is turned on.
    """
    if not is_own(workspace):
        return None
    report(PUBLISH.title)
    result = run_action(workspace, PUBLISH.asked, requested_by=requester(DOOR), report=report, switch=switch.next())
    say(PUBLISH, result)
    return result

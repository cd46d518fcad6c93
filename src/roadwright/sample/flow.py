"""The sample workspace: made once with what its people typed, and the main job that can be run on it any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from roadwright import tabs
from roadwright.actions.cancelling import Cancelled, SeriesSwitch
from roadwright.actions.contract import Report
from roadwright.actions.execute import ActionResult
from roadwright.actions.ledger import requester
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.errors import OperationError
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.sample.company import (
    APPROVER,
    BALANCED,
    CARRIED,
    COMMITTED,
    GROWTH_FIRST,
    TRACKER_FILE,
    edits,
    intake_sheets,
    new_rows,
    tracker_export,
)
from roadwright.sample.typing import keys_on, make_intake_workbook, type_into_rows, type_new_rows
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import ActionStatus
from roadwright.sync.importing import plan_import, take_import
from roadwright.workspace.building import built_whole, remove_unfinished
from roadwright.workspace.create import create_workspace
from roadwright.workspace.settings import FILE, template
from roadwright.workspace.workspace import Workspace, open_workspace

DOOR = "demo"


class StepFailed(OperationError):
    """A step of the demo did not work; the message is the action's own."""


@dataclass(frozen=True)
class DemoStep:
    """One action of the main job, and what it is for."""

    title: str
    asked: ActionRequest


def _run_step(name: str) -> DemoStep:
    return DemoStep(
        f"optimize: {name}", ActionRequest("pm.optimize_run_all_candidates", options=(f"scenario_name={name}",))
    )


MAIN_JOB: tuple[DemoStep, ...] = (
    DemoStep("sync every intake sheet into the backlog", ActionRequest("pm.backlog_sync")),
    DemoStep("save the KPI registry", ActionRequest("pm.save_selected", tab=tabs.METRICS_CONFIG.name)),
    DemoStep("put the initiatives on the scoring tabs", ActionRequest("pm.populate_initiatives")),
    DemoStep("make rows for the params of approved formulas", ActionRequest("pm.seed_math_params")),
    DemoStep("score with RICE, WSJF and math models, activate, save contributions", ActionRequest("pm.score_selected")),
    DemoStep("judge two roadmaps, each by its own gates", ActionRequest("pm.roadmap_create")),
    DemoStep("show scores and roadmaps on the backlog", ActionRequest("pm.backlog_sync")),
    DemoStep("save the scenarios", ActionRequest("pm.optimize_save_scenario")),
    DemoStep("save the constraints", ActionRequest("pm.optimize_save_constraints")),
    DemoStep("save the targets", ActionRequest("pm.optimize_save_targets")),
    DemoStep(
        "list the candidates", ActionRequest("pm.populate_candidates", options=(f"scenario_name={GROWTH_FIRST}",))
    ),
    _run_step(BALANCED),
    _run_step(GROWTH_FIRST),
    DemoStep(
        f"publish {COMMITTED}",
        ActionRequest("pm.roadmap_publish", options=(f"roadmap_name={COMMITTED}", f"by={APPROVER}")),
    ),
)
"""From intake sheets to portfolios in the sheet, and to a published roadmap."""


@dataclass
class Done:
    """The answers of a main job, step by step."""

    steps: list[tuple[DemoStep, ActionResult]] = field(default_factory=list)


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
    yield "they set up two roadmaps with different gates, and one of them is approved"
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


def run_main_job(
    workspace: Workspace, report: Report, say: Callable[[DemoStep, ActionResult], None], switch: SeriesSwitch
) -> Done:
    """Run the whole main job, telling each step when it is done. A step that fails does not stop the others.

    Raises Cancelled where the switch is turned on and steps are left.
    """
    done = Done()
    for step in MAIN_JOB:
        report(step.title)
        result = run_action(workspace, step.asked, requested_by=requester(DOOR), report=report, switch=switch.next())
        say(step, result)
        done.steps.append((step, result))
    return done

"""pm.roadmap_set_status: a roadmap from draft over review and approval to the archive, and who moved it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, Asked, on_conflict, row_stops
from roadwright.actions.options import (
    ByOption,
    OnConflictOption,
    Options,
    RoadmapOption,
    UsageError,
    chosen,
    option,
    reads,
)
from roadwright.actions.pm.roadmap_request import only_roadmap
from roadwright.actions.pm.roadmap_tabs import STOPPED, say_standing
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.text import folded
from roadwright.services.bindings.roadmaps import RoadmapsBinding
from roadwright.services.roadmaps.versions import Refusal, move_roadmap
from roadwright.sheets.kinds import choice
from roadwright.store.models import ActionRun
from roadwright.store.roadmaps import all_roadmaps
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import run_pass, show_tab
from roadwright.sync.reports import SheetRow, TabReport
from roadwright.sync.saves import MERGES, still_in_effect
from roadwright.sync.selection import ALL

_STATUSES = ", ".join(status for status in RoadmapStatus if status is not RoadmapStatus.PUBLISHED)


class _StatusOption(Options):
    status: Annotated[RoadmapStatus, reads(choice(RoadmapStatus).read)] | None = option(
        f"where to move it: {_STATUSES}", otherwise="none: it must be given"
    )


class StatusOptions(RoadmapOption, _StatusOption, ByOption, OnConflictOption):
    """Of pm.roadmap_set_status."""


def decided_by(session: Session, request: ActionContext) -> str:
    """Who decides: the person that is named, else whoever asked for the action."""
    return chosen(request.options, ByOption).by or session.get_one(ActionRun, request.action_run_id).requested_by


def _check(asked: Asked) -> None:
    if chosen(asked.options, StatusOptions).status is None:
        raise UsageError("status_missing", statuses=_STATUSES)


def _run(request: ActionContext) -> Answer:
    asked = chosen(request.options, StatusOptions)
    wanted, name = asked.status, asked.roadmap_name
    assert wanted is not None
    answer = Answer()

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        [tab] = open_tabs
        answer.problems.clear()
        results, report = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
        try:
            roadmap = only_roadmap(current.session, name, [o.identity for o in results])
            answer.summary["roadmap_name"] = roadmap.roadmap_name
            stopped = _stopped_rows(results, roadmap.roadmap_name)
            by = decided_by(current.session, request)
            if stopped:  # nobody can tell what it is that would be approved
                answer.problems += stopped
                answer.status, answer.exit_code = "failed", ExitCode.WRONG
            elif move_roadmap(current.session, roadmap, wanted, by, current.source):
                answer.summary["moved"] = True
            answer.summary["status"] = roadmap.status
        except Refusal as refusal:
            answer.problems.append(refusal.message)
        except UsageError as wrong:  # what was saved, or could not be, says so all the same
            may_be_why = name is not None or not all_roadmaps(current.session)
            answer.problems += (_stopped_rows(results, name) if may_be_why else []) or [wrong.message]
            answer.status, answer.exit_code = "failed", ExitCode.WRONG
        say_standing(current.session, results)
        show_tab(current, tab, RoadmapsBinding(), results, report)
        report.rows += still_in_effect(current.session, tab, report)
        return [report]

    answer.tabs = run_pass(request.workspace, request.action, [request.workspace.place(tabs.ROADMAPS)], work)
    return answer


def _stopped_rows(results: Iterable[SheetRow], name: str | None) -> list[Message]:
    """Rows that could not be saved: a roadmap may be missing because of that, or stand otherwise than its row says."""
    wanted = None if name is None else folded(name)
    return [
        row_stops(o.key, o.notes.text)
        for o in results
        if o.notes.level in STOPPED and not o.is_duplicate and wanted in (None, o.identity[0])
    ]


ROADMAP_SET_STATUS = Action(
    name="pm.roadmap_set_status",
    help="moves a roadmap: draft, in_review, approved, archived; who moved it and when is kept",
    explanation=(
        "One step at a time: draft to in_review, in_review to approved, approved or published to archived; and from "
        "anywhere back to draft. published is reached by pm.roadmap_publish only. Any other move is refused, and so is "
        "any where the roadmap's row is in CONFLICT or FAILED. Blocked entries do not stop a move. Moving a roadmap to "
        "where it stands changes nothing."
    ),
    run=_run,
    check=_check,
    tabs=(tabs.ROADMAPS,),
    options=StatusOptions,
    selects=False,
)

"""`roadwright plan`: the whole round on a workspace, step by step, and what waits for a person after it.

Each step is an action as anybody would ask for it, with its own line in the ledger. A step that fails stops no other
one; what a person decides (approvals, ticks, adopted runs, publishing) is left to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from roadwright import tabs
from roadwright.actions.cancelling import SeriesSwitch
from roadwright.actions.contract import Report
from roadwright.actions.execute import ActionResult
from roadwright.actions.pm.optimization import RUN_ALL_CANDIDATES
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.services.portfolios.candidates import ScenarioProblem
from roadwright.services.portfolios.overview import ScenarioAnswer, answers_of
from roadwright.services.roadmaps.attention import Need, NeedKind, stored_needs
from roadwright.services.rows.identity import display_key, identity_of
from roadwright.services.rows.notes import level_of
from roadwright.sheets.backend import SheetError
from roadwright.sheets.read import Table
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import OptimizationScenario
from roadwright.sync.engine import WorkbookCache, read_tab
from roadwright.sync.run_tabs import is_there, without_overview
from roadwright.workspace.workspace import Workspace

SAVE = "pm.save_selected"


@dataclass(frozen=True)
class PlanStep:
    """One action of the round, and what it is for. ``saves`` are the tabs that it saves before anything else."""

    title: str
    asked: ActionRequest
    saves: tuple[TabSpec, ...] = ()

    @property
    def scenario(self) -> str | None:
        """The scenario that it runs."""
        if self.asked.action != RUN_ALL_CANDIDATES.name:
            return None
        assert isinstance(self.asked.options, Mapping)
        return str(self.asked.options["scenario_name"])


_SCORING = (tabs.SCORING_INPUTS, tabs.MATH_MODELS, tabs.PARAMS, tabs.KPI_CONTRIBUTIONS)
_ROADMAPS = (tabs.ROADMAPS, tabs.GATES, tabs.ROADMAP_ENTRIES)
_OPTIMIZATION = (tabs.SCENARIO_CONFIG, tabs.CONSTRAINTS, tabs.TARGETS, tabs.CANDIDATES)

_SYNC = PlanStep("sync every intake sheet into the backlog", ActionRequest("pm.backlog_sync"), (tabs.BACKLOG,))
_FIRST: tuple[PlanStep, ...] = (
    PlanStep("save the KPI registry", ActionRequest(SAVE, tab=tabs.METRICS_CONFIG.name)),
    PlanStep("put the initiatives on the scoring tabs", ActionRequest("pm.populate_initiatives")),
    PlanStep("make rows for the params of approved formulas", ActionRequest("pm.seed_math_params")),
    PlanStep(
        "score with RICE, WSJF and math models, activate, save contributions",
        ActionRequest("pm.score_selected"),
        _SCORING,
    ),
)
_JUDGE = PlanStep("fill the roadmaps and judge each by its own gates", ActionRequest("pm.roadmap_create"), _ROADMAPS)
_OVERVIEW = PlanStep("bring the overview up to date", ActionRequest("pm.refresh_tab", tab=tabs.OVERVIEW.name))
_SHOW = PlanStep("show scores and roadmaps on the backlog", ActionRequest("pm.backlog_sync"))


@dataclass
class Planned:
    """What came of a round: its steps, the answers side by side, what waits for a person, and how it ended."""

    steps: list[tuple[PlanStep, ActionResult]] = field(default_factory=list)
    answers: list[ScenarioAnswer] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)

    @property
    def unchanged(self) -> dict[str, str]:
        """By scenario that was not solved again the run that answered it."""
        return {
            str(step.scenario): str(result.summary["unchanged_since"])
            for step, result in self.steps
            if "unchanged_since" in result.summary
        }

    @property
    def exit_code(self) -> ExitCode:
        """The highest of all steps; a scenario that is infeasible is an answer, and a code of its own."""
        return max((result.exit_code for _, result in self.steps), default=ExitCode.DONE)

    @property
    def has_failed_rows(self) -> bool:
        return any(row.level is Level.FAILED for _, result in self.steps for row in result.rows)

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        return {
            "status": self.status,
            "steps": [
                {
                    "title": step.title,
                    "action": result.action,
                    "run_id": result.run_id,
                    "optimization_run_id": result.optimization_run_id,
                    "status": result.status,
                    "exit_code": int(result.exit_code),
                    "error": result.error,
                    "summary": result.summary,
                }
                for step, result in self.steps
            ],
            "scenarios": [{**one.to_json(), "unchanged": one.scenario_name in self.unchanged} for one in self.answers],
            "needs": [one.to_json() for one in self.needs],
            "notices": list(map(str, self.notices)),
        }

    @property
    def status(self) -> str:
        """In the ledger's words: failed where a step failed, partial where rows did."""
        words = {result.status for _, result in self.steps}
        return next((word for word in ("cancelled", "failed", "partial") if word in words), "success")


class Round:
    """A round in the making. ``tell`` hears of each step when it is done, ``say`` what has to be waited for."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        requested_by: str,
        report: Report,
        tell: Callable[[PlanStep, ActionResult], None],
        say: Callable[[str], None],
        switch: SeriesSwitch,
    ) -> None:
        self.workspace = workspace
        self.planned = Planned()
        self._requested_by = requested_by
        self._report = report
        self._tell = tell
        self._say = say
        self._switch = switch
        self._saved: set[str] = set()

    def do(self, step: PlanStep) -> ActionResult:
        """Do a step. Where it can't be done, the tabs that it would have saved are saved by themselves.

        Raises Cancelled where the switch is turned on.
        """
        result = self._done(step)
        if result.exit_code is ExitCode.FAILED and result.status == "failed" and not result.rows:
            self.save(spec for spec in step.saves if is_there(self.workspace, self.workspace.place(spec)))
        else:
            self._saved.update(spec.name for spec in step.saves)
        return result

    def save(self, specs: Iterable[TabSpec]) -> None:
        """Save tabs, each by itself, that no step has saved."""
        for spec in specs:
            if spec.name not in self._saved:
                self._saved.add(spec.name)
                self._done(PlanStep(f"save {spec.name}", ActionRequest(SAVE, tab=self.workspace.place(spec).name)))

    def _done(self, step: PlanStep) -> ActionResult:
        self._report(step.title)
        result = run_action(
            self.workspace,
            step.asked,
            requested_by=self._requested_by,
            report=self._report,
            say=self._say,
            switch=self._switch.next(),
        )
        self.planned.steps.append((step, result))
        self._tell(step, result)
        return result


def plan(
    workspace: Workspace,
    scenario: str | None,
    *,
    requested_by: str,
    report: Report,
    tell: Callable[[PlanStep, ActionResult], None],
    say: Callable[[str], None],
    switch: SeriesSwitch,
) -> Planned:
    """Do the whole round, for one scenario or for all. Raises ScenarioProblem where there is no such scenario, and
    Cancelled where the switch is turned on and steps are left.
    """
    names = _scenarios(workspace, scenario)
    made = Round(workspace, requested_by=requested_by, report=report, tell=tell, say=say, switch=switch)
    for step in (_SYNC, *_FIRST):
        made.do(step)
    if _rows(workspace, tabs.ROADMAPS):
        made.do(_JUDGE)
    else:
        made.save(_ROADMAPS)
    made.do(_SHOW)
    if names:
        for step in _runs(workspace, names):
            made.do(step)
    else:
        made.save(_OPTIMIZATION)
    if is_there(workspace, workspace.place(tabs.OVERVIEW)):
        made.do(_OVERVIEW)
    planned = made.planned
    report("looking at what needs a person")
    with workspace.store.transaction() as session:
        planned.answers = answers_of(session)
        stored = stored_needs(session)
    planned.needs = [*_failed_steps(planned), *_with_rows(workspace, stored)]
    if not names and not planned.answers:
        told = Message("no_scenarios")
        planned.needs.append(Need(NeedKind.SCENARIO, told, tabs.SCENARIO_CONFIG.name))
    missing = without_overview(workspace)
    planned.notices = [] if missing is None else [missing]
    return planned


def _runs(workspace: Workspace, names: Sequence[str]) -> Iterator[PlanStep]:
    """The candidates, then every scenario. The one that Candidates shows is the last, so that it shows it again."""
    shown = next((row.text("scenario_name") for row in _rows(workspace, tabs.CANDIDATES)), "")
    front = next((name for name in names if folded(name) == folded(shown)), names[0])
    populate = ActionRequest("pm.populate_candidates", options={"scenario_name": front})
    yield PlanStep(f"list the candidates: {front}", populate)
    for name in [*(one for one in reversed(names) if one != front), front]:
        options = {"scenario_name": name, "only_if_changed": True}
        yield PlanStep(f"optimize: {name}", ActionRequest(RUN_ALL_CANDIDATES.name, options=options), _OPTIMIZATION)


def _rows(workspace: Workspace, spec: TabSpec) -> Sequence[Any]:
    """The rows of a tab; none where it can't be read, which the step that needs it tells."""
    try:
        return read_tab(workspace, workspace.place(spec)).table.rows
    except SheetError:
        return ()


def _scenarios(workspace: Workspace, wanted: str | None) -> list[str]:
    """The scenarios to run: those on the sheet, or stored ones where it can't be read. Raises ScenarioProblem."""
    with workspace.store.transaction() as session:
        stored = list(session.scalars(select(OptimizationScenario.scenario_name).order_by(OptimizationScenario.id)))
    typed = [text for row in _rows(workspace, tabs.SCENARIO_CONFIG) if (text := row.text("scenario_name"))]
    names = list({folded(name): name for name in reversed(typed or stored)}.values())[::-1]
    if wanted is None:
        return names
    known = {folded(name): name for name in (*stored, *names)}
    if folded(wanted) not in known:
        if not known:
            raise ScenarioProblem("no_scenarios")
        hint = nearest(wanted, known.values())
        raise ScenarioProblem("unknown_scenario", scenario=wanted, hint=hint, names=list(known.values()))
    return [known[folded(wanted)]]


def _failed_steps(planned: Planned) -> Iterator[Need]:
    """What could not be done and why, but for runs, which say it themselves; the same reason is told once."""
    stopped: dict[str, list[tuple[PlanStep, ActionResult]]] = {}
    for step, result in planned.steps:
        said_by_run = step.scenario is not None and result.optimization_run_id is not None
        if result.error is not None and result.exit_code is not ExitCode.DONE and not said_by_run:
            stopped.setdefault(result.error, []).append((step, result))
    for why, steps in stopped.items():
        first = steps[0][0]
        names = list(dict.fromkeys(result.action for _, result in steps))
        said = Message("need_step", params={"actions": names, "why": why})
        tab = first.asked.tab or "" if len(steps) == 1 else ""
        yield Need(NeedKind.STEP, said, tab, scenario=first.scenario or "" if len(steps) == 1 else "")


def _with_rows(workspace: Workspace, stored: Sequence[Need]) -> list[Need]:
    """Rows in FAILED or CONFLICT, and what the store knows of, each with its place on the sheet."""
    cache = WorkbookCache(workspace)
    cache.expect(workspace.places())
    found: list[Need] = []
    numbers: dict[str, dict[tuple[str, ...], int]] = {}
    asked = {need.tab for need in stored}
    for place in workspace.places():
        try:
            table = cache.tab(place).table
        except SheetError:
            continue  # the step that needs it has said so, and doctor does
        found += _stopped_rows(place.name, table)
        if place.spec.name in asked:
            numbers[place.spec.name] = {identity_of(place.spec.identity, r.brief): r.number for r in table.rows}
    placed = []
    for need in stored:
        columns = tabs.BY_NAME[need.tab].identity
        identity = identity_of(columns, dict(zip(columns, need.identity, strict=False)))
        placed.append(replace(need, row=numbers.get(need.tab, {}).get(identity, 0)))
    return [*found, *placed]


def _stopped_rows(name: str, table: Table) -> Iterator[Need]:
    for row in table.rows:
        status = row.text("run_status")
        if level_of(status) in (Level.FAILED, Level.CONFLICT):
            yield Need(NeedKind.ROW, status, name, display_key(table.spec, row.brief), row=row.number)

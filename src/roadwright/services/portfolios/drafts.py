"""One optimization run in the making: what was asked, checked, solved and explained, before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from roadwright import tabs
from roadwright.domain.messages import Message
from roadwright.domain.optimization import RunStatus, capacity_id
from roadwright.optimize import (
    CancelSignal,
    Explanation,
    Fault,
    Problem,
    ProblemFinding,
    Solution,
    SolveOptions,
    SolveProgress,
    Worker,
    explain_isolated,
    parse_problem,
    problem_to_json,
    solve_isolated,
    with_names,
)
from roadwright.services.portfolios.diagnosis import DiagnosedRow, diagnosed_rows
from roadwright.services.portfolios.problem import BuiltProblem
from roadwright.store.clock import now
from roadwright.store.models import OptimizationScenario

LOG_SIZE = 200_000
"""Characters that are kept of what the solver said: the last ones."""


class LogTail:
    """The last part of a log that comes in pieces, in whole lines."""

    def __init__(self, size: int = LOG_SIZE) -> None:
        self._size = size
        self._text = ""
        self._is_cut = False

    def write(self, piece: str) -> None:
        self._text += piece
        if len(self._text) > 2 * self._size:
            self._cut()

    def _cut(self) -> None:
        if len(self._text) > self._size:
            self._text = self._text[-self._size :].partition("\n")[2]
            self._is_cut = True

    def __str__(self) -> str:
        self._cut()
        return (f"{Message('log_cut')}\n" if self._is_cut else "") + self._text


def place_of_scenario(scenario: OptimizationScenario | None) -> str:
    """The scenario's row in the sheet (None: it is gone), which also stands for the capacity and the objective."""
    row = scenario.sheet_row if scenario is not None else None
    return tabs.SCENARIO_CONFIG.name if row is None else f"{tabs.SCENARIO_CONFIG.name}!{row}"


def place_in_sheet(scenario: OptimizationScenario | None, places: Mapping[str, str], id: str) -> str:
    """The row of a sheet that an id of the scenario's problem stands for; ``places`` has those of the rules."""
    return place_of_scenario(scenario) if id in (capacity_id(), "objective") else places.get(id, id)


@dataclass
class RunDraft:
    """A run before it is kept: what was asked, and once solved what came out."""

    scenario: OptimizationScenario
    built: BuiltProblem | None
    faults: list[Fault] = field(default_factory=list)
    skipped: list[tuple[str, Message]] = field(default_factory=list)
    """Flagged initiatives that are no candidates, as (key, why)."""
    created_at: str = field(default_factory=now)
    problem: Problem | None = None
    solution: Solution | None = None
    explanations: list[Explanation] = field(default_factory=list)
    """What forcing in, leaving out, each mandate and each limit cost, as far as there was time to compute it."""
    promised_twice: list[tuple[str, Message]] = field(default_factory=list)
    """Chosen initiatives that another roadmap promises as well, as (key, message)."""
    log: LogTail = field(default_factory=LogTail)
    """What the solver said."""

    @property
    def status(self) -> RunStatus:
        return self.solution.status if self.solution is not None else RunStatus.INVALID

    @property
    def met(self) -> Mapping[str, str]:
        """The initiatives that count as there whatever is chosen, by key the code that says why."""
        if self.built is None:
            return {}
        under_way = dict.fromkeys(self.built.dependencies.under_way, "dependency_under_way")
        return {**under_way, **dict.fromkeys(self.built.done, "dependency_delivered")}

    @property
    def scenario_place(self) -> str:
        return place_of_scenario(self.scenario)

    def findings(self) -> list[ProblemFinding]:
        """What the optimizer had to say, each finding under the id of its row in the sheet."""
        found = self.solution.warnings if self.solution is not None else []
        return [replace(one, id=self.place(one.id)) for one in found]

    def diagnosed(self) -> list[DiagnosedRow]:
        """The rows that make the run infeasible, and those that the cheapest repair changes."""
        diagnosis = self.solution.diagnosis if self.solution is not None else None
        return diagnosed_rows(diagnosis, self.place) if diagnosis is not None else []

    @property
    def places(self) -> Mapping[str, str]:
        """By id of a rule where it stands in a sheet."""
        return self.built.places if self.built is not None else {}

    def place(self, id: str) -> str:
        """The row of a sheet that an id of the problem stands for."""
        return place_in_sheet(self.scenario, self.places, id)


def solve_draft(
    draft: RunDraft,
    options: SolveOptions,
    *,
    progress: Callable[[SolveProgress], None] | None = None,
    cancel: CancelSignal | None = None,
    worker: Worker | None = None,
) -> None:
    """Check, and solve in a worker process. A problem that is wrong by itself leaves its faults in the draft."""
    if draft.built is None or draft.faults:
        return
    if draft.built.problem is None:
        draft.faults.extend(draft.built.faults)
        return
    # Solved in the order of the snapshot, so that solving the snapshot again gives every figure in its place.
    draft.problem = parse_problem(problem_to_json(draft.built.problem))
    solution = solve_isolated(
        draft.problem, options, progress=progress, cancel=cancel, log=draft.log.write, worker=worker
    )
    draft.solution = with_names(solution, draft.places)


def explain_draft(
    draft: RunDraft,
    seconds: float,
    *,
    found: Callable[[Explanation], None] | None = None,
    cancel: CancelSignal | None = None,
    worker: Worker | None = None,
) -> None:
    """Explain a proved answer by solving again, for so many seconds (0: not at all)."""
    if draft.problem is not None and draft.solution is not None and draft.status is RunStatus.OPTIMAL and seconds > 0:
        explanations = explain_isolated(
            draft.problem, draft.solution, "all", seconds=seconds, found=found, cancel=cancel, worker=worker
        )
        draft.explanations = with_names(explanations, draft.places)

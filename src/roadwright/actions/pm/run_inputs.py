"""What a run works on: the input tabs saved, the scenario, its candidates and rules; and the rows that stop it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import ActionContext, on_conflict, row_stops
from roadwright.actions.notes import RowNotes
from roadwright.actions.options import ScenarioOption, UsageError, chosen
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded
from roadwright.optimize import Fault
from roadwright.services.portfolios.candidates import (
    CandidateSet,
    ScenarioProblem,
    find_scenario,
)
from roadwright.services.portfolios.drafts import RunDraft
from roadwright.services.portfolios.problem import build_problem
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import Initiative, OptimizationScenario
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import run_pass
from roadwright.sync.reports import SheetRow, TabReport
from roadwright.sync.saves import MERGES
from roadwright.sync.selection import ALL, Selection

INPUT_TABS = (tabs.CANDIDATES, tabs.SCENARIO_CONFIG, tabs.CONSTRAINTS, tabs.TARGETS)
RULE_TABS = (tabs.CONSTRAINTS, tabs.TARGETS)
_TICK = "is_selected_for_run"
_OWN_WORDS = frozenset(tabs.CANDIDATES.sheet_only)


@dataclass
class Saved:
    """The input tabs after their rows were saved."""

    results: dict[str, list[SheetRow]] = field(default_factory=dict)
    reports: dict[str, TabReport] = field(default_factory=dict)

    def notes(self, spec: TabSpec) -> RowNotes:
        return RowNotes(self.results[spec.name])

    def stopped(self) -> Iterator[tuple[TabSpec, SheetRow]]:
        """The rows that could not be saved as they stand."""
        for spec in INPUT_TABS:
            for result in self.results[spec.name]:
                if result.notes.level in (Level.FAILED, Level.CONFLICT):
                    yield spec, result


def save_inputs(request: ActionContext) -> Saved:
    """Save the four input tabs. What came of it is not written into the sheet yet."""
    saved = Saved()

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        for tab in open_tabs:
            results, report = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
            saved.results[tab.spec.name], saved.reports[tab.spec.name] = results, report
        return list(saved.reports.values())

    places = [request.workspace.place(spec) for spec in INPUT_TABS]
    run_pass(request.workspace, request.action, places, work, write=False)
    return saved


def draft_of(session: Session, request: ActionContext, saved: Saved, *, ticked_only: bool) -> RunDraft:
    """The run that is asked for, its problem built. Raises UsageError or ScenarioProblem where there can be no run."""
    scenario = _scenario(session, request, saved)
    chosen = judged_candidates(session, scenario, request.action)
    candidates = _selected(request, saved, scenario, chosen) if ticked_only else chosen.candidates
    draft = RunDraft(scenario, None, skipped=[(i.initiative_key, why) for i, why in chosen.skipped])
    by_ticks = ticked_only and request.selection.everything
    draft.faults += _stopping_rows(saved, scenario, {i.initiative_key for i in candidates}, by_ticks=by_ticks)
    try:
        draft.built = build_problem(session, scenario, candidates, chosen.locks)
    except ScenarioProblem as problem:
        if not draft.faults:  # a set whose rows all failed would be said to be missing
            draft.faults.append(Fault(draft.scenario_place, problem.message))
    return draft


def _scenario(session: Session, request: ActionContext, saved: Saved) -> OptimizationScenario:
    """The scenario that is asked for, or the only one. Raises ScenarioProblem, or UsageError for a row that failed."""
    name = chosen(request.options, ScenarioOption).scenario_name
    on_sheet = [o.row.text("scenario_name") for o in saved.results[tabs.SCENARIO_CONFIG.name]]
    try:
        return find_scenario(session, name, on_sheet)
    except ScenarioProblem:
        named = {folded(text) for text in on_sheet if text}
        wanted = {folded(name)} if name is not None else named
        reasons = [
            row_stops(f"{spec.name}!{result.row.number}", result.notes.text)
            for spec, result in saved.stopped()
            if spec is tabs.SCENARIO_CONFIG and len(wanted) < 2 and (not named or result.identity[0] in wanted)
        ]
        if reasons:
            raise UsageError("several_faults", faults=reasons) from None
        raise


def _ticks(saved: Saved, scenario: OptimizationScenario) -> Iterator[SheetRow]:
    """The rows of Candidates that stand there for this scenario."""
    name = folded(scenario.scenario_name)
    return (o for o in saved.results[tabs.CANDIDATES.name] if o.identity[0] == name)


def _selected(
    request: ActionContext, saved: Saved, scenario: OptimizationScenario, chosen: CandidateSet
) -> list[Initiative]:
    """The ticked or named candidates. Raises UsageError where there are none, or one is no candidate."""
    if request.selection.everything:
        rows = list(_ticks(saved, scenario))
        keys = [o.row.text("initiative_key") for o in rows if o.row.values.get(_TICK) is True]
        if not keys and not any(_TICK in o.row.problems for o in rows):
            raise UsageError("nothing_ticked", tick=_TICK, scenario=scenario.scenario_name)
    else:
        keys = [*request.selection.names, *_keys_of_rows(request, saved)]
    candidates = {initiative.initiative_key: initiative for initiative in chosen.candidates}
    wanted = [canonical_key(key) or key for key in keys]
    missing = [key for key in wanted if key not in candidates]
    if missing:
        raise UsageError("no_candidates_of_scenario", keys=missing, scenario=scenario.scenario_name)
    return [candidates[key] for key in sorted(set(wanted))]


def _keys_of_rows(request: ActionContext, saved: Saved) -> list[str]:
    """The initiatives in the selected rows; blank rows in a range are passed over."""
    rows = Selection(everything=False, rows=request.selection.rows)
    there = [result.row for result in saved.results[tabs.CANDIDATES.name]]
    picked = rows.picks(tabs.CANDIDATES, there) if rows.rows else set()
    return [row.text("initiative_key") or f"row {row.number}" for row in there if row.number in picked]


def _stopping_rows(saved: Saved, scenario: OptimizationScenario, keys: set[str], *, by_ticks: bool) -> list[Fault]:
    """The rows that this run would use and that are FAILED or in CONFLICT: a rule is never dropped in silence.

    A rule's row whose scenario or set can't be read could be this scenario's; where the scenario names no set, every
    row of its own counts, and of those for every scenario the rows of a set that it has rows of.
    """
    mine, set_name = folded(scenario.scenario_name), folded(scenario.constraint_set_name or "")
    sets = {"", set_name} if set_name else {"", *_own_sets(saved, mine)}
    faults = []
    for spec, result in saved.stopped():
        row = result.row
        said = folded(row.text("scenario_name"))
        if spec is tabs.CANDIDATES:
            # What waits there belongs to the initiative, whichever scenario the row shows; ticks are their scenario's.
            key = row.text("initiative_key")
            waits = bool(result.kept - _OWN_WORDS) and (canonical_key(key) or key) in keys
            concerned = waits or (by_ticks and said == mine and _TICK in row.problems)
        elif spec in RULE_TABS:
            is_own = said == mine or "scenario_name" in row.problems
            is_of_set = folded(row.text("constraint_set_name")) in sets
            concerned = ((is_own or said == "") and is_of_set) or (is_own and not set_name)
        else:
            concerned = said == mine
        if concerned:
            params = {"status": result.notes.text, "messages": result.notes.messages}
            faults.append(Fault(f"{spec.name}!{row.number}", Message("row_not_saved", params=params)))
    return faults


def _own_sets(saved: Saved, scenario: str) -> set[str]:
    """The sets of which rows stand on the tabs for this scenario alone."""
    return {
        folded(o.row.text("constraint_set_name"))
        for spec in RULE_TABS
        for o in saved.results[spec.name]
        if folded(o.row.text("scenario_name")) == scenario
    }

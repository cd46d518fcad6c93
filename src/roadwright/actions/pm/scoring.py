"""Scoring: initiatives onto the scoring tabs, scores computed and activated, frameworks switched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, Asked, activating_batch, on_conflict
from roadwright.actions.notes import RowNotes
from roadwright.actions.options import BatchOption, OnConflictOption, Options, Text, UsageError, YesNo, chosen, option
from roadwright.domain.filters import FilterError
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message
from roadwright.domain.text import folded
from roadwright.services.backlog import find_initiatives
from roadwright.services.bindings.backlog import BacklogBinding, say_intake
from roadwright.services.bindings.initiatives import by_identity
from roadwright.services.bindings.product_ops import ScoringInputsBinding
from roadwright.services.rows.identity import Identity
from roadwright.services.scoring.activate import activate_in_batches
from roadwright.services.scoring.compute import Scored, compute_scores
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import merge_tab, run_pass, say_of_rows, show_tab
from roadwright.sync.reports import SheetRow, TabReport
from roadwright.sync.saves import BINDINGS, MERGES
from roadwright.sync.selection import ALL, Selection, SelectionError
from roadwright.workspace.workspace import TabPlace

_SWITCHES = frozenset({"active_scoring_framework", "use_math_model"})


class PopulateOptions(Options):
    """Of pm.populate_initiatives."""

    filter: Text | None = option(
        'only initiatives that match this filter of the backlog, e.g. "department = Growth and overall_score >= 3", or '
        "@NAME for a saved one",
        otherwise="every initiative",
    )
    candidates: YesNo = option(
        "true: only initiatives that are optimization candidates", otherwise="false", default=False
    )


class ScoringOptions(BatchOption, OnConflictOption):
    """Of the actions that activate scores."""


def _check_populate(asked: Asked) -> None:
    if asked.selection.rows:
        raise SelectionError("populate_by_keys")


def _wanted_keys(session: Session, request: ActionContext) -> list[str]:
    """The initiatives that populate is asked for: those of selection, filter and candidates=true at once.

    Raises SelectionError and UsageError.
    """
    selection, asked = request.selection, chosen(request.options, PopulateOptions)
    only_candidates = asked.candidates
    initiatives = find_initiatives(session, None)
    known = {initiative.initiative_key for initiative in initiatives}
    names = [canonical_key(name) or name for name in selection.names]
    missing = [name for name in names if name not in known]
    if missing:
        raise SelectionError("keys_not_on_backlog", keys=missing)
    picked = known if selection.everything else set(names)
    text = asked.filter
    if text is not None:
        picked = picked & _matching_keys(session, text)
    return [
        i.initiative_key
        for i in initiatives
        if i.initiative_key in picked and (i.is_optimization_candidate or not only_candidates)
    ]


def _matching_keys(session: Session, text: str) -> set[str]:
    try:
        return {initiative.initiative_key for initiative in find_initiatives(session, text)}
    except FilterError as error:
        raise UsageError("option_filter", why=error.placed) from error


def _populate(request: ActionContext) -> Answer:
    workspace = request.workspace
    places = [workspace.place(tabs.SCORING_INPUTS), workspace.place(tabs.KPI_CONTRIBUTIONS)]

    narrowing = request.options.model_fields_set
    everything = request.selection.everything and not narrowing

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        keys = _wanted_keys(current.session, request)
        wanted = dict.fromkeys((folded(key),) for key in keys)
        reports = []
        for tab in open_tabs:
            binding = BINDINGS[tab.spec.name]()
            results, report = merge_tab(current, tab, binding, show_only=True)
            for result in results:
                result.is_selected = everything or result.identity in wanted
            show_tab(
                current,
                tab,
                binding,
                results,
                report,
                add=lambda present: [identity for identity in wanted if identity not in present],
            )
            reports.append(report)
        return reports

    request.report("bringing Scoring_Inputs and KPI_Contributions up to date")
    return Answer(tabs=run_pass(workspace, request.action, places, work, tell=request.report))


POPULATE_INITIATIVES = Action(
    name="pm.populate_initiatives",
    help="puts initiatives as rows on Scoring_Inputs and KPI_Contributions",
    explanation=(
        "Adds the rows that are missing, refreshes what the backend computes, removes nothing and keeps the order of "
        "the rows. What was typed and not saved yet stays. --select names initiative keys; filter and candidates "
        "choose among them."
    ),
    run=_populate,
    check=_check_populate,
    tabs=(tabs.SCORING_INPUTS, tabs.KPI_CONTRIBUTIONS),
    options=PopulateOptions,
)


def _keys_of(session: Session, identities: set[Identity]) -> list[str]:
    return sorted(initiative.initiative_key for initiative in by_identity(session, identities).values())


def _activate(request: ActionContext, keys: Sequence[str]) -> dict[str, Message]:
    return activate_in_batches(
        request.workspace.store,
        keys,
        activating_batch(request),
        request.action,
        lambda done, total: request.report("activating scores", done, total),
    )


def _with_warnings(notes: RowNotes, warnings: Mapping[tuple[str, ...], list[Message]]) -> None:
    """Put warnings on the rows that they are about, by the values of their identity columns."""
    for values, messages in warnings.items():
        found = notes.by_identity(tuple(folded(value) for value in values))
        if found is not None:
            found.add(*messages)


_SCORING_TABS = (tabs.SCORING_INPUTS, tabs.MATH_MODELS, tabs.PARAMS, tabs.KPI_CONTRIBUTIONS)


def _of_initiatives(tab: OpenTab, chosen: set[str], selection: Selection) -> Selection:
    """The rows of a tab that are about the chosen initiatives (keys without case)."""
    if selection.everything:
        return ALL
    rows = (row.number for row in tab.table.rows if folded(row.text("initiative_key")) in chosen)
    return Selection(everything=False, rows=frozenset(rows))


def _score(request: ActionContext) -> Answer:
    workspace = request.workspace
    places = [workspace.place(spec) for spec in _SCORING_TABS]
    saved: dict[str, tuple[RowNotes, TabReport]] = {}
    keys: list[str] = []
    scored = Scored()

    def save(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        nonlocal scored
        chosen: set[str] = set()
        for tab in open_tabs:
            first = tab.spec is tabs.SCORING_INPUTS
            also = request.selection if first else _of_initiatives(tab, chosen, request.selection)
            results, report = MERGES[tab.spec.name](current, tab, also, on_conflict(request))
            if first:
                chosen = {o.identity[0] for o in results if o.is_selected}
            saved[tab.place.name] = RowNotes(results), report
        usable = saved[places[0].name][0].usable()
        initiatives = list(by_identity(current.session, usable).values())
        keys[:] = [initiative.initiative_key for initiative in initiatives]
        request.report(f"scoring {len(keys):,} initiatives")
        scored = compute_scores(current.session, initiatives, current.source, request.report)
        return [report for _, report in saved.values()]

    request.report("saving what was typed on the scoring tabs")
    run_pass(workspace, request.action, places, save, write=False, tell=request.report)
    for key, warning in _activate(request, keys).items():
        scored.warnings.setdefault(key, []).append(warning)
    on_scoring, on_models, _, on_contributions = (saved[place.name][0] for place in places)
    _with_warnings(on_scoring, {(key,): said for key, said in scored.warnings.items()})
    _with_warnings(on_models, scored.of_models)
    _with_warnings(on_contributions, {(key,): said for key, said in scored.of_contributions.items()})
    return Answer(tabs=_show(request, places, saved), summary={"scored": len(keys)})


def _show(
    request: ActionContext, places: Sequence[TabPlace], saved: dict[str, tuple[RowNotes, TabReport]]
) -> list[TabReport]:
    """Write the rows that were saved, with what there is to say of them."""

    def show(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        reports = []
        for tab in open_tabs:
            notes, earlier = saved[tab.place.name]
            report = say_of_rows(current, tab, BINDINGS[tab.spec.name](), notes.say)
            report.absorb(earlier)
            reports.append(report)
        return reports

    request.report("writing the workbook")
    return run_pass(request.workspace, request.action, places, show, tell=request.report)


SCORE_SELECTED = Action(
    name="pm.score_selected",
    help="saves the scoring inputs, computes all frameworks, activates one, and writes the scores back",
    explanation=(
        "Saves what was typed for the selected initiatives on Scoring_Inputs, MathModels, Params and "
        "KPI_Contributions, computes RICE, WSJF and MATH_MODEL side by side, copies the active framework's scores into "
        "value, effort and overall (overall times strategic_priority_coefficient), computes the contributions of "
        "approved models, and writes everything back. A framework with no input has no score; with some input missing "
        "it has none either, and the row warns. A score is never made up."
    ),
    run=_score,
    tabs=(tabs.SCORING_INPUTS,),
    options=ScoringOptions,
)


def _switch(request: ActionContext) -> Answer:
    place = request.tab
    assert place is not None
    saved: dict[str, tuple[RowNotes, TabReport]] = {}
    keys: list[str] = []

    def save(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        [tab] = open_tabs
        results, report = _merge_switches(current, tab, request)
        saved[place.name] = RowNotes(results), report
        keys[:] = _keys_of(current.session, saved[place.name][0].usable())
        return [report]

    request.report(f"saving {place.name}")
    run_pass(request.workspace, request.action, [place], save, write=False, tell=request.report)
    warnings: dict[tuple[str, ...], list[Message]] = {
        (key,): [warning] for key, warning in _activate(request, keys).items()
    }
    _with_warnings(saved[place.name][0], warnings)
    return Answer(tabs=_show(request, [place], saved), summary={"activated": len(keys)})


def _merge_switches(current: SyncContext, tab: OpenTab, request: ActionContext) -> tuple[list[SheetRow], TabReport]:
    binding = BacklogBinding() if tab.spec == tabs.BACKLOG else ScoringInputsBinding()
    results, report = merge_tab(
        current, tab, binding, selection=request.selection, on_conflict=on_conflict(request), only=_SWITCHES
    )
    if tab.spec == tabs.BACKLOG:
        say_intake(current.session, results)
    return results, report


SWITCH_FRAMEWORK = Action(
    name="pm.switch_framework",
    help="activates already computed scores of the framework chosen on the tab, without computing anything",
    explanation=(
        "Saves active_scoring_framework and use_math_model of the selected rows, then copies the chosen framework's "
        "scores into value, effort and overall, in batches of activating_batch, each batch one commit. Stopped "
        "half-way, it is safe to run again."
    ),
    run=_switch,
    tabs=(tabs.SCORING_INPUTS, tabs.BACKLOG),
    options=ScoringOptions,
)

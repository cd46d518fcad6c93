"""pm.seed_math_params: the variables of approved formulas become rows on Params, for people to fill in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, on_conflict
from roadwright.actions.options import OnConflictOption
from roadwright.domain.formulas import FormulaError, parse_formula
from roadwright.services.bindings.math_models import MathModelsBinding, ParamsBinding
from roadwright.services.rows.identity import Identity, identity_of
from roadwright.store.clock import now
from roadwright.store.models import Initiative, InitiativeMathModel, InitiativeParam
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import run_pass, show_tab
from roadwright.sync.reports import TabReport
from roadwright.sync.saves import MERGES
from roadwright.sync.selection import ALL


def _seed(session: Session, models: set[Identity], source: str) -> list[Identity]:
    """Make the params that approved formulas name and that are not there yet. Existing ones stay as they are."""
    there = ParamsBinding().rows(session)
    made: list[Identity] = []
    for identity, (initiative, model) in MathModelsBinding().rows(session).items():
        if identity not in models or not isinstance(model, InitiativeMathModel) or not model.approved_by_user:
            continue
        for name in _variables(model.formula_text):
            values = {"initiative_key": initiative.initiative_key, "model_name": model.model_name, "param_name": name}
            param = identity_of(tabs.PARAMS.identity, values)
            if param not in there:
                session.add(_param(initiative, model, name, source))
                made.append(param)
    session.flush()
    return made


def _variables(formula_text: str | None) -> tuple[str, ...]:
    if formula_text is None:
        return ()
    try:
        return parse_formula(formula_text).params
    except FormulaError:
        return ()  # a formula that was saved before it was approved says so on its own row


def _param(initiative: Initiative, model: InitiativeMathModel, name: str, source: str) -> InitiativeParam:
    return InitiativeParam(
        initiative_id=initiative.id,
        model_name=model.model_name,
        param_name=name,
        approved=False,
        is_auto_seeded=True,
        created_at=now(),
        updated_at=now(),
        updated_source=source,
    )


def _run(request: ActionContext) -> Answer:
    workspace = request.workspace
    seeded = 0

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        nonlocal seeded
        models_tab, params_tab = open_tabs
        rule = on_conflict(request)
        models, models_report = MERGES[tabs.MATH_MODELS.name](current, models_tab, request.selection, rule)
        chosen = {o.identity for o in models if o.is_selected and not o.is_duplicate}
        about = {identity[:2] for identity in chosen}
        params, params_report = MERGES[tabs.PARAMS.name](current, params_tab, ALL, rule)
        made = _seed(current.session, chosen, current.source)
        seeded += len(made)
        for result in params:
            result.is_selected = result.is_selected and result.identity[:2] in about
        show_tab(current, models_tab, MathModelsBinding(), models, models_report)
        show_tab(
            current,
            params_tab,
            ParamsBinding(),
            params,
            params_report,
            add=lambda present: [identity for identity in made if identity not in present],
        )
        return [models_report, params_report]

    request.report("seeding params from approved formulas")
    places = [workspace.place(tabs.MATH_MODELS), workspace.place(tabs.PARAMS)]
    reports = run_pass(workspace, request.action, places, work, tell=request.report)
    return Answer(tabs=reports, summary={"seeded": seeded})


SEED_MATH_PARAMS = Action(
    name="pm.seed_math_params",
    help="makes a row on Params for every variable of an approved formula",
    explanation=(
        "Saves MathModels and Params first. Every name that an approved formula takes gets a row, once, to be filled "
        "in and approved; rows that are there stay as they are. A param that its formula does not name any more is "
        "flagged with a WARNING and not deleted."
    ),
    run=_run,
    tabs=(tabs.MATH_MODELS,),
    options=OnConflictOption,
)

"""What waits for a person before the answers are what they could be: read from the store, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import NEVER_CANDIDATES, tokens_field
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import AlertKind, RunStatus
from roadwright.services.portfolios.candidates import ScenarioProblem, candidates_of, tokens_of
from roadwright.services.portfolios.runs import latest_run
from roadwright.services.roadmaps.gates import Setting
from roadwright.services.roadmaps.gates.checks import score_current
from roadwright.services.roadmaps.judge import subjects_of
from roadwright.store.kpis import load_registry
from roadwright.store.models import (
    Initiative,
    InitiativeMathModel,
    InitiativeParam,
    OptimizationRun,
    OptimizationScenario,
)


class NeedKind(StrEnum):
    """What sort of thing waits for a person."""

    STEP = "step"
    """A step of the round could not be done."""
    ROW = "row"
    """A row in FAILED or CONFLICT."""
    SCENARIO = "scenario"
    """No answer, or not the one that is wanted: none yet, infeasible, invalid, without candidates."""
    TARGET = "target"
    """A target that the answer misses."""
    CANDIDATE = "candidate"
    """A candidate that can't take part: without tokens, or without a period."""
    MODEL = "model"
    """A math model that waits for approval."""
    PARAM = "param"
    """A param of a math model without a value, or that waits for approval."""


@dataclass(frozen=True)
class Need:
    """One thing that waits for a person. ``tab`` and ``key`` say where; ``names`` are the columns that tell its row.

    ``scenario`` is the scenario that it is about.
    """

    kind: NeedKind
    said: Message | str
    tab: str = ""
    key: str = ""
    identity: tuple[str, ...] = ()
    row: int = 0
    scenario: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as messages name rows: ``Params!7``."""
        return f"{self.tab}!{self.row}" if self.row else self.tab

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "tab": self.tab,
            "row": self.row,
            "key": self.key,
            "scenario_name": self.scenario,
            "message": str(self.said),
        }


def stored_needs(session: Session) -> list[Need]:
    """Everything that waits, as far as the store knows it: scenarios first, then data, models and params."""
    needs: list[Need] = []
    for scenario in session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id)):
        needs += scenario_needs(session, scenario)
    needs += _model_needs(session)
    unique = {(one.kind, one.tab, one.identity, str(one.said), one.scenario): one for one in needs}
    return list(unique.values())


def scenario_needs(session: Session, scenario: OptimizationScenario) -> Iterator[Need]:
    """What waits of one scenario: an answer, its targets, its candidates."""
    run = latest_run(session, scenario.scenario_name)
    name, place = scenario.scenario_name, tabs.SCENARIO_CONFIG.name
    if run is None:
        yield Need(NeedKind.SCENARIO, notice("need_first_run"), place, name, (name,), scenario=name)
    else:
        yield from run_needs(run)
    try:
        found = candidates_of(session, scenario)
    except ScenarioProblem as problem:
        if run is None or run.status != RunStatus.INVALID:
            yield Need(NeedKind.SCENARIO, problem.message, place, name, (name,), scenario=name)
        return
    if not found.candidates and run is None:
        said = notice("no_candidates", period=scenario.period_key)
        yield Need(NeedKind.SCENARIO, said, place, name, (name,), scenario=name)
    for one in found.candidates:
        if tokens_of(one) is None:
            yield _candidate(one, notice("need_tokens", field=tokens_field(one.scope_mode)))
    for one, why in found.skipped:
        if why.code == "fields_blank":
            yield _candidate(one, notice("need_field", why=why))


def _candidate(initiative: Initiative, said: Message) -> Need:
    key = initiative.initiative_key
    return Need(NeedKind.CANDIDATE, said, tabs.BACKLOG.name, key, (key,))


def run_needs(run: OptimizationRun) -> Iterator[Need]:
    """What waits of a scenario's latest run: why it has no answer, the targets that it misses."""
    name = run.scenario_name
    alerts = run.context_json.get("alerts", ())
    if run.status not in (RunStatus.OPTIMAL, RunStatus.FEASIBLE):
        ways = [one["recommendation"] for one in alerts if one["kind"] == AlertKind.INFEASIBLE]
        way_out = next((way for way in ways if way), "") if run.status == RunStatus.INFEASIBLE else ""
        code = "need_answer_way_out" if way_out else "need_answer"
        if run.status == RunStatus.INVALID:
            code = "need_valid_run"
        said = notice(code, run=run.run_id, status=run.status, why=run.summary, way_out=way_out)
        yield Need(NeedKind.SCENARIO, said, tabs.SCENARIO_CONFIG.name, name, (name,), scenario=name)
    elif run.shown_json.get("candidates") == 0:
        said = notice("no_candidates", period=run.period_key)
        yield Need(NeedKind.SCENARIO, said, tabs.SCENARIO_CONFIG.name, name, (name,), scenario=name)
    for one in alerts:
        if one["kind"] == AlertKind.TARGET and one.get("gap"):
            yield Need(
                NeedKind.TARGET, str(one["message"]), tabs.TARGETS.name, f"{name} {one['kpi_key']}", scenario=name
            )


def _model_needs(session: Session) -> Iterator[Need]:
    """Models that wait for approval, and the params of approved ones that have no value or wait for approval."""
    rows = session.execute(
        select(InitiativeMathModel, Initiative)
        .join(Initiative, Initiative.id == InitiativeMathModel.initiative_id)
        .order_by(Initiative.initiative_key, InitiativeMathModel.id)
    )
    approved: dict[tuple[int, str], str] = {}
    for model, initiative in rows:
        if initiative.lifecycle_status in NEVER_CANDIDATES or initiative.use_math_model is False:
            continue
        if model.approved_by_user:
            approved[initiative.id, model.model_name.casefold()] = initiative.initiative_key
        elif model.formula_text:
            key = initiative.initiative_key
            said = notice("need_model_approval", model=model.model_name, kpi=model.target_kpi_key)
            yield Need(NeedKind.MODEL, said, tabs.MATH_MODELS.name, key, (key, model.model_name))
    for param in session.scalars(select(InitiativeParam).order_by(InitiativeParam.id)):
        owner = approved.get((param.initiative_id, param.model_name.casefold()))
        if owner is None or (param.value is not None and param.approved):
            continue
        code = "need_param_value" if param.value is None else "need_param_approval"
        said = notice(code, param=param.param_name, model=param.model_name)
        yield Need(NeedKind.PARAM, said, tabs.PARAMS.name, owner, (owner, param.model_name, param.param_name))


UNCOMPUTABLE = "score_not_computable"
"""The code of a score that lacks an input; all others are settled by scoring again."""

ScoreFaults = Mapping[str, Sequence[Initiative]]


def score_faults(session: Session) -> ScoreFaults:
    """By the code of what the gate ``score_current`` says, the initiatives with a framework that it says it of."""
    wanted = select(Initiative.initiative_key).where(
        Initiative.active_scoring_framework.is_not(None), Initiative.lifecycle_status.not_in(NEVER_CANDIDATES)
    )
    keys = list(session.scalars(wanted.order_by(Initiative.initiative_key)))
    setting = Setting("", load_registry(session))
    found: dict[str, list[Initiative]] = {}
    for subject in subjects_of(session, keys).values():
        fault = score_current(subject, None, setting)
        if fault is not None:
            found.setdefault(fault.code, []).append(subject.initiative)
    return found

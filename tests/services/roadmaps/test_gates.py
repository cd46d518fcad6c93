"""Every gate: what passes, what does not and why, and how blanks are judged; and how parameters are read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.domain.roadmaps import Gate
from roadwright.services.bindings.initiatives import new_initiative
from roadwright.services.roadmaps.gates import GATES, ParameterProblem, Setting, Subject
from roadwright.services.scoring.math_model import Param, ScoredModel
from roadwright.services.scoring.models_of import LoadedModel
from roadwright.store.models import Initiative, InitiativeMathModel, InitiativeScore

REGISTRY = Registry.of(
    [
        RegisteredKpi("gmv", KpiLevel.NORTH_STAR, Direction.INCREASE, True),
        RegisteredKpi("visits", KpiLevel.SUPPORTING, Direction.INCREASE, True),
        RegisteredKpi("old_kpi", KpiLevel.STRATEGIC, Direction.INCREASE, False),
    ]
)


def initiative(**fields: Any) -> Initiative:
    made = new_initiative("INIT-000001", "Idea", row_version="t", source="test")
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def subject(models: tuple[LoadedModel, ...] = (), score: InitiativeScore | None = None, **fields: Any) -> Subject:
    return Subject(initiative(**fields), models, score)


def model(name: str = "m", *, primary: bool = False, approved: bool = False, **row: Any) -> LoadedModel:
    params = (Param("x", 100, True),)
    pure = ScoredModel(name, "gmv", "value = x", primary, approved, params)
    return LoadedModel(InitiativeMathModel(model_name=name, target_kpi_key="gmv", **row), pure)


def asked(gate: Gate, who: Subject, parameter: str | None = None, **setting: Any) -> str | None:
    """What the gate says of the initiative, its parameter typed as on the Gates tab, in words."""
    rule = GATES[gate]
    given: dict[str, Any] = {"period_key": "2026-Q3", "registry": REGISTRY, **setting}
    said = rule.check(who, rule.parameter.parse(parameter), Setting(**given))
    return None if said is None else str(said)


def test_every_gate_is_registered_with_a_help() -> None:
    assert set(GATES) == set(Gate)
    assert all(rule.help.endswith(".") for rule in GATES.values())


def test_required_fields() -> None:
    gate, names = Gate.REQUIRED_FIELDS, "Department, risk-level; market, kpi_contributions\nengineering tokens"
    full: dict[str, Any] = {
        "department": "Growth",
        "risk_level": "low",
        "country": "UK",
        "kpi_contribution_json": {"gmv": 0.0},
        "engineering_tokens": 0.0,
    }
    assert asked(gate, subject(**full), names) is None, "0 is a value"
    assert (
        asked(gate, subject(**{**full, "risk_level": None, "country": None}), names) == "risk_level, country are blank"
    )
    assert asked(gate, subject(**{**full, "kpi_contribution_json": {}}), names) == "kpi_contributions is blank"


@pytest.mark.parametrize("status", ["under_review", "approved_in_principle"])
def test_lifecycle_status_in(status: str) -> None:
    accepted = "under_review; Approved in principle"
    assert asked(Gate.LIFECYCLE_STATUS_IN, subject(lifecycle_status=status), accepted) is None
    assert asked(Gate.LIFECYCLE_STATUS_IN, subject(), accepted) == (
        "lifecycle_status is new; accepted: under_review, approved_in_principle"
    )


RICE = {"rice_reach": 100.0, "rice_impact": 2.0, "rice_confidence": 0.5, "rice_effort": 4.0}
ACTIVE = {"active_scoring_framework": "RICE", "value_score": 100.0, "effort_score": 4.0, "overall_score": 50.0}


def rice_score(value: float | None = 100, effort: float | None = 4, overall: float | None = 25) -> InitiativeScore:
    return InitiativeScore(framework="RICE", is_current=True, value=value, effort=effort, overall=overall)


@pytest.mark.parametrize(
    ("fields", "score", "says"),
    [
        ({**RICE, **ACTIVE}, rice_score(), None),
        (RICE, rice_score(), "active_scoring_framework is blank"),
        ({**RICE, **ACTIVE}, None, "has not been computed; run pm.score_selected"),
        (ACTIVE, None, "can't be computed from its inputs"),
        ({**RICE, **ACTIVE, "rice_reach": 90.0}, rice_score(), "inputs were changed since its RICE score was computed"),
        ({**ACTIVE, **RICE, "rice_effort": None}, rice_score(), "inputs were changed"),
        ({**RICE, **ACTIVE, "overall_score": 25.0}, rice_score(), "not the active one; run pm.switch_framework"),
        ({**RICE, **ACTIVE, "value_score": None}, rice_score(), "not the active one"),
    ],
)
def test_score_current(fields: dict[str, Any], score: InitiativeScore | None, says: str | None) -> None:
    said = asked(Gate.SCORE_CURRENT, subject(score=score, strategic_priority_coefficient=2.0, **fields))
    assert said is None if says is None else says in str(said), said


def test_score_current_runs_the_math_model_again() -> None:
    fields = {"active_scoring_framework": "MATH_MODEL", "effort_engineering_days": 4.0}
    active = {"value_score": 100.0, "effort_score": 4.0, "overall_score": 25.0}
    models = (model(primary=True, approved=True),)
    current = subject(models, rice_score(), **fields, **active)
    assert asked(Gate.SCORE_CURRENT, current) is None
    later = subject(models, rice_score(), **{**fields, "effort_engineering_days": 5.0}, **active)
    assert "inputs were changed since its MATH_MODEL score" in str(asked(Gate.SCORE_CURRENT, later))


@pytest.mark.parametrize(("overall", "passes"), [(3.0, True), (2.99, False), (None, False), (1200.0, True)])
def test_min_overall_score(overall: float | None, passes: bool) -> None:
    said = asked(Gate.MIN_OVERALL_SCORE, subject(overall_score=overall), "3")
    assert (said is None) is passes
    if not passes:
        assert said == f"overall_score is {'blank' if overall is None else overall}; at least 3 is asked for"


@pytest.mark.parametrize(("share", "passes"), [(75.0, True), (100.0, True), (74.9, False), (None, False)])
def test_min_score_percentile(share: float | None, passes: bool) -> None:
    percentiles = {} if share is None else {"INIT-000001": share}
    said = asked(Gate.MIN_SCORE_PERCENTILE, subject(overall_score=3.0), "75 %", percentiles=percentiles)
    assert (said is None) is passes
    if not passes:
        assert said == f"score_percentile is {'blank' if share is None else share}; at least 75 is asked for"


@pytest.mark.parametrize("typed", ["101", "-1", "", "high"])
def test_a_percentile_is_from_0_to_100(typed: str) -> None:
    with pytest.raises(ParameterProblem, match="expected a number"):
        GATES[Gate.MIN_SCORE_PERCENTILE].parameter.parse(typed)


@pytest.mark.parametrize(
    ("claimed", "says"),
    [
        ({"GMV": 5.0}, None),
        ({"gmv": 0.0}, None),
        (None, "kpi_contributions is blank"),
        ({}, "kpi_contributions is blank"),
        ({"old_kpi": 3.0, "visits": 1.0}, "none of them is an active north_star or strategic KPI"),
    ],
)
def test_contribution_present(claimed: dict[str, float] | None, says: str | None) -> None:
    said = asked(Gate.CONTRIBUTION_PRESENT, subject(kpi_contribution_json=claimed))
    assert said is None if says is None else says in str(said)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"engineering_tokens": 0.0}, None),
        ({"engineering_tokens": None}, "engineering_tokens is blank"),
        ({"scope_mode": "mvp", "engineering_tokens": 5.0}, "engineering_tokens_mvp is blank"),
        ({"scope_mode": "full", "engineering_tokens_full": 5.0}, None),
    ],
)
def test_tokens_present_asks_for_those_of_the_scope(fields: dict[str, Any], says: str | None) -> None:
    assert asked(Gate.TOKENS_PRESENT, subject(**fields)) == says


def test_math_model_approved() -> None:
    gate = Gate.MATH_MODEL_APPROVED
    assert asked(gate, subject()) == "it has no math model"
    assert asked(gate, subject((model("a"),))) == "approved_by_user is not set on a"
    assert asked(gate, subject((model("a"), model("b", approved=True)))) is None
    assert asked(gate, subject((model("a", primary=True), model("b", approved=True)))) == (
        "approved_by_user is not set on a"
    )


@pytest.mark.parametrize(
    ("chain", "says"),
    [
        ("visits -> gmv", None),
        ("gmv", None),
        (None, "m: metric_chain_text is blank"),
        ("visits -> basket -> gmv", '"basket" is no KPI of Metrics_Config'),
        ("gmv -> visits", "the chain ends in visits, but target_kpi_key is gmv"),
        ("visits -> gmv; gmv -> visits", "circle"),
        ("visits -> -> gmv", "has no KPI on one of its sides"),
    ],
)
def test_metric_chain_valid(chain: str | None, says: str | None) -> None:
    immediate = None if chain in ("gmv", None) else "visits"
    one = model(approved=True, metric_chain_text=chain, immediate_kpi_key=immediate)
    said = asked(Gate.METRIC_CHAIN_VALID, subject((one,)))
    assert said is None if says is None else says in str(said), said


def test_metric_chain_valid_looks_at_the_primary_model_only() -> None:
    good = model("good", primary=True, metric_chain_text="visits -> gmv", immediate_kpi_key="visits")
    assert asked(Gate.METRIC_CHAIN_VALID, subject((model("other"), good))) is None
    assert asked(Gate.METRIC_CHAIN_VALID, subject()) == "it has no math model, and so no metric chain"


@pytest.mark.parametrize(
    ("risk", "most", "says"),
    [
        ("low", "medium", None),
        ("medium", "Medium", None),
        ("high", "medium", "risk_level is high; at most medium is accepted"),
        (None, "high", "risk_level is blank; at most high is accepted"),
    ],
)
def test_max_risk_level(risk: str | None, most: str, says: str | None) -> None:
    assert asked(Gate.MAX_RISK_LEVEL, subject(risk_level=risk), most) == says


@pytest.mark.parametrize(
    ("deadline", "period", "says"),
    [
        (dt.date(2026, 7, 1), "2026-Q3", None),
        (dt.date(2026, 9, 30), "Q3_2026", None),
        (dt.date(2026, 10, 1), "2026-Q3", "deadline_date 2026-10-01 is not in 2026-Q3 (2026-07-01 to 2026-09-30)"),
        (dt.date(2026, 6, 30), "2026-Q3", "is not in 2026-Q3"),
        (None, "2026-Q3", None),
        (None, "someday", None),
        (dt.date(2026, 6, 30), "someday", "period_key someday names no days"),
    ],
)
def test_deadline_in_period(deadline: dt.date | None, period: str, says: str | None) -> None:
    said = asked(Gate.DEADLINE_IN_PERIOD, subject(deadline_date=deadline), period_key=period)
    assert said is None if says is None else says in str(said)


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        (None, None),
        (["INIT-000002"], None),
        (["init-2"], None),
        (["INIT-000003"], "needs INIT-000003, which is not on this roadmap"),
        (["INIT-000004"], None),
        (["INIT-000005"], "needs INIT-000005, which is blocked on this roadmap"),
        (["INIT-000006"], "needs INIT-000006, which is rejected"),
        (["INIT-000099", "soon"], "needs INIT-000099, which is no initiative; needs soon, which is no initiative"),
    ],
)
def test_dependencies_on_roadmap(needs: list[str] | None, says: str | None) -> None:
    lifecycles = {
        "INIT-000002": "new",
        "INIT-000003": "new",
        "INIT-000004": "done",
        "INIT-000005": "new",
        "INIT-000006": "rejected",
    }
    listed = frozenset({"INIT-000001", "INIT-000002", "INIT-000005", "INIT-000006"})
    standing = frozenset({"INIT-000001", "INIT-000002", "INIT-000006"})
    who = subject(dependencies_initiatives=needs)
    said = asked(Gate.DEPENDENCIES_ON_ROADMAP, who, lifecycles=lifecycles, listed=listed, standing=standing)
    assert said == says


def test_brief_description_present() -> None:
    assert asked(Gate.BRIEF_DESCRIPTION_PRESENT, subject(brief_description="One line")) is None
    assert asked(Gate.BRIEF_DESCRIPTION_PRESENT, subject()) == "brief_description is blank"


@pytest.mark.parametrize(
    ("gate", "parameter", "says"),
    [
        (Gate.REQUIRED_FIELDS, None, "is blank; expected names of Backlog columns"),
        (Gate.REQUIRED_FIELDS, " ; ", "is blank"),
        (Gate.REQUIRED_FIELDS, "department, risk_levle", '"risk_levle" .*did you mean risk_level'),
        (Gate.REQUIRED_FIELDS, "run_status", '"run_status" is no column of the Backlog that can be asked for'),
        (Gate.LIFECYCLE_STATUS_IN, None, "is blank; expected a list of new, needs_info"),
        (Gate.LIFECYCLE_STATUS_IN, "new, approvd_in_principle", "did you mean approved_in_principle"),
        (Gate.MIN_OVERALL_SCORE, None, "is blank; expected a number"),
        (Gate.MIN_OVERALL_SCORE, "high", '"high" is not a number; expected a number'),
        (Gate.MIN_OVERALL_SCORE, "4.000", "could be 4 or 4,000"),
        (Gate.MAX_RISK_LEVEL, None, "is blank; expected one of low, medium, high"),
        (Gate.MAX_RISK_LEVEL, "mid", '"mid" is none of low, medium, high'),
    ],
)
def test_a_parameter_that_cant_be_read_says_what_is_accepted(gate: Gate, parameter: str | None, says: str) -> None:
    with pytest.raises(ParameterProblem, match=says):
        GATES[gate].parameter.parse(parameter)


def test_a_score_that_reads_as_the_limit_is_enough() -> None:
    gate = Gate.MIN_OVERALL_SCORE
    assert asked(gate, subject(overall_score=0.7 + 0.1), "0.8") is None
    assert asked(gate, subject(overall_score=0.8), "0.8") is None
    assert asked(gate, subject(overall_score=0.799999), "0.8") is not None


def test_a_score_that_differs_in_its_last_digit_only_is_current() -> None:
    inputs: dict[str, Any] = {
        "wsjf_business_value": 0.7,
        "wsjf_time_criticality": 0.1,
        "wsjf_risk_reduction": 0,
        "wsjf_job_size": 1,
        "active_scoring_framework": "WSJF",
    }
    noise = 0.7 + 0.1
    kept = InitiativeScore(framework="WSJF", value=noise, effort=1.0, overall=noise)
    active: dict[str, Any] = {"value_score": noise, "effort_score": 1.0, "overall_score": noise}
    assert asked(Gate.SCORE_CURRENT, subject(score=kept, **inputs, **active)) is None

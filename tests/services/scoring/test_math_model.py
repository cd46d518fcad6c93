"""Math models by hand to 1e-9: what counts, the MATH_MODEL score, its effort, and KPIs that should go down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.messages import Level
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.services.scoring.frameworks import Score
from roadwright.services.scoring.math_model import EffortInputs, ModelResult, Param, ScoredModel, math_score, run_model

REGISTRY = Registry.of(
    [
        RegisteredKpi("gmv", KpiLevel.NORTH_STAR, Direction.INCREASE, is_active=True),
        RegisteredKpi("contact_rate", KpiLevel.STRATEGIC, Direction.DECREASE, is_active=True),
        RegisteredKpi("page_load_time", KpiLevel.SUPPORTING, Direction.DECREASE, is_active=True),
        RegisteredKpi("old_goal", KpiLevel.STRATEGIC, Direction.INCREASE, is_active=False),
    ]
)
UPLIFT = ScoredModel(
    name="conversion",
    target_kpi_key="gmv",
    formula_text="visits * (rate_after - rate_before) * basket",
    is_primary=True,
    approved=True,
    params=(
        Param("visits", 48_000, approved=True),
        Param("rate_after", 0.031, approved=True),
        Param("rate_before", 0.028, approved=True),
        Param("basket", 62.5, approved=True),
        Param("left_over", None, approved=False),
    ),
)
"""48,000 * 0.003 * 62.5 = 9,000."""

DAYS = EffortInputs(12, 300, "engineering_tokens")
TOKENS = EffortInputs(None, 300, "engineering_tokens_mvp")
NO_EFFORT = EffortInputs(None, None, "engineering_tokens")


def run(model: ScoredModel) -> ModelResult:
    return run_model(model, REGISTRY)


def score(
    formula: str, effort: EffortInputs = DAYS, *, kpi: str = "gmv", use: bool | None = None, **params: float
) -> Score:
    given = tuple(Param(name, value, approved=True) for name, value in params.items())
    model = replace(UPLIFT, formula_text=formula, target_kpi_key=kpi, params=given)
    return math_score([run(model)], effort, use)


def test_an_approved_model_gives_its_value() -> None:
    result = run(UPLIFT)
    assert result.counts
    assert result.value == pytest.approx(9_000, abs=1e-9)
    assert result.improvement == pytest.approx(9_000, abs=1e-9)
    assert (result.problems, result.warnings) == ((), ())
    assert dict(result.used) == {"visits": 48_000, "rate_after": 0.031, "rate_before": 0.028, "basket": 62.5}


def test_the_score_is_value_over_engineering_days() -> None:
    made = math_score([run(UPLIFT)], DAYS, None)
    assert made.value == pytest.approx(9_000, abs=1e-9)
    assert made.effort == 12
    assert made.overall == pytest.approx(750, abs=1e-9)
    assert made.warnings == ()
    assert dict(made.components) == {
        "visits": 48_000,
        "rate_after": 0.031,
        "rate_before": 0.028,
        "basket": 62.5,
        "effort_engineering_days": 12,
    }


def test_without_days_the_tokens_of_the_scope_are_the_effort() -> None:
    made = math_score([run(UPLIFT)], TOKENS, True)
    assert made.effort == 300
    assert made.overall == pytest.approx(30, abs=1e-9)
    assert made.components["engineering_tokens_mvp"] == 300


def test_the_formulas_own_effort_and_overall_come_first() -> None:
    made = score("effort = days * 2\nvalue = a - b", days=4, a=100, b=20)
    assert (made.value, made.effort, made.overall) == (80, 8, 10)
    assert "effort_engineering_days" not in made.components
    made = score("value = a - b\noverall = value * 3", a=100, b=20)
    assert (made.value, made.effort, made.overall) == (80, 12, 240)
    made = score("value = a - b\noverall = 7", NO_EFFORT, a=100, b=20)
    assert (made.value, made.effort, made.overall, made.warnings) == (80, None, 7, ())


def test_a_kpi_that_should_go_down_scores_its_improvement() -> None:
    made = score(
        "orders * (rate_after - rate_before)", kpi="contact_rate", orders=100, rate_after=0.07, rate_before=0.1
    )
    assert made.value == pytest.approx(-3, abs=1e-9)
    assert made.overall == pytest.approx(3 / 12, abs=1e-9)
    worse = score("after - before", kpi="contact_rate", after=9, before=3)
    assert (worse.value, worse.overall) == (6, -0.5)
    own = score("value = after - before\noverall = value / 2", kpi="contact_rate", after=3, before=9)
    assert (own.value, own.overall) == (-6, -3)
    nothing = score("after - before", kpi="contact_rate", after=3, before=3)
    assert str(nothing.overall) == "0.0"


@pytest.mark.parametrize(
    ("formula", "effort", "shown", "source"),
    [
        ("value = a - 1\neffort = 0", DAYS, 0, "the formula's effort is 0"),
        ("value = a - 1\neffort = -2", DAYS, -2, "the formula's effort is -2"),
        ("value = a - 1\neffort = 0\noverall = 9", DAYS, 0, "the formula's effort is 0"),
        ("a - 1", EffortInputs(0, 50, "engineering_tokens"), 0, "effort_engineering_days is 0"),
        ("a - 1", EffortInputs(None, 0, "engineering_tokens"), 0, "engineering_tokens is 0"),
    ],
)
def test_an_effort_that_is_not_above_0_gives_no_overall(
    formula: str, effort: EffortInputs, shown: float, source: str
) -> None:
    made = score(formula, effort, a=5)
    assert (made.value, made.effort, made.overall) == (4, shown, None)
    assert list(map(str, made.warnings)) == [f"no MATH_MODEL overall: {source}; it must be above 0"]


def test_an_overall_of_its_own_needs_no_days() -> None:
    made = score("value = a - 1\noverall = 9", EffortInputs(0, None, "engineering_tokens"), a=5)
    assert (made.value, made.overall, made.warnings) == (4, 9, ())


def test_without_any_effort_there_is_no_score() -> None:
    made = score("a - 1", NO_EFFORT, a=5)
    assert not made.exists
    assert list(map(str, made.warnings)) == [
        "no MATH_MODEL score: effort_engineering_days and engineering_tokens are blank, "
        "and the formula of conversion sets no effort"
    ]


def test_an_overall_that_no_number_holds_is_left_out() -> None:
    made = score("a - b", EffortInputs(1e-200, None, "engineering_tokens"), a=1e200, b=1)
    assert (made.value, made.overall) == (1e200, None)
    assert [warning.code for warning in made.warnings] == ["model_overall_too_large"]


def test_no_models_and_models_that_are_not_used_have_no_score_and_no_warning() -> None:
    assert math_score([], DAYS, None) == Score()
    assert math_score([run(UPLIFT)], DAYS, False) == Score()


def test_only_the_primary_model_scores() -> None:
    other = replace(
        UPLIFT, name="other", formula_text="a - 1", params=(Param("a", 5, approved=True),), is_primary=False
    )
    assert math_score([run(other), run(UPLIFT)], DAYS, None).value == pytest.approx(9_000, abs=1e-9)
    none = math_score([run(other)], DAYS, None)
    assert not none.exists
    assert [(w.code, w.params["models"]) for w in none.warnings] == [("no_primary_model", ["other"])]
    both = math_score([run(UPLIFT), run(replace(other, is_primary=True))], DAYS, None)
    assert [(w.code, w.params["models"]) for w in both.warnings] == [
        ("several_primary_models", ["conversion", "other"])
    ]
    unapproved = math_score([run(replace(UPLIFT, approved=False)), run(other)], DAYS, None)
    assert unapproved == Score()


NOTHING = ", so the model contributes nothing"
ONE_APPROVED = tuple(replace(param, approved=param.name == "visits") for param in UPLIFT.params)


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        (replace(UPLIFT, approved=False), f"approved_by_user: not approved{NOTHING}"),
        (replace(UPLIFT, formula_text=None), f"formula_text: blank{NOTHING}"),
        (replace(UPLIFT, formula_text="  "), f"formula_text: blank{NOTHING}"),
        (replace(UPLIFT, formula_text="visits +\n1"), "formula_text: line 1: can't be read"),
        (replace(UPLIFT, formula_text="x = 1\nvalue = sqr(2)"), 'formula_text: line 2: "sqr" is no function (did you'),
        (replace(UPLIFT, formula_text="visits / (basket - 62.5)"), "formula_text: line 1: division by zero"),
        (replace(UPLIFT, formula_text="visit - f"), f"Params: visit (did you mean visits?), f are missing{NOTHING}"),
        (replace(UPLIFT, formula_text="left_over2 - 1"), "Params: left_over2 (did you mean left_over?) is missing"),
        (replace(UPLIFT, formula_text="visits - left_over"), f"Params: left_over is without a value{NOTHING}"),
        (replace(UPLIFT, params=ONE_APPROVED), f"Params: rate_after, rate_before, basket are not approved{NOTHING}"),
    ],
)
def test_what_does_not_count_has_no_value_and_says_why(model: ScoredModel, problem: str) -> None:
    result = run(model)
    assert not result.counts
    assert result.value is None
    assert len(result.problems) == 1
    assert str(result.problems[0]).startswith(problem)
    assert result.problems[0].severity is Level.WARNING
    with pytest.raises(ValueError, match="does not count"):
        _ = result.improvement


@pytest.mark.parametrize("kpi", ["page_load_time", "old_goal", "gvm"])
def test_a_target_that_can_not_be_claimed_keeps_the_value_from_counting(kpi: str) -> None:
    result = run(replace(UPLIFT, target_kpi_key=kpi))
    assert result.value == pytest.approx(9_000, abs=1e-9)
    assert not result.counts
    assert (result.problems[0].column, result.problems[0].params["key"]) == ("target_kpi_key", kpi)
    assert math_score([result], DAYS, None) == Score()


def test_a_formula_without_a_change_is_warned_of_but_counts() -> None:
    model = replace(UPLIFT, formula_text="visits * basket")
    result = run(model)
    assert result.counts
    assert [(w.code, w.column) for w in result.warnings] == [("formula_no_change", "formula_text")]
    marked = tuple(replace(param, is_increment=param.name == "visits") for param in model.params)
    assert run(replace(model, params=marked)).warnings == ()

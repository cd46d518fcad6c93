"""What initiatives bring to the KPIs, by hand to 1e-9: which model counts, what is said, and double counting."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.messages import Level
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.services.scoring.contributions import (
    Contributions,
    RangedModel,
    contribute,
    drawn_contributions,
    math_warnings,
    model_notes,
    redundancy_warnings,
)
from roadwright.services.scoring.frameworks import Score
from roadwright.services.scoring.math_model import EffortInputs, ModelResult, Param, ScoredModel, math_score, run_model

REGISTRY = Registry.of(
    [
        RegisteredKpi("gmv", KpiLevel.NORTH_STAR, Direction.INCREASE, is_active=True),
        RegisteredKpi("contact_rate", KpiLevel.STRATEGIC, Direction.DECREASE, is_active=True),
        RegisteredKpi("repeat_rate", KpiLevel.STRATEGIC, Direction.INCREASE, is_active=True),
    ]
)


def model(name: str, kpi: str, value: float | None, *, primary: bool = False, approved: bool = True) -> ModelResult:
    """A model whose value is ``value``; None: its param has none."""
    return run_model(
        ScoredModel(name, kpi, "delta", primary, approved, (Param("delta", value, approved=True),)),
        REGISTRY,
    )


def test_models_on_different_kpis_contribute_to_each() -> None:
    made = contribute(
        [model("A", "gmv", 120_000.5), model("B", "contact_rate", -0.4), model("C", "Repeat_Rate", 0)], None
    )
    assert dict(made.by_kpi) == {"gmv": 120_000.5, "contact_rate": -0.4, "repeat_rate": 0}
    assert made.warnings == ()


def test_the_primary_model_of_a_kpi_is_taken_without_a_word() -> None:
    made = contribute([model("A", "gmv", 900), model("B", "gmv", 100, primary=True)], True)
    assert made == Contributions({"gmv": 100}, ())


def test_without_a_primary_the_largest_improvement_is_taken_and_the_others_are_listed() -> None:
    made = contribute([model("A", "gmv", 900), model("B", "gmv", 1_200), model("C", "gmv", -5_000)], None)
    assert dict(made.by_kpi) == {"gmv": 1_200}
    (warning,) = made.warnings
    assert (warning.code, warning.params["kpi"]) == ("no_primary_of_several", "gmv")
    assert str(warning) == (
        "gmv: of 3 approved models none is primary; B (1,200) counts, as the largest improvement, "
        "and not A (900), C (-5,000); set is_primary on one"
    )


def test_of_a_kpi_that_should_go_down_the_lowest_is_the_largest_improvement() -> None:
    made = contribute(
        [model("A", "contact_rate", 0.2), model("B", "contact_rate", -0.5), model("C", "contact_rate", -0.1)], None
    )
    assert dict(made.by_kpi) == {"contact_rate": -0.5}


def test_a_primary_on_another_kpi_does_not_choose_here() -> None:
    made = contribute(
        [model("A", "gmv", 1, primary=True), model("B", "repeat_rate", 2), model("C", "repeat_rate", 3)], None
    )
    assert dict(made.by_kpi) == {"gmv": 1, "repeat_rate": 3}
    assert len(made.warnings) == 1


def test_of_equal_ones_the_first_is_taken() -> None:
    made = contribute([model("A", "gmv", 5), model("B", "gmv", 5)], None)
    assert made.warnings[0].params["chosen"] == "A (5)"


@pytest.mark.parametrize(
    "bad", [model("A", "gmv", 900, primary=True, approved=False), model("A", "gmv", None, primary=True)]
)
def test_what_does_not_count_leaves_the_only_one(bad: ModelResult) -> None:
    assert contribute([bad], None) == Contributions({}, ())
    assert contribute([bad, model("B", "gmv", 100)], None) == Contributions({"gmv": 100}, ())


def test_models_that_are_suggestions_contribute_nothing() -> None:
    results = [model("A", "gmv", 900, primary=True)]
    assert contribute(results, False) == Contributions()
    assert contribute(results, None) == contribute(results, True) == Contributions({"gmv": 900})
    assert contribute([], None) == Contributions()


def test_math_warnings_repeat_everything_with_the_models_name() -> None:
    results = [
        model("draft", "gmv", 5, approved=False),
        model("open", "gmv", None),
        model("one", "repeat_rate", 1),
        model("two", "repeat_rate", 2),
    ]
    score = math_score(results, EffortInputs(1, None, "engineering_tokens"), None)
    said = math_warnings(results, score, contribute(results, None), None)
    assert {one.severity for one in said} == {Level.WARNING}
    assert list(map(str, said)) == [
        "draft: approved_by_user: not approved, so the model contributes nothing",
        "open: Params: delta is without a value, so the model contributes nothing",
        "no MATH_MODEL score: no model is_primary; set is_primary on one of open, one, two",
        "repeat_rate: of 2 approved models none is primary; two (2) counts, as the largest improvement, "
        "and not one (1); set is_primary on one",
    ]


def test_where_models_are_suggestions_an_unapproved_one_is_no_matter() -> None:
    draft, unset = model("draft", "gmv", 5, approved=False), model("open", "gmv", None)
    assert model_notes(draft, None) != []
    assert model_notes(draft, False) == []
    (said,) = math_warnings([draft, unset], Score(), contribute([draft], False), False)
    assert str(said) == "open: Params: delta is without a value, so the model contributes nothing"


DRIVEN_BY = {"gmv": ("conversion", "repeat_rate"), "conversion": ("speed",), "repeat_rate": ("contact_rate",)}


def test_claiming_a_kpi_and_one_that_drives_it_is_double_counting() -> None:
    (said,) = redundancy_warnings({"gmv": 100, "repeat_rate": 0.1}, DRIVEN_BY)
    assert said.code == "claimed_twice"
    assert str(said).startswith("repeat_rate drives gmv (repeat_rate -> gmv) and both are claimed")
    (said,) = redundancy_warnings({"gmv": 100, "Contact_Rate": -0.1}, DRIVEN_BY)
    assert said.params["path"] == "contact_rate -> repeat_rate -> gmv"
    assert len(redundancy_warnings({"gmv": 100, "repeat_rate": 0.1, "contact_rate": -1}, DRIVEN_BY)) == 3


def test_claims_that_drive_each_other_not_are_no_matter() -> None:
    assert redundancy_warnings({"repeat_rate": 1, "conversion": 2}, DRIVEN_BY) == ()
    assert redundancy_warnings({"gmv": 1, "repeat_rate": 0}, DRIVEN_BY) == ()
    assert redundancy_warnings({"gmv": 1}, DRIVEN_BY) == ()
    assert redundancy_warnings({}, {}) == ()
    assert redundancy_warnings({"gmv": 1, "unknown": 2}, DRIVEN_BY) == ()


KPI_KEYS = st.sampled_from(["gmv", "contact_rate", "repeat_rate"])


@settings(deadline=None)
@given(st.lists(st.tuples(KPI_KEYS, st.integers(-9, 9), st.booleans()), max_size=8))
def test_each_kpi_has_the_value_of_one_of_its_models_and_the_best_of_those_without_primary(
    models: list[tuple[str, int, bool]],
) -> None:
    results = [model(f"m{i}", kpi, value, approved=approved) for i, (kpi, value, approved) in enumerate(models)]
    made = contribute(results, None)
    expected: dict[str, list[int]] = {}
    for kpi, value, approved in models:
        if approved:
            expected.setdefault(kpi, []).append(value)
    best = {kpi: min(values) if kpi == "contact_rate" else max(values) for kpi, values in expected.items()}
    assert dict(made.by_kpi) == best
    assert len(made.warnings) == sum(len(values) > 1 for values in expected.values())


RANGED_REGISTRY = Registry.of(
    RegisteredKpi(key, level, Direction.INCREASE, True)
    for key, level in (("gmv", KpiLevel.NORTH_STAR), ("nps", KpiLevel.STRATEGIC))
)


def ranged_model(name: str, kpi: str, formula: str, **params: float) -> ScoredModel:
    return ScoredModel(name, kpi, formula, False, True, [Param(n, value, True) for n, value in params.items()])


def test_only_what_depends_on_a_range_is_drawn_and_it_stays_within() -> None:
    ranged = RangedModel(
        ranged_model("orders", "gmv", "visits * uplift", visits=100, uplift=0.2), {"uplift": (0.1, 0.4)}
    )
    fixed = RangedModel(ranged_model("love", "nps", "points", points=3), {})
    drawn = [drawn_contributions([ranged, fixed], RANGED_REGISTRY, None, str(seed)) for seed in range(30)]
    assert {tuple(one) for one in drawn} == {("gmv",)}
    assert all(10 <= one["gmv"] <= 40 for one in drawn)
    assert len({one["gmv"] for one in drawn}) > 20
    assert drawn[3] == drawn_contributions([ranged, fixed], RANGED_REGISTRY, None, "3")


def test_a_range_of_a_param_that_the_formula_does_not_use_draws_nothing() -> None:
    unused = RangedModel(ranged_model("orders", "gmv", "visits", visits=100, spare=1), {"spare": (0, 9)})
    assert drawn_contributions([unused], RANGED_REGISTRY, None, "1") == {}
    suggested = RangedModel(ranged_model("orders", "gmv", "visits", visits=100), {"visits": (0, 9)})
    assert drawn_contributions([suggested], RANGED_REGISTRY, False, "1") == {}

"""RICE and WSJF by hand: values to 1e-9, missing inputs, and figures that no number can hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.services.scoring.frameworks import Score, rice, wsjf

NONE = Score()


@pytest.mark.parametrize(
    ("inputs", "value", "overall"),
    [
        ((1200, 2, 0.8, 3), 1920.0, 640.0),
        ((0, 3, 1, 5), 0.0, 0.0),
        ((333.3, 1.7, 0.35, 0.9), 198.3135, 220.348333333333333),
        ((0.1, 0.2, 0.3, 0.7), 0.006, 0.00857142857142857),
        ((7, 0, 1, 2), 0.0, 0.0),
    ],
)
def test_rice_is_reach_times_impact_times_confidence_over_effort(
    inputs: tuple[float, float, float, float], value: float, overall: float
) -> None:
    score = rice(*inputs)
    assert score.value == pytest.approx(value, abs=1e-9)
    assert score.effort == inputs[3]
    assert score.overall == pytest.approx(overall, abs=1e-9)
    assert score.warnings == ()
    assert list(score.components.values()) == list(inputs)


@pytest.mark.parametrize(
    ("inputs", "value", "overall"),
    [
        ((8, 5, 3, 4), 16.0, 4.0),
        ((0, 0, 0, 1), 0.0, 0.0),
        ((0.1, 0.2, 0.3, 0.7), 0.6, 0.857142857142857),
        ((20, 13, 1, 8), 34.0, 4.25),
    ],
)
def test_wsjf_is_cost_of_delay_over_job_size(
    inputs: tuple[float, float, float, float], value: float, overall: float
) -> None:
    score = wsjf(*inputs)
    assert score.value == pytest.approx(value, abs=1e-9)
    assert score.effort == inputs[3]
    assert score.overall == pytest.approx(overall, abs=1e-9)


def test_no_input_at_all_is_no_score_and_no_warning() -> None:
    assert rice(None, None, None, None) == NONE
    assert wsjf(None, None, None, None) == NONE
    assert not NONE.exists


def test_a_missing_input_is_named_and_never_counts_as_zero() -> None:
    one = rice(100, None, 0.5, 2)
    assert not one.exists
    assert one.overall is None
    assert list(map(str, one.warnings)) == ["no RICE score: rice_impact is blank"]
    two = wsjf(None, 3, 0, None)
    assert not two.exists
    assert list(map(str, two.warnings)) == ["no WSJF score: wsjf_business_value, wsjf_job_size are blank"]


def test_a_zero_is_an_input_and_not_a_missing_one() -> None:
    assert rice(0, 0, 0, 1).value == 0.0
    assert wsjf(0, 0, 0, 5).overall == 0.0


def test_a_score_that_no_number_can_hold_is_none_with_a_warning() -> None:
    for score in (rice(10**308, 3, 1, 1), rice(1e308, 1, 1, 1e-10), wsjf(1e308, 1e308, 0, 1), wsjf(1, 0, 0, 5e-324)):
        assert not score.exists
        assert [warning.code for warning in score.warnings] == ["score_too_large"]


@given(
    st.floats(0, 1e12), st.floats(0, 3), st.floats(0, 1), st.floats(1e-6, 1e6),
    st.integers(0, 15),
)  # fmt: skip
def test_whatever_is_typed_a_score_is_finite_or_absent(
    reach: float, impact: float, confidence: float, effort: float, blanks: int
) -> None:
    given_inputs = [
        None if blanks >> place & 1 else number for place, number in enumerate((reach, impact, confidence, effort))
    ]
    for framework in (rice, wsjf):
        score = framework(*given_inputs)
        parts = (score.value, score.effort, score.overall)
        if None in given_inputs:
            assert parts == (None, None, None)
            assert bool(score.warnings) == (blanks != 15)
        else:
            assert all(part is not None and math.isfinite(part) for part in parts)


def test_scores_are_computed_in_decimals() -> None:
    assert wsjf(0.7, 0.1, 0, 1).value == 0.8
    assert wsjf(0.7, 0.1, 0, 0.1).overall == 8
    assert rice(0.7, 3, 1, 1).value == 2.1
    assert rice(0.7, 3, 1, 0.7).overall == 3

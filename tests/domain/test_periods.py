"""Period keys: which days they name, and when two are the same."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.periods import FiscalYear, days_of, is_fiscal, next_period, same_period


def days(first: str, last: str) -> tuple[dt.date, dt.date]:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("2026-Q2", days("2026-04-01", "2026-06-30")),
        ("Q2_2026", days("2026-04-01", "2026-06-30")),
        ("q2 2026", days("2026-04-01", "2026-06-30")),
        ("2026Q4", days("2026-10-01", "2026-12-31")),
        ("2026-H1", days("2026-01-01", "2026-06-30")),
        ("H2-2026", days("2026-07-01", "2026-12-31")),
        ("2026-05", days("2026-05-01", "2026-05-31")),
        ("2026-5", days("2026-05-01", "2026-05-31")),
        ("2024-02", days("2024-02-01", "2024-02-29")),
        (" 2026 ", days("2026-01-01", "2026-12-31")),
        *(
            (key, days("2026-07-01", "2026-09-30"))
            for key in ("Q3/2026", "Q3 26", "Q3'26", "3Q26", "2026 Q3", "3q 2026")
        ),
        *(
            (key, days("2026-10-01", "2026-10-31"))
            for key in ("Oct 2026", "October 2026", "Oct-26", "10/2026", "2026-10")
        ),
        ("H2 2026", days("2026-07-01", "2026-12-31")),
        ("2H26", days("2026-07-01", "2026-12-31")),
    ],
)
def test_the_days_of_a_key(key: str, expected: tuple[dt.date, dt.date]) -> None:
    assert days_of(key) == expected


@pytest.mark.parametrize(
    "key",
    [
        *("", "next spring", "2026-Q5", "2026-Q0", "2026-Q12", "2026-H3", "2026-H0", "2026-13", "2026-00"),
        *("0000-Q1", "26-Q1", "Q2", "2026-05-01", "Oct", "wave 26", "26", "FY26", "FY26 Q3"),
    ],
)
def test_other_text_names_no_days(key: str) -> None:
    assert days_of(key) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-Q2", "Q2_2026"),
        ("2026-05", "2026-5"),
        ("2026-q2", "2026 Q2"),
        ("Next Spring", "next_spring"),
        ("wave 3", "WAVE-3"),
        ("2026-Q9", "2026 q9"),
        ("Q3/2026", "2026-Q3"),
        ("3Q26", "Q3 26"),
        ("Oct 2026", "2026-10"),
    ],
)
def test_equal_periods(one: str, other: str) -> None:
    assert same_period(one, other)
    assert same_period(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-Q2", "2026-Q3"),
        ("2026-Q2", "2025-Q2"),
        ("2026-H1", "2026-Q1"),
        ("2026-Q9", "Q9-2026"),
        ("wave 3", "wave 4"),
        ("2026-Q2", None),
        (None, None),
        ("", ""),
    ],
)
def test_different_periods(one: str | None, other: str | None) -> None:
    assert not same_period(one, other)
    assert not same_period(other, one)


APRIL, NAMED_BY_START = FiscalYear(4), FiscalYear(4, named_by_end=False)


@pytest.mark.parametrize("key", ["FY26 Q3", "Q3 FY26", "FY2026-Q3", "fy26q3", "Q3 FY 2026", "FY25/26 Q3"])
def test_a_fiscal_quarter_names_days_once_the_start_of_the_year_is_known(key: str) -> None:
    assert days_of(key) is None
    assert days_of(key, APRIL) == days("2025-10-01", "2025-12-31")
    assert same_period(key, "2025-Q4", APRIL)
    assert is_fiscal(key)


def test_a_fiscal_year_is_named_by_its_end_or_its_start() -> None:
    assert days_of("FY26", APRIL) == days("2025-04-01", "2026-03-31")
    assert days_of("FY26", NAMED_BY_START) == days("2026-04-01", "2027-03-31")
    assert days_of("FY26 H2", NAMED_BY_START) == days("2026-10-01", "2027-03-31")
    assert days_of("FY26", FiscalYear(1)) == days("2026-01-01", "2026-12-31")
    assert days_of("2026-Q3", APRIL) == days("2026-07-01", "2026-09-30")
    assert days_of("FY26/28", APRIL) is None


@given(st.text(max_size=12))
def test_any_text_names_days_in_order_or_none(key: str) -> None:
    found = days_of(key)
    assert found is None or found[0] < found[1]


@given(st.integers(1, 9999), st.sampled_from(["Q1", "Q2", "Q3", "Q4", "H1", "H2", *(f"{m:02d}" for m in range(1, 13))]))
def test_every_real_period_is_whole_months_of_its_year(year: int, part: str) -> None:
    found = days_of(f"{year:04d}-{part}")
    assert found is not None
    first, last = found
    assert (first.year, first.day) == (year, 1)
    assert last.year == year
    assert last == dt.date.max or (last + dt.timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("key", "following"),
    [
        ("2026-Q2", "2026-Q3"),
        ("2026-Q4", "2027-Q1"),
        ("Q4/1999", "Q1/2000"),
        ("4Q26", "1Q27"),
        ("H2 2026", "H1 2027"),
        ("2026q4", "2027q1"),
        ("FY26 Q4", "FY27 Q1"),
        ("Oct 2026", "2026-11"),
        ("2026-12", "2027-01"),
        ("2026", "2027"),
        ("someday", None),
        ("Q3", None),
    ],
)
def test_the_period_after_another_is_spelled_alike(key: str, following: str | None) -> None:
    assert next_period(key) == following

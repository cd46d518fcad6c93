"""Dates as people type them."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.periods import FiscalYear
from roadwright.domain.reading.dates import Edge, parse_date
from roadwright.domain.reading.rules import AS_TYPED, ReadingRules, Unreadable
from tests.sheets.cells import texts

APRIL = ReadingRules(fiscal_year=FiscalYear(4))


def refused(text: str, rules: ReadingRules = AS_TYPED) -> str:
    """The code of the reason for which a text is refused."""
    with pytest.raises(Unreadable) as caught:
        parse_date(text, rules)
    return caught.value.message.code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *[("2026-12-01", "2026-12-01"), ("2026-12-01T10:00:00Z", "2026-12-01"), ("2026-12-01 10:00", "2026-12-01")],
        *[("2026-12-01T10:00:00+02:00", "2026-12-01"), ("2026-12-01 10:00:00.123456 UTC", "2026-12-01")],
        *[("2026-12-01T23:30:00-0500", "2026-12-01"), ("2026-12-01Z", "2026-12-01"), ("2026-5-1", "2026-05-01")],
        *[("2026/12/01", "2026-12-01"), ("2026.12.01", "2026-12-01"), ("2026/12/01 00:00:00", "2026-12-01")],
        *[("31/05/2026", "2026-05-31"), ("05/31/2026", "2026-05-31"), ("31-05-2026", "2026-05-31")],
        *[("31/5/26", "2026-05-31"), ("05/05/2026", "2026-05-05"), ("31/05/2026 10:30", "2026-05-31")],
        *[("30.09.2026", "2026-09-30"), ("09.10.2026", "2026-10-09"), ("3.9.26", "2026-09-03")],
        *[("30.09.2026 14:00 Uhr", "2026-09-30"), ("30.09.2026, 14:00", "2026-09-30")],
        *[("1 Oct 2026", "2026-10-01"), ("1st of October 2026", "2026-10-01"), ("Thu, 1 Oct 2026", "2026-10-01")],
        *[("Oct 1, 2026", "2026-10-01"), ("October 1st, 2026", "2026-10-01"), ("Oct 1, 2026 at 5pm", "2026-10-01")],
        *[("22/mai/26 10:26 AM", "2026-05-22"), ("1. Juli 2026", "2026-07-01"), ("3. März 2026", "2026-03-03")],
        *[("1/août/26", "2026-08-01"), ("1er août 2026", "2026-08-01"), ("15 févr. 2026", "2026-02-15")],
        *[("31 de maio de 2026", "2026-05-31"), ("01/out/26", "2026-10-01"), ("1/ago/26", "2026-08-01")],
        *[("5 gennaio 2026", "2026-01-05"), ("3 mrt 2026", "2026-03-03"), ("12 września 2026", "2026-09-12")],
        *[("24. Dezember 2026", "2026-12-24"), ("Fri May 29 2026 00:00:00 GMT+0000 (GMT)", "2026-05-29")],
        *[("Mon Mar 04 2024 10:11:12 GMT+0200 (Central European Standard Time)", "2024-03-04")],
        *[("12/Mar/24", "2024-03-12"), ("1-Oct-2026", "2026-10-01"), ("1 Oct 2026 10:00 CEST", "2026-10-01")],
        *[("1\u00a0Oct\u202f2026", "2026-10-01"), ("20261201", "2026-12-01"), ("29 Feb 2024", "2024-02-29")],
    ],
)
def test_what_means_one_day_is_accepted(text: str, day: str) -> None:
    for edge in Edge:
        assert parse_date(text, edge=edge).day.isoformat() == day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        *[("Oct 2026", "2026-10-01", "2026-10-31"), ("2026-10", "2026-10-01", "2026-10-31")],
        *[("Q3 2026", "2026-07-01", "2026-09-30"), ("Q3/26", "2026-07-01", "2026-09-30")],
        *[("H2 2026", "2026-07-01", "2026-12-31"), ("2026", "2026-01-01", "2026-12-31")],
        *[("Oct '26", "2026-10-01", "2026-10-31"), ("February 2024", "2024-02-01", "2024-02-29")],
    ],
)
def test_a_start_is_the_first_day_of_a_period_and_a_deadline_the_last(text: str, first: str, last: str) -> None:
    assert parse_date(text, edge=Edge.FIRST).day.isoformat() == first
    assert parse_date(text, edge=Edge.LAST).day.isoformat() == last


def test_a_fiscal_quarter_is_a_deadline_where_the_settings_say_when_it_ends() -> None:
    assert parse_date("FY26 Q3", APRIL).day == dt.date(2025, 12, 31)
    assert refused("FY26 Q3") == "is_no_date"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("09/10/2026", "two_dates"), ("9/10/26", "two_dates"), ("09-10-2026", "two_dates")],
        *[("3.21", "date_without_year"), ("3/21", "date_without_year"), ("Oct 26", "day_or_year")],
        *[("2026-02-30", "no_such_day"), ("31/04/2026", "no_such_day"), ("2026-13-01", "no_such_day")],
        *[("29 Feb 2026", "no_such_day"), ("soon", "is_no_date"), ("ASAP", "is_no_date"), ("Q3", "is_no_date")],
        *[("46173", "is_no_date"), ("1 Oct", "is_no_date"), ("10:00", "is_no_date"), ("", "is_no_date")],
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, code: str) -> None:
    assert refused(text) == code


def test_both_readings_are_named() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_date("09/10/2026")
    assert caught.value.message.params == {"one": dt.date(2026, 10, 9), "other": dt.date(2026, 9, 10)}
    assert "could be 2026-10-09 or 2026-09-10" in str(caught.value)


def test_the_setting_says_which_part_is_the_day() -> None:
    day_first, month_first = ReadingRules(dates="dmy"), ReadingRules(dates="mdy")
    assert parse_date("09/10/2026", day_first).day == dt.date(2026, 10, 9)
    assert parse_date("09/10/2026", month_first).day == dt.date(2026, 9, 10)
    assert parse_date("31/05/2026", month_first).day == dt.date(2026, 5, 31)
    assert parse_date("09.10.2026", month_first).day == dt.date(2026, 10, 9)


_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M")


@given(st.datetimes(dt.datetime(1000, 1, 1)), st.sampled_from(_FORMS), st.sampled_from(Edge))
def test_every_clear_form_of_a_day_is_that_day(moment: dt.datetime, form: str, edge: Edge) -> None:
    assert parse_date(moment.strftime(form), edge=edge).day == moment.date()


@given(texts())
def test_any_text_is_a_day_or_refused(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(parse_date(text).day, dt.date)

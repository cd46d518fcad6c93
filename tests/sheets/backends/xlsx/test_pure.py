"""The small rules: addresses, dates, text, growing ranges, formulas moved down."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from roadwright.sheets.backend import Area
from roadwright.sheets.backends.xlsx.addresses import area_text, overlap, parse_area
from roadwright.sheets.backends.xlsx.appending import (
    Growth,
    grown_filter,
    grown_ranges,
    has_relative_rows,
    shifted,
    widened_dimension,
)
from roadwright.sheets.backends.xlsx.cells import (
    decode_text,
    encode_text,
)
from roadwright.sheets.backends.xlsx.markup import Splice, apply_splices, set_attribute, tag_end
from roadwright.sheets.moments import Shows, from_serial, to_serial, what_format_shows
from roadwright.sheets.values import LAST_COLUMN, column_letters, column_number


@given(st.integers(1, LAST_COLUMN))
def test_column_letters_and_numbers(column: int) -> None:
    assert column_number(column_letters(column)) == column


def test_areas() -> None:
    assert parse_area("$B$3:D9") == Area(3, 2, 9, 4) == parse_area("D3:B9")
    assert parse_area("C7") == Area(7, 3, 7, 3)
    assert area_text(Area(7, 3, 7, 3)) == "C7"
    assert overlap(Area(1, 1, 3, 3), Area(3, 3, 4, 4))
    assert not overlap(Area(1, 1, 3, 3), Area(1, 4, 3, 4))
    for wrong in ("A:C", "3:7", "", "A0B", "Sheet!A1"):
        with pytest.raises(ValueError, match="no cell"):
            parse_area(wrong)


@pytest.mark.parametrize(
    ("number", "code", "shows"),
    [
        (14, None, Shows.DATE),
        (22, None, Shows.DATE_AND_TIME),
        (21, None, Shows.TIME),
        (46, None, Shows.DURATION),
        (0, None, None),
        (9, None, None),
        (164, "yyyy\\-mm\\-dd", Shows.DATE),
        (164, "[$-409]mmmm\\ yy;@", Shows.MONTH),
        (164, "dd.mm.yyyy hh:mm", Shows.DATE_AND_TIME),
        (164, "h:mm AM/PM", Shows.TIME),
        (164, "mm:ss.0", Shows.TIME),
        (164, "mmm", Shows.MONTH),
        (164, "[h]:mm:ss", Shows.DURATION),
        (164, '#,##0.00 "days"', None),
        (164, "[Red]0.00;[Blue]-0.00", None),
        (164, "0.00E+00", None),
        (164, '"TRUE";"TRUE";"FALSE"', None),
        (164, "General", None),
        (14, "0.0", None),
    ],
)
def test_what_number_formats_show(number: int, code: str | None, shows: Shows | None) -> None:
    assert what_format_shows(number, code) is shows


@given(st.datetimes(dt.datetime(1904, 1, 2), dt.datetime(9999, 12, 30)), st.booleans())
def test_dates_come_back_to_the_millisecond(moment: dt.datetime, date1904: bool) -> None:
    back = from_serial(to_serial(moment, date1904), Shows.DATE_AND_TIME, date1904)
    assert isinstance(back, dt.datetime)
    assert abs(back - moment) <= dt.timedelta(milliseconds=1)


def test_the_first_days_of_1900() -> None:
    assert from_serial(1, Shows.DATE, False) == dt.date(1900, 1, 1)
    assert from_serial(59, Shows.DATE, False) == dt.date(1900, 2, 28)
    assert from_serial(61, Shows.DATE, False) == dt.date(1900, 3, 1)
    assert to_serial(dt.date(1900, 3, 1), False) == 61


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("_x0041\x07\r\ud83d")))
def test_texts_come_back(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    stored = encode_text(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert decode_text(stored) == whole


GROWTH = Growth(header_row=1, old_last_row=20, new_last_row=25, header_cells=(7, 8, 10))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A2:C20", "A2:C25"),
        ("A2:C20 E2:E20 G5", "A2:C25 E2:E25 G5"),
        ("B1:B20", "B1:B25"),
        ("A2:C22", "A2:C25"),
        ("A2:C5000", "A2:C5000"),
        ("A2:C19", "A2:C19"),
        ("A20:C20", "A20:C20"),
        ("A1:F1", "A1:F1"),
        ("A21:A22", "A21:A22"),
        ("A:C", "A:C"),
        ("A1:C1048576", "A1:C1048576"),
    ],
)
def test_ranges_that_end_with_the_data_grow(before: str, after: str) -> None:
    assert grown_ranges(before, GROWTH) == after


def test_ranges_of_a_tab_with_one_row_or_none() -> None:
    assert grown_ranges("A2:C2", Growth(1, 2, 9)) == "A2:C9"
    assert grown_ranges("A2:C3", Growth(1, 1, 9)) == "A2:C9"
    assert grown_ranges("A1:C1", Growth(1, 1, 9)) == "A1:C1"
    assert grown_ranges("A2:C20", Growth(1, 20, 20)) == "A2:C20"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A:F", "A:F"),
        ("A1:F20", "A1:H25"),
        ("A1:E20", "A1:E25"),
        ("A1:F10", "A1:H10"),
        ("A3:F20", "A3:F20"),
        ("A1:I30", "A1:J30"),
    ],
)
def test_filters_grow_both_ways(before: str, after: str) -> None:
    assert grown_filter(before, GROWTH) == after


def test_the_used_range() -> None:
    assert widened_dimension("B2:C3", [(9, 2), (3, 5)]) == "B2:E9"
    assert widened_dimension("A1:Z99", [(9, 2)]) == "A1:Z99"
    assert widened_dimension("A:C", [(9, 2)]) == "A:C"


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("A2*2", "A5*2"),
        ("$A2+A$2+$A$2", "$A5+A$2+$A$2"),
        ("SUM(A2:B3,C:C,4:5)", "SUM(A5:B6,C:C,7:8)"),
        ("LOG10(A2)+ATAN2(A2,1)", "LOG10(A5)+ATAN2(A5,1)"),
        ('"A2"&A2&"say ""B3"""', '"A2"&A5&"say ""B3"""'),
        ("'Tab A1'!A2+Sheet1!B2+[1]Data2!C2", "'Tab A1'!A5+Sheet1!B5+[1]Data2!C5"),
        ("Ideas[[#This Row],[A1]]*T2[x]", "Ideas[[#This Row],[A1]]*T2[x]"),
        ("Table1[[#This Row],[it']s A1]]+A2", "Table1[[#This Row],[it']s A1]]+A5"),
        ("rate_A1*name1.B2+A2B", "rate_A1*name1.B2+A2B"),
        ("1E5+A2", "1E5+A5"),
        ("A2#", "A5#"),
    ],
)
def test_formulas_move_down(formula: str, moved: str) -> None:
    assert shifted(formula, 3) == moved
    assert has_relative_rows(formula) == (formula != moved)


@given(
    st.lists(
        st.sampled_from(
            ["A1", "$B2", "C$3", "$D$4", "AB12:C14", "Sheet1!A7", "'x y'!B8", '"A1"', "SUM(A1,B2)", "T[x]", "7"]
        ),
        min_size=1,
    ),
    st.integers(1, 50),
)
def test_formulas_move_as_openpyxl_moves_them(parts: list[str], rows: int) -> None:
    formula = "+".join(parts)
    expected = Translator(f"={formula}", origin="A1").translate_formula(f"A{1 + rows}")
    assert f"={shifted(formula, rows)}" == expected


def test_tags_and_splices() -> None:
    tag = b"""<c r="A1" note='a > b' q='"' z=">"/>"""
    assert tag_end(tag + b"<d>", 0) == len(tag)
    assert set_attribute(b'<c r="A1" s="2">', "s", "7") == b'<c r="A1" s="7">'
    assert set_attribute(b'<c r="A1"/>', "s", "<") == b'<c r="A1" s="&lt;"/>'
    assert set_attribute(b'<c r="A1" s="2"/>', "s", None) == b'<c r="A1"/>'
    assert apply_splices(b"abcdef", [Splice(4, 5, b"X"), Splice(1, 1, b"-"), Splice(1, 2, b"B")]) == b"a-BcdXf"
    with pytest.raises(ValueError, match="overlap"):
        apply_splices(b"abcdef", [Splice(0, 3, b""), Splice(2, 4, b"")])

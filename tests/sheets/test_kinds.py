"""What each kind of cell accepts, refuses and shows."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadwright.sheets import kinds
from roadwright.sheets.kinds import (
    BOOLEAN,
    CONTRIBUTIONS,
    COUNT,
    DATE,
    JSON,
    KEY,
    LIST,
    LONG_TEXT,
    MINUTE,
    NUMBER,
    OBJECTIVE,
    PERIOD,
    SCORE,
    SHARE,
    TEXT,
    TIMESTAMP,
    at_most,
    choice,
    is_blank,
    within,
)
from roadwright.sheets.spec import CellProblem, Kind
from roadwright.sheets.values import CellError, CellValue, NotCalculated
from tests.sheets.cells import BLANKS, ERRORS, cell_values


class Stage(StrEnum):
    NEW = "new"
    IN_REVIEW = "in_review"


KINDS = (
    *(TEXT, LONG_TEXT, KEY, TIMESTAMP, MINUTE, NUMBER, SCORE, SHARE, COUNT, BOOLEAN, DATE, PERIOD, LIST),
    *(CONTRIBUTIONS, OBJECTIVE, JSON, choice(Stage)),
)


def problem(kind: Kind, value: CellValue) -> str:
    with pytest.raises(CellProblem) as caught:
        kind.read(value)
    return str(caught.value)


def test_every_kind_of_the_module_is_tried_here() -> None:
    declared = [kind for kind in vars(kinds).values() if isinstance(kind, Kind)]
    assert {(kind.name, kind.read, kind.show) for kind in declared} <= {(k.name, k.read, k.show) for k in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(value=cell_values())
@example(value=10**400)
@example(value="\ud800")
@example(value="12\x00")
def test_any_cell_is_a_value_that_survives_showing_or_a_problem_in_words(kind: Kind, value: CellValue) -> None:
    try:
        found = kind.read(value)
    except CellProblem as refused:
        words = str(refused)
    else:
        words = "fine"
        if found is not None:
            assert not is_blank(kind.show(found))
            assert kind.read(kind.show(found)) == found
    assert words
    assert "\x00" not in words
    words.encode()  # they go into a cell and into the database


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_value_is_named_and_never_taken_for_text(kind: Kind, error: str) -> None:
    assert f"the cell shows the error {error}" in problem(kind, CellError(error))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_formula_without_a_value_is_named_with_the_way_out(kind: Kind) -> None:
    assert "=A1+B1 has no calculated value; open the workbook" in problem(kind, NotCalculated("A1+B1"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("text", ["#SPILL!", " #N/A ", "#DIV/0!"])
def test_an_error_that_a_program_stored_as_text_is_one(kind: Kind, text: str) -> None:
    assert f"the cell shows the error {text.strip()};" in problem(kind, text)


@pytest.mark.parametrize("blank", [None, *BLANKS, "".join(BLANKS)])
def test_blanks_of_every_sort_are_blank(blank: str | None) -> None:
    assert is_blank(blank)


@pytest.mark.parametrize("value", [0, False, 0.0, "0", "-", CellError("#N/A"), NotCalculated(""), dt.time()])
def test_nothing_else_is_blank(value: CellValue) -> None:
    assert not is_blank(value)


class TestText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("  two  words\u00a0", "two  words"),
            ("\u3000wide\u200b", "wide"),
            ("line one\nline two", "line one\nline two"),
            ("one\r\ntwo\rthree\r\n", "one\ntwo\nthree"),
            ("#1 in the market", "#1 in the market"),
            (5, "5"),
            (5.0, "5"),
            (5.25, "5.25"),
            (0.1 + 0.2, "0.3"),
            (True, "TRUE"),
            (dt.datetime(2026, 5, 31), "2026-05-31"),
            (dt.datetime(2026, 5, 31, 12, 30), "2026-05-31T12:30:00"),
            (dt.date(2026, 5, 31), "2026-05-31"),
            (dt.time(8, 15), "08:15:00"),
        ],
    )
    def test_is_what_the_person_sees(self, value: CellValue, text: str) -> None:
        assert TEXT.read(value) == text

    @pytest.mark.parametrize("value", ["a\x00b", "a\ud800"])
    def test_that_no_database_takes_is_a_problem(self, value: str) -> None:
        assert "can't be stored (code" in problem(TEXT, value)


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "number"), [(5, 5), (0.5, 0.5), ("1,234.5", 1234.5), ("\u200b12 %", 0.12), ("1 234.5", 1234.5)]
    )
    def test_accepts(self, value: CellValue, number: float) -> None:
        assert NUMBER.read(value) == number

    def test_whole_numbers_are_shown_without_a_point(self) -> None:
        assert repr(NUMBER.show(5.0)) == "5"
        assert NUMBER.show(0.25) == 0.25

    @pytest.mark.parametrize("value", [dt.datetime(2026, 1, 2), dt.date(2026, 1, 2), dt.time(1), dt.timedelta(hours=1)])
    def test_a_date_is_no_number(self, value: CellValue) -> None:
        assert "is a date or time, not a number" in problem(NUMBER, value)

    def test_a_boolean_is_no_number(self) -> None:
        assert problem(NUMBER, True).startswith('"TRUE" is not a number')

    def test_an_ambiguous_one_is_refused_with_the_value_and_what_would_be_accepted(self) -> None:
        said = problem(NUMBER, "1.234,5")
        assert said.startswith('"1.234,5" could be read in two ways')
        assert "1,234.5" in said

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "1e999"])
    def test_what_is_not_finite_is_refused(self, value: CellValue) -> None:
        problem(NUMBER, value)

    def test_a_count_is_whole(self) -> None:
        assert COUNT.read("1,000") == 1000
        assert COUNT.read(3.0) == 3
        assert problem(COUNT, 2.5) == '"2.5" is not a whole number'
        assert problem(COUNT, "3e9") == '"3e9" is too large; at most 2147483647 is possible'


class TestBoolean:
    @pytest.mark.parametrize("value", [True, "TRUE", "true", " Yes ", "yes", 1, 1.0, "1", "✓", "✔"])
    def test_yes(self, value: CellValue) -> None:
        assert BOOLEAN.read(value) is True

    @pytest.mark.parametrize("value", [False, "FALSE", "No", 0, 0.0, "0"])
    def test_no(self, value: CellValue) -> None:
        assert BOOLEAN.read(value) is False

    @pytest.mark.parametrize("value", ["maybe", "10", 2, -1, 0.5, "x", dt.date(2026, 1, 1)])
    def test_anything_else_is_refused(self, value: CellValue) -> None:
        assert "is neither yes nor no; expected TRUE or FALSE, yes or no, 1 or 0" in problem(BOOLEAN, value)

    def test_is_shown_as_a_spreadsheet_boolean(self) -> None:
        assert BOOLEAN.show(True) is True
        assert BOOLEAN.show(False) is False


class TestDate:
    @pytest.mark.parametrize(
        "value",
        [dt.datetime(2026, 5, 31, 10), dt.date(2026, 5, 31), "2026-05-31", " 2026-05-31 ", "2026-05-31T10:00:00Z"],
    )
    def test_accepts_spreadsheet_dates_and_iso(self, value: CellValue) -> None:
        assert DATE.read(value) == dt.date(2026, 5, 31)

    @pytest.mark.parametrize("value", ["31/05/2026", "2026-02-30", "soon", 46173, 1.5, True, dt.time(1), "2026-5-1"])
    def test_refuses_anything_else(self, value: CellValue) -> None:
        assert "is not a date; expected a date" in problem(DATE, value)

    def test_is_shown_as_a_date(self) -> None:
        assert DATE.show(dt.date(2026, 5, 31)) == dt.date(2026, 5, 31)
        assert DATE.show("2026-05-31") == dt.date(2026, 5, 31)


class TestPeriod:
    @pytest.mark.parametrize(
        ("value", "key"),
        [("2026-Q2", "2026-Q2"), (" Q2_2026 ", "Q2_2026"), (2026, "2026"), (dt.datetime(2026, 5, 1), "2026-05")],
    )
    def test_is_what_was_typed_also_where_the_spreadsheet_made_a_date_of_it(self, value: CellValue, key: str) -> None:
        assert PERIOD.read(value) == key

    def test_a_day_is_no_period(self) -> None:
        assert "is a day, not a period" in problem(PERIOD, dt.date(2026, 5, 2))


class TestList:
    def test_is_separated_by_comma_semicolon_or_newline(self) -> None:
        assert LIST.read("a, b;c\r\nd\n\n e f ,") == ["a", "b", "c", "d", "e f"]
        assert LIST.read(5) == ["5"]

    def test_of_nothing_is_blank(self) -> None:
        assert LIST.read(" ,; \n") is None

    def test_is_shown_with_commas(self) -> None:
        assert LIST.show(["a", "b"]) == "a, b"

    def test_a_text_is_not_shown_letter_by_letter(self) -> None:
        with pytest.raises(TypeError):
            LIST.show("ab")


class TestContributions:
    @pytest.mark.parametrize(
        "value",
        [
            "gmv: 120,000; retention: 0.01",
            "gmv: 120,000\nretention : 1 %",
            " gmv:120000;;retention:.01; ",
            '{"gmv": 120000, "retention": 0.01}',
            '{" gmv ": 1.2e5, "retention": 0.01}',
        ],
    )
    def test_accepts_json_and_the_plain_form(self, value: str) -> None:
        assert CONTRIBUTIONS.read(value) == {"gmv": 120000, "retention": 0.01}

    def test_an_empty_object_says_that_it_brings_nothing(self) -> None:
        assert CONTRIBUTIONS.read("{}") == {}

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("gmv: 120,000, retention: 0.01", 'gmv: "120,000, retention: 0.01" is not a number'),
            ("gmv: 1.234,5", "could be read in two ways"),
            ("gmv", '"gmv" is no pair of a KPI and a number'),
            (": 5", '": 5" is no pair of a KPI and a number'),
            ("gmv: 1; gmv: 2", "names gmv twice"),
            (";", '";" names no KPI'),
            (120000, '"120000" is no pair of a KPI and a number'),
            ('{"gmv": "much"}', 'gmv has ""much"", which is not a number'),
            ('{"gmv": true}', "which is not a number"),
            ('{"gmv": null}', "which is not a number"),
            ('{"": 1}', "has a blank name"),
            ('{"gmv": 1, "gmv": 2}', "names gmv twice"),
            ('{"gmv": 1, " gmv": 2}', "names gmv twice"),
            ("[1]", "expected pairs such as"),
            ('{"gmv": 1', "is not valid JSON"),
        ],
    )
    def test_anything_else_is_refused_in_words(self, value: CellValue, words: str) -> None:
        assert words in problem(CONTRIBUTIONS, value)

    def test_are_shown_sorted_and_tidy(self) -> None:
        assert CONTRIBUTIONS.show({"retention": 0.01, "gmv": 120000.0}) == '{"gmv": 120000, "retention": 0.01}'

    @given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.floats(-1e9, 1e9), min_size=1, max_size=4))
    def test_plain_form_and_json_say_the_same(self, contributions: dict[str, float]) -> None:
        plain = "; ".join(f"{kpi}: {number!r}" for kpi, number in contributions.items())
        assert CONTRIBUTIONS.read(plain) == CONTRIBUTIONS.read(CONTRIBUTIONS.show(contributions)) == contributions


class TestObjective:
    @pytest.mark.parametrize("value", ["gmv: 0.6; retention: 40 %", '{"gmv": 0.6, "retention": 0.4}'])
    def test_weights(self, value: str) -> None:
        assert OBJECTIVE.read(value) == {"gmv": 0.6, "retention": 0.4}

    @pytest.mark.parametrize("value", ["retention > gmv", '["retention", " gmv "]', '["retention", {"kpi": "gmv"}]'])
    def test_an_order(self, value: str) -> None:
        assert OBJECTIVE.read(value) == [{"kpi": "retention", "tolerance": 0}, {"kpi": "gmv", "tolerance": 0}]

    def test_an_order_with_tolerances(self) -> None:
        assert OBJECTIVE.read('[{"kpi": "retention", "tolerance": 0.01}, "gmv"]') == [
            {"kpi": "retention", "tolerance": 0.01},
            {"kpi": "gmv", "tolerance": 0},
        ]

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("retention > ", "names no KPI"),
            ("gmv: 0.6, retention: 0.4", 'gmv: "0.6, retention: 0.4"'),
            ('[{"kpi": "gmv", "tolerance": -1}]', 'the tolerance of gmv is "-1"; expected a number of 0 or more'),
            ('[{"kpi": "gmv", "tolerance": true}]', "the tolerance of gmv"),
            ('[{"kpi": "gmv", "slack": 1}]', "is no step of an order"),
            ("[1]", "is no step of an order"),
        ],
    )
    def test_anything_else_is_refused_in_words(self, value: str, words: str) -> None:
        assert words in problem(OBJECTIVE, value)


class TestChoice:
    @pytest.mark.parametrize("value", ["in_review", "IN_REVIEW", "  In_Review\u00a0"])
    def test_case_and_outer_blanks_do_not_matter(self, value: str) -> None:
        assert choice(Stage).read(value) == "in_review"

    def test_an_unknown_word_is_refused_with_the_words_there_are(self) -> None:
        assert problem(choice(Stage), "done") == '"done" is not known; expected one of new, in_review'

    def test_offers_its_words(self) -> None:
        assert choice(Stage).choices == ("new", "in_review")
        assert choice(("a", "b")).choices == ("a", "b")


class TestChecks:
    @pytest.mark.parametrize(("number", "fine"), [(-0.1, False), (0, True), (3, True), (3.1, False)])
    def test_a_range_includes_its_ends(self, number: float, fine: bool) -> None:
        if fine:
            within(0, 3)(number)
        else:
            with pytest.raises(CellProblem, match=r"is out of range; expected a number from 0 to 3"):
                within(0, 3)(number)

    def test_an_open_range(self) -> None:
        within(above=0)(0.001)
        with pytest.raises(CellProblem, match=r"^0 is out of range; expected a number above 0$"):
            within(above=0)(0)
        with pytest.raises(CellProblem, match=r"^-5 is out of range; expected a number of 0 or more$"):
            within(0)(-5.0)

    def test_a_length(self) -> None:
        at_most(5)("12345")
        with pytest.raises(CellProblem, match=r"^has 6 characters; at most 5 are possible$"):
            at_most(5)("123456")


def test_a_time_is_shown_to_the_minute_and_read_back_as_it_was() -> None:
    stored = "2026-05-31T14:05:59.123456Z"
    cell = MINUTE.show(stored)
    assert cell == dt.datetime(2026, 5, 31, 14, 5)
    assert MINUTE.read(cell) == MINUTE.read(stored) == "2026-05-31T14:05:00.000000Z"
    assert MINUTE.read("2026-05-31T16:05+02:00") == "2026-05-31T14:05:00.000000Z"
    assert MINUTE.read(dt.date(2026, 5, 31)) == "2026-05-31T00:00:00.000000Z"
    assert MINUTE.read(" some day ") == MINUTE.show("some day") == "some day"

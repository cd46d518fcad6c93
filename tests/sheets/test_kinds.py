"""What each kind of cell accepts, refuses and shows."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadwright.domain.periods import FiscalYear
from roadwright.domain.reading.rules import ReadingRules
from roadwright.sheets import kinds
from roadwright.sheets.kinds import (
    AMOUNT,
    BOOLEAN,
    CONTRIBUTIONS,
    CONTRIBUTIONS_JSON,
    COUNT,
    DATE,
    DAY_SIZE,
    DIMENSION,
    INITIATIVE,
    INITIATIVE_LIST,
    JSON,
    KEY,
    KPI_AMOUNT,
    KPI_KEY,
    KPI_LIST,
    LIST,
    LONG_TEXT,
    MINUTE,
    NUMBER,
    OBJECTIVE,
    OWN_UNIT_AMOUNT,
    PARAM,
    PERIOD,
    POLICY_NAME,
    RATIO,
    ROADMAP_NAME,
    SCENARIO_NAME,
    SCORE,
    SET_NAME,
    SIZE,
    SLICE,
    START_DATE,
    TEXT,
    TIMESTAMP,
    TOKEN_AMOUNT,
    TOKEN_SIZE,
    at_most,
    choice,
    is_blank,
    within,
)
from roadwright.sheets.scope import NOTHING_KNOWN, Scope
from roadwright.sheets.spec import CellProblem, Column, Kind, Owner, ReadAs, understood
from roadwright.sheets.values import CellError, CellValue, MonthDate, NotCalculated, Percent
from tests.sheets.cells import BLANKS, ERRORS, cell_values


class Stage(StrEnum):
    NEW = "new"
    IN_REVIEW = "in_review"


KINDS = (
    *(TEXT, LONG_TEXT, KEY, TIMESTAMP, MINUTE, NUMBER, SCORE, RATIO, COUNT, AMOUNT, SIZE, TOKEN_AMOUNT, TOKEN_SIZE),
    DAY_SIZE,
    *(KPI_AMOUNT, OWN_UNIT_AMOUNT, PARAM, BOOLEAN, DATE, START_DATE, PERIOD, LIST, KPI_LIST, INITIATIVE_LIST, KPI_KEY),
    *(INITIATIVE, SLICE, DIMENSION, SCENARIO_NAME, SET_NAME, ROADMAP_NAME, POLICY_NAME),
    *(CONTRIBUTIONS, CONTRIBUTIONS_JSON, OBJECTIVE, JSON, choice(Stage)),
)


def problem(kind: Kind, value: CellValue) -> str:
    with pytest.raises(CellProblem) as caught:
        kind.read(value)
    return str(caught.value)


def test_every_kind_of_the_module_is_tried_here() -> None:
    declared = [kind for kind in vars(kinds).values() if isinstance(kind, Kind)]
    assert {(kind.name, kind.reader, kind.show) for kind in declared} <= {(k.name, k.reader, k.show) for k in KINDS}


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
            assert not is_blank(kind.shown(found))
            again = kind.reader(kind.shown(found), NOTHING_KNOWN)
            assert again == found  # its own form says nothing more
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

    def test_an_ambiguous_one_is_refused_with_the_value_and_both_readings(self) -> None:
        assert problem(NUMBER, "4.000").startswith('"4.000" could be 4 or 4,000; type it without a separator')

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "1e999"])
    def test_what_is_not_finite_is_refused(self, value: CellValue) -> None:
        problem(NUMBER, value)

    def test_a_count_is_whole(self) -> None:
        assert COUNT.read("1,000") == 1000
        assert COUNT.read(3.0) == 3
        assert problem(COUNT, 2.5) == '"2.5" is not a whole number'
        assert problem(COUNT, "3e9") == '"3e9" is too large; at most 2147483647 is possible'


class TestBoolean:
    @pytest.mark.parametrize("value", [True, "TRUE", "true", " Yes ", "y", 1, 1.0, "1", "on", "x", "X", "✓", "✔", "☑"])
    def test_yes(self, value: CellValue) -> None:
        assert BOOLEAN.read(value) is True

    @pytest.mark.parametrize("value", [False, "FALSE", "No", "n", 0, 0.0, "0", "off", "✗", "☐"])
    def test_no(self, value: CellValue) -> None:
        assert BOOLEAN.read(value) is False

    @pytest.mark.parametrize("value", ["maybe", "10", 2, -1, 0.5, "☒", dt.date(2026, 1, 1)])
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

    @pytest.mark.parametrize("value", ["09/10/2026", "2026-02-30", "soon", 46173, 1.5, True, dt.time(1), "3.21"])
    def test_refuses_anything_else(self, value: CellValue) -> None:
        problem(DATE, value)

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
            "gmv: 120,000, retention: 0.01",
            "gmv: 120k, retention: +0.01",
            "gmv = 120k; retention = 1 %",
            "gmv 120k\nretention ~0.01",
        ],
    )
    def test_accepts_json_and_the_plain_form(self, value: str) -> None:
        assert CONTRIBUTIONS.read(value) == {"gmv": 120000, "retention": 0.01}

    def test_an_empty_object_says_that_it_brings_nothing(self) -> None:
        assert CONTRIBUTIONS.read("{}") == {}

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("gmv: 4.000", 'gmv: "4.000" could be 4 or 4,000'),
            ("gmv: 1 retention: 2", 'gmv: "1 retention: 2" is not a number'),
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
        assert CONTRIBUTIONS.show({"retention": 0.01, "gmv": 120000.0}) == "gmv: 120,000; retention: 0.01"

    @given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.floats(-1e9, 1e9), min_size=1, max_size=4))
    def test_plain_form_and_json_say_the_same(self, contributions: dict[str, float]) -> None:
        plain = "; ".join(f"{kpi}: {number!r}" for kpi, number in contributions.items())
        assert CONTRIBUTIONS.read(plain) == CONTRIBUTIONS.read(CONTRIBUTIONS.show(contributions)) == contributions


class TestObjective:
    @pytest.mark.parametrize(
        "value",
        [
            "gmv: 0.6; retention: 40 %",
            '{"gmv": 0.6, "retention": 0.4}',
            "gmv 60%, retention 40%",
            "gmv=0.6, retention=0.4",
        ],
    )
    def test_weights(self, value: str) -> None:
        assert OBJECTIVE.read(value) == {"gmv": 0.6, "retention": 0.4}

    @pytest.mark.parametrize(
        "value", ["retention > gmv", '["retention", " gmv "]', '["retention", {"kpi": "gmv"}]', "retention, gmv"]
    )
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
            ("gmv: 0.6, retention", 'gmv: "0.6, retention" is in'),
            ('[{"kpi": "gmv", "tolerance": -1}]', 'the tolerance of gmv is "-1"; expected a number of 0 or more'),
            ('[{"kpi": "gmv", "tolerance": true}]', "the tolerance of gmv"),
            ('[{"kpi": "gmv", "slack": 1}]', "is no step of an order"),
            ("[1]", "is no step of an order"),
        ],
    )
    def test_anything_else_is_refused_in_words(self, value: str, words: str) -> None:
        assert words in problem(OBJECTIVE, value)


class TestChoice:
    @pytest.mark.parametrize(
        "value", ["in_review", "IN_REVIEW", "  In_Review\u00a0", "In review", "in-review", "inreview"]
    )
    def test_only_letters_and_digits_matter(self, value: str) -> None:
        assert choice(Stage).read(value) == "in_review"

    def test_an_unknown_word_is_refused_with_the_words_there_are(self) -> None:
        assert problem(choice(Stage), "done") == '"done" is not known; accepted: new, in_review'

    def test_the_nearest_word_is_named(self) -> None:
        assert "did you mean in_review?" in problem(choice(Stage), "in reviw")

    def test_synonyms_are_declared(self) -> None:
        kind = choice(Stage, also={Stage.IN_REVIEW: ("WIP", "↑")})
        assert [kind.read(word) for word in ("wip", "W.I.P.", "↑")] == ["in_review"] * 3

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


KPIS = {"gmv": ("gmv", "k€"), "retention": ("Retention", "%"), "nps": ("nps", None), "users": ("users", "users")}


def scope(**row: CellValue) -> Scope:
    """A scope with KPIs of several units, initiatives, names, and a row."""
    titles = {"INIT-000012": "Faster search", "INIT-000013": "One, two"}
    return Scope(
        kpis=KPIS,
        title_of=titles.get,
        key_of={"fastersearch": "INIT-000012", "onetwo": "INIT-000013"}.get,
        names={"scenario": {"q3 plan": "Q3 Plan"}},
        row=row,
    )


def said(kind: Kind, value: CellValue, within: Scope = NOTHING_KNOWN) -> tuple[object, str]:
    """What a cell means, and what the row says of it."""
    found = kind.reader(value, within)
    if not isinstance(found, ReadAs):
        return found, ""
    return found.value, "" if found.said is None else str(found.said)


class TestReadAs:
    """What was typed in another form than the value's own is said."""

    @pytest.mark.parametrize(
        ("kind", "typed", "value", "words"),
        [
            (AMOUNT, "12k", 12000, 'read "12k" as 12,000'),
            (AMOUNT, "1,500", 1500, 'read "1,500" as 1,500'),
            (AMOUNT, "1500", 1500, ""),
            (NUMBER, "8 %", 0.08, 'read "8 %" as 0.08'),
            (COUNT, "3 ", 3, ""),
            (COUNT, "1 500", 1500, 'read "1 500" as 1,500'),
            (RATIO, "80 %", 0.8, 'read "80 %" as 0.8'),
            (RATIO, 80, 0.8, 'read "80" as 80 %'),
            (RATIO, "80", 0.8, 'read "80" as 80 %'),
            (RATIO, 100.0, 1, 'read "100" as 100 %'),
            (RATIO, 0.8, 0.8, ""),
            (DATE, "Oct 2026", dt.date(2026, 10, 31), 'read "Oct 2026" as 2026-10-31'),
            (DATE, MonthDate(2026, 10, 1), dt.date(2026, 10, 31), 'read "Oct 2026" as 2026-10-31'),
            (START_DATE, MonthDate(2026, 10, 1), dt.date(2026, 10, 1), 'read "Oct 2026" as 2026-10-01'),
            (DATE, "2026-05-31", dt.date(2026, 5, 31), ""),
            (BOOLEAN, "x", True, 'read "x" as TRUE'),
            (BOOLEAN, 0, False, 'read "0" as FALSE'),
            (BOOLEAN, "true", True, ""),
            (PERIOD, "Q3/2026", "Q3/2026", ""),
            (PERIOD, MonthDate(2026, 10, 1), "2026-10", ""),
            (DIMENSION, "Product Area", "product_area", 'read "Product Area" as product_area'),
            (DIMENSION, "country + market", "country + market", ""),
        ],
    )
    def test_in_words(self, kind: Kind, typed: CellValue, value: object, words: str) -> None:
        assert said(kind, typed) == (value, words)

    def test_a_fiscal_period_says_its_days_and_stays_as_it_was_typed(self) -> None:
        april = Scope(rules=ReadingRules(fiscal_year=FiscalYear(4)))
        assert said(PERIOD, "FY26 Q3", april) == ("FY26 Q3", "FY26 Q3 is 2025-10-01 to 2025-12-31")
        assert said(PERIOD, "FY26 Q3") == ("FY26 Q3", "")
        found = PERIOD.reader("FY26 Q3", april)
        assert isinstance(found, ReadAs)
        assert not found.rewrites


class TestPercent:
    """A cell whose format shows a percentage is read as it shows."""

    def test_in_each_kind(self) -> None:
        assert said(NUMBER, Percent(0.12)) == (0.12, "")
        assert said(RATIO, Percent(0.8)) == (0.8, "")
        assert problem(AMOUNT, Percent(0.12)).startswith('"12 %" is a percentage')
        assert problem(TOKEN_SIZE, "12 %").startswith('"12 %" is a percentage, and could be 0.12 or 12')
        assert problem(COUNT, "12 %").startswith('"12 %" is a percentage')

    @pytest.mark.parametrize("typed", ["8 %", "8", 8, Percent(0.08), "8%", "8 percent"])
    def test_a_kpi_in_percent_holds_its_numbers_in_percent(self, typed: CellValue) -> None:
        assert said(KPI_AMOUNT, typed, scope(kpi_key="RETENTION"))[0] == 8
        assert said(OWN_UNIT_AMOUNT, typed, scope(unit="%"))[0] == 8

    def test_other_kpis(self) -> None:
        assert said(KPI_AMOUNT, "8 %", scope(kpi_key="nps"))[0] == 0.08
        assert said(KPI_AMOUNT, "12 k€", scope(kpi_key="gmv")) == (12, 'read "12 k€" as 12')
        with pytest.raises(CellProblem, match="is a percentage"):
            KPI_AMOUNT.read("8 %", scope(kpi_key="users"))
        with pytest.raises(CellProblem, match="is in USD; this number is in k€"):
            KPI_AMOUNT.read("USD 12", scope(kpi_key="gmv"))

    def test_a_param_keeps_its_own_number_whatever_its_unit(self) -> None:
        for unit in ("%", "rate", ""):
            value, _ = said(PARAM, "8 %", scope(unit=unit))
            assert value == 0.08
            assert isinstance(value, Percent)
        assert said(PARAM, Percent(0.08))[0] == Percent(0.08)
        assert not isinstance(said(PARAM, "0.08")[0], Percent)
        assert said(PARAM, "12 days", scope(unit="days")) == (12, 'read "12 days" as 12')

    @pytest.mark.parametrize("value", [5, "5", 1.5, "12.5", 180, "180", -1])
    def test_what_is_no_share_and_no_whole_percentage_is_refused(self, value: CellValue) -> None:
        if value == -1:
            assert RATIO.read(value) == -1  # its range says so
        else:
            problem(RATIO, value)

    def test_both_readings_of_5_are_named(self) -> None:
        assert problem(RATIO, 5).startswith('"5" could be 5 or 5 %')


def test_a_date_where_a_number_belongs_is_named_with_its_cause() -> None:
    assert "is a date or time, not a number: spreadsheets make a date of 2-3" in problem(AMOUNT, dt.date(2026, 3, 2))


class TestKeys:
    @pytest.mark.parametrize(
        ("kind", "typed", "value", "words"),
        [
            (INITIATIVE, "init-12", "INIT-000012", 'read "init-12" as INIT-000012'),
            (INITIATIVE, "INIT-000012 Faster search", "INIT-000012", 'read "INIT-000012 Faster search" as INIT-000012'),
            (INITIATIVE, "INIT-000012: faster  Search", "INIT-000012", None),
            (INITIATIVE, "INIT-000012", "INIT-000012", ""),
            (INITIATIVE, "whatever", "whatever", ""),
            (INITIATIVE_LIST, "init-12, INIT-000013 One, two", ["INIT-000012", "INIT-000013"], None),
            (INITIATIVE_LIST, "INIT-000012 INIT-000013", ["INIT-000012", "INIT-000013"], None),
            (INITIATIVE_LIST, "INIT-000012;INIT-000013", ["INIT-000012", "INIT-000013"], ""),
            (KPI_KEY, "RETENTION", "Retention", 'read "RETENTION" as Retention'),
            (KPI_KEY, "unknown", "unknown", ""),
            (KPI_LIST, "GMV, nps", ["gmv", "nps"], 'read "GMV, nps" as gmv, nps'),
            (SCENARIO_NAME, "q3  plan", "Q3 Plan", 'read "q3  plan" as Q3 Plan'),
            (SCENARIO_NAME, "Q4 Plan", "Q4 Plan", ""),
            (INITIATIVE, "INIT-000077 the wallet", "INIT-000077 the wallet", ""),
            (INITIATIVE_LIST, "init-12, INIT-77, the wallet", ["INIT-000012", "INIT-000077", "the wallet"], None),
            (SLICE, "UK", "UK", ""),
            (SLICE, "INIT-12 faster search", "INIT-000012", None),
        ],
    )
    def test_are_shown_as_they_are_spelled_where_they_are_defined(
        self, kind: Kind, typed: str, value: object, words: str | None
    ) -> None:
        found, told = said(kind, typed, scope())
        assert found == value
        if words is not None:
            assert told == words

    def test_with_another_initiatives_title_both_are_named(self) -> None:
        with pytest.raises(CellProblem) as caught:
            INITIATIVE.read("INIT-000012 One, two", scope())
        for part in ("INIT-000012", "Faster search", "INIT-000013", "One, two"):
            assert part in str(caught.value)

    def test_with_a_title_of_none_it_says_so(self) -> None:
        with pytest.raises(CellProblem, match='INIT-000012 is "Faster search", not "Slower search"'):
            INITIATIVE.read("INIT-000012 Slower search", scope())

    def test_a_group_may_begin_with_a_key(self) -> None:
        assert SLICE.read("INIT-000012 bundle", scope(constraint_type="bundle")) == "INIT-000012 bundle"
        with pytest.raises(CellProblem):
            SLICE.read("INIT-000012 bundle", scope(constraint_type="mandatory"))


class TestContributionsInUnits:
    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ("gmv: 120 k€; retention: +0.5 %", {"gmv": 120, "Retention": 0.5}),
            ("GMV = 120, RETENTION = 0.5", {"gmv": 120, "Retention": 0.5}),
            ('{"gmv": 120, "retention": 0.5}', {"gmv": 120, "Retention": 0.5}),
            ("nps: 1 %", {"nps": 0.01}),
        ],
    )
    def test_each_number_is_in_its_kpis_unit(self, typed: str, value: dict[str, float]) -> None:
        assert said(CONTRIBUTIONS, typed, scope())[0] == value

    def test_are_shown_with_the_percent_sign(self) -> None:
        shown = CONTRIBUTIONS.shown({"Retention": 0.5, "gmv": 120000}, scope())
        assert shown == "Retention: 0.5 %; gmv: 120,000"
        assert said(CONTRIBUTIONS, shown, scope()) == ({"Retention": 0.5, "gmv": 120000}, "")

    def test_a_mere_form_is_not_told(self) -> None:
        found = CONTRIBUTIONS.reader('{"gmv": 120000}', scope())
        assert isinstance(found, ReadAs)
        assert found.said is None
        assert found.rewrites

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(CellProblem, match='gmv: "12 USD" is in USD'):
            CONTRIBUTIONS.read("gmv: 12 USD", scope())

    def test_one_kpi_in_two_spellings_is_named_twice(self) -> None:
        with pytest.raises(CellProblem, match="names gmv twice"):
            CONTRIBUTIONS.read("gmv: 1; GMV: 2", scope())


@pytest.mark.parametrize("word", ["-", "–", "—", "n/a", "NA", "N/A", "TBD", "tbc", "?", "none", " None "])
def test_words_that_say_nothing_are_blanks_in_any_column_but_text(word: str) -> None:
    for kind in KINDS:
        found = understood(Column("c", Owner.INPUT, kind, ""), word)
        if kind.is_text:
            assert found == word.strip()
        else:
            assert isinstance(found, ReadAs)
            assert found.value is None
            assert str(found.said) == f'read "{word.strip()}" as blank'


def test_a_needed_cell_is_not_filled_by_them() -> None:
    with pytest.raises(CellProblem, match="counts as blank, but a value is needed"):
        understood(Column("c", Owner.INPUT, NUMBER, "", required=True), "TBD")


def test_a_time_is_shown_to_the_minute_and_read_back_as_it_was() -> None:
    stored = "2026-05-31T14:05:59.123456Z"
    cell = MINUTE.show(stored)
    assert cell == dt.datetime(2026, 5, 31, 14, 5)
    assert MINUTE.read(cell) == MINUTE.read(stored) == "2026-05-31T14:05:00.000000Z"
    assert MINUTE.read("2026-05-31T16:05+02:00") == "2026-05-31T14:05:00.000000Z"
    assert MINUTE.read(dt.date(2026, 5, 31)) == "2026-05-31T00:00:00.000000Z"
    assert MINUTE.read(" some day ") == MINUTE.show("some day") == "some day"

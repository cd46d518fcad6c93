"""The filter language: reading it, what matches, and what is said of a text that is no filter."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.filters import (
    Comparison,
    Emptiness,
    Every,
    Filter,
    FilterError,
    Membership,
    Not,
    Operator,
    Some,
    filter_text,
    matches,
    parse_filter,
)
from roadwright.domain.filters.grammar import KEYWORDS
from roadwright.domain.filters.parse import MAX_CHARACTERS, MAX_COMPARISONS, MAX_DEPTH
from roadwright.services.backlog import backlog_fields

FIELDS = backlog_fields()
EMPTY: dict[str, object] = dict.fromkeys(FIELDS)


def read(text: str) -> Filter:
    return parse_filter(text, FIELDS)


def is_match(text: str, **values: object) -> bool:
    return matches(read(text), {**EMPTY, **values})


def error_of(text: str) -> FilterError:
    with pytest.raises(FilterError) as caught:
        read(text)
    return caught.value


def equals(name: str, value: str) -> Comparison:
    return Comparison(FIELDS[name], Operator.EQUAL, value)


A, B, C = equals("title", "a"), equals("title", "b"), equals("title", "c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("title = a", A),
        ("TITLE=a", A),
        ("not title = a", Not(A)),
        ("title = a and title = b or title = c", Some((Every((A, B)), C))),
        ("title = a or title = b and title = c", Some((A, Every((B, C))))),
        ("not title = a and title = b", Every((Not(A), B))),
        ("not (title = a and title = b)", Not(Every((A, B)))),
        ("(title = a or title = b) and title = c", Every((Some((A, B)), C))),
        ("((((title = a))))", A),
        ("title = a AND title = b Or NOT title = c", Some((Every((A, B)), Not(C)))),
        ("title in (a, 'a', \"b\")", Membership(FIELDS["title"], ("a", "b"))),
        ("title NOT IN (a)", Membership(FIELDS["title"], ("a",), negated=True)),
        ("title is empty", Emptiness(FIELDS["title"])),
        ("title Is Not Empty", Emptiness(FIELDS["title"], negated=True)),
        ("title = 'it''s'", equals("title", "it's")),
        ('title = "say ""so"" (now), it\'s = and"', equals("title", 'say "so" (now), it\'s = and')),
        ("title\n  =\ta\n", A),
    ],
)
def test_a_text_is_read_as_a_tree(text: str, tree: Filter) -> None:
    assert read(text) == tree
    assert read(filter_text(tree)) == tree


@pytest.mark.parametrize(
    "typed",
    [
        "lifecycle_status",
        "Lifecycle Status",
        "LIFECYCLE-STATUS",
        "lifecyclestatus",
        "'Lifecycle status'",
        '"lifecycle_Status"',
    ],
)
def test_a_field_is_found_as_a_header_is(typed: str) -> None:
    assert read(f"{typed} = NEW") == equals("lifecycle_status", "new")
    assert read(f"not {typed} is empty") == Not(Emptiness(FIELDS["lifecycle_status"]))


def test_an_alias_and_a_name_of_the_language_s_own_words_are_fields() -> None:
    assert read("market = UK") == equals("country", "UK")
    assert read("is optimization candidate = yes") == Comparison(
        FIELDS["is_optimization_candidate"], Operator.EQUAL, True
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("overall_score = 1234.5", 1234.5),
        ("overall_score = -3", -3.0),
        ("overall_score = '1,234.5'", 1234.5),
        ("overall_score = 12%", 0.12),
        ("overall_score = '1 234'", 1234.0),
        ("deadline_date = 2026-05-31", dt.date(2026, 5, 31)),
        ("use_math_model = ✓", True),
        ("use_math_model = 0", False),
        ("risk_level = HIGH", "high"),
        ("initiative_key = init-7", "INIT-000007"),
        ("dependencies_initiatives contains init-7", "INIT-000007"),
        ("title = ' Growth '", "Growth"),
        ("title contains ' a '", " a "),
    ],
)
def test_a_value_is_what_the_field_s_cells_would_mean(text: str, value: object) -> None:
    found = read(text)
    assert isinstance(found, Comparison)
    assert found.value == value
    assert read(filter_text(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "overall_score = 0",
        "overall_score != 1",
        "overall_score < 1",
        "overall_score <= 1",
        "overall_score > -1",
        "overall_score >= 0",
        "overall_score in (0)",
        "overall_score not in (1)",
        "title != x",
        "title contains ''''",
        "title < b",
        "roadmaps = x",
        "roadmaps != x",
        "use_math_model != TRUE",
        "deadline_date != 2026-01-01",
        "updated_at != 2026-01-01",
        "candidate_period_key != 2026-Q1",
        "dependencies_initiatives != INIT-1",
        "risk_level > low",
    ],
)
def test_a_comparison_with_an_empty_field_is_false_and_its_not_is_true(text: str) -> None:
    assert not is_match(text)
    assert is_match(f"not {text}")
    assert is_match(f"not ({text}) and not not not {text}")


def test_empty_is_what_has_no_value() -> None:
    nothing: tuple[object, ...] = (None, "", [], {})
    for value in nothing:
        assert is_match("roadmaps is empty", roadmaps=value)
        assert not is_match("roadmaps is not empty", roadmaps=value)
    assert is_match("overall_score is not empty", overall_score=0.0)
    assert is_match("use_math_model is not empty", use_math_model=False)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("title = STRASSE", "Straße"),
        ("title = ß", "ẞ"),
        ("title contains S", "Maß"),
        ("title = σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("title contains 'I\u0307STAN'", "İstanbul"),
        ("title contains 😀", "so 😀 so"),
        ("title contains %", "100 %"),
        ("title contains _", "a_b"),
        ("title contains \\", "a\\b"),
        ("title < b", "Ab"),
        ("title > Z", "é"),
        ("title <= A", "a"),
        ("not title = Team", "Growth Team"),
        ("title != Growth", "Growth Team"),
    ],
)
def test_text_compares_without_case(text: str, title: str) -> None:
    assert is_match(text, title=title)


def test_a_choice_has_the_order_of_its_words() -> None:
    for operator, found in {"<": "low", "<=": "low medium", ">": "high", ">=": "medium high"}.items():
        words = [w for w in ("low", "medium", "high") if is_match(f"risk_level {operator} medium", risk_level=w)]
        assert words == found.split()


def test_a_period_is_the_days_that_it_names() -> None:
    assert is_match("candidate_period_key = 2026-Q2", candidate_period_key="Q2 2026")
    assert not is_match("candidate_period_key = 2026-Q2", candidate_period_key="2026-H1")
    assert is_match("candidate_period_key < 2026-Q2", candidate_period_key="2026-Q1")
    assert is_match("candidate_period_key >= 2026-Q2", candidate_period_key="q2_2026")
    assert not is_match("candidate_period_key > 2026-Q2", candidate_period_key="some day")
    assert is_match("candidate_period_key = 'SOME-DAY'", candidate_period_key="some day")


def test_a_list_is_asked_for_its_elements() -> None:
    on = {"roadmaps": ["Q2 Plan", "Growth"]}
    for text in ("roadmaps = growth", "roadmaps contains GROWTH", "roadmaps in (x, growth)", "roadmaps != x"):
        assert is_match(text, **on), text
    for text in ("roadmaps contains Grow", "roadmaps != growth", "roadmaps not in (x, growth)"):
        assert not is_match(text, **on), text
    assert is_match("dependencies_initiatives contains init-2", dependencies_initiatives=["INIT-000002"])
    assert is_match("dependencies_initiatives contains INIT-000002", dependencies_initiatives=["init-2", "a team"])
    assert is_match("kpi_contributions contains GMV", kpi_contributions={"gmv": -1.0})


def test_a_day_holds_every_moment_of_it() -> None:
    at = {"updated_at": "2026-05-31T10:30:00.000001Z"}
    for text in ("= 2026-05-31", "= 2026-05-31T10:30", "= 2026-05-31T12:30+02:00", "<= 2026-05-31", "> 2026-05-30"):
        assert is_match(f"updated_at {text}", **at), text
    for text in ("> 2026-05-31", "< 2026-05-31", "!= 2026-05-31", "= 2026-05-31T10:29"):
        assert not is_match(f"updated_at {text}", **at), text


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("department = Growth Team", 20, "goes in quotes, such as 'Growth Team'"),
        ("departmnt = Growth", 0, "did you mean department?"),
        ("title = a and ovrall_score >= 3", 14, "did you mean overall_score?"),
        ("tokens > 3", 0, "engineering_tokens or engineering_tokens_mvp or engineering_tokens_full"),
        ("zzzqq = 1", 0, "the fields are: initiative_key, title,"),
        ("lifecycle_status = reviewd", 19, "accepted: new, needs_info, under_review"),
        ("lifecycle_status in (new, dne)", 26, "did you mean done?"),
        ("overall_score >= high", 17, '"high" is not a number; expected such as 1234.5'),
        ("overall_score > 1,234", 17, "write a number without it, as 1234.5"),
        ("deadline_date < 9.31.26.1", 16, "is not a date; expected such as 2026-05-31"),
        ("use_math_model = perhaps", 17, "expected TRUE or FALSE"),
        ("updated_at > now", 13, "expected a day such as 2026-05-31"),
        ("initiative_key = 7", 17, "expected a key such as INIT-000001"),
        ("candidate_period_key > spring", 23, "names no days"),
        ("overall_score contains 3", 14, "compare it with =, !=, <, <=, >, >=, in (…) or is empty"),
        ("roadmaps < x", 9, "roadmaps is a list, which has no order"),
        ("title == a", 6, "is no comparison; write ="),
        ("title <> a", 6, "write !="),
        ("title like a", 6, 'no comparison "like"; expected =, !=, <, <=, >, >=, contains, in (…), is empty'),
        ("title", 5, "compared with nothing"),
        ("title = a and not title like b", 24, 'after title there is no comparison "like"'),
        ("title = a or titel", 13, "did you mean title?"),
        ("title = a not title = b", 10, 'expected and, or, or the end, but there is "not"'),
        ("title = a && title = b", 10, "write and"),
        ("department = Trust & Safety", 19, "put a text that holds it in quotes"),
        ("title = a and", 13, 'expected after "and"'),
        ("title = a and or title = b", 14, 'there is "or"'),
        ("title =", 7, 'a value is expected after "="'),
        ("title = and", 8, "put 'and' in quotes"),
        ("title = empty", 8, "write title is empty"),
        ("title = ''", 8, "write title is empty"),
        ("title is null", 9, "empty or not empty is expected"),
        ("title in new", 9, "a list in brackets is expected"),
        ("title in ()", 10, "a value is expected"),
        ("title in (a, b c)", 15, "goes in quotes"),
        ("title = 'a", 8, "never closed"),
        ("title = it's", 10, "never closed"),
        ("title = “a b”", 11, "straight quotes"),
        ("title = “a”", 8, "straight quotes"),
        ("(title = a", 0, "never closed"),
        ("(title = '(' or (title in (b)", 16, "never closed"),
        ("title = a)", 9, "closes nothing"),
        ("", 0, "the filter is empty"),
        ("   ", 0, "the filter is empty"),
        ("title = a\x00", 9, "can't be stored"),
    ],
)
def test_an_error_shows_the_place_and_the_way_out(text: str, place: int, words: str) -> None:
    error = error_of(text)
    assert words in str(error.message)
    assert error.place == place
    line, caret = str(error).splitlines()[-2:]
    assert caret.strip() == "^"
    shown = text.replace("\x00", " ")
    assert line == f"  {shown}".rstrip() or line == f"  {shown}"
    assert caret.index("^") == place + 2


def test_the_caret_stands_under_wide_characters_and_in_the_right_line() -> None:
    *_, line, caret = str(error_of("title = 日本 and dept = 1")).splitlines()
    assert (line, caret) == ("  title = 日本 and dept = 1", " " * 19 + "^")
    *_, line, caret = str(error_of("title = a\nand dept = 1\nand title = b")).splitlines()
    assert (line, caret) == ("  and dept = 1", "      ^")
    *_, line, caret = str(error_of(f"title = {'x' * 500} and dept = 1 and title = {'y' * 500}")).splitlines()
    assert len(line) < 80
    assert line[caret.index("^") :].startswith("dept = 1")


def test_what_is_endless_is_refused_in_words() -> None:
    assert "nested too deeply" in str(error_of(f"{'not ' * 5_000}title = a").message)
    assert "nested too deeply" in str(error_of(_nested(MAX_DEPTH)).message)
    assert f"more than {MAX_COMPARISONS} times" in str(
        error_of(" or ".join(["title=a"] * (MAX_COMPARISONS + 1))).message
    )
    assert "characters" in str(error_of(f"title = {'x' * MAX_CHARACTERS}").message)
    assert "a comparison is expected" in str(error_of("(" * 20_000).message)
    assert read(f"{'(' * 10_000}title = a{')' * 10_000}") == A


@pytest.mark.parametrize(
    "text",
    [
        f"title = {'x' * 20_000} 'a' 'b'",
        "title " * 5_000,
        f"title like {'a ' * 10_000}",
        f"{'x ' * 10_000}= a",
        f"{'x' * 25_000} = a",
        "'" * 29_999,
        "'\"" * 10_000,
        "(" * 15_000 + "'" * 14_999,
        f"title in ({'a,' * 10_000}",
        f"lifecycle_status = {'new' * 5_000}",
        f"title {'=' * 20_000} a",
        "title = a and " * 2_000,
    ],
)
def test_a_hostile_text_is_refused_soon_and_shortly(text: str) -> None:
    started = time.process_time()
    error = error_of(text)
    assert time.process_time() - started < 2
    assert len(str(error)) < 1_500


def _nested(levels: int) -> str:
    text = "title = a"
    for level in range(levels):
        text = f"title = b {('and', 'or')[level % 2]} ({text})"
    return text


def test_the_deepest_filter_that_is_read_also_matches() -> None:
    assert is_match(_nested(MAX_DEPTH - 1), title="b")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    _read_or_refuse(text)


_SIGNS = ("(", ")", ",", '"', "'", "“", "==", "%", "\n")
_WORDS = ("title", "overall_score", "risk level", "'a b'", "3", "high", "new", "@x")
_PIECES = st.sampled_from([*KEYWORDS, *map(str, Operator), *_SIGNS, *_WORDS])


@given(st.lists(_PIECES, max_size=12).map(" ".join))
def test_any_pieces_of_the_language_are_read_or_refused_in_words(text: str) -> None:
    _read_or_refuse(text)


def _read_or_refuse(text: str) -> None:
    try:
        wanted = read(text)
    except FilterError:
        error = error_of(text)
        assert 0 <= error.place <= len(text)
        assert str(error).splitlines()[-1].strip() == "^"
    else:
        assert read(filter_text(wanted)) == wanted


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20))
def test_any_text_can_be_looked_for(text: str) -> None:
    doubled = text.replace("'", "''")
    wanted = read(f"title contains '{doubled}'")
    assert wanted == Comparison(FIELDS["title"], Operator.CONTAINS, text)
    assert matches(wanted, {**EMPTY, "title": f"<{text.upper()}>"}) == (
        text.casefold() in f"<{text.upper()}>".casefold()
    )
    assert read(filter_text(wanted)) == wanted

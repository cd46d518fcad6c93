"""The optimizer's messages, and what they call rows and fields."""

from __future__ import annotations

import pytest

from roadwright.domain.messages import Message, catalogue, notice
from roadwright.optimize import Explanation, parse_problem, solve, with_names
from tests.optimize.build import candidate, problem, rule


def test_the_words_of_a_message_are_those_of_its_code() -> None:
    many = [f"K{number}" for number in range(12)]
    said = notice(
        "at_least_in", limit=1234.5, resource="tokens", slice=notice("slice_named", dimension="country", key="UK")
    )
    assert str(said) == "at least 1,234.5 tokens for country UK"
    assert str(notice("all_or_none", members=many)) == "all or none of K0, K1, K2, K3, K4, K5, K6, K7 and 4 more"
    assert str(notice("field_missing", field="capacity")) == "capacity is missing"
    assert str(notice("unknown_problem_field", value="a{b}", hint=None)) == "unknown field 'a{b}'"


def test_rows_and_fields_can_be_called_otherwise_also_within_a_message() -> None:
    inner = notice("excluded_by", rule="r1")
    outer = Message("several_points", params={"parts": [inner, notice("solve_numerics", rules=["r1", "r2"])]})
    named = outer.renamed({"r1": "Constraints!7"}, "rule", "rules")
    assert str(named).startswith("excluded by Constraints!7; ")
    assert "the numbers of Constraints!7, r2 are" in str(named)
    assert str(notice("field_missing", field="members").renamed({"members": "member_keys"}, "field")) == (
        "member_keys is missing"
    )


def test_an_answer_calls_rows_otherwise_and_keeps_their_ids() -> None:
    rows = [rule("mandatory", "A", id="m"), rule("exclude_initiative", "A", id="x")]
    solution = solve(parse_problem(problem(candidate("A"), constraints=rows)))
    named = with_names(solution, {"m": "Constraints!2", "x": "Constraints!3"})
    assert named.warnings[0].message == "A is mandatory here and excluded by Constraints!3"
    assert named.repair is not None
    assert named.repair.changes[0].message.startswith("drop Constraints!")
    assert [one.id for one in named.repair.changes] == [one.id for one in (solution.repair or named.repair).changes]
    assert {row.id for row in named.conflict or ()} == {"m", "x"}
    explanation = Explanation("A", "outside", True, notice("cannot_select", key="A", rules=["x"]), conflict=["x"])
    [told] = with_names([explanation], {"x": "Constraints!3"})
    assert (told.message, told.conflict) == ("A can't be selected: Constraints!3", ["x"])


def test_further_texts_never_replace_those_there_are() -> None:
    with pytest.raises(ValueError, match="the code field_missing has another text already"):
        catalogue.add_texts({"field_missing": "gone"})

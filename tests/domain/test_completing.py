"""What can come next in a filter, wherever the caret stands."""

from __future__ import annotations

import pytest

from roadwright.domain.filters import completions, filter_text, parse_filter, slot_at, values_needed, without_last
from roadwright.services.backlog import filter_fields

FIELDS = filter_fields()
IN_USE = ("Growth", "Customer Care", "Finance", "Trust & Safety")


def offered(text: str, caret: int | None = None) -> list[str]:
    slot = slot_at(text, len(text) if caret is None else caret, FIELDS)
    return [one.text for one in completions(slot, FIELDS, IN_USE)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("lifecycle", ["lifecycle_status "]),
        ("risk", ["risk_level "]),
        ("market", ["country "]),
        ("not ris", ["risk_level "]),
        ("(department = Growth or ris", ["risk_level "]),
        ("risk_level i", ["in (", "is empty ", "is not empty "]),
        ("Risk Level i", ["in (", "is empty ", "is not empty "]),
        ("overall_score>", [">= "]),
        ("department is ", ["empty ", "not empty "]),
        ("department is not ", ["empty "]),
        ("department not ", ["in ("]),
        ("department = ", ["Growth ", "'Customer Care' ", "Finance ", "'Trust & Safety' "]),
        ("department = 'Cust", ["'Customer Care' "]),
        ("department = care", ["'Customer Care' "]),
        ("department in (Growth, F", ["Finance "]),
        ("lifecycle_status in (new, un", ["under_review "]),
        ("use_math_model = ", ["TRUE ", "FALSE "]),
        ("department = Growth ", ["and ", "or "]),
        ("department in (Growth ", [", ", ") "]),
        ("(department = Growth ", ["and ", "or ", ") "]),
        ("department = 'a and b", ["'a and b' "]),
        ("department = '", ["Growth ", "'Customer Care' "]),
        ("(department =", [" Growth ", " 'Customer Care' "]),
        ("department = Growth and", [" initiative_key "]),
        ("department = Growth OR", [" initiative_key "]),
        ("department contains", [" Growth "]),
        ("department !=", [" Growth "]),
        ("risk_level=", [" low ", " medium ", " high "]),
        ("use_math_model !=", [" TRUE ", " FALSE "]),
        ("overall_score >=", [" Growth "]),
        ("department <", ["<= ", " Growth "]),
        ("department in", ["in ("]),
        ("department not in", ["in ("]),
        ("department in(", ["Growth "]),
        ("department in (Growth", [", ", ") "]),
        ("department in (Growth,", ["Growth "]),
        ("(department = Growth", [" and ", " or ", ") "]),
        ("(department = elsewhere", [" and ", " or ", ") "]),
        ("department is not", ["not empty "]),
        ("department is empty", []),
        ("(department is empty", [" and ", " or ", ") "]),
        ("department = Growth", []),
        ("nonsense = ", []),
        ("department = ( ", []),
    ],
)
def test_what_fits_is_offered(text: str, first: list[str]) -> None:
    assert offered(text)[: max(len(first), 1)] == first


def test_operators_are_those_that_make_sense() -> None:
    assert offered("is_optimization_candidate ") == ["= ", "!= ", "in (", "not in (", "is empty ", "is not empty "]
    assert "contains " not in offered("engineering_tokens ")


@pytest.mark.parametrize("text", ["department =", "overall_score >", "department contains", "risk_level !=", "x in ("])
def test_values_are_needed_behind_an_operator(text: str) -> None:
    found = values_needed(slot_at(text, len(text), FIELDS))
    assert (found and found.name) == {"risk_level !=": None, "x in (": None}.get(text, text.split(maxsplit=1)[0])


def test_it_completes_in_the_middle_of_a_text() -> None:
    text = "risk and country = UK"
    slot = slot_at(text, 4, FIELDS)
    [found] = completions(slot, FIELDS)
    assert text[: found.start] + found.text + text[4:] == "risk_level  and country = UK"


def test_values_are_asked_for_where_they_are_needed_only() -> None:
    for text, needed in [("department = ", "department"), ("risk_level = ", None), ("depart", None)]:
        field = values_needed(slot_at(text, len(text), FIELDS))
        assert (field and field.name) == needed


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("department = a", None),
        ("department = a and country = b", "department = a"),
        ("department = a and country = b and title = c", "department = a and country = b"),
        ("department = a or country = b and title = c", "department = a or country = b"),
        ("not (department = a and country = b)", "not department = a"),
        ("not department = a", None),
    ],
)
def test_the_last_condition_can_be_left_out(text: str, rest: str | None) -> None:
    found = without_last(parse_filter(text, FIELDS))
    assert (found and filter_text(found)) == rest

"""Rules as sentences: their parts, their numbers, and the forms for new ones."""

from __future__ import annotations

from typing import Any

import pytest

from roadwright.optimize import parse_problem
from roadwright.optimize.constraints import KINDS
from roadwright.services.portfolios.workbench.sentences import (
    Named,
    Part,
    in_words,
    rule_forms,
    sentence,
    slice_words,
    slices_of,
)
from tests.optimize.build import candidate, problem, rule, target

NAMED = Named(
    {"A": "One-page checkout", "B": "Refer <a> friend", "C": "Search"}.get,  # type: ignore[arg-type]
    {"gmv": "Merchandise value", "retention": "Retention"}.__getitem__,
    lambda _, value: f"£{value:g}",
    lambda value: f"{value:,g}",
)


def parts_of(**content: Any) -> list[Part]:
    made = parse_problem(problem(candidate("A", country="UK"), candidate("B"), candidate("C"), **content))
    return sentence(next(iter(made.rows.values())), NAMED)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (rule("capacity_floor", "UK", dimension="country", min_tokens=1200), "At least 1,200 tokens for UK"),
        (
            rule("capacity_cap", "uk+Growth", dimension="country+department", max_tokens=9),
            "At most 9 tokens for Growth in UK",
        ),
        (rule("capacity_cap", "all", dimension="all", max_tokens=9), "At most 9 tokens for the whole portfolio"),
        (rule("mandatory", "A", reason="law"), "One-page checkout must be in"),
        (rule("exclude_initiative", "B"), "Refer <a> friend stays out"),
        (rule("exclude_pair", "A", "B"), "Not both One-page checkout and Refer <a> friend"),
        (rule("bundle", "x", "A", "B", "C"), "All or none of One-page checkout, Refer <a> friend and Search"),
        (rule("require_prereq", "A", "B"), "One-page checkout needs Refer <a> friend"),
        (rule("require_any", "A", "B", "C"), "One-page checkout needs one of Refer <a> friend and Search"),
        (rule("choose_count", "Shop", "A", "C", min_count=1), "At least 1 of One-page checkout and Search (Shop)"),
        (rule("choose_count", "Shop", "A", "C", max_count=1), "At most 1 of One-page checkout and Search (Shop)"),
        (
            rule("choose_count", "Shop", "A", "C", min_count=1, max_count=2),
            "At least 1 and at most 2 of One-page checkout and Search (Shop)",
        ),
        (
            rule("synergy_bonus", "x", "A", "C", kpi_key="gmv", bonus_value=5),
            "One-page checkout and Search together: £5 Merchandise value",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_rule_is_a_sentence(row: dict[str, Any], words: str) -> None:
    assert in_words(parts_of(constraints=[row])) == words


def test_targets_are_sentences_with_a_number_that_can_be_changed() -> None:
    parts = parts_of(targets=[target(5, "goal", at="country/UK")])
    assert in_words(parts) == "Merchandise value should reach £5 for UK"
    [number] = [part for part in parts if part.field is not None]
    assert (number.kind, number.field, number.value, number.kpi) == ("amount", "target_value", 5, "gmv")
    assert in_words(parts_of(targets=[target(5)])) == "Merchandise value must reach £5 for the whole portfolio"


def test_slices_are_named_as_people_name_them() -> None:
    assert slice_words("category", "Security") == "category Security"
    assert slice_words("product_area+country", "Search+DE") == "product area Search in DE"
    assert slice_words("nonsense", "x") == "x"
    found = slices_of(parse_problem(problem(candidate("A", country="UK"), candidate("B", country="ES"))))
    assert found == {"all": ("all",), "country": ["ES", "UK"]}


def test_every_kind_has_a_form_from_its_declaration() -> None:
    forms = {form.type: form for form in rule_forms()}
    assert forms.keys() == KINDS.keys()
    fields = {name: [(one.name, one.asks, one.is_required) for one in form.fields] for name, form in forms.items()}
    assert fields["mandatory"] == [("dimension_key", "initiative", True), ("reason", "text", True)]
    assert fields["capacity_cap"] == [
        ("max_tokens", "number", True),
        ("dimension_key", "slice", True),
        ("reason", "text", False),
    ]
    assert fields["choose_count"][:2] == [("min_count", "count", False), ("max_count", "count", False)]
    assert fields["synergy_bonus"][1:3] == [("bonus_value", "amount", True), ("kpi_key", "kpi", True)]
    assert [(one.least, one.most) for one in forms["exclude_pair"].fields if one.asks == "initiatives"] == [(1, 1)]
    assert forms["capacity_cap"].label == "At most … tokens for …"

"""Comparing two decisions: what is in, out and changed, and the figures, against figures worked by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.messages import Message
from roadwright.services.roadmaps.compare import Decision, Item, compare, sentences


def said(code: str, **params: object) -> Message:
    return Message(code, params=params)


def item(key: str, tokens: float | None = 10, **more: object) -> Item:
    fields: dict[str, object] = {"title": f"Idea {key}", "contributions": {}, **more}
    return Item(key=key, tokens=tokens, **fields)  # type: ignore[arg-type]


def decision(label: str, *items: Item, **more: object) -> Decision:
    return Decision(label, "roadmap", "2026-Q3", items, **more)  # type: ignore[arg-type]


A = decision(
    "spring",
    item("A", 60, contributions={"gmv": 100.0}, department="Growth", country="UK", planned_period="2026-Q3", rank=1),
    item("B", 40, contributions={"gmv": 50.0}, department="growth", country="DE"),
    item("C", 20, contributions={"retention": 0.01}, department=None, country="UK"),
    item("D", 5, department="Ops", why_not=said("not_selected_on", label="spring")),
    units={"gmv": "GBP", "retention": None},
)
B = decision(
    "autumn",
    item("A", 80, contributions={"gmv": 120.0}, department="Growth", country="UK", planned_period="2026-Q4", rank=2),
    item("B", 40, contributions={"gmv": 50.0}, department="Growth", country="DE"),
    item("C", 20, department=None, why_not=said("left_out_of", label="autumn", reasons="tokens_present: is blank")),
    item("D", 5, department="Ops"),
    item("E", None, department="Ops", contributions={"gmv": -10.0}),
    units={"gmv": "GBP"},
)


def test_what_came_in_went_out_and_changed() -> None:
    found = compare(A, B)
    assert [(one.key, str(one.elsewhere)) for one in found.came_in] == [
        ("D", "on spring, but not selected"),
        ("E", "not on spring"),
    ]
    assert [(one.key, str(one.elsewhere)) for one in found.went_out] == [
        ("C", "left out of autumn: tokens_present: is blank")
    ]
    assert [(one.key, [(c.field, c.a, c.b) for c in one.changes]) for one in found.changed] == [
        (
            "A",
            [
                ("planned_period", "2026-Q3", "2026-Q4"),
                ("rank", 1, 2),
                ("tokens", 60, 80),
                ("contributions.gmv", 100.0, 120.0),
            ],
        )
    ]
    assert found.same == 1


def test_figures_are_sums_over_what_is_in() -> None:
    found = compare(A, B)
    assert (found.tokens.a, found.tokens.b, found.tokens.change) == (120, 125, 5)
    assert (found.without_tokens.a, found.without_tokens.b) == (0, 1)
    assert [(kpi.kpi_key, kpi.unit, kpi.figures.a, kpi.figures.b) for kpi in found.kpis] == [
        ("gmv", "GBP", 150, 160),
        ("retention", None, 0.01, 0),
    ]
    assert [(one.name, one.count.a, one.count.b, one.tokens.a, one.tokens.b) for one in found.by_department] == [
        ("Growth", 2, 2, 100, 120),
        ("Ops", 0, 2, 0, 5),
        (None, 1, 0, 20, 0),
    ]
    assert [(one.name, one.tokens.a, one.tokens.b) for one in found.by_country] == [
        ("DE", 40, 40),
        ("UK", 80, 80),
        (None, 0, 5),
    ]


def test_in_words() -> None:
    assert list(map(str, sentences(compare(A, B)))) == [
        "autumn against spring: 2 came in, 1 went out, 1 changed, 1 stayed the same.",
        "Tokens: 125 instead of 120 (+5).",
        "Without tokens, and so not in the sum: 1 on autumn, 0 on spring.",
        "gmv: 160 GBP instead of 150 GBP (+10 GBP).",
        "retention: 0 instead of 0.01 (-0.01).",
    ]
    assert list(map(str, sentences(compare(A, A))[:2])) == [
        "spring against spring: 0 came in, 0 went out, 0 changed, 3 stayed the same.",
        "Tokens: 120 on both.",
    ]
    later = Decision("later", "roadmap", "2026-Q4", A.items)
    assert str(sentences(compare(A, later))[1]) == "later is for 2026-Q4, spring for 2026-Q3."
    (nothing,) = sentences(compare(decision("a"), decision("b")))
    assert (nothing.code, str(nothing)) == ("compared_nothing", "Nothing is in on a, and nothing on b.")


def test_the_same_period_in_other_words_is_no_move() -> None:
    one, other = decision("a", item("A", planned_period="2026-Q3")), decision("b", item("A", planned_period="q3_2026"))
    assert compare(one, other).is_equal
    assert compare(one, decision("b", item("A"))).changed[0].changes[0].field == "planned_period"


def test_a_run_tells_no_plan_and_is_not_compared_by_it() -> None:
    planned = decision("a", item("A", rank=1, planned_period="2026-Q3", scope_mode="mvp"))
    run = decision("OPT-000001", item("A"), tells_plan=False)
    assert compare(planned, run).is_equal
    assert compare(run, planned).is_equal
    assert not compare(planned, decision("b", item("A"))).is_equal


def test_json_has_stable_fields() -> None:
    body = json.loads(json.dumps(compare(A, B).to_json()))
    assert list(body) == [
        "a",
        "b",
        "equal",
        "words",
        "in",
        "out",
        "moved",
        "same",
        "tokens",
        "without_tokens",
        "kpis",
        "by_department",
        "by_country",
    ]
    assert body["a"] == {"label": "spring", "kind": "roadmap", "period_key": "2026-Q3", "looked_at": 4, "chosen": 3}
    assert list(body["in"][0]) == ["key", "title", "tokens", "department", "country", "elsewhere"]
    assert body["moved"][0]["changes"][0] == {"field": "planned_period", "a": "2026-Q3", "b": "2026-Q4"}
    assert body["by_country"][0] == {
        "country": "DE",
        "count": {"a": 1, "b": 1, "change": 0},
        "tokens": {"a": 40, "b": 40, "change": 0},
    }


KEYS = st.sampled_from("ABCDEFG")
ITEMS = st.dictionaries(
    KEYS,
    st.builds(
        lambda tokens, gmv, country, why: {
            "tokens": tokens,
            "contributions": {} if gmv is None else {"gmv": gmv},
            "country": country,
            "why_not": why,
        },
        st.none() | st.integers(0, 100).map(float),
        st.none() | st.integers(-100, 100).map(float),
        st.sampled_from([None, "UK", "uk", "DE"]),
        st.none() | st.just("not selected"),
    ),
)


def built(label: str, items: Mapping[str, dict[str, object]]) -> Decision:
    return decision(label, *(item(key, **fields) for key, fields in items.items()))  # type: ignore[arg-type]


@given(ITEMS, ITEMS)
def test_both_ways_tell_the_same(one: dict[str, dict[str, object]], other: dict[str, dict[str, object]]) -> None:
    there, back = compare(built("a", one), built("b", other)), compare(built("b", other), built("a", one))
    assert [m.key for m in there.came_in] == [m.key for m in back.went_out]
    assert [c.key for c in there.changed] == [c.key for c in back.changed]
    assert there.tokens.change == -back.tokens.change
    assert there.same == back.same
    assert len(there.came_in) + len(there.changed) + there.same == len(there.b.chosen)
    for slices in (there.by_department, there.by_country):
        assert sum(one.count.b for one in slices) == len(there.b.chosen)
        assert sum(one.tokens.change for one in slices) == pytest.approx(there.tokens.change)


@given(ITEMS)
def test_nothing_differs_from_itself(items: dict[str, dict[str, object]]) -> None:
    found = compare(built("a", items), built("b", items))
    assert found.is_equal
    assert found.tokens.change == 0
    assert all(kpi.figures.change == 0 for kpi in found.kpis)

"""Lanes of a roadmap, and the ranks that keep an order."""

from __future__ import annotations

import pytest

from roadwright.domain.roadmaps import GateStatus
from roadwright.services.roadmaps.board import BoardEntry, by_judgement, lanes_of, ordered_periods, ranks_for


def entry(key: str, period: str | None = None, **more: object) -> BoardEntry:
    return BoardEntry(key, key, planned_period=period, **{"gate_status": "admitted", **more})  # type: ignore[arg-type]


def shown(entries: list[BoardEntry], own: str, in_use: tuple[str, ...] = ()) -> list[tuple[str | None, list[str]]]:
    return [(lane.period, [one.key for one in lane.entries]) for lane in lanes_of(entries, own, in_use)]


def test_now_next_later_by_the_periods_in_use() -> None:
    entries = [entry("a", "2026-Q3"), entry("b", "Q2 2026"), entry("c"), entry("d", "2027-Q1"), entry("e", "2026-Q4")]
    blocked = entry("f", "2026-Q2", gate_status=GateStatus.BLOCKED)
    assert shown([*entries, blocked], "2026-Q2", ("2025-Q1", "2026-Q3")) == [
        ("Q2 2026", ["b"]),
        ("2026-Q3", ["a"]),
        ("2026-Q4", ["e", "d"]),
        (None, ["c"]),
    ]


def test_what_is_planned_before_the_roadmaps_period_is_now() -> None:
    assert [period for period, _ in shown([entry("a", "2026-Q1")], "2026-Q3")] == [
        "2026-Q1",
        "2026-Q3",
        "2026-Q4",
        None,
    ]


def test_periods_that_follow_where_too_few_are_in_use() -> None:
    assert [period for period, _ in shown([], "2026-Q4")] == ["2026-Q4", "2027-Q1", "2027-Q2", None]
    assert [period for period, _ in shown([entry("a", "soon")], "someday")] == ["someday", "soon", None, None]


def test_periods_in_their_order_and_once() -> None:
    assert ordered_periods(["later", "2026-Q3", "2026", "Q3/2026", "2026-Q1"]) == [
        "2026-Q1",
        "2026",
        "2026-Q3",
        "later",
    ]


def test_in_a_lane_by_rank_then_by_key() -> None:
    entries = [entry("a"), entry("b", rank=2.0), entry("c", rank=1.0)]
    assert shown(entries, "2026-Q2")[3][1] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("order", "key", "changed"),
    [
        ([("a", 1.0), ("m", 9.0), ("b", 4.0)], "m", {"m": 2.0}),
        ([("a", 1.0), ("m", None), ("b", 2.0)], "m", {"m": 1.5}),
        ([("m", None), ("a", 3.0)], "m", {"m": 2.0}),
        ([("m", None), ("a", 1.0)], "m", {"m": 1.0, "a": 2.0}),
        ([("a", 1.0), ("m", None)], "m", {"m": 2.0}),
        ([("a", None), ("m", None), ("b", None)], "m", {"a": 1.0, "m": 2.0}),
        ([("m", None), ("a", None)], "m", {"m": 1.0}),
    ],
)
def test_as_few_ranks_as_keep_the_order(
    order: list[tuple[str, float | None]], key: str, changed: dict[str, float]
) -> None:
    assert ranks_for(order, key) == changed
    ranks = {**dict(order), **changed}
    sorted_keys = sorted(ranks, key=lambda one: (ranks[one] is None, ranks[one] or 0.0, one))
    assert sorted_keys.index(key) == [one for one, _ in order].index(key)


def test_blocked_ones_come_first() -> None:
    statuses = [("a", "admitted"), ("b", "waived"), ("c", None), ("d", "blocked")]
    assert [one.key for one in by_judgement([entry(k, gate_status=s) for k, s in statuses])] == ["d", "c", "b", "a"]

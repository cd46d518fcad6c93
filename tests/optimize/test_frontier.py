"""Frontiers against enumeration, and against a published one."""

from __future__ import annotations

import sys
from fractions import Fraction
from threading import Event

import pytest

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import FrontierPoint, frontier, parse_problem
from tests.optimize.brute_force import Enumeration
from tests.optimize.build import Json, candidate, problem, rule, target
from tests.optimize.problems import random_problem


def pairs(points: list[FrontierPoint]) -> list[tuple[float, float]]:
    return [(point.tokens, point.objective_value) for point in points if isinstance(point.objective_value, float)]


def greer_and_ruhe() -> Json:
    """The release planning example of Greer and Ruhe (2004): tokens, values, prerequisites and bundles."""
    tokens = [1, 4, 2, 3, 4, 7, 10, 2, 1, 3, 2, 5, 8, 2, 1, 4, 10, 4, 8, 4]
    values = [62, 55, 29, 41, 58, 63, 24, 56, 54, 49, 45, 49, 35, 50, 56, 27, 39, 35, 46, 20]
    requires = [(8, 4), (17, 4), (17, 8), (3, 9), (6, 9), (12, 9), (19, 9), (19, 11)]
    together = [(3, 12), (11, 13)]
    return problem(
        *(candidate(f"R{i:02d}", t, gmv=v) for i, (t, v) in enumerate(zip(tokens, values, strict=True), 1)),
        capacity=60,
        constraints=[
            *(rule("require_prereq", f"R{a:02d}", f"R{b:02d}") for a, b in requires),
            *(rule("bundle", f"pack {a}", f"R{a:02d}", f"R{b:02d}") for a, b in together),
        ],
    )


GREER_AND_RUHE_FRONT = """0,0 1,62 2,118 3,172 5,222 7,230 8,271 9,280 10,319 12,329 13,368 14,377 16,384 17,426 18,432
20,446 21,481 24,504 25,516 28,559 31,567 32,594 35,622 38,639 39,657 42,674 43,684 45,702 47,704 49,737 53,764
57,784"""


def test_the_front_of_greer_and_ruhe() -> None:
    found = frontier(parse_problem(greer_and_ruhe()))
    assert found.status is RunStatus.OPTIMAL
    assert " ".join(f"{t:g},{v:g}" for t, v in pairs(found.points)).split() == GREER_AND_RUHE_FRONT.split()


def two_kpis() -> Json:
    """One of six can be had: from most gmv and least retention to the reverse."""
    items = [candidate(f"C{i}", 1, gmv=10 * i + 1, contributions={"retention": 61 - 10 * i}) for i in range(6)]
    return problem(*items, capacity=1)


def only(points: list[FrontierPoint]) -> list[str]:
    return [key for point in points for key in point.selected]


@pytest.mark.parametrize(("most", "expected"), [(500, 6), (4, 4)])
def test_each_point_is_told_as_it_is_found(monkeypatch: pytest.MonkeyPatch, most: int, expected: int) -> None:
    monkeypatch.setattr(sys.modules[FrontierPoint.__module__], "MAX_POINTS", most)
    for kpis in (None, ("gmv", "retention")):
        told: list[FrontierPoint] = []
        found = frontier(parse_problem(two_kpis()), kpis=kpis, progress=told.append)
        assert told[::-1] == found.points
        assert len(found.points) == (min(2, expected) if kpis is None else expected)


def test_stopped_it_keeps_every_point_that_was_proved() -> None:
    stop = Event()
    told: list[FrontierPoint] = []

    def hear(point: FrontierPoint) -> None:
        told.append(point)
        if len(told) == 2:
            stop.set()

    found = frontier(parse_problem(two_kpis()), kpis=("gmv", "retention"), progress=hear, cancel=stop)
    assert found.status is RunStatus.CANCELLED
    assert only(found.points) == ["C0", "C4", "C5"]
    assert told[::-1] == found.points
    assert found.message == "stopped on request: those before the one with most retention are missing"
    before = frontier(parse_problem(two_kpis()), kpis=("gmv", "retention"), cancel=stop)
    assert (before.points, before.status) == ([], RunStatus.CANCELLED)


def test_a_capped_front_says_so() -> None:
    found = frontier(parse_problem(greer_and_ruhe()), points=5)
    assert (len(found.points), found.status) == (5, RunStatus.FEASIBLE)
    assert found.message == "capped at 5 points: those below 45 tokens are missing"
    assert [point.tokens for point in found.points] == [45, 47, 49, 53, 57]


def non_dominated(points: list[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    """Of (cost, cost) pairs those that no other beats."""
    best: list[tuple[Fraction, Fraction]] = []
    for first, second in sorted(set(points)):
        if not best or second < best[-1][1]:
            best.append((first, second))
    return best


@pytest.mark.parametrize("block", range(3))
def test_value_against_tokens_is_that_of_enumeration(block: int) -> None:
    for seed in range(25 * block, 25 * (block + 1)):
        value = random_problem(seed, 6)
        if value["objective"]["mode"] == "lexicographic":
            continue
        every = Enumeration(value)
        kind, weights, _ = every.stages()[0]
        allowed = [chosen for chosen in every.subsets() if every.allowed(chosen)]
        expected = non_dominated([(every.used(c, "tokens"), every.cost(c, kind, weights)) for c in allowed])
        found = frontier(parse_problem(value))
        if not allowed:
            assert found.status is RunStatus.INFEASIBLE
            continue
        assert found.status is RunStatus.OPTIMAL, seed
        assert [t for t, _ in pairs(found.points)] == pytest.approx([float(t) for t, _ in expected]), seed
        assert [v for _, v in pairs(found.points)] == pytest.approx([-float(v) for _, v in expected]), seed


@pytest.mark.parametrize("block", range(3))
def test_two_kpis_are_traded_as_in_enumeration(block: int) -> None:
    for seed in range(25 * block, 25 * (block + 1)):
        value = random_problem(seed, 6)
        every = Enumeration(value)
        one, other = {"gmv": Fraction(1)}, {"latency": Fraction(1)}
        allowed = [chosen for chosen in every.subsets() if every.allowed(chosen)]
        expected = non_dominated([(every.cost(c, "kpi", one), every.cost(c, "kpi", other)) for c in allowed])
        found = frontier(parse_problem(value), kpis=("gmv", "latency"))
        if not allowed:
            assert found.status is RunStatus.INFEASIBLE
            continue
        signs = [every.sign("gmv"), every.sign("latency")]
        got = [(signs[0] * point.achieved["gmv"], signs[1] * point.achieved["latency"]) for point in found.points[::-1]]
        assert [a for a, _ in got] == pytest.approx([-float(a) for a, _ in expected]), seed
        assert [b for _, b in got] == pytest.approx([-float(b) for _, b in expected]), seed


def test_a_resolution_leaves_out_what_is_closer_and_keeps_both_ends() -> None:
    items = [candidate(f"K{i}", 10, gmv=10 - i, contributions={"retention": i * i}) for i in range(8)]
    value = problem(*items, capacity=20)
    everything = frontier(parse_problem(value), kpis=("gmv", "retention")).points
    some = frontier(parse_problem(value), kpis=("gmv", "retention"), points=3).points
    assert 3 <= len(some) <= 4 < len(everything)
    assert (some[0], some[-1]) == (everything[0], everything[-1])


def test_edges_of_the_curve() -> None:
    assert frontier(parse_problem(problem())).points[0].selected == []
    free = frontier(parse_problem(problem(candidate("A", 0), candidate("B", 0, gmv=-1))))
    assert [point.selected for point in free.points] == [["A"]]
    impossible = frontier(parse_problem(problem(candidate("A"), targets=[target(5)])))
    assert (impossible.points, impossible.status) == ([], RunStatus.INFEASIBLE)
    late = frontier(parse_problem(greer_and_ruhe()), seconds=0.0)
    assert (late.points, late.status) == ([], RunStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"points": 1}, "from 2 to 500"), ({"kpis": ("gmv", "x")}, "unknown KPI 'x'"), ({"kpis": ("gmv", "gmv")}, "two")],
)
def test_wrong_questions_are_refused(options: Json, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        frontier(parse_problem(problem(candidate("A"))), **options)

"""Explanations, frontiers and diagnoses of the campaign's problems: every answer is the contract's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from benchmarks.proof import answers
from benchmarks.proof.contract import Json
from benchmarks.proof.families import FAMILIES
from benchmarks.proof.questions import KINDS, asked, clashing, small

from roadwright.optimize import Explanation, Frontier, diagnose, explain, frontier, parse_problem, solve
from roadwright.optimize.solver import search

SEEDS = range(16)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_right(kind: str, family: str) -> None:
    results = [asked(kind, family, seed) for seed in SEEDS]
    assert any(one.faults is not None for one in results)
    assert not [one for one in results if one.faults]


@pytest.mark.parametrize(("family", "seed"), [("far_goals", 2022), ("wide_stages", 2000)])
def test_a_relaxation_that_can_not_see_a_unit_proves_nothing(
    family: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EXACT_COLUMNS", "FIXING_FROM", "NEAR_FROM"):
        monkeypatch.setattr(search, name, 0)
    assert asked("explanations", family, seed).faults == []


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_right_by_the_ways_for_large_models(
    kind: str, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EXACT_COLUMNS", "FIXING_FROM", "NEAR_FROM"):
        monkeypatch.setattr(search, name, 0)
    assert not [one for one in (asked(kind, family, seed) for seed in range(500, 505)) if one.faults]


class TestTheJudges:
    """What is wrong is told."""

    @pytest.fixture
    def problem(self) -> Json:
        return small("near_equal", 3)

    def test_of_explanations(self, problem: Json) -> None:
        parsed = parse_problem(problem)
        right = explain(parsed, solve(parsed), "all")
        judge = answers.Explained(problem)
        assert not list(judge.faults(right))
        for one in right:
            for wrong in _tampered(one):
                assert list(judge.faults([wrong])), wrong

    def test_of_frontiers(self, problem: Json) -> None:
        kpis = ("revenue", "retention")
        by_tokens, by_kpis = frontier(parse_problem(problem)), frontier(parse_problem(problem), kpis=kpis)
        assert not list(answers.token_faults(problem, by_tokens))
        assert not list(answers.kpi_faults(problem, kpis, by_kpis))
        for place in range(len(by_tokens.points)):
            assert list(answers.token_faults(problem, _without(by_tokens, place)))
        for place in range(len(by_kpis.points)):
            assert list(answers.kpi_faults(problem, kpis, _without(by_kpis, place)))

    def test_of_diagnoses(self) -> None:
        problem = clashing("near_equal", 3)
        right = diagnose(parse_problem(problem))
        assert not list(answers.diagnosis_faults(problem, right))
        assert right.repair is not None
        wrong = [
            replace(right, conflict=right.conflict[1:]),
            replace(right, repair=replace(right.repair, cost=right.repair.cost + 0.01)),
            replace(right, repair=replace(right.repair, changes=[])),
            replace(right, repair=replace(right.repair, selected=["X"])),
        ]
        for one in wrong:
            assert list(answers.diagnosis_faults(problem, one)), one


def _tampered(one: Explanation) -> Iterator[Explanation]:
    if one.loss is not None:
        yield replace(one, loss=one.loss + 1.0)
        yield replace(one, loss=None)
    if one.conflict:
        yield replace(one, conflict=one.conflict[1:])
    if one.next_step is not None:
        yield replace(one, next_step=None)
        yield replace(one, next_step=replace(one.next_step, after=one.next_step.after + 1.0))
        yield replace(one, next_step=replace(one.next_step, gain=one.next_step.gain + 1.0))


def _without(found: Frontier, place: int) -> Frontier:
    return replace(found, points=[*found.points[:place], *found.points[place + 1 :]])

"""Two thousand problems of the campaign: every answer is the contract's. A class per family spreads them."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from benchmarks.proof import workers
from benchmarks.proof.campaign import judged
from benchmarks.proof.enumeration import Enumeration
from benchmarks.proof.families import FAMILIES
from benchmarks.proof.judge import Verdict

from tests.optimize import brute_force

BLOCKS, BLOCK = 6, 56


class Family:
    """The tests of a family."""

    name: str

    @pytest.mark.parametrize("block", range(BLOCKS))
    def test_every_answer_is_right(self, block: int) -> None:
        results = [judged(self.name, seed) for seed in range(BLOCK * block, BLOCK * (block + 1))]
        wrong = [one for one in results if one.judgement.verdict is not Verdict.RIGHT]
        assert not wrong, "\n".join(f"{one.family} {one.seed}: {one.judgement}" for one in wrong)


class TestNearEqual(Family):
    name = "near_equal"


class TestFarGoals(Family):
    name = "far_goals"


class TestWideStages(Family):
    name = "wide_stages"


class TestExactLimits(Family):
    name = "exact_limits"


class TestSmallBesideLarge(Family):
    name = "small_beside_large"


class TestMixed(Family):
    name = "mixed"


def test_every_family_is_tested() -> None:
    assert {family.name for family in Family.__subclasses__()} == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_judge_agrees_with_reading_the_contract_selection_by_selection(family: str) -> None:
    for seed in range(25):
        problem = FAMILIES[family](seed, None)
        fast = Enumeration(problem)
        slow, best = brute_force.Enumeration(problem).best(), fast.best()
        assert (best is None) == (slow is None), seed
        if best is not None and slow is not None:
            mask = fast.mask_of(best.selected)
            assert best.selected == slow.selected, seed
            assert best.optima == [stage.sign * one for stage, one in zip(fast.stages, slow.optima, strict=True)], seed
            assert fast.values(mask) == [s.sign * one for s, one in zip(fast.stages, slow.values, strict=True)], seed


@dataclass(frozen=True)
class Odd:
    """Something for a worker to do."""

    number: int


def work(odd: Odd) -> int:
    if odd.number == 2:
        os._exit(3)
    while odd.number == 5:
        pass
    return odd.number * 10


def test_a_task_that_kills_its_process_or_hangs_costs_only_itself() -> None:
    results = dict(workers.run(work, map(Odd, range(8)), processes=2, seconds=3.0))
    assert {odd.number: result for odd, result in results.items() if isinstance(result, int)} == {
        number: 10 * number for number in (0, 1, 3, 4, 6, 7)
    }
    assert results[Odd(2)] == workers.Died("the process ended with 3")
    assert results[Odd(5)] == workers.Died("no answer in 3 s")

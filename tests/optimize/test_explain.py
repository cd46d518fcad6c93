"""Explanations against enumeration: what forcing in, leaving out, a mandate and a limit cost."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Explanation, Solution, UnknownKeys, explain, parse_problem
from tests.optimize.brute_force import Enumeration
from tests.optimize.build import Json, answer, candidate, problem, rule, target
from tests.optimize.problems import random_problem


def explained(value: Json, *keys: str) -> dict[str, Explanation]:
    found = explain(parse_problem(value), answer(value), keys or "all")
    return {one.id: one for one in found}


def optimum(value: Json) -> Fraction | None:
    """The improvement of the objective of a problem with one stage."""
    best = Enumeration(value).best()
    return None if best is None else -best.optima[0]


@pytest.mark.parametrize("block", range(4))
def test_losses_are_those_of_enumeration(block: int) -> None:
    for seed in range(20 * block, 20 * (block + 1)):
        value = random_problem(seed, 6)
        base = Enumeration(value).best()
        if value["objective"]["mode"] == "lexicographic" or base is None:
            continue
        found = explained(value)
        for key in (c["key"] for c in value["candidates"] if c["tokens"] is not None):
            kind = "exclude_initiative" if key in base.selected else "mandatory"
            other = optimum(value | {"constraints": [*value["constraints"], rule(kind, key)]})
            one = found[key]
            assert one.computed
            assert one.kind == ("inside" if key in base.selected else "outside")
            if other is None:
                assert one.loss is None, seed
                assert one.conflict or "the rules" in one.message
            else:
                assert one.loss == pytest.approx(float(-base.optima[0] - other), abs=1e-6, rel=1e-6), seed
        for place, row in enumerate(value["constraints"]):
            if row["type"] == "mandatory":
                rows = value["constraints"]
                named = [r | {"id": f"constraints[{i}]"} for i, r in enumerate(rows)]
                freed = optimum(value | {"constraints": named[:place] + named[place + 1 :]})
                assert freed is not None
                loss = found[f"constraints[{place}]"].loss
                assert loss == pytest.approx(float(freed + base.optima[0]), abs=1e-6, rel=1e-6), seed


@pytest.mark.parametrize("block", range(3))
def test_capacity_steps_are_those_of_enumeration(block: int) -> None:
    for seed in range(25 * block, 25 * (block + 1)):
        value = random_problem(seed, 6)
        base = Enumeration(value).best()
        if value["objective"]["mode"] == "lexicographic" or base is None:
            continue
        one = explained(value, "capacity")["capacity"]
        assert one.computed
        free = Enumeration(value | {"capacity": 1e9})
        kind, weights, _ = free.stages()[0]
        better = [
            free.used(chosen, "tokens")
            for chosen in free.subsets()
            if free.allowed(chosen)
            and free.cost(chosen, kind, weights) < base.optima[0] - Fraction(1, 10**7) * abs(base.optima[0])
        ]
        if not better:
            assert one.next_step is None, seed
            continue
        assert one.next_step is not None, seed
        assert one.next_step.after == pytest.approx(float(min(better)), rel=1e-7), seed
        there = optimum(value | {"capacity": one.next_step.after})
        assert there is not None
        assert one.next_step.gain == pytest.approx(float(there + base.optima[0]), rel=1e-6), seed
        one_more = optimum(value | {"capacity": value["capacity"] + 1})
        assert one_more is not None
        assert one.unit is not None
        assert one.unit.gain == pytest.approx(float(one_more + base.optima[0]), rel=1e-6, abs=1e-9), seed


def scarce(**more: Any) -> Json:
    return problem(
        candidate("A", 60, gmv=9, country="UK"),
        candidate("B", 50, gmv=8, country="DE"),
        candidate("C", 40, gmv=5, country="UK"),
        capacity=100,
        **more,
    )


def test_forcing_in_says_what_it_costs_and_what_drops_out() -> None:
    one = explained(scarce(), "B")["B"]
    assert (one.kind, one.loss, one.dropped, one.added) == ("outside", 1.0, ["A"], [])
    assert one.message == "forcing it in costs 1 gmv; would drop A"


def test_leaving_out_says_what_it_costs_and_what_comes_in() -> None:
    one = explained(scarce(), "A")["A"]
    assert (one.kind, one.loss, one.added, one.dropped) == ("inside", 1.0, ["B"], [])


def test_what_the_rules_forbid_is_named() -> None:
    value = scarce(constraints=[rule("exclude_initiative", "B", id="Constraints!4")])
    one = explained(value, "B")["B"]
    assert (one.loss, one.conflict) == (None, ["Constraints!4"])
    assert one.message == "B can't be selected: Constraints!4"


def test_a_mandate_has_its_opportunity_cost() -> None:
    value = scarce(constraints=[rule("mandatory", "B", id="m"), rule("mandatory", "C", id="n")])
    found = explained(value, "m", "n")
    assert (found["m"].loss, found["n"].loss) == (1.0, 0.0)
    assert found["n"].message == "that C is mandatory costs nothing"


def test_limits_say_what_a_unit_and_the_next_step_bring() -> None:
    value = scarce(constraints=[rule("capacity_cap", "UK", dimension="country", max_tokens=50, id="cap")])
    found = explained(value, "capacity", "cap")
    assert found["capacity"].next_step is None
    step = found["cap"].next_step
    assert step is not None
    assert (step.field, step.before, step.after, step.gain) == ("max_tokens", 50.0, 100.0, 1.0)
    assert (step.added, step.dropped) == (["A"], ["B"])


def test_floors_and_targets_relax_downwards() -> None:
    floor = rule("capacity_floor", "DE", dimension="country", min_tokens=50, id="floor")
    one = explained(scarce(constraints=[floor]), "floor")["floor"]
    assert one.unit is not None
    assert one.next_step is not None
    assert (one.unit.after, one.unit.gain) == (49.0, 0.0)
    assert (one.next_step.after, one.next_step.gain) == (0.0, 1.0)
    value = scarce(targets=[target(8, at="country/DE", baseline_value=0, id="t")])
    one = explained(value, "t")["t"]
    assert one.next_step is not None
    assert (one.next_step.field, one.next_step.after, one.next_step.gain) == ("target_value", 0.0, 1.0)


def test_all_takes_mandates_binding_limits_and_every_candidate() -> None:
    value = scarce(constraints=[rule("mandatory", "B", id="m")])
    assert list(explained(value)) == ["m", "capacity", "A", "B", "C"]


def test_lexicographic_losses_fall_in_the_first_stage_that_differs() -> None:
    order = {"mode": "lexicographic", "order": [{"kpi": "retention"}]}
    value = problem(
        candidate("A", 60, gmv=1, contributions={"retention": 2}),
        candidate("B", 60, gmv=5, contributions={"retention": 2}),
        candidate("C", 60, gmv=9, contributions={"retention": 1}),
        objective=order,
    )
    found = explained(value, "A", "C")
    assert (found["A"].stage, found["A"].loss) == ("gmv", 4.0)
    assert (found["C"].stage, found["C"].loss) == ("retention", 1.0)


def test_what_cannot_be_selected_at_all_says_why() -> None:
    value = scarce(outside=["OUT"], delivered=["DONE"])
    value["candidates"].append(candidate("D", None))
    found = explained(value, "OUT", "DONE", "D")
    assert found["OUT"].message.endswith("it is not a candidate")
    assert found["DONE"].message.endswith("it is delivered already")
    assert found["D"].message.endswith("it has no tokens")


def test_unknown_keys_are_refused_by_name() -> None:
    with pytest.raises(UnknownKeys, match="nothing to explain is called X, Y"):
        explained(scarce(), "X", "A", "Y")


def test_without_a_portfolio_there_is_nothing_to_explain() -> None:
    value = scarce(constraints=[rule("mandatory", "A"), rule("mandatory", "B")])
    solution = answer(value, diagnose=False)
    assert solution.status is RunStatus.INFEASIBLE
    with pytest.raises(ValueError, match="no portfolio to explain"):
        explain(parse_problem(value), solution, "all")


def test_what_the_time_was_too_short_for_says_so() -> None:
    found = explain(parse_problem(scarce()), answer(scarce()), "all", seconds=0.0)
    assert [one.computed for one in found] == [False] * 4
    assert "not computed" in found[0].message


def test_explanations_survive_json() -> None:
    for one in explained(scarce(constraints=[rule("mandatory", "B", id="m")])).values():
        assert Explanation.from_json(json.loads(json.dumps(one.to_json()))).to_json() == one.to_json()
    assert Solution.from_json(answer(scarce()).to_json()).explanations == []

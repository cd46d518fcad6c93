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


def sign_of(value: Json, stage: str | None) -> int:
    kpi = next(kpi for kpi in value["kpis"] if kpi["key"] == stage)
    return -1 if kpi.get("direction") == "decrease" else 1


def brought(value: Json, stage: str | None, key: str) -> Fraction:
    """What a candidate brings to a stage that is a KPI, improvement positive."""
    one = next(c for c in value["candidates"] if c["key"] == key)
    return sign_of(value, stage) * Fraction(repr(one["contributions"].get(stage, 0)))


@pytest.mark.parametrize("block", range(4))
def test_a_price_is_the_sum_of_what_goes_out_and_what_comes_in(block: int) -> None:
    """By the initiatives that are named, the bonuses that all or no longer all of their members are selected for."""
    for seed in range(25 * block, 25 * (block + 1)):
        value = random_problem(seed, 6)
        if Enumeration(value).best() is None:
            continue
        selected = set(answer(value).selected)
        for one in explained(value).values():
            if one.loss is None or one.stage in (None, ""):
                continue
            gain = one.loss if one.kind == "mandate" else -one.loss
            assert sum(part.change for part in one.parts) == pytest.approx(gain, rel=1e-9, abs=1e-12), (
                seed,
                one.message,
            )
            if one.stage not in ("gmv", "retention", "latency") or any(p.kind == "tolerance" for p in one.parts):
                continue
            out, into = set(one.dropped), set(one.added)
            if one.kind != "mandate":
                (out if one.id in selected else into).add(one.id)
            total = sum((brought(value, one.stage, key) for key in into), Fraction(0))
            total -= sum((brought(value, one.stage, key) for key in out), Fraction(0))
            after = selected - out | into
            for row in value["constraints"]:
                if row["type"] == "synergy_bonus" and row["kpi_key"] == one.stage:
                    members = set(row["members"]) - set(value.get("delivered", ()))
                    change = (members <= after) - (members <= selected)
                    total += change * sign_of(value, one.stage) * Fraction(repr(row["bonus_value"]))
            assert float(total) == pytest.approx(gain, rel=1e-9, abs=1e-12), (seed, one.message)


def test_all_that_goes_and_comes_is_named_and_bonuses_are_told() -> None:
    small = [candidate(f"S{n:02}", 5, gmv=2) for n in range(12)]
    pack = rule("synergy_bonus", "pack", *(one["key"] for one in small), kpi_key="gmv", bonus_value=6, id="pack")
    value = problem(*small, candidate("BIG", 55, gmv=21), candidate("IN", 5, gmv=1), capacity=60, constraints=[pack])
    one = explained(value, "BIG")["BIG"]
    assert (one.loss, one.dropped, one.added) == (7.0, one.dropped, [])
    assert len(one.dropped) == 11
    assert [(part.id, part.kind, part.change) for part in one.parts if part.kind != "dropped"] == [
        ("BIG", "added", 21.0),
        ("pack", "synergy", -6.0),
    ]
    names = ", ".join(one.dropped)
    assert one.message == (f"forcing it in costs 7 gmv; would drop {names} (out 22; in 21; synergies lost 6: pack)")


def test_what_is_held_by_a_rule_names_it() -> None:
    floor = rule("capacity_floor", "UK", dimension="country", min_tokens=50, id="floor")
    value = problem(
        candidate("A", 60, gmv=90, country="DE"),
        candidate("B", 50, gmv=8, country="UK"),
        candidate("C", 50, gmv=7, country="UK"),
        candidate("D", 40, gmv=60, country="DE"),
        constraints=[floor],
        capacity=110,
    )
    one = explained(value, "B")["B"]
    assert (one.loss, one.added, one.keeps) == (1.0, ["C"], ["floor"])
    assert "needed to keep floor (at least 50 tokens for country UK)" in one.message
    only = value | {"candidates": [c for c in value["candidates"] if c["key"] != "C"]}
    one = explained(only, "B")["B"]
    assert (one.loss, one.keeps, one.said.code) == (None, ["floor"], "cannot_leave_out")
    best = problem(candidate("B", 50, gmv=8, country="UK"), candidate("A", 40, gmv=1), constraints=[floor])
    best["candidates"].append(candidate("E", 50, gmv=1, country="UK"))
    assert explained(best, "B")["B"].keeps == [], "it would be chosen without the floor, too"


def test_what_brings_nothing_is_there_for_the_rule_that_it_keeps() -> None:
    floor = target(5, kpi="retention", id="floor")
    value = problem(
        candidate("A", 60, gmv=9),
        candidate("B", 40, gmv=0, contributions={"retention": 5}),
        candidate("C", 40, gmv=3),
        targets=[floor],
    )
    assert explained(value, "B")["B"].keeps == ["floor"]
    count = rule("choose_count", "two", "B", "C", "A", min_count=2, id="two")
    value = problem(
        candidate("A", 60, gmv=9), candidate("B", 30, gmv=0), candidate("C", 60, gmv=3), constraints=[count]
    )
    one = explained(value, "B")["B"]
    assert "two" in one.keeps


def test_goals_that_are_missed_by_more_are_named_with_their_stage() -> None:
    order = {"mode": "lexicographic", "order": [{"kpi": "gmv"}]}
    value = problem(
        candidate("A", 60, gmv=1, contributions={"retention": 4}),
        candidate("B", 60, gmv=9),
        objective=order,
        targets=[target(8, "goal", kpi="retention", baseline_value=0, id="wish")],
    )
    found = explained(value, "A", "B")
    assert (found["A"].stage, found["A"].loss, found["A"].keeps) == ("goal_shortfall", 0.5, ["wish"])
    assert [(part.id, part.kind, part.change) for part in found["B"].parts] == [("wish", "goal", -0.5)]
    assert "wish is missed by 0.5 of its need more" in found["B"].message


def test_where_nothing_is_lost_the_tie_break_is_named() -> None:
    value = problem(candidate("A", 60, gmv=9), candidate("B", 50, gmv=9))
    found = explained(value, "A", "B")
    assert {key: (one.loss, one.tie_break) for key, one in found.items()} == {
        "A": (0.0, "tokens"),
        "B": (0.0, "tokens"),
    }
    assert found["B"].message == (
        "leaving it out costs nothing; would bring in A; equally good, but with more tokens (tie-break)"
    )
    twins = explained(problem(candidate("A", 60, gmv=9), candidate("B", 60, gmv=9)), "A", "B")
    assert {one.tie_break for one in twins.values()} == {"keys"}
    wish = [target(8, "goal", kpi="retention", baseline_value=0)]
    nearer = candidate("A", 60, gmv=9, contributions={"retention": 2})
    assert explained(problem(nearer, candidate("B", 50, gmv=9), targets=wish), "B")["B"].tie_break == "goals"


def test_explanations_survive_json() -> None:
    for one in explained(scarce(constraints=[rule("mandatory", "B", id="m")])).values():
        assert Explanation.from_json(json.loads(json.dumps(one.to_json()))).to_json() == one.to_json()
    tied = explained(problem(candidate("A", 60, gmv=9), candidate("B", 50, gmv=9)), "A")["A"]
    assert Explanation.from_json(json.loads(json.dumps(tied.to_json()))).tie_break is tied.tie_break
    old = {name: value for name, value in tied.to_json().items() if name not in ("parts", "keeps", "tie_break")}
    assert (Explanation.from_json(old).parts, Explanation.from_json(old).tie_break) == ([], None)
    assert Solution.from_json(answer(scarce()).to_json()).explanations == []

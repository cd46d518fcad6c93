"""Results, row by row: order, figures and the reason of each, worked out by hand."""

from __future__ import annotations

from typing import Any

from roadwright.optimize import candidate_worth, explain, parse_problem, solve
from roadwright.services.portfolios.results import CandidateFacts, RunRef, reasons_of, results_rows

KPIS = [{"key": "gmv", "level": "north_star"}]
RETENTION = {"key": "retention", "level": "strategic"}


def item(key: str, tokens: float | None, gmv: float | None = None) -> dict[str, Any]:
    return {"key": key, "tokens": tokens, "contributions": {} if gmv is None else {"gmv": gmv}}


def rule(type: str, key: str, *members: str, id: str = "Constraints!2", **more: Any) -> dict[str, Any]:
    return {"type": type, "dimension_key": key, "id": id, **({"members": list(members)} if members else {}), **more}


def rows(
    *candidates: dict[str, Any], capacity: float = 100, dependencies: tuple[str, ...] = (), **more: Any
) -> dict[str, dict[str, Any]]:
    """The rows of the best portfolio by key, in rank order. Every candidate has the same dependencies."""
    problem = parse_problem(
        {
            "candidates": list(candidates),
            "kpis": KPIS,
            "capacity": capacity,
            "objective": {"mode": "north_star"},
            **more,
        }
    )
    facts = [
        CandidateFacts(c["key"], f"Title {c['key']}", c["tokens"], None, None, None, None, None, dependencies)
        for c in candidates
    ]
    found = results_rows(
        RunRef("OPT-000001", "Plan"),
        problem,
        solve(problem),
        facts,
        alone=candidate_worth(problem),
        met={"INIT-000009": "dependency_delivered"},
    )
    return {str(row["initiative_key"]): row for row in found}


def reasons(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {key: row["reason"] for key, row in found.items()}


def test_the_chosen_ones_come_first_by_contribution_per_token() -> None:
    found = rows(item("A", 60, 60), item("B", 50, 55), item("C", 50, 52), item("D", 0, 1), item("E", 0, 0))
    assert list(found) == ["D", "B", "C", "A", "E"]
    assert [row["rank"] for row in found.values()] == [1, 2, 3, 4, 5]
    assert [row["selected"] for row in found.values()] == [True, True, True, False, False]
    assert found["A"]["allocated_tokens"] == 0
    assert found["B"]["allocated_tokens"] == 50


def test_equal_ones_stand_in_key_order() -> None:
    assert list(rows(item("C", 10, 5), item("A", 10, 5), item("B", 10, 5))) == ["A", "B", "C"]


def test_each_reason_is_the_one_that_holds() -> None:
    found = reasons(
        rows(
            item("best", 10, 50),
            item("law", 10, 0),
            item("base", 10, -1),
            item("tops", 10, 40),
            item("pack", 10, -2),
            item("deal", 10, 30),
            item("free", 0, 0),
            item("huge", 500, 90),
            item("none", None, 90),
            item("gone", 10, 70),
            item("pair", 5, 1),
            item("lost", 10, 9),
            item("all1", 10, 9),
            item("any1", 10, 9),
            item("poor", 60, 2),
            constraints=[
                rule("mandatory", "law", reason="signed", id="Constraints!2"),
                rule("require_prereq", "tops", "base", id="Constraints!3"),
                rule("bundle", "both", "pack", "deal", id="Constraints!4"),
                rule("exclude_initiative", "gone", reason="legal", id="Constraints!5"),
                rule("exclude_pair", "best", "pair", id="Constraints!6"),
                rule("require_prereq", "lost", "INIT-000002", id="Constraints!7"),
                rule("bundle", "all", "all1", "INIT-000002", id="Constraints!8"),
                rule("require_any", "any1", "INIT-000002", "none", id="Constraints!9"),
            ],
            outside=["INIT-000002"],
        )
    )
    assert found == {
        "best": "best use of capacity",
        "law": "mandatory: signed",
        "base": "needed by tops",
        "tops": "best use of capacity",
        "pack": "comes with the bundle both",
        "deal": "best use of capacity",
        "free": "not selected: it adds nothing to what is maximised",
        "huge": "not selected: it needs 500 tokens, more than the capacity of 100",
        "none": "not selected: its engineering tokens are missing",
        "gone": "not selected: excluded by Constraints!5 (legal)",
        "pair": "not selected: can't be chosen with best (Constraints!6)",
        "lost": "not selected: needs INIT-000002, which can't be chosen (Constraints!7)",
        "all1": "not selected: comes only with INIT-000002, which can't be chosen (Constraints!8)",
        "any1": "not selected: needs one of INIT-000002, none, and none can be chosen (Constraints!9)",
        "poor": "not selected: within the capacity and the rules, the chosen ones together bring more",
    }


def test_what_only_the_targets_need_says_so() -> None:
    found = reasons(
        rows(
            item("A", 10, 5),
            {**item("B", 10, 0), "dimensions": {"country": "UK"}},
            constraints=[rule("capacity_floor", "UK", dimension="country", min_tokens=10)],
        )
    )
    assert found == {
        "A": "best use of capacity",
        "B": "needed to keep Constraints!2 (at least 10 tokens for country UK)",
    }


def test_dependencies_are_told_as_they_stand() -> None:
    found = rows(item("INIT-000001", 10, 5), dependencies=("init-1", "INIT-000009", "INIT-000003", "the platform"))
    assert found["INIT-000001"]["dependency_status"] == (
        "needs INIT-000001, selected; needs INIT-000009, delivered; needs INIT-000003, not selected; "
        "needs the platform, not selected"
    )
    assert rows(item("A", 1, 1))["A"]["dependency_status"] is None


ORDER = {"mode": "lexicographic", "order": [{"kpi": "retention"}]}


def of_two(key: str, tokens: float, gmv: float, retention: float) -> dict[str, Any]:
    return {"key": key, "tokens": tokens, "contributions": {"gmv": gmv, "retention": retention}}


def explained(*candidates: dict[str, Any], **more: Any) -> dict[str, str]:
    """The reasons once every price was found; gmv is the north star, retention is strategic."""
    problem = parse_problem(
        {
            "candidates": list(candidates),
            "kpis": [*KPIS, RETENTION],
            "capacity": 100,
            "objective": {"mode": "north_star"},
            **more,
        }
    )
    solution = solve(problem)
    facts = [CandidateFacts(c["key"], c["key"], c["tokens"], None, None, None, None, None, ()) for c in candidates]
    known = {one.id: one for one in explain(problem, solution, "all")}
    places = {"floor": "Constraints!7", "wish": "Targets!3", "pack": "Constraints!8"}
    found = reasons_of(problem, solution, facts, explained=known, places=places)
    return {key: str(why) for key, why in found.items()}


def test_what_a_later_stage_wants_is_not_held_by_rules_that_there_are_not() -> None:
    plain = reasons(rows(of_two("A", 60, 1, 5), of_two("B", 40, 7, 0), objective=ORDER, kpis=[*KPIS, RETENTION]))
    assert plain == {"A": "best use of capacity", "B": "best use of capacity for gmv"}
    assert explained(of_two("A", 60, 1, 5), of_two("B", 40, 7, 0), of_two("C", 40, 4, 0), objective=ORDER) == {
        "A": "best use of capacity; leaving it out costs 5 retention; would bring in C",
        "B": "best use of capacity for gmv; leaving it out costs 3 gmv; would bring in C (out 7; in 4)",
        "C": "not selected: costs 3 gmv to force in; would drop B (out 7; in 4)",
    }


def test_a_bonus_is_what_brings_in_who_brings_nothing_by_itself() -> None:
    pack = rule("synergy_bonus", "both", "A", "B", kpi_key="gmv", bonus_value=9, id="pack")
    found = explained(of_two("A", 60, 0, 0), of_two("B", 40, 1, 0), of_two("C", 60, 5, 0), constraints=[pack])
    assert found == {
        "A": "best use of capacity; leaving it out costs 4 gmv; would bring in C "
        "(out 0; in 5; synergies lost 9: Constraints!8)",
        "B": "best use of capacity; leaving it out costs 5 gmv; would bring in C and drop A "
        "(out 1; in 5; synergies lost 9: Constraints!8)",
        "C": "not selected: costs 4 gmv to force in; would drop A (out 0; in 5; synergies lost 9: Constraints!8)",
    }


def test_a_rule_or_goal_is_named_with_what_it_asks_for() -> None:
    uk = {"dimensions": {"country": "UK"}}
    floor = rule("capacity_floor", "UK", dimension="country", min_tokens=40, id="floor")
    found = explained(
        of_two("A", 60, 9, 0), {**of_two("B", 40, 1, 0), **uk}, of_two("C", 40, 5, 0), constraints=[floor]
    )
    assert found == {
        "A": "best use of capacity; leaving it out costs 4 gmv; would bring in C",
        "B": "needed to keep Constraints!7 (at least 40 tokens for country UK); it can't be left out",
        "C": "not selected: costs 4 gmv to force in; would drop A",
    }
    wish = {"dimension": "all", "dimension_key": "all", "kpi_key": "retention", "target_value": 8, "type": "goal"}
    found = explained(
        of_two("A", 60, 1, 4),
        of_two("B", 60, 9, 0),
        objective={"mode": "lexicographic", "order": [{"kpi": "gmv"}]},
        targets=[{**wish, "id": "wish", "baseline_value": 0}],
    )
    assert found == {
        "A": "needed to keep Targets!3 (retention should reach 8 from 0 in the whole portfolio); leaving it out costs "
        "0.5 of the goals' needs; would bring in B (Targets!3 is missed by 0.5 of its need more)",
        "B": "not selected: costs 0.5 of the goals' needs to force in; would drop A "
        "(Targets!3 is missed by 0.5 of its need more)",
    }


def test_what_costs_nothing_says_that_the_tie_break_decided() -> None:
    assert explained(of_two("A", 60, 9, 0), of_two("B", 50, 9, 0)) == {
        "A": "not selected: costs nothing to force in; would drop B; equally good, but with more tokens (tie-break)",
        "B": "one of several equally good choices; leaving it out costs nothing; would bring in A; equally good, but "
        "with more tokens (tie-break)",
    }


def test_a_rule_that_keeps_one_out_stands_with_its_price() -> None:
    pair = rule("exclude_pair", "A", "B", id="pack")
    assert explained(of_two("A", 10, 9, 0), of_two("B", 10, 2, 0), constraints=[pair])["B"] == (
        "not selected: can't be chosen with A (Constraints!8); costs 7 gmv to force in; would drop A"
    )

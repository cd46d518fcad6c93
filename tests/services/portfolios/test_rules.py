"""Rules of a workspace: named by their content, wherever their rows stand; the place is kept beside the id."""

from __future__ import annotations

from typing import Any

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.optimization import TOKENS
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.optimize import Faults, Kpi, Names, RowReader
from roadwright.services.portfolios.candidates import RuleOwners
from roadwright.services.portfolios.rules import RuleSet, add_locks, read_rules
from roadwright.store.models import OptimizationConstraint, OptimizationConstraintSet, OptimizationTarget

A, B, C = (f"INIT-{number:06d}" for number in (1, 2, 3))


def reader() -> RowReader:
    kpis = {"gmv": Kpi(key="gmv", level=KpiLevel.NORTH_STAR)}
    return RowReader(Names(kpis, {A: 1.0, B: 1.0, C: None}, frozenset(), frozenset(), {TOKENS}), Faults())


def registry() -> Registry:
    return Registry.of([RegisteredKpi("gmv", KpiLevel.NORTH_STAR, Direction.INCREASE, True)])


def row(type: str, key: str, *members: str, at: int | None, **more: Any) -> OptimizationConstraint:
    named = {"constraint_type": type, "dimension_key": key, "member_keys": list(members) or None, "sheet_row": at}
    return OptimizationConstraint(**named, **more)


def rules(*constraints: OptimizationConstraint, targets: tuple[OptimizationTarget, ...] = ()) -> RuleSet:
    judged = reader()
    owner = OptimizationConstraintSet(constraints=list(constraints), targets=list(targets))
    found = read_rules(judged, RuleOwners("base", (owner,)), registry())
    assert judged.faults == []
    return found


def test_ids_come_from_content_and_places_are_kept_beside_them() -> None:
    target = OptimizationTarget(
        dimension="all", dimension_key="all", kpi_key="GMV", target_value=5.0, floor_or_goal="goal", sheet_row=2
    )
    found = rules(
        row("capacity_cap", "UK", at=7, dimension=" Country", max_tokens=9.0),
        row("require_prereq", A.lower(), B, at=8),
        row("choose_count", "two of them", A, B, at=None, max_count=1),
        targets=(target,),
    )
    assert found.places == {
        "capacity_cap:country:UK": "Constraints!7",
        f"require_prereq:{A}": "Constraints!8",
        "target_goal:all:all:gmv": "Targets!2",
    }
    assert {rule.id for rule in found.constraints} - found.places.keys() == {"choose_count:two of them"}
    assert [target.id for target in found.targets] == ["target_goal:all:all:gmv"]


def test_what_is_alike_is_numbered_by_content_not_by_place() -> None:
    def alike(first: int, second: int) -> list[OptimizationConstraint]:
        return [row("exclude_pair", A, B, at=first), row("exclude_pair", A, C, at=second)]

    there, swapped = rules(*alike(2, 3)), rules(*alike(3, 2)[::-1])
    assert [(rule.id, rule.member_keys) for rule in there.constraints] == [
        (f"exclude_pair:{A}", (B,)),
        (f"exclude_pair:{A}#2", (C,)),
    ]
    assert swapped.constraints == there.constraints
    assert there.places == {f"exclude_pair:{A}": "Constraints!2", f"exclude_pair:{A}#2": "Constraints!3"}
    assert swapped.places == {f"exclude_pair:{A}": "Constraints!3", f"exclude_pair:{A}#2": "Constraints!2"}


def test_a_row_that_is_wrong_is_named_by_its_place() -> None:
    judged = reader()
    owner = OptimizationConstraintSet(
        constraints=[row("exclude_pair", A, at=4), row("bundle", "x", A, "INIT-000009", at=None)], targets=[]
    )
    assert read_rules(judged, RuleOwners("base", (owner,)), registry()).constraints == []
    assert [(fault.id, fault.said.code) for fault in judged.faults] == [
        ("Constraints!4", "field_missing"),
        ("Constraints[1]", "unknown_initiative"),
    ]


def test_locks_are_rules_of_their_own() -> None:
    judged, found = reader(), RuleSet()
    add_locks(found, judged, {A: "Roadmap_Entries!12", C: "Roadmap_Entries!13"}, "locked on roadmap R")
    assert [(rule.id, rule.forces, rule.reason) for rule in found.constraints] == [
        (f"lock:{A}", A, "locked on roadmap R")
    ]
    assert found.places == {f"lock:{A}": "Roadmap_Entries!12"}
    assert [(fault.id, fault.said.code) for fault in judged.faults] == [
        ("Roadmap_Entries!13", "mandatory_without_tokens")
    ]

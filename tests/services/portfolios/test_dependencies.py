"""The Backlog's dependencies as rules of a run: what binds, what is met, what blocks."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.services.portfolios.dependencies import DependencyRules, dependency_rules
from roadwright.store.models import Initiative

A, B, C = (f"INIT-{number:06d}" for number in (1, 2, 3))


def rules_of(needs: Mapping[str, list[str]], others: Mapping[str, str]) -> DependencyRules:
    """What candidates need, where ``others`` are initiatives that are none, with their status."""
    candidates = [
        Initiative(initiative_key=key, lifecycle_status="new", dependencies_initiatives=named)
        for key, named in needs.items()
    ]
    return dependency_rules(candidates, {**dict.fromkeys(needs, "new"), **others})


def demands(found: DependencyRules) -> dict[str, tuple[str, ...]]:
    return {rule.id: rule.members for rule in found.rules}


def said(found: DependencyRules) -> list[tuple[str, str]]:
    return [(key, message.code) for key, message in found.findings]


def test_a_candidate_needs_the_candidates_that_it_names() -> None:
    found = rules_of({A: ["init-2", "INIT-000002", C], B: [], C: []}, {})
    assert demands(found) == {f"dependency:{A}": (B, C)}
    assert not found.findings


def test_what_is_delivered_or_under_way_demands_nothing() -> None:
    found = rules_of({A: [B, C]}, {B: "done", C: "in_progress"})
    assert not found.rules
    assert (said(found), found.under_way) == ([(A, "dependency_counts_as_met")], {C})


def test_what_is_under_way_and_a_candidate_has_to_be_chosen() -> None:
    candidates = [
        Initiative(initiative_key=A, dependencies_initiatives=[B], lifecycle_status="new"),
        Initiative(initiative_key=B, dependencies_initiatives=None, lifecycle_status="in_progress"),
    ]
    found = dependency_rules(candidates, {A: "new", B: "in_progress"})
    assert (demands(found), found.under_way) == ({f"dependency:{A}": (B,)}, set())


def test_any_other_that_is_no_candidate_blocks_and_says_so() -> None:
    for status in ("rejected", "withdrawn", "new", "approved_in_principle"):
        found = rules_of({A: [B]}, {B: status})
        assert demands(found) == {f"dependency:{A}": (B,)}
        [(key, message)] = found.findings
        assert (key, message.code, message.params) == (A, "dependency_blocks", {"key": B, "status": status})


def test_what_nobody_knows_blocks_and_says_so() -> None:
    found = rules_of({A: ["INIT-000099", " the new index "]}, {})
    assert demands(found) == {f"dependency:{A}": ("INIT-000099", "the new index")}
    assert found.unknown == {"INIT-000099", "the new index"}
    assert said(found) == [(A, "dependency_unknown")] * 2


def test_itself_has_no_effect() -> None:
    found = rules_of({A: ["init-1", B], B: []}, {})
    assert demands(found) == {f"dependency:{A}": (B,)}
    assert said(found) == [(A, "dependency_on_itself")]

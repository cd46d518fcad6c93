"""The order in which a roadmap is read: by scores where they compare, by percentiles where frameworks are mixed."""

from __future__ import annotations

from roadwright.domain.roadmaps import GateStatus
from roadwright.services.roadmaps.content import (
    Content,
    Edition,
    Entry,
    RoadmapFacts,
    content_hash,
    reading_order,
    scores_are_mixed,
)
from roadwright.services.roadmaps.export_markdown import markdown_text


def entry(key: str, framework: str, score: float | None, share: float | None) -> Entry:
    return Entry(
        initiative_key=key,
        title=key,
        lifecycle_status="new",
        active_scoring_framework=framework,
        overall_score=score,
        score_percentile=share,
        gate_status=GateStatus.ADMITTED,
    )


def content(*entries: Entry) -> Content:
    return Content(roadmap=RoadmapFacts(roadmap_name="Q3", period_key="2026-Q3"), entries=entries)


def order(*entries: Entry) -> list[str]:
    return [one.initiative_key for one in reading_order(content(*entries))]


MIXED = (
    entry("A", "RICE", 900, 40),
    entry("B", "WSJF", 3, 90),
    entry("C", "RICE", 1200, 100),
    entry("D", "WSJF", None, None),
)


def test_scores_of_several_frameworks_are_ordered_by_percentile_and_it_says_so() -> None:
    assert order(*MIXED) == ["C", "B", "A", "D"]
    assert scores_are_mixed(content(*MIXED))
    text = markdown_text(Edition(content(*MIXED), 1, "anna", "2026-11-25T10:00:00Z"))
    assert "score\\_percentile" in text or "score_percentile" in text


def test_scores_of_one_framework_are_ordered_as_they_are() -> None:
    one = (entry("A", "RICE", 9, 40), entry("B", "RICE", 30, 90), entry("C", "RICE", 30, 90))
    assert order(*one) == ["B", "C", "A"]
    assert not scores_are_mixed(content(*one))
    assert order(entry("A", "RICE", 1, None), entry("B", "RICE", 2, None)) == ["B", "A"], "an older version"


def test_math_models_of_several_kpis_do_not_compare_either() -> None:
    two = (entry("A", "MATH_MODEL", 90_000, 30), entry("B", "MATH_MODEL", 0.02, 100))
    assert order(*two) == ["B", "A"]
    assert scores_are_mixed(content(*two))


def test_a_percentile_that_moves_makes_no_new_version() -> None:
    assert content_hash(content(entry("A", "RICE", 9, 40))) == content_hash(content(entry("A", "RICE", 9, 70)))
    assert content_hash(content(entry("A", "RICE", 9, 40))) != content_hash(content(entry("A", "RICE", 8, 40)))

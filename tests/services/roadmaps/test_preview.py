"""What publishing would do, told before it is done."""

from __future__ import annotations

from roadwright.services.roadmaps.versions import Preview, preview_of, publish
from tests.house import House
from tests.services.roadmaps.curated import change_initiative, put_initiatives, put_kpis, put_roadmap, roadmap_named


def preview(house: House) -> Preview:
    with house.workspace.store.transaction() as session:
        return preview_of(session, roadmap_named(session, "growth"))


def test_it_is_judged_now_and_nothing_is_kept(house: House) -> None:
    put_kpis(house)
    keys = put_initiatives(house, {"title": "A", "engineering_tokens": 5}, {"title": "B", "engineering_tokens": 6})
    put_roadmap(house, "growth", keys)
    first = preview(house)
    assert (first.number, first.is_equal, first.refused) == (1, False, None)
    assert first.content is not None
    assert first.content.totals.tokens == 11
    with house.workspace.store.transaction() as session:
        assert roadmap_named(session, "growth").versions == []
        publish(session, roadmap_named(session, "growth"), "anna", "test")
    again = preview(house)
    assert (again.number, again.is_equal, again.changes) == (1, True, ())
    change_initiative(house, keys[0], engineering_tokens=7)
    changed = preview(house)
    assert (changed.number, changed.is_equal) == (2, False)
    assert [one.field for one in changed.changes][:1] == ["tokens"]


def test_why_it_can_not_be_published(house: House) -> None:
    put_roadmap(house, "growth", put_initiatives(house, {"title": "A"}), status="draft")
    refused = preview(house).refused
    assert refused is not None
    assert refused.code == "not_approved"

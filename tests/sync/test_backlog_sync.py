"""pm.backlog_sync: unconditional, idempotent, and careful with keys."""

from __future__ import annotations

from tests.house import House


def test_ideas_get_keys_and_stand_on_the_backlog(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search", "country": "UK"}, {"title": "Gift cards"})
    outcome = house.done("pm.backlog_sync")
    assert outcome.summary["created"] == 2
    assert [r.text("initiative_key") for r in house.rows("Intake")] == ["INIT-000001", "INIT-000002"]
    assert [(r.text("initiative_key"), r.text("title"), r.text("country")) for r in house.rows("Backlog")] == [
        ("INIT-000001", "Faster search", "UK"),
        ("INIT-000002", "Gift cards", ""),
    ]
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before

"""A set that the backend wanted to show and could not: nothing of it was deleted by anyone."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.services.roadmaps.curated import entries, put_initiatives
from tests.sync.spreadsheet import lock_by_excel


@pytest.mark.files
def test_rows_that_never_reached_an_empty_tab_stay(house: House) -> None:
    keys = put_initiatives(house, {"title": "a"}, {"title": "b"})
    roadmap = {
        "roadmap_name": "growth",
        "period_key": "2026-Q3",
        "source": "filter",
        "source_ref": "title is not empty",
    }
    house.type_new("Roadmaps", roadmap)
    held = lock_by_excel(house.root / "Roadmaps.xlsx", "Ann")
    assert house.run("pm.roadmap_create").exit_code == 1
    held.unlink()
    house.done("pm.roadmap_check_gates")
    with house.workspace.store.transaction() as session:
        assert sorted(entries(session, "growth")) == keys
    assert [row.text("initiative_key") for row in house.rows("Roadmap_Entries")] == keys
    for row in house.rows("Roadmap_Entries"):  # now they were shown, so whoever clears the tab deletes them
        house.clear_row("Roadmap_Entries", row.number)
    house.done("pm.roadmap_check_gates")
    with house.workspace.store.transaction() as session:
        assert not entries(session, "growth")

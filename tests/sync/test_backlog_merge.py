"""Several people at once: edits of different fields all stay, edits of one field are a visible conflict."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roadwright.store.models import Initiative
from tests.house import Cells, House

FIRST, SECOND = "INIT-000001", "INIT-000002"


def everything(house: House) -> list[tuple[object, ...]]:
    """What the database says of all initiatives, provenance apart."""
    columns = [c for c in Initiative.__table__.columns if c.name not in {"updated_at", "submitted_at", "created_at"}]
    with house.workspace.store.transaction() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(Initiative.id))]


def stored(house: House, key: str) -> Initiative:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(Initiative).where(Initiative.initiative_key == key)).one()


@pytest.fixture
def backlog(house: House) -> House:
    """Two ideas of intake, synced."""
    house.type_new("Intake", {"title": "Search", "country": "UK"}, {"title": "Wallet", "country": "DE"})
    house.done("pm.backlog_sync")
    return house


def save_copy(house: House, content: bytes, edits: dict[int, Cells]) -> None:
    """A person saves their copy of the Backlog workbook, which they took as ``content`` and edited."""
    house.bring_back("Backlog", content)
    for row, cells in edits.items():
        house.type_into("Backlog", row, cells)


def test_intake_and_backlog_edits_of_different_fields_both_stay(backlog: House) -> None:
    backlog.type_into("Intake", 2, {"title": "Faster search", "department": "Growth"})
    backlog.type_into("Backlog", 2, {"country": "FR", "category": "Discovery"})
    assert backlog.done("pm.backlog_sync").summary["conflicts"] == 0
    row = backlog.row("Backlog", FIRST)
    shown = [row.text(name) for name in ("title", "department", "country", "category")]
    assert shown == ["Faster search", "Growth", "FR", "Discovery"]
    assert backlog.row("Intake", FIRST).text("country") == "UK"
    assert backlog.status("Intake", FIRST) == "OK"


@pytest.mark.parametrize(("settled", "kept"), [("sheet", "Find it at once"), ("database", "Great search")])
def test_the_backlog_owns_what_was_edited_there(backlog: House, settled: str, kept: str) -> None:
    backlog.type_into("Backlog", 2, {"title": "Great search"})
    backlog.done("pm.backlog_sync")
    backlog.type_into("Intake", 2, {"title": "Find it at once", "country": "FR"})
    outcome = backlog.done("pm.backlog_sync")
    assert outcome.summary["conflicts"] == 2
    way_out = "settle it with pm.backlog_sync --option on_conflict=sheet"
    assert backlog.status("Intake", FIRST).startswith(
        f'CONFLICT: title: this row has "Find it at once", the backlog has "Great search"; {way_out}'
    )
    assert backlog.status("Backlog", FIRST).startswith(
        'CONFLICT: title: Intake.xlsx!Intake row 2 has "Find it at once", the backlog has "Great search"; ' + way_out
    )
    assert backlog.status("Backlog", SECOND) == "OK"
    assert (stored(backlog, FIRST).title, stored(backlog, FIRST).country) == ("Great search", "FR")
    before = backlog.bytes()
    backlog.done("pm.backlog_sync")
    backlog.done("pm.save_selected", tab="Backlog", options=["on_conflict=sheet"])
    assert backlog.bytes() == before, "a conflict stays until someone settles it"
    backlog.done("pm.backlog_sync", options=[f"on_conflict={settled}"])
    assert stored(backlog, FIRST).title == backlog.row("Backlog", FIRST).text("title") == kept
    assert backlog.row("Intake", FIRST).text("title") == "Find it at once"
    assert backlog.status("Intake", FIRST) == backlog.status("Backlog", FIRST) == "OK"
    before = backlog.bytes()
    backlog.done("pm.backlog_sync")
    assert backlog.bytes() == before


def test_a_conflict_ends_when_both_sides_agree(backlog: House) -> None:
    for how in ("Backlog", "Intake"):
        backlog.type_into("Backlog", 2, {"country": f"{how} 1"})
        backlog.done("pm.backlog_sync")
        backlog.type_into("Intake", 2, {"country": f"{how} 2"})
        assert backlog.done("pm.backlog_sync").summary["conflicts"] == 2
        agreed = backlog.row("Intake" if how == "Backlog" else "Backlog", FIRST).text("country")
        backlog.type_into(how, 2, {"country": agreed})
        assert backlog.done("pm.backlog_sync").summary["conflicts"] == 0
        assert stored(backlog, FIRST).country == agreed


def test_a_conflict_ends_with_its_intake_row(backlog: House) -> None:
    backlog.type_into("Backlog", 2, {"country": "FR"})
    backlog.done("pm.backlog_sync")
    backlog.type_into("Intake", 2, {"country": "ES"})
    backlog.done("pm.backlog_sync")
    backlog.clear_row("Intake", 2)
    assert backlog.done("pm.backlog_sync").summary["conflicts"] == 0
    assert backlog.status("Backlog", FIRST) == "WARNING: source_missing: its row is gone from Intake.xlsx!Intake"
    assert stored(backlog, FIRST).country == "FR"


def test_both_edited_between_two_syncs(backlog: House) -> None:
    """The Backlog is merged first, so what intake says then is a conflict and not lost."""
    backlog.type_into("Intake", 2, {"country": "FR"})
    backlog.type_into("Backlog", 2, {"country": "ES"})
    assert backlog.done("pm.backlog_sync").summary["conflicts"] == 2
    assert stored(backlog, FIRST).country == "ES"
    assert 'this row has "FR", the backlog has "ES"' in backlog.status("Intake", FIRST)


def test_withdrawing_what_a_product_manager_moved_on_is_a_conflict(backlog: House) -> None:
    backlog.type_into("Backlog", 2, {"lifecycle_status": "in_progress"})
    backlog.done("pm.backlog_sync")
    assert stored(backlog, FIRST).lifecycle_status == "in_progress"
    backlog.type_into("Intake", 2, {"lifecycle_status": "withdrawn"})
    backlog.done("pm.backlog_sync")
    assert 'this row has "withdrawn", the backlog has "in_progress"' in backlog.status("Intake", FIRST)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_copies_merged_in_either_order_give_the_same_database(backlog: House, order: tuple[int, int]) -> None:
    content = backlog.copied("Backlog")
    copies: list[dict[int, Cells]] = [
        {2: {"country": "FR", "engineering_tokens": 5}, 3: {"title": "Purse"}},
        {2: {"category": "Discovery", "risk_level": "low"}, 3: {"country": "AT", "title": "Purse"}},
    ]
    for number in order:
        save_copy(backlog, content, copies[number])
        assert backlog.done("pm.backlog_sync").summary["conflicts"] == 0
    first, second = stored(backlog, FIRST), stored(backlog, SECOND)
    assert (first.country, first.engineering_tokens, first.category, first.risk_level) == ("FR", 5, "Discovery", "low")
    assert (second.title, second.country) == ("Purse", "AT")
    merged = everything(backlog)
    shown = [row.values for row in backlog.rows("Backlog")]
    backlog.done("pm.backlog_sync")
    assert everything(backlog) == merged
    assert [row.values for row in backlog.rows("Backlog")] == shown


def test_an_older_copy_saved_later_undoes_nothing(backlog: House) -> None:
    content = backlog.copied("Backlog")
    for value in ("FR", "ES", "IT"):
        backlog.type_into("Backlog", 2, {"country": value, "engineering_tokens": len(value)})
        backlog.done("pm.backlog_sync")
    backlog.type_new("Intake", {"title": "New since then"})
    backlog.done("pm.backlog_sync")
    known = everything(backlog)
    save_copy(backlog, content, {})
    assert backlog.done("pm.backlog_sync").summary["conflicts"] == 0
    assert everything(backlog) == known
    assert backlog.row("Backlog", FIRST).text("country") == "IT"
    assert [row.text("title") for row in backlog.rows("Backlog")] == ["Search", "Wallet", "New since then"]


def test_an_older_copy_with_an_edit_of_its_own(backlog: House) -> None:
    """A field that changed on both sides is a conflict; the copy's other edit is saved; both values stay visible."""
    content = backlog.copied("Backlog")
    backlog.type_into("Backlog", 2, {"country": "FR"})
    backlog.done("pm.backlog_sync")
    save_copy(backlog, content, {2: {"country": "ES", "category": "Discovery"}})
    assert backlog.done("pm.backlog_sync", options=["on_conflict=sheet"]).summary["conflicts"] == 1
    status = backlog.status("Backlog", FIRST)
    assert status.startswith('CONFLICT: country: the sheet has "ES", the database has "FR"; settle it with pm.save_sel')
    assert backlog.row("Backlog", FIRST).text("country") == "ES"
    assert (stored(backlog, FIRST).country, stored(backlog, FIRST).category) == ("FR", "Discovery")
    before = backlog.bytes()
    backlog.done("pm.backlog_sync")
    assert backlog.bytes() == before


@pytest.mark.parametrize(("settled", "kept"), [("sheet", "ES"), ("database", "FR")])
def test_a_conflict_on_the_backlog_is_settled_by_saving_it(backlog: House, settled: str, kept: str) -> None:
    content = backlog.copied("Backlog")
    backlog.type_into("Backlog", 2, {"country": "FR"})
    backlog.done("pm.backlog_sync")
    save_copy(backlog, content, {2: {"country": "ES"}})
    backlog.done("pm.save_selected", tab="Backlog")
    assert backlog.status("Backlog", FIRST).startswith("CONFLICT: country: ")
    backlog.done("pm.save_selected", tab="Backlog", select=FIRST, options=[f"on_conflict={settled}"])
    assert stored(backlog, FIRST).country == backlog.row("Backlog", FIRST).text("country") == kept
    assert backlog.status("Backlog", FIRST) == "OK"
    assert backlog.done("pm.backlog_sync").summary["conflicts"] == 0


def test_only_selected_rows_are_saved_and_no_edit_is_lost(backlog: House) -> None:
    backlog.type_into("Backlog", 2, {"country": "FR"})
    backlog.type_into("Backlog", 3, {"country": "ES"})
    backlog.done("pm.save_selected", tab="Backlog", select="3")
    assert [stored(backlog, key).country for key in (FIRST, SECOND)] == ["UK", "ES"]
    assert backlog.row("Backlog", FIRST).text("country") == "FR"
    backlog.done("pm.refresh_tab", tab="Backlog")
    assert backlog.row("Backlog", FIRST).text("country") == "FR"
    backlog.done("pm.backlog_sync")
    assert [stored(backlog, key).country for key in (FIRST, SECOND)] == ["FR", "ES"]


def test_a_row_pasted_over_another_one_is_not_taken_for_its_edit(backlog: House) -> None:
    """The row's own mark says that it showed another initiative, so nothing is taken over unseen."""
    values = backlog.row("Backlog", SECOND)
    backlog.type_into("Backlog", 2, {name: values.raw.get(name) for name in ("updated_at", "title", "country")})
    backlog.done("pm.backlog_sync")
    assert backlog.status("Backlog", FIRST).startswith("CONFLICT: title: ")
    assert (stored(backlog, FIRST).title, stored(backlog, FIRST).country) == ("Search", "UK")


def test_an_older_copy_of_an_intake_workbook_undoes_nothing(backlog: House) -> None:
    content = backlog.copied("Intake")
    backlog.type_into("Intake", 2, {"country": "FR"})
    backlog.type_new("Intake", {"title": "Loans"})
    backlog.done("pm.backlog_sync")
    backlog.bring_back("Intake", content)
    backlog.type_into("Intake", 2, {"department": "Growth"})
    assert backlog.done("pm.backlog_sync").summary["created"] == 0
    assert (stored(backlog, FIRST).country, stored(backlog, FIRST).department) == ("FR", "Growth")
    assert backlog.status("Backlog", "INIT-000003").startswith("WARNING: source_missing")

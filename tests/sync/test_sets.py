"""Constraint sets are saved set by set: deleted rows go, rows that another copy of the workbook added stay."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from roadwright.workspace.create import create_workspace
from tests.house import House, make_house

BOOK = "Optimization_Center.xlsx"


def cap(country: str, tokens: int = 10, name: str = "base") -> dict[str, str | int]:
    return {
        "scenario_name": "Q2",
        "constraint_set_name": name,
        "constraint_type": "capacity_cap",
        "dimension": "country",
        "dimension_key": country,
        "max_tokens": tokens,
    }


def countries(house: House) -> list[str]:
    return sorted(row.text("dimension_key") for row in house.rows("Constraints"))


def stored(house: House) -> list[str]:
    """What the database holds, as another save of an empty copy would bring it back."""
    from sqlalchemy import select

    from roadwright.store.models import OptimizationConstraint

    with house.workspace.store.transaction() as session:
        return sorted(str(key) for key in session.scalars(select(OptimizationConstraint.dimension_key)))


def save(house: House) -> dict[str, object]:
    return house.done("pm.optimize_save_constraints").summary


def make_anew(house: House) -> None:
    (house.root / BOOK).unlink()
    create_workspace(house.root)


def test_a_deleted_row_is_removed_and_counted(house: House) -> None:
    house.type_new("Constraints", cap("UK"), cap("Germany"), cap("Spain"))
    save(house)
    house.clear_row("Constraints", 4)
    assert save(house)["removed"] == 1
    assert stored(house) == ["Germany", "UK"]
    before = house.bytes()
    assert save(house)["removed"] == 0
    assert house.bytes() == before


def test_a_row_that_was_saved_last_can_be_deleted_again(house: House) -> None:
    house.type_new("Constraints", cap("UK"))
    save(house)
    house.type_new("Constraints", cap("Spain"))
    save(house)
    house.clear_row("Constraints", 3)
    save(house)
    assert stored(house) == ["UK"]


def test_all_rows_deleted_leave_an_empty_set(house: House) -> None:
    house.type_new("Constraints", cap("UK"), cap("Spain"))
    save(house)
    for row in (2, 3):
        house.clear_row("Constraints", row)
    assert save(house)["removed"] == 2
    assert stored(house) == []


def test_a_row_that_is_renamed_or_moved_leaves_nothing_behind(house: House) -> None:
    house.type_new("Constraints", cap("UK"), cap("Spain", name="other"))
    save(house)
    house.type_into("Constraints", 2, {"dimension_key": "Germany"})
    house.type_into("Constraints", 3, {"constraint_set_name": "base"})
    save(house)
    assert stored(house) == ["Germany", "Spain"]


@pytest.mark.files
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_two_copies_with_different_edits_give_the_same_sets(
    house: House, tmp_path: Path, order: tuple[str, str]
) -> None:
    house.type_new("Constraints", cap("UK"), cap("Germany"), cap("Spain"))
    save(house)
    path = house.root / BOOK
    original = tmp_path / "original.xlsx"
    shutil.copy(path, original)
    copies = {}
    house.type_new("Constraints", cap("France"))
    house.type_into("Constraints", 2, {"max_tokens": 20})
    copies["a"] = path.read_bytes()
    shutil.copy(original, path)
    house.type_new("Constraints", cap("Italy"))
    house.clear_row("Constraints", 4)
    house.type_into("Constraints", 2, {"reason": "one team only"})
    copies["b"] = path.read_bytes()
    for name in order:
        path.write_bytes(copies[name])
        save(house)
    assert stored(house) == ["France", "Germany", "Italy", "UK"]
    gone = [row for row in house.rows("Constraints") if row.text("dimension_key") == "Spain"]
    assert all(row.text("run_status").startswith("SKIPPED: this row was deleted") for row in gone)
    row = house.row("Constraints", "UK")
    assert (row.values["max_tokens"], row.text("reason")) == (20, "one team only")


@pytest.mark.files
def test_a_set_that_the_tab_never_showed_is_left_alone(house: House, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    shutil.copy(house.root / BOOK, empty)
    house.type_new("Constraints", cap("UK"), cap("Spain", name="other"))
    save(house)
    shutil.copy(empty, house.root / BOOK)
    house.type_new("Constraints", cap("Germany"))
    summary = save(house)
    assert (summary["removed"], summary["added"]) == (0, 1)
    assert countries(house) == ["Germany", "UK"]
    assert stored(house) == ["Germany", "Spain", "UK"]


@pytest.mark.files
def test_a_row_deleted_elsewhere_comes_back_when_someone_works_on_it(house: House, tmp_path: Path) -> None:
    house.type_new("Constraints", cap("UK"), cap("Spain"))
    save(house)
    older = tmp_path / "older.xlsx"
    shutil.copy(house.root / BOOK, older)
    house.clear_row("Constraints", 3)
    save(house)
    shutil.copy(older, house.root / BOOK)
    save(house)
    assert house.status("Constraints", "Spain").startswith("SKIPPED: this row was deleted")
    assert stored(house) == ["UK"]
    house.type_into("Constraints", 3, {"max_tokens": 30})
    save(house)
    assert house.status("Constraints", "Spain") == "OK"
    assert stored(house) == ["Spain", "UK"]


def test_a_set_of_which_all_rows_are_deleted_is_emptied(house: House) -> None:
    house.type_new("Constraints", cap("UK"), cap("Spain", name="other"))
    save(house)
    house.clear_row("Constraints", 2)
    assert save(house)["removed"] == 1
    assert stored(house) == ["Spain"]


def test_a_set_that_grew_after_the_others_were_written_is_emptied_too(house: House) -> None:
    house.type_new("Constraints", cap("Spain", name="other"))
    save(house)
    for country in ("UK", "Germany"):
        house.type_new("Constraints", cap(country))
        save(house)
    for row in house.rows("Constraints")[1:]:
        house.clear_row("Constraints", row.number)
    assert save(house)["removed"] == 2
    assert stored(house) == ["Spain"]
    before = house.bytes()
    save(house)
    assert house.bytes() == before


@pytest.mark.files
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_rows_that_a_copy_never_showed_survive_its_next_saves(house: House, order: str) -> None:
    house.type_new("Constraints", cap("UK"), cap("Spain", name="other"))
    save(house)
    path = house.root / BOOK
    original = path.read_bytes()
    for name in order:
        path.write_bytes(original)
        if name == "a":
            house.type_new("Constraints", cap("France"))
        else:
            house.clear_row("Constraints", 2)
            house.type_into("Constraints", 3, {"max_tokens": 20})
        save(house)
        save(house)
    assert stored(house) == ["France", "Spain"]


@pytest.mark.files
def test_a_deleted_row_that_a_colleague_brought_back_is_not_deleted_again(house: House) -> None:
    house.type_new("Constraints", cap("UK"), cap("Spain", name="other"))
    save(house)
    path = house.root / BOOK
    theirs = path.read_bytes()
    house.clear_row("Constraints", 2)
    save(house)
    mine = path.read_bytes()
    path.write_bytes(theirs)
    house.type_into("Constraints", 2, {"max_tokens": 30})
    save(house)
    path.write_bytes(mine)
    save(house)
    save(house)
    assert stored(house) == ["Spain", "UK"]


@pytest.mark.files
@pytest.mark.parametrize("scenario_is_typed_first", [False, True])
def test_a_workbook_that_was_made_anew_empties_nothing(house: House, scenario_is_typed_first: bool) -> None:
    house.type_new("Constraints", cap("Spain"), cap("Italy", name="other"))
    save(house)
    make_anew(house)
    if scenario_is_typed_first:
        house.type_new("Scenario_Config", {"scenario_name": "Q2", "period_key": "2026-Q2"})
        house.done("pm.optimize_save_scenario")
    assert save(house)["removed"] == 0
    assert (stored(house), countries(house)) == (["Italy", "Spain"], ["Italy", "Spain"])
    house.clear_row("Constraints", 2)
    house.clear_row("Constraints", 3)
    assert save(house)["removed"] == 2, "whoever deletes them there means it"
    assert stored(house) == []


@pytest.mark.files
def test_a_workbook_that_was_made_anew_gets_its_sets_below_what_was_typed_there_first(house: House) -> None:
    house.type_new("Constraints", cap("Spain"), cap("Italy", name="other"))
    save(house)
    make_anew(house)
    house.type_new("Constraints", cap("Portugal"))
    for _ in range(2):
        assert save(house)["removed"] == 0
    assert countries(house) == stored(house) == ["Italy", "Portugal", "Spain"]


@pytest.mark.files
def test_rows_that_were_pasted_into_a_workbook_that_was_made_anew_can_be_deleted_there(house: House) -> None:
    house.type_new("Constraints", cap("Spain"), cap("Italy", name="other"))
    save(house)
    pasted = [row.raw for row in house.rows("Constraints")]
    make_anew(house)
    house.type_new("Constraints", *pasted)
    save(house)
    for row, left in ((2, ["Italy"]), (3, [])):
        house.clear_row("Constraints", row)
        assert save(house)["removed"] == 1
        assert countries(house) == stored(house) == left


@pytest.mark.files
def test_what_a_workbook_showed_that_lost_its_origin_is_not_taken_for_deleted_in_a_new_one(house: House) -> None:
    path = house.root / BOOK
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist() if name != "docProps/custom.xml"}
    with ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, re.sub(rb"<(Relationship|Override) [^>]*custom[^>]*/>", b"", content))
    house.type_new("Constraints", cap("Spain"))
    save(house)
    make_anew(house)
    assert save(house)["removed"] == 0
    assert countries(house) == stored(house) == ["Spain"]


@pytest.mark.files
def test_a_copy_of_the_workbook_counts_as_the_workbook(house: House) -> None:
    path = house.root / BOOK
    house.type_new("Constraints", cap("Spain"))
    save(house)
    copy = path.with_name("copy.xlsx")
    shutil.copy(path, copy)
    path.unlink()
    copy.rename(path)
    house.clear_row("Constraints", 2)
    assert save(house)["removed"] == 1


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[tuple[House, House]]:
    """Two folders on one database."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    here, there = (make_house(tmp_path / name, url, in_memory=True) for name in ("here", "there"))
    yield here, there
    for house in (there, here):
        house.workspace.close()


def test_an_empty_tab_of_another_folder_empties_nothing(folders: tuple[House, House]) -> None:
    here, there = folders
    here.type_new("Constraints", cap("UK"))
    save(here)
    assert save(there)["removed"] == 0
    assert stored(here) == ["UK"]
    there.done("pm.refresh_tab", tab="Constraints")
    here.clear_row("Constraints", 2)
    assert save(here)["removed"] == 1, "the last row of its own tab"
    assert stored(here) == []


@pytest.mark.files
def test_the_workbook_of_another_folder_is_none_in_whose_place_this_one_was_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    here, there = (make_house(tmp_path / name, url) for name in ("here", "there"))
    make_anew(there)
    here.type_new("Constraints", cap("UK"))
    for house in (here, there):
        assert save(house)["removed"] == 0
    assert (stored(here), countries(there)) == (["UK"], [])
    for house in (there, here):
        house.workspace.close()


def test_folders_with_sets_of_their_own_leave_each_other_alone(folders: tuple[House, House]) -> None:
    for house, name in zip(folders, ("base", "other"), strict=True):
        house.type_new("Constraints", cap(name, name=name))
        save(house)
    written = [house.bytes() for house in folders]
    for _ in range(2):
        for house in folders:
            assert save(house)["removed"] == 0
    assert [house.bytes() for house in folders] == written

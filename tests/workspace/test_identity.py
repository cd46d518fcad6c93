"""The right database: an empty, older or foreign one under workbooks that were synced is noticed before any write."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from typer.testing import CliRunner, Result

from roadwright.cli.main import app
from roadwright.store.models import Base, Initiative, IssuedKey, OptimizationRun, WorkspaceIdentity
from roadwright.store.presence import PRIVATE
from roadwright.store.session import open_store
from roadwright.workspace.identity import WrongDatabase, read_note
from roadwright.workspace.settings import FILE
from roadwright.workspace.settings_file import with_database_url
from roadwright.workspace.workspace import open_workspace
from tests.house import House, make_house

WAYS_OUT = ("Nothing was written", "database_url", "roadwright restore", "roadwright rebuild")


def ask(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def synced(house: House, *titles: str) -> House:
    house.type_new("Intake", *({"title": title} for title in titles or ("One", "Two", "Three")))
    house.done("pm.backlog_sync")
    return house


def point_at(root: Path, url: str) -> None:
    file = root / FILE
    file.write_text(with_database_url(file.read_text(encoding="utf-8"), url), encoding="utf-8")


def rows_of(house: House) -> dict[str, list[dict[str, object]]]:
    """Everything that the database holds, by table."""
    with house.workspace.store.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def go_back_to(house: House, rows: dict[str, list[dict[str, object]]]) -> None:
    """Make the database the older copy of itself that these rows are."""
    with house.workspace.store.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name == "roadmap_versions":  # refuses it, and is empty in these tests
                continue
            connection.execute(text(f'delete from "{table.name}"'))
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])


@contextmanager
def reopened(root: Path) -> Iterator[House]:
    again = House(open_workspace(root))
    try:
        yield again
    finally:
        again.workspace.close()


def assert_refused(house: House, *words: str) -> None:
    """Every door says what was found and the ways out, with exit code 1, and writes nothing."""
    before, stored = house.bytes(), rows_of(house)
    for command in (["run", "pm.backlog_sync"], ["run", "pm.optimize_write_results"], ["backlog"], ["runs"]):
        result = ask(*command, "-w", str(house.root))
        assert result.exit_code == 1, result.output
        assert all(word in result.stderr for word in (*words, *WAYS_OUT)), result.stderr
    result = ask("doctor", "-w", str(house.root))
    said = " ".join(result.stdout.split())
    assert result.exit_code == 1
    assert all(word in said for word in words), said
    assert house.bytes() == before
    assert rows_of(house) == stored


def test_the_identity_is_kept_in_the_folder_and_in_the_database(house: House) -> None:
    synced(house)
    note = read_note(house.root / PRIVATE)
    with house.workspace.store.transaction() as session:
        assert note is not None
        assert note.workspace_id == session.get_one(WorkspaceIdentity, 1).workspace_id
    assert note.workspace_id not in (house.root / FILE).read_text(encoding="utf-8")
    assert note.revision is not None


def test_an_action_with_nothing_to_write_makes_no_revision(house: House) -> None:
    synced(house)
    note = read_note(house.root / PRIVATE)
    house.done("pm.backlog_sync")
    assert read_note(house.root / PRIVATE) == note


def test_an_older_database_is_refused(house: House) -> None:
    older = rows_of(synced(house))
    synced(house, "Four")
    go_back_to(house, older)
    assert_refused(house, "is older (revision", "than the workbooks of this folder")


@pytest.mark.files
def test_an_older_database_that_went_on_elsewhere_is_refused(house: House, tmp_path: Path) -> None:
    """Its revisions have the same numbers by then, and another history."""
    older = rows_of(synced(house))
    synced(house, "Four")
    go_back_to(house, older)
    other = tmp_path / "other"
    shutil.copytree(house.root, other)
    for path in [*other.glob("*.xlsx"), other / PRIVATE / "workspace.json"]:
        path.unlink()
    assert ask("init", str(other)).exit_code == 0
    point_at(other, house.workspace.settings.database_url)
    with reopened(other) as elsewhere:
        for number in range(4):
            synced(elsewhere, f"Elsewhere {number}")
    assert_refused(house, "comes from an older copy")


def test_an_empty_database_is_refused(house: House) -> None:
    nothing = rows_of(house)
    synced(house)
    go_back_to(house, nothing)
    assert_refused(house, "is empty")


def test_a_database_file_that_was_deleted_is_not_made_anew(tmp_path: Path) -> None:
    house = synced(make_house(tmp_path / "workspace", "sqlite:///roadwright.db"))
    house.workspace.close()
    (house.root / "roadwright.db").unlink()
    before = house.bytes()
    result = ask("run", "pm.backlog_sync", "-w", str(house.root))
    assert result.exit_code == 1
    assert all(word in result.stderr for word in ("roadwright.db is missing", *WAYS_OUT))
    assert not (house.root / "roadwright.db").exists()
    assert house.bytes() == before


def test_the_database_of_another_workspace_is_refused(house: House, tmp_path: Path) -> None:
    synced(house)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = synced(make_house(tmp_path / "other", url), "Theirs")
    with other.workspace.store.transaction() as session:
        session.get_one(WorkspaceIdentity, 1).workspace_id = "another"
    other.workspace.close()
    point_at(house.root, url)
    result = ask("run", "pm.backlog_sync", "-w", str(house.root))
    assert result.exit_code == 1
    assert all(word in result.stderr for word in ("belongs to another workspace", "name an empty database", *WAYS_OUT))
    result = ask("rebuild", "-w", str(house.root))
    assert (result.exit_code, "another workspace" in result.stderr) == (1, True)
    store = open_store(url)
    with store.transaction() as session:
        assert [row.title for row in session.scalars(select(Initiative))] == ["Theirs"]
    store.close()


def test_a_folder_without_an_identity_takes_that_of_the_database_and_says_so(house: House) -> None:
    synced(house)
    (house.root / PRIVATE / "workspace.json").unlink()
    result = ask("run", "pm.backlog_sync", "-w", str(house.root))
    assert result.exit_code == 0
    assert "now belongs to the workspace of the database" in result.stderr
    result = ask("run", "pm.backlog_sync", "-w", str(house.root))
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("broken", ["", "{}", "[1]", '{"workspace_id": 1, "revision": {"number": "x"}}', "\x00"])
def test_a_damaged_note_counts_as_none(house: House, broken: str) -> None:
    synced(house)
    (house.root / PRIVATE / "workspace.json").write_text(broken)
    with reopened(house.root) as again:
        assert again.workspace.notice is not None


def test_a_folder_without_an_identity_but_with_unknown_keys_is_refused(house: House) -> None:
    older = rows_of(synced(house))
    synced(house, "Four")
    go_back_to(house, older)
    (house.root / PRIVATE / "workspace.json").unlink()
    assert_refused(house, "1 keys of initiatives (INIT-000004 on ")


def test_a_new_workspace_may_be_pointed_at_another_database(house: House, tmp_path: Path) -> None:
    """The usual way: init, then database_url in roadwright.toml, then the first sync."""
    url = f"sqlite:///{tmp_path / 'chosen.db'}"
    point_at(house.root, url)
    with reopened(house.root) as again:
        synced(again)
        assert again.status("Backlog", "INIT-000001") == "OK"


def test_a_workbook_of_a_newer_database_is_refused_where_the_folder_does_not_know(house: House, tmp_path: Path) -> None:
    """A backup was restored, and today's Backlog put into its folder."""
    older = rows_of(synced(house))
    note = (house.root / PRIVATE / "workspace.json").read_bytes()
    synced(house, "Four")
    go_back_to(house, older)
    (house.root / PRIVATE / "workspace.json").write_bytes(note)
    before = house.bytes()
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "Backlog was last written at" in str(outcome.error)
    assert "roadwright rebuild" in str(outcome.error)
    assert house.bytes() == before
    with house.workspace.store.transaction() as session:
        assert session.query(IssuedKey).count() == 3


def test_no_action_empties_a_tab_because_the_database_knows_nothing(house: House) -> None:
    for tab, row in {
        "Runs": {"run_id": "OPT-000007", "scenario_name": "Plan"},
        "Results": {"run_id": "OPT-000007", "scenario_name": "Plan", "initiative_key": "INIT-000001"},
        "Gaps_And_Alerts": {"run_id": "OPT-000007", "scenario_name": "Plan", "message": "Look"},
    }.items():
        house.type_new(tab, row)
    before = house.bytes()
    outcome = house.run("pm.optimize_write_results")
    assert outcome.exit_code == 1
    assert "left as it is" in str(outcome.error)
    assert house.bytes() == before
    with house.workspace.store.transaction() as session:
        assert session.query(OptimizationRun).count() == 0


def test_a_database_in_memory_is_refused_in_the_settings(house: House) -> None:
    point_at(house.root, "sqlite://")
    with pytest.raises(Exception, match="in memory"):
        open_workspace(house.root)
    assert ask("doctor", "-w", str(house.root)).exit_code == 1


def test_wrong_database_is_a_refusal_in_words(house: House) -> None:
    older = rows_of(synced(house))
    synced(house, "Four")
    go_back_to(house, older)
    with pytest.raises(WrongDatabase):
        open_workspace(house.root)

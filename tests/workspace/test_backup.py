"""Backup, restore and moving the database: nothing is lost between SQLite and PostgreSQL, in any direction."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner, Result

from roadwright.actions import ledger
from roadwright.cli.main import app
from roadwright.services.backlog import save_own_filter
from roadwright.sheets.backend import SheetError
from roadwright.store.copying import differences, snapshot, tally
from roadwright.store.models import ActionRun, SavedFilter
from roadwright.store.presence import PRIVATE
from roadwright.store.session import parse_url, shown_url, url_without_password
from roadwright.workspace.settings import FILE, load_settings
from roadwright.workspace.settings_file import with_database_url
from roadwright.workspace.workspace import open_workspace
from tests.conftest import postgres_database
from tests.house import House, make_house

ODD_JSON = {"large": 1e300, "whole": 50.0, "third": 1 / 3, "deep": [{"b": None, "a": True}], "words": "Grüße ✓"}


def ask(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def full(house: House) -> House:
    """A workspace with ideas, an action's answer with odd values, and a published file."""
    house.type_new("Intake", {"title": "One"}, {"title": "Grüße ✓"})
    house.done("pm.backlog_sync")
    with house.workspace.store.transaction() as session:
        session.query(ActionRun).one().summary_json = ODD_JSON
        moment = "2026-01-01T00:00:00.000000Z"
        session.add(
            SavedFilter(name="new", filter_text="x", created_at=moment, updated_at=moment, updated_source="test")
        )
        save_own_filter(session, "ann@example.com", "mine", "title = One")
    house.workspace.published.mkdir()
    (house.workspace.published / "Growth-v1.md").write_text("# Growth")
    return house


def backed_up(house: House, folder: Path) -> Path:
    path = folder / "backup.zip"
    result = ask("backup", "-w", house.root, "-o", path)
    assert result.exit_code == 0, result.output
    return path


def test_a_backup_restores_into_either_database(full: House, second_url: str, tmp_path: Path) -> None:
    with snapshot(full.workspace.store) as connection:
        before = tally(connection)
    path = backed_up(full, tmp_path)
    root = tmp_path / "restored"
    result = ask("restore", path, "-w", root, "--database", second_url)
    assert result.exit_code == 0, result.output
    restored = House(open_workspace(root))
    assert restored.workspace.store.engine.url == parse_url(second_url)
    with snapshot(restored.workspace.store) as connection:
        found = [str(one) for one in differences(before, tally(connection))]
    assert found == [
        "action_runs has 1 rows here and 3 there",
        "workspace_folders has rows that differ",
        "workspace_identity has rows that differ",
        "workspace_revisions has 2 rows here and 3 there",
    ]
    assert [(run.action, run.status, run.error) for run in ledger.runs(restored.workspace.store, 2)] == [
        ("restore", "success", None),
        ("backup", "success", None),
    ]
    assert restored.bytes() == full.bytes()
    assert (restored.workspace.published / "Growth-v1.md").read_text() == "# Growth"
    restored.type_new("Intake", {"title": "Three"})
    restored.done("pm.backlog_sync")
    assert restored.status("Backlog", "INIT-000003") == "OK"
    restored.workspace.close()


@pytest.mark.files
def test_backups_are_in_the_ledger_with_what_they_hold(full: House, tmp_path: Path) -> None:
    path = backed_up(full, tmp_path)
    run = ledger.runs(full.workspace.store, 1)[0]
    assert (run.action, run.status, run.request_json["options"]) == ("backup", "success", [f"output={path}"])
    assert (run.summary_json or {}).items() >= {"files": 9, "bytes": path.stat().st_size}.items()
    again = ask("backup", "-w", full.root, "-o", path)
    assert (again.exit_code, "no backup was made: " in again.stderr) == (1, True)
    assert ledger.runs(full.workspace.store, 1)[0].status == "failed"


def test_what_was_going_on_at_the_moment_of_a_backup_is_told_in_the_restored_ledger(
    full: House, tmp_path: Path
) -> None:
    store = full.workspace.store
    solving = ledger.enqueue(store, "pm.optimize_run_all_candidates", {}, "test")
    ledger.start(store, solving.id)
    path = backed_up(full, tmp_path)
    ledger.leave(solving)
    assert ask("restore", path, "-w", tmp_path / "restored").exit_code == 0
    restored = open_workspace(tmp_path / "restored")
    run = ledger.find_run(restored.store, solving.run_id)
    restored.close()
    assert run is not None
    assert (run.status, "when the backup was made" in str(run.error)) == ("failed", True)


def test_a_restored_copy_never_points_at_the_live_database(full: House, tmp_path: Path) -> None:
    root = tmp_path / "restored"
    assert ask("restore", backed_up(full, tmp_path), "-w", root).exit_code == 0
    assert load_settings(root).database_url == "sqlite:///roadwright.db"
    (root / FILE).write_text((full.root / FILE).read_text(encoding="utf-8"), encoding="utf-8")
    for command in (["run", "pm.backlog_sync"], ["rebuild"]):
        result = ask(*command, "-w", root)
        assert result.exit_code == 1
        assert "another workspace" in result.stderr


def test_workbooks_outside_the_folder_are_restored_inside(tmp_path: Path) -> None:
    house = make_house(tmp_path / "live", "sqlite:///roadwright.db")
    team = tmp_path / "Team.xlsx"
    shutil.copy(house.root / "Intake.xlsx", team)
    with (house.root / FILE).open("a", encoding="utf-8") as file:
        file.write('\n[[intake]]\nworkbook = "../Team.xlsx"\n')
    house.workspace.close()
    house = House(open_workspace(house.root))
    house.type_new("Team.xlsx!Intake", {"title": "Ours"})
    house.done("pm.backlog_sync")
    path = backed_up(house, tmp_path)
    house.workspace.close()
    live = team.read_bytes()
    result = ask("restore", path, "-w", tmp_path / "deep" / "restored")
    assert result.exit_code == 0, result.output
    restored = House(open_workspace(tmp_path / "deep" / "restored"))
    assert all(file.is_relative_to(restored.root) for file in restored.workspace.workbook_files())
    restored.type_new("1-Team.xlsx!Intake", {"title": "Another"})
    restored.done("pm.backlog_sync")
    restored.workspace.close()
    assert team.read_bytes() == live


def test_a_restored_folder_is_the_one_that_was_backed_up(full: House, tmp_path: Path) -> None:
    """Its rows are its own still, though the original folder stands where it was used last."""
    root = tmp_path / "restored"
    assert ask("restore", backed_up(full, tmp_path), "-w", root).exit_code == 0
    restored = House(open_workspace(root))
    token = full.workspace.used().folder
    assert restored.workspace.used().folder == token
    restored.clear_row("Intake", restored.rows("Intake")[0].number)
    restored.done("pm.backlog_sync")
    assert "source_missing" in restored.status("Backlog", "INIT-000001")
    restored.workspace.close()


def test_other_folders_on_a_moved_database_are_named_and_refused_there(
    full: House, second_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full.root, copy)
    url = full.workspace.store.engine.url.render_as_string(hide_password=False)
    (copy / FILE).write_text(with_database_url((copy / FILE).read_text(encoding="utf-8"), url), encoding="utf-8")
    full.workspace.used()
    assert ask("run", "pm.backlog_sync", "-w", copy).exit_code == 0
    result = ask("move-database", second_url, "-w", full.root)
    assert result.exit_code == 0, result.output
    assert f"{copy} works on the old database, too" in " ".join(result.stdout.split())
    books = full.bytes()
    for command in (["run", "pm.backlog_sync"], ["rebuild"], ["backlog"], ["runs"], ["backup"], ["init", copy]):
        words = command if command[0] == "init" else [*command, "-w", copy]
        result = ask(*words)
        assert result.exit_code == 1, (command, result.output)
        assert f"was moved to {url_without_password(parse_url(second_url))}" in result.stderr, command
        assert "Name that one in database_url" in result.stderr
    said = ask("doctor", "-w", copy)
    assert (said.exit_code, "was moved to" in " ".join(said.stdout.split())) == (1, True)
    assert full.bytes() == books
    (copy / FILE).write_text(with_database_url((copy / FILE).read_text(encoding="utf-8"), second_url), encoding="utf-8")
    assert ask("run", "pm.backlog_sync", "-w", copy).exit_code == 0


def test_a_move_that_is_stopped_before_the_settings_says_where_the_data_are(full: House, second_url: str) -> None:
    with patch("roadwright.workspace.move.place_file", side_effect=KeyboardInterrupt):
        ask("move-database", second_url, "-w", full.root)
    result = ask("run", "pm.backlog_sync", "-w", full.root)
    assert (result.exit_code, "was moved to" in result.stderr) == (1, True)
    (full.root / FILE).write_text(
        with_database_url((full.root / FILE).read_text(encoding="utf-8"), second_url), encoding="utf-8"
    )
    assert ask("run", "pm.backlog_sync", "-w", full.root).exit_code == 0


def test_a_move_whose_settings_cannot_be_written_did_not_happen(full: House, second_url: str) -> None:
    with patch(
        "roadwright.workspace.move.place_file",
        side_effect=SheetError("file_unwritable", path="roadwright.toml", why="the disk is full"),
    ):
        result = ask("move-database", second_url, "-w", full.root)
    assert (result.exit_code, result.stderr) == (
        1,
        "nothing was moved: roadwright.toml can't be written: the disk is full.\n",
    )
    assert ask("run", "pm.backlog_sync", "-w", full.root).exit_code == 0


def test_a_move_from_a_database_that_cannot_be_written_is_done_and_says_so(full: House, second_url: str) -> None:
    fault = OperationalError("update", {}, Exception("attempt to write a readonly database"))
    with patch("roadwright.workspace.move.say_moved", side_effect=fault):
        result = ask("move-database", second_url, "-w", full.root)
    assert result.exit_code == 0, result.output
    assert "so it does not tell other folders that it was moved" in " ".join(result.stdout.split())
    assert ask("run", "pm.backlog_sync", "-w", full.root).exit_code == 0


def test_whoever_waits_while_the_database_is_moved_is_refused(full: House, tmp_path: Path) -> None:
    waiting = open_workspace(full.root)
    assert ask("move-database", f"sqlite:///{tmp_path / 'second.db'}", "-w", full.root).exit_code == 0
    before = full.bytes()
    outcome = House(waiting).run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "was moved to" in str(outcome.error)
    assert full.bytes() == before
    waiting.close()


def test_restoring_needs_an_empty_folder_and_an_empty_database(full: House, tmp_path: Path) -> None:
    path = backed_up(full, tmp_path)
    result = ask("restore", path, "-w", full.root)
    assert (result.exit_code, "is not empty; name a new folder" in result.stderr) == (1, True)
    url = full.workspace.store.engine.url.render_as_string(hide_password=False)
    result = ask("restore", path, "-w", tmp_path / "new", "--database", url)
    assert (result.exit_code, "name an empty one" in result.stderr) == (1, True)
    assert not (tmp_path / "new").exists()
    assert [entry.name for entry in tmp_path.iterdir() if ".part" in entry.name] == []


def _spoil(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        kept = {entry: archive.read(entry) for entry in archive.namelist()}
    kept[name] = content
    with zipfile.ZipFile(path, "w") as archive:
        for entry, held in kept.items():
            archive.writestr(entry, held)


@pytest.mark.parametrize("damage", ["no zip", "no manifest", "cut", "changed", "escaping", "newer"])
def test_a_damaged_backup_is_refused_in_words(tmp_path: Path, damage: str) -> None:
    house = make_house(tmp_path / "live", "sqlite:///roadwright.db")
    path = backed_up(house, tmp_path)
    house.workspace.close()
    manifest = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    if damage == "no zip":
        path.write_text("nothing of the kind")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:2000])
    elif damage == "no manifest":
        _spoil(path, "manifest.json", b"{}")
    elif damage == "changed":
        _spoil(path, "files/Intake.xlsx", b"else")
    elif damage == "newer":
        _spoil(path, "manifest.json", json.dumps({**manifest, "format": 99}).encode())
    else:
        manifest["files"]["files/../../escaped"] = manifest["files"]["files/Intake.xlsx"]
        _spoil(path, "manifest.json", json.dumps(manifest).encode())
    result = ask("restore", path, "-w", tmp_path / "new")
    assert result.exit_code == 1
    assert result.stderr.startswith("nothing was restored: ")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "escaped").exists()


def test_a_missing_backup_and_one_that_exists_already(tmp_path: Path) -> None:
    house = make_house(tmp_path / "live", "sqlite:///roadwright.db")
    assert ask("restore", tmp_path / "none.zip", "-w", tmp_path / "new").exit_code == 1
    path = backed_up(house, tmp_path)
    before = path.read_bytes()
    result = ask("backup", "-w", house.root, "-o", path)
    assert (result.exit_code, "exists already" in result.stderr) == (1, True)
    assert path.read_bytes() == before
    assert ask("backup", "-w", house.root, "-o", tmp_path / "no" / "folder.zip").exit_code == 1
    house.workspace.close()


def test_a_database_moves_there_and_back(full: House, second_url: str, tmp_path: Path) -> None:
    engine = full.workspace.store.engine
    first = engine.url.render_as_string(hide_password=False)
    with snapshot(full.workspace.store) as connection:
        before = tally(connection)
    result = ask("move-database", second_url, "-w", full.root)
    assert result.exit_code == 0, result.output
    assert "counted and compared" in result.stdout
    assert load_settings(full.root).database_url == second_url
    assert "# The database: a SQLite file" in (full.root / FILE).read_text(encoding="utf-8")
    moved = House(open_workspace(full.root))
    with snapshot(moved.workspace.store) as connection:
        found = [str(one) for one in differences(before, tally(connection))]
    assert found == ["action_runs has 1 rows here and 2 there", "workspace_revisions has 2 rows here and 3 there"]
    assert ledger.runs(moved.workspace.store, 1)[0].action == "move-database"
    moved.type_new("Intake", {"title": "Three"})
    moved.done("pm.backlog_sync")
    assert moved.status("Backlog", "INIT-000003") == "OK"
    moved.workspace.close()
    result = ask("move-database", first, "-w", full.root)
    assert (result.exit_code, "is not empty" in result.stderr) == (1, True)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    assert ask("move-database", back, "-w", full.root).exit_code == 0
    assert ask("run", "pm.backlog_sync", "-w", full.root).exit_code == 0


def test_the_database_that_was_left_is_refused(full: House, second_url: str) -> None:
    settings = (full.root / FILE).read_text(encoding="utf-8")
    assert ask("move-database", second_url, "-w", full.root).exit_code == 0
    (full.root / FILE).write_text(settings, encoding="utf-8")
    result = ask("run", "pm.backlog_sync", "-w", full.root)
    assert (result.exit_code, "was moved to" in result.stderr) == (1, True)


def test_a_move_into_the_same_database_changes_nothing(full: House) -> None:
    url = full.workspace.store.engine.url.render_as_string(hide_password=False)
    result = ask("move-database", url, "-w", full.root)
    assert (result.exit_code, "is not empty" in result.stderr) == (1, True)
    assert ask("run", "pm.backlog_sync", "-w", full.root).exit_code == 0


def test_what_the_other_database_does_not_take_is_said_and_nothing_is_moved(
    tmp_path: Path, postgres_server: str
) -> None:
    house = make_house(tmp_path / "live", "sqlite:///roadwright.db")
    with house.workspace.store.engine.begin() as connection:
        connection.execute(
            text("insert into issued_keys (number, issued_at, issued_for) values (1, :moment, 'x')"),
            {"moment": "t" * 40},
        )
    with postgres_database(postgres_server) as url:
        result = ask("move-database", url, "-w", house.root)
        assert result.exit_code == 1
        assert "does not take a row" in result.stderr
        assert "Traceback" not in result.stderr
    assert load_settings(house.root).database_url == "sqlite:///roadwright.db"
    house.workspace.close()


@pytest.mark.parametrize(
    ("url", "kept", "shown"),
    [
        ("postgresql://ann:secret@host/name", "postgresql+psycopg://ann@host/name", "ann:***@host"),
        (
            "postgresql://ann@/name?host=/run/pg&password=secret&sslpassword=secret",
            "postgresql+psycopg://ann@/name?host=%2Frun%2Fpg",
            "password=%2A%2A%2A",
        ),
        ("sqlite:////data/plan.db", "sqlite:////data/plan.db", "sqlite:////data/plan.db"),
    ],
)
def test_a_url_is_kept_without_its_passwords(url: str, kept: str, shown: str) -> None:
    assert url_without_password(parse_url(url)) == kept
    assert shown in shown_url(parse_url(url))
    assert "secret" not in shown_url(parse_url(url))


def test_a_password_is_shown_nowhere(tmp_path: Path) -> None:
    house = make_house(tmp_path / "live", "sqlite:///roadwright.db")
    url = make_url("postgresql://ann:secret@127.0.0.1:1/none").render_as_string(hide_password=False)
    result = ask("move-database", url, "-w", house.root)
    assert result.exit_code == 1
    assert "secret" not in result.output
    assert (house.root / PRIVATE).is_dir()
    house.workspace.close()

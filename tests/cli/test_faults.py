"""No traceback and no hang: special files, odd settings and variables, faults of the system and of our own."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from roadwright.domain.errors import InputError, OperationError, RoadwrightError
from roadwright.domain.exit_codes import exit_code_of
from roadwright.domain.machine import os_fault, size_in_words
from roadwright.store import session as database
from tests.cli.test_actions import roadwright, run
from tests.house import House


def assert_told(house: House, code: int, *words: str) -> None:
    result = run(house, "pm.backlog_sync")
    told = " ".join((result.stdout + result.stderr).split())
    assert result.exit_code == code, told
    assert all(word in told for word in words), told
    assert "unexpected fault" not in told
    checked = roadwright("doctor", "-w", str(house.root))
    assert checked.exit_code == 1, checked.stdout
    assert "Traceback" not in told + checked.stdout + checked.stderr


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["Intake.xlsx", "roadwright.toml", "roadwright.db"])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (os.mkfifo, "is a named pipe, not a"),
        (os.mkdir, "is a folder, not a"),
        (lambda path: path.symlink_to("/dev/zero"), "is a device, not a"),
        (lambda path: path.symlink_to(path), "can't be"),
    ],
)
def test_what_stands_where_a_file_should(house: House, name: str, make: Callable[[Path], None], words: str) -> None:
    house.workspace.close()
    for path in house.root.glob(f"{name}*"):
        path.unlink()
    make(house.root / name)
    assert_told(house, 2 if name.endswith("toml") else 1, name, words)


@pytest.mark.timeout(60)
def test_a_named_pipe_as_a_lock_of_another_program(house: House) -> None:
    os.mkfifo(house.root / ".~lock.Intake.xlsx#")
    house.type_into("Backlog", 2, {"title": "New title"})
    house.type_new("Backlog", {"title": "More"})
    assert run(house, "pm.save_selected", "--tab", "Backlog").exit_code == 0


def test_init_leaves_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "Intake.xlsx").symlink_to("Intake.xlsx")
    result = roadwright("init", str(tmp_path))
    assert result.exit_code == 0
    assert "kept" in result.stdout
    assert (tmp_path / "Intake.xlsx").is_symlink()
    (tmp_path / "loop").symlink_to("loop")
    for arguments in (("init", str(tmp_path / "loop")), ("doctor", "-w", str(tmp_path / "loop"))):
        result = roadwright(*arguments)
        assert result.exit_code == 1
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (f'[[intake]]\nworkbook = "{"n" * 400}.xlsx"', "intake.0.workbook: should be a name of at most 240 bytes"),
        ('[[intake]]\nworkbook = "a\\u0000b.xlsx"', "intake.0.workbook: should have no line breaks"),
        ('[[intake]]\nworkbook = "Intake.xlsx"\ntabs = ["a\\nb"]', "intake.0.tabs.0: should have no line breaks"),
        ('[[intake]]\nworkbook = "Intake.xlsx"\nheader_row = true', "header_row: should be a number"),
        ('[[intake]]\nworkbook = "Intake.xlsx"\nheader_row = 99999999', "less than or equal to 1048576"),
        (
            'time_limit = "1\\u0000"',
            "time_limit: holds a character that no setting can have (code 0); type it again without it "
            '(it is "1\\x00")',
        ),
        ('"a\\u0000b" = 1', "a\\x00b: is not a key that Roadwright knows"),
        ("intake = 5", "intake: Input should be a valid list"),
        ("tabs.Backlog = 5", "tabs.Backlog: Input should be a valid dictionary"),
        ("time_limit = nan", "time_limit: Input should be greater than 0"),
        ("time_limit = 0", "time_limit: Input should be greater than 0"),
        ("lock_wait = inf", "lock_wait: Input should be less than or equal to"),
        ("lock_wait = 1e300", "lock_wait: Input should be less than"),
        ("activating_batch = true", "activating_batch: should be a number"),
        ("x = " + "[" * 20_000 + "]" * 20_000, "can't be read"),
    ],
)
def test_settings_that_can_not_be_right(house: House, settings: str, words: str) -> None:
    (house.root / "roadwright.toml").write_text(settings)
    assert_told(house, 2, "roadwright.toml", words)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite",
        "sqlite://host/x.db",
        "sqlite:///x.db?timeout=abc",
        "sqlite+aiosqlite:///x.db",
        "mysql://x",
        "postgresql+asyncpg://u@h/x",
        "postgresql://u@127.0.0.1:abc/x",
        "postgresql://[::1/x",
        "postgresql://u@127.0.0.1:1/x",
        "",
    ],
)
def test_a_database_url_that_names_none(house: House, url: str) -> None:
    (house.root / "roadwright.toml").write_text(f'database_url = "{url}"\n')
    assert_told(house, 1, "database" if "mysql" not in url and "+" not in url else "is not supported")


def test_a_name_with_unusual_blanks_is_as_good_as_any(house: House) -> None:
    name = "Idées\u00a0Q3 👩\u200d💻.xlsx"
    (house.root / "Intake.xlsx").rename(house.root / name)
    (house.root / "roadwright.toml").write_text(f'[[intake]]\nworkbook = "{name}"\n', encoding="utf-8")
    assert run(house, "pm.backlog_sync").exit_code == 0


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ROADWRIGHT_TABS", '{"Backlog":', "ROADWRIGHT_TABS can't be read as JSON"),
        ("ROADWRIGHT_INTAKE", "x", "ROADWRIGHT_INTAKE can't be read as JSON"),
        ("roadwright_intake", "", "roadwright_intake can't be read as JSON"),
        ("ROADWRIGHT_INTAKE", "[" * 100_000, "ROADWRIGHT_INTAKE can't be read as JSON"),
        ("ROADWRIGHT_INTAKE", '[{"workbook": 5}]', "ROADWRIGHT_INTAKE: 0.workbook: Input should be a valid string"),
        ("ROADWRIGHT_TIME_LIMIT", "soon", "ROADWRIGHT_TIME_LIMIT: Input should be a valid number"),
        ("ROADWRIGHT_DATABASE_URL", "sqlite:///\udcff", "ROADWRIGHT_DATABASE_URL: "),
    ],
)
def test_variables_of_the_environment(
    house: House, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert_told(house, 2, words)


def test_names_that_are_not_utf_8(house: House, tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff")
    made = roadwright("init", str(tmp_path / odd))
    assert made.exit_code == 2
    assert "is not UTF-8" in made.stderr
    for arguments in (("run", "pm.save_selected", "--tab", "Backlog", "--select", odd), ("runs", odd)):
        result = roadwright(*arguments, "-w", str(house.root))
        assert result.exit_code == 2
        assert "Traceback" not in result.stderr


def test_a_user_whose_name_is_not_utf_8(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", os.fsdecode(b"an\xffa"))
    assert run(house, "pm.backlog_sync").exit_code == 0


def test_a_full_disk_says_how_much_is_needed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("roadwright.domain.machine.free_space", lambda _: 100)
    house.type_new("Backlog", {"title": "More"})
    monkeypatch.setattr("roadwright.sheets.backends.xlsx.swap.os.fsync", full)
    result = run(house, "pm.save_selected", "--tab", "Backlog")
    told = " ".join(result.stderr.split())
    assert result.exit_code == 1
    assert "the disk is full: " in told
    assert "are needed in" in told
    assert "100 bytes are free" in told


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_CANTOPEN])
def test_what_sqlite_says_of_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr(database, "free_space", lambda _: 0)
    said = sqlite3.OperationalError("disk I/O error")
    said.sqlite_errorcode = code
    words = str(database.explained(said, tmp_path / "x.db"))
    assert words.startswith(f"the disk is full: 1.0 MB are needed in {tmp_path}")
    monkeypatch.setattr(database, "free_space", lambda _: 1 << 40)
    told = database.explained(said, tmp_path / "x.db")
    assert (told is not None) == (code == sqlite3.SQLITE_FULL), "with room on the disk it is another fault"


def test_the_database_tells_of_a_full_disk_itself(house: House) -> None:
    with house.workspace.store.engine.connect() as connection:
        pages = connection.scalar(text("pragma page_count")) or 0
        connection.execute(text(f"pragma max_page_count = {pages + 10}"))
        connection.execute(text("create table much (content text)"))
        content = "x" * 10_000_000
        with pytest.raises(OperationalError, match="the disk is full: "):
            connection.execute(text("insert into much values (:content)"), {"content": content})


def test_the_words_of_the_operating_system() -> None:
    assert os_fault(OSError(errno.ENOSPC, "No space left on device")).code == "disk_full"
    assert str(os_fault(PermissionError(errno.EACCES, "Permission denied"))) == "Permission denied"
    assert str(os_fault(OSError("odd"))) == "odd"
    assert [size_in_words(n) for n in (0, 999, 1_500, 250_000, 999_999, 5e9)] == [
        "0 bytes",
        "999 bytes",
        "1.5 KB",
        "250 KB",
        "1.0 MB",
        "5.0 GB",
    ]


def test_an_unforeseen_fault_is_one_line_and_a_log(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nfault")

    monkeypatch.setattr("roadwright.actions.ledger.runs", break_down)
    for _ in range(2):
        result = roadwright("runs", "-w", str(house.root))
        assert result.exit_code == 1
        [line] = result.stderr.splitlines()
        assert line.startswith("unexpected fault, ZeroDivisionError: a fault; the log is ")
        log = Path(line.rpartition(" is ")[2])
        assert log.parent == house.workspace.private
        content = log.read_text()
        assert "Traceback" in content
        assert "break_down" in content


def test_the_log_of_a_fault_outside_of_a_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def break_down() -> None:
        raise AssertionError

    monkeypatch.setattr("roadwright.cli.actions.find_action", lambda _: break_down())
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    result = roadwright("actions", "pm.backlog_sync")
    assert (result.exit_code, len(list(tmp_path.iterdir()))) == (1, 1)
    assert "AssertionError: without words; the log is " in result.stderr
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "none"))
    assert "no log could be written" in roadwright("actions", "pm.backlog_sync").stderr


def all_below(kind: type[RoadwrightError]) -> list[type[RoadwrightError]]:
    return [below for each in kind.__subclasses__() for below in (each, *all_below(each))]


def test_the_drawn_tree_is_the_one_that_there_is() -> None:
    import importlib
    import pkgutil

    import roadwright
    from roadwright.domain import errors

    for module in pkgutil.walk_packages(roadwright.__path__, "roadwright."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    drawn = errors.__doc__ or ""
    inputs, _, operations = drawn.partition("OperationError")
    found = {kind.__name__ for kind in all_below(InputError)}
    assert {name for name in found if name not in inputs} == set()
    assert {kind.__name__ for kind in all_below(OperationError) if kind.__name__ not in operations} == set()
    assert [exit_code_of(kind("")) for kind in (InputError, OperationError, RoadwrightError)] == [2, 1, 1]

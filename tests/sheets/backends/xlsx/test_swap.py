"""The file is replaced whole or not at all, with its permissions, and nothing is left lying about."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from roadwright.sheets import files
from roadwright.sheets.backend import SheetError, TabEdit, WorkbookBusy
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.files import clean_leftovers, temporary_file
from tests.sheets.backends.xlsx.workbooks import by_hand

EDIT = TabEdit("Tab", 1, {(1, 1): "new"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return by_hand(tmp_path / "Intake.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')


@pytest.fixture
def scratch(path: Path) -> Path:
    return path.with_name("scratch")


def used_folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of the files that are renamed, in order."""
    folders: list[Path] = []
    rename = Path.replace

    def watched(self: Path, target: Path) -> Path:
        folders.append(self.parent)
        assert not self.name.endswith(".xlsx")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    return folders


def test_temporary_files_lie_in_the_scratch_folder(path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = used_folders(monkeypatch)
    assert open_workbook(path, scratch).write([EDIT]).changed
    assert open_workbook(path).write([TabEdit("Tab", 1, {(1, 1): "newer"})]).changed
    assert open_workbook(path, scratch / "missing").write([TabEdit("Tab", 1, {(1, 1): "newest"})]).changed
    assert folders == [scratch, path.parent, path.parent]
    assert sorted(entry.name for entry in path.parent.rglob("*")) == ["Intake.xlsx", "scratch"]


def test_a_scratch_folder_on_another_disk(path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def picky(self: Path, target: Path) -> Path:
        if self.parent == scratch:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", picky)
    assert open_workbook(path, scratch).write([EDIT]).changed
    assert open_workbook(path).read("Tab").rows == {1: {1: "new"}}
    assert list(scratch.iterdir()) == []


def test_permissions_and_links_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(path.name)
    assert open_workbook(link).write([EDIT]).changed
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert open_workbook(path).read("Tab").rows == {1: {1: "new"}}


def test_a_read_only_file_is_respected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.chmod(0o444)
    # Root may write everything, so the question is answered for everyone.
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    with pytest.raises(SheetError, match=r"is read-only\. Allow writing"):
        open_workbook(path).write([EDIT])


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, os.strerror(errno.EACCES)),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_a_failing_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    before = path.read_bytes()

    def failing(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(SheetError, match=words):
        open_workbook(path).write([EDIT])
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["Intake.xlsx", "scratch"]


def test_a_file_that_may_not_be_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(WorkbookBusy, match="open in another program"):
        open_workbook(path).write([EDIT])


def test_leftovers_of_killed_processes_are_removed(path: Path, scratch: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from roadwright.sheets.backends.xlsx import open_workbook; "
        "from roadwright.sheets.backend import TabEdit; os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL); "
        "open_workbook(Path(sys.argv[1]), Path(sys.argv[2])).write([TabEdit('Tab', 1, {(1, 1): 'new'})])"
    )
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", code, str(path), str(scratch)], check=False)
    assert done.returncode < 0
    assert path.read_bytes() == before
    (left,) = scratch.iterdir()
    (scratch / "notes.part").write_bytes(b"")
    assert clean_leftovers(scratch) == [left]
    assert [entry.name for entry in scratch.iterdir()] == ["notes.part"]
    assert clean_leftovers(scratch / "missing") == []


@pytest.mark.parametrize("step", [-(10**9), 10**9])
def test_a_file_that_is_in_use_stays_whatever_the_clocks_say(scratch: Path, step: float) -> None:
    with temporary_file(scratch) as (living, file):
        file.write(b"half")
        file.flush()
        os.utime(living, (time.time() + step, time.time() + step))
        code = (
            "import sys; from pathlib import Path; from roadwright.sheets.files import clean_leftovers; "
            "print(len(clean_leftovers(Path(sys.argv[1]))))"
        )
        done = subprocess.run([sys.executable, "-c", code, str(scratch)], check=True, capture_output=True, text=True)
        assert done.stdout == "0\n"
        assert living.read_bytes() == b"half"
    assert list(scratch.iterdir()) == []


def test_a_file_that_is_no_longer_in_use_goes_whatever_the_clocks_say(scratch: Path) -> None:
    with temporary_file(scratch) as (living, _):
        name = living.name
    for moment in (0.0, time.time(), time.time() + 10**9):
        left = scratch / name
        left.write_bytes(b"half")
        os.utime(left, (moment, moment))
        assert clean_leftovers(scratch) == [left]


def test_a_file_that_was_cleaned_before_it_was_locked_is_made_anew(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = files._lock
    taken: list[Path] = []

    def cleaned(file: BinaryIO, *, wait: bool) -> None:
        if wait and not taken:
            taken.extend(clean_leftovers(scratch))
        lock(file, wait=wait)

    monkeypatch.setattr(files, "_lock", cleaned)
    with temporary_file(scratch) as (living, _):
        assert len(taken) == 1
        assert list(scratch.iterdir()) == [living]


@pytest.mark.parametrize("place", ["another machine", "no locks"])
def test_where_no_lock_can_be_seen_a_file_goes_after_a_day(
    scratch: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """By the time stamps of the file system alone: the computer's own clock may say what it wants."""

    def refused(_: BinaryIO, *, wait: bool) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    if place == "no locks":
        monkeypatch.setattr(files, "_lock", refused)
    with temporary_file(scratch) as (living, _):
        mine = living.name.split("-")[1]
    machine = mine if place == "no locks" else f"{int(mine, 16) ^ 1:08x}"
    new, old = (scratch / f".roadwright-{machine}-{word}.part" for word in ("aa", "bb"))
    for file in (new, old):
        file.write_bytes(b"")
    now = new.stat().st_mtime
    os.utime(old, (now - 25 * 3600, now - 25 * 3600))
    monkeypatch.setattr(time, "time", lambda: now + 10**9)
    assert clean_leftovers(scratch) == [old]
    assert list(scratch.iterdir()) == [new]

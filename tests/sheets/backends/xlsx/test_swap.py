"""The file is replaced whole or not at all, with its permissions, and nothing is left lying about."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from roadwright.sheets.backend import SheetError, TabEdit, WorkbookBusy
from roadwright.sheets.backends.xlsx import clean_leftovers, open_workbook
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
    living = scratch / left.name.replace(left.name.split("-")[2], str(os.getpid()))
    reused = scratch / f"{living.name.removesuffix('.part')}0.part"
    elsewhere = scratch / ".roadwright-00000000-1-aa.part"
    forgotten = scratch / ".roadwright-00000000-1-bb.part"
    for file in (living, reused, elsewhere, forgotten, scratch / "notes.part"):
        file.write_bytes(b"")
    long_ago = time.time() - 30 * 24 * 3600
    os.utime(reused, (long_ago, long_ago))
    os.utime(forgotten, (long_ago, long_ago))
    assert sorted(clean_leftovers(scratch)) == sorted([left, reused, forgotten])
    assert sorted(entry.name for entry in scratch.iterdir()) == sorted([living.name, elsewhere.name, "notes.part"])
    assert clean_leftovers(scratch / "missing") == []

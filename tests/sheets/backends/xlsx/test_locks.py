"""A workbook that someone has open or has changed is left alone, and the message says who and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadwright.sheets.backend import TabEdit, WorkbookBusy
from roadwright.sheets.backends.xlsx import open_workbook
from tests.sheets.backends.xlsx.workbooks import by_hand

EDIT = TabEdit("Tab", 1, {(1, 1): "new"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return by_hand(tmp_path / "Intake.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')


def excel_lock(owner: str) -> bytes:
    narrow = owner.encode("cp1252", "replace")
    return (
        bytes([len(narrow)])
        + narrow.ljust(54)
        + len(owner).to_bytes(2, "little")
        + owner.encode("utf-16-le").ljust(108)
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            ".~lock.Intake.xlsx#",
            b",Ann Sm\\,ith,desk-7,01.05.2026 10:00,file:///home/ann/.config/libreoffice/4;",
            "is open in LibreOffice by Ann Sm,ith (on desk-7, since 01.05.2026 10:00)",
        ),
        (".~lock.Intake.xlsx#", b"", "is open in LibreOffice."),
        ("~$Intake.xlsx", excel_lock("Żaneta"), "is open in Excel by Żaneta."),
        ("~$Intake.xlsx", b"\x03Ben".ljust(60), "is open in Excel by Ben."),
        ("~$Intake.xlsx", b"", "is open in Excel."),
    ],
)
def test_locked(path: Path, name: str, content: bytes, words: str) -> None:
    lock = path.with_name(name)
    lock.write_bytes(content)
    before = path.read_bytes()
    workbook = open_workbook(path)
    assert workbook.read("Tab").rows == {1: {1: 1}}
    with pytest.raises(WorkbookBusy) as refusal:
        workbook.write([EDIT])
    message = str(refusal.value)
    assert message.startswith(f"Intake.xlsx {words}")
    assert message.endswith(f"delete the left-over lock file {lock}.")
    assert path.read_bytes() == before
    lock.unlink()
    assert workbook.write([EDIT]).changed


def test_nothing_to_write_needs_no_lock(path: Path) -> None:
    path.with_name("~$Intake.xlsx").write_bytes(b"")
    assert not open_workbook(path).write([TabEdit("Tab", 1, {(1, 1): 1})]).changed


def test_a_lock_where_the_link_leads(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "Link.xlsx"
    link.symlink_to(path)
    path.with_name("~$Intake.xlsx").write_bytes(b"")
    with pytest.raises(WorkbookBusy, match=r"Link\.xlsx is open in Excel"):
        open_workbook(link).write([EDIT])


def test_locks_of_other_workbooks_do_not_matter(path: Path) -> None:
    for name in ("~$take.xlsx", "~$Intake2.xlsx", ".~lock.Intake.xlsx"):
        path.with_name(name).write_bytes(b"")
    assert open_workbook(path).write([EDIT]).changed


def test_changed_since_it_was_read(path: Path) -> None:
    workbook = open_workbook(path)
    by_hand(path, '<row r="1"><c r="A1"><v>2</v></c></row>')
    theirs = path.read_bytes()
    with pytest.raises(WorkbookBusy, match=r"Intake\.xlsx was changed by someone else since it was read"):
        workbook.write([EDIT])
    assert path.read_bytes() == theirs
    path.unlink()
    with pytest.raises(WorkbookBusy, match="was moved or deleted"):
        workbook.write([EDIT])
    assert list(path.parent.iterdir()) == []


def test_our_own_write_is_no_change_by_someone_else(path: Path) -> None:
    workbook = open_workbook(path)
    for text in ("a", "b", "c"):
        assert workbook.write([TabEdit("Tab", 1, {(1, 1): text})]).changed
        assert workbook.read("Tab").rows == {1: {1: text}}

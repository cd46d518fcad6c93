"""Files that can't be read say what they are and what to do, whatever is wrong with them."""

from __future__ import annotations

import os
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from roadwright.sheets.backend import SheetError, TabEdit, WorkbookUnreadable
from roadwright.sheets.backends.xlsx import open_workbook
from tests.sheets.backends.xlsx.rich import rich_workbook
from tests.sheets.backends.xlsx.workbooks import MAIN, by_hand, parts_of, rezipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(WorkbookUnreadable, match=r"There is no file .*Intake\.xlsx"):
        open_workbook(tmp_path / "Intake.xlsx")
    with pytest.raises(WorkbookUnreadable, match="is a folder"):
        open_workbook(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (OLE + bytes(600), r"an old Office file, such as \.xls\. Save it as \.xlsx"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password. Save it without one"),
        (b"key,title\n1,2\n", "no .xlsx workbook but a text file, such as CSV"),
        ("key\ttitle\n".encode("utf-16"), "a text file, such as CSV"),
        (b"\xef\xbb\xbf <html><table></table></html>", r"a web page or an XML file.*save it as \.xlsx"),
        (b"%PDF-1.7\n" + bytes(100), "a PDF document"),
        (bytes(5000), "a file of another kind"),
        (b"PK\x03\x04" + bytes(100), "only a part of a workbook, or damaged"),
    ],
)
def test_other_content(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookUnreadable, match=words):
        open_workbook(path)


def test_other_zip_files(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(WorkbookUnreadable, match="is no workbook"):
        open_workbook(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(WorkbookUnreadable, match=r"OpenDocument file\. Save it as \.xlsx"):
        open_workbook(path)
    by_hand(path, "")
    links = parts_of(path)["_rels/.rels"].replace(b"workbook.xml", b"workbook.bin")
    rezipped(path, {"_rels/.rels": links})
    with pytest.raises(WorkbookUnreadable, match=r"\.xlsb"):
        open_workbook(path)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_broken_xml_names_the_part(tmp_path: Path, part: str) -> None:
    path = by_hand(tmp_path / "a.xlsx", "", strings="<si><t>x</t></si>")
    rezipped(path, {part: parts_of(path)[part][:-4]})
    with pytest.raises(WorkbookUnreadable, match=f"part {Path(part).name}.*is damaged"):
        open_workbook(path).read("Tab")


def test_senseless_xml(tmp_path: Path) -> None:
    for number, sheet in enumerate(
        [
            '<row r="one"/>',
            '<row r="1"><c r="?1"><v>1</v></c></row>',
            '<row r="1"><c r="XFE1"><v>1</v></c></row>',
            f'<worksheet xmlns="{MAIN}"><sheetData/><mergeCells><mergeCell/></mergeCells></worksheet>',
            "<worksheet><sheetData/></worksheet>",
        ]
    ):
        with pytest.raises(WorkbookUnreadable, match="damaged"):
            open_workbook(by_hand(tmp_path / f"{number}.xlsx", sheet)).read("Tab")


def test_document_types_are_refused(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(WorkbookUnreadable, match="document type"):
        open_workbook(by_hand(tmp_path / "a.xlsx", bomb.encode())).read("Tab")


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", "", more={"xl/media/zeros.bin": bytes(70 << 20)})
    with pytest.raises(WorkbookUnreadable, match="would unpack to more than a workbook can need"):
        open_workbook(path)
    many = tmp_path / "b.xlsx"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"{number}", b"")
    with pytest.raises(WorkbookUnreadable, match="20,001 parts"):
        open_workbook(many)


def test_a_part_longer_than_it_says(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", "<row/>" * 50_000)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    patched = bytes(data).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(patched)
    with pytest.raises(WorkbookUnreadable, match="damaged"):
        open_workbook(path).read("Tab")


def test_an_encrypted_part(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", "")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    with pytest.raises(WorkbookUnreadable, match="encrypted"):
        open_workbook(path)


def test_truncated_files(tmp_path: Path) -> None:
    whole = rich_workbook(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "cut.xlsx"
    for share in (0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(WorkbookUnreadable, match="only a part of a workbook, or damaged"):
            open_workbook(path)


def read_and_write(path: Path) -> None:
    """Anything but a refusal in words fails the test."""
    with suppress(SheetError):
        workbook = open_workbook(path)
        for tab in workbook.tabs():
            workbook.read(tab)
        edits = [
            TabEdit("Backlog", 1, {(2, 1): "new", (1, 7): "run_status"}, [{1: "more"}], 13),
            TabEdit("Ideas", 3, {(4, 2): "new"}, [{2: "more"}], 8),
        ]
        workbook.write(edits)
        workbook.read("Backlog")


def test_flipped_bytes_never_crash(tmp_path: Path) -> None:
    whole = rich_workbook(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "flipped.xlsx"
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        read_and_write(path)


def test_mangled_xml_never_crashes(tmp_path: Path) -> None:
    rich = rich_workbook(tmp_path / "rich.xlsx")
    parts = parts_of(rich)
    path = tmp_path / "mangled.xlsx"
    chance = random.Random(11)
    names = [name for name in parts if name.endswith((".xml", ".rels")) and "drawing" not in name]
    for _ in range(150):
        name = chance.choice(names)
        data = bytearray(parts[name])
        at = chance.randrange(len(data))
        data[at : at + chance.randint(0, 3)] = bytes(chance.choice(b'<>/="0aZ& ') for _ in range(chance.randint(0, 3)))
        with zipfile.ZipFile(path, "w") as archive:
            for other, content in parts.items():
                archive.writestr(other, bytes(data) if other == name else content)
        read_and_write(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.timeout(20)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe.xlsx", tmp_path / "loop.xlsx"
    os.mkfifo(pipe)
    loop.symlink_to(loop.name)
    for path, said in (
        (pipe, "pipe.xlsx is a named pipe, not a workbook"),
        (loop, "loop.xlsx can't be read: Too many levels of symbolic links"),
        (tmp_path / ("x" * 400 + ".xlsx"), "can't be read: File name too long"),
    ):
        with pytest.raises(WorkbookUnreadable, match=said):
            open_workbook(path)

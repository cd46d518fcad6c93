"""Workbooks made to harm or made by odd programs: read right, or refused in words, within bounded memory."""

from __future__ import annotations

import datetime as dt
import random
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from roadwright.sheets.backend import SheetError, TabEdit, WorkbookUnreadable
from roadwright.sheets.backends.xlsx import open_workbook, package
from roadwright.sheets.template import template_bytes
from roadwright.tabs import workbooks
from roadwright.tabs.guides import GUIDES
from tests.sheets.backends.xlsx.surroundings import surrounded_workbook
from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, by_hand, parts_of, rezipped

SHEET = "xl/worksheets/sheet1.xml"
KEY = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
STRINGS = "<si><t>key</t></si>"


def without(path: Path, part: str) -> Path:
    parts = {name: content for name, content in parts_of(path).items() if name != part}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_gigabyte_of_zeros_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    parts = parts_of(by_hand(path, ""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            if name != SHEET:
                archive.writestr(name, content)
        with archive.open(SHEET, "w", force_zip64=True) as part:
            megabyte = bytes(1 << 20)
            for _ in range(1 << 10):
                part.write(megabyte)
    tracemalloc.start()
    with pytest.raises(
        WorkbookUnreadable, match=r"would unpack to more than a workbook can need .*1,073,741,824 bytes"
    ):
        open_workbook(path)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_part_that_says_it_is_small_is_not_unpacked_further(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", "")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    parts = parts_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, body if name == SHEET else content)
        archive.getinfo(SHEET).compress_type = zipfile.ZIP_DEFLATED
        archive.getinfo(SHEET).file_size = 2_000
    workbook = open_workbook(path)
    tracemalloc.start()
    with pytest.raises(WorkbookUnreadable, match="damaged"):
        workbook.read("Tab")
    assert tracemalloc.get_traced_memory()[1] < 5 << 20
    tracemalloc.stop()


def test_more_cells_than_memory_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_TAGS", 5_000)
    path = by_hand(tmp_path / "a.xlsx", "<row>" + "<c><v>1</v></c>" * 2_000 + "</row>")
    with pytest.raises(WorkbookUnreadable, match=r"part sheet1\.xml\) holds more than 5,000 tags.*Delete the rows"):
        open_workbook(path).read("Tab")


def test_formats_without_end(tmp_path: Path) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 131_000}</cellXfs></styleSheet>'
    with pytest.raises(WorkbookUnreadable, match=r"styles\.xml\) is damaged \(more cell formats than a workbook can"):
        open_workbook(by_hand(tmp_path / "a.xlsx", "", styles=styles)).read("Tab")


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
@pytest.mark.parametrize(
    "entities",
    [
        "<!ENTITY e SYSTEM 'file:///etc/hostname'>",
        "<!ENTITY e SYSTEM 'http://localhost/'>",
        "<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY e '&b;&b;&b;&b;&b;&b;&b;&b;'>",
        "<!ENTITY % p SYSTEM 'file:///etc/hostname'>%p;<!ENTITY e ''>",
    ],
)
def test_entities_are_not_followed(tmp_path: Path, entities: str, encoding: str) -> None:
    sheet = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE worksheet [{entities}]>'
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&e;</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(WorkbookUnreadable, match="document type"):
        open_workbook(by_hand(tmp_path / "a.xlsx", sheet.encode(encoding))).read("Tab")


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels", "[Content_Types].xml"]
)
def test_no_part_may_have_a_document_type(tmp_path: Path, part: str) -> None:
    path = by_hand(tmp_path / "a.xlsx", KEY, strings=STRINGS)
    rezipped(path, {part: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + parts_of(path)[part]})
    with pytest.raises(WorkbookUnreadable, match="document type"):
        open_workbook(path).write([TabEdit("Tab", 1, {}, [{1: "x"}], 1)])


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (SHEET, "its part xl/worksheets/sheet1.xml is missing. Get the file again"),
        ("xl/sharedStrings.xml", "its part xl/sharedStrings.xml is missing. Get the file again"),
        ("xl/workbook.xml", "is no workbook"),
        ("_rels/.rels", "is no workbook"),
        ("xl/_rels/workbook.xml.rels", "no tabs with cells"),
    ],
)
def test_a_missing_part_is_named(tmp_path: Path, part: str, words: str) -> None:
    path = without(by_hand(tmp_path / "a.xlsx", KEY, strings=STRINGS), part)
    with pytest.raises(WorkbookUnreadable, match=words):
        open_workbook(path).read("Tab")


def test_a_workbook_without_styles_or_content_types_is_read(tmp_path: Path) -> None:
    path = without(by_hand(tmp_path / "a.xlsx", KEY, strings=STRINGS), "xl/styles.xml")
    rezipped(path, {"[Content_Types].xml": b"<Types/>"})
    workbook = open_workbook(path)
    assert workbook.write([TabEdit("Tab", 1, {}, [{1: "new"}], 1)]).changed
    assert workbook.read("Tab").rows == {1: {1: "key"}, 2: {1: "new"}}
    with pytest.raises(WorkbookUnreadable, match=r"\[Content_Types\]\.xml is missing"):
        open_workbook(without(path, "[Content_Types].xml")).write([TabEdit("Tab", 1, {}, [{1: "x"}], 2)])


def test_strict_workbooks(tmp_path: Path) -> None:
    """ISO/IEC 29500 strict: other namespaces, dates in ISO form."""
    rows = '<row r="2"><c r="A2" t="d"><v>2026-05-31</v></c><c r="B2" t="d"><v>2026-05-31T10:00:00Z</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", KEY + rows, strings=STRINGS)
    strict = {
        name: raw.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            OFFICE.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, raw in parts_of(path).items()
    }
    rezipped(path, strict)
    workbook = open_workbook(path)
    assert workbook.read("Tab").rows[2] == {1: dt.date(2026, 5, 31), 2: dt.datetime(2026, 5, 31, 10)}
    assert workbook.write([TabEdit("Tab", 1, {}, [{1: "new"}], 2)]).changed
    assert workbook.read("Tab").rows[3] == {1: "new"}


def test_ranges_as_large_as_a_tab_cost_nothing(tmp_path: Path) -> None:
    whole = "A1:XFD1048576"
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="{whole}"/><cols><col min="1" max="16384" width="9"/></cols>'
        f'<sheetData>{KEY}</sheetData><autoFilter ref="{whole}"/><mergeCells><mergeCell ref="C1:XFD1048576"/>'
        f'</mergeCells><conditionalFormatting sqref="{whole}"/></worksheet>'
    )
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", sheet, strings=STRINGS))
    tracemalloc.start()
    assert workbook.write([TabEdit("Tab", 1, {}, [{1: "new"}], 1)]).changed
    assert workbook.read("Tab").rows == {1: {1: "key"}, 2: {1: "new"}}
    assert tracemalloc.get_traced_memory()[1] < 5 << 20
    tracemalloc.stop()


def test_rich_and_phonetic_texts(tmp_path: Path) -> None:
    row = (
        '<row><c t="inlineStr"><is><r><t>a </t></r><r><rPr><b/></rPr><t xml:space="preserve"> b</t></r>'
        '<rPh sb="0" eb="1"><t>ka</t></rPh></is></c><c t="s"><v>0</v></c></row>'
    )
    strings = '<si><r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>トウ</t></rPh><phoneticPr fontId="1"/></si>'
    assert open_workbook(by_hand(tmp_path / "a.xlsx", row, strings=strings)).read("Tab").rows == {
        1: {1: "a  b", 2: "東京"}
    }


def test_the_1904_calendar(tmp_path: Path) -> None:
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="Tab" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    row = '<row><c s="1"><v>0</v></c><c s="1"><v>44711</v></c></row>'
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", row, workbook=book))
    assert workbook.read("Tab").rows == {1: {1: dt.date(1904, 1, 1), 2: dt.date(2026, 5, 31)}}
    workbook.write([TabEdit("Tab", 1, {(1, 3): dt.date(2026, 5, 31)})])
    assert workbook.read("Tab").rows[1][3] == dt.date(2026, 5, 31)


def flipped(raw: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.choice((chance.randrange(256), ord("0"), ord("9"), ord('"')))
    return bytes(data)


@pytest.mark.parametrize("source", ["template", "surroundings"])
def test_flipped_bytes_in_any_part_are_told(tmp_path: Path, source: str) -> None:
    """Packed anew after the flips, so that no checksum gives them away."""
    path = tmp_path / "flipped.xlsx"
    if source == "template":
        specs = workbooks()["Central_Backlog"]
        path.write_bytes(template_bytes(specs, title="Central_Backlog", guide=GUIDES["Central_Backlog"]))
        edit = TabEdit(
            "Backlog", 1, {(2, 1): "INIT-000001"}, [{2: "more"}, {2: "and more", 27: dt.date(2026, 1, 1)}], 1
        )
    else:
        surrounded_workbook(path)
        edit = TabEdit("Backlog", 1, {(2, 1): "INIT-000001"}, [{2: "more"}], 13)
    parts = parts_of(path)
    chance = random.Random(5)
    refusals: list[str] = []
    for _ in range(250):
        name = chance.choice(list(parts))
        with zipfile.ZipFile(path, "w") as archive:
            for other, content in parts.items():
                archive.writestr(other, flipped(content, chance) if other == name else content)
        try:
            workbook = open_workbook(path)
            for tab in workbook.tabs():
                workbook.read(tab)
            workbook.protected_cells(edit)
            workbook.write([edit])
        except SheetError as error:
            refusals.append(str(error))
    assert 0 < len(refusals) < 250
    assert [words for words in refusals if not any(name in words for name in (path.name, "Backlog", "README"))] == []


def tall_rows(count: int, more: str = "") -> str:
    return "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, count + 1)) + more


def test_merged_cells_over_one_another(tmp_path: Path) -> None:
    merged = "".join(f'<mergeCell ref="C1:D{row}"/>' for row in range(5_000, 6_000))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{tall_rows(2_000)}</sheetData><mergeCells>{merged}</mergeCells>'
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", f"{sheet}</worksheet>"))
    assert len(workbook.read("Tab").rows) == 2_000
    everywhere = TabEdit("Tab", 1, {(row, 2): 1 for row in range(2, 2_000)})
    for edit in (everywhere, TabEdit("Tab", 1, {}, [{2: 1}] * 1_000, 2_000)):
        with pytest.raises(SheetError, match=r"Tab has merged cells .* over more than 500,000 rows in all\. Unmerge"):
            workbook.write([edit])


def test_array_formulas_over_one_another(tmp_path: Path) -> None:
    arrays = '<c><f t="array" ref="A1:D2000">1</f><v>1</v></c>' * 500
    path = by_hand(tmp_path / "a.xlsx", tall_rows(2_000, f'<row r="2001">{arrays}</row>'))
    with pytest.raises(SheetError, match=r"array formulas over more than 500,000 rows.* plain values"):
        open_workbook(path).read("Tab")

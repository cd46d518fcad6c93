"""Elements are known by their namespace and place, in every part that is read or changed, whatever their prefixes."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import python_calamine

from roadwright.sheets.backend import Area, TabEdit, WorkbookUnreadable
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.backends.xlsx.markup import set_attribute
from roadwright.sheets.values import CellValue
from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, STYLES, by_hand, parts_of, with_table

STRICT, STRICT_OFFICE = (
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c><c r="B1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Refunds</t></is></c><c r="B2" s="1"><v>46173</v></c>'
    '<c r="C2"><f>B2+1</f><v>46174</v></c></row></sheetData>'
)
SAID: dict[int, dict[int, CellValue]] = {
    1: {1: "title", 2: "deadline"},
    2: {1: "Refunds", 2: dt.date(2026, 5, 31), 3: 46174},
}
EXTENSION = '<extLst><ext uri="{0}" xmlns:o="http://example.com/other">%s</ext></extLst>'
OTHERS = EXTENSION % (
    '<o:cols><o:col min="x"/></o:cols><o:mergeCell ref="nowhere"/><o:sheetData><o:row r="x"><o:c r="A9">'
    '<o:v>9</o:v></o:c></o:row></o:sheetData><o:dimension ref="?"/>'
    '<o:autoFilter ref="A1:A2"/><cols><col min="none"/></cols>'
    '<mergeCell ref="nowhere"/><sheetData><row r="x"><c r="A9"><v>9</v></c></row></sheetData>'
)
"""Extension lists in which everything has the name of something that counts elsewhere."""


def tab(xml: str, prefix: str = "", main: str = MAIN) -> str:
    """The part of a tab, all of its elements with this prefix."""
    if prefix:
        xml = re.sub(r"<(/?)(?=[A-Za-z]+[\s/>])", rf"<\1{prefix}:", xml)
    name = f"{prefix}:worksheet" if prefix else "worksheet"
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return f'<?xml version="1.0"?><{name} {declared}="{main}" xmlns:r="{OFFICE}" xmlns:mc="{MC}">{xml}</{name}>'


def made(
    path: Path,
    xml: str,
    prefix: str = "",
    main: str = MAIN,
    *,
    workbook: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> Path:
    strings = "<si><t>deadline</t></si>"
    return by_hand(path, tab(xml, prefix, main), strings=strings, workbook=workbook, more=more)


def sync(path: Path) -> dict[int, dict[int, CellValue]]:
    """Read the tab, write a status and a new row, write the same again, and read what came of it."""
    workbook = open_workbook(path)
    assert workbook.read("Tab").rows == SAID
    assert workbook.write([TabEdit("Tab", 1, {(1, 4): "status", (2, 4): "OK"}, [{1: "new", 4: "OK"}], 2)]).changed
    kept = path.read_bytes()
    assert not open_workbook(path).write([TabEdit("Tab", 1, {(1, 4): "status", (2, 4): "OK", (3, 1): "new"})]).changed
    assert path.read_bytes() == kept
    return dict(open_workbook(path).read("Tab").rows)


WRITTEN: dict[int, dict[int, CellValue]] = {
    1: SAID[1] | {4: "status"},
    2: SAID[2] | {4: "OK"},
    3: {1: "new", 4: "OK"},
}


@pytest.mark.parametrize("prefix", ["", "x", "main", "c"])
@pytest.mark.parametrize("main", [MAIN, STRICT])
@pytest.mark.parametrize("around", ["", OTHERS])
def test_any_prefix_of_either_namespace_is_read_and_changed(
    tmp_path: Path, prefix: str, main: str, around: str
) -> None:
    path = made(tmp_path / "a.xlsx", ROWS + around, prefix, main)
    assert sync(path) == WRITTEN
    part = parts_of(path)[SHEET].decode()
    assert part.count("nowhere") == (2 if around else 0)
    if main == MAIN:
        rows = python_calamine.load_workbook(path).get_sheet_by_name("Tab").to_python()
        assert [row[0] for row in rows] == ["title", "Refunds", "new"]


@pytest.mark.parametrize(
    "xml",
    [
        ROWS.replace("<row", f'<x:row xmlns:x="{MAIN}"').replace("</row", "</x:row"),
        ROWS.replace('<c r="A2"', f'<z:c xmlns:z="{MAIN}" r="A2"').replace(
            "Refunds</t></is></c>", "Refunds</t></is></z:c>"
        ),
        ROWS.replace("</sheetData>", '<o:row xmlns:o="http://example.com" r="1"/></sheetData>'),
        ROWS.replace("</row></sheetData>", EXTENSION % '<row r="9"/><c r="A9"/>' + "</row></sheetData>"),
        ROWS.replace("46174</v></c>", "46174</v>" + EXTENSION % "<v>7</v><f>8</f><is><t>no</t></is>" + "</c>"),
        ROWS.replace("Refunds</t>", "Refunds</t><rPh sb='0' eb='1'><t>hint</t></rPh>"),
        ROWS.replace(
            '<row r="2">', f'<mc:AlternateContent><mc:Choice Requires="x14" xmlns:x14="{X14}"><row r="2">'
        ).replace(
            "</sheetData>",
            '</mc:Choice><mc:Fallback><row r="2"><c r="A2"/></row></mc:Fallback></mc:AlternateContent></sheetData>',
        ),
        ROWS.replace(
            '<row r="2">',
            '<mc:AlternateContent><mc:Choice Requires="n" xmlns:n="urn:new"><row r="2"><c r="A2"><v>1</v></c></row>'
            '</mc:Choice><mc:Fallback><row r="2">',
        ).replace("</sheetData>", "</mc:Fallback></mc:AlternateContent></sheetData>"),
        "<!-- <sheetData> <row r='7'> -->" + ROWS.replace("</row><row", "</row><!-- <row r='1'/> --><row"),
        EXTENSION % "<sheetData/>" + ROWS,
    ],
    ids=["rows", "cell", "other row", "in a row", "in a cell", "hint", "choice", "fallback", "comments", "before"],
)  # fmt: skip
def test_only_what_is_in_its_place_counts(tmp_path: Path, xml: str) -> None:
    assert sync(made(tmp_path / "a.xlsx", xml)) == WRITTEN


def test_a_namespace_in_a_text_is_a_text(tmp_path: Path) -> None:
    said = f'xmlns:y="{MAIN}" xmlns="urn:x"'
    path = made(tmp_path / "a.xlsx", ROWS.replace("Refunds", said))
    workbook = open_workbook(path)
    assert workbook.read("Tab").rows[2][1] == said
    assert workbook.write([TabEdit("Tab", 1, {(2, 4): "OK"})]).changed
    assert b"<y:" not in parts_of(path)[SHEET]


def test_a_part_of_another_namespace_is_no_tab(tmp_path: Path) -> None:
    for main in ("http://example.com/main", ""):
        path = by_hand(tmp_path / "a.xlsx", tab(ROWS, main=main) if main else f"<worksheet>{ROWS}</worksheet>")
        with pytest.raises(WorkbookUnreadable, match="holds no tab"):
            open_workbook(path).read("Tab")
        path.unlink()


@pytest.mark.parametrize("main", [MAIN, STRICT])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_the_workbook_part(tmp_path: Path, main: str, prefix: str) -> None:
    office = OFFICE if main == MAIN else STRICT_OFFICE
    declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    workbook = (
        f'<{prefix}workbook {declared}="{main}" xmlns:q="{office}"><{prefix}workbookPr date1904="1"/><{prefix}sheets>'
        f'<{prefix}sheet name="Tab" sheetId="1" q:id="rId1"/></{prefix}sheets><{prefix}extLst><{prefix}ext '
        'uri="{140A7094}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main" '
        f'xmlns="{main}"><x15:workbookPr chartTrackingRefBase="1"/><workbookPr/><calcPr fullCalcOnLoad="1"/>'
        f'<sheets><sheet name="Other" sheetId="2" q:id="rId1"/></sheets></{prefix}ext></{prefix}extLst>'
        f"</{prefix}workbook>"
    )
    path = made(tmp_path / "a.xlsx", ROWS, workbook=workbook)
    read = open_workbook(path)
    assert read.tabs() == ["Tab"]
    assert read.read("Tab").rows[2][2] == dt.date(2030, 6, 1)
    assert read.write([TabEdit("Tab", 1, {(2, 4): dt.date(2026, 5, 31)})]).changed
    part = parts_of(path)["xl/workbook.xml"].decode()
    # The tab has a formula: it is asked for in its place, before the extension list.
    assert f'<{prefix}calcPr calcId="0" fullCalcOnLoad="1"/><{prefix}extLst>' in part
    assert open_workbook(path).read("Tab").rows[2][4] == dt.date(2026, 5, 31)
    assert open_workbook(path).read("Tab").stale


def test_relations_are_known_by_their_whole_type(tmp_path: Path) -> None:
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships" xmlns:o="urn:other">'
        f'<Relationship Id="rId9" Type="http://example.com/styles" Target="nothing.xml"/>'
        '<o:Relationship Id="rId1" Type="http://example.com/worksheet" Target="nothing.xml"/>'
        f'<Relationship Id="rId1" Type="{STRICT_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    path = made(
        tmp_path / "a.xlsx",
        ROWS,
        more={"xl/_rels/workbook.xml.rels": links, "xl/nothing.xml": "<nothing/>"},
    )
    assert sync(path) == WRITTEN


def test_styles_and_texts_count_what_is_in_its_place(tmp_path: Path) -> None:
    extra = (
        EXTENSION
        % '<o:xf/><cellXfs><xf numFmtId="14"/></cellXfs><numFmts><numFmt numFmtId="164" formatCode="0"/></numFmts>'
    )
    styles = STYLES.replace("<fonts", f'<mc:AlternateContent xmlns:mc="{MC}"/><fonts').replace(
        "</styleSheet>", extra + "</styleSheet>"
    )
    strings = (
        '<o:si xmlns:o="urn:other"><o:t>none</o:t></o:si><si><rPh sb="0" eb="1"><t>hint</t></rPh><r><rPr><b/></rPr>'
        "<t>dead</t></r><r><t>line</t></r><phoneticPr/></si>" + EXTENSION % "<si><t>none</t></si>"
    )
    path = by_hand(tmp_path / "a.xlsx", tab(ROWS), styles=styles, strings=strings)
    assert sync(path) == WRITTEN
    assert open_workbook(path).write([TabEdit("Tab", 1, {(2, 1): dt.date(2026, 1, 1)})]).changed
    assert open_workbook(path).read("Tab").rows[2][1] == dt.date(2026, 1, 1)
    assert extra in parts_of(path)["xl/styles.xml"].decode()


@pytest.mark.parametrize("prefix", ["", "t:"])
def test_a_table_with_the_table_of_an_extension(tmp_path: Path, prefix: str) -> None:
    extension = (
        f'<{prefix}extLst><{prefix}ext xmlns:x14="{X14}" uri="504A1905"><x14:table altText="Ideas" ref="?"/>'
        f"</{prefix}ext></{prefix}extLst>"
    )
    table = (
        f'<{prefix}table xmlns{":t" if prefix else ""}="{MAIN}" id="1" name="T" displayName="a ref=\'Z9\'" ref="A1:B2">'
        f'<{prefix}autoFilter ref="A1:B2"/><{prefix}tableColumns count="2"><{prefix}tableColumn id="1" name="title"/>'
        f'<{prefix}tableColumn id="2" name="deadline"/></{prefix}tableColumns>{extension}</{prefix}table>'
    )
    more = with_table("")
    path = made(tmp_path / "a.xlsx", ROWS.replace('<c r="C2"><f>B2+1</f><v>46174</v></c>', ""),
                more=more | {"xl/tables/table1.xml": table})  # fmt: skip
    edit = TabEdit("Tab", 1, {(1, 3): "status"}, [{1: "new", 3: "OK"}], 2)
    assert open_workbook(path).write([edit]).changed
    part = parts_of(path)["xl/tables/table1.xml"].decode()
    assert 'ref="A1:C3"' in part
    assert 'ref="?"' in part
    assert "a ref='Z9'" in part
    assert f'<{prefix}tableColumn id="3" name="status"/></{prefix}tableColumns>' in part


def test_ranges_grow_in_their_place_only(tmp_path: Path) -> None:
    around = (
        '<dataValidations count="1"><dataValidation type="list" sqref="B2:B2">'
        f'<mc:AlternateContent><mc:Choice xmlns:x12ac="http://schemas.microsoft.com/office/spreadsheetml/2011/1/ac" '
        'Requires="x12ac"><x12ac:list>a,"b,c"</x12ac:list></mc:Choice><mc:Fallback><formula1>"a,b"</formula1>'
        "</mc:Fallback></mc:AlternateContent></dataValidation></dataValidations>"
        '<mc:AlternateContent><mc:Choice Requires="x14"><controls><control><controlPr><anchor><from>'
        '<xdr:col xmlns:xdr="urn:drawing">3</xdr:col></from></anchor></controlPr></control></controls></mc:Choice>'
        "</mc:AlternateContent>"
        f'<extLst><ext xmlns:x14="{X14}" xmlns:xm="{XM}" xmlns:o="urn:other"><x14:conditionalFormattings>'
        "<x14:conditionalFormatting><xm:sqref>A2:B2</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
        "<o:conditionalFormatting><xm:sqref>A2:B2</xm:sqref></o:conditionalFormatting>"
        '<dataValidation sqref="A2:A2"/></ext></extLst>'
    ).replace('<mc:Choice Requires="x14">', f'<mc:Choice xmlns:x14="{X14}" Requires="x14">')
    path = made(tmp_path / "a.xlsx", ROWS + around)
    assert sync(path) == WRITTEN
    part = parts_of(path)[SHEET].decode()
    assert 'type="list" sqref="B2:B3"' in part
    assert "<x14:conditionalFormatting><xm:sqref>A2:B3" in part
    assert "<o:conditionalFormatting><xm:sqref>A2:B2" in part
    assert '<dataValidation sqref="A2:A2"/>' in part


def test_merged_cells_are_those_of_the_tab(tmp_path: Path) -> None:
    merges = '<mergeCells count="1"><mergeCell ref="E4:F5"/></mergeCells>'
    path = made(tmp_path / "a.xlsx", ROWS + merges + OTHERS, "p")
    assert open_workbook(path).read("Tab").merged == [Area(4, 5, 5, 6)]


def test_the_name_of_a_filter_moves_whatever_its_markup(tmp_path: Path) -> None:
    workbook = (
        f'<b:workbook xmlns:b="{MAIN}" xmlns:r="{OFFICE}"><b:sheets><b:sheet name="Tab" sheetId="1" r:id="rId1"/>'
        "</b:sheets><b:definedNames><b:definedName localSheetId = '0' hidden='1' name='_xlnm._FilterDatabase'"
        ">Tab!<!-- kept out -->$A$1:$C$2</b:definedName></b:definedNames></b:workbook>"
    )
    path = made(tmp_path / "a.xlsx", ROWS + '<autoFilter ref="A1:C2"/>', workbook=workbook)
    assert sync(path) == WRITTEN
    assert b"Tab!$A$1:$D$3</b:definedName>" in parts_of(path)["xl/workbook.xml"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize(
    "declared", ['<?xml version="1.0" encoding="UTF-16" standalone="yes"?>', "<?xml version='1.0'?>", ""]
)
def test_parts_in_utf_16_are_read_and_written_in_utf_8(
    tmp_path: Path, encoding: str, mark: bool, declared: str
) -> None:
    path = tmp_path / "a.xlsx"
    made(path, ROWS.replace("Refunds", "Rückzahlung ✓ 𝄞").replace("<is>", '<is encoding="x">', 1))
    parts = {
        name: (("\ufeff" if mark else "") + declared + re.sub(r"^<\?xml.*?\?>", "", content.decode())).encode(encoding)
        for name, content in parts_of(path).items()
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    workbook = open_workbook(path)
    assert workbook.read("Tab").rows[2] == SAID[2] | {1: "Rückzahlung ✓ 𝄞"}
    assert workbook.write([TabEdit("Tab", 1, {(2, 4): "prêt"})]).changed
    after = parts_of(path)
    assert {name for name in parts if parts[name] != after[name]} == {SHEET, "xl/workbook.xml"}
    assert after[SHEET].decode("utf-8").startswith(declared.replace("UTF-16", "UTF-8") + "<worksheet")
    assert b'<is encoding="x">' in after[SHEET]
    assert open_workbook(path).read("Tab").rows[2][4] == "prêt"


def test_a_declared_encoding_that_is_not_used_does_no_harm(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", ROWS)
    part = parts_of(path)[SHEET].decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"')
    assert sync(by_hand(tmp_path / "b.xlsx", part, strings="<si><t>deadline</t></si>")) == WRITTEN


def test_a_damaged_tab_stops_no_other_tab(tmp_path: Path) -> None:
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Tab" sheetId="1" r:id="rId1"/>'
        '<sheet name="Broken" sheetId="2" r:id="rId8"/></sheets></workbook>'
    )
    path = made(tmp_path / "a.xlsx", ROWS, workbook=workbook)
    links = (
        parts_of(path)["xl/_rels/workbook.xml.rels"]
        .decode()
        .replace("</Rel", f'<Relationship Id="rId8" Type="{OFFICE}/worksheet" Target="worksheets/sheet8.xml"/></Rel')
    )
    path = made(
        tmp_path / "b.xlsx", ROWS, workbook=workbook,
        more={"xl/_rels/workbook.xml.rels": links, "xl/worksheets/sheet8.xml": "<worksheet><oops"},
    )  # fmt: skip
    assert sync(path) == WRITTEN
    with pytest.raises(WorkbookUnreadable, match=re.escape("b.xlsx (part sheet8.xml) is damaged")):
        open_workbook(path).read("Broken")


@pytest.mark.parametrize(
    ("tag", "after"),
    [
        (b"<t ref='1'/>", b'<t ref="2"/>'),
        (b"<t name=\" ref='1'\" ref='1'>", b'<t name=" ref=\'1\'" ref="2">'),
        (b"<t x:ref='1'>", b"<t x:ref='1' ref=\"2\">"),
        (b'<t\n\tref = "1"\n>', b'<t ref="2"\n>'),
    ],
)
def test_an_attribute_is_set_where_it_is(tag: bytes, after: bytes) -> None:
    assert set_attribute(tag, "ref", "2") == after

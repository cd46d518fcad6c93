"""Small workbooks from hand-written XML, and how to take a workbook apart."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><fonts count="2"><font/><font><b/></font></fonts>'
    "<fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs count="5"><xf numFmtId="0" fontId="0"/><xf numFmtId="164" fontId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="9" fontId="1"><alignment wrapText="1"/></xf><xf numFmtId="165"/><xf numFmtId="22"/>'
    "</cellXfs></styleSheet>"
)
"""Cell formats: 0 general, 1 a date, 2 percent and wrapped, 3 elapsed time, 4 date and time."""


def by_hand(
    path: Path,
    sheet: str | bytes,
    *,
    strings: str = "",
    styles: str | None = STYLES,
    workbook: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> Path:
    """A workbook with one tab, ``Tab``, whose part is this XML (or these rows, which are wrapped)."""
    if isinstance(sheet, str) and not sheet.lstrip().startswith(("<?xml", "<worksheet", "<x:worksheet")):
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
    kinds = {"worksheet": "worksheets/sheet1.xml"}
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": workbook
        or f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Tab" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    if styles is not None:
        kinds["styles"] = "styles.xml"
        parts["xl/styles.xml"] = styles
    if strings:
        kinds["sharedStrings"] = "sharedStrings.xml"
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if more and "xl/calcChain.xml" in more:
        kinds["calcChain"] = "calcChain.xml"
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(kinds.items(), start=1)
    )
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
    parts |= more or {}
    parts["[Content_Types].xml"] = _content_types(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _content_types(parts: Collection[str]) -> str:
    kinds = {
        "xl/workbook.xml": "sheet.main",
        "xl/worksheets/sheet1.xml": "worksheet",
        "xl/styles.xml": "styles",
        "xl/sharedStrings.xml": "sharedStrings",
        "xl/tables/table1.xml": "table",
        "xl/calcChain.xml": "calcChain",
    }
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{_CONTENT}.{kind}+xml"/>'
        for part, kind in kinds.items()
        if part in parts
    )
    default = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{default}{overrides}</Types>'


def with_table(table: str) -> dict[str, str]:
    """The parts that give the tab of a hand-made workbook one table; ``table`` is its part without the namespace."""
    return {
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{OFFICE}/table" Target="../tables/table1.xml"/></Relationships>',
        "xl/tables/table1.xml": table.replace("<table ", f'<table xmlns="{MAIN}" ', 1),
    }


def parts_of(path: Path) -> dict[str, bytes]:
    """Every part's content, by name."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed_parts_of(path: Path) -> dict[str, bytes]:
    """Every part's bytes as they lie compressed in the file, by name."""
    data = path.read_bytes()
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            name_size, extra_size = struct.unpack_from("<HH", data, entry.header_offset + 26)
            at = entry.header_offset + 30 + name_size + extra_size
            found[entry.filename] = data[at : at + entry.compress_size]
    return found


def without_cells(sheet: bytes, names: Collection[str]) -> bytes:
    """The bytes of a tab's part with these cells cut out, to compare the rest."""
    for name in names:
        sheet = re.sub(rb'<c r="' + name.encode() + rb'"(?:[^>]*/>|[^>]*[^/]>.*?</c>)', b"", sheet, flags=re.DOTALL)
    return sheet


def rezipped(path: Path, changes: Mapping[str, bytes]) -> None:
    """Put parts into a workbook, or others in their place."""
    parts = parts_of(path) | dict(changes)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

"""What teams build around a backlog: a pivot table with a slicer, threaded comments, charts, names, print areas.

XlsxWriter makes what it can. The pivot table, the slicer and the comments are parts by hand, with the names, content
types and relationships of ECMA-376 part 1 (chapter 18.10) and [MS-XLSX] (2.1.16, 2.1.17 and 2.6.205 ff.).
"""

from __future__ import annotations

import re
from pathlib import Path

import xlsxwriter

from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, parts_of, rezipped

HEADER = ["initiative_key", "title", "department", "engineering_tokens", "my share"]
LAST = 13
"""The last row of data on tab Backlog, whose header stands in row 1; a side table stands in H1:I13."""

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_SLICER = "http://schemas.microsoft.com/office/2007/relationships/slicer"
_NO_LINKS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
_PERSON = "{6A5B1E0D-8E2F-4E0B-9C3E-6A1F2B3C4D5E}"
_TYPES = {
    "xl/pivotCache/pivotCacheDefinition1.xml": f"{_SPREADSHEET}.pivotCacheDefinition+xml",
    "xl/pivotCache/pivotCacheRecords1.xml": f"{_SPREADSHEET}.pivotCacheRecords+xml",
    "xl/pivotTables/pivotTable1.xml": f"{_SPREADSHEET}.pivotTable+xml",
    "xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml",
    "xl/slicerCaches/slicerCache1.xml": "application/vnd.ms-excel.slicerCache+xml",
    "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
    "xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
}
_RECORDS = "".join(
    f'<r><s v="INIT-{row:06d}"/><s v="Idea {row}"/><x v="{row % 2}"/><n v="{row * 10}"/><n v="{row * 20}"/></r>'
    for row in range(2, LAST + 1)
)
_SHARED = {"department": '<s v="Care"/><s v="Growth"/>'}
_FIELDS = "".join(
    f'<cacheField name="{name}" numFmtId="0"><sharedItems>{_SHARED.get(name, "")}</sharedItems></cacheField>'
    for name in HEADER
)
_PARTS = {
    "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId901" '
    'refreshedBy="Ann" refreshedDate="46000.5" createdVersion="8" refreshedVersion="8" minRefreshableVersion="3" '
    f'recordCount="{LAST - 1}"><cacheSource type="worksheet"><worksheetSource ref="A1:E{LAST}" sheet="Backlog"/>'
    f'</cacheSource><cacheFields count="5">{_FIELDS}</cacheFields></pivotCacheDefinition>',
    "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{MAIN}" count="{LAST - 1}">{_RECORDS}'
    "</pivotCacheRecords>",
    "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{MAIN}" name="Tokens" cacheId="7" '
    'dataCaption="Values" updatedVersion="8" createdVersion="8"><location ref="A3:B6" firstHeaderRow="1" '
    'firstDataRow="1" firstDataCol="1"/><pivotFields count="5"><pivotField showAll="0"/><pivotField showAll="0"/>'
    '<pivotField axis="axisRow" showAll="0"><items count="3"><item x="0"/><item x="1"/><item t="default"/></items>'
    '</pivotField><pivotField dataField="1" showAll="0"/><pivotField showAll="0"/></pivotFields><rowFields count="1">'
    '<field x="2"/></rowFields><rowItems count="3"><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i></rowItems>'
    '<colItems count="1"><i/></colItems><dataFields count="1"><dataField name="Sum of engineering_tokens" fld="3" '
    'baseField="0" baseItem="0"/></dataFields></pivotTableDefinition>',
    "xl/slicers/slicer1.xml": f'<slicers xmlns="{_X14}"><slicer name="department" cache="Slicer_department" '
    'caption="department" rowHeight="241300"/></slicers>',
    "xl/slicerCaches/slicerCache1.xml": f'<slicerCacheDefinition xmlns="{_X14}" name="Slicer_department" '
    'sourceName="department"><pivotTables><pivotTable tabId="2" name="Tokens"/></pivotTables>'
    '<data><tabular pivotCacheId="7"><items count="2"><i x="0" s="1"/><i x="1" s="1"/></items></tabular></data>'
    "</slicerCacheDefinition>",
    "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{_THREADS}"><threadedComment ref="B{LAST}" '
    f'dT="2026-03-01T09:30:00.00" personId="{_PERSON}" id="{{11111111-2222-3333-4444-555555555555}}"><text>Really?'
    f'</text></threadedComment><threadedComment ref="B{LAST}" dT="2026-03-01T09:31:00.00" personId="{_PERSON}" '
    'id="{22222222-2222-3333-4444-555555555555}" parentId="{11111111-2222-3333-4444-555555555555}"><text>Yes.</text>'
    "</threadedComment></ThreadedComments>",
    "xl/persons/person.xml": f'<personList xmlns="{_THREADS}"><person displayName="Ann" id="{_PERSON}" userId="ann" '
    'providerId="None"/></personList>',
    "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": "pivotCacheRecords pivotCacheRecords1.xml",
    "xl/pivotTables/_rels/pivotTable1.xml.rels": "pivotCacheDefinition ../pivotCache/pivotCacheDefinition1.xml",
}


def surrounded_workbook(path: Path) -> Path:
    """Make the workbook: tabs Backlog, Pivot (pivot table and slicer), Charts and Lists."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Backlog")
        pivot, charts = book.add_worksheet("Pivot"), book.add_worksheet("Charts")
        lists = book.add_worksheet("Lists")
        money = book.add_format({"num_format": "#,##0.0", "bg_color": "#EEEEEE"})
        sheet.write_row(0, 0, HEADER)
        for row in range(1, LAST):
            sheet.write_row(row, 0, [f"INIT-{row + 1:06d}", f"Idea {row + 1}", ["Growth", "Care"][row % 2]])
            sheet.write_number(row, 3, row * 10, money)
            sheet.write_formula(row, 4, f"=D{row + 1}/SUM($D$2:$D${LAST})", None, 0.5)
            sheet.set_row(row, None, None, {"level": 1, "hidden": row > 8})
        for row in range(LAST):
            sheet.write_row(row, 7, ["Legend", "Meaning"] if row == 0 else [f"L{row}", f"M{row}"])
        sheet.write_comment(LAST - 1, 1, "[Threaded comment] Really?", {"author": "tc={1}"})
        sheet.print_area(0, 0, LAST - 1, 4)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, LAST - 1, 4)
        sheet.conditional_format(1, 7, LAST - 1, 8, {"type": "no_blanks"})
        sheet.conditional_format(1, 3, LAST - 1, 3, {"type": "data_bar"})
        pivot.write(2, 0, "department")
        lists.data_validation("A1", {"validate": "list", "source": f"=Backlog!$A$2:$A${LAST}"})
        lists.data_validation("A2", {"validate": "list", "source": "=Backlog!$H$2:$H$13"})
        charts.add_sparkline("A1", {"range": f"Backlog!D2:D{LAST}"})
        charts.add_sparkline("A2", {"range": f"Backlog!D{LAST}:E{LAST}"})
        _add_charts(book, charts)
        book.define_name("Tokens", f"=Backlog!$D$2:$D${LAST}")
        book.define_name("Total", f"=SUM(Backlog!$D$2:$D${LAST})")
        book.define_name("First", "=Backlog!$D$2:$D$5")
        book.define_name("Legend", f"=Backlog!$H$2:$I${LAST}")
    _add_parts_by_hand(path)
    return path


def _add_charts(book: xlsxwriter.Workbook, charts: xlsxwriter.workbook.Worksheet) -> None:
    for place, values in (("C3", f"$D$2:$D${LAST}"), ("C20", "$D$2:$D$5")):
        chart = book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": "=Backlog!$D$1",
                "categories": f"=Backlog!{values.replace('D', 'A')}",
                "values": f"=Backlog!{values}",
            }
        )
        charts.insert_chart(place, chart)


def _add_parts_by_hand(path: Path) -> None:
    parts = parts_of(path)
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _TYPES.items())
    changes = {name: _as_part(content) for name, content in _PARTS.items()}
    changes["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", f"{overrides}</Types>".encode())
    book = parts["xl/workbook.xml"]
    pivots = '<pivotCaches><pivotCache cacheId="7" r:id="rId901"/></pivotCaches>'
    slicers = (
        f'<extLst><ext uri="{{BBE1A952-AA13-448e-AADC-164F8A28A991}}" xmlns:x14="{_X14}"><x14:slicerCaches>'
        '<x14:slicerCache r:id="rId902"/></x14:slicerCaches></ext></extLst>'
    )
    book = re.sub(rb' fullCalcOnLoad="1"', b"", book)
    changes["xl/workbook.xml"] = book.replace(b"</workbook>", f"{pivots}{slicers}</workbook>".encode())
    changes["xl/_rels/workbook.xml.rels"] = _linked(
        parts["xl/_rels/workbook.xml.rels"],
        (f"{OFFICE}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
        ("http://schemas.microsoft.com/office/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"),
        ("http://schemas.microsoft.com/office/2017/10/relationships/person", "persons/person.xml"),
    )
    changes["xl/worksheets/_rels/sheet1.xml.rels"] = _linked(
        parts["xl/worksheets/_rels/sheet1.xml.rels"],
        (
            "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
            "../threadedComments/threadedComment1.xml",
        ),
    )
    changes["xl/worksheets/_rels/sheet2.xml.rels"] = _linked(
        _NO_LINKS, (f"{OFFICE}/pivotTable", "../pivotTables/pivotTable1.xml"), (_SLICER, "../slicers/slicer1.xml")
    )
    rezipped(path, changes)


def _as_part(content: str) -> bytes:
    if not content.startswith("<"):
        kind, target = content.split()
        return _linked(_NO_LINKS, (f"{OFFICE}/{kind}", target))
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}'.encode()


def _linked(raw: bytes, *links: tuple[str, str]) -> bytes:
    new = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, start=901)
    )
    return raw.replace(b"</Relationships>", new.encode() + b"</Relationships>")

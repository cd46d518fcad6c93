"""An intake workbook as a team grew it: everything in it outlives a sync."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import cell_name
from tests.house import House, make_house
from tests.sheets.backends.xlsx.rich import ROWS, rich_workbook
from tests.sheets.backends.xlsx.workbooks import parts_of, without_cells

pytestmark = pytest.mark.files

SETTINGS = """
[[intake]]
workbook = "Rich.xlsx"
tabs = ["Backlog", "Filtered"]
[[intake]]
workbook = "Rich.xlsx"
tabs = ["Ideas"]
header_row = 3
"""
SHEETS = [f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)]


@pytest.fixture
def rich(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A workspace with the rich workbook as intake: a plain range, a filtered range and a table further down."""
    made = make_house(tmp_path / "workspace", database_url, more_settings=SETTINGS)
    path = rich_workbook(made.root / "Rich.xlsx")
    no_keys = {(row, 1): None for row in range(2, ROWS + 2)}
    assert open_workbook(path).write([TabEdit("Backlog", 1, no_keys)]).changed
    yield made
    made.workspace.close()


def around_the_cells(sheet: bytes) -> bytes:
    """A tab's part without its rows, without the columns that are added, and without the ranges that grow with them."""
    outside = re.sub(rb"<sheetData>.*</sheetData>", b"", sheet, flags=re.DOTALL)
    outside = re.sub(rb'<col min="([0-9]+)" max="\1" width="(?:17.3|56|34|30)"[^>]* customWidth="1"/>', b"", outside)
    outside = outside.replace(b"<cols></cols>", b"")
    return re.sub(rb'<(dimension|autoFilter) ref="[A-Z0-9:]+"', rb"<\1", outside)


def other_cells(sheet: bytes, ours: list[str]) -> bytes:
    """The rows of a tab's part without our cells, and without the hint how wide each row is."""
    rows = re.search(rb"<sheetData>.*</sheetData>", without_cells(sheet, ours), flags=re.DOTALL)
    assert rows is not None
    return re.sub(rb' spans="[0-9: ]+"', b"", rows[0])


def settled(workbook: bytes) -> bytes:
    """The workbook's own part without the flag to recalculate, and without the columns of hidden filter names."""
    return re.sub(rb"\$[A-Z]+\$", b"$", workbook.replace(b' fullCalcOnLoad="1"', b""))


def our_cells(house: House, tab: str, own: tuple[str, ...]) -> list[str]:
    place = house.place(tab)
    header = house.workspace.open(place).read(place.tab).rows[place.header_row]
    columns = [column for column, name in header.items() if name in own]
    numbers = [place.header_row, *(row.number for row in house.rows(tab))]
    return [cell_name(row, column) for row in numbers for column in columns]


def test_everything_in_the_workbook_outlives_a_sync(rich: House) -> None:
    path = rich.root / "Rich.xlsx"
    before = parts_of(path)
    outcome = rich.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["ok"]) == (21, 42)  # on intake and on the Backlog
    after = parts_of(path)
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {*SHEETS, "xl/tables/table1.xml", "xl/workbook.xml"}
    assert settled(after["xl/workbook.xml"]) == settled(before["xl/workbook.xml"])
    own = ("run_status", "updated_source", "updated_at")
    tabs = {"Rich.xlsx!Backlog": own, "Ideas": ("initiative_key", *own), "Filtered": ("initiative_key", *own)}
    for name, (tab, columns) in zip(SHEETS, tabs.items(), strict=True):
        assert around_the_cells(after[name]) == around_the_cells(before[name])
        ours = our_cells(rich, tab, columns)
        if tab == "Rich.xlsx!Backlog":
            ours += [f"A{row}" for row in range(2, ROWS + 2)]
        assert other_cells(after[name], ours) == other_cells(before[name], ours)
    for key, title in (("INIT-000001", "Faster checkout no. 1"), ("INIT-000017", "idea 1"), ("INIT-000013", "t1")):
        assert rich.row("Central_Backlog.xlsx!Backlog", key).text("title") == title
    whole = path.read_bytes()
    rich.done("pm.backlog_sync")
    assert path.read_bytes() == whole


def test_other_programs_still_read_it(rich: House) -> None:
    path = rich.root / "Rich.xlsx"
    rich.done("pm.backlog_sync")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it can't keep; it is only asked to read
        values, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    assert values["Backlog"]["F2"].value == 25
    assert formulas["Backlog"]["F2"].value == "=C2*2"
    comment = formulas["Backlog"]["B3"].comment
    assert comment is not None
    assert comment.text == "Ask Ann\nfirst"
    assert formulas["Ideas"].tables["Ideas"].ref == "B3:J8"
    assert values["Ideas"]["G4"].value == "INIT-000017"


def test_formulas_in_input_cells_are_read_by_their_value(house: House) -> None:
    path = house.file("Intake")
    path.unlink()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Intake")
        sheet.write_row(0, 0, ["title", "country", "deadline_date"])
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_formula(1, 0, '="Faster "&"search"', None, "Faster search")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_formula(1, 2, "=DATE(2026,5,31)", date, 46173)
    house.done("pm.backlog_sync")
    row = house.row("Backlog", "INIT-000001")
    shown = [row.text(name) for name in ("title", "country", "deadline_date")]
    assert shown == ["Faster search", "", "2026-05-31"]
    assert house.status("Intake", "INIT-000001") == (
        "WARNING: country: the cell shows the error #N/A; correct its formula or type the value; "
        "the idea is on the backlog without it"
    )
    assert openpyxl.load_workbook(path)["Intake"]["A2"].value == '="Faster "&"search"'
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before

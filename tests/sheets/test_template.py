"""Template workbooks, with openpyxl as the witness of what is in the file."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from roadwright.sheets.backend import Grid, SheetError, TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.kinds import BOOLEAN, CHOSEN, COUNT, DATE, KEY, LONG_TEXT, NUMBER, PERIOD, SCORE, TEXT, choice
from roadwright.sheets.lists import lists_edit
from roadwright.sheets.read import read_table
from roadwright.sheets.rules import LAST_ROW
from roadwright.sheets.spec import Column, Guide, Kind, Layout, Owner, TabSpec, Tone
from roadwright.sheets.template import header_note, template_bytes, write_template
from roadwright.sheets.values import CellValue, column_letters
from roadwright.tabs import INTAKE, TABS, workbooks
from roadwright.tabs.guides import GUIDES

SPEC = TabSpec(
    name="Ideas",
    workbook="Box",
    help="Ideas.",
    identity=("idea_key",),
    columns=(
        Column("idea_key", Owner.SYSTEM, KEY, "Given."),
        Column("title", Owner.INPUT, TEXT, "Its name.", required=True, aliases=("name", "headline")),
        Column("size", Owner.INPUT, NUMBER, "How big.", group="Size"),
        Column("effort", Owner.INPUT, NUMBER, "How much work.", group="Effort"),
        Column("size_score", Owner.DERIVED, SCORE, "How big, in points.", group="Size scores"),
        Column("is_urgent", Owner.INPUT, BOOLEAN, "Whether it can't wait.", blank_means=False),
        Column("state", Owner.INPUT, choice(("new", "done")), "Where it stands.", blank_means="new"),
        Column("seen_state", Owner.DERIVED, choice(("new", "done")), "Where it stood."),
        Column("due", Owner.INPUT, DATE, "When."),
        Column("period", Owner.INPUT, PERIOD, "The period."),
        Column("gain", Owner.SHARED, LONG_TEXT, "What it brings."),
        Column("rank", Owner.DERIVED, COUNT, "Its place."),
        Column("mood", Owner.DERIVED, choice(("fine", "bad"), {"bad": Tone.BAD}), "How it is.", minor=True),
        Column("chosen", Owner.DERIVED, CHOSEN, "Whether it is in.", minor=True),
        Column("notes", Owner.SHEET_ONLY, LONG_TEXT, "Your notes."),
        Column("seal", Owner.SYSTEM, TEXT, "For machines.", technical=True),
        Column("run_status", Owner.SYSTEM, TEXT, "What happened."),
    ),
)
POSITION = {column.name: number for number, column in enumerate(SPEC.columns, start=1)}


def opened(*specs: TabSpec) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template_bytes(specs)))


@pytest.fixture(scope="module")
def sheet() -> Worksheet:
    return opened(SPEC)["Ideas"]


def column_format(sheet: Worksheet, name: str) -> str:
    return sheet.column_dimensions[column_letters(POSITION[name])].number_format


def fill(sheet: Worksheet, name: str) -> str:
    return str(sheet.cell(1, POSITION[name]).fill.fgColor.rgb)


def test_the_header_holds_the_fields_names_in_words_and_nothing_stands_below(sheet: Worksheet) -> None:
    assert [cell.value for cell in sheet[1]] == [column.header for column in SPEC.columns]
    assert [cell.value for cell in sheet[1]][:4] == ["Idea key", "Run status", "Title", "Size"]
    assert sheet.max_row == 1
    assert not sheet.tables
    assert not sheet.merged_cells.ranges


def test_header_and_the_columns_that_tell_a_row_stay_in_sight(sheet: Worksheet) -> None:
    assert sheet.freeze_panes == "D2"


def test_frozen_columns_leave_room_to_scroll() -> None:
    wide = tuple(Column(f"key_{n}", Owner.INPUT, TEXT, "A part of the key.", required=True) for n in range(7))
    spec = TabSpec("Wide", "Box", "", wide, tuple(column.name for column in wide))
    assert opened(spec)["Wide"].freeze_panes == "E2"
    no_key_in_front = TabSpec("Far", "Box", "", (*wide, Column("key", Owner.INPUT, KEY, "")), ("key",))
    assert opened(no_key_in_front)["Far"].freeze_panes == "A2"


def test_the_filter_spans_the_header_and_the_rows_to_come(sheet: Worksheet) -> None:
    assert sheet.auto_filter.ref == f"A1:{column_letters(len(SPEC.columns))}{LAST_ROW}"


def test_headers_look_different_by_owner_and_required_ones_are_underlined(sheet: Worksheet) -> None:
    fills = {name: fill(sheet, name) for name in ("title", "gain", "notes", "rank")}
    assert len(set(fills.values())) == 4
    assert fill(sheet, "idea_key") == fill(sheet, "rank")
    assert sheet.cell(1, POSITION["title"]).font.b
    assert not sheet.cell(1, POSITION["rank"]).font.b
    assert sheet.cell(1, POSITION["title"]).border.bottom.style == "thick"
    assert sheet.cell(1, POSITION["due"]).border.bottom.style == "thin"


def test_groups_have_a_shade_of_their_own(sheet: Worksheet) -> None:
    assert len({fill(sheet, "title"), fill(sheet, "size"), fill(sheet, "effort")}) == 3
    assert fill(sheet, "size_score") not in {fill(sheet, "rank"), fill(sheet, "size")}


def validations(sheet: Worksheet) -> dict[str, tuple[str, str]]:
    """By column: what is checked, and the words or the formula."""
    found = {}
    for validation in sheet.data_validations.dataValidation:
        for cells in validation.sqref.ranges:
            for position in range(cells.min_col, cells.max_col + 1):
                assert (cells.min_row, cells.max_row) == (2, LAST_ROW)
                found[SPEC.columns[position - 1].name] = (str(validation.type), str(validation.formula1))
    return found


def test_words_are_offered_where_people_type(sheet: Worksheet) -> None:
    found = validations(sheet)
    assert found["is_urgent"] == ("list", '"TRUE,FALSE"')
    assert found["state"] == ("list", '"new,done"')
    assert {"title", "size", "due", "gain", "notes"}.isdisjoint(found)


def test_only_the_words_of_a_choice_take_nothing_else(sheet: Worksheet) -> None:
    forbidding = [
        validation
        for validation in sheet.data_validations.dataValidation
        if validation.showErrorMessage and validation.errorStyle != "warning"
    ]
    assert [str(validation.formula1) for validation in forbidding] == ['"new,done"']
    assert forbidding[0].errorStyle in (None, "stop")  # what a file leaves out is stop
    assert "new, done" in str(forbidding[0].error)


def test_what_exists_is_offered_from_a_hidden_tab_and_other_texts_are_taken() -> None:
    columns = (
        Column("title", Owner.INPUT, TEXT, "Its name."),
        Column("owner", Owner.INPUT, TEXT, "Who.", offers="people"),
        Column("kpi_key", Owner.INPUT, TEXT, "Which.", offers="kpi_keys"),
        Column("asked_by", Owner.SHEET_ONLY, TEXT, "Who.", offers="people"),
        Column("seen_by", Owner.DERIVED, TEXT, "Who.", offers="runs"),
    )
    book = opened(TabSpec("T", "B", "", columns, ("title",)))
    assert (book.sheetnames, book["_Lists"].sheet_state) == (["T", "_Lists"], "hidden")
    assert [cell.value for cell in book["_Lists"][1]] == ["People", "KPI keys"]
    found = {str(v.sqref): v for v in book["T"].data_validations.dataValidation if v.type == "list"}
    people = "OFFSET(_Lists!$A$2,0,0,MAX(1,COUNTA(_Lists!$A$2:$A$2001)),1)"
    assert {cells: str(v.formula1) for cells, v in found.items()} == {
        f"B2:B{LAST_ROW}": people,
        f"C2:C{LAST_ROW}": people.replace("$A", "$B"),
        f"D2:D{LAST_ROW}": people,
    }
    assert not any(v.showErrorMessage for v in found.values())


def test_the_lists_are_written_where_they_differ_and_other_columns_are_left() -> None:
    def grid(*rows: tuple[str | None, ...]) -> Grid:
        cells = ({column: text for column, text in enumerate(row, 1) if text is not None} for row in rows)
        return Grid({number: dict(row) for number, row in enumerate(cells, 1)})

    held = grid(("People", "My own", "kpi_keys"), ("Ann", "x", "gmv"), ("Bob", None, "arr"))
    assert lists_edit(held, {"people": ["Ann", "Bob"], "kpi_keys": ["gmv", "arr"], "runs": ["OPT-1"]}) is None
    edit = lists_edit(held, {"people": ["Bob"], "kpi_keys": ["gmv", "nps", "arr"]})
    assert edit is not None
    assert edit.tab == "_Lists"
    assert edit.cells == {(2, 1): "Bob", (3, 1): None, (3, 3): "nps", (4, 3): "arr"}


def test_typing_into_a_computed_column_asks_first(sheet: Worksheet) -> None:
    found = validations(sheet)
    asking = {name for name, (kind, _) in found.items() if kind == "custom"}
    assert asking == {"idea_key", "size_score", "seen_state", "rank", "mood", "chosen", "run_status", "seal"}


def test_the_sheet_is_not_protected_but_ready_to_be(sheet: Worksheet) -> None:
    assert not sheet.protection.sheet
    letters = {name: column_letters(position) for name, position in POSITION.items()}
    assert not sheet.column_dimensions[letters["title"]].protection.locked
    assert not sheet.column_dimensions[letters["notes"]].protection.locked
    assert sheet.column_dimensions[letters["rank"]].protection.locked


def test_columns_carry_formats_for_what_is_typed_later(sheet: Worksheet) -> None:
    assert column_format(sheet, "due") == "yyyy-mm-dd"
    assert column_format(sheet, "period") == "@"
    assert column_format(sheet, "size") == "General"
    assert column_format(sheet, "size_score") == "General"
    assert sheet.column_dimensions[column_letters(POSITION["gain"])].alignment.wrap_text
    assert sheet.column_dimensions[column_letters(POSITION["run_status"])].alignment.wrap_text
    grey = sheet.column_dimensions[column_letters(POSITION["rank"])].fill.fgColor.rgb
    assert grey != sheet.column_dimensions[column_letters(POSITION["size"])].fill.fgColor.rgb


def test_columns_are_wide_enough_for_header_and_content(sheet: Worksheet) -> None:
    for name, position in POSITION.items():
        width = sheet.column_dimensions[column_letters(position)].width
        longest = max(map(len, SPEC.by_name[name].header.split()))
        assert width >= max(longest + 3, SPEC.by_name[name].kind.width)
    assert sheet.row_dimensions[1].height >= 30  # headers break into two lines
    assert sheet.cell(1, 1).alignment.wrap_text


def rules(sheet: Worksheet, name: str) -> list[Any]:
    """The conditional formats of the column, which reach down to the last row."""
    letter = column_letters(POSITION[name])
    return [
        rule
        for found in sheet.conditional_formatting
        if f"{letter}2:{letter}{LAST_ROW}" in str(found.sqref).split()
        for rule in found.rules
    ]


def test_run_status_is_coloured_by_its_first_word(sheet: Worksheet) -> None:
    found = rules(sheet, "run_status")
    colours = {rule.text: rule.dxf.fill.bgColor.rgb for rule in found}
    assert all(rule.type == "beginsWith" for rule in found)
    assert set(colours) == {"OK", "WARNING", "SKIPPED", "CONFLICT", "FAILED"}
    assert colours["WARNING"] == colours["SKIPPED"]
    assert colours["CONFLICT"] == colours["FAILED"]
    assert len(set(colours.values())) == 3


def test_words_that_say_something_are_coloured(sheet: Worksheet) -> None:
    assert [rule.formula for rule in rules(sheet, "mood")] == [['"bad"']]
    assert [rule.formula for rule in rules(sheet, "chosen")] == [["TRUE"]]
    failed = next(rule for rule in rules(sheet, "run_status") if rule.text == "FAILED")
    assert rules(sheet, "mood")[0].dxf.fill.bgColor.rgb == failed.dxf.fill.bgColor.rgb
    assert not rules(sheet, "seen_state")
    assert all("LEFT" in rule.formula[0] for name in ("title", "state", "is_urgent") for rule in rules(sheet, name))


def test_a_cell_that_the_status_names_is_coloured(sheet: Worksheet) -> None:
    for name in ("title", "size", "is_urgent", "state", "due", "period", "gain", "notes"):
        first = rules(sheet, name)[0]  # before what formats numbers
        assert first.formula == [f'AND(LEFT($B2,2)<>"OK",ISNUMBER(FIND(" {name}:",$B2)))']
        assert first.dxf.fill.bgColor.rgb
    for name in ("idea_key", "rank", "size_score", "run_status"):
        assert not any("FIND" in str(rule.formula) for rule in rules(sheet, name))


def test_numbers_have_the_decimals_that_they_need(sheet: Worksheet) -> None:
    def formats(name: str) -> dict[str, str]:
        found = [rule for rule in rules(sheet, name) if rule.dxf.numFmt is not None]
        assert all(rule.stopIfTrue for rule in found)
        return {rule.formula[0]: rule.dxf.numFmt.formatCode for rule in found}

    assert formats("size_score") == {
        "AND(ABS(F2)>=1000,ROUND(F2,2)=ROUND(F2,0))": "#,##0",
        "ABS(F2)>=1000": "#,##0.##",
        "AND(ABS(F2)>=0.001,F2<>ROUND(F2,4),ROUND(F2,4)=ROUND(F2,0))": "0",
        "AND(ABS(F2)>=0.001,F2<>ROUND(F2,4))": "0.####",
    }
    # What is typed may be a percentage, which its own format tells, as long as it is small.
    assert formats("size") == {
        f"AND(ABS(D2)>=10,{condition.replace('F2', 'D2')})": code for condition, code in formats("size_score").items()
    }
    assert formats("effort") == formats("size")  # one rule, relative to its first cell


def test_columns_that_are_rarely_looked_at_can_be_folded_away_and_technical_ones_are(sheet: Worksheet) -> None:
    def fold(name: str) -> tuple[int, bool]:
        at = POSITION[name]
        found = next(d for d in sheet.column_dimensions.values() if (d.min or 0) <= at <= (d.max or 0))
        return found.outlineLevel or 0, bool(found.hidden)

    assert fold("mood") == fold("chosen") == (1, False)
    assert fold("seal") == (1, True)
    assert fold("rank") == fold("notes") == fold("run_status") == (0, False)
    assert sheet.column_dimensions[column_letters(len(SPEC.columns) + 1)].collapsed


def test_numbers_keep_off_the_text_beside_them(sheet: Worksheet) -> None:
    def look(name: str) -> tuple[str | None, float]:
        alignment = sheet.column_dimensions[column_letters(POSITION[name])].alignment
        return alignment.horizontal, alignment.indent

    assert look("size") == look("size_score") == look("rank") == ("right", 1)
    assert look("due")[0] == look("is_urgent")[0] == "center"
    assert look("title")[0] is None


def test_every_header_has_a_note(sheet: Worksheet) -> None:
    for name, position in POSITION.items():
        comment = sheet.cell(1, position).comment
        assert comment is not None
        assert comment.text == header_note(SPEC.by_name[name])


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("title", ("Its name.", "You type this.", "Accepts text.", "Required.", "may also be name, headline")),
        ("is_urgent", ("Accepts TRUE or FALSE, yes or no, x or a blank.", "Optional; blank counts as FALSE.")),
        ("state", ("Accepts one of new, done.", "Optional; blank counts as new.")),
        ("due", ("Accepts a date, or text such as 2026-05-31, 31 May 2026 or Q2 2026.", "Optional.")),
        ("gain", ("until you type something else here",)),
        ("notes", ("Yours alone",)),
        ("rank", ("Its place.", "Computed: what you type here is overwritten.")),
        ("run_status", ("Written by Roadwright",)),
    ],
)
def test_a_note_says_what_the_column_is_for_who_writes_it_and_what_it_accepts(
    name: str, parts: tuple[str, ...]
) -> None:
    note = header_note(SPEC.by_name[name])
    for part in parts:
        assert part in note


def test_printing_is_set_up(sheet: Worksheet) -> None:
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_area == f"'Ideas'!$A$1:${column_letters(len(SPEC.columns) - 1)}$1048576"


def test_the_main_columns_are_printed_and_come_first() -> None:
    spec = replace(SPEC, main=("idea_key", "due", "title"))
    assert [column.name for column in spec.columns][:5] == ["idea_key", "run_status", "due", "title", "size"]
    assert spec.columns[-1].name == "seal"
    assert opened(spec)["Ideas"].print_area == "'Ideas'!$A$1:$D$1048576"
    named = replace(SPEC, name="Bob's ideas")
    assert opened(named)["Bob's ideas"].print_area.startswith("'Bob''s ideas'!$A$1:")


def test_tabs_that_the_backend_rewrites_have_another_colour() -> None:
    mirror = TabSpec("Answers", "Box", "", SPEC.columns, ("idea_key",), Layout.MIRROR)
    book = opened(SPEC, mirror)
    assert book.sheetnames == ["Ideas", "Answers"]
    colours = [tab.sheet_properties.tabColor for tab in book.worksheets]
    assert len({colour.rgb for colour in colours if colour is not None}) == 2


def test_equal_declarations_give_equal_bytes() -> None:
    assert template_bytes((SPEC,), title="Box") == template_bytes((SPEC,), title="Box")


def test_the_rows_to_come_do_not_swell_the_file() -> None:
    content = template_bytes((SPEC,))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.read("xl/worksheets/sheet1.xml").count(b"<row ") == 1
    assert len(content) < 20_000


def test_too_many_words_for_a_dropdown_is_an_error_of_the_declaration() -> None:
    words = tuple(f"a_rather_long_word_{n}" for n in range(20))
    spec = TabSpec("T", "B", "", (Column("word", Owner.INPUT, choice(words), ""),), ("word",))
    with pytest.raises(ValueError, match=r"T\.word has too many words"):
        template_bytes((spec,))


def test_writing_makes_the_file_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "Box.xlsx"
    write_template(path, (SPEC,))
    origin = open_workbook(path).origin
    assert path.read_bytes() == template_bytes((SPEC,), title="Box", origin=origin)
    assert [file.name for file in tmp_path.iterdir()] == ["Box.xlsx"]


def test_each_has_an_origin_of_its_own_that_other_programs_keep(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for path in paths:
        write_template(path, (SPEC,))
    one, two = (open_workbook(path).origin for path in paths)
    assert one
    assert two not in ("", one)
    openpyxl.load_workbook(paths[0]).save(paths[0])
    assert open_workbook(paths[0]).origin == one
    openpyxl.Workbook().save(paths[1])
    assert open_workbook(paths[1]).origin == ""


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "Box.xlsx"
    path.write_bytes(b"someone's work")
    with pytest.raises(SheetError, match=r"Box\.xlsx is already there"):
        write_template(path, (SPEC,))
    assert path.read_bytes() == b"someone's work"
    assert [file.name for file in tmp_path.iterdir()] == ["Box.xlsx"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=r"nowhere/Box\.xlsx can't be written: No such file"):
        write_template(tmp_path / "nowhere" / "Box.xlsx", (SPEC,))


@pytest.mark.parametrize("name", list(workbooks()))
def test_every_declared_workbook_makes_a_template_that_reads_back_empty(name: str, tmp_path: Path) -> None:
    specs = workbooks()[name]
    path = tmp_path / f"{name}.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # XlsxWriter warns, and leaves out, what it can't do
        write_template(path, specs)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [*(spec.name for spec in specs), "_Lists"]
    ours = open_workbook(path)
    for spec in specs:
        table = read_table(ours.read(spec.name), spec, tab=spec.name)
        assert list(table.columns) == [column.name for column in spec.columns]
        assert (table.rows, table.leftovers, table.missing_system) == ([], [], ())
        assert (book[spec.name].max_row, table.last_data_row) == (1, 1)


def test_rows_that_the_backend_adds_look_like_typed_ones_and_grow_nothing(tmp_path: Path) -> None:
    path = tmp_path / "Box.xlsx"
    write_template(path, (SPEC,))
    row: dict[int, CellValue | None] = {
        POSITION["title"]: "A",
        POSITION["due"]: dt.date(2026, 5, 31),
        POSITION["is_urgent"]: True,
    }
    open_workbook(path).write([TabEdit("Ideas", 1, appended=[row], last_data_row=1)])
    sheet = openpyxl.load_workbook(path)["Ideas"]
    assert sheet.cell(2, POSITION["title"]).font.name == "Calibri"
    assert sheet.cell(2, POSITION["due"]).number_format == "yyyy-mm-dd"
    assert sheet.cell(2, POSITION["due"]).value == dt.datetime(2026, 5, 31)
    assert sheet.auto_filter.ref == f"A1:{column_letters(len(SPEC.columns))}{LAST_ROW}"
    (found,) = read_table(open_workbook(path).read("Ideas"), SPEC, tab="Ideas").rows
    assert (found.number, found.values["title"], found.values["is_urgent"]) == (2, "A", True)


def test_notes_of_all_tabs_are_whole_sentences() -> None:
    for spec in TABS:
        for column in spec.columns:
            for line in header_note(column).split("\n"):
                assert line == "" or re.fullmatch(r"\S.*[.…]", line), (spec.name, column.name, line)


def test_kinds_without_words_get_no_dropdown() -> None:
    odd = Kind("odd", lambda cell, _: str(cell), str, "anything")
    spec = TabSpec("T", "B", "", (Column("odd", Owner.INPUT, odd, "Odd."),), ("odd",))
    assert not opened(spec)["T"].data_validations.dataValidation


def test_the_readme_tab_tells_the_steps_and_the_tabs() -> None:
    guide = Guide("Ideas go here.", ("Type an idea.", "Run the sync."))
    content = template_bytes(workbooks()["Intake"], title="Intake", guide=guide)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Intake", "README", "_Lists"]
    assert book.active is not None
    assert book.active.title == "Intake"
    said = {str(cell.value) for row in book["README"].iter_rows() for cell in row if cell.value is not None}
    assert {guide.about, *guide.steps, "Intake", INTAKE.help, "FAILED", "your own words"} <= said


def test_every_workbook_has_a_guide_of_one_screen() -> None:
    assert set(GUIDES) == set(workbooks())
    for name, specs in workbooks().items():
        book = openpyxl.load_workbook(io.BytesIO(template_bytes(specs, title=name, guide=GUIDES[name])))
        assert book["README"].max_row <= 38
        # A step is a line of its column.
        assert all(len(step) <= 110 for step in GUIDES[name].steps), name

"""Tabs that people made, seen through a mapping: their names, words, groups, headings and long texts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from roadwright.sheets.backend import Area, Grid
from roadwright.sheets.habits import AUTO, TabMapping, parts_of, person_of
from roadwright.sheets.kinds.texts import carried_value
from roadwright.sheets.mapping import look_through
from roadwright.sheets.read import HeaderProblem, Table, read_table
from roadwright.sheets.values import LAST_COLUMN, CellValue
from roadwright.tabs.peoples_intake import INTAKE_HABITS, PEOPLES_INTAKE

Lines = Sequence[Sequence[CellValue | None]]


def grid_of(lines: Lines, merged: Sequence[Area] = ()) -> Grid:
    rows = {
        number: {column: value for column, value in enumerate(line, start=1) if value is not None}
        for number, line in enumerate(lines, start=1)
    }
    return Grid(rows={number: cells for number, cells in rows.items() if cells}, merged=list(merged))


def read(lines: Lines, mapping: TabMapping | None = None, *, header_row: int = 1, merged: Sequence[Area] = ()) -> Table:
    return read_table(
        grid_of(lines, merged),
        PEOPLES_INTAKE,
        tab="Ideas",
        header_row=header_row,
        through=lambda grid, row: look_through(grid, PEOPLES_INTAKE, row, mapping or TabMapping(), INTAKE_HABITS),
    )


def column(table: Table, name: str) -> list[object]:
    return [row.values.get(name) for row in table.rows]


def codes(table: Table) -> list[str]:
    return [message.code for message in table.warnings]


def test_their_names_come_before_ours() -> None:
    table = read(
        [["title", "User Story", "Why"], ["Mr", "Refunds", "late"]],
        TabMapping({"title": ("User Story",), "problem_statement": ("Why",)}),
    )
    assert (column(table, "title"), column(table, "problem_statement")) == (["Refunds"], ["late"])
    assert (table.columns["title"], table.last_header_column) == (2, 3)
    assert min(table.new_columns.values()) == 4


def test_several_columns_are_joined_with_a_blank_line() -> None:
    mapping = TabMapping({"problem_statement": ("So that", "Acceptance Criteria")})
    table = read(
        [["title", "So that", "Acceptance Criteria"], ["A", "x", "y"], ["B", None, 3.0], ["C", None, None]], mapping
    )
    assert column(table, "problem_statement") == ["x\n\ny", "3", None]


def test_one_column_can_be_two_of_ours() -> None:
    table = read(
        [["title", "URL"], ["A", "https://x/1"]], TabMapping({"external_id": ("URL",), "external_url": ("URL",)})
    )
    assert column(table, "external_id") == column(table, "external_url") == ["https://x/1"]
    assert table.columns["external_url"] > LAST_COLUMN
    assert table.place(2, "external_url") == "Ideas row 2"


def test_a_column_of_the_mapping_that_is_not_there_is_said() -> None:
    table = read([["title"], ["A"]], TabMapping({"country": ("Land",)}, carry={"arr": "ARR"}))
    assert [(m.code, m.params["missing"]) for m in table.warnings] == [
        ("mapped_column_missing", ("Land",)),
        ("mapped_column_missing", ("ARR",)),
    ]


def test_their_words_become_ours() -> None:
    words = {"lifecycle_status": {"In Progress": "in_progress", "Parked": ""}, "risk_level": {"1": "high"}}
    table = read(
        [["title", "lifecycle_status", "risk_level"], ["A", "in-progress", 1.0], ["B", "Parked", "2"]],
        TabMapping(values=words),
    )
    assert column(table, "lifecycle_status") == ["in_progress", "new"]
    assert column(table, "risk_level") == ["high", None]
    assert "risk_level" in table.rows[1].problems


def test_phases_sums_and_repeated_headers_are_no_ideas() -> None:
    lines: Lines = [
        ["title", "brief_description"],
        ["Phase 1: MVP"],
        ["Refunds", "x"],
        ["TITLE", "brief_description"],
        ["Typos", "z"],
        ["Total", 3],
        ["Totally new", "y"],
    ]
    assert column(read(lines, TabMapping(skip=("Total", "phase *"))), "title") == ["Refunds", "Typos", "Totally new"]
    assert column(read(lines), "title") == ["Phase 1: MVP", "Refunds", "Typos", "Total", "Totally new"]


def test_an_idea_that_is_called_like_the_column_stays() -> None:
    assert column(read([["title", "country"], ["title", "UK"]]), "title") == ["title"]


def test_a_merged_group_is_filled_down_where_the_settings_say_so() -> None:
    lines: Lines = [
        ["product_area", "title"],
        ["Payments", "Refunds"],
        [None, "Chargebacks"],
        ["Search", "Typos"],
        [None, None],
    ]
    merged = [Area(2, 1, 3, 1)]
    table = read(lines, TabMapping(fill_down=("product_area",)), merged=merged)
    assert column(table, "product_area") == ["Payments", "Payments", "Search"]
    assert not any(row.problems for row in table.rows)
    offered = read(lines, merged=merged)
    assert [m.params for m in offered.warnings] == [{"name": "product_area"}]
    assert "product_area" in offered.rows[1].problems


def test_a_long_description_goes_whole_into_the_problem_statement() -> None:
    text = "word " * 120
    table = read([["title", "brief_description", "problem_statement"], ["A", text, "late"], ["B", "short", None]])
    brief, problem = table.rows[0].values["brief_description"], table.rows[0].values["problem_statement"]
    assert brief == text.strip()[:497] + "…"
    assert problem == f"late\n\n{text.strip()}"
    assert [m.code for m in table.rows[0].remarks] == ["text_overflows"]
    assert (table.rows[1].remarks, table.rows[1].values["problem_statement"]) == ((), None)
    [alone] = read([["title", "brief_description"], ["A", text]]).rows
    assert alone.values["problem_statement"] == text.strip()


def test_people_labels_and_paths_are_taken_apart() -> None:
    lines: Lines = [
        ["title", "requester_name", "category", "product_area"],
        ["A", "Jo Ray <jo@example.com>", "Bug (red), Growth (dark green)", "Shop\\Checkout\\Cards"],
        ["B", "Al", "Legal (EU)", "C:\\temp"],
    ]
    table = read(lines)
    assert column(table, "requester_name") == ["Jo Ray", "Al"]
    assert column(table, "requester_email") == ["jo@example.com", None]
    assert column(table, "category") == ["Bug, Growth", "Legal (EU)"]
    assert column(table, "product_area") == ["Shop, Checkout, Cards", "C:\\temp"]


def test_several_people() -> None:
    assert person_of("Jo <a@b.c>; Al <d@e.f>") == ("Jo, Al", "a@b.c, d@e.f")
    assert person_of("Jo, Al") is None
    assert parts_of("a \\ b") == "a, b"


def test_the_header_is_found_where_two_known_names_stand() -> None:
    lines: Lines = [["Sales wishes", "title"], [None], ["Title", "Country"], ["A", "UK"]]
    table = read(lines, header_row=AUTO)
    assert (table.header_row, column(table, "country")) == (3, ["UK"])
    with pytest.raises(HeaderProblem) as found:
        read([["Wunsch"], ["A"]], header_row=AUTO)
    assert found.value.message.code == "header_not_found"


def test_what_identifies_a_row_elsewhere_is_found_by_its_name_and_values() -> None:
    table = read([["ID", "title"], ["A-1", "x"], ["A-2", "y"], ["A-3", None]])
    assert column(table, "external_id") == ["A-1", "A-2"]
    assert "external_id" not in read([["ID", "title"], ["A", "x"], ["A", "y"]]).columns
    assert column(
        read([["ID", "Ref", "title"], [1, "R1", "x"]], TabMapping({"external_id": ("Ref",)})), "external_id"
    ) == ["R1"]


def test_known_columns_that_are_not_taken_are_said() -> None:
    table = read([["title", "overall_score", "Hypothesis", "hypothesis"], ["A", 3, "x", "y"]])
    assert codes(table) == ["computed_not_taken", "known_twice_not_taken"]
    assert "hypothesis" not in table.columns


def test_every_input_of_the_backlog_and_of_the_frameworks_may_stand_there() -> None:
    table = read([["title", "rice_reach", "RICE confidence", "engineering tokens"], ["A", 1000, 0.8, 40]])
    assert (
        table.rows[0].values.items() >= {"rice_reach": 1000, "rice_confidence": 0.8, "engineering_tokens": 40}.items()
    )


def test_units_of_estimates() -> None:
    table = read(
        [["title", "Estimate"], ["A", "28800"], ["B", 7200]],
        TabMapping({"effort_engineering_days": ("Estimate",)}, units={"effort_engineering_days": "seconds"}),
    )
    assert column(table, "effort_engineering_days") == [1, 0.25]


def test_carried_columns_go_along_as_they_are() -> None:
    table = read(
        [["title", "ARR at stake", "Title of it"], ["A", "120,000", "x"], ["B", None, "00123"]],
        TabMapping(carry={"arr": "ARR at stake", "t": "Title of it"}),
    )
    assert [dict(row.carried) for row in table.rows] == [{"arr": 120000, "t": "x"}, {"arr": None, "t": "00123"}]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.50", 1.5),
        ("007", "007"),
        ("12345678901234567890", "12345678901234567890"),
        (True, "TRUE"),
        (" ", None),
        ("=1+1", "=1+1"),
    ],
)
def test_only_what_can_be_nothing_but_a_number_is_one(cell: CellValue, value: object) -> None:
    assert carried_value(cell) == value

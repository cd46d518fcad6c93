"""Which references grow with appended rows, and that nothing else about them changes."""

from __future__ import annotations

import pytest

from roadwright.sheets.backends.xlsx.appending import Growth, data_columns
from roadwright.sheets.backends.xlsx.references import grown_references

# Header in row 1, data in rows 2 to 13 of columns A to F; rows 14 to 20 are new.
GROWTH = Growth(1, 13, 20, (), 1, 6)
GROWTHS = {"backlog": GROWTH, "r&d's ideas": GROWTH}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Backlog!$C$2:$C$13", "Backlog!$C$2:$C$20"),
        ("BACKLOG!$C$2:$C$13", "BACKLOG!$C$2:$C$20"),
        ("'Backlog'!C2:c13", "'Backlog'!C2:c20"),
        ("'R&D''s ideas'!$A$1:$F$13", "'R&D''s ideas'!$A$1:$F$20"),
        ("$A$2:$A$13", "$A$2:$A$20"),
        ("Backlog!$A$1:$Z$13", "Backlog!$A$1:$Z$20"),
        ("Backlog!$C$2:$C$15", "Backlog!$C$2:$C$20"),
        ("Backlog!$A$1:$B$13,Backlog!$E$1:$F$13", "Backlog!$A$1:$B$20,Backlog!$E$1:$F$20"),
        ("(Backlog!$A$2:$A$13,Lists!$A$2:$A$13)", "(Backlog!$A$2:$A$20,Lists!$A$2:$A$13)"),
    ],
)
def test_references_to_all_rows_grow(before: str, after: str) -> None:
    assert grown_references(before, "Backlog", GROWTHS) == after
    assert grown_references(after, "Backlog", GROWTHS) == after


@pytest.mark.parametrize(
    "text",
    [
        "Backlog!$C$1",
        "Backlog!$C$2:$C$12",
        "Backlog!$C$2:$C$20",
        "Backlog!$C$2:$C$5000",
        "Backlog!$C$3:$C$13",
        "Backlog!$A$13:$F$13",
        "Backlog!$A:$F",
        "Backlog!$1:$13",
        "Backlog!$H$2:$I$13",
        "Lists!$A$2:$A$13",
        "[1]Backlog!$C$2:$C$13",
        "Backlog:Lists!$C$2:$C$13",
        "SUM(Backlog!$C$2:$C$13)",
        "OFFSET(Backlog!$A$2:$A$13,0,1)",
        "Backlog!$C$2:$C$13*2",
        "Backlog!$C$2:INDEX(Backlog!$C:$C,13)",
        "Ideas[reach]",
        "#REF!$A$2:$A$13",
        '"Backlog!$C$2:$C$13"',
        "ZZZ1:ZZZ13",
        "",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert grown_references(text, "Backlog", GROWTHS) == text


def test_a_reference_across_the_only_row_is_a_series_of_that_row() -> None:
    only = {"backlog": Growth(1, 2, 5, (), 1, 6)}
    assert grown_references("Backlog!$C$2:$F$2", "", only) == "Backlog!$C$2:$F$2"
    assert grown_references("Backlog!$A$1:$F$2", "", only) == "Backlog!$A$1:$F$5"


def test_what_was_prepared_for_an_empty_tab_grows() -> None:
    empty = {"backlog": Growth(3, 3, 9, (), 1, 6)}
    assert grown_references("Backlog!$C$4:$C$6", "", empty) == "Backlog!$C$4:$C$9"
    assert grown_references("Backlog!$A$1:$B$2", "", empty) == "Backlog!$A$1:$B$2"


def test_the_data_reaches_as_far_as_its_header() -> None:
    assert data_columns({1, 2, 3, 4, 7, 8}, {2, 3}) == (1, 4)
    assert data_columns({1, 2, 5, 6, 7}, {2, 6}) == (1, 7)
    assert data_columns({9}, {2}) == (2, 2)

"""What a selection names: rows by number, by a column of their identity, or by all of it."""

from __future__ import annotations

import pytest

from roadwright import tabs
from roadwright.sheets.backend import Grid
from roadwright.sheets.read import Row, read_table
from roadwright.sheets.values import CellValue
from roadwright.sync.selection import Selection, SelectionError, parse_selection


def rows() -> list[Row]:
    names = ("initiative_key", "model_name", "param_name")
    lines = [("INIT-000001", "growth", "rate"), ("INIT-000001", "growth", "base, total"), ("INIT-000002", "7", "rate")]
    cells: dict[int, dict[int, CellValue]] = {
        number: dict(enumerate(line, start=1)) for number, line in enumerate([names, *lines], start=1)
    }
    return read_table(Grid(cells), tabs.PARAMS, tab="Params").rows


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("init-000001", {2, 3}),
        ("3-4", {3, 4}),
        ("rate; 3", {2, 3, 4}),
        ("INIT-000001 / growth / rate", {2}),
        ('"INIT-000001 / growth / base, total"', {3}),
        ('"base, total", 4', {3, 4}),
        ('"7"', {4}),
    ],
)
def test_rows_are_named_by_number_and_by_identity(text: str, picked: set[int]) -> None:
    assert parse_selection(text).picks(tabs.PARAMS, rows()) == picked


def test_a_quote_in_a_quoted_name_is_written_twice() -> None:
    assert parse_selection('"the ""big"" one", x') == Selection(False, frozenset(), ('the "big" one', "x"))


def test_a_name_that_no_row_has_is_refused() -> None:
    with pytest.raises(SelectionError) as refused:
        parse_selection("INIT-000001 / growth").picks(tabs.PARAMS, rows())
    assert refused.value.message.code == "selected_names_missing"

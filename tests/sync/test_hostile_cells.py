"""Whatever stands in a cell is read right or named in its row's status; nothing crashes, nothing is dropped."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select

from roadwright import tabs
from roadwright.sheets.spec import Owner
from roadwright.store.models import Initiative
from tests.house import House

SPEC = tabs.BACKLOG
COLUMNS = [c for c in SPEC.owned(Owner.INPUT) if c.name != "title"]
ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
TEXTS = (
    "n/a", "-", "?", "TBD", "1,234.5", "1 234,5", "1.234,5", "12 %", "80%", "1e5", "1e400", "-1",
    "0,5", "0.5", "١٢", "½", "∞", "2026-05-31", "31.05.2026", "05/31/2026", "2026-13-01", "Q2",
    "2026-Q2", "TRUE", "yes", "✓", "maybe", "x" * 600, "y" * 32_000, "  padded  ",
    "\u00a0nbsp\u00a0", "\u200b", "🚀 launch", "שלום", "a\tb", "line\nbreak", "'quoted", "=1+1",
    "+1", "{}", '{"gmv": 1}', "gmv: 1", "INIT-000001", "INIT-999999; INIT-1", "rice", "RICE ",
    "mvp", "DONE", "High", ";", ",", "_x0041_", "\u202eabc", "０１２", "1_000", "NaN", "Infinity",
    "None", "null", "<b>", "&amp;", "]]>", "DROP TABLE",
)  # fmt: skip
NUMBERS = (0, -1, 0.1 + 0.2, 1 / 3, 1e15, 1e300, -1e-300, 45_000, 60.5, 2_147_483_648)
DATES = (dt.datetime(2026, 5, 31), dt.datetime(1999, 12, 31, 23, 59, 59), dt.datetime(9999, 12, 31))


def hostile(count: int, seed: int) -> list[tuple[str, Any, str]]:
    """(column, content, how it is written) of one odd cell a row, every column many times."""
    chance = random.Random(seed)
    contents: list[tuple[Any, str]] = [(error, "error") for error in ERRORS]
    contents += [(text, "text") for text in TEXTS] + [(number, "number") for number in NUMBERS]
    contents += [(date, "date") for date in DATES] + [(True, "boolean"), (False, "boolean"), ("", "uncalculated")]
    contents += [("5", "formula text"), (5, "formula"), ("", "formula text")]
    return [(chance.choice(COLUMNS).name, *chance.choice(contents)) for _ in range(count)]


def write_workbook(house: House, cells: list[tuple[str, Any, str]]) -> None:
    places = {column.name: number for number, column in enumerate(SPEC.columns)}
    path = house.file("Backlog")
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        tab = book.add_worksheet(SPEC.name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, number in places.items():
            tab.write_string(0, number, name)
        for row, (column, content, way) in enumerate(cells, start=1):
            tab.write_string(row, places["title"], f"row {row + 1}")
            place = places[column]
            if way in ("error", "formula", "formula text"):
                tab.write_formula(row, place, "=1+1", None, content)
            elif way == "uncalculated":
                tab.write_formula(row, place, "=1+1", None, "")
            elif way == "text":
                tab.write_string(row, place, content)
            elif way == "number":
                tab.write_number(row, place, content)
            elif way == "boolean":
                tab.write_boolean(row, place, content)
            else:
                tab.write_datetime(row, place, content, day)


@pytest.mark.files
@pytest.mark.parametrize("seed", [1])
def test_every_odd_cell_is_read_right_or_named(house: House, seed: int) -> None:
    cells = hostile(900, seed)
    write_workbook(house, cells)
    house.run("pm.save_selected", tab="Backlog")
    rows = {row.number: row for row in house.rows("Backlog")}
    with house.workspace.store.transaction() as session:
        stored = {i.title: i for i in session.scalars(select(Initiative))}
    named = read = 0
    for number, (column, content, way) in enumerate(cells, start=2):
        row = rows[number]
        status = row.text("run_status")
        assert status, (number, column, content, way)
        if status.startswith("FAILED"):
            assert f"{column}: " in status, (column, content, way, status)
            named += 1
            continue
        initiative = stored[f"row {number}"]
        value = getattr(initiative, column)
        blank = SPEC.by_name[column].blank_means
        assert value == row.values.get(column, blank) or (value is None and row.values.get(column) is None), (
            column, content, way, status,
        )  # fmt: skip
        read += 1
    assert named > 100
    assert read > 100
    assert named + read == len(cells)


def test_a_cell_as_long_as_can_be_is_named_and_keeps_no_other_row_from_its_status(house: House) -> None:
    longest = "INIT-" + "é" * 32_762
    plan = {"scenario_name": "s", "constraint_set_name": "c"}
    rows: dict[str, list[dict[str, Any]]] = {
        "Constraints": [
            plan | {"constraint_type": "exclude_initiative", "dimension_key": longest},
            plan | {"constraint_type": "bundle", "dimension_key": "b", "member_keys": longest},
            plan
            | {"constraint_type": "synergy_bonus", "dimension_key": "s", "member_keys": "a, b", "kpi_key": longest},
            plan | {"constraint_type": "capacity_cap", "dimension": longest, "dimension_key": "UK", "max_tokens": 1},
            plan | {"constraint_type": "capacity_cap", "dimension": "all", "dimension_key": longest, "max_tokens": 1},
        ],
        "Roadmap_Entries": [{"roadmap_name": "r", "initiative_key": longest}],
        "MathModels": [{"initiative_key": longest, "model_name": "m", "target_kpi_key": longest}],
        "Gates": [{"gate_policy": "p", "gate": "max_risk_level", "parameter": longest, "severity": "warn"}],
    }
    for tab, typed in rows.items():
        house.type_new(tab, *typed)
        house.done("pm.save_selected", tab=tab)
        for row in house.rows(tab):
            assert row.text("run_status").startswith("FAILED"), row
            assert len(row.text("run_status")) <= 8_000


@pytest.mark.files
def test_a_number_too_large_for_any_program_is_named_on_its_row(house: House) -> None:
    write_workbook(house, [("engineering_tokens", 1.7976931348623157e308, "number"), ("category", "x", "text")])
    house.done("pm.save_selected", tab="Backlog")
    first, second = (row.text("run_status") for row in house.rows("Backlog"))
    assert first.startswith('FAILED: engineering_tokens: "1.797693134862316E+308" is too large a number')
    assert second == "OK"

"""Exports of known trackers, each in a small file of ours in that shape: found by their headers, read as they mean."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from roadwright.services.imports.known import NAMES, UnknownPreset, preset
from roadwright.services.imports.propose import ForeignTable, Proposal, propose
from roadwright.sheets.backend import Grid
from roadwright.sheets.foreign.files import ForeignSheet, numbered_rows, with_numbered_header
from roadwright.sheets.foreign.separated import cells_of
from roadwright.sheets.mapping import look_through
from roadwright.sheets.read import read_table
from roadwright.tabs.peoples_intake import INTAKE_HABITS, PEOPLES_INTAKE

FILES: Mapping[str, str] = {
    "jira": (
        "Summary,Issue key,Issue id,Issue Type,Status,Reporter,Sprint,Sprint,Due date,Original estimate,Description\n"
        "Refund in one step,PAY-12,10012,Story,In Progress,Jo Ray,S1,S2,2026-05-31,57600,Buyers wait\n"
    ),
    "azure": (
        "ID,Work Item Type,Title,Assigned To,State,Tags,Area Path,Target Date,Original Estimate\n"
        '4711,Feature,Refund in one step,Jo Ray <jo@example.com>,Active,"pay; web",Shop\\Checkout,2026-05-31,16\n'
    ),
    "linear": (
        "ID,Team,Title,Description,Status,Estimate,Priority,Project,Creator,Labels,Due Date\n"
        "PAY-12,Payments,Refund in one step,Buyers wait,In Progress,2,High,Checkout,Jo Ray,web,2026-05-31\n"
    ),
    "trello": (
        "Card ID,Card Name,Card URL,Card Description,Labels,Members,Due Date,List Name,Board Name\n"
        "5f1e0c0a9b,Refund in one step,https://trello.com/c/x,Buyers wait,Bug (red),Jo Ray,2026-05-31,Doing,Wishes\n"
    ),
    "github": (
        "Title\tURL\tAssignees\tStatus\tLabels\tEstimate\tTarget date\n"
        "Refund in one step\thttps://github.com/o/r/issues/12\tjo\tIn Progress\tweb\t2\t2026-05-31\n"
    ),
    "asana": (
        "Task ID,Created At,Name,Section/Column,Assignee,Assignee Email,Due Date,Notes,Projects\n"
        "1201,2026-01-01,Refund in one step,Doing,Jo Ray,jo@example.com,2026-05-31,Buyers wait,Checkout\n"
    ),
    "aha": (
        "Feature reference #,Feature name,Feature description,Feature status,Feature due date,Feature assigned to\n"
        "SHOP-12,Refund in one step,Buyers wait,In development,2026-05-31,Jo Ray\n"
    ),
    "productboard": (
        "Feature ID,Feature name,Description,Status,Owner,Owner email,Component name,Timeframe end\n"
        "f-12,Refund in one step,Buyers wait,In progress,Jo Ray,jo@example.com,Checkout,2026-05-31\n"
    ),
    "monday": (
        "Wishes of sales\nThis month\nName,Subitems,Owner,Status,Due date,Item ID (auto generated)\n"
        "Refund in one step,,Jo Ray,Working on it,2026-05-31,99812\n"
    ),
    "jira (German)": (
        "Zusammenfassung;Vorgangsschlüssel;Vorgangstyp;Status;Autor;Fälligkeitsdatum;Ursprüngliche Schätzung;"
        "Beschreibung\n"
        "Refund in one step;PAY-12;Story;In Arbeit;Jo Ray;2026-05-31;57600;Buyers wait\n"
    ),
    "jira (Portuguese)": (
        "Resumo;Chave da item;Tipo de item;Status;Relator;Data limite;Estimativa original;Descrição\n"
        "Refund in one step;PAY-12;História;Em andamento;Jo Ray;2026-05-31;57600;Buyers wait\n"
    ),
}


def proposed(text: str) -> tuple[ForeignSheet, Proposal]:
    sheet = ForeignSheet("export", numbered_rows(cells_of(text.encode())))
    proposal = propose(ForeignTable(sheet.rows))
    assert proposal is not None
    return with_numbered_header(sheet, proposal.header_row), proposal


def as_read(sheet: ForeignSheet, proposal: Proposal) -> list[dict[str, object]]:
    table = read_table(
        Grid(rows=sheet.rows),
        PEOPLES_INTAKE,
        tab="export",
        header_row=proposal.header_row,
        through=lambda grid, row: look_through(grid, PEOPLES_INTAKE, row, proposal.mapping, INTAKE_HABITS),
    )
    assert not any(row.problems for row in table.rows), table.rows
    return [row.plain for row in table.rows]


@pytest.mark.parametrize("shape", FILES)
def test_an_export_is_known_by_its_header_and_read_as_it_means(shape: str) -> None:
    sheet, proposal = proposed(FILES[shape])
    assert proposal.preset == shape.split(maxsplit=1)[0]
    [row] = as_read(sheet, proposal)
    assert row["title"] == "Refund in one step"
    assert (row["lifecycle_status"], row["deadline_date"]) == ("in_progress", "2026-05-31")
    assert row["external_id"]
    assert row.get("requester_name", "jo") in ("Jo Ray", "jo")
    assert row.get("effort_engineering_days", 2) == 2
    assert row.get("brief_description", "Buyers wait") == "Buyers wait"


def test_every_preset_has_a_file() -> None:
    assert {shape.split(maxsplit=1)[0] for shape in FILES} == set(NAMES)


def test_columns_and_words_of_presets_are_ours() -> None:
    for name in NAMES:
        one = preset(name)
        assert one.columns.keys() <= PEOPLES_INTAKE.by_name.keys()
        for column, words in one.values.items():
            assert set(words.values()) <= set(PEOPLES_INTAKE.by_name[column].kind.choices)


def test_a_tracker_that_is_not_known() -> None:
    with pytest.raises(UnknownPreset) as found:
        preset("jirra")
    assert found.value.message.params["known"] == NAMES

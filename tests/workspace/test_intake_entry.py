"""Intake mappings in roadwright.toml: what is accepted, what is refused by its key, and how an import writes one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from roadwright.sheets.habits import AUTO
from roadwright.workspace.intake_entry import IntakeEntry, with_intake
from roadwright.workspace.settings import FILE, Settings, SettingsError, load_settings, template

ENTRY = IntakeEntry(
    "X.xlsx",
    "Ideas",
    3,
    "jira",
    {"title": ["User Story"], "problem_statement": ["So that", "Why"]},
    {"lifecycle_status": {"In Progress": "in_progress"}},
    {"effort_engineering_days": "hours"},
    {"arr": "ARR"},
    ["Total"],
    ["product_area"],
)


def settings_of(text: str) -> Settings:
    return Settings(**tomllib.loads(text))


def test_an_entry_is_read_as_it_was_written() -> None:
    book = settings_of(with_intake(template(), ENTRY)).intake[-1]
    assert (book.workbook, book.tabs, book.header_row, book.source) == ("X.xlsx", ["Ideas"], 3, "jira")
    mapping = book.mapping
    assert mapping.columns == {"title": ("User Story",), "problem_statement": ("So that", "Why")}
    assert mapping.values == {"lifecycle_status": {"In Progress": "in_progress"}}
    assert (mapping.carry, mapping.skip, mapping.fill_down) == ({"arr": "ARR"}, ("Total",), ("product_area",))
    assert mapping.units == {"effort_engineering_days": "hours"}
    assert settings_of(with_intake(template(), ENTRY)).carried_columns == ("x.arr",)


def test_what_people_wrote_stays() -> None:
    text = (
        '# mine\nlock_wait = 3 # why\n\n[[intake]]\nworkbook = "X.xlsx" # theirs\ntabs = ["Ideas", "Other"]\n'
        '\n[tabs.Backlog]\ntab = "B"\n'
    )
    changed = with_intake(text, ENTRY)
    assert all(
        line in changed for line in ("# mine", "lock_wait = 3 # why", 'workbook = "X.xlsx" # theirs', 'tab = "B"')
    )
    assert [(book.workbook, book.tabs) for book in settings_of(changed).intake] == [
        ("X.xlsx", ["Other"]),
        ("X.xlsx", ["Ideas"]),
    ]


def test_the_tab_that_is_there_gets_the_mapping() -> None:
    changed = settings_of(with_intake('[[intake]]\nworkbook = "X.xlsx" # theirs\ntabs = ["ideas"]\n', ENTRY))
    [book] = changed.intake
    assert (book.header_row, book.mapping.skip) == (3, ("Total",))


def test_the_usual_intake_stays_where_it_is_not_named() -> None:
    assert [book.workbook for book in settings_of(with_intake("", ENTRY)).intake] == ["Intake.xlsx", "X.xlsx"]
    inline = 'intake = [{workbook = "A.xlsx"}]\n'
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(f"{inline}\n{ENTRY.to_toml()}")
    assert [book.workbook for book in settings_of(with_intake(inline, ENTRY)).intake] == ["A.xlsx", "X.xlsx"]


def test_the_header_row_may_be_found(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[[intake]]\nworkbook = "X.xlsx"\nheader_row = "auto"\n', encoding="utf-8")
    assert load_settings(tmp_path).intake[0].header_row == AUTO


@pytest.mark.parametrize(
    ("wrong", "place", "code"),
    [
        ("header_row = 0", "header_row", "no_header_row"),
        ('header_row = "first"', "header_row", "no_header_row"),
        ('columns = {titel = "x"}', "columns.titel", "no_intake_column"),
        ('columns = {overall_score = "x"}', "columns.overall_score", "no_intake_column"),
        ('values = {lifecycle_status = {a = "doing"}}', "values", "no_such_word"),
        ('carry = {"ARR at stake" = "x"}', "carry.ARR at stake", "no_carried_name"),
        ('rows = {fill_down = ["x"]}', "rows.fill_down", "no_intake_column"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, wrong: str, place: str, code: str) -> None:
    (tmp_path / FILE).write_text(f'[[intake]]\nworkbook = "X.xlsx"\n{wrong}\n', encoding="utf-8")
    with pytest.raises(SettingsError) as found:
        load_settings(tmp_path)
    faults = found.value.message.params["faults"]
    assert isinstance(faults, list)
    [fault] = faults
    assert f"intake.0.{place}" in fault.params["place"]
    assert fault.params["why"].code == code

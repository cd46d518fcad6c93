"""`roadwright backlog` and `roadwright filters`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from roadwright import tabs
from roadwright.cli.main import app
from tests.house import House, make_house


@pytest.fixture
def backlog(tmp_path: Path) -> Iterator[House]:
    """A workspace with four initiatives."""
    made = make_house(tmp_path / "workspace", "sqlite:///roadwright.db")
    made.type_new(
        "Backlog",
        {"title": "Straße", "department": "Growth", "engineering_tokens": 1200, "deadline_date": "2026-05-31"},
        {"title": "One, two", "department": "growth team", "dependencies_initiatives": "INIT-000001; INIT-000003"},
        {"title": "A\nB", "country": "UK", "is_optimization_candidate": True},
        {"title": "An idea " + "that goes on " * 30, "department": "Finance", "lifecycle_status": "rejected"},
    )
    made.done("pm.backlog_sync")
    yield made
    made.workspace.close()


def roadwright(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "-w", str(house.root)])


def found(house: House, wanted: str) -> list[str]:
    result = roadwright(house, "backlog", "--filter", wanted, "--format", "json", "--columns", "initiative_key")
    assert result.exit_code == 0, result.stderr
    return [row["initiative_key"][-1] for row in json.loads(result.stdout)]


def test_json_has_every_column_of_every_initiative(backlog: House) -> None:
    rows = json.loads(roadwright(backlog, "backlog", "--format", "json").stdout)
    assert [row["initiative_key"] for row in rows] == [f"INIT-00000{n}" for n in (1, 2, 3, 4)]
    assert list(rows[0]) == [column.name for column in tabs.BACKLOG.columns if column.name != "run_status"]
    first, second, *_ = rows
    assert first["title"] == "Straße"
    assert (first["engineering_tokens"], first["deadline_date"]) == (1200, "2026-05-31")
    assert (first["dependencies_initiatives"], first["roadmaps"], first["kpi_contributions"]) == ([], [], {})
    assert (first["country"], first["is_optimization_candidate"]) == (None, False)
    assert second["dependencies_initiatives"] == ["INIT-000001", "INIT-000003"]


def test_a_filter_chooses(backlog: House) -> None:
    assert found(backlog, "department = GROWTH or department = 'growth TEAM'") == ["1", "2"]
    assert found(backlog, "title contains STRASSE") == ["1"]
    assert found(backlog, "not department = growth") == ["2", "3", "4"]
    assert found(backlog, "department != growth") == ["2", "4"]
    assert found(backlog, "lifecycle_status in (new, under_review) and department is not empty") == ["1", "2"]
    assert found(backlog, "dependencies_initiatives contains init-3") == ["2"]
    assert found(backlog, "title = nothing") == []


def test_csv_reads_as_it_was_written(backlog: House) -> None:
    result = roadwright(backlog, "backlog", "--format", "csv", "--columns", "Title, deadline date, market, roadmaps")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == ["title", "deadline_date", "country", "roadmaps"]
    assert [row["title"] for row in rows[:3]] == ["Straße", "One, two", "A\nB"]
    assert [row["deadline_date"] for row in rows] == ["2026-05-31", "", "", ""]
    assert rows[2]["country"] == "UK"
    whole = csv.DictReader(io.StringIO(roadwright(backlog, "backlog", "--format", "csv").stdout))
    row = list(whole)[1]
    assert (row["dependencies_initiatives"], row["is_optimization_candidate"]) == ("INIT-000001, INIT-000003", "FALSE")
    nothing = roadwright(backlog, "backlog", "--format", "csv", "--filter", "title = x", "--columns", "title")
    assert nothing.stdout == "title\n"


def test_csv_has_no_formulas(backlog: House) -> None:
    titles = ["@SUM(1+1)", "+cmd|' /C calc'!A0", "-2+3", "=1+1"]
    for title in titles:
        backlog.type_new("Backlog", {"title": title, "strategic_priority_coefficient": 2})
    backlog.done("pm.save_selected", tab="Backlog")
    asked = ("--format", "csv", "--columns", "title,strategic_priority_coefficient")
    rows = list(csv.DictReader(io.StringIO(roadwright(backlog, "backlog", *asked).stdout)))[-len(titles) :]
    assert [row["title"] for row in rows] == [f"'{title}" for title in titles]
    assert {row["strategic_priority_coefficient"] for row in rows} == {"2"}


def test_a_table_through_a_pipe_has_one_line_for_each_initiative(backlog: House) -> None:
    lines = roadwright(backlog, "backlog").stdout.splitlines()
    assert lines[0].split() == ["initiative_key", "title", "department", "country", "lifecycle_status", "overall_score"]
    assert len(lines) == 6
    assert lines[3].startswith("INIT-000003     A B")
    assert lines[4].endswith("rejected")
    assert lines[5] == "4 initiatives"
    shown = roadwright(backlog, "backlog", "--columns", "title,engineering_tokens", "--filter", "title = STRASSE")
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["title", "engineering_tokens"],
        ["Straße", "1,200"],
        ["1", "initiative"],
    ]
    assert roadwright(backlog, "backlog", "--filter", "title = x").stdout == "0 initiatives\n"


def test_a_file_is_written_and_an_old_one_replaced(backlog: House, tmp_path: Path) -> None:
    for form in ("json", "csv", "table"):
        file = tmp_path / f"out.{form}"
        file.write_text("old " * 10_000)
        result = roadwright(backlog, "backlog", "--format", form, "-o", str(file))
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"4 initiatives written to {file}\n"
        assert file.read_text(encoding="utf-8") == roadwright(backlog, "backlog", "--format", form).stdout
    missing = roadwright(backlog, "backlog", "-o", str(tmp_path / "nowhere" / "out.csv"))
    assert missing.exit_code == 1
    assert "can't be written" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "words", "pointed"),
    [
        (["--filter", "departmnt = Growth"], "did you mean department?", "departmnt = Growth"),
        (["--filter", "title = a and lifecycle_status = newish"], "accepted: new, needs_info", "newish"),
        (["--filter", ""], "the filter is empty", ""),
        (["--filter", "@none"], "none is saved yet", "@none"),
        (["--columns", "title,departmnt"], "did you mean department?", "departmnt"),
    ],
)
def test_what_can_t_be_read_is_exit_2_with_the_place(
    backlog: House, arguments: list[str], words: str, pointed: str
) -> None:
    result = roadwright(backlog, "backlog", "--format", "json", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    message, line, caret = result.stderr.splitlines()
    assert words in message
    assert line[caret.index("^") :] == pointed


def test_filters_are_saved_listed_used_and_removed(backlog: House) -> None:
    assert "no filter is saved yet" in roadwright(backlog, "filters").stdout
    saved = roadwright(backlog, "filters", "save", "growing", "department contains growth")
    assert (saved.exit_code, saved.stdout) == (0, "@growing is saved\n")
    assert found(backlog, "@growing") == ["1", "2"]
    replaced = roadwright(backlog, "filters", "save", "@Growing", "department = growth")
    assert replaced.stdout == "@Growing is replaced; it was: department contains growth\n"
    assert found(backlog, "@growing") == ["1"]
    assert roadwright(backlog, "filters").stdout == "@Growing  department = growth\n"
    [listed] = json.loads(roadwright(backlog, "filters", "--json").stdout)
    assert (listed["name"], listed["filter"]) == ("Growing", "department = growth")
    before = CliRunner().invoke(app, ["filters", "-w", str(backlog.root), "remove", "growing"])
    assert (before.exit_code, before.stdout) == (0, "@Growing is removed; it was: department = growth\n")
    assert "no filter is saved yet" in roadwright(backlog, "filters").stdout


def test_a_filter_that_can_t_be_saved_or_found_is_exit_2(backlog: House) -> None:
    wrong = roadwright(backlog, "filters", "save", "wrong", "titel = a")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.splitlines()[0] == 'there is no field "titel" (did you mean title?)'
    unnamed = roadwright(backlog, "filters", "save", "@", "title = a")
    assert unnamed.exit_code == 2
    assert "can't be a filter's name" in unnamed.stderr
    roadwright(backlog, "filters", "save", "right", "title = a")
    unknown = roadwright(backlog, "filters", "remove", "rigth")
    assert unknown.exit_code == 2
    assert unknown.stderr == 'there is no saved filter "rigth" (did you mean right?); there are: right\n'

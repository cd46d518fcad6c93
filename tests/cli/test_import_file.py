"""`roadwright import` and `roadwright export` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from roadwright.cli.main import app
from tests.house import make_house

RUNNER = CliRunner()
WISHES = "Wunsch;Stand;Frist\nRückerstattung;In Arbeit;2026-05-31\nSuche;Offen;\n"


def test_a_proposal_is_shown_asked_for_and_taken(tmp_path: Path) -> None:
    house = make_house(tmp_path / "ws", f"sqlite:///{tmp_path / 'test.db'}")
    house.workspace.close()
    file = tmp_path / "Wishes.csv"
    file.write_text(WISHES, encoding="utf-16")
    asked = ["import", str(file), "-w", str(house.root)]
    before = (house.root / "roadwright.toml").read_text(encoding="utf-8")
    shown = RUNNER.invoke(app, [*asked, "--json", "--dry-run"])
    body = json.loads(shown.stdout)
    assert list(body) == ["tab", "header_row", "columns", "values", "samples"]
    assert body["columns"] == {"title": "Wunsch", "lifecycle_status": "Stand", "deadline_date": "Frist"}
    assert body["samples"][0]["deadline_date"] == "2026-05-31"
    assert RUNNER.invoke(app, asked).exit_code == 2
    assert (house.root / "roadwright.toml").read_text(encoding="utf-8") == before
    taken = RUNNER.invoke(app, [*asked, "--yes", "--into", "Sales wishes"])
    assert taken.exit_code == 0, taken.output
    assert (house.root / "Intake_Sales_wishes.xlsx").exists()
    listed = RUNNER.invoke(app, ["backlog", "-w", str(house.root), "--format", "json"])
    assert [(row["title"], row["lifecycle_status"]) for row in json.loads(listed.stdout)] == [
        ("Rückerstattung", "in_progress"),
        ("Suche", "new"),
    ]
    unknown = RUNNER.invoke(app, ["import", str(file), "-w", str(house.root), "--from", "jirra"])
    assert unknown.exit_code == 2

"""`roadwright doctor` on workspaces that are well and on broken ones."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner, Result

from roadwright.actions import ledger
from roadwright.actions.doctor import ranges
from roadwright.cli.main import app
from roadwright.store.models import ActionRun, Initiative
from tests.house import House


def doctor(root: Path) -> Result:
    return CliRunner().invoke(app, ["doctor", "-w", str(root)])


def assert_bad(result: Result, *words: str) -> None:
    text = " ".join(result.stdout.split())
    assert result.exit_code == 1, text
    assert re.search(r" not well: \d+ of the above$", text), text
    assert all(word in text for word in words), text
    assert "Traceback" not in text


def test_a_healthy_workspace_is_exit_0(house: House) -> None:
    before = house.bytes()
    result = doctor(house.root)
    assert result.exit_code == 0, result.stdout
    text = " ".join(result.stdout.split())
    assert text.endswith("all is well")
    assert "3 initiatives" in text
    assert "HiGHS" in text
    assert "Backlog: 3 rows" in text
    assert house.bytes() == before


def test_json_tells_each_finding_with_its_code(house: House) -> None:
    (house.root / "ProductOps.xlsx").unlink()
    result = CliRunner().invoke(app, ["doctor", "-w", str(house.root), "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert not answer["is_well"]
    bad = [
        (one["what"], one["found"]["code"], one["advice"]["code"]) for one in answer["findings"] if not one["is_well"]
    ]
    assert ("Metrics_Config", "workbook_missing", "advice_missing_workbook") in bad
    assert {code for _, code, _ in bad} == {"workbook_missing"}


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    assert_bad(doctor(tmp_path), "roadwright.toml is missing", "roadwright init")


def test_settings_that_can_not_be_read(house: House) -> None:
    settings = house.root / "roadwright.toml"
    settings.write_text("activating_batch = 0\ncolour = 'red'\n")
    assert_bad(doctor(house.root), "activating_batch", "colour: is not a key that Roadwright knows")
    settings.write_text("activating_batch = = 3")
    assert_bad(doctor(house.root), "can't be read")


def test_a_table_that_lacks_a_column_is_named(house: House) -> None:
    with house.workspace.store.engine.begin() as connection:
        connection.execute(text("alter table initiatives drop column hypothesis"))
        connection.execute(text("drop table cached_tabs"))
    words = ("the column initiatives.hypothesis is missing", "the table cached_tabs is missing")
    assert_bad(doctor(house.root), *words, "roadwright restore", "roadwright rebuild")


def test_a_database_that_is_none(house: House) -> None:
    house.workspace.close()
    (house.root / "roadwright.db").write_bytes(b"nothing of the kind" * 300)
    for path in house.root.glob("roadwright.db-*"):
        path.unlink()
    assert_bad(doctor(house.root), "can't be used", "database_url")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.unlink(), ("the workbook is missing", "roadwright init")),
        (lambda path: path.write_bytes(b"PK\x03\x04 broken"), ("ProductOps.xlsx",)),
        (lambda path: path.write_bytes(path.read_bytes()[:-400]), ("ProductOps.xlsx",)),
        (lambda path: path.write_bytes(b""), ("ProductOps.xlsx",)),
    ],
)
def test_a_workbook_that_is_missing_or_damaged(house: House, damage: object, words: tuple[str, ...]) -> None:
    assert callable(damage)
    damage(house.root / "ProductOps.xlsx")
    result = doctor(house.root)
    assert_bad(result, *words)
    assert "Backlog: 3 rows" in result.stdout, "the others are looked at all the same"


def test_a_header_that_can_not_be_matched(house: House) -> None:
    place = house.place("Metrics_Config")
    from roadwright.sheets.backend import TabEdit

    house.workspace.open(place).write([TabEdit(place.tab, 1, {(1, 1): "key of the KPI"})])
    assert_bad(doctor(house.root), "Metrics_Config", "kpi_key", "missing")


def test_an_optional_column_that_is_gone_is_told_and_is_well(house: House) -> None:
    place = house.place("Backlog")
    from roadwright.sheets.backend import TabEdit
    from roadwright.sheets.read import read_table

    workbook = house.workspace.open(place)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab)
    workbook.write([TabEdit(place.tab, 1, {(1, table.columns["hypothesis"]): "my own column"})])
    result = doctor(house.root)
    assert result.exit_code == 0
    assert "without the columns hypothesis" in " ".join(result.stdout.split())


def test_a_registry_without_north_star(house: House) -> None:
    from roadwright.store.models import OrganizationMetricsConfig

    with house.workspace.store.transaction() as session:
        session.execute(update(OrganizationMetricsConfig).values(is_active=False))
    assert_bad(doctor(house.root), "KPI registry", "no active north star", "pm.save_selected --tab Metrics_Config")


def test_an_interrupted_action(house: House) -> None:
    store = house.workspace.store
    run = ledger.enqueue(store, "pm.backlog_sync", {}, "test")
    with store.transaction() as session:
        kept = session.get_one(ActionRun, run.id)
        kept.worker = f"{str(kept.worker).rpartition('/')[0]}/1.00"
    assert_bad(doctor(house.root), "ACT-000006 pm.backlog_sync was interrupted", "run it again; that is safe")


def test_rows_in_failed_and_conflict_are_counted_with_their_places(house: House) -> None:
    bad = {"title": "Odd", "risk_level": "dangerous"}
    house.type_new("Backlog", bad, bad, {"title": "Fine"}, bad)
    assert house.run("pm.save_selected", tab="Backlog").status == "partial"
    key = house.rows("Backlog")[0].text("initiative_key")
    with house.workspace.store.transaction() as session:
        session.execute(update(Initiative).where(Initiative.initiative_key == key).values(title="Theirs"))
    house.type_into("Backlog", 2, {"title": "Ours"})
    house.run("pm.save_selected", tab="Backlog")
    before = house.bytes()
    assert_bad(
        doctor(house.root),
        "Backlog, FAILED: 3 rows (5-6, 8)",
        "Central_Backlog.xlsx!Backlog row 5: FAILED: risk_level:",
        "Backlog, CONFLICT: 1 row (2)",
        "not well: 2 of the above",
    )
    assert house.bytes() == before


def test_folders_and_files_that_can_not_be_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    may = os.access
    closed = [house.root / "Intake.xlsx", house.root / "roadwright.db"]
    monkeypatch.setattr(
        "roadwright.actions.doctor.os.access",
        lambda path, mode: may(path, mode) and not (mode == os.W_OK and path in closed),
    )
    assert_bad(
        doctor(house.root), "Intake.xlsx: is read-only", "roadwright.db: is read-only", "allow writing to the file"
    )
    shutil.rmtree(house.workspace.private)
    house.workspace.private.write_text("no folder")
    assert_bad(doctor(house.root), ".roadwright: is no folder")


def test_a_disk_without_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roadwright.actions.doctor.free_space", lambda _: 12_000)
    assert_bad(doctor(house.root), "disk: only 12.0 KB free in", "an action may need 1.", "make room on this disk")


def test_row_numbers_as_people_write_them() -> None:
    assert ranges([3]) == ["3"]
    assert ranges([2, 3, 4, 9, 11, 12]) == ["2-4", "9", "11-12"]
    assert ranges([]) == []

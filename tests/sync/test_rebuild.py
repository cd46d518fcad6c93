"""`roadwright rebuild`: what the workbooks hold goes into a new or older database; keys stay, nothing is doubled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from roadwright import tabs
from roadwright.cli.main import app
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.services.roadmaps.versions import publish
from roadwright.sheets.merge import plain
from roadwright.sheets.values import CellValue
from roadwright.store.models import Initiative, IssuedKey, Roadmap
from roadwright.store.presence import PRIVATE
from roadwright.workspace.settings import FILE
from roadwright.workspace.settings_file import with_database_url
from roadwright.workspace.workspace import open_workspace
from tests.actions.company import add_candidates, add_kpis, add_scenario, chosen, constrain
from tests.conftest import postgres_database
from tests.house import House
from tests.workspace.test_identity import go_back_to, point_at, rows_of, synced

pytestmark = pytest.mark.files

_PROVENANCE = ("updated_source", "updated_at")


@pytest.fixture
def second_url(house: House, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a second, empty database, of the other kind than the first."""
    if house.workspace.store.engine.dialect.name == "postgresql":
        yield f"sqlite:///{tmp_path / 'second.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


def rebuild(root: Path) -> Result:
    return CliRunner().invoke(app, ["rebuild", "-w", str(root)])


def on_database(house: House, url: str, exit_code: int = 0) -> House:
    """The same folder on another database, taken over."""
    file = house.root / FILE
    file.write_text(with_database_url(file.read_text(encoding="utf-8"), url), encoding="utf-8")
    result = rebuild(house.root)
    assert result.exit_code == exit_code, result.output
    return House(open_workspace(house.root))


def shown(house: House) -> dict[str, list[tuple[int, dict[str, object]]]]:
    """What every tab shows, but for provenance and statuses."""
    return {
        spec.name: [
            (row.number, {n: plain(v) for n, v in row.raw.items() if n not in (*_PROVENANCE, "run_status")})
            for row in house.rows(spec.name)
        ]
        for spec in tabs.TABS
    }


def company(house: House) -> None:
    """A workspace in which everything has been done once."""
    add_kpis(house)
    add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
        {"engineering_tokens": 50, "contributions": "gmv: 52"},
    )
    house.done("pm.populate_initiatives")
    first = house.rows("Scoring_Inputs")[0].number
    rice = {"rice_reach": 100, "rice_impact": 2, "rice_confidence": 0.8, "rice_effort": 4}
    house.type_into("Scoring_Inputs", first, {"active_scoring_framework": "RICE", **rice})
    house.done("pm.score_selected")
    house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "block"})
    house.done("pm.save_selected", tab="Gates")
    house.type_new(
        "Roadmaps",
        {"roadmap_name": "Growth", "period_key": "2026-Q2", "source": "list", "source_ref": "INIT-000001, INIT-000002"}
        | {"gate_policy": "strict"},
    )
    house.done("pm.roadmap_create")
    add_scenario(house, capacity=100)
    house.done("pm.optimize_run_all_candidates")
    row = house.row("Results", "INIT-000001").number
    house.type_into("Results", row, {"notes": "my own words"})
    for status in ("in_review", "approved"):
        house.done("pm.roadmap_set_status", options=("roadmap_name=Growth", f"status={status}", "by=Ann"))
    house.done("pm.roadmap_publish", options=("roadmap_name=Growth", "by=Ann"))
    house.done("pm.backlog_sync")
    house.done("pm.optimize_write_results")


def test_a_lost_database_is_taken_over_from_the_workbooks(house: House, second_url: str) -> None:
    company(house)
    before = shown(house)
    again = on_database(house, second_url)
    assert shown(again) == before
    for action in ("pm.backlog_sync", "pm.optimize_write_results", "pm.score_selected"):
        again.done(action)
    assert shown(again) == before
    again.type_new("Intake", {"title": "Later"})
    again.done("pm.backlog_sync")
    assert again.row("Backlog", "INIT-000004").text("title") == "Later"
    outcome = again.done("pm.optimize_run_all_candidates")
    assert outcome.optimization_run_id == "OPT-000002"
    with again.workspace.store.transaction() as session:
        roadmap = session.scalars(select(Roadmap)).one()
        assert (roadmap.status, roadmap.version) == (RoadmapStatus.PUBLISHED, 1)
        assert publish(session, roadmap, "Ann", "test").edition.number == 2
    again.workspace.close()


def test_adopted_runs_and_rules_of_every_scenario_are_taken_over(house: House, second_url: str) -> None:
    company(house)
    house.type_new(
        "Roadmaps",
        {"roadmap_name": "Open", "period_key": "2026-Q2", "source": "filter", "source_ref": "title is not empty"},
    )
    house.done("pm.roadmap_create", select="Open")
    constrain(house, "exclude_initiative", "INIT-000003", scenario_name=None)
    add_scenario(house, "Shared", roadmap_name="Open", constraint_set_name="base", use_dependencies=False)
    house.done("pm.optimize_run_all_candidates", options=["scenario_name=Shared"])
    house.type_into("Roadmaps", house.row("Roadmaps", "Open").number, {"adopted_run": "OPT-000002"})
    house.done("pm.roadmap_check_gates")
    house.done("pm.backlog_sync")
    before = shown(house)
    again = on_database(house, second_url)
    assert shown(again) == before
    again.done("pm.roadmap_check_gates")
    assert shown(again) == before
    assert again.row("Roadmaps", "Open").text("adopted_run") == "OPT-000002"
    assert again.done("pm.optimize_run_all_candidates", options=["scenario_name=Shared"]).exit_code == 0
    assert "INIT-000003" not in chosen(again, "Shared")
    again.workspace.close()


def test_a_second_rebuild_has_nothing_to_do(house: House, second_url: str) -> None:
    again = on_database(synced(house), second_url)
    before = again.bytes()
    result = rebuild(again.root)
    assert (result.exit_code, "nothing to take over" in result.output) == (0, True)
    assert again.bytes() == before
    again.workspace.close()


def test_an_older_database_gets_what_it_lacks(house: House) -> None:
    synced(house, "One", "Two")
    one, two = (house.row("Backlog", key).number for key in ("INIT-000001", "INIT-000002"))
    house.type_into("Backlog", one, {"department": "Growth", "country": "UK"})
    house.done("pm.backlog_sync")
    older = rows_of(house)
    house.type_into("Backlog", one, {"department": None, "country": "Spain"})
    house.type_into("Backlog", two, {"risk_level": "low"})
    synced(house, "Three")
    go_back_to(house, older)
    result = rebuild(house.root)
    assert result.exit_code == 0, result.output
    with house.workspace.store.transaction() as session:
        found = {i.title: i for i in session.scalars(select(Initiative))}
        assert sorted(found) == ["One", "Three", "Two"]
        assert (found["One"].department, found["One"].country) == (None, "Spain")
        assert found["Two"].risk_level == "low"
        assert found["Three"].initiative_key == "INIT-000003"
    again = House(open_workspace(house.root))
    synced(again, "Four")
    assert again.row("Backlog", "INIT-000004").text("title") == "Four"
    assert {row.text("run_status") for row in again.rows("Backlog")} == {"OK"}
    assert {row.text("run_status") for row in again.rows("Intake")} == {"OK"}
    again.workspace.close()


def test_the_backlog_wins_over_intake(house: House, second_url: str) -> None:
    house.type_new("Intake", {"title": "One", "department": "Growth", "country": "UK"})
    house.done("pm.backlog_sync")
    row = house.row("Backlog", "INIT-000001").number
    house.type_into("Backlog", row, {"title": "Better", "department": None})
    house.done("pm.backlog_sync")
    house.type_into("Intake", house.row("Intake", "INIT-000001").number, {"title": "Worse"})
    again = on_database(house, second_url)
    backlog = again.row("Backlog", "INIT-000001")
    assert (backlog.text("title"), backlog.text("department"), backlog.text("country")) == ("Better", "", "UK")
    with again.workspace.store.transaction() as session:
        initiative = session.scalars(select(Initiative)).one()
        assert (initiative.intake_workbook, initiative.intake_missing) == ("Intake.xlsx", False)
    again.workspace.close()


def test_a_row_that_the_backlog_lacks_enters_from_intake(house: House, second_url: str) -> None:
    synced(house, "One", "Two")
    house.clear_row("Backlog", house.row("Backlog", "INIT-000002").number)
    again = on_database(house, second_url)
    assert again.row("Backlog", "INIT-000002").text("title") == "Two"
    again.workspace.close()


def test_an_initiative_whose_intake_row_is_gone_still_says_where_it_came_from(house: House, second_url: str) -> None:
    synced(house, "One", "Two")
    house.clear_row("Intake", house.row("Intake", "INIT-000002").number)
    house.done("pm.backlog_sync")
    again = on_database(house, second_url)
    assert "source_missing" in again.status("Backlog", "INIT-000002")
    again.workspace.close()


def test_overrides_stay_overrides_and_computed_values_computed(house: House, second_url: str) -> None:
    add_kpis(house)
    add_candidates(house, {"engineering_tokens": 60, "contributions": "gmv: 60"}, {"engineering_tokens": 5})
    again = on_database(house, second_url)
    with again.workspace.store.transaction() as session:
        one, two = session.scalars(select(Initiative).order_by(Initiative.initiative_key))
        assert (one.kpi_contribution_source, one.kpi_contribution_json) == ("pm_override", {"gmv": 60})
        assert (two.kpi_contribution_source, two.kpi_contribution_json) == ("computed", None)
    again.workspace.close()


def test_a_key_that_was_refused_as_never_given_is_not_taken_as_given(house: House, second_url: str) -> None:
    synced(house, "One")
    house.type_new("Intake", {"title": "Typed", "initiative_key": "INIT-000900"})
    house.run("pm.backlog_sync")
    again = on_database(house, second_url)
    with again.workspace.store.transaction() as session:
        assert list(session.scalars(select(Initiative.title))) == ["One"]
        assert 900 not in set(session.scalars(select(IssuedKey.number)))
    again.workspace.close()


def test_numbers_go_on_above_all_that_is_shown_anywhere(house: House, second_url: str) -> None:
    synced(house, "One")
    house.workspace.published.mkdir()
    text = "INIT-000041 came in, chosen by OPT-000017 in ACT-000099"
    (house.workspace.published / "Growth-v6.md").write_text(text, encoding="utf-8")
    house.type_new("Roadmaps", {"roadmap_name": "Growth", "period_key": "2026-Q2"})
    again = on_database(house, second_url)
    outcome = synced(again, "Next").done("pm.backlog_sync")
    assert again.row("Backlog", "INIT-000042").text("title") == "Next"
    assert int(str(outcome.run_id).removeprefix("ACT-")) > 99
    with again.workspace.store.transaction() as session:
        assert session.scalars(select(Roadmap.version)).one() == 6
    again.workspace.close()


def test_nothing_is_rebuilt_while_a_workbook_can_not_be_read(house: House, second_url: str) -> None:
    synced(house)
    (house.root / "ProductOps.xlsx").write_bytes(b"nothing of the kind")
    file = house.root / FILE
    file.write_text(with_database_url(file.read_text(encoding="utf-8"), second_url), encoding="utf-8")
    before = house.bytes()
    result = rebuild(house.root)
    assert (result.exit_code, "ProductOps.xlsx" in result.output) == (1, True)
    assert house.bytes() == before
    assert CliRunner().invoke(app, ["run", "pm.backlog_sync", "-w", str(house.root)]).exit_code == 1


def test_a_workspace_without_a_note_is_rebuilt_too(house: House, second_url: str) -> None:
    synced(house)
    (house.root / PRIVATE / "workspace.json").unlink()
    again = on_database(house, second_url)
    assert len(again.rows("Backlog")) == 3
    again.workspace.close()


def test_a_row_that_can_not_be_saved_is_no_dead_end(house: House, second_url: str) -> None:
    add_kpis(house)
    row = house.row("Metrics_Config", "retention").number
    house.type_into("Metrics_Config", row, {"kpi_level": "north_star"})
    again = on_database(house, second_url, exit_code=1)
    assert "nothing was saved" in again.status("Metrics_Config", "gmv")
    again.type_into("Metrics_Config", row, {"kpi_level": "strategic"})
    again.done("pm.save_selected", tab="Metrics_Config")
    assert again.status("Metrics_Config", "gmv") == "OK"
    again.workspace.close()


def test_stopped_half_way_it_is_completed_by_running_it_again(house: House, second_url: str) -> None:
    company(house)
    before = shown(house)
    file = house.root / FILE
    file.write_text(with_database_url(file.read_text(encoding="utf-8"), second_url), encoding="utf-8")
    with patch("roadwright.sync.rebuild.take_over", side_effect=[None, None, KeyboardInterrupt]):
        assert rebuild(house.root).exit_code != 0
    outcome = CliRunner().invoke(app, ["run", "pm.optimize_write_results", "-w", str(house.root)])
    assert (outcome.exit_code, "roadwright rebuild" in outcome.stderr) == (1, True)
    assert rebuild(house.root).exit_code == 0
    again = House(open_workspace(house.root))
    assert {tab: len(rows) for tab, rows in shown(again).items()} == {tab: len(rows) for tab, rows in before.items()}
    again.workspace.close()


def two_folders(house: House, tmp_path: Path, url: str) -> tuple[House, House]:
    """A workspace and a copy of its folder, both in use on one database; then the first is on a new, empty one."""
    synced(house, "One", "Two")
    copy = tmp_path / "copy"
    shutil.copytree(house.root, copy)
    point_at(copy, house.workspace.store.engine.url.render_as_string(hide_password=False))
    synced(house, "Three")
    other = House(open_workspace(copy))
    other.type_into("Backlog", other.row("Backlog", "INIT-000002").number, {"country": "UK", "department": "Growth"})
    synced(other, "Four")
    house.done("pm.backlog_sync")
    house.type_into("Backlog", house.row("Backlog", "INIT-000001").number, {"country": "FR"})
    house.type_into("Backlog", house.row("Backlog", "INIT-000002").number, {"country": "DE"})
    house.done("pm.backlog_sync")
    other.workspace.close()
    return on_database(house, url), other


def test_a_copy_of_the_folder_joins_the_new_database(house: House, second_url: str, tmp_path: Path) -> None:
    first, other = two_folders(house, tmp_path, second_url)
    before = first.done("pm.backlog_sync")
    assert before.summary["conflicts"] == 0
    point_at(other.root, second_url)
    result = CliRunner().invoke(app, ["run", "pm.backlog_sync", "-w", str(other.root)])
    assert (result.exit_code, f"roadwright rebuild -w {other.root}" in result.stderr) == (1, True)
    result = rebuild(other.root)
    assert result.exit_code == 0, result.output
    joined = House(open_workspace(other.root))
    titles = {f"INIT-{number:06}": title for number, title in enumerate(("One", "Two", "Three", "Four"), start=1)}
    with joined.workspace.store.transaction() as session:
        stored = {row.initiative_key: row for row in session.scalars(select(Initiative))}
        assert {key: row.title for key, row in stored.items()} == titles
        assert [stored[f"INIT-{number:06}"].country for number in (1, 2)] == ["FR", "DE"], "the newer folder's stand"
        assert stored["INIT-000002"].department == "Growth"
    status = joined.status("Backlog", "INIT-000002")
    assert status.startswith('CONFLICT: country: the sheet has "UK", the database has "DE"')
    assert joined.row("Backlog", "INIT-000002").text("country") == "UK", "and what the older one says is kept"
    assert joined.done("pm.backlog_sync", options=["on_conflict=database"]).summary["created"] == 0
    synced(joined, "Five")
    assert first.done("pm.backlog_sync").summary["failed"] == 0
    assert first.row("Backlog", "INIT-000005").text("title") == "Five"
    joined.workspace.close()
    first.workspace.close()


def test_joining_deletes_no_rule_that_only_the_newer_folder_has(house: House, second_url: str, tmp_path: Path) -> None:
    synced(house, "One", "Two")
    rule: dict[str, CellValue | None] = {
        "scenario_name": "Plan", "constraint_set_name": "base", "constraint_type": "mandatory", "reason": "the law",
    }  # fmt: skip
    house.type_new("Constraints", {**rule, "dimension_key": "INIT-000001"})
    house.done("pm.save_selected", tab="Constraints")
    copy = tmp_path / "copy"
    shutil.copytree(house.root, copy)
    house.type_new("Constraints", {**rule, "dimension_key": "INIT-000002"})
    house.done("pm.save_selected", tab="Constraints")
    first = on_database(house, second_url)
    point_at(copy, second_url)
    assert rebuild(copy).exit_code == 0
    joined = House(open_workspace(copy))
    joined.done("pm.save_selected", tab="Constraints")
    for folder in (joined, first):
        folder.done("pm.refresh_tab", tab="Constraints")
        assert [row.text("dimension_key") for row in folder.rows("Constraints")] == ["INIT-000001", "INIT-000002"]
        folder.workspace.close()


def test_a_rebuild_that_was_stopped_at_once_can_run_again(house: House, second_url: str) -> None:
    synced(house)
    point_at(house.root, second_url)
    with patch("roadwright.sync.rebuild.keys_for_new_rows", side_effect=KeyboardInterrupt):
        rebuild(house.root)
    result = rebuild(house.root)
    assert result.exit_code == 0, result.output
    again = House(open_workspace(house.root))
    assert again.done("pm.backlog_sync").summary["created"] == 0
    assert [row.text("initiative_key") for row in again.rows("Backlog")] == [f"INIT-{n:06}" for n in (1, 2, 3)]
    again.workspace.close()

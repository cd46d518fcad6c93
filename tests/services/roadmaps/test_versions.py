"""Publishing: numbered versions that never change, what they hold, and the files that come of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from roadwright.services.roadmaps.content import Content, content_hash
from roadwright.services.roadmaps.export_files import file_stems
from roadwright.services.roadmaps.export_named import find_edition
from roadwright.services.roadmaps.versions import NeverChanges, content_of
from roadwright.sheets.backend import SheetError
from roadwright.sheets.files import place_file
from roadwright.store.models import RoadmapVersion
from roadwright.store.presence import PRIVATE
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.house import House
from tests.services.roadmaps.curated import (
    change_entry,
    change_initiative,
    change_roadmap,
    put_gate,
    put_initiatives,
    put_kpis,
    put_roadmap,
    roadmap_named,
)
from tests.sync.spreadsheet import lock_by_excel

PUBLISH = "pm.roadmap_publish"


def versions(house: House, name: str = "growth") -> list[tuple[int, Content]]:
    with house.workspace.store.transaction() as session:
        found = roadmap_named(session, name).versions
        assert all(version.content_hash == content_hash(content_of(version)) for version in found)
        return [(version.number, content_of(version)) for version in found]


def moves(house: House, name: str = "growth") -> list[tuple[str, str, str]]:
    with house.workspace.store.transaction() as session:
        changes = roadmap_named(session, name).status_changes
        return [(one.from_status, one.to_status, one.changed_by) for one in changes]


def files(house: House) -> list[str]:
    return sorted(path.name for path in (house.root / "published").glob("*"))


@pytest.fixture
def keys(house: House) -> list[str]:
    """Reorder with tokens and a contribution, Search with neither, Gifts with tokens."""
    put_kpis(house)
    contributions = {"GMV": 120_000.0, "retention": 0.01}
    return put_initiatives(
        house,
        {
            "title": "Reorder",
            "engineering_tokens": 60,
            "department": "Growth",
            "brief_description": "Buy it again",
            "kpi_contribution_json": contributions,
        },
        {"title": "=Search | one", "department": "Growth"},
        {"title": "Gifts", "engineering_tokens": 20.5, "country": "UK"},
    )


def test_a_version_holds_what_the_roadmap_is(house: House, keys: list[str]) -> None:
    put_gate(house, "strict", "tokens_present")
    put_gate(house, "strict", "contribution_present", "warn")
    put_roadmap(house, "growth", keys, gate_policy="strict", owner="Anna", description="What we build")
    outcome = house.done(PUBLISH, options=["by=Ben"])
    assert (outcome.summary["published"], outcome.summary["versions"]) == (1, ["growth@1"])
    assert outcome.summary["answer"] == '"growth" is published as version 1 with 2 entries, 1 left out'
    assert moves(house) == [("approved", "published", "Ben")]
    [(number, content)] = versions(house)
    assert number == 1
    assert (content.roadmap.gate_policy, content.roadmap.owner, content.roadmap.source) == ("strict", "Anna", "list")
    assert [(one.gate, one.severity) for one in content.roadmap.gates] == [
        ("contribution_present", "warn"),
        ("tokens_present", "block"),
    ]
    reorder, gifts = content.entries
    assert (reorder.initiative_key, reorder.tokens, reorder.department, reorder.selected) == (
        keys[0],
        60,
        "Growth",
        True,
    )
    assert reorder.kpi_contributions == {"gmv": 120_000, "retention": 0.01}
    assert [(one.gate, one.passed) for one in gifts.gate_results] == [
        ("contribution_present", False),
        ("tokens_present", True),
    ]
    assert len(gifts.gate_failures) == 1
    [search] = content.left_out
    assert (search.initiative_key, search.title) == (keys[1], "=Search | one")
    assert any("engineering_tokens is blank" in reason for reason in search.reasons)
    assert (content.totals.entries, content.totals.chosen, content.totals.tokens) == (2, 2, 80.5)
    assert [(kpi.kpi_key, kpi.unit, kpi.total) for kpi in content.totals.kpis] == [
        ("gmv", "GBP", 120_000),
        ("retention", None, 0.01),
    ]
    assert (house.row("Roadmaps", "growth").values["version"], house.status("Roadmaps", "growth")) == (1, "OK")


def test_equal_content_makes_no_new_version_and_says_so(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    house.done(PUBLISH, options=["by=Ben"])
    before = house.bytes()
    again = house.done(PUBLISH, options=["by=Cleo"])
    assert (again.summary["published"], again.summary["unchanged"]) == (0, 1)
    assert again.summary["answer"] == 'nothing changed on "growth" since version 1, so there is no new version'
    assert house.status("Roadmaps", "growth") == "OK"
    assert house.bytes() == before
    assert [number for number, _ in versions(house)] == [1]
    assert moves(house) == [("approved", "published", "Ben")]
    change_initiative(house, keys[0], engineering_tokens=80.0)
    changed = house.done(PUBLISH)
    assert changed.summary["versions"] == ["growth@2"]
    (_, first), (_, second) = versions(house)
    assert [content.entries[0].tokens for content in (first, second)] == [60, 80]
    assert house.row("Roadmaps", "growth").values["version"] == 2
    change_initiative(house, keys[0], engineering_tokens=60.0)
    house.done(PUBLISH)
    numbers = [number for number, _ in versions(house)]
    assert numbers == [1, 2, 3]  # what an older version was is published anew when it comes back


def test_publishing_judges_anew_and_saves_what_was_typed(house: House, keys: list[str]) -> None:
    put_gate(house, "strict", "tokens_present")
    put_roadmap(house, "growth", keys, gate_policy="strict")
    house.done("pm.roadmap_check_gates", options=["roadmap_name=growth"])
    change_initiative(house, keys[0], engineering_tokens=None)
    row = house.row("Roadmap_Entries", keys[1]).number
    house.type_into("Roadmap_Entries", row, {"waived_by": "Anna", "waiver_reason": "The board asked for it"})
    house.done(PUBLISH)
    [(_, content)] = versions(house)
    assert [(one.initiative_key, str(one.gate_status)) for one in content.entries] == [
        (keys[1], "waived"),
        (keys[2], "admitted"),
    ]
    waiver = content.entries[0].waiver
    assert waiver is not None
    assert (waiver.waived_by, waiver.reason) == ("Anna", "The board asked for it")
    assert waiver.waived_at is not None
    assert [one.initiative_key for one in content.left_out] == [keys[0]]


@pytest.mark.parametrize("status", ["draft", "in_review", "archived"])
def test_only_an_approved_roadmap_is_published(house: House, keys: list[str], status: str) -> None:
    put_roadmap(house, "growth", keys, status=status)
    outcome = house.run(PUBLISH)
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert outcome.error is not None
    assert f'roadmap "growth" is {status}; ' in outcome.error
    assert "pm.roadmap_set_status" in outcome.error
    assert (versions(house), moves(house), files(house)) == ([], [], [])


def test_which_roadmap(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys[:1])
    put_roadmap(house, "core", keys[1:], status="draft")
    house.done("pm.refresh_tab", tab="Roadmaps")
    outcome = house.run(PUBLISH)
    assert outcome.exit_code == 2
    assert "there are several roadmaps: growth, core" in str(outcome.error)
    assert house.run(PUBLISH, options=["roadmap_name=grwth"]).exit_code == 2
    assert "did you mean growth?" in str(house.run(PUBLISH, options=["roadmap_name=grwth"]).error)
    assert house.run(PUBLISH, select="growth", options=["roadmap_name=growth"]).exit_code == 2
    assert house.run(PUBLISH, select="nothing").exit_code == 2
    assert versions(house) == []
    house.done(PUBLISH, options=["roadmap_name=GROWTH"])
    both = house.run(PUBLISH, select="growth, core")
    assert (both.exit_code, both.summary["unchanged"]) == (1, 1)
    assert house.status("Roadmaps", "core").startswith('FAILED: roadmap "core" is draft; it has to be reviewed')
    assert house.status("Roadmaps", "growth") == "OK"


def test_a_selected_row_that_is_no_roadmap_is_refused(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    house.done("pm.refresh_tab", tab="Roadmaps")
    house.type_new("Roadmaps", {"roadmap_name": "core"}, {"roadmap_name": "Growth", "period_key": "2026-Q3"})
    outcome = house.run(PUBLISH, select="2-4")
    assert (outcome.exit_code, outcome.summary["published"]) == (1, 1)
    assert "Roadmaps row 3: FAILED: period_key: is empty" in str(outcome.error)
    assert "Roadmaps row 4: FAILED: " in str(outcome.error)


def test_a_row_that_could_not_be_saved_stops_it(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    house.done("pm.roadmap_check_gates", options=["roadmap_name=growth"])
    row = house.row("Roadmap_Entries", keys[0]).number
    house.type_into("Roadmap_Entries", row, {"priority_rank": "first"})
    outcome = house.run(PUBLISH)
    assert outcome.exit_code == 1
    assert f"Roadmap_Entries!{row}: priority_rank" in str(outcome.error)
    assert versions(house) == []


@pytest.mark.files
def test_an_open_workbook_does_not_stop_it(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    house.done("pm.roadmap_check_gates", options=["roadmap_name=growth"])
    held = lock_by_excel(house.root / "Roadmaps.xlsx", "Ann Smith")
    outcome = house.run(PUBLISH)
    assert (outcome.exit_code, outcome.summary["published"]) == (1, 1)
    assert "Roadmaps.xlsx is open in Excel by Ann Smith" in str(outcome.error)
    assert len(files(house)) == 3
    held.unlink()
    again = house.done(PUBLISH)
    assert (again.summary["published"], again.summary["unchanged"]) == (0, 1)
    assert house.row("Roadmaps", "growth").values["version"] == 1
    assert [number for number, _ in versions(house)] == [1]


def test_figures_of_any_size_keep_the_hash(house: House, keys: list[str]) -> None:
    figures = {"gmv": 1e22, "retention": 0.1 + 0.2, "latency": -5e-324}
    change_initiative(house, keys[0], kpi_contribution_json=figures, engineering_tokens=1e15 + 0.5)
    put_roadmap(house, "growth", keys)
    house.done(PUBLISH)
    [(_, content)] = versions(house)
    assert content.entries[0].kpi_contributions == figures
    assert house.done(PUBLISH).summary["unchanged"] == 1


def test_the_run_and_constraint_set_that_it_came_from(house: House) -> None:
    add_kpis(house)
    keys = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
    )
    put_roadmap(house, "growth", keys, source="filter", source_ref="title is not empty")
    add_scenario(house, "Plan", 60, roadmap_name="growth")
    house.done("pm.optimize_run_all_candidates")
    house.done("pm.refresh_tab", tab="Roadmaps")
    refused = house.run(PUBLISH)
    assert (refused.exit_code, versions(house)) == (2, [])
    assert "the answered runs over it are: OPT-000001 (Plan). Type one as adopted_run on Roadmaps" in str(refused.error)
    assert house.status("Roadmaps", "growth").startswith("FAILED: adopted_run: nobody has said which run is published")
    assert house.run(PUBLISH, options=["run_id=OPT-000002"]).exit_code == 2
    outcome = house.done(PUBLISH, options=["run_id=opt-1"])
    assert outcome.summary["answer"] == (
        '"growth" is published as version 1 with 2 entries, chosen by OPT-000001 (scenario Plan): 1 of 2, 60 of 110 '
        "tokens"
    )
    named = {name: outcome.summary[name] for name in ("adopted_run", "scenario_name", "tokens")}
    assert named == {"adopted_run": "OPT-000001", "scenario_name": "Plan", "tokens": 60}
    assert house.row("Roadmaps", "growth").text("adopted_run") == "OPT-000001"
    [(_, content)] = versions(house)
    assert content.origin is not None
    assert (content.origin.run_id, content.origin.scenario_name) == ("OPT-000001", "Plan")
    assert content.origin.snapshot_hash is not None
    assert [(one.initiative_key, one.selected) for one in content.entries] == [(keys[0], True), (keys[1], False)]
    assert (content.totals.chosen, content.totals.tokens, content.totals.standing_tokens) == (1, 60, 110)
    with house.workspace.store.transaction() as session:
        of_run = find_edition(session, "OPT-000001").content.roadmap
    assert (of_run.source, of_run.source_ref) == ("portfolio", "OPT-000001")
    add_scenario(house, "What if", 50, roadmap_name="growth")
    house.done("pm.optimize_run_all_candidates", options=["scenario_name=What if"])
    again = house.done(PUBLISH)
    assert (again.summary["unchanged"], again.summary["adopted_run"]) == (1, "OPT-000001")


def test_a_published_version_never_changes(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    house.done(PUBLISH)
    store = house.workspace.store

    def edit(session_work: Callable[[RoadmapVersion], None]) -> None:
        with store.transaction() as session:
            session_work(session.query(RoadmapVersion).one())

    with pytest.raises(NeverChanges, match="version 1 is published"):
        edit(lambda version: setattr(version, "published_by", "Mallory"))
    with pytest.raises(NeverChanges), store.transaction() as session:
        session.delete(session.query(RoadmapVersion).one())
    for statement in (
        "update roadmap_versions set published_by = 'Mallory'",
        "delete from roadmap_versions",
    ):
        with pytest.raises((DatabaseError, IntegrityError), match="never changes"), store.transaction() as session:
            session.execute(text(statement))
    columns = "roadmap_id, number, content_hash, content_json, published_at"
    take_over = {
        "sqlite": f"insert or replace into roadmap_versions (id, {columns}, published_by) "
        f"select id, {columns}, 'Mallory' from roadmap_versions",
        "postgresql": f"insert into roadmap_versions (id, {columns}, published_by) select id, {columns}, 'Mallory' "
        "from roadmap_versions on conflict (id) do update set published_by = excluded.published_by",
    }[store.engine.dialect.name]
    with pytest.raises((DatabaseError, IntegrityError), match="never changes"), store.transaction() as session:
        session.execute(text(take_over))
    with store.transaction() as session:
        assert session.query(RoadmapVersion).one().published_by == "test"


# The files


def test_three_files_for_each_version(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    outcome = house.done(PUBLISH)
    assert outcome.summary["files"] == ["published/growth-v1.xlsx", "published/growth-v1.md", "published/growth-v1.csv"]
    assert files(house) == ["growth-v1.csv", "growth-v1.md", "growth-v1.xlsx"]
    first = {path.name: path.read_bytes() for path in (house.root / "published").iterdir()}
    (house.root / "published" / "growth-v1.md").unlink()
    (house.root / "published" / "growth-v1.csv").write_text("annotated")
    again = house.done(PUBLISH)
    assert again.summary["files"] == ["published/growth-v1.md"]
    assert (house.root / "published" / "growth-v1.md").read_bytes() == first["growth-v1.md"]
    assert (house.root / "published" / "growth-v1.csv").read_text() == "annotated"
    change_initiative(house, keys[0], engineering_tokens=80.0)
    (house.root / "published" / "growth-v2.xlsx").write_text("somebody's own")
    house.done(PUBLISH)
    assert files(house) == [
        "growth-v1.csv",
        "growth-v1.md",
        "growth-v1.xlsx",
        "growth-v2 (1).xlsx",
        "growth-v2.csv",
        "growth-v2.md",
        "growth-v2.xlsx",
    ]
    assert (house.root / "published" / "growth-v2 (1).xlsx").read_text() == "somebody's own"
    assert (house.root / "published" / "growth-v1.xlsx").read_bytes() == first["growth-v1.xlsx"]


def test_the_workbook_has_no_formula(house: House, keys: list[str]) -> None:
    put_gate(house, "strict", "contribution_present")
    put_roadmap(house, "growth", keys, gate_policy="strict", description="=1+1")
    change_initiative(house, keys[0], title='=HYPERLINK("http://x")', brief_description="@SUM(A1)", department="-1+2")
    house.done(PUBLISH)
    book = load_workbook(house.root / "published" / "growth-v1.xlsx")
    assert book.sheetnames == ["Roadmap", "Left out"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    texts = [cell.value for cell in cells]
    for typed in ("=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "-1+2", "=Search | one", "growth"):
        assert typed in texts
    sheet = book["Roadmap"]
    [header] = [row for row in sheet.iter_rows(values_only=True) if row[0] == "#"]
    [row] = [row for row in sheet.iter_rows(values_only=True) if keys[0] in row]
    shown = dict(zip(header, row, strict=True))
    assert (shown["Tokens"], shown["gmv (GBP)"], shown["Chosen"]) == (60, 120_000, "yes")
    assert "Country" not in shown  # nobody has one


def test_chosen_entries_stand_first_by_rank(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys, source="filter", source_ref="title is not empty")
    for key, rank in zip(keys, (3, None, 1.5), strict=True):
        change_entry(house, "growth", key, priority_rank=rank)
    house.done(PUBLISH)
    sheet = load_workbook(house.root / "published" / "growth-v1.xlsx")["Roadmap"]
    rows = [row for row in sheet.iter_rows(values_only=True) if str(row[1]).startswith("INIT-")]
    assert [(row[0], row[1]) for row in rows] == [(1.5, keys[2]), (3, keys[0]), (None, keys[1])]


def test_markdown_and_csv(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys)
    change_initiative(house, keys[2], title="Gifts\nfor *all* <b>", brief_description='says "hello", twice')
    house.done(PUBLISH)
    shown = (house.root / "published" / "growth-v1.md").read_text(encoding="utf-8")
    assert shown.startswith("# growth\n\nVersion 1 · 2026-Q3 · published ")
    assert "* **Tokens:** 80.5 (without 1 that has no tokens)" in shown
    assert r"| =Search \| one |" in shown
    assert r"Gifts for \*all\* \<b\>" in shown
    assert "* **GMV:** 120,000 GBP" in shown
    data = (house.root / "published" / "growth-v1.csv").read_bytes().decode("utf-8")
    rows = {row["initiative_key"]: row for row in csv.DictReader(io.StringIO(data, newline=""))}
    assert list(rows) == [keys[0], keys[1], keys[2]]
    assert rows[keys[2]]["title"] == "Gifts\nfor *all* <b>"
    assert "'=Search | one" in {row["title"] for row in rows.values()}, "it is no formula"
    assert rows[keys[2]]["brief_description"] == 'says "hello", twice'
    assert (rows[keys[0]]["tokens"], rows[keys[2]]["tokens"], rows[keys[1]]["tokens"]) == ("60", "20.5", "")
    assert rows[keys[0]]["contribution:gmv"] == "120000"
    assert (rows[keys[0]]["version"], rows[keys[0]]["selected"]) == ("1", "TRUE")


def test_any_name_makes_files_of_its_own(house: House, keys: list[str]) -> None:
    names = ["a/b", "a:b", "A b", "../../etc", "CON", "nul.txt", "🚀", "🎯", "x" * 200, "Ünïcode Ω", ".."]
    for name in names:
        put_roadmap(house, name, keys[:1], period_key=name[:30])
    house.done("pm.refresh_tab", tab="Roadmaps")
    outcome = house.done(PUBLISH, select="2-12")
    assert outcome.summary["published"] == len(names)
    found = {path.name for path in (house.root / "published").iterdir()}
    assert len(found) == 3 * len(names)
    assert {"a-b-v1.md", "a-b-2-v1.md", "A-b-3-v1.md", "etc-v1.md", "CON-v1.md", "nul-txt-v1.md"} <= found
    assert {"roadmap-v1.md", "roadmap-2-v1.md", "roadmap-3-v1.md", "Ünïcode-Ω-v1.md"} <= found
    for name, path in ((name, stem) for name, stem in file_stems(names).items()):
        heading = (house.root / "published" / f"{path}-v1.csv").read_text(encoding="utf-8").splitlines()[1]
        assert heading.startswith((f"{name},", f'"{name}",'))
    outside = {path.name for path in house.root.parent.iterdir()}
    assert {name for name in outside if not name.startswith("test.db")} <= {"workspace", PRIVATE}


def test_names_keep_the_files_they_were_given() -> None:
    assert file_stems(["a b", "a-b", "a-b-2", "A/B"]) == {
        "a b": "a-b",
        "a-b": "a-b-2",
        "a-b-2": "a-b-2-2",
        "A/B": "A-B-3",
    }
    names = ["a b", "a-b"]
    assert file_stems([*names, "a+b"]).items() >= file_stems(names).items()


def test_a_version_whose_files_could_not_be_written_is_published_all_the_same(
    house: House, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_roadmap(house, "growth", keys)

    def full_disk(path: Path, content: bytes) -> None:
        if path.suffix == ".md":
            raise SheetError("file_unwritable", path=path, why="no space left")
        place_file(path, content)

    monkeypatch.setattr("roadwright.services.roadmaps.export_files.place_file", full_disk)
    outcome = house.run(PUBLISH)
    assert outcome.exit_code == 1
    assert "growth is published, but its files are not all written" in str(outcome.error)
    assert [number for number, _ in versions(house)] == [1]
    monkeypatch.undo()
    assert house.done(PUBLISH).summary["files"] == ["published/growth-v1.md", "published/growth-v1.csv"]


def test_a_row_of_the_sheet_warns_of_overlap(house: House, keys: list[str]) -> None:
    put_roadmap(house, "growth", keys[:1])
    put_roadmap(house, "core", keys[:1])
    house.done("pm.refresh_tab", tab="Roadmaps")
    outcome = house.done(PUBLISH, select="growth")
    assert outcome.summary["overlaps"] == [
        {
            "initiative_key": keys[0],
            "title": "Reorder",
            "tokens": 60,
            "one": "growth",
            "other": "core",
            "period_key": "2026-Q3",
        }
    ]
    for name, other in (("growth", "core"), ("core", "growth")):
        assert house.status("Roadmaps", name) == (
            f'WARNING: {keys[0]} (Reorder, 60 tokens) is selected on "{other}" too in 2026-Q3: its capacity is '
            "promised twice"
        )
    change_roadmap(house, "core", period_key="2026-Q4")
    house.done("pm.roadmap_check_gates", options=["roadmap_name=growth"])
    assert house.status("Roadmaps", "growth") == "OK"


def test_from_a_filter_to_a_second_version_by_actions_alone(house: House, keys: list[str]) -> None:
    house.type_new(
        "Roadmaps",
        {
            "roadmap_name": "growth",
            "period_key": "2026-Q3",
            "source": "filter",
            "source_ref": "department = Growth",
            "gate_policy": "strict",
        },
    )
    house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "block"})
    house.done("pm.roadmap_create")
    for status in ("in_review", "approved"):
        house.done("pm.roadmap_set_status", options=[f"status={status}", "by=Anna"])
    house.done(PUBLISH, options=["by=Anna"])
    [(_, first)] = versions(house)
    assert [one.initiative_key for one in first.entries] == keys[:1]
    assert [one.initiative_key for one in first.left_out] == keys[1:2]
    assert first.totals.tokens == 60  # nothing was chosen by a run yet, so all that stands is counted
    row = house.row("Roadmap_Entries", keys[1]).number
    house.type_into("Roadmap_Entries", row, {"waived_by": "Anna", "waiver_reason": "The board asked for it"})
    house.done("pm.roadmap_check_gates")
    assert house.status("Roadmaps", "growth").startswith(f"WARNING: drifted since growth@1 was published: {keys[1]} ")
    assert house.done(PUBLISH).summary["versions"] == ["growth@2"]
    assert house.status("Roadmaps", "growth") == "OK"
    assert moves(house) == [
        ("draft", "in_review", "Anna"),
        ("in_review", "approved", "Anna"),
        ("approved", "published", "Anna"),
    ]

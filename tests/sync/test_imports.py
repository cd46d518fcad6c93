"""Workbooks and exports that others made, as intake: which initiative a row is, what goes along, what is a proposal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from roadwright.actions.rebuild import run_rebuild
from roadwright.services.backlog import find_initiatives
from roadwright.services.imports.known import preset
from roadwright.store.models import Initiative
from roadwright.sync.importing import ImportRefused, plan_import, proposal_for, take_import
from roadwright.workspace.settings import FILE, load_settings
from roadwright.workspace.workspace import open_workspace
from tests.house import House, make_house

pytestmark = pytest.mark.files

Lines = Sequence[Sequence[object]]
PLAIN = '\n[[intake]]\nworkbook = "X.xlsx"\ntabs = ["Ideas"]\n'
CARRY = PLAIN + '[intake.columns]\nexternal_id = "ID"\n[intake.carry]\narr = "ARR"\n'


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], House]]:
    made: list[House] = []

    def house(settings: str = "") -> House:
        made.append(make_house(tmp_path / "ws", f"sqlite:///{tmp_path / 'test.db'}", more_settings=settings))
        return made[-1]

    yield house
    for one in made:
        one.workspace.close()


def export(house: House, lines: Lines, name: str = "X.xlsx") -> None:
    """A workbook as another program exports it, in the place of the one that was there."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Ideas"
    for line in lines:
        sheet.append(list(line))
    book.save(house.root / name)


def sync(house: House, lines: Lines) -> dict[str, Initiative]:
    export(house, lines)
    house.done("pm.backlog_sync")
    return initiatives(house)


def initiatives(house: House) -> dict[str, Initiative]:
    with house.workspace.store.transaction() as session:
        found = list(session.scalars(select(Initiative).order_by(Initiative.id)))
        session.expunge_all()
    return {one.initiative_key: one for one in found}


def test_a_new_export_with_other_titles_order_and_rows_doubles_nothing(make: Callable[[str], House]) -> None:
    house = make(PLAIN)
    head = ["ID", "title", "country"]
    sync(house, [head, ["A-1", "Ship", "UK"], ["A-2", "Fix login", "UK"], ["A-3", "Docs", "UK"]])
    for _ in range(2):
        found = sync(
            house,
            [
                head,
                ["A-4", "New", "UK"],
                ["A-3", "Docs", "ES"],
                ["A-2", "Fix login on Safari", "UK"],
                ["A-1", "Ship", "UK"],
            ],
        )
        assert [(one.external_id, one.title, one.country) for one in found.values()] == [
            ("A-1", "Ship", "UK"),
            ("A-2", "Fix login on Safari", "UK"),
            ("A-3", "Docs", "ES"),
            ("A-4", "New", "UK"),
        ]
        assert {row.text("run_status") for row in house.rows("Backlog")} == {"OK"}


def test_a_row_that_is_gone_and_back_is_the_same_initiative(make: Callable[[str], House]) -> None:
    house = make(PLAIN)
    head = ["ID", "title"]
    sync(house, [head, ["A-1", "Ship"], ["A-2", "Fix"]])
    gone = sync(house, [head, ["A-2", "Fix"]])
    assert [one.intake_missing for one in gone.values()] == [True, False]
    back = sync(house, [head, ["A-2", "Fix"], ["A-1", "Ship it"]])
    assert [(one.title, one.intake_missing) for one in back.values()] == [("Ship it", False), ("Fix", False)]


def test_inputs_enter_with_a_new_initiative_and_are_proposals_afterwards(make: Callable[[str], House]) -> None:
    house = make(PLAIN)
    head = ["ID", "title", "rice_reach", "rice_confidence", "effort_engineering_days", "lifecycle_status"]
    [one] = sync(house, [head, ["A-1", "Refunds", 1000, 0.8, 20, "in_progress"]]).values()
    assert (one.rice_reach, one.rice_confidence, one.effort_engineering_days) == (1000, 0.8, 20)
    assert one.lifecycle_status == "in_progress"
    house.type_into("Backlog", 2, {"effort_engineering_days": 25})
    [one] = sync(house, [head, ["A-1", "Refunds", 1200, 0.8, 30, "in_progress"]]).values()
    assert (one.rice_reach, one.effort_engineering_days) == (1200, 25)
    status = house.status("Backlog", "INIT-000001")
    assert status.startswith("CONFLICT: effort_engineering_days")


def test_carried_columns_stand_at_the_right_of_the_backlog_and_can_be_filtered_by(make: Callable[[str], House]) -> None:
    house = make(CARRY)
    head = ["ID", "title", "ARR"]
    sync(house, [head, ["A-1", "Ship", 120_000], ["A-2", "Fix", "soon"]])
    house.done("pm.backlog_sync")
    header = [cell.value for cell in openpyxl.load_workbook(house.file("Backlog"))["Backlog"][1]]
    assert header[-2:] == ["external_id", "x.arr"]
    assert [row.values["x.arr"] for row in house.rows("Backlog")] == [120_000, "soon"]
    with house.workspace.store.transaction() as session:
        assert [one.title for one in find_initiatives(session, "x.arr >= 100000")] == ["Ship"]
    found = sync(house, [head, ["A-1", "Ship", 90_000], ["A-2", "Fix", None]])
    assert [one.carried for one in found.values()] == [{"arr": 90_000}, {"arr": None}]
    assert [row.values["x.arr"] for row in house.rows("Backlog")] == [90_000, None]
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_carried_columns_survive_a_rebuild(make: Callable[[str], House]) -> None:
    house = make(CARRY)
    sync(house, [["ID", "title", "ARR"], ["A-1", "Ship", 120_000], ["A-2", "Gone", 7]])
    sync(house, [["ID", "title", "ARR"], ["A-1", "Ship", 120_000]])
    settings = house.root / FILE
    settings.write_text(re.sub(r"test\.db", "new.db", settings.read_text(encoding="utf-8")), encoding="utf-8")
    house.workspace.close()
    assert run_rebuild(house.root, "test", lambda _: None).exit_code == 0
    house.workspace = open_workspace(house.root)
    found = initiatives(house)
    assert [(one.external_id, one.carried) for one in found.values()] == [
        ("A-1", {"arr": 120_000}),
        ("A-2", {"arr": 7}),
    ]


JIRA = "Issue key,Summary,Status,Due date,Sprint,Sprint\n"


def bring_in(house: House, name: str, text: str) -> House:
    file = house.root.parent / name
    file.write_text(text, encoding="utf-8")
    take_import(house.workspace, plan_import(house.root, file))
    house.workspace.close()
    house.workspace = open_workspace(house.root)
    house.done("pm.backlog_sync")
    return house


def test_a_csv_becomes_an_intake_workbook_and_newer_ones_bring_it_up_to_date(make: Callable[[str], House]) -> None:
    house = make("# mine\n")
    bring_in(house, "Jira.csv", JIRA + "PAY-1,Refund,To Do,2026-05-01,a,b\nPAY-2,=1+1,In Progress,,a,b\n")
    assert "# mine" in (house.root / FILE).read_text(encoding="utf-8")
    assert load_settings(house.root).intake[-1].source == "jira"
    sheet = openpyxl.load_workbook(house.root / "Intake_Jira.xlsx")["Jira"]
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["F1"].value) == ("=1+1", "s", "Sprint (2)")
    for _ in range(2):
        bring_in(
            house, "Jira.csv", JIRA + "PAY-3,New,To Do,,,\nPAY-2,=2+2,Done,,,\nPAY-1,Refunds,To Do,2026-06-01,a,b\n"
        )
        found = initiatives(house)
        assert [(one.external_id, one.title, one.lifecycle_status) for one in found.values()] == [
            ("PAY-1", "Refunds", "new"),
            ("PAY-2", "=2+2", "done"),
            ("PAY-3", "New", "new"),
        ]
    bring_in(house, "Jira.csv", JIRA + "PAY-3,New,To Do,,,\n")
    assert [one.intake_missing for one in initiatives(house).values()] == [True, True, False]
    bring_in(house, "Jira.csv", JIRA + "PAY-1,Refunds,To Do,,,\nPAY-3,New,To Do,,,\n")
    assert [one.intake_missing for one in initiatives(house).values()] == [False, True, False]
    assert len(load_settings(house.root).intake) == 2


def test_a_workbook_is_used_where_it_is(make: Callable[[str], House]) -> None:
    house = make("")
    export(
        house,
        [["Sales wishes"], [], ["Wunsch", "Stand", "Kunde"], ["Refunds", "In Arbeit", "ACME"], ["Summe", 1]],
        "S.xlsx",
    )
    plan = plan_import(house.root, house.root / "S.xlsx")
    assert (plan.is_in_place, plan.entry.workbook, plan.entry.header_row) == (True, "S.xlsx", 3)
    assert plan.samples == [{"title": "Refunds", "lifecycle_status": "in_progress"}]
    take_import(house.workspace, plan)
    house.workspace.close()
    house.workspace = open_workspace(house.root)
    house.done("pm.backlog_sync")
    assert [one.title for one in initiatives(house).values()] == ["Refunds"]
    sheet = openpyxl.load_workbook(house.root / "S.xlsx")["Ideas"]
    assert [sheet["A1"].value, sheet["C4"].value, sheet["A5"].value] == ["Sales wishes", "ACME", "Summe"]


def test_a_tab_that_cannot_be_matched_gets_a_proposal(make: Callable[[str], House]) -> None:
    house = make(PLAIN)
    export(house, [["Wunsch", "Stand"], ["Refunds", "Offen"]])
    outcome = house.run("pm.backlog_sync")
    assert "mapping" not in (outcome.error or "")
    assert 'title = "Wunsch"' in (outcome.error or "")
    message = proposal_for(house.workspace, house.place("Ideas"))
    assert message is not None
    assert message.code == "mapping_proposed"


def test_files_that_cannot_be_brought_in_are_refused(make: Callable[[str], House], tmp_path: Path) -> None:
    house = make("")
    numbers, empty = tmp_path / "n.csv", tmp_path / "e.csv"
    numbers.write_text("1,2\n3,4\n", encoding="utf-8")
    empty.write_text("Summary,Issue key\n", encoding="utf-8")
    for file, code in ((numbers, "import_no_titles"), (empty, "import_no_rows")):
        with pytest.raises(ImportRefused) as found:
            plan_import(house.root, file)
        assert found.value.message.code == code
    with pytest.raises(ImportRefused):
        plan_import(house.root, empty, tab="Other", named=preset("jira"))


def test_words_of_a_newer_export_are_learned(make: Callable[[str], House]) -> None:
    house = bring_in(make("# mine\n"), "w.csv", "Wunsch;Stand\nRechnungen;Offen\nSuche;Offen\n")
    settings = house.root / FILE
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('Offen = "new"', 'Offen = "under_review"'), "utf-8"
    )
    bring_in(house, "w.csv", "Wunsch;Stand\nRechnungen;In Arbeit\nSuche;Offen\n")
    assert {one.title: one.lifecycle_status for one in initiatives(house).values()} == {
        "Rechnungen": "in_progress",
        "Suche": "under_review",
    }


def test_an_export_under_another_name_goes_on_from_the_earlier_one(make: Callable[[str], House]) -> None:
    house = bring_in(make(""), "jira.csv", "Summary,Issue key\nRefunds,S-1\nSearch,S-2\nGone,S-3\n")
    bring_in(house, "jira (1).csv", "Summary,Issue key\nNew,S-9\nSearch again,S-2\nRefunds,S-1\n")
    assert sorted((one.external_id, one.title) for one in initiatives(house).values()) == [
        ("S-1", "Refunds"),
        ("S-2", "Search again"),
        ("S-3", "Gone"),
        ("S-9", "New"),
    ]
    assert [book.workbook for book in load_settings(house.root).intake][-1:] == ["Intake_jira.xlsx"]
    bring_in(house, "other.csv", "Summary,Issue key\nOther project,T-1\n")
    assert load_settings(house.root).intake[-1].workbook == "Intake_other.xlsx"


def import_workbook(house: House, lines: Lines, name: str) -> None:
    export(house, lines, name)
    take_import(house.workspace, plan_import(house.root, house.root / name))
    house.workspace.close()
    house.workspace = open_workspace(house.root)
    house.done("pm.backlog_sync")


def test_a_second_workbook_of_the_same_export_goes_on_from_the_first(make: Callable[[str], House]) -> None:
    house = make("")
    head = ["Issue key", "Summary", "Status"]
    import_workbook(house, [head, ["S-1", "Refunds", "To Do"], ["S-2", "Search", "To Do"]], "jira.xlsx")
    before = {one.external_id: key for key, one in initiatives(house).items()}
    second = [head, ["S-9", "New", "To Do"], ["S-2", "Search again", "To Do"], ["S-1", "Refunds", "To Do"]]
    import_workbook(house, second, "jira (1).xlsx")
    untouched = (house.root / "jira (1).xlsx").read_bytes()
    found = {one.external_id: (key, one.title) for key, one in initiatives(house).items()}
    assert found.keys() == {"S-1", "S-2", "S-9"}
    assert found["S-1"] == (before["S-1"], "Refunds")
    assert found["S-2"] == (before["S-2"], "Search again")
    assert [book.workbook for book in load_settings(house.root).intake][-1:] == ["jira.xlsx"]
    bring_in(house, "jira-late.csv", "Issue key,Summary,Status\nS-9,Newer,To Do\n")
    assert {one.title for one in initiatives(house).values()} == {"Refunds", "Search again", "Newer"}
    assert (house.root / "jira (1).xlsx").read_bytes() == untouched


def test_the_same_numbers_of_another_installation_are_other_ideas(make: Callable[[str], House]) -> None:
    house = make("")
    head = ["ID", "Work Item Type", "Title", "State"]
    import_workbook(house, [head, [1, "Feature", "Refunds", "New"], [2, "Feature", "Search", "New"]], "north.xlsx")
    import_workbook(house, [head, [1, "Feature", "Sauna", "New"], [2, "Feature", "Pool", "New"]], "south.xlsx")
    assert sorted(one.title for one in initiatives(house).values()) == ["Pool", "Refunds", "Sauna", "Search"]


def test_an_export_of_no_known_tracker_goes_on_where_its_header_and_rows_are_the_same(tmp_path: Path) -> None:
    house = make_house(tmp_path / "ws", f"sqlite:///{tmp_path / 'test.db'}")
    bring_in(house, "may.csv", "Ticket ID,Wunsch\n1,Refunds\n2,Search\n")
    for name, text, known in (
        ("june.csv", "Ticket ID,Wunsch\n2,Searching\n1,Refunds\n3,New\n", True),
        ("mine.csv", "Ticket ID,Wunsch\n1,Lunch\n8,Pool\n9,Sauna\n", False),
        ("sales.csv", "Ticket ID,Wunsch,Kunde\n1,Refunds,A\n2,Search,B\n", False),
    ):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        assert plan_import(house.root, file).adds_only is known
    house.workspace.close()

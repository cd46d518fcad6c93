"""Going out: a roadmap, a version or a run as a file for other programs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import icalendar
import pytest
from openpyxl import load_workbook

from roadwright.services.roadmaps.export_named import FORMATS, export_named
from roadwright.services.roadmaps.lookup import UnknownName
from tests.house import House, make_house
from tests.services.roadmaps.curated import change_entry, put_initiatives, put_kpis, put_roadmap


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A roadmap of two chosen initiatives, one of them from Jira, and one that is not selected."""
    made = make_house(tmp_path / "ws", f"sqlite:///{tmp_path / 'test.db'}")
    put_kpis(made)
    keys = put_initiatives(
        made,
        {"title": "Search", "external_source": "Jira", "external_id": "PAY-7", "external_url": "https://j/PAY-7"},
        {"title": "=Gifts; cheap, fast", "deadline_date": dt.date(2026, 8, 31), "brief_description": "Läden " * 40},
        {"title": "Left"},
    )
    put_roadmap(made, "growth", keys)
    change_entry(made, "growth", keys[0], selected=True, priority_rank=2.0, planned_period="2026-Q3")
    change_entry(made, "growth", keys[1], selected=True, priority_rank=1.0)
    change_entry(made, "growth", keys[2], selected=False)
    return made


def exported(house: House, form: str, name: str = "growth") -> bytes:
    with house.workspace.store.transaction() as session:
        return export_named(session, name, form)


def test_an_issue_for_each_chosen_initiative_and_an_update_of_one_from_there(house: House) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(house, "jira-csv").decode(), newline="")))
    assert [(row["Summary"], row["Issue key"], row["Due date"], row["Priority"]) for row in rows] == [
        ("'=Gifts; cheap, fast", "", "2026-08-31", "Highest"),
        ("Search", "PAY-7", "2026-09-30", "Medium"),
    ]
    assert rows[1]["Labels"] == "growth 2026-Q3"
    assert "https://j/PAY-7" in rows[1]["Description"]


def test_deadlines_and_periods_are_events_of_whole_days(house: House) -> None:
    content = exported(house, "ics")
    assert b"\r\n" in content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    said = [(str(e["summary"]), e.decoded("dtstart"), e.decoded("dtend")) for e in events]
    assert said == [
        ("=Gifts; cheap, fast", dt.date(2026, 7, 1), dt.date(2026, 10, 1)),
        ("Deadline: =Gifts; cheap, fast", dt.date(2026, 8, 31), dt.date(2026, 9, 1)),
        ("Search", dt.date(2026, 7, 1), dt.date(2026, 10, 1)),
    ]
    assert len({str(event["uid"]) for event in events}) == 3
    assert b"VALUE=DATE" in content


def test_every_format_can_be_read(house: House) -> None:
    files = {form: exported(house, form) for form in FORMATS}
    assert len(json.loads(files["json"])["entries"]) == 3
    assert "# growth" in files["md"].decode()
    assert "Not a published version" in files["md"].decode()
    assert len(list(csv.reader(io.StringIO(files["csv"].decode())))) == 4
    assert load_workbook(io.BytesIO(files["xlsx"])).active is not None


def test_a_published_version_is_what_it_was(house: House) -> None:
    house.done("pm.roadmap_publish", options=["roadmap_name=growth", "by=jo"])
    assert json.loads(exported(house, "json", "growth@1"))["version"] == 1
    with pytest.raises(UnknownName):
        exported(house, "csv", "OPT-000009")
    with pytest.raises(UnknownName):
        exported(house, "csv", "grwoth")

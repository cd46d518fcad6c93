"""Runs that are asked for from a spreadsheet: which tab it is, and which rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roadwright.actions.options import UsageError
from roadwright.actions.submit import SheetArea, place_in_sheet
from roadwright.workspace.settings import FILE, template
from roadwright.workspace.workspace import Workspace, open_workspace
from tests.api.conftest import Api

ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
TEAM = "2CxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
SETTINGS = f"""
[[intake]]
workbook = "https://docs.google.com/spreadsheets/d/{TEAM}/edit?usp=sharing#gid=5"
tabs = ["Ideas"]
[workbooks]
Central_Backlog = "https://docs.google.com/spreadsheets/d/{ID}/edit"
ProductOps = "https://docs.google.com/spreadsheets/u/1/d/{ID}/"
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("sheets")
    (root / FILE).write_text(template() + SETTINGS)
    opened = open_workspace(root)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("action", "area", "meant"),
    [
        ("pm.save_selected", SheetArea(ID, "backlog", "7,9-12"), ("Backlog", "7,9-12")),
        ("pm.save_selected", SheetArea(ID, "Params"), ("Params", None)),
        ("pm.backlog_sync", SheetArea(TEAM, "Ideas", "3"), ("Ideas", "3")),
        ("pm.backlog_sync", SheetArea(ID, "Params"), (None, None)),
        ("pm.backlog_sync", SheetArea(ID, "My own notes"), (None, None)),
        ("pm.optimize_run_all_candidates", SheetArea(ID, "Backlog"), (None, None)),
    ],
)
def test_an_action_works_on_the_tab_that_is_shown(
    workspace: Workspace, action: str, area: SheetArea, meant: tuple[str | None, str | None]
) -> None:
    assert place_in_sheet(workspace, action, area) == meant


@pytest.mark.parametrize(
    ("area", "code"),
    [(SheetArea(f"{ID}x", "Backlog"), "sheet_unknown"), (SheetArea(ID, "Mine", "7"), "sheet_tab_unknown")],
)
def test_what_is_no_tab_of_ours_is_named(workspace: Workspace, area: SheetArea, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        place_in_sheet(workspace, "pm.save_selected", area)
    assert caught.value.message.code == code


@pytest.mark.parametrize(
    ("more", "code"),
    [({}, "sheet_unknown"), ({"tab": "Backlog"}, "sheet_or_tab"), ({"select": "7"}, "sheet_or_tab")],
)
def test_the_call_refuses_what_it_cannot_place(api: Api, more: dict[str, object], code: str) -> None:
    sheet = {"spreadsheet_id": ID, "tab": "Backlog", "rows": "7"}
    answer = api.call("POST", "/runs", json={"action": "pm.save_selected", "sheet": sheet, **more})
    assert (answer.status_code, answer.json()["code"]) == (422, code)

"""Work grows with the rows and not with their square, counted in calls of functions: seconds would be luck."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
import xlsxwriter

from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import read_table
from roadwright.sync.context import begin_sync
from roadwright.sync.engine import read_tab
from roadwright.sync.external import ExternalIds
from roadwright.sync.lost_keys import lost_keys
from roadwright.workspace.create import create_workspace
from roadwright.workspace.workspace import Workspace, open_workspace

STEP = 60
SIZES = (STEP, 2 * STEP, 3 * STEP)


def calls_of(work: Callable[[], object]) -> int:
    """How many calls of functions, built-in ones and turns of generators included, the work takes."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def workspace_with(folder: Path, rows: int, *, merged: bool = False) -> Workspace:
    """A workspace with an intake tab of so many rows."""
    folder.mkdir()
    with xlsxwriter.Workbook(folder / "Ideas.xlsx") as book:
        sheet = book.add_worksheet("Ideas")
        sheet.write_row(0, 0, ["title", "department"])
        for row in range(1, rows + 1):
            sheet.write_row(row, 0, [f"Idea {row}", f"Team {row % 7}"])
            if merged:
                sheet.merge_range(row, 20, row, 21, "own")
    (folder / "roadwright.toml").write_text('[[intake]]\nworkbook = "Ideas.xlsx"\ntabs = ["Ideas"]\n', encoding="utf-8")
    create_workspace(folder)
    return open_workspace(folder)


def run(workspace: Workspace, action: str, tab: str | None = None, *options: str) -> None:
    asked = ActionRequest(action, tab, None, options)
    outcome = run_action(workspace, asked, requested_by="test", report=lambda *_: None)
    assert outcome.exit_code == 0, outcome.error


def type_everywhere(workspace: Workspace, tab: str, column: str, value: object) -> None:
    place = workspace.find(tab)
    workbook = workspace.open(place)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab)
    workbook.write([TabEdit(place.tab, 1, {(row.number, table.columns[column]): value for row in table.rows})])  # type: ignore[misc]


def grows_with_the_rows(calls: list[int]) -> bool:
    """Whether as many rows more cost about as much again: what is always the same falls out of the differences."""
    small, middle, large = calls
    return large - middle <= 1.15 * (middle - small)


@pytest.mark.thorough
@pytest.mark.parametrize("merged", [False, True], ids=["plain", "merged cells in every row"])
def test_a_sync_takes_calls_in_proportion_to_the_rows(tmp_path: Path, merged: bool) -> None:
    counts: dict[str, list[int]] = {}
    for number, rows in enumerate((STEP, *SIZES)):  # the first time fills what is kept for the life of the process
        workspace = workspace_with(tmp_path / str(number), rows, merged=merged)
        counts.setdefault("first", []).append(calls_of(lambda: run(workspace, "pm.backlog_sync")))  # noqa: B023
        type_everywhere(workspace, "Backlog", "engineering_tokens", 5)
        counts.setdefault("save", []).append(calls_of(lambda: run(workspace, "pm.save_selected", "Backlog")))  # noqa: B023
        only = "filter=engineering_tokens = 5"
        counts.setdefault("populate", []).append(
            calls_of(lambda: run(workspace, "pm.populate_initiatives", None, only))  # noqa: B023
        )
        workspace.close()
    for name, calls in counts.items():
        assert grows_with_the_rows(calls[1:]), (name, calls)


class Counted(list[int]):
    """Row numbers that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[int]:
        self.times += 1
        return super().__iter__()

    def __contains__(self, number: object) -> bool:
        self.times += 1
        return super().__contains__(number)


def test_looking_for_lost_keys_goes_through_the_rows_once(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path / "house", STEP)
    tab = read_tab(workspace, workspace.intake()[0])
    rows = Counted(row.number for row in tab.table.rows)
    with workspace.store.transaction() as session:
        assert lost_keys(begin_sync(workspace, session, "test"), tab, rows, (), ExternalIds()) == {}
    assert rows.times == 1
    workspace.close()

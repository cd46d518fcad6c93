"""Making and opening workspaces, finding their tabs, and holding them for one action."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.files import temporary_file
from roadwright.store.presence import PRIVATE
from roadwright.workspace.create import create_workspace
from roadwright.workspace.settings import FILE
from roadwright.workspace.turns import WorkspaceBusy
from roadwright.workspace.workspace import UnknownTab, Workspace, open_workspace

TEAMS = """\
[[intake]]
workbook = "Intake.xlsx"
[[intake]]
workbook = "teams/growth/Ideas.xlsx"
tabs = ["Ideas", "Complaints"]
[[intake]]
workbook = "teams/checkout/Ideas.xlsx"
tabs = ["Ideas"]
[tabs.Backlog]
workbook = "Intake.xlsx"
tab = "All ideas"
"""


@contextmanager
def made(root: Path, settings: str | None = None) -> Iterator[Workspace]:
    if settings is not None:
        root.mkdir(parents=True, exist_ok=True)
        (root / FILE).write_text(settings, encoding="utf-8")
    create_workspace(root)
    workspace = open_workspace(root)
    yield workspace
    workspace.close()


def test_a_new_workspace_has_everything_and_nothing_of_it_is_touched_again(tmp_path: Path) -> None:
    first = create_workspace(tmp_path / "new")
    names = ["Intake.xlsx", "Central_Backlog.xlsx", "ProductOps.xlsx", "Optimization_Center.xlsx", "Roadmaps.xlsx"]
    names.append("Requests.xlsx")
    assert [path.name for path in first.made] == [FILE, *names]
    (tmp_path / "new/Intake.xlsx").write_bytes(b"mine")
    (tmp_path / "new/Roadmaps.xlsx").unlink()
    again = create_workspace(tmp_path / "new")
    assert [path.name for path in again.made] == ["Roadmaps.xlsx"]
    assert (tmp_path / "new/Intake.xlsx").read_bytes() == b"mine"


def test_every_workbook_that_the_settings_name_is_made(tmp_path: Path) -> None:
    with made(tmp_path, TEAMS) as workspace:
        assert open_workbook(tmp_path / "Intake.xlsx").tabs()[:2] == ["Intake", "All ideas"]
        assert open_workbook(tmp_path / "teams/growth/Ideas.xlsx").tabs()[:2] == ["Ideas", "Complaints"]
        assert not (tmp_path / "Central_Backlog.xlsx").exists()
        assert len({place.name for place in workspace.places()}) == len(workspace.places())


def test_tabs_are_found_by_any_name_that_is_unique(tmp_path: Path) -> None:
    with made(tmp_path, TEAMS) as workspace:
        assert workspace.find("backlog").tab == workspace.find("all ideas").tab == "All ideas"
        assert workspace.find("complaints").full_name == "teams/growth/Ideas.xlsx!Complaints"
        assert workspace.find("complaints").name == "Complaints"
        assert workspace.find("teams/growth/Ideas.xlsx!Ideas").name == "teams/growth/Ideas.xlsx!Ideas"
        assert workspace.find("Ideas.xlsx!complaints") == workspace.find("Complaints")
        assert workspace.find("teams/checkout/Ideas.xlsx!Ideas").book == "teams/checkout/Ideas.xlsx"
        with pytest.raises(
            UnknownTab, match=r"name of several tabs; name one: teams/growth/Ideas\.xlsx!Ideas, teams/c"
        ):
            workspace.find("Ideas")
        with pytest.raises(UnknownTab, match=r'"Idea" is no tab of this workspace; there are: Intake, teams'):
            workspace.find("Idea")


def test_one_action_at_a_time(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, made(tmp_path) as other:
        with workspace.exclusive(), pytest.raises(WorkspaceBusy, match="another action is running"), other.exclusive(0):
            pass
        with other.exclusive(0):
            pass


def test_what_a_killed_process_left_behind_is_removed(tmp_path: Path) -> None:
    """It dies in the middle of a write, holding the workspace."""
    code = (
        "import os, pathlib; from roadwright.workspace.workspace import open_workspace;"
        "from roadwright.sheets.files import temporary_file;"
        f"root = pathlib.Path({str(tmp_path)!r}); workspace = open_workspace(root);"
        "held = workspace.exclusive(); held.__enter__();"
        "files = [temporary_file(folder) for folder in (workspace.private, root)];"
        "[file.__enter__() for file in files];"
        "os.kill(os.getpid(), 9)"
    )
    with made(tmp_path) as workspace:
        killed = subprocess.run([sys.executable, "-c", code], check=False)
        assert killed.returncode == -9
        left = [*tmp_path.glob(".roadwright-*"), *(tmp_path / PRIVATE).glob(".roadwright-*")]
        assert len(left) == 2
        with temporary_file(tmp_path / PRIVATE) as (mine, _), workspace.exclusive(0):
            assert [path for path in [*left, mine] if path.exists()] == [mine]

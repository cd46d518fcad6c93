"""Folders that appear whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from roadwright.workspace.building import built_whole, remove_unfinished

KILLED = """
import os, sys
from pathlib import Path
from roadwright.workspace.building import built_whole
with built_whole(Path(sys.argv[1])) as building:
    (building / "half").mkdir()
    (building / "half" / "file").write_text("x")
    os._exit(1)
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_appears_with_all_that_was_built(tmp_path: Path) -> None:
    with built_whole(tmp_path / "deep" / "new") as building:
        (building / "file").write_text("x")
        assert not (tmp_path / "deep" / "new").exists()
    assert names(tmp_path / "deep") == {"new"}
    assert names(tmp_path / "deep" / "new") == {"file"}


def test_nothing_is_left_where_something_is_raised(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), built_whole(tmp_path / "new") as building:
        (building / "file").write_text("x")
        raise ZeroDivisionError
    assert names(tmp_path) == set()


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "new")], check=False)
    [left] = [path for path in tmp_path.iterdir() if path.is_dir()]
    others = {".new.backup.part", ".new.0123456789abcdef", ".newer.0123456789abcdef.part"}
    for name in others:
        (tmp_path / name).mkdir()
    with built_whole(tmp_path / "new"):
        assert remove_unfinished(tmp_path / "new") == [left]
    assert names(tmp_path) == {*others, "new"}


def test_nothing_was_left_of_a_folder_in_a_place_that_is_not_there(tmp_path: Path) -> None:
    assert remove_unfinished(tmp_path / "none" / "new") == []

"""A folder keeps its token wherever it is; of a folder and its copy, the one that is used first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.store.session import Store, open_store
from roadwright.workspace.folders import FILE, Folder, use_folder


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


def test_it_stays_the_same_one_where_it_is_moved(store: Store, folder: Path, tmp_path: Path) -> None:
    first = use_folder(store, folder)
    assert use_folder(store, folder) == first == Folder(first.token, frozenset())
    folder.rename(tmp_path / "moved")
    assert use_folder(store, tmp_path / "moved") == first


def test_a_copy_is_another_one_once_both_are_used(store: Store, folder: Path, tmp_path: Path) -> None:
    first = use_folder(store, folder)
    shutil.copytree(folder, tmp_path / "copy")
    assert use_folder(store, folder) == first
    copy = use_folder(store, tmp_path / "copy")
    assert copy.token != first.token
    assert copy.others == {first.token}
    assert use_folder(store, folder) == Folder(first.token, frozenset({copy.token}))
    assert use_folder(store, tmp_path / "copy") == copy


def test_a_restored_one_takes_the_place_of_one_that_is_gone(store: Store, folder: Path, tmp_path: Path) -> None:
    first = use_folder(store, folder)
    shutil.copytree(folder, tmp_path / "backup")
    use_folder(store, folder)
    shutil.rmtree(folder)
    restored = use_folder(store, tmp_path / "backup")
    assert restored.token != first.token
    assert restored.others == frozenset()


def test_what_is_used_first_keeps_the_token(store: Store, folder: Path, tmp_path: Path) -> None:
    first = use_folder(store, folder)
    shutil.copytree(folder, tmp_path / "copy")
    assert use_folder(store, tmp_path / "copy") == first
    assert use_folder(store, folder).token != first.token


def test_one_that_was_killed_before_its_use_was_stored_stays_the_same(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = use_folder(store, folder)
    before = (folder / FILE).read_text()
    second = use_folder(store, folder)
    after = (folder / FILE).read_text()
    assert first == second
    assert before != after
    (folder / FILE).write_text(before)
    assert use_folder(store, folder).token != first.token, "an older copy of the folder"


def test_the_file_is_written_before_the_database_knows(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = use_folder(store, folder)

    class Killed(BaseException):
        pass

    with monkeypatch.context() as patched:
        patched.setattr("roadwright.workspace.folders.Folder", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            use_folder(store, folder)
    assert use_folder(store, folder) == first


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"folder": 1}', "\0"])
def test_a_damaged_file_makes_a_new_token(store: Store, folder: Path, content: str) -> None:
    first = use_folder(store, folder)
    (folder / FILE).write_text(content)
    assert use_folder(store, folder).token != first.token

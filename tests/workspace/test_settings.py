"""roadwright.toml: what is accepted, and what is said of what is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from roadwright.workspace.settings import FILE, Settings, SettingsError, load_settings, template


def load(root: Path, text: str) -> Settings:
    (root / FILE).write_text(text, encoding="utf-8")
    return load_settings(root)


def test_the_template_holds_the_defaults_and_every_commented_key_can_be_used(tmp_path: Path) -> None:
    assert load(tmp_path, template()) == Settings()
    used = re.sub(r"^# (?=\[|\w+ = )", "", template(), flags=re.MULTILINE)
    assert set(tomllib.loads(used)["tabs"]) >= {"Backlog", "Runs", "Roadmap_Entries"}
    load(tmp_path, used)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("activating_batch = 0", r'activating_batch: .*greater than or equal to 1 \(it is "0"\)'),
        ("activating_bach = 5", "activating_bach: is not a key that Roadwright knows"),
        ("lock_wait = -1", "lock_wait"),
        ("[[intake]]\ntabs = ['Ideas']", r"intake\.0\.workbook: Field required"),
        ("[[intake]]\nworkbook = 'a.xlsx'\ntabs = []", r"intake\.0\.tabs"),
        ("[[intake]]\nworkbook = 'a.xlsx'\nheader_row = 0", r"intake\.0\.header_row"),
        ("[tabs.Backlogs]\ntab = 'B'", r"\[tabs\.Backlogs\]: there is no such tab; known: Intake, Backlog"),
        ("[tabs.Intake]\ntab = 'B'", r"\[tabs\.Intake\]: there is no such tab"),
        ("database_url = ", "can't be read"),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(tmp_path, text)


def test_workbooks_at_addresses_need_names_of_their_own(tmp_path: Path) -> None:
    one, other = (f"[[intake]]\nworkbook = 'memory://{host}/Team.xlsx'\n" for host in ("a", "b"))
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, one + other)
    assert caught.value.message.code == "workbooks_named_alike"
    load(tmp_path, one + other + "tabs = ['Ideas']\n")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, one + one)
    assert caught.value.message.code == "tab_used_twice"


@pytest.mark.parametrize(
    "text",
    [
        "[[intake]]\nworkbook = 'Team.xlsx'\ntabs = ['Ideas', 'ideas']",
        "[[intake]]\nworkbook = 'Team.xlsx'\n[[intake]]\nworkbook = 'sub/../Team.xlsx'",
        "[[intake]]\nworkbook = 'Central_Backlog.xlsx'\ntabs = ['Backlog']",
        "[tabs.Runs]\nworkbook = 'R.xlsx'\ntab = 'R'\n[tabs.Results]\nworkbook = 'R.xlsx'\ntab = 'R'",
    ],
)
def test_one_tab_has_one_use(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"is used already by .*; name each tab once"):
        load(tmp_path, text)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"is no workspace: roadwright\.toml is missing\. Make one: roadwright init"
    ):
        load_settings(tmp_path)


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROADWRIGHT_DATABASE_URL", "sqlite:///elsewhere.db")
    assert load(tmp_path, "database_url = 'sqlite:///here.db'").database_url == "sqlite:///elsewhere.db"


def test_the_mark_that_some_editors_put_before_the_text_does_not_matter(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeffactivating_batch = 7").activating_batch == 7

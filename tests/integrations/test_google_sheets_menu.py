"""The menu in spreadsheets, whose own tests run with node, and what it names of ours."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from roadwright import tabs
from roadwright.actions.registry import BY_NAME

FOLDER = Path(__file__).parents[2] / "integrations" / "google_sheets"
SCRIPT = (FOLDER / "Code.gs").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: the menu is not tested")
def test_the_menu_on_strict_doubles() -> None:
    ran = subprocess.run(
        ["node", "--test", str(FOLDER / "code.test.mjs")], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_the_menu_offers_actions_on_tabs_that_there_are() -> None:
    items = re.findall(r"\{name: '[^']*', call: '\w+', action: '([\w.]+)'(?:, tabs: (\[[^\]]*\]|\w+))?", SCRIPT)
    assert len(items) == 12
    for action, named in items:
        assert action in BY_NAME
        assert set(re.findall(r"'(\w+)'", named)) <= tabs.BY_NAME.keys()


def test_the_menu_knows_the_tabs_of_each_action() -> None:
    known = {spec.name for spec in BY_NAME["pm.save_selected"].tabs}
    [listed] = re.findall(r"RW_SAVED = \[(.*?)\]", SCRIPT, re.DOTALL)
    assert set(re.findall(r"'(\w+)'", listed)) == known
    [more] = re.findall(r"RW_SHOWN = RW_SAVED.concat\(\[(.*?)\]", SCRIPT)
    assert known | set(re.findall(r"'(\w+)'", more)) == {spec.name for spec in BY_NAME["pm.refresh_tab"].tabs}

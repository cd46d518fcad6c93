"""Rules that every file keeps: layers, names, words, and a help for everything that a person can ask for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from roadwright import tabs
from roadwright.actions.options import helps
from roadwright.actions.registry import ACTIONS

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "docs", "scripts", "benchmarks", "integrations")
MOST_LINES = 500


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file that is part of the project."""
    paths = [path for path in ROOT.iterdir() if path.is_file()]
    paths += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in paths:
        if (
            path.suffix in (".py", ".md", ".toml", ".gs", ".js", ".html", ".txt", ".json", "")
            and ".git" not in path.parts
        ):
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_the_old_name_of_activation_is_nowhere() -> None:
    # Whatever stands between the two words, in any case; the words themselves must not stand here either.
    old = re.compile("scor" + r"(?:ing|e)[\W_]*" + "batch", re.IGNORECASE)
    assert [(str(path), found[0]) for path, text in texts() if (found := old.search(text))] == []


def test_nothing_names_a_path_of_someones_computer() -> None:
    places = re.compile(
        "|".join((r"/wor" + r"k/", r"/ho" + r"me/\w", r"/ro" + r"ot/", r"/Us" + r"ers/\w", r"\.\./sha" + r"red"))
    )
    ours = [(path, text) for path, text in texts() if "tests" not in path.parts and path.suffix != ".json"]
    assert [(str(path), found[0]) for path, text in ours if (found := places.search(text))] == []


def test_imports_point_down_only() -> None:
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_says_what_it_does_and_has_one_reason_to_change() -> None:
    for path in sorted((ROOT / "src").rglob("*.py")):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
        assert ast.get_docstring(ast.parse(text)), f"{name}: its first lines say what it does"
        if path.parent.name != "versions":  # a migration is one list of tables
            assert len(text.splitlines()) <= MOST_LINES, name
        assert not {part.removesuffix(".py") for part in name.parts} & {"utils", "helpers", "common", "manager"}, name


def test_every_action_explains_itself() -> None:
    names = [action.name for action in ACTIONS]
    assert len(set(names)) == len(names)
    for action in ACTIONS:
        assert action.name.startswith("pm.")
        assert len(action.help) > 10
        assert not action.help.endswith("."), f"{action.name}: its help is no sentence, it stands in a list"
        assert len(action.explanation) > len(action.help)
        assert action.explanation.endswith("."), f"{action.name}: its explanation is sentences"
        for option in helps(action.options):
            assert option.help, f"{action.name}: {option.name}"
            assert option.default, f"{action.name}: {option.name} says what holds without it"


def test_every_column_has_a_help() -> None:
    for spec in tabs.TABS:
        assert spec.help
        assert [column.name for column in spec.columns if not column.help.strip()] == []

"""Making a workspace: settings, database, template workbooks. A file that is already there is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roadwright import tabs
from roadwright.sheets.template import write_template
from roadwright.tabs.guides import GUIDES
from roadwright.workspace.settings import FILE, template
from roadwright.workspace.workspace import PRIVATE, open_workspace


@dataclass(frozen=True)
class Created:
    """What ``create_workspace`` made, and what was there already."""

    made: list[Path]
    kept: list[Path]


def create_workspace(root: Path) -> Created:
    """Make what is missing of a workspace in this folder. Raises OSError, SheetError, SettingsError or StoreError."""
    result = Created([], [])
    root.mkdir(parents=True, exist_ok=True)
    (root / PRIVATE).mkdir(exist_ok=True)
    settings = root / FILE
    if settings.exists():
        result.kept.append(settings)
    else:
        settings.write_text(template(), encoding="utf-8")
        result.made.append(settings)
    for name, specs in tabs.workbooks().items():
        path = root / f"{name}.xlsx"
        if path.exists():
            result.kept.append(path)
        else:
            write_template(path, specs, GUIDES[name])
            result.made.append(path)
    open_workspace(root).close()
    return result

"""Making a workspace: settings, database, template workbooks. A file that is already there is never touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from roadwright import tabs
from roadwright.domain.messages import Message
from roadwright.sheets.backend import is_of_google
from roadwright.sheets.template import write_template
from roadwright.store.presence import PRIVATE
from roadwright.tabs import lists
from roadwright.tabs.guides import GUIDES
from roadwright.workspace.settings import FILE, check_folder_name, template
from roadwright.workspace.workspace import TabPlace, Workspace, open_workspace


@dataclass(frozen=True)
class Created:
    """What ``create_workspace`` made, and what was there already."""

    made: list[Path]
    kept: list[Path]
    notice: Message | None = None
    """What there is to tell of the database."""
    has_spreadsheets: bool = False
    """Whether workbooks lie elsewhere, where nothing is made."""

    @property
    def is_renewed(self) -> bool:
        """Whether the workspace was there, and a workbook of it was made anew."""
        return bool(self.made) and any(path.name == FILE for path in self.kept)


def create_workspace(root: Path) -> Created:
    """Make what is missing of a workspace in this folder: settings, database, every workbook that the settings name.

    A workbook whose header is said to stand below other things is a person's own and not made.
    Raises OSError, SheetError, SettingsError or StoreError.
    """
    check_folder_name(root)
    made: list[Path] = []
    kept: list[Path] = []
    root.mkdir(parents=True, exist_ok=True)
    (root / PRIVATE).mkdir(exist_ok=True)
    settings = root / FILE
    if settings.exists():
        kept.append(settings)
    else:
        settings.write_text(template(), encoding="utf-8")
        made.append(settings)
    workspace = open_workspace(root)
    try:
        for path, places in _workbooks(workspace):
            shown = root / path.relative_to(workspace.root) if path.is_relative_to(workspace.root) else path
            if os.path.lexists(path):  # a link that leads nowhere is somebody's, too
                kept.append(shown)
            elif all(place.header_row == 1 and not place.mapping.columns for place in places):
                path.parent.mkdir(parents=True, exist_ok=True)
                specs = [replace(tabs.BY_NAME[place.spec.name], name=place.tab) for place in places]
                write_template(path, specs, GUIDES[places[0].spec.workbook], lists.FIXED)
                made.append(shown)
    finally:
        workspace.close()
    has_spreadsheets = any(is_of_google(place.workbook.address) for place in workspace.places())
    return Created(made, kept, workspace.notice, has_spreadsheets)


def _workbooks(workspace: Workspace) -> Iterator[tuple[Path, list[TabPlace]]]:
    """The files of workbooks that the settings name, each with its tabs in order."""
    places = workspace.places()
    for path in workspace.workbook_files():
        yield path, [place for place in places if place.workbook.file == path]

"""The disks of a workspace: how much is free on each, and how much an action may need there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from roadwright.domain.machine import free_space
from roadwright.store.session import needed_space
from roadwright.workspace.workspace import Workspace


@dataclass(frozen=True)
class Room:
    """A disk, by a folder of the workspace that lies on it."""

    folder: Path
    free: int
    needed: int


def rooms(workspace: Workspace) -> list[Room]:
    """Each disk once. A workbook needs its size again, because the new one is written beside it; so does the log of a
    SQLite database."""
    needs: dict[Path, int] = {workspace.root: 0}
    for path in workspace.workbook_files():
        with suppress(OSError):
            needs[path.parent] = max(needs.get(path.parent, 0), path.stat().st_size)
    url = workspace.store.engine.url
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        needs[file.parent] = needs.get(file.parent, 0) + needed_space(file)
    found: dict[int, Room] = {}
    for folder, needed in needs.items():
        free = free_space(folder)
        with suppress(OSError):
            device = folder.stat().st_dev
            if free is not None:
                before = found.get(device)
                found[device] = Room(
                    before.folder if before else folder, free, needed + (before.needed if before else 0)
                )
    return list(found.values())

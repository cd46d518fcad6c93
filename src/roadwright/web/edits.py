"""Rows that a page edits: saved in the name of whoever acts, and what is said of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from roadwright.domain.messages import Level
from roadwright.grid.changes import Changed, RowChange
from roadwright.grid.editing import save_rows
from roadwright.sheets.spec import TabSpec
from roadwright.web.page import Visit
from roadwright.web.words import plain

NOT_SAVED = (Level.FAILED, Level.CONFLICT)


async def save(visit: Visit, spec: TabSpec, rows: Sequence[RowChange]) -> Changed:
    """Save rows as an edit of a sheet is; the workbook follows."""
    caller, server = await visit.standing(), visit.server

    def saved() -> Changed:
        with server.edits:
            changed = save_rows(server.workspace, spec, rows, caller.requested_by)
        if not changed.is_nothing:
            server.follow(spec, *changed.also_changed)
        return changed

    return await asyncio.to_thread(saved)


def said_of(run_status: str) -> str:
    """The same without its level, in plain words."""
    level, _, rest = run_status.partition(": ")
    return plain(rest) if level in set(Level) and rest else plain(run_status)

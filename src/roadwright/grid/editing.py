"""Edits of rows, from the turn they wait for to the line of the ledger that says who did it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from roadwright.actions import ledger
from roadwright.domain.keys import canonical_key
from roadwright.grid.changes import SOURCE, Changed, RowChange, change_rows, refuse_columns
from roadwright.services.rows.context import RowsContext
from roadwright.sheets.spec import TabSpec
from roadwright.store.clock import RowVersions
from roadwright.store.session import one_at_a_time
from roadwright.sync.reading import scope_of
from roadwright.workspace.workspace import Workspace


def context_of(workspace: Workspace, session: Session, source: str) -> RowsContext:
    """What the steps of one edit share."""
    one_at_a_time(session)
    return RowsContext(session, RowVersions(session), source, workspace.folder_token)


def save_rows(workspace: Workspace, spec: TabSpec, rows: Sequence[RowChange], requested_by: str) -> Changed:
    """Save rows of a tab in somebody's name. Raises ChangeProblem, and WorkspaceBusy where it is never their turn."""
    refuse_columns(spec, rows)
    with workspace.exclusive(), workspace.store.transaction() as session:
        changed = change_rows(context_of(workspace, session, SOURCE), spec, rows, scope_of(workspace, session, spec))
        note_rows(session, spec, changed, requested_by)
    return changed


def note_rows(session: Session, spec: TabSpec, changed: Changed, requested_by: str) -> None:
    """The line of the ledger that says who saved rows, and what they were before; none where nothing was saved."""
    if changed.is_nothing:
        return
    summary: dict[str, object] = {"saved": changed.saved, "created": changed.created, "removed": changed.removed}
    ledger.note(session, SOURCE, {"tab": spec.name}, requested_by, summary=summary, rows=_lines(spec, changed))


def preview_rows(workspace: Workspace, spec: TabSpec, rows: Sequence[RowChange]) -> Changed:
    """What `save_rows` would do and say; nothing is saved. Raises the same."""
    refuse_columns(spec, rows)
    with workspace.exclusive(), workspace.store.transaction() as session:
        context = context_of(workspace, session, SOURCE)
        changed = change_rows(context, spec, rows, scope_of(workspace, session, spec))
        session.rollback()
    return changed


def _lines(spec: TabSpec, changed: Changed) -> list[dict[str, object]]:
    return [
        {
            **{"tab": spec.name, "row": 0, "key": _key(row.identity), "run_status": row.run_status},
            **({"changes": {name: list(pair) for name, pair in result.changed.items()}} if result.changed else {}),
        }
        for row, result in zip(changed.rows, changed.results, strict=True)
    ]


def _key(identity: object) -> str:
    parts = [str(value) for value in identity.values() if value is not None] if isinstance(identity, dict) else []
    return canonical_key(parts[0]) or parts[0] if len(parts) == 1 else " / ".join(parts)

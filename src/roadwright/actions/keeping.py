"""What `roadwright backup`, `restore` and `move-database` do, in the ledger as everything that people ask for."""

from __future__ import annotations

from pathlib import Path

from roadwright.actions import ledger
from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.options import Options, chosen, option
from roadwright.store.session import Store, shown_url
from roadwright.workspace.backup import ACTION, Manifest, make_backup
from roadwright.workspace.move import MoveReport, move_database
from roadwright.workspace.restore import Restored, restore_backup
from roadwright.workspace.workspace import Workspace


class BackupOptions(Options):
    """Of `roadwright backup`."""

    output: Path = option("the file", otherwise="none: it must be given")


def _backup(request: ActionContext) -> Answer:
    request.report("writing the backup")
    written = make_backup(request.workspace, chosen(request.options, BackupOptions).output)
    left_out = list(dict.fromkeys(p.workbook.label for p in request.workspace.places() if p.workbook.file is None))
    more = {"spreadsheets_left_out": ", ".join(left_out)} if left_out else {}
    return Answer(summary={**_figures(written.manifest), "bytes": written.size, **more})


def _figures(manifest: Manifest) -> dict[str, object]:
    return {"database_rows": manifest.rows, "files": manifest.files_beside}


BACKUP = Action(
    name=ACTION,
    help="writes one ZIP file with the database, the workbooks and the settings of one moment",
    explanation="It takes its turn like any action, so nothing changes meanwhile.",
    run=_backup,
    options=BackupOptions,
    selects=False,
)


def restore(path: Path, root: Path, url: str | None, requested_by: str) -> Restored:
    """Restore a backup, and say so in the restored ledger. Raises BackupProblem or StoreError."""

    def record(store: Store, manifest: Manifest) -> None:
        ledger.record(store, "restore", {"options": [f"file={path}"]}, requested_by, _figures(manifest))

    return restore_backup(path, root, url, record)


def move(workspace: Workspace, url: str, requested_by: str) -> MoveReport:
    """Move the data into another database, and say so in the ledger there. Raises StoreError or WorkspaceBusy."""

    def record(store: Store, rows: int) -> None:
        asked = {"options": [f"url={shown_url(store.engine.url)}"]}
        ledger.record(store, "move-database", asked, requested_by, {"database_rows": rows})

    return move_database(workspace, url, record)

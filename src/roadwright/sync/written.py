"""What was last written into each workbook, so that whoever watches it tells our writes from those of people."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from roadwright.sheets.backend import WorkbookRef
from roadwright.store.clock import now
from roadwright.store.models import WrittenWorkbook
from roadwright.store.session import Store


def note_written(store: Store, digests: Mapping[WorkbookRef, str]) -> None:
    """Keep the digests of workbooks that were written just now."""
    known = {ref.identity: digest for ref, digest in digests.items() if digest}
    if not known:
        return
    with store.transaction() as session:
        for address, digest in known.items():
            session.merge(WrittenWorkbook(address=address, digest=digest, written_at=now()))


def is_as_written(store: Store, ref: WorkbookRef, digest: str) -> bool:
    """Whether a workbook with this digest is as we last wrote it, from whichever process."""
    with store.transaction() as session:
        found = session.scalar(select(WrittenWorkbook.digest).where(WrittenWorkbook.address == ref.identity))
    return found == digest


def file_digest(file: Path) -> str | None:
    """The digest of a workbook's file, as the receipt of a write tells it; None where it can't be read."""
    with suppress(OSError):
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return None

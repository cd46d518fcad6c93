"""What-ifs that are kept under a short id, so that a link opens what its sender saw. They belong to nobody."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from roadwright.domain.text import folded
from roadwright.services.portfolios.workbench.changes import Changes, WrongChanges
from roadwright.store.clock import now
from roadwright.store.models import StoredWhatIf
from roadwright.store.session import Store

_ID = re.compile("[a-z2-7]{12}")
MOST_CHARACTERS = 100_000


@dataclass(frozen=True)
class KeptWhatIf:
    """A what-if as it was kept. ``run_id`` is the run on whose data it stands; None: on the data as they are now."""

    id: str
    scenario_name: str
    run_id: str | None
    changes: Changes


def what_if_id(scenario_name: str, run_id: str | None, changes: Changes) -> str:
    """The id of a what-if: the same changes have the same one."""
    content = json.dumps([folded(scenario_name), run_id, changes.to_json()], sort_keys=True, ensure_ascii=False)
    digest = hashlib.blake2b(content.encode(errors="surrogatepass"), digest_size=8).digest()
    return base64.b32encode(digest).decode().lower().rstrip("=")[:12]


def keep_what_if(store: Store, scenario_name: str, run_id: str | None, changes: Changes, who: str) -> str:
    """Keep a what-if, unless it is kept already; returns its id. Raises WrongChanges where it is too large."""
    content = changes.to_json()
    if len(json.dumps(content)) > MOST_CHARACTERS:
        raise WrongChanges("changes_too_many", most=MOST_CHARACTERS)
    id = what_if_id(scenario_name, run_id, changes)
    moment = now()
    try:
        with store.transaction() as session:
            known = session.get(StoredWhatIf, id)
            if known is not None:
                known.used_at = moment
            else:
                session.add(
                    StoredWhatIf(
                        id=id,
                        scenario_name=scenario_name,
                        run_id=run_id,
                        changes_json=content,
                        made_by=who,
                        created_at=moment,
                        used_at=moment,
                    )
                )
    except IntegrityError:
        pass  # somebody else kept the same at the same moment
    return id


def find_what_if(store: Store, id: str) -> KeptWhatIf | None:
    """A what-if by its id; None where there is none (any more)."""
    if not _ID.fullmatch(id):
        return None
    with store.transaction() as session:
        found = session.get(StoredWhatIf, id)
        if found is None:
            return None
        found.used_at = now()
        return KeptWhatIf(found.id, found.scenario_name, found.run_id, Changes.of(found.changes_json))


def old_what_ifs(session: Session, before: str) -> int:
    """How many have not been opened since a moment."""
    return session.scalar(select(func.count()).select_from(StoredWhatIf).where(StoredWhatIf.used_at < before)) or 0


def forget_what_ifs(session: Session, before: str) -> None:
    """Remove those that have not been opened since a moment."""
    session.execute(delete(StoredWhatIf).where(StoredWhatIf.used_at < before))

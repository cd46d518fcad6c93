"""What people chose for themselves: read and kept by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from roadwright.store.models import Preference


def preference(session: Session, who: str, name: str) -> Mapping[str, Any]:
    """What this person chose under this name; nothing where they never did."""
    found = session.get(Preference, (who, name))
    return {} if found is None else found.value


def keep_preference(session: Session, who: str, name: str, chosen: Mapping[str, Any]) -> None:
    """Keep what this person chose, in addition to what they had chosen under the name."""
    found = session.get(Preference, (who, name))
    if found is None:
        session.add(Preference(who=who, name=name, value=dict(chosen)))
    else:
        found.value = {**found.value, **chosen}

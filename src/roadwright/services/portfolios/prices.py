"""What forcing an initiative into its latest answered run would cost, kept for filters of the backlog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from roadwright.optimize import Explanation
from roadwright.store.models import LastRunPrice
from roadwright.store.queries import chunks


def prices_in(explanations: Iterable[Explanation]) -> dict[str, float]:
    """By initiative that was left out what forcing it in costs, where that is known and it can be forced in."""
    return {
        one.id: one.loss
        for one in explanations
        if one.kind == "outside" and one.computed and not one.conflict and one.loss is not None
    }


def keep_prices(session: Session, run_number: int, candidates: Iterable[str], prices: Mapping[str, float]) -> None:
    """Keep what a run says of its candidates; of those that took part in a newer run, that one's stands."""
    keys = sorted(candidates)
    known: dict[str, int] = {}
    for part in chunks(keys):
        found = select(LastRunPrice.initiative_key, LastRunPrice.run_number).where(
            LastRunPrice.initiative_key.in_(part)
        )
        known.update((key, number) for key, number in session.execute(found))

    def rows(wanted: Iterable[str]) -> list[dict[str, object]]:
        return [{"initiative_key": key, "run_number": run_number, "price": prices.get(key)} for key in wanted]

    if new := rows(key for key in keys if key not in known):
        session.execute(insert(LastRunPrice), new)
    if older := rows(key for key in keys if known.get(key, run_number + 1) <= run_number):
        session.execute(update(LastRunPrice), older)

"""Actions that a page asked for: how far they are, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.actions import ActionStatus
from roadwright.store.models import ActionRun
from roadwright.web.kit import Html, html, joined, progress
from roadwright.web.page import Visit
from roadwright.web.told import headline, is_open, outcome, share, tone


class Runs:
    """What a page asked for, until it is told what came of it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._asked: dict[str, str] = {}

    @property
    def is_busy(self) -> bool:
        return bool(self._asked)

    async def ask(
        self,
        action: str,
        options: Mapping[str, object],
        *,
        tab: str | None = None,
        select: str | None = None,
        then: str = "",
    ) -> None:
        """Ask for an action; ``then`` is a page to open once it succeeded."""
        run = await self._visit.ask(action, tab, select, options)
        self._asked[run.run_id] = then

    async def shown(self) -> Html:
        """How far they are; what is over is told, once."""
        lines = []
        for run in await self._visit.read(_runs_of, list(self._asked)):
            if is_open(run):
                label = f"{headline(run)}: {outcome(run)}"
                lines.append(html("<p>{label}</p>{bar}", label=label, bar=progress(label, share(run))))
            elif run.run_id in self._asked:  # else it was told while this was read
                then = self._asked.pop(run.run_id)
                kind = tone(run)
                shown: Literal["ok", "warn", "fail"] = kind if kind in ("ok", "fail") else "warn"
                self._visit.notice(shown, f"{headline(run)}: {outcome(run)}")
                if then and run.status == ActionStatus.SUCCESS:
                    self._visit.go(then)
        if not lines:
            return Html()
        return html('<div class="rw-card" role="status" data-testid="progress">{lines}</div>', lines=joined(lines))


def _runs_of(session: Session, names: Sequence[str]) -> list[ActionRun]:
    rows = list(session.scalars(select(ActionRun).where(ActionRun.run_id.in_(names)).order_by(ActionRun.id)))
    session.expunge_all()
    return rows

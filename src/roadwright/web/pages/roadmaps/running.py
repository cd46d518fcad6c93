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
from roadwright.web.words import action_done, action_words, words

_OPEN = (ActionStatus.QUEUED, ActionStatus.RUNNING)
_TOLD = ("new_entries", "admitted", "blocked", "waived", "changed", "seeded", "selected", "warned", "failed")


class Runs:
    """What a page asked for, until it is told what came of it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._asked: dict[str, str] = {}

    @property
    def is_busy(self) -> bool:
        return bool(self._asked)

    async def ask(self, action: str, options: Mapping[str, object], *, tab: str | None = None, then: str = "") -> None:
        """Ask for an action; ``then`` is a page to open once it succeeded."""
        run = await self._visit.ask(action, tab, options=options)
        self._asked[run.run_id] = then

    async def shown(self) -> Html:
        """How far they are; what is over is told, once."""
        lines = []
        for run in await self._visit.read(_runs_of, list(self._asked)):
            if run.status in _OPEN:
                label = f"{action_words(run.action)}: {run.progress or words(run.status)}"
                lines.append(html("<p>{label}</p>{bar}", label=label, bar=progress(label)))
                continue
            then = self._asked.pop(run.run_id, "")
            if run.status == ActionStatus.SUCCESS and not run.error:
                told = _summary(run)
                self._visit.notice("ok", action_done(run.action) + (f": {told}." if told else "."))
                if then:
                    self._visit.go(then)
            else:
                kind: Literal["warn", "fail"] = "warn" if run.status == ActionStatus.PARTIAL else "fail"
                self._visit.notice(
                    kind, f"{action_words(run.action)}: {run.error or _summary(run) or words(run.status)}"
                )
        if not lines:
            return Html()
        return html('<div class="rw-card" role="status" data-testid="progress">{lines}</div>', lines=joined(lines))


def _runs_of(session: Session, names: Sequence[str]) -> list[ActionRun]:
    rows = list(session.scalars(select(ActionRun).where(ActionRun.run_id.in_(names)).order_by(ActionRun.id)))
    session.expunge_all()
    return rows


def _summary(run: ActionRun) -> str:
    said = run.summary_json or {}
    return ", ".join(f"{said[name]} {words(name)}" for name in _TOLD if said.get(name))

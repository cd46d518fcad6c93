"""What changed about a roadmap's entries since a moment before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import GateResult, GateStatus
from roadwright.store.models import Roadmap, RoadmapEntry


@dataclass(frozen=True)
class Judgement:
    """How an entry was judged at one moment."""

    status: GateStatus
    failing: tuple[str, ...]


@dataclass(frozen=True)
class StatusChange:
    """What is different about one entry."""

    initiative_key: str
    before: Judgement
    after: Judgement

    @property
    def is_move(self) -> bool:
        """Whether the entry is judged otherwise now; else only other gates fail."""
        return self.before.status is not self.after.status

    @property
    def message(self) -> Message:
        """``was blocked, now admitted (tokens_present passes)``."""
        old, new = self.before, self.after
        gates = [
            Message(code, Level.OK, params={"gates": names})
            for code, names in (
                ("gates_fail", [gate for gate in new.failing if gate not in old.failing]),
                ("gates_pass", [gate for gate in old.failing if gate not in new.failing]),
            )
            if names
        ]
        params: dict[str, object] = {
            "before": old.status,
            "after": new.status,
            "gates": Message("gates_changed", Level.OK, params={"changes": gates}) if gates else "",
        }
        return Message("status_moved" if self.is_move else "status_still", Level.OK, params=params)


def judgements(session: Session) -> dict[int, Judgement]:
    """How every entry of every roadmap is judged now, by the entry's id; those that never were are left out."""
    rows = session.execute(
        select(RoadmapEntry.id, RoadmapEntry.gate_status, RoadmapEntry.gate_results_json).where(
            RoadmapEntry.gate_status.is_not(None)
        )
    )
    return {number: _judgement(str(status), results or ()) for number, status, results in rows}


def changes_since(before: Mapping[int, Judgement], roadmap: Roadmap) -> list[StatusChange]:
    """What is different about the entries that were judged before, in their order."""
    changes = []
    for entry in roadmap.entry_rows:
        earlier = before.get(entry.id)
        if earlier is not None and entry.gate_status is not None:
            after = _judgement(entry.gate_status, entry.gate_results_json or ())
            if after != earlier:
                changes.append(StatusChange(entry.initiative_key, earlier, after))
    return changes


def _judgement(status: str, results: Iterable[Mapping[str, object]]) -> Judgement:
    failing = (result.gate for result in map(GateResult.from_json, results) if not result.passed)
    return Judgement(GateStatus(status), tuple(map(str, failing)))

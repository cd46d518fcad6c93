"""What waits for a person in the whole workspace, in groups, the worst first: what the control room's Home shows.

Everything here is found by those who say it elsewhere, too: `stored_needs`, the gates, the tabs as they were left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import NEVER_CANDIDATES
from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import GateStatus
from roadwright.services.bindings.intake import UNTITLED
from roadwright.services.roadmaps.attention import UNCOMPUTABLE, Need, NeedKind, ScoreFaults, stored_needs
from roadwright.store.models import ActionRun, Initiative, Roadmap, RoadmapEntry
from roadwright.store.queries import initiatives_by_key
from roadwright.sync.clashes import row_clashes
from roadwright.sync.overview import stopped_rows
from roadwright.sync.written import BookState
from roadwright.workspace.workspace import Workspace

_RUNS = 5


class WaitKind(StrEnum):
    """What sort of thing waits, the worst first."""

    CONFLICTS = "conflicts"
    """Rows with fields that sheet and database changed to different values."""
    FAILED_ROWS = "failed-rows"
    NO_ANSWER = "no-answer"
    """Scenarios whose latest run found none, or that have no candidates."""
    BLOCKED = "blocked"
    """Entries of roadmaps that a gate keeps off."""
    NO_TOKENS = "no-tokens"
    NO_PERIOD = "no-period"
    """Flagged, and no candidate, as a field is blank."""
    SCORE_MISSING = "score-missing"
    SCORE_STALE = "score-stale"
    PARAM_VALUES = "param-values"
    PARAM_APPROVALS = "param-approvals"
    MODEL_APPROVALS = "model-approvals"
    UNTITLED = "untitled"
    WORKBOOKS = "workbooks"
    """Changed since the last sync, or open somewhere."""
    NEVER_RUN = "never-run"
    TARGETS = "targets"


@dataclass(frozen=True)
class Waiting:
    """A group: how many, which of them in words, and where: initiatives by key, a roadmap, scenario or run by name."""

    kind: WaitKind
    count: int
    names: tuple[str, ...]
    keys: tuple[str, ...] = ()
    place: str = ""


def waiting(session: Session, workspace: Workspace, faults: ScoreFaults, books: Sequence[BookState]) -> list[Waiting]:
    """All groups that are not empty, the worst first; of faulty scores and workbooks that are found already."""
    needs = stored_needs(session)
    found = [
        *_in_conflict(session, workspace),
        *_failed(session, workspace),
        *_of_scenarios(needs),
        *_blocked(session),
        *_candidates(session, needs),
        *_scores(faults),
        *_models(needs),
        *_untitled(session),
        *_workbooks(books),
    ]
    order = list(WaitKind)
    return sorted((one for one in found if one.count), key=lambda one: order.index(one.kind))


def _titled(kind: WaitKind, found: Sequence[Initiative]) -> Waiting:
    return Waiting(kind, len(found), tuple(one.title for one in found), tuple(one.initiative_key for one in found))


def _in_conflict(session: Session, workspace: Workspace) -> Iterator[Waiting]:
    found = [one.conflict for one in row_clashes(session, workspace)]
    yield Waiting(WaitKind.CONFLICTS, len(found), tuple(f"{one.tab}, row {one.number}" for one in found))


def _failed(session: Session, workspace: Workspace) -> Iterator[Waiting]:
    """Rows as the last action on their tab left them; the place is a run that says why."""
    rows = [(name, number) for name, numbers, _ in stopped_rows(session, workspace) for number in numbers]
    if rows:
        names = tuple(f"{name}, row {number}" for name, number in rows)
        yield Waiting(
            WaitKind.FAILED_ROWS, len(rows), names, place=_run_with_failed(session, {name for name, _ in rows})
        )


def _run_with_failed(session: Session, names: set[str]) -> str:
    """The newest run with a failed row on one of these tabs; empty where none is kept."""
    level = Level.FAILED
    says = cast(ActionRun.rows_json, String).contains(str(level))
    runs = select(ActionRun.run_id, ActionRun.rows_json).where(says).order_by(ActionRun.id.desc()).limit(_RUNS)
    for run_id, rows in session.execute(runs):
        if any(row.get("tab") in names and str(row.get("run_status")).startswith(level) for row in rows or ()):
            return str(run_id)
    return ""


def _of_scenarios(needs: Sequence[Need]) -> Iterator[Waiting]:
    mine = [one for one in needs if one.kind is NeedKind.SCENARIO]
    never = [one for one in mine if _code(one) == "need_first_run"]
    for kind, group in ((WaitKind.NEVER_RUN, never), (WaitKind.NO_ANSWER, [one for one in mine if one not in never])):
        names = list(dict.fromkeys(one.scenario for one in group))
        yield Waiting(kind, len(names), tuple(names), place=names[0] if names else "")
    missed = [one.scenario for one in needs if one.kind is NeedKind.TARGET]
    counts = {name: missed.count(name) for name in dict.fromkeys(missed)}
    first = max(counts, key=counts.__getitem__, default="")
    said = tuple(f"{name}: {count}" for name, count in counts.items())
    yield Waiting(WaitKind.TARGETS, len(missed), said, place=first)


def _code(need: Need) -> str:
    return need.said.code if isinstance(need.said, Message) else ""


def _blocked(session: Session) -> Iterator[Waiting]:
    rows = session.execute(
        select(Roadmap.roadmap_name, RoadmapEntry.initiative_key)
        .join(Roadmap, Roadmap.id == RoadmapEntry.roadmap_id)
        .where(RoadmapEntry.gate_status == str(GateStatus.BLOCKED))
        .order_by(Roadmap.id, RoadmapEntry.initiative_key)
    ).all()
    counts: dict[str, int] = {}
    for name, _ in rows:
        counts[name] = counts.get(name, 0) + 1
    said = tuple(f"{name}: {count}" for name, count in counts.items())
    worst = max(counts, key=counts.__getitem__, default="")
    yield Waiting(WaitKind.BLOCKED, len(rows), said, tuple(dict.fromkeys(key for _, key in rows)), worst)


def _candidates(session: Session, needs: Sequence[Need]) -> Iterator[Waiting]:
    mine = [one for one in needs if one.kind is NeedKind.CANDIDATE]
    found = initiatives_by_key(session, [one.key for one in mine])
    for kind, code in ((WaitKind.NO_TOKENS, "need_tokens"), (WaitKind.NO_PERIOD, "need_field")):
        keys = dict.fromkeys(one.key for one in mine if _code(one) == code)
        yield _titled(kind, [found[key] for key in keys])


def _scores(faults: ScoreFaults) -> Iterator[Waiting]:
    yield _titled(WaitKind.SCORE_MISSING, faults.get(UNCOMPUTABLE, ()))
    stale = [one for code, found in faults.items() if code != UNCOMPUTABLE for one in found]
    yield _titled(WaitKind.SCORE_STALE, stale)


def _models(needs: Sequence[Need]) -> Iterator[Waiting]:
    """Params and models of one model stand together: *buyers who dare: base_volume, rate_before*."""
    for kind, code in (
        (WaitKind.PARAM_VALUES, "need_param_value"),
        (WaitKind.PARAM_APPROVALS, "need_param_approval"),
        (WaitKind.MODEL_APPROVALS, "need_model_approval"),
    ):
        mine = [one for one in needs if _code(one) == code]
        models = dict.fromkeys(one.identity[1] for one in mine)
        keys = tuple(dict.fromkeys(one.key for one in mine))
        yield Waiting(kind, len(mine), tuple(models), keys, place=keys[0] if keys else "")


def _untitled(session: Session) -> Iterator[Waiting]:
    wanted = select(Initiative).where(
        Initiative.title == UNTITLED, Initiative.lifecycle_status.not_in(NEVER_CANDIDATES)
    )
    found = list(session.scalars(wanted.order_by(Initiative.initiative_key)))
    names = tuple(
        f"{one.intake_source}, row {one.intake_row}" if one.intake_row else one.initiative_key for one in found
    )
    yield Waiting(WaitKind.UNTITLED, len(found), names, tuple(one.initiative_key for one in found))


def _workbooks(books: Sequence[BookState]) -> Iterator[Waiting]:
    waits = [one for one in books if one.is_changed or one.is_open]
    names = tuple(f"{one.ref.name} (open)" if one.is_open else one.ref.name for one in waits)
    yield Waiting(WaitKind.WORKBOOKS, len(waits), names)

"""Solve a stored run again from its snapshot, and say whether the answer is the same in every figure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import (
    InvalidProblem,
    Problem,
    SolveOptions,
    dumps,
    parse_problem,
    snapshot_hash,
    solve_isolated,
)
from roadwright.store.models import OptimizationRun

_VARIES = frozenset({"seconds", "timings", "solver", "snapshot_hash", "diagnosis"})
"""Parts of a solution that may differ from one machine, minute or wording to the next without the answer being another.
The fingerprint is compared by itself."""


class NothingToRerun(InputError):
    """The run has no snapshot or no result to compare with."""


@dataclass(frozen=True)
class RunComparison:
    """What a second solve of the same inputs came to."""

    run_id: str
    differences: list[Message] = field(default_factory=list)

    @property
    def identical(self) -> bool:
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "identical": self.identical, "differences": list(map(str, self.differences))}


def _figures(value: Any) -> Any:
    """A part of a solution without its messages: these call rows by their place, and their wording may change."""
    if isinstance(value, dict):
        return {name: _figures(item) for name, item in value.items() if name != "message"}
    return [_figures(item) for item in value] if isinstance(value, list) else value


def _fingerprints(problem: Problem, snapshot: object) -> set[str]:
    """What a run's fingerprint may be: in the first runs ids and reasons of rules were part of it."""
    return {snapshot_hash(problem), "sha256:" + hashlib.sha256(dumps(snapshot).encode()).hexdigest()}


def rerun_snapshot(run: OptimizationRun) -> RunComparison:
    """Solve again with the same options and compare everything but timings. Raises NothingToRerun."""
    if run.inputs_snapshot_json is None or run.result_json is None:
        raise NothingToRerun("rerun_never_solved", run=run.run_id, status=run.status)
    if run.status == RunStatus.CANCELLED:
        raise NothingToRerun("rerun_of_cancelled", run=run.run_id)
    try:
        problem = parse_problem(run.inputs_snapshot_json)
    except InvalidProblem as invalid:
        return RunComparison(run.run_id, [Message("rerun_unsolvable", params={"why": str(invalid)})])
    options = SolveOptions(time_limit=run.options_json.get("time_limit"), gap=run.options_json.get("gap"))
    again = solve_isolated(problem, options).to_json()
    comparison = RunComparison(run.run_id)
    if run.snapshot_hash not in _fingerprints(problem, run.inputs_snapshot_json):
        comparison.differences.append(Message("rerun_fingerprint"))
    # What the stored result has no word of was not told yet when it was stored.
    for name in sorted(set(run.result_json) - _VARIES - {"message"}):
        before, now = _figures(run.result_json.get(name)), _figures(again.get(name))
        if before != now:
            params = {"name": name, "before": str(before), "now": str(now)}
            comparison.differences.append(Message("rerun_differs", params=params))
    return comparison

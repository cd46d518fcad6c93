"""The curve of a run: what more tokens would bring, made once and kept with the run."""

from __future__ import annotations

from typing import Any

from roadwright.domain.errors import InputError
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import frontier, parse_problem
from roadwright.services.portfolios.runs import find_optimization_run
from roadwright.store.session import Store

_KEPT = "frontier"
SECONDS = 60.0
"""How long it may take; what is found by then is told, and kept where it is the whole curve."""


class NoCurve(InputError):
    """The run was never solved, so that it has no curve."""


def curve_of(store: Store, run_id: str) -> dict[str, Any] | None:
    """The frontier of a run; None where there is no such run. Raises NoCurve."""
    with store.transaction() as session:
        run = find_optimization_run(session, run_id)
    if run is None:
        return None
    kept = run.context_json.get(_KEPT)
    if isinstance(kept, dict):
        return kept
    if run.inputs_snapshot_json is None:
        raise NoCurve("run_without_curve", run=run.run_id, status=run.status)
    found = frontier(parse_problem(run.inputs_snapshot_json), seconds=SECONDS)
    body = found.to_json()
    if found.status is RunStatus.OPTIMAL:
        with store.transaction() as session:
            again = find_optimization_run(session, run_id)
            if again is not None:
                again.context_json = {**again.context_json, _KEPT: body}
    return body

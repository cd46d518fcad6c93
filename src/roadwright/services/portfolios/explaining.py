"""Explaining a run that is kept: what was asked and answered, what is known of it, and what is found out later.

One of these is its curve: what more tokens would bring, made once and kept with the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.initiatives import NEVER_CANDIDATES, Lifecycle
from roadwright.domain.messages import Message
from roadwright.domain.optimization import RunStatus
from roadwright.domain.periods import same_period
from roadwright.optimize import Explanation, Problem, Role, Solution, frontier, parse_problem, roles
from roadwright.services.portfolios.alerts import Alert, explanation_alerts
from roadwright.services.portfolios.results import CandidateFacts, RunRef, reasons_of
from roadwright.services.portfolios.runs import find_optimization_run, keep_prices, prices_in
from roadwright.store.models import Initiative, OptimizationRun, OptimizationScenario
from roadwright.store.session import Store, fiscal_year_at


@dataclass(frozen=True)
class Explained:
    """A run's problem and answer, and what is known about its initiatives and rows, by id."""

    run: OptimizationRun
    problem: Problem
    solution: Solution
    facts: list[CandidateFacts]
    known: dict[str, Explanation]
    """What was computed; what there was no time for is not in here."""
    places: Mapping[str, str]
    """By id of a rule where it stood in a sheet."""

    @classmethod
    def of(cls, run: OptimizationRun) -> Explained | None:
        """What is kept of a run; None where nothing was solved in it."""
        if run.inputs_snapshot_json is None or run.result_json is None:
            return None
        told = [Explanation.from_json(one) for one in run.context_json.get("explanations", ())]
        return cls(
            run,
            parse_problem(run.inputs_snapshot_json),
            Solution.from_json(run.result_json),
            [CandidateFacts.from_json(fact) for fact in run.context_json.get("candidates", ())],
            {one.id: one for one in told if one.computed},
            run.context_json.get("places", {}),
        )

    def reasons(self, explained: Mapping[str, Explanation]) -> dict[str, Message]:
        """By candidate why it is in or out, with what these explanations say of its price."""
        return reasons_of(
            self.problem,
            self.solution,
            self.facts,
            explained=explained,
            places=self.places,
            known_roles=self._roles,
        )

    @cached_property
    def _roles(self) -> Mapping[str, Role]:
        return roles(self.problem, self.solution)


def add_explanations(session: Session, run_id: str, found: Sequence[Explanation]) -> None:
    """Put explanations into a kept run, and what they say into its reasons and alerts."""
    run = session.scalars(select(OptimizationRun).where(OptimizationRun.run_id == run_id).with_for_update()).one()
    kept = Explained.of(run)
    assert kept is not None
    before = [Explanation.from_json(one) for one in run.context_json["explanations"]]
    merged = {one.id: one for one in before}
    merged.update((one.id, one) for one in found if one.computed or one.id not in kept.known)
    reasons = kept.reasons(merged)
    ref = RunRef(run.run_id, run.scenario_name)
    keep_prices(session, run.id, (fact.key for fact in kept.facts), prices_in(merged.values()))
    run.context_json = {
        **run.context_json,
        "explanations": [one.to_json() for one in merged.values()],
        "results": [{**row, "reason": str(reasons[row["initiative_key"]])} for row in run.context_json["results"]],
        "alerts": _exchanged(
            run.context_json["alerts"],
            explanation_alerts(ref, kept.problem, before, kept.places),
            explanation_alerts(ref, kept.problem, list(merged.values()), kept.places),
        ),
    }


def _exchanged(alerts: Sequence[Alert], old: Sequence[Alert], new: Sequence[Alert]) -> list[Alert]:
    """The alerts with the new ones in the place of the old ones."""
    place = next((number for number, alert in enumerate(alerts) if alert in old), len(alerts))
    rest = [alert for alert in alerts if alert not in old]
    return [*rest[:place], *new, *rest[place:]]


def why_no_candidate(initiative: Initiative, run: OptimizationRun | OptimizationScenario) -> Message:
    """Why an initiative took no part in a run, or takes none in a scenario, as far as it can be seen today."""
    period, years = initiative.candidate_period_key, fiscal_year_at(initiative)
    reasons = (
        (Lifecycle(initiative.lifecycle_status) in NEVER_CANDIDATES, "no_candidate_lifecycle"),
        (initiative.duplicate_of is not None, "is_duplicate"),
        (run.roadmap_name is not None, "no_candidate_roadmap"),
        (not initiative.is_optimization_candidate, "no_candidate_not_flagged"),
        (not period, "no_candidate_period_blank"),
        (bool(period) and not same_period(period or "", run.period_key, years), "no_candidate_other_period"),
    )
    code = next((code for applies, code in reasons if applies), "no_candidate_not_ticked")
    params = {
        "status": initiative.lifecycle_status,
        "key": initiative.duplicate_of,
        "roadmap": run.roadmap_name,
        "period": period,
        "run_period": run.period_key,
    }
    return Message(code, params=params)


_CURVE = "frontier"
CURVE_SECONDS = 60.0
"""How long it may take; what is found by then is told, and kept where it is the whole curve."""


class NoCurve(InputError):
    """The run was never solved, so that it has no curve."""


def curve_of(store: Store, run_id: str) -> dict[str, Any] | None:
    """The frontier of a run; None where there is no such run. Raises NoCurve."""
    with store.transaction() as session:
        run = find_optimization_run(session, run_id)
    if run is None:
        return None
    kept = run.context_json.get(_CURVE)
    if isinstance(kept, dict):
        return kept
    if run.inputs_snapshot_json is None:
        raise NoCurve("run_without_curve", run=run.run_id, status=run.status)
    found = frontier(parse_problem(run.inputs_snapshot_json), seconds=CURVE_SECONDS)
    body = found.to_json()
    if found.status is RunStatus.OPTIMAL:
        with store.transaction() as session:
            again = find_optimization_run(session, run_id)
            if again is not None:
                again.context_json = {**again.context_json, _CURVE: body}
    return body

"""The candidates of a scenario on a roadmap: entries that nobody has judged yet are judged first."""

from __future__ import annotations

from sqlalchemy.orm import Session

from roadwright.services.portfolios.candidates import CandidateSet, ScenarioProblem, candidates_of
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.policy import PolicyProblem
from roadwright.store.models import OptimizationScenario
from roadwright.store.roadmaps import find_roadmap


def judged_candidates(session: Session, scenario: OptimizationScenario, source: str) -> CandidateSet:
    """The scenario's candidates. Raises ScenarioProblem.

    What was judged before stays as it was judged: a roadmap changes when people judge it again, not when it is run.
    """
    roadmap = find_roadmap(session, scenario.roadmap_name) if scenario.roadmap_name else None
    if roadmap is not None and any(entry.gate_status is None for entry in roadmap.entry_rows):
        try:
            judge_roadmap(session, roadmap, source, only_new=True)
        except PolicyProblem as problem:
            raise ScenarioProblem("roadmap_not_judged", roadmap=roadmap.roadmap_name, why=problem.message) from problem
    return candidates_of(session, scenario)

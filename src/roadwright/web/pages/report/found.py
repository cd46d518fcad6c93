"""What the paper tells: a run, what is known of it, and the answer beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.actions.workbench import bench_of_run
from roadwright.domain.errors import InputError
from roadwright.domain.optimization import AlertKind
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.services.portfolios.runs import find_optimization_run, is_answered, latest_answer, latest_run
from roadwright.services.portfolios.workbench.answers import Answer, repairs_of
from roadwright.services.roadmaps.report.content import Report, report_of
from roadwright.store.models import Initiative, OptimizationRun, OptimizationScenario
from roadwright.web.pages.workbench.compare import Runs, load_runs
from roadwright.web.pages.workbench.desk import Desk

KEY = re.compile(r"\bINIT-\d{6,}\b")


class NoReport(InputError):
    """There is no run to report of; the message says of what there is one."""


@dataclass(frozen=True)
class Paper:
    """A run for the committee. ``desk`` words its figures; None where the run never had a problem to solve."""

    run: OptimizationRun
    desk: Desk | None
    report: Report
    reasons: Mapping[str, str]
    """By initiative why it is in or out, as Results says it."""
    weaknesses: Sequence[str]
    other: Runs
    """The latest answer of another scenario."""
    titles: Mapping[str, str]
    """Of initiatives that the weaknesses name."""

    @property
    def is_answered(self) -> bool:
        return is_answered(self.run) and self.desk is not None


def find_run(session: Session, text: str) -> OptimizationRun:
    """The run that a person names, or the latest answer of the scenario that they name. Raises NoReport."""
    run = find_optimization_run(session, text) or latest_answer(session, text) or latest_run(session, text)
    if run is not None:
        return run
    names = list(session.scalars(select(OptimizationScenario.scenario_name).order_by(OptimizationScenario.id)))
    if folded(text) in {folded(name) for name in names}:
        raise NoReport("report_without_run", scenario=text)
    raise NoReport("report_of_nothing", name=text, hint=nearest(text, names), names=names)


def load_paper(session: Session, text: str) -> Paper:
    """Everything for the paper of a run or a scenario. Raises NoReport."""
    run = find_run(session, text)
    bench = bench_of_run(session, run)
    desk = None
    if bench is not None and bench.baseline is not None:
        solution = bench.baseline.solution
        answer = Answer(bench.problem, solution, tuple(repairs_of(solution)))
        desk = Desk(bench, answer=answer, shown=answer if answer.has_answer else None, prices=dict(bench.known))
    report = report_of(session, run.run_id)
    others = [
        one.answer.run_id
        for one in report.alternatives
        if not one.is_this and one.answer.is_answered and one.answer.run_id is not None
    ]
    told = [alert for alert in run.context_json.get("alerts", ()) if alert["kind"] == AlertKind.DATA]
    weaknesses = list(dict.fromkeys(str(alert["message"]) for alert in told))
    named = {key for text in weaknesses for key in KEY.findall(text)}
    titles = select(Initiative.initiative_key, Initiative.title).where(Initiative.initiative_key.in_(named))
    return Paper(
        run,
        desk,
        report,
        {row["initiative_key"]: row["reason"] for row in run.context_json.get("results", ())},
        weaknesses,
        load_runs(session, others[:1]),
        {row.initiative_key: row.title for row in session.execute(titles)},
    )

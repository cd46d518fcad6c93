"""What `roadwright prune` removes: what actions said of single rows, solver logs, links to what-ifs that nobody opens,
and runs that nothing refers to.

The ledger's lines stay: who asked for what, when, and what came of it. So does every run that a roadmap or a version of
one came from, that Results or Runs show, or that has the highest number, which is never given again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Delete, and_, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.options import Options, chosen, option
from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import RoadmapSource
from roadwright.services.portfolios.shown import shows_answer
from roadwright.services.portfolios.workbench.stored import forget_what_ifs, old_what_ifs
from roadwright.store.clock import to_text
from roadwright.store.models import ActionRun, OptimizationRun, Portfolio, PortfolioItem, Roadmap, RoadmapVersion
from roadwright.store.queries import chunks
from roadwright.workspace.workspace import Workspace

BYTES_FREED = "bytes_freed"
FIGURES = ("actions", "logs", "runs", "what_ifs", BYTES_FREED)
"""What the summary says beside the figures that all actions have."""


@dataclass(frozen=True)
class Pruned:
    """How much was removed, or would be."""

    actions: int
    """Actions whose answer for each row went."""
    logs: int
    """Runs whose solver log went."""
    runs: int
    """Runs that went altogether, with their portfolios."""
    what_ifs: int = 0
    """Links to what-ifs that nobody has opened since."""

    @property
    def is_something(self) -> bool:
        return bool(self.actions or self.logs or self.runs or self.what_ifs)

    def to_json(self) -> dict[str, int]:
        return asdict(self)


def prune(workspace: Workspace, older_than: int | None = None, *, dry: bool = False) -> Pruned:
    """Remove what is older than the settings say, or than so many days; for whoever has the turn in the workspace."""
    settings = workspace.settings
    details = _before(settings.keep_details_days if older_than is None else older_than)
    runs = _before(settings.keep_runs_days if older_than is None else older_than)
    with workspace.store.transaction() as session:
        old = _unreferenced(session, runs)
        answers = and_(ActionRun.rows_json.is_not(None), ActionRun.finished_at < details)
        actions = session.scalar(select(func.count()).select_from(ActionRun).where(answers)) or 0
        logs = _old_logs(session, details, old)
        what_ifs = old_what_ifs(session, details)
        if not dry:
            for part in chunks(old):
                for statement in _removing(part):
                    session.execute(statement)
            for part in chunks(logs):
                session.execute(update(OptimizationRun).where(OptimizationRun.id.in_(part)).values(solver_log=None))
            forget_what_ifs(session, details)
            session.execute(update(ActionRun).where(answers).values(rows_json=None, progress_json=None))
    return Pruned(actions, len(logs), len(old), what_ifs)


def _run(request: ActionContext) -> Answer:
    workspace, older_than = request.workspace, chosen(request.options, PruneOptions).older_than
    before = _size(workspace)
    request.report("removing what is old")
    pruned = prune(workspace, older_than)
    answer = Answer(summary={**pruned.to_json()})
    if pruned.is_something:
        request.report("giving the space back")
        try:
            _give_space_back(workspace)
            answer.summary[BYTES_FREED] = max(before - _size(workspace), 0)
        except DBAPIError as fault:
            answer.problems.append(Message("space_not_given_back", params={"why": str(fault.orig or fault)}))
    return answer


class PruneOptions(Options):
    """Of `roadwright prune`."""

    older_than: int | None = option("days that hold instead of the settings", otherwise="what the settings say")


PRUNE = Action(
    name="prune",
    help="removes old answers for single rows, old solver logs, and old optimization runs that nothing refers to",
    explanation="The settings keep_details_days and keep_runs_days say what is old, unless days are given.",
    run=_run,
    options=PruneOptions,
    selects=False,
)
"""What `roadwright prune` does, in the ledger under this name."""


def _before(days: int) -> str:
    """The moment so many days ago, as moments are stored."""
    return to_text(dt.datetime.now(dt.UTC) - dt.timedelta(days=days))


def _old_logs(session: Session, before: str, removed: Collection[int]) -> list[int]:
    """The runs from before a moment that have a log, without those that are removed anyway."""
    logged = select(OptimizationRun.id).where(
        OptimizationRun.solver_log.is_not(None), OptimizationRun.created_at < before
    )
    return sorted(set(session.scalars(logged)).difference(removed))


def _unreferenced(session: Session, before: str) -> list[int]:
    """The runs from before a moment that nothing needs any more."""
    columns = (
        OptimizationRun.id,
        OptimizationRun.run_id,
        OptimizationRun.scenario_name,
        OptimizationRun.roadmap_name,
        OptimizationRun.created_at,
        OptimizationRun.shown_json,
    )
    needed = set(_named(session))
    seen: set[tuple[str, str, bool]] = set()
    old: list[int] = []
    for number, run_id, scenario, roadmap, created_at, shown in session.execute(
        select(*columns).order_by(OptimizationRun.id.desc())
    ):
        # The newest of a scenario and the newest with an answer, for itself and for the roadmap that it was about.
        uses = {("scenario", scenario.casefold(), False), ("scenario", scenario.casefold(), shows_answer(shown))}
        if roadmap is not None and shows_answer(shown):
            uses.add(("roadmap", roadmap.casefold(), True))
        is_newest = not uses <= seen
        seen |= uses
        if created_at < before and not is_newest and run_id not in needed:
            old.append(number)
    return old


def _named(session: Session) -> Iterator[str]:
    """The runs that roadmaps and their versions name."""
    sources = select(Roadmap.source_ref).where(Roadmap.source == RoadmapSource.PORTFOLIO)
    for reference in session.scalars(sources):
        yield (reference or "").strip().upper()
    yield from (run for run in session.scalars(select(Roadmap.adopted_run)) if run is not None)
    for content in session.scalars(select(RoadmapVersion.content_json)):
        yield str((content.get("origin") or {}).get("run_id") or "")
        yield str((content.get("roadmap") or {}).get("source_ref") or "").strip().upper()


def _removing(runs: Iterable[int]) -> Iterator[Delete]:
    """What removes these runs, with what hangs on them."""
    numbers = list(runs)
    portfolios = select(Portfolio.id).where(Portfolio.optimization_run_id.in_(numbers))
    yield delete(PortfolioItem).where(PortfolioItem.portfolio_id.in_(portfolios))
    yield delete(Portfolio).where(Portfolio.optimization_run_id.in_(numbers))
    yield delete(OptimizationRun).where(OptimizationRun.id.in_(numbers))


def _size(workspace: Workspace) -> int:
    engine = workspace.store.engine
    size = (
        "select page_count * page_size from pragma_page_count(), pragma_page_size()"
        if engine.dialect.name == "sqlite"
        else "select pg_database_size(current_database())"
    )
    with engine.connect() as connection:
        return int(connection.scalar(text(size)) or 0)


def _give_space_back(workspace: Workspace) -> None:
    """Make the database smaller by what was removed: of itself it only uses the space again.

    SQLite writes the smaller database into its log first; the file shrinks when the log is put into it.
    """
    with workspace.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("vacuum"))
            connection.execute(text("pragma wal_checkpoint(truncate)"))
        else:
            connection.execute(text("vacuum full"))

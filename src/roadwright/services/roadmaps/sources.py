"""Where a roadmap's entries come from: a filter of the backlog, the portfolio of a run, or a list of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.filters import FilterError
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import RoadmapSource, RoadmapStatus
from roadwright.services.backlog import find_initiatives
from roadwright.services.portfolios.runs import find_optimization_run, is_answered
from roadwright.sheets.kinds import split_list
from roadwright.store.models import Initiative, OptimizationRun, Portfolio, Roadmap
from roadwright.store.queries import chunks

_SHOWN_RUNS = 5
_REF = "source_ref"


class SourceProblem(InputError):
    """A source that can't be read; the message names the column, what stands there and what would be accepted."""


@dataclass(frozen=True)
class Named:
    """The initiatives that a source names, in its own order, and what it says that could not be used."""

    keys: list[str]
    warnings: list[Message] = field(default_factory=list)


def _warning(code: str, **params: object) -> Message:
    return Message(code, Level.WARNING, _REF, params)


def named_by(session: Session, roadmap: Roadmap) -> Named:
    """The initiatives that the roadmap's source names; none where it has no source. Raises SourceProblem."""
    ref = (roadmap.source_ref or "").strip()
    if roadmap.source is None:
        if ref:
            raise SourceProblem("source_blank", sources=tuple(RoadmapSource)).about("source")
        return Named([])
    return _READERS[RoadmapSource(roadmap.source)](session, ref)


def _by_filter(session: Session, text: str) -> Named:
    if not text:
        raise SourceProblem("filter_source_blank").about(_REF)
    try:
        found = find_initiatives(session, text)
    except FilterError as error:
        raise SourceProblem.saying(error.placed).about(_REF) from error
    return Named(
        [initiative.initiative_key for initiative in found], [] if found else [_warning("filter_source_empty")]
    )


def _by_portfolio(session: Session, run_id: str) -> Named:
    run = find_optimization_run(session, run_id) if run_id else None
    if run is None:
        newest = list(
            session.scalars(select(OptimizationRun.run_id).order_by(OptimizationRun.id.desc()).limit(_SHOWN_RUNS))
        )
        code = "run_source_unknown" if run_id else "run_source_blank"
        raise SourceProblem(code, run=run_id, newest=newest or Message("none_yet", Level.OK)).about(_REF)
    if not is_answered(run):
        raise SourceProblem("run_source_unanswered", run=run.run_id, status=run.status).about(_REF)
    portfolio = session.scalar(select(Portfolio).where(Portfolio.optimization_run_id == run.id))
    keys = [item.initiative_key for item in portfolio.items] if portfolio is not None else []
    return Named(keys, [] if keys else [_warning("portfolio_source_empty", run=run.run_id)])


def unknown_keys(session: Session, roadmap: Roadmap) -> list[Message]:
    """What is to be said of a roadmap's list that names keys which no initiative has."""
    is_list = roadmap.source == RoadmapSource.LIST and roadmap.status != RoadmapStatus.ARCHIVED
    return _by_list(session, roadmap.source_ref or "").warnings if is_list else []


def _by_list(session: Session, text: str) -> Named:
    typed = dict.fromkeys(split_list(text))
    keys = dict.fromkeys(key for word in typed if (key := canonical_key(word)) is not None)
    known: set[str] = set()
    for part in chunks(keys):
        known.update(session.scalars(select(Initiative.initiative_key).where(Initiative.initiative_key.in_(part))))
    unknown = [word for word in typed if canonical_key(word) not in known]
    warnings = [_warning("list_of_keys_unknown", keys=unknown)] if unknown else []
    return Named([key for key in keys if key in known], warnings)


_READERS: Mapping[RoadmapSource, Callable[[Session, str], Named]] = {
    RoadmapSource.FILTER: _by_filter,
    RoadmapSource.PORTFOLIO: _by_portfolio,
    RoadmapSource.LIST: _by_list,
}

"""The backlog on a screen: which columns can be shown, and its rows with the shown ones only, as compact JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import ScopeMode
from roadwright.domain.keys import INITIATIVE, parse_key
from roadwright.domain.shown import tidy
from roadwright.domain.text import in_words
from roadwright.grid.listing import notes_of
from roadwright.grid.sources import Source
from roadwright.services.backlog.backlog import contributions_text, roadmaps_of
from roadwright.sheets.kinds import LIST
from roadwright.sheets.merge import plain
from roadwright.sheets.spec import STATUS_COLUMN, Column, Owner
from roadwright.store.models import Initiative
from roadwright.store.percentiles import score_percentiles
from roadwright.store.queries import ATTRIBUTES

TOKENS = "tokens"
"""The column of the size that is planned: one of three, as the scope says."""
TITLE = "title"
DEFAULT = (
    *(TITLE, "lifecycle_status", "department", "country", "risk_level", TOKENS, "overall_score", "deadline_date"),
    *("candidate_period_key", STATUS_COLUMN),
)
_SIZES: Mapping[str | None, str] = MappingProxyType(
    {str(ScopeMode.MVP): "engineering_tokens_mvp", str(ScopeMode.FULL): "engineering_tokens_full"}
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        TOKENS: "Tokens",
        "lifecycle_status": "Status",
        "risk_level": "Risk",
        "overall_score": "Score",
        "deadline_date": "Deadline",
        "earliest_start_date": "Earliest start",
        "candidate_period_key": "Period",
        "is_optimization_candidate": "Candidate",
        "strategic_priority_coefficient": "Coefficient",
        "dependencies_initiatives": "Depends on",
        "dependencies_others": "Other dependencies",
        "active_scoring_framework": "Framework",
        STATUS_COLUMN: "Last action",
    }
)
MISSING, CONFLICTS = 1, 2
"""What is said of a row beside its values: its intake row is gone; intake and backlog changed a field differently."""


@dataclass(frozen=True)
class GridColumn:
    """A column that the grid can show."""

    name: str
    label: str
    help: str
    kind: str
    choices: tuple[str, ...]
    is_typed: bool
    is_right: bool
    is_long: bool
    """It holds sentences, in lines."""


@cache
def grid_columns() -> Mapping[str, GridColumn]:
    """Every column that can be shown, in the order of the tab; keys stand with the titles."""
    found: dict[str, GridColumn] = {}
    for column in tabs.BACKLOG.columns:
        if column.name == "initiative_key":
            continue
        found[column.name] = _grid_column(column)
        if column.name == "engineering_tokens":
            help = "The capacity it uses in the scope that is planned."
            found[TOKENS] = GridColumn(TOKENS, label_of(TOKENS), help, column.kind.name, (), True, True, False)
    return MappingProxyType(found)


def _grid_column(column: Column) -> GridColumn:
    kind = column.kind
    is_typed = column.owner is Owner.INPUT
    return GridColumn(
        *(column.name, label_of(column.name), column.help.replace("`", ""), kind.name, tuple(kind.choices), is_typed),
        is_right=kind.align == "right",
        is_long=kind.wrap and kind.name != LIST.name and column.name != TITLE,
    )


def label_of(name: str) -> str:
    """A column as its header names it."""
    return _LABELS.get(name) or in_words(name)


def shown_columns(chosen: Sequence[object]) -> tuple[str, ...]:
    """The columns that somebody chose, in that order, as far as there are such; the title is always the first."""
    names = [name for name in dict.fromkeys(map(str, chosen)) if name in grid_columns() and name != TITLE]
    return (TITLE, *names) if names else DEFAULT


def size_column(scope_mode: object) -> str:
    """The column that holds the size of this scope."""
    return _SIZES.get(None if scope_mode is None else str(scope_mode), "engineering_tokens")


def screen_rows(session: Session, names: Sequence[str], keys: Collection[str] | None = None) -> dict[str, object]:
    """The rows of the backlog, or those of these keys, with these columns.

    Each row is a list: the number of its key, what is to be said of it (see `MISSING`), its values in the order of
    ``columns``, and the framework of its score, which the score is shown with. What the last action said comes later:
    see `statuses`.
    """
    wanted = [name for name in names if name != STATUS_COLUMN]
    stored = _stored_columns(wanted)
    key = Initiative.initiative_key
    marks = (Initiative.intake_missing, Initiative.intake_conflicts, Initiative.active_scoring_framework)
    columns = [key, *marks, *(getattr(Initiative, name) for name in stored)]
    query = select(*columns).order_by(func.length(key), key)
    if keys is not None:
        query = query.where(key.in_(list(keys)))
    found = session.execute(query).all()
    derived = {name: _DERIVED[name](session, [row[0] for row in found]) for name in wanted if name in _DERIVED}
    rows = []
    for initiative_key, missing, conflicts, framework, *values in found:
        known = dict(zip(stored, values, strict=True))
        said = (MISSING if missing else 0) | (CONFLICTS if conflicts else 0)
        cells = [
            _cell(derived[name].get(initiative_key) if name in derived else _value(name, known)) for name in wanted
        ]
        rows.append([parse_key(INITIATIVE, initiative_key), said, *cells, framework])
    return {"columns": wanted, "rows": rows}


def _stored_columns(names: Sequence[str]) -> list[str]:
    stored = [name for name in names if name in ATTRIBUTES and name not in _DERIVED]
    if TOKENS in names:
        stored += [name for name in ("scope_mode", "engineering_tokens", *_SIZES.values()) if name not in stored]
    return stored


def _value(name: str, known: Mapping[str, object]) -> object:
    return known.get(size_column(known.get("scope_mode"))) if name == TOKENS else known.get(name)


def _cell(value: object) -> object:
    """A value in plain form, which a merge compares; whole numbers as short as can be."""
    said = plain(value)
    return tidy(said) if isinstance(said, float) else said


def _percentiles(session: Session, keys: Sequence[str]) -> Mapping[str, object]:
    found = score_percentiles(session)
    return {key: found[key] for key in keys if key in found}


def _roadmaps(session: Session, keys: Sequence[str]) -> Mapping[str, object]:
    return dict(roadmaps_of(session, keys))


def _chains(session: Session, keys: Sequence[str]) -> Mapping[str, object]:  # noqa: ARG001 - as the others
    rows = session.execute(select(Initiative.initiative_key, Initiative.metric_chain_json))
    return {key: chain.get("source") for key, chain in rows if chain}


def _contributions(session: Session, keys: Sequence[str]) -> Mapping[str, object]:  # noqa: ARG001 - as the others
    rows = session.execute(select(Initiative.initiative_key, Initiative.kpi_contribution_json))
    return {key: contributions_text(brings) for key, brings in rows if brings}


_DERIVED: Mapping[str, Callable[[Session, Sequence[str]], Mapping[str, object]]] = MappingProxyType(
    {
        "score_percentile": _percentiles,
        "roadmaps": _roadmaps,
        "metric_chain": _chains,
        "kpi_contributions": _contributions,
    }
)


def statuses(session: Session, keys: Sequence[str] | None = None) -> dict[str, str]:
    """What is to be said of each initiative as it is stored, of those of which there is something to say."""
    source = Source(session, tabs.BACKLOG)
    identities = source.identities if keys is None else [(key.casefold(),) for key in keys]
    found = source.values(identities)
    notes = notes_of(session, source, found)
    return {str(row["initiative_key"]): notes[i].words for i, row in found.items() if notes[i].messages}

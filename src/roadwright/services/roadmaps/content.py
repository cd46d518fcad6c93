"""What a published version holds: the roadmap, its entries, what was left out, the totals, and the run it came from.

The same form describes a roadmap as it is now, so that publishing, comparing and drift look at one and the same thing.
Who published and when is no part of it: equal content has an equal hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from roadwright.domain.decimals import as_float, exact_sum, rounded
from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.roadmaps import GateSeverity, GateStatus
from roadwright.optimize import dumps


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class GateContent(_Part):
    """One gate of the policy that judged the entries."""

    gate: str
    severity: GateSeverity
    parameter: str | None = None


class RoadmapFacts(_Part):
    """The roadmap's own fields; ``gate_policy`` is None where the default policy applies."""

    roadmap_name: str
    period_key: str
    description: str | None = None
    source: str | None = None
    source_ref: str | None = None
    gate_policy: str | None = None
    gates: tuple[GateContent, ...] = ()
    owner: str | None = None


class Verdict(_Part):
    """How one gate judged one entry; ``message`` is in the user's words."""

    gate: str
    severity: GateSeverity
    passed: bool
    message: str | None = None


class Waiver(_Part):
    """Who let an entry on in spite of the gates, why, and since when."""

    waived_by: str
    reason: str
    waived_at: str | None = None


class Entry(_Part):
    """One admitted or waived initiative. Tokens are those of its scope; contributions are signed, in the KPI's unit."""

    initiative_key: str
    title: str
    brief_description: str | None = None
    department: str | None = None
    country: str | None = None
    product_area: str | None = None
    category: str | None = None
    program_key: str | None = None
    lifecycle_status: str
    scope_mode: str | None = None
    tokens: float | None = None
    deadline_date: dt.date | None = None
    active_scoring_framework: str | None = None
    value_score: float | None = None
    effort_score: float | None = None
    overall_score: float | None = None
    score_percentile: float | None = None
    """It moves with the scores of others, so it is no part of what makes two versions equal."""
    kpi_contributions: dict[str, float] = Field(default_factory=dict)
    gate_status: GateStatus
    gate_results: tuple[Verdict, ...] = ()
    gate_failures: tuple[str, ...] = ()
    waiver: Waiver | None = None
    priority_rank: float | None = None
    planned_period: str | None = None
    is_locked: bool = False
    selected: bool | None = None


class LeftOut(_Part):
    """One blocked initiative, and the gates that block it, in words."""

    initiative_key: str
    title: str
    department: str | None = None
    country: str | None = None
    tokens: float | None = None
    reasons: tuple[str, ...] = ()


class KpiTotal(_Part):
    """What the chosen entries bring to one KPI together: signed, in its unit."""

    kpi_key: str
    kpi_name: str | None = None
    level: KpiLevel = KpiLevel.STRATEGIC
    unit: str | None = None
    direction: Direction = Direction.INCREASE
    total: float = 0.0


class Synergy(_Part):
    """What initiatives bring beyond their own contributions, because all of the group are chosen or delivered."""

    group: str
    kpi_key: str
    bonus: float
    members: tuple[str, ...] = ()


class Totals(_Part):
    """Sums over the chosen entries, ``kpis`` with the ``synergies`` that count.

    ``without_tokens`` of them have no tokens, and count as nothing in the sum. ``standing_tokens`` are those of all
    entries, chosen or not; None in versions that were published before that was told.
    """

    entries: int = 0
    chosen: int = 0
    tokens: float = 0.0
    without_tokens: int = 0
    kpis: tuple[KpiTotal, ...] = ()
    standing_tokens: float | None = None
    synergies: tuple[Synergy, ...] = ()


class Origin(_Part):
    """The optimization run whose choice the roadmap shows, with the hash of its exact inputs."""

    run_id: str
    scenario_name: str
    constraint_set_name: str | None = None
    period_key: str
    status: str
    objective_mode: str
    capacity_total: float
    snapshot_hash: str | None = None
    finished_at: str | None = None


class Content(_Part):
    """A roadmap at one moment. Entries and what was left out stand in the order of their keys."""

    roadmap: RoadmapFacts
    entries: tuple[Entry, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    totals: Totals = Totals()
    origin: Origin | None = None

    @property
    def chosen(self) -> tuple[Entry, ...]:
        """The entries that are in: those that are selected, or all where nothing is known of a selection yet."""
        return chosen_of(self.entries, by_run=self.origin is not None)


def chosen_of(entries: Sequence[Entry], *, by_run: bool = False) -> tuple[Entry, ...]:
    """The selected entries; all of them where no run is adopted and no entry has a value for ``selected``."""
    if not by_run and all(entry.selected is None for entry in entries):
        return tuple(entries)
    return tuple(entry for entry in entries if entry.selected)


def reading_order(content: Content) -> list[Entry]:
    """The entries as a person reads them: chosen first, each part by rank, then by score, then by key.

    Scores of several frameworks are compared by their percentiles; within one that is the order of the scores.
    """
    chosen = {entry.initiative_key for entry in content.chosen}

    def place(entry: Entry) -> tuple[bool, float, float, float, str]:
        rank = math.inf if entry.priority_rank is None else entry.priority_rank
        share = math.inf if entry.score_percentile is None else -entry.score_percentile
        score = math.inf if entry.overall_score is None else -entry.overall_score
        return entry.initiative_key not in chosen, rank, share, score, entry.initiative_key

    return sorted(content.entries, key=place)


def scores_are_mixed(content: Content) -> bool:
    """Whether the entries' scores can't be compared: they are of several frameworks, or in units of several KPIs."""
    scored = [e for e in content.entries if e.score_percentile is not None and e.overall_score is not None]
    if len({entry.active_scoring_framework for entry in scored}) > 1:
        return True
    ordered = sorted(scored, key=lambda entry: (entry.overall_score, entry.score_percentile))
    shares = [entry.score_percentile for entry in ordered]
    return shares != sorted(shares, key=lambda share: share or 0.0)


def reading_kpis(content: Content) -> list[KpiTotal]:
    """The KPIs as a person reads them: the north star first, then by key."""
    return sorted(content.totals.kpis, key=lambda kpi: (kpi.level is not KpiLevel.NORTH_STAR, kpi.kpi_key))


def known_sum(numbers: Iterable[float | None]) -> float:
    """The sum of the numbers that are known, in decimal arithmetic; their order does not matter."""
    return rounded(as_float(exact_sum(number for number in numbers if number is not None)))


def _one_form(value: object) -> object:
    """Whole numbers as integers: databases differ in how they give 50.0 back."""
    if isinstance(value, dict):
        return {key: _one_form(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_one_form(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_FOLLOWS: dict[str, Any] = {
    "totals": {"standing_tokens", "synergies"},
    "entries": {"__all__": {"score_percentile"}},
}
"""What follows from the rest or from other initiatives, and is no part of the hash: it makes no new version."""


def content_hash(content: Content) -> str:
    """``sha256:`` and the hash of the content's canonical JSON text in UTF-8."""
    told = _one_form(content.model_dump(mode="json", exclude=_FOLLOWS))
    return "sha256:" + hashlib.sha256(dumps(told).encode()).hexdigest()


@dataclass(frozen=True)
class Edition:
    """A published version with its number, and who published it when (ISO text in UTC)."""

    content: Content
    number: int
    published_by: str
    published_at: str

    @property
    def name(self) -> str:
        return self.content.roadmap.roadmap_name

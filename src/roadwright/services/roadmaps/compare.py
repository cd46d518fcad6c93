"""Two decisions side by side: what is in, out and changed, with tokens and KPIs, by department and country. Pure.

A decision is a roadmap, a published version or an optimization run. What counts as in is for the loader to say
(``services.roadmaps.decisions``); here only what is known on both sides is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from roadwright.domain.messages import Level, Message
from roadwright.domain.periods import CALENDAR, FiscalYear, same_period
from roadwright.domain.sentences import amount
from roadwright.domain.text import folded
from roadwright.services.roadmaps.content import known_sum
from roadwright.sheets.merge import plain


@dataclass(frozen=True)
class Item:
    """One initiative of a decision. ``why_not`` says why it is not in; None where it is in.

    ``planned_period``, ``rank`` and ``scope_mode`` are compared only between decisions that both tell them.
    """

    key: str
    title: str
    tokens: float | None
    contributions: Mapping[str, float]
    department: str | None = None
    country: str | None = None
    planned_period: str | None = None
    rank: float | None = None
    scope_mode: str | None = None
    why_not: Message | None = None
    why_briefly: Message | None = None
    """The same in a line, where there are many reasons."""

    @property
    def is_in(self) -> bool:
        return self.why_not is None


@dataclass(frozen=True)
class Decision:
    """What was decided: all initiatives it looked at, those that are in and those that are not."""

    label: str
    kind: str
    """roadmap, version or run."""
    period_key: str | None
    items: Sequence[Item]
    units: Mapping[str, str | None] = field(default_factory=dict)
    """The unit of each KPI, where it has one; in the order in which people read the KPIs."""
    bonuses: Sequence[tuple[str, float]] = ()
    """What the synergies that count add, as (KPI, bonus)."""
    tells_plan: bool = True
    """Whether it says in which period, rank and scope an initiative is planned; a run does not."""
    fiscal_year: FiscalYear = CALENDAR
    """By which its periods are told."""

    @property
    def chosen(self) -> dict[str, Item]:
        return {item.key: item for item in self.items if item.is_in}


@dataclass(frozen=True)
class Figures:
    """A figure of the first decision, of the second, and the difference second minus first."""

    a: float
    b: float

    @property
    def change(self) -> float:
        return known_sum((self.b, -self.a))

    def to_json(self) -> dict[str, float]:
        return {"a": self.a, "b": self.b, "change": self.change}


@dataclass(frozen=True)
class Moved:
    """An initiative that is in on one side only, and what it was on the other."""

    key: str
    title: str
    tokens: float | None
    department: str | None
    country: str | None
    elsewhere: Message
    """Why it is not in on the other side."""
    briefly: Message
    """The same in a line."""

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "tokens": self.tokens,
            "department": self.department,
            "country": self.country,
            "elsewhere": str(self.elsewhere),
        }


@dataclass(frozen=True)
class FieldChange:
    """One field of an initiative that is in on both sides; a contribution's is named ``contributions.KPI``."""

    field: str
    a: object
    b: object


@dataclass(frozen=True)
class Changed:
    """An initiative that is in on both sides, but not in the same way."""

    key: str
    title: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class KpiFigures:
    """What the chosen initiatives bring to one KPI: signed, in its unit."""

    kpi_key: str
    unit: str | None
    figures: Figures


@dataclass(frozen=True)
class SliceFigures:
    """The chosen initiatives of one department or country (None: of none)."""

    name: str | None
    count: Figures
    tokens: Figures


@dataclass(frozen=True)
class DecisionComparison:
    """B against A: what came in, went out, or stayed in with a change."""

    a: Decision
    b: Decision
    came_in: tuple[Moved, ...]
    went_out: tuple[Moved, ...]
    changed: tuple[Changed, ...]
    same: int
    """How many are in on both sides without any change."""
    tokens: Figures
    without_tokens: Figures
    kpis: tuple[KpiFigures, ...]
    by_department: tuple[SliceFigures, ...]
    by_country: tuple[SliceFigures, ...]

    @property
    def is_equal(self) -> bool:
        return not (self.came_in or self.went_out or self.changed)

    def to_json(self) -> dict[str, Any]:
        """The object that ``roadwright compare --json`` prints."""
        return {
            "a": _decision_json(self.a),
            "b": _decision_json(self.b),
            "equal": self.is_equal,
            "words": list(map(str, sentences(self))),
            "in": [moved.to_json() for moved in self.came_in],
            "out": [moved.to_json() for moved in self.went_out],
            "moved": [asdict(changed) for changed in self.changed],
            "same": self.same,
            "tokens": self.tokens.to_json(),
            "without_tokens": self.without_tokens.to_json(),
            "kpis": [{"kpi_key": k.kpi_key, "unit": k.unit, **k.figures.to_json()} for k in self.kpis],
            "by_department": [_slice_json("department", one) for one in self.by_department],
            "by_country": [_slice_json("country", one) for one in self.by_country],
        }


def _decision_json(decision: Decision) -> dict[str, Any]:
    return {
        "label": decision.label,
        "kind": decision.kind,
        "period_key": decision.period_key,
        "looked_at": len(decision.items),
        "chosen": len(decision.chosen),
    }


def _slice_json(name: str, one: SliceFigures) -> dict[str, Any]:
    return {name: one.name, "count": one.count.to_json(), "tokens": one.tokens.to_json()}


def compare(a: Decision, b: Decision) -> DecisionComparison:
    """The second decision against the first. Initiatives stand in the order of their keys."""
    on_a, on_b = a.chosen, b.chosen
    tells_plan = a.tells_plan and b.tells_plan
    both = [(on_a[key], on_b[key]) for key in sorted(on_a.keys() & on_b.keys())]
    pairs = ((one, _changes(before, one, tells_plan, a.fiscal_year)) for before, one in both)
    changed = [Changed(one.key, one.title, changes) for one, changes in pairs if changes]
    return DecisionComparison(
        a=a,
        b=b,
        came_in=_one_sided(on_b, a),
        went_out=_one_sided(on_a, b),
        changed=tuple(changed),
        same=len(both) - len(changed),
        tokens=Figures(_tokens(on_a.values()), _tokens(on_b.values())),
        without_tokens=Figures(*(sum(item.tokens is None for item in one.values()) for one in (on_a, on_b))),
        kpis=_kpis(a, b),
        by_department=_slices(a, b, lambda item: item.department),
        by_country=_slices(a, b, lambda item: item.country),
    )


def _one_sided(chosen: Mapping[str, Item], other: Decision) -> tuple[Moved, ...]:
    """Those of ``chosen`` that are not in on the other side."""
    elsewhere = {item.key: item for item in other.items}
    found = []
    for key in sorted(chosen.keys() - other.chosen.keys()):
        item = chosen[key]
        there = elsewhere.get(key)
        why = there.why_not if there is not None else None
        why = why or Message("not_on", Level.OK, params={"label": other.label})
        briefly = (there.why_briefly if there is not None else None) or why
        found.append(Moved(key, item.title, item.tokens, item.department, item.country, why, briefly))
    return tuple(found)


def _changes(a: Item, b: Item, tells_plan: bool, years: FiscalYear) -> tuple[FieldChange, ...]:
    found = []
    if tells_plan:
        if a.planned_period != b.planned_period and not same_period(a.planned_period, b.planned_period, years):
            found.append(FieldChange("planned_period", a.planned_period, b.planned_period))
        if a.rank != b.rank:
            found.append(FieldChange("rank", a.rank, b.rank))
        if a.scope_mode != b.scope_mode:
            found.append(FieldChange("scope_mode", a.scope_mode, b.scope_mode))
    if plain(a.tokens) != plain(b.tokens):
        found.append(FieldChange("tokens", a.tokens, b.tokens))
    for kpi in sorted(a.contributions.keys() | b.contributions.keys()):
        before, after = a.contributions.get(kpi), b.contributions.get(kpi)
        if plain(before or 0.0) != plain(after or 0.0):
            found.append(FieldChange(f"contributions.{kpi}", before, after))
    return tuple(found)


def _tokens(items: Iterable[Item]) -> float:
    return known_sum(item.tokens for item in items)


def _kpis(a: Decision, b: Decision) -> tuple[KpiFigures, ...]:
    order = {key: place for place, key in enumerate({**b.units, **a.units})}
    keys = {key for one in (a, b) for item in one.chosen.values() for key in item.contributions}
    keys |= {key for one in (a, b) for key, _ in one.bonuses}
    return tuple(
        KpiFigures(key, b.units.get(key) or a.units.get(key), Figures(_total_of(a, key), _total_of(b, key)))
        for key in sorted(keys, key=lambda key: (order.get(key, len(order)), key))
    )


def _total_of(decision: Decision, kpi: str) -> float:
    """What is in brings to a KPI, its synergies included."""
    own = (item.contributions.get(kpi) for item in decision.chosen.values())
    return known_sum([*own, *(bonus for key, bonus in decision.bonuses if key == kpi)])


def _slices(a: Decision, b: Decision, slice_of: Callable[[Item], str | None]) -> tuple[SliceFigures, ...]:
    """One line for each slice that either side has, blank ones last; names that differ in case only are one."""
    sides = [list(decision.chosen.values()) for decision in (a, b)]
    spelled: dict[str, str | None] = {}
    for items in sides:
        for item in items:
            spelled.setdefault(_fold(slice_of(item)), slice_of(item))
    found = []
    for fold, name in sorted(spelled.items(), key=lambda pair: (not pair[0], pair[0])):
        mine = [[item for item in items if _fold(slice_of(item)) == fold] for items in sides]
        count = Figures(*(len(items) for items in mine))
        found.append(SliceFigures(name, count, Figures(*(_tokens(items) for items in mine))))
    return tuple(found)


def _fold(name: str | None) -> str:
    return folded(name or "")


def sentences(comparison: DecisionComparison) -> list[Message]:
    """The comparison in a few sentences."""
    sides: dict[str, object] = {"a": comparison.a.label, "b": comparison.b.label}

    def say(code: str, **params: object) -> Message:
        return Message(code, Level.OK, params={**sides, **params})

    if not comparison.a.chosen and not comparison.b.chosen:
        return [say("compared_nothing")]
    said = [
        say(
            "compared",
            came_in=len(comparison.came_in),
            went_out=len(comparison.went_out),
            changed=len(comparison.changed),
            same=comparison.same,
        )
    ]
    if not same_period(comparison.a.period_key, comparison.b.period_key, comparison.a.fiscal_year):
        said.append(say("compared_periods", a_period=comparison.a.period_key, b_period=comparison.b.period_key))
    said.append(say("compared_tokens", figures=_against(comparison.tokens)))
    missing = comparison.without_tokens
    if missing.a or missing.b:
        said.append(say("compared_without_tokens", a_count=missing.a, b_count=missing.b))
    said += [say("compared_kpi", kpi=kpi.kpi_key, figures=_against(kpi.figures, kpi.unit)) for kpi in comparison.kpis]
    return said


def _against(figures: Figures, unit: str | None = None) -> Message:
    a, b, change = (amount(number, unit) for number in (figures.a, figures.b, figures.change))
    code = "figures_up" if figures.change > 0 else "figures_down" if figures.change < 0 else "figures_same"
    return Message(code, Level.OK, params={"a": a, "b": b, "change": change})

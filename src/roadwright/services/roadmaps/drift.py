"""Drift: what changed on a roadmap and in the backlog behind it since a version was published. Pure.

Nothing has drifted exactly when publishing again would make no new version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from roadwright.domain.messages import Message, warning
from roadwright.domain.sentences import shown
from roadwright.services.roadmaps.content import (
    Content,
    Entry,
    LeftOut,
    Origin,
    Verdict,
    content_hash,
    known_sum,
    reading_kpis,
)
from roadwright.sheets.merge import plain


class Drifted(StrEnum):
    """What a change is about."""

    ENTERED = "entered"
    """Admitted or waived now, and not part of the version."""
    REMOVED = "removed"
    """Part of the version, and off the roadmap now."""
    BLOCKED = "blocked"
    """Part of the version, and blocked by a gate now."""
    CHANGED = "changed"
    """A field of an entry is not what it was."""
    GATE = "gate"
    """A gate judges an entry otherwise than it did."""
    LEFT_OUT = "left_out"
    """What is left out is not what it was, or is so for other reasons."""
    ROADMAP = "roadmap"
    """A field of the roadmap, its policy, or the run that it came from."""
    KPI = "kpi"
    """A KPI's name, level, unit or direction in Metrics_Config."""


@dataclass(frozen=True)
class DriftedValue:
    """One thing that is not as it was published. ``then`` and ``now`` are plain values, ``message`` says it whole."""

    kind: Drifted
    initiative_key: str | None
    title: str | None
    field: str | None
    then: object
    now: object
    message: Message

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "initiative_key": self.initiative_key,
            "title": self.title,
            "field": self.field,
            "then": self.then,
            "now": self.now,
            "words": str(self.message),
        }


@dataclass(frozen=True)
class KpiDrift:
    """What the chosen entries bring to one KPI together, as published and now: signed, in its unit."""

    kpi_key: str
    unit: str | None
    then: float
    now: float


@dataclass(frozen=True)
class Drift:
    """A version against the roadmap as it is now. Tokens and KPIs are sums over what is chosen."""

    roadmap_name: str
    version: int
    published_by: str
    published_at: str
    changes: tuple[DriftedValue, ...]
    tokens_then: float
    tokens_now: float
    kpis: tuple[KpiDrift, ...]

    @property
    def label(self) -> str:
        return f"{self.roadmap_name}@{self.version}"

    def to_json(self) -> dict[str, Any]:
        """The object that ``roadwright drift --json`` prints."""
        return {
            "roadmap_name": self.roadmap_name,
            "version": self.version,
            "published_by": self.published_by,
            "published_at": self.published_at,
            "drifted": bool(self.changes),
            "tokens": {
                "then": self.tokens_then,
                "now": self.tokens_now,
                "change": known_sum((self.tokens_now, -self.tokens_then)),
            },
            "kpis": [{**asdict(kpi), "change": known_sum((kpi.now, -kpi.then))} for kpi in self.kpis],
            "changes": [change.to_json() for change in self.changes],
        }


def kpi_drift(then: Content, now: Content) -> tuple[KpiDrift, ...]:
    """Every KPI that the chosen entries moved or move, the north star first."""
    before, after = ({kpi.kpi_key: kpi for kpi in reading_kpis(content)} for content in (then, now))
    return tuple(
        KpiDrift(key, kpi.unit, before[key].total if key in before else 0.0, after[key].total if key in after else 0.0)
        for key, kpi in {**before, **after}.items()
    )


_DERIVED = frozenset({"initiative_key", "score_percentile", "gate_results", "gate_failures", "kpi_contributions"})
"""Fields of an entry that are told in a way of their own."""


def changes_since(then: Content, now: Content) -> tuple[DriftedValue, ...]:
    """Everything in which the roadmap now differs from the version, entries in the order of their keys."""
    if content_hash(then) == content_hash(now):
        return ()
    before = {entry.initiative_key: entry for entry in then.entries}
    after = {entry.initiative_key: entry for entry in now.entries}
    out_before = {one.initiative_key: one for one in then.left_out}
    out_after = {one.initiative_key: one for one in now.left_out}
    changes: list[DriftedValue] = []
    for key in sorted(before.keys() | after.keys() | out_before.keys() | out_after.keys()):
        if key in before and key in after:
            changes += _entry_changes(before[key], after[key])
        elif key in after:
            changes.append(_entered(after[key], out_before.get(key)))
        elif key in before:
            changes.append(_gone(before[key], out_after.get(key)))
        else:
            changes += _left_out_changes(out_before.get(key), out_after.get(key))
    found = (*changes, *_roadmap_changes(then, now), *_kpi_changes(then, now))
    return found or tuple(_total_changes(then, now))


def _entered(entry: Entry, was: LeftOut | None) -> DriftedValue:
    how = warning("drift_entered")
    if was:
        how = warning("drift_entered_again", reasons="; ".join(was.reasons), status=entry.gate_status)
    return _of(entry, Drifted.ENTERED, how, then="left_out" if was else None, now=str(entry.gate_status))


def _gone(entry: Entry, now: LeftOut | None) -> DriftedValue:
    if now is None:
        return _of(entry, Drifted.REMOVED, warning("drift_gone"), then=str(entry.gate_status))
    why = warning("left_out_now", reasons="; ".join(now.reasons))
    return _of(entry, Drifted.BLOCKED, why, then=str(entry.gate_status), now="left_out")


def _of(
    one: Entry | LeftOut,
    kind: Drifted,
    what: Message,
    *,
    field: str | None = None,
    then: object = None,
    now: object = None,
) -> DriftedValue:
    said = warning("drift_of_initiative", initiative=one.initiative_key, title=one.title, what=what)
    return DriftedValue(kind, one.initiative_key, one.title, field, then, now, said)


def _left_out_changes(then: LeftOut | None, now: LeftOut | None) -> Iterable[DriftedValue]:
    if then is None and now is not None:
        yield _of(now, Drifted.LEFT_OUT, warning("left_out_new", reasons="; ".join(now.reasons)), now="left_out")
    elif now is None and then is not None:
        yield _of(then, Drifted.LEFT_OUT, warning("left_out_gone"), then="left_out")
    elif then is not None and now is not None:
        yield from _field_changes(now, Drifted.LEFT_OUT, then.model_dump(mode="json"), now.model_dump(mode="json"))


def _entry_changes(then: Entry, now: Entry) -> Iterable[DriftedValue]:
    fields = (side.model_dump(mode="json", exclude=set(_DERIVED)) for side in (then, now))
    yield from _field_changes(now, Drifted.CHANGED, *fields)
    kpis = sorted(then.kpi_contributions.keys() | now.kpi_contributions.keys())
    contributions = ({f"contributions.{kpi}": side.kpi_contributions.get(kpi) for kpi in kpis} for side in (then, now))
    yield from _field_changes(now, Drifted.CHANGED, *contributions)
    yield from _gate_changes(then, now)


def _field_changes(
    one: Entry | LeftOut, kind: Drifted, then: Mapping[str, object], now: Mapping[str, object]
) -> Iterable[DriftedValue]:
    for name in now:
        if plain(then.get(name)) != plain(now[name]):
            what = warning("field_changed", field=name, then=shown(then.get(name)), now=shown(now[name]))
            yield _of(one, kind, what, field=name, then=then.get(name), now=now[name])


def _gate_changes(then: Entry, now: Entry) -> Iterable[DriftedValue]:
    before = {verdict.gate: verdict for verdict in then.gate_results}
    after = {verdict.gate: verdict for verdict in now.gate_results}
    for gate in sorted(before.keys() | after.keys()):
        was, is_now = before.get(gate), after.get(gate)
        if was == is_now:
            continue
        old = "gate_was_not_asked" if was is None else "gate_passed" if was.passed else "gate_failed"
        if is_now is None:
            new = warning("gate_not_asked_now")
        elif is_now.passed:
            new = warning("gate_passes_now")
        else:
            new = warning("gate_fails_now_for", why=is_now.message) if is_now.message else warning("gate_fails_now")
        what = warning("gate_changed", gate=gate, then=warning(old), now=new)
        yield _of(now, Drifted.GATE, what, field=gate, then=_plain(was), now=_plain(is_now))
    if before == after and then.gate_failures != now.gate_failures:
        old_failures, new_failures = list(then.gate_failures), list(now.gate_failures)
        name, old_words, new_words = "gate_failures", shown(old_failures), shown(new_failures)
        what = warning("field_changed", field=name, then=old_words, now=new_words)
        yield _of(now, Drifted.GATE, what, field="gate_failures", then=old_failures, now=new_failures)


def _roadmap_changes(then: Content, now: Content) -> Iterable[DriftedValue]:
    before, after = then.roadmap.model_dump(mode="json"), now.roadmap.model_dump(mode="json")
    for name, value in after.items():
        if before.get(name) == value:
            continue
        if name == "gates":
            what = warning("policy_gates_changed", then=_gates(then), now=_gates(now))
        else:
            what = warning("roadmap_field_changed", field=name, then=shown(before.get(name)), now=shown(value))
        yield DriftedValue(Drifted.ROADMAP, None, None, name, before.get(name), value, what)
    if then.origin != now.origin:
        old, new = (None if origin is None else origin.run_id for origin in (then.origin, now.origin))
        what = warning("run_changed", then=shown(old), now=shown(new))
        yield DriftedValue(Drifted.ROADMAP, None, None, "origin", _plain(then.origin), _plain(now.origin), what)


def _plain(part: Verdict | Origin | None) -> object:
    return None if part is None else part.model_dump(mode="json")


def _gates(content: Content) -> list[str] | Message:
    gates = content.roadmap.gates
    told = [f"{one.severity} {one.gate}{f' {one.parameter}' if one.parameter else ''}" for one in gates]
    return told or warning("shown_none")


def _kpi_changes(then: Content, now: Content) -> Iterable[DriftedValue]:
    """How Metrics_Config describes a KPI; the sums follow from the entries."""
    before = {kpi.kpi_key: kpi for kpi in then.totals.kpis}
    for kpi in now.totals.kpis:
        was = before.get(kpi.kpi_key)
        for name in ("kpi_name", "level", "unit", "direction"):
            old, new = getattr(was, name, None), getattr(kpi, name)
            if was is not None and old != new:
                what = warning("kpi_field_changed", field=name, kpi=kpi.kpi_key, then=shown(old), now=shown(new))
                yield DriftedValue(Drifted.KPI, None, None, f"{kpi.kpi_key}.{name}", old, new, what)


def _total_changes(then: Content, now: Content) -> Iterable[DriftedValue]:
    """Sums that differ though their parts do not: an early version's left out the synergies."""
    before = {kpi.kpi_key: kpi.total for kpi in then.totals.kpis}
    for kpi in now.totals.kpis:
        old = before.get(kpi.kpi_key)
        if old != kpi.total:
            what = warning("kpi_field_changed", field="total", kpi=kpi.kpi_key, then=shown(old), now=shown(kpi.total))
            yield DriftedValue(Drifted.KPI, None, None, f"{kpi.kpi_key}.total", old, kpi.total, what)

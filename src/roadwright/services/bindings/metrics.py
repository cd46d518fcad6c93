"""Metrics_Config: the KPI registry, saved row by row but judged as a whole.

Whatever else is right or wrong, a save that would leave other than exactly one active north star saves nothing. A KPI
that is in use is renamed or deactivated only with ``force``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.messages import Level, Message, notice
from roadwright.domain.registry import Registry, key_problem, nearest, north_star_problem
from roadwright.domain.text import folded
from roadwright.services.rows.baselines import Baseline, move_copies
from roadwright.services.rows.binding import Defaults, Edit, Values
from roadwright.services.rows.context import RowsContext
from roadwright.services.rows.identity import Identity, identity_text
from roadwright.services.rows.notes import Notes
from roadwright.services.rows.results import RowResult
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.kpis import kpi_uses, registered, respell_kpi
from roadwright.store.models import OrganizationMetricsConfig

_FIELDS = tuple(column.name for column in tabs.METRICS_CONFIG.owned(Owner.INPUT))


class MetricsConfigBinding(Defaults):
    """KPIs by key. Saved rows wait in the session until the whole registry is judged."""

    spec = tabs.METRICS_CONFIG

    def __init__(self, renamed: Mapping[Identity, Identity] | None = None) -> None:
        self.edits: list[Edit] = []
        self.renamed = dict(renamed or {})
        """New identities of rows that once showed another key, with the old ones."""

    def _rows(self, session: Session) -> dict[Identity, OrganizationMetricsConfig]:
        rows = session.scalars(select(OrganizationMetricsConfig).order_by(OrganizationMetricsConfig.id))
        return {(folded(row.kpi_key),): row for row in rows}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self._rows(session)
        return {
            identity: {name: getattr(rows[identity], name) for name in _FIELDS}
            for identity in identities
            if identity in rows
        }

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self._rows(session))

    def validate(self, session: Session, values: Values, notes: Notes) -> None:  # noqa: ARG002
        problem = key_problem(str(values.get("kpi_key") or ""))
        if problem is not None:
            notes.add(problem.about("kpi_key"))

    def save(self, session: Session, edit: Edit) -> None:  # noqa: ARG002 - applied once the whole is judged
        self.edits.append(edit)

    def registry_after(self, session: Session) -> Registry:
        """The registry as it would be with the edits."""
        rows = {identity: _copy(row) for identity, row in self._rows(session).items()}
        for edit in self.edits:
            row = rows.pop(self.renamed[edit.identity]) if edit.identity in self.renamed else None
            _apply(rows.setdefault(edit.identity, row or OrganizationMetricsConfig()), edit)
        return Registry.of(registered(row) for row in rows.values())

    def apply(self, session: Session) -> None:
        """Store the edits."""
        rows = self._rows(session)
        for edit in self.edits:
            row = rows.get(self.renamed.get(edit.identity, edit.identity))
            if row is None:
                row = OrganizationMetricsConfig(created_at=now())
                session.add(row)
            before = row.kpi_key
            _apply(row, edit)
            if before is not None and before != row.kpi_key and folded(before) == folded(row.kpi_key):
                respell_kpi(session, row.kpi_key)
        session.flush()


def _copy(row: OrganizationMetricsConfig) -> OrganizationMetricsConfig:
    return OrganizationMetricsConfig(**{name: getattr(row, name) for name in _FIELDS})


def _apply(row: OrganizationMetricsConfig, edit: Edit) -> None:
    for name in _FIELDS if edit.is_new else edit.changes:
        setattr(row, name, edit.values.get(name))
    row.updated_at, row.updated_source = edit.row_version, edit.source


def judge_registry(
    context: RowsContext, binding: MetricsConfigBinding, results: Sequence[RowResult]
) -> tuple[int, int]:
    """Store the edits of these rows if the registry as a whole stays right, else none of them.

    Returns how many rows are saved, and how many of them are new.
    """
    _guard_uses(context, binding, results)
    registry = binding.registry_after(context.session)
    problem = north_star_problem(registry.north_stars)
    if problem is not None and any(o.is_selected for o in results):
        _refuse(results, problem, _gone(registry.north_stars, results))
        return 0, 0
    binding.apply(context.session)
    saved = {edit.identity for edit in binding.edits}
    move_copies(context.session, binding.spec, {old: new for new, old in binding.renamed.items() if new in saved})
    _warn_of_unknown_drivers(results, registry)
    return len(binding.edits), sum(edit.is_new for edit in binding.edits)


def renamed_rows(
    session: Session, there: Mapping[int, Identity], shown: Mapping[int, Baseline]
) -> dict[Identity, Identity]:
    """The rows whose kpi_key was typed over: {new identity: old identity}.

    ``there`` are the identities of all rows, ``shown`` is what some of them once showed, both by number.
    """
    stored = {(folded(key),) for key in session.scalars(select(OrganizationMetricsConfig.kpi_key))}
    old_keys = {identity_text(identity): identity for identity in stored - set(there.values())}
    return {
        there[number]: old_keys[copy.identity]
        for number, copy in shown.items()
        if copy.identity in old_keys and there[number] not in stored
    }


def _guard_uses(context: RowsContext, binding: MetricsConfigBinding, results: Sequence[RowResult]) -> None:
    """Refuse to rename or deactivate a KPI that is in use; with force do it, and say where it is used."""
    rows = context.session.scalars(select(OrganizationMetricsConfig))
    stored: dict[Identity, OrganizationMetricsConfig] = {(folded(row.kpi_key),): row for row in rows}
    by_identity = {result.identity: result for result in results if not result.is_duplicate}
    for edit in list(binding.edits):
        before = stored.get(binding.renamed.get(edit.identity, edit.identity))
        is_renamed = edit.identity in binding.renamed
        is_switched_off = before is not None and before.is_active and edit.values.get("is_active") is False
        uses = (
            kpi_uses(context.session, before.kpi_key) if before is not None and (is_renamed or is_switched_off) else []
        )
        if before is None or not uses:
            continue
        column, what = ("kpi_key", "renaming") if is_renamed else ("is_active", "deactivating")
        result = by_identity[edit.identity]
        severity = Level.WARNING if context.force else Level.FAILED
        result.notes.say(severity, "kpi_in_use", column, what=what, kpi=before.kpi_key, uses=tuple(uses))
        if context.force:
            continue
        result.take_back()
        binding.edits.remove(edit)


def _gone(north_stars: list[str], results: Sequence[RowResult]) -> Message | str:
    """The north stars that nobody sees, as their rows were deleted, and the way out; empty where there are none."""
    there = {result.identity for result in results}
    gone = [key for key in north_stars if (folded(key),) not in there]
    return notice("north_stars_gone", keys=gone) if gone else ""


def _refuse(results: Sequence[RowResult], why: Message, gone: Message | str) -> None:
    for result in results:
        if result.is_selected:
            result.notes.fail("nothing_saved", why=why, gone=gone)
            result.take_back()


def _warn_of_unknown_drivers(results: Sequence[RowResult], registry: Registry) -> None:
    for result in results:
        drivers = result.row.values.get("driven_by")
        if result.is_selected and isinstance(drivers, list):
            for key in drivers:
                if registry.resolve(str(key)) is None:
                    hint = nearest(str(key), registry.kpis)
                    result.notes.warn("unknown_kpi_of_config", "driven_by", value=key, hint=hint)

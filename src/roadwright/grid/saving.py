"""How the rows of each tab are saved beyond its binding: what is judged together, and how a row moves or goes.

Waivers that people send over the network are given by an approver, in that person's own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message, failure
from roadwright.domain.roles import Role
from roadwright.domain.text import folded
from roadwright.services.bindings.backlog import say_intake
from roadwright.services.bindings.constraint_sets import ConstraintsBinding, TargetsBinding
from roadwright.services.bindings.math_models import MathModelsBinding, ParamsBinding, PartsBinding
from roadwright.services.bindings.metrics import MetricsConfigBinding, judge_registry
from roadwright.services.bindings.roadmap_entries import RoadmapEntriesBinding, say_entries
from roadwright.services.bindings.scenarios import ScenarioBinding
from roadwright.services.roadmaps.judge import confirm_waiver
from roadwright.services.roadmaps.renaming import Renaming, roadmap_uses
from roadwright.services.rows.baselines import move_copies
from roadwright.services.rows.binding import Binding, SetBinding
from roadwright.services.rows.context import RowsContext
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.results import RowResult
from roadwright.sheets.read import Row
from roadwright.sheets.spec import Layout, TabSpec
from roadwright.store.models import InitiativeParam, OptimizationConstraintSet
from roadwright.store.roadmaps import find_roadmap, only_named
from roadwright.sync.saves import BINDINGS

if TYPE_CHECKING:
    from roadwright.grid.changes import RowChange


WAIVER = ("waived_by", "waiver_reason")


def with_waivers_judged(spec: TabSpec, rows: Sequence[RowChange], who: str, role: Role) -> list[RowChange]:
    """The rows, those refused whose waiver the sender may not give; a waiver without a name is the sender's."""
    if spec != tabs.ROADMAP_ENTRIES:
        return list(rows)
    return [_judged(row, who, role) for row in rows]


def _judged(row: RowChange, who: str, role: Role) -> RowChange:
    if not any(name in row.changes for name in WAIVER):
        return row
    if not role.may(Role.APPROVER):
        return replace(row, refused=_refusal("waiver_needs_role", needed=Role.APPROVER, role=role))
    name = row.changes.get("waived_by")
    if name not in (None, "") and folded(str(name)) != folded(who):
        return replace(row, refused=_refusal("waived_by_another", name=name, who=who))
    if "waived_by" not in row.changes and row.changes.get("waiver_reason") not in (None, ""):
        return replace(row, changes={**row.changes, "waived_by": who})
    return row


def _refusal(code: str, **params: object) -> Message:
    return failure(code, **params).about("waived_by")


class NotSaved(InputError):
    """A tab of which nothing is saved by rows."""


class Tab:
    """What most tabs have no more to say about than their binding. An instance serves one call."""

    def __init__(self, spec: TabSpec, binding: Binding) -> None:
        self.spec = spec
        self.binding = binding
        self.also_saved = 0
        """Rows that were changed beyond what their columns say."""
        self.also_changed: tuple[TabSpec, ...] = ()
        """Tabs that show something else now, beside this one."""

    def finish(self, context: RowsContext, results: Sequence[RowResult]) -> tuple[int, int] | None:
        """After the rows are saved one by one. Returns how many are saved and new, where that is decided here."""

    def cannot_move(
        self,
        session: Session,  # noqa: ARG002
        before: Identity,  # noqa: ARG002
        after: Identity,  # noqa: ARG002
        stored: Mapping[str, object],  # noqa: ARG002
    ) -> Message | None:
        """Why a stored row can't get another identity."""
        return None if self.spec.layout is Layout.SETS else Message("row_not_renamed", params={"tab": self.spec.name})

    def move(self, session: Session, before: Identity, after: Identity) -> None:
        """A row is about to be saved under another identity."""

    def moved(self, session: Session, before: Identity, after: Identity, *, was_saved: bool) -> None:  # noqa: ARG002
        """It was, or was not: then it stays where it is."""
        if was_saved:  # it was stored anew under its new identity
            self.remove(session, before)

    def remove(self, session: Session, identity: Identity) -> None:
        """Take a row off its set."""
        cast("SetBinding", self.binding).remove(session, identity)


class _Backlog(Tab):
    def finish(self, context: RowsContext, results: Sequence[RowResult]) -> None:
        context.session.flush()
        say_intake(context.session, results)


class _Entries(Tab):
    def __init__(self, spec: TabSpec, binding: Binding) -> None:
        super().__init__(spec, binding)
        assert isinstance(binding, RoadmapEntriesBinding)
        binding.comes_from_approvers = True  # see `with_waivers_judged`

    def cannot_move(
        self,
        session: Session,  # noqa: ARG002
        before: Identity,  # noqa: ARG002
        after: Identity,  # noqa: ARG002
        stored: Mapping[str, object],
    ) -> Message | None:
        """A waiver is given for one initiative on one roadmap: moved, it would admit what nobody waived for."""
        is_waived = any(stored.get(name) for name in WAIVER)
        return Message("waived_entry_stays") if is_waived else None

    def finish(self, context: RowsContext, results: Sequence[RowResult]) -> None:
        context.session.flush()
        assert isinstance(self.binding, RoadmapEntriesBinding)
        entries = self.binding.rows(context.session)
        for result in results:
            is_sent = any(name in result.row.values for name in WAIVER)
            if is_sent and result.identity in entries and result.notes.level not in (Level.FAILED, Level.CONFLICT):
                entry = entries[result.identity][1]
                if confirm_waiver(entry):
                    entry.updated_at, entry.updated_source = context.row_versions.next(), context.source
                    self.also_saved += result.row_version is None
        say_entries(entries, results)


class _Renamed(Tab):
    """A tab whose binding keeps the stored rows in an index: a row that is renamed stays the same one there."""

    def _index(self, session: Session) -> dict[Identity, object]:
        binding = self.binding
        if isinstance(binding, ScenarioBinding):
            return cast("dict[Identity, object]", binding.rows(session))
        assert isinstance(binding, PartsBinding)
        return cast("dict[Identity, object]", binding.rows(session))

    def cannot_move(
        self,
        session: Session,  # noqa: ARG002
        before: Identity,
        after: Identity,
        stored: Mapping[str, object],  # noqa: ARG002
    ) -> Message | None:
        if isinstance(self.binding, PartsBinding) and before[0] != after[0]:
            return Message("row_of_another_initiative", params={"tab": self.spec.name})
        return None

    def move(self, session: Session, before: Identity, after: Identity) -> None:
        index = self._index(session)
        index[after] = index.pop(before)

    def moved(self, session: Session, before: Identity, after: Identity, *, was_saved: bool) -> None:
        if was_saved:
            move_copies(session, self.spec, {before: after})
        else:
            self.move(session, after, before)


_RULES = (ConstraintsBinding, TargetsBinding)


class _Scenarios(_Renamed):
    """The sets of a scenario that is renamed stay its own; its runs keep the name under which they were made."""

    def cannot_move(
        self, session: Session, before: Identity, after: Identity, stored: Mapping[str, object]
    ) -> Message | None:
        if any(identity[:1] == after for make in _RULES for identity in make().listed(session)):
            return Message("scenario_name_on_rules", column="scenario_name")
        return super().cannot_move(session, before, after, stored)

    def moved(self, session: Session, before: Identity, after: Identity, *, was_saved: bool) -> None:
        super().moved(session, before, after, was_saved=was_saved)
        if not was_saved:
            return
        assert isinstance(self.binding, ScenarioBinding)
        for make in _RULES:
            own = [identity for identity in make().listed(session) if identity[:1] == before]
            move_copies(session, make.spec, {identity: (*after, *identity[1:]) for identity in own})
            self.also_changed += (make.spec,) if own else ()
        name = self.binding.rows(session)[after].scenario_name
        sets = [(folded(one.scenario_name or ""), one) for one in session.scalars(select(OptimizationConstraintSet))]
        for named, one in sets:
            if named == after[0]:  # nothing of it is left, see `cannot_move`
                session.delete(one)
        session.flush()
        for named, one in sets:
            if named == before[0]:
                one.scenario_name = name
        session.flush()


class _MathModels(_Renamed):
    """The params of a model that is renamed stay its own."""

    def __init__(self, spec: TabSpec, binding: Binding) -> None:
        super().__init__(spec, binding)
        self._params: dict[Identity, dict[Identity, tuple[InitiativeParam, str]]] = {}
        """By new name of a model its params as they were: by identity, each with the name of the model on it."""

    def cannot_move(
        self, session: Session, before: Identity, after: Identity, stored: Mapping[str, object]
    ) -> Message | None:
        if any(identity[:2] == after for identity in ParamsBinding().listed(session)):
            return Message("model_name_on_params", column="model_name")
        return super().cannot_move(session, before, after, stored)

    def move(self, session: Session, before: Identity, after: Identity) -> None:
        super().move(session, before, after)
        rows = ParamsBinding().rows(session).items()
        own = {identity: cast("InitiativeParam", row) for identity, (_, row) in rows if identity[:2] == before}
        self._params[after] = {identity: (row, row.model_name) for identity, row in own.items()}
        for row in own.values():
            row.model_name = after[1]
        session.flush()

    def moved(self, session: Session, before: Identity, after: Identity, *, was_saved: bool) -> None:
        assert isinstance(self.binding, MathModelsBinding)
        own = self._params.pop(after)
        if was_saved:
            super().moved(session, before, after, was_saved=was_saved)
            move_copies(session, tabs.PARAMS, {identity: (*after, *identity[2:]) for identity in own})
            self.also_changed += (tabs.PARAMS,) if own else ()
        else:
            super().move(session, after, before)
        for row, name in own.values():
            row.model_name = self.binding.rows(session)[after][1].model_name if was_saved else name
        session.flush()

    def finish(self, context: RowsContext, results: Sequence[RowResult]) -> None:  # noqa: ARG002
        assert isinstance(self.binding, MathModelsBinding)
        self.binding.show_primaries(context.session)


class _Roadmaps(Tab):
    """A roadmap that is renamed stays the same one, with its entries, waivers and versions."""

    def __init__(self, spec: TabSpec, binding: Binding) -> None:
        super().__init__(spec, binding)
        self._renamed: dict[Identity, Renaming] = {}

    def cannot_move(
        self,
        session: Session,
        before: Identity,
        after: Identity,
        stored: Mapping[str, object],
    ) -> Message | None:
        if (named := only_named(session, after[0])) is not None:
            return Message("roadmap_name_on_entries", column="roadmap_name", params={"why": named})
        if uses := roadmap_uses(session, before[0]):
            said = {"roadmap": stored["roadmap_name"], "uses": uses}
            return Message("roadmap_named_elsewhere", column="roadmap_name", params=said)
        return None

    def move(self, session: Session, before: Identity, after: Identity) -> None:
        roadmap = find_roadmap(session, before[0])
        assert roadmap is not None
        self._renamed[after] = Renaming.begin(session, roadmap, after[0])

    def moved(self, session: Session, before: Identity, after: Identity, *, was_saved: bool) -> None:
        renaming = self._renamed.pop(after)
        if not was_saved:
            renaming.take_back(session)
            return
        renaming.finish(session)
        keys = [folded(entry.initiative_key) for entry in renaming.roadmap.entry_rows]
        move_copies(session, tabs.ROADMAPS, {before: after})
        move_copies(session, tabs.ROADMAP_ENTRIES, {(*before, key): (*after, key) for key in keys})
        self.also_changed += (tabs.ROADMAP_ENTRIES, tabs.SCENARIO_CONFIG)


class _Metrics(Tab):
    """The registry is judged as a whole: also the KPIs that are not sent are looked at."""

    def cannot_move(self, session: Session, before: Identity, after: Identity, stored: Mapping[str, object]) -> None:
        """A KPI is renamed where nothing uses it, which is judged in the end."""

    def move(self, session: Session, before: Identity, after: Identity) -> None:  # noqa: ARG002
        assert isinstance(self.binding, MetricsConfigBinding)
        self.binding.renamed[after] = before

    def moved(self, session: Session, before: Identity, after: Identity, *, was_saved: bool) -> None:  # noqa: ARG002
        assert isinstance(self.binding, MetricsConfigBinding)
        if not was_saved:
            self.binding.renamed.pop(after, None)

    def finish(self, context: RowsContext, results: Sequence[RowResult]) -> tuple[int, int]:
        assert isinstance(self.binding, MetricsConfigBinding)
        sent = {result.identity for result in results}
        others = [i for i in self.binding.listed(context.session) if i not in sent]
        unsent = [RowResult(Row(0), identity, "", is_selected=False) for identity in others]
        return judge_registry(context, self.binding, [*results, *unsent])


_TABS: Mapping[str, Callable[[TabSpec, Binding], Tab]] = MappingProxyType(
    {
        tabs.BACKLOG.name: _Backlog,
        tabs.MATH_MODELS.name: _MathModels,
        tabs.PARAMS.name: _Renamed,
        tabs.SCENARIO_CONFIG.name: _Scenarios,
        tabs.METRICS_CONFIG.name: _Metrics,
        tabs.ROADMAPS.name: _Roadmaps,
        tabs.ROADMAP_ENTRIES.name: _Entries,
    }
)


def tab_of(spec: TabSpec, rows: Sequence[Mapping[str, object]] = ()) -> Tab:
    """How the rows of a tab are saved; ``rows`` are those that are sent, as they will stand. Raises NotSaved."""
    make = BINDINGS.get(spec.name)
    if make is None:
        raise NotSaved("tab_not_saved", tab=spec.name)
    binding: Binding = make()
    if spec is tabs.MATH_MODELS:  # whether an initiative has one primary model is seen on all of them
        binding = MathModelsBinding([Row(0, {}, dict(row)) for row in rows])
    return _TABS.get(spec.name, Tab)(spec, binding)

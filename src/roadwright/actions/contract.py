"""What an action is: its name, help, tabs and options; what it is given, what it answers, and what stops it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from roadwright.actions.options import (
    BatchOption,
    ExplainOption,
    OnConflictOption,
    Options,
    TimeLimitOption,
    chosen,
)
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Level, Message
from roadwright.sheets.merge import Winners
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import Roadmap
from roadwright.sync.reports import RowReport, TabReport
from roadwright.sync.selection import Selection
from roadwright.workspace.turns import Turn
from roadwright.workspace.workspace import TabPlace, Workspace


class Report(Protocol):
    """Where a door hears how far an action is: in words, and in steps done of all where it can count them."""

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None: ...


Figures = Mapping[str, object]
"""What a solve has reached, by name: stage, seconds, incumbent, bound, gap, nodes."""


class RunReport(Protocol):
    """Where an action says how far it is, as `Report`; the ledger keeps the figures of a solve as well."""

    def __call__(
        self, message: str, done: int | None = None, total: int | None = None, *, figures: Figures | None = None
    ) -> None: ...


class CancelRequest(Protocol):
    """Whether an action is asked to end early."""

    def is_set(self) -> bool: ...

    def keeping_what_is_found(self) -> AbstractContextManager[None]:
        """In here the action looks itself whether it is to end, and keeps what it has found by then."""


@dataclass(frozen=True)
class ActionContext:
    """What an action is given. ``tab`` is the tab it was asked to work on; None where the action has no single one."""

    workspace: Workspace
    action: str
    tab: TabPlace | None
    selection: Selection
    options: Options
    report: RunReport
    action_run_id: int
    cancel: CancelRequest
    turn: Turn
    """Held when the action starts. It is given back for work that needs neither sheets nor rows, as a solve."""


class Asked(Protocol):
    """What an action is asked for, before anything is looked at."""

    @property
    def selection(self) -> Selection: ...

    @property
    def options(self) -> Options: ...


def _nothing_to_check(asked: Asked) -> None:
    pass


def on_conflict(context: Asked) -> Winners:
    return chosen(context.options, OnConflictOption).on_conflict


def activating_batch(context: ActionContext) -> int:
    return chosen(context.options, BatchOption).activating_batch or context.workspace.settings.activating_batch


def time_limit(context: ActionContext) -> float:
    return chosen(context.options, TimeLimitOption).time_limit or context.workspace.settings.time_limit


def explain_seconds(context: ActionContext) -> float:
    asked = chosen(context.options, ExplainOption).explain_seconds
    return context.workspace.settings.explain_seconds if asked is None else asked


@dataclass
class Answer:
    """What an action did. ``problems`` are things that it could not do: they make the run fail, what is done stays.

    ``status`` is what the action itself says; failed rows and problems are judged when the run ends.
    """

    tabs: list[TabReport] = field(default_factory=list)
    more_rows: list[RowReport] = field(default_factory=list)
    """Lines on initiatives that stand on no tab of this action, such as skipped candidates."""
    summary: dict[str, object] = field(default_factory=dict)
    problems: list[Message] = field(default_factory=list)
    optimization_run_id: str | None = None
    status: str = "success"
    exit_code: ExitCode = ExitCode.DONE
    once_written: tuple[str, ExitCode] | None = None
    """Status and exit code of an answer that failed for nothing but a workbook that could not be written just then."""

    @property
    def error(self) -> str | None:
        """All problems, each on a line of its own."""
        return "\n".join(map(str, self.problems)) or None

    def rows(self) -> list[RowReport]:
        return [row for tab in self.tabs for row in (*tab.of_the_tab, *tab.rows)] + self.more_rows

    @property
    def is_partial(self) -> bool:
        """Some rows failed, of an action that worked otherwise."""
        return any(row.level is Level.FAILED for row in self.rows())

    @property
    def saved_nothing(self) -> bool:
        """Every row that was looked at failed, and nothing was stored or put on a tab."""
        rows = [row for tab in self.tabs for row in tab.rows] + self.more_rows
        return bool(rows) and all(row.level is Level.FAILED for row in rows) and not any(self._totals().values())

    def _totals(self) -> dict[str, int]:
        return {name: sum(getattr(tab, name) for tab in self.tabs) for name in ("saved", "created", "added", "removed")}

    def full_summary(self) -> dict[str, object]:
        """The counts of all rows and tabs, and the action's own figures."""
        rows = self.rows()
        count = {level: sum(row.level is level for row in rows) for level in Level}
        return {
            "selected": len(rows),
            "ok": count[Level.OK],
            "warned": count[Level.WARNING],
            "skipped": count[Level.SKIPPED],
            "conflicts": count[Level.CONFLICT],
            "failed": count[Level.FAILED],
            **self._totals(),
            **self.summary,
        }


@dataclass(frozen=True)
class Action:
    """One thing that a person can ask for. The first of ``tabs`` is the default one; none means that it has no tab."""

    name: str
    help: str
    explanation: str
    run: Callable[[ActionContext], Answer]
    tabs: tuple[TabSpec, ...] = ()
    options: type[Options] = Options
    selects: bool = True
    """Whether it takes --select; an action that always works on everything does not."""
    check: Callable[[Asked], None] = _nothing_to_check
    """Refuses, before the action is written down, what can't be done as it is asked. Raises InputError."""


def summary_line(summary: Mapping[str, object], hidden: Collection[str] = ()) -> str:
    """The figures of an answer that say something: short lists whole, of a list of objects how many there are."""

    def shown(value: object) -> str:
        if isinstance(value, list):
            return str(len(value)) if any(isinstance(part, dict) for part in value) else "; ".join(map(str, value))
        return str(value)

    told = {name: value for name, value in summary.items() if name not in hidden and value not in (0, None, "", [])}
    return ", ".join(f"{name} {shown(value)}" for name, value in told.items())


def row_stops(place: str, status: str) -> Message:
    """A row, by its place or name, that could not be saved; ``status`` is what it says itself."""
    return Message("row_stops", params={"place": place, "status": status})


def numbered_row_stops(spec: TabSpec, row: int, status: str) -> Message:
    """The same of a row that has no name."""
    return Message("numbered_row_stops", params={"tab": spec.name, "row": row, "status": status})


def roadmap_stops(roadmap: Roadmap, *faults: Message) -> Message:
    """What stands against a roadmap."""
    return Message("roadmap_stops", params={"roadmap": roadmap.roadmap_name, "faults": faults})

"""The options that several actions share, each with its help, said once."""

from __future__ import annotations

from collections.abc import Callable

from roadwright.actions.contract import ActionContext, Option
from roadwright.sheets.kinds import BOOLEAN
from roadwright.sheets.merge import OnConflict
from roadwright.sheets.spec import CellProblem


def _words(*accepted: str) -> Callable[[str], object]:
    def parse(text: str) -> object:
        word = text.strip().casefold()
        if word not in accepted:
            raise ValueError(f"expected {' or '.join(accepted)}")
        return word

    return parse


def _yes_no(text: str) -> object:
    try:
        return BOOLEAN.read(text)
    except CellProblem as problem:
        raise ValueError(str(problem)) from problem


def _positive(text: str) -> object:
    try:
        number = float(text)
    except ValueError as error:
        raise ValueError("expected a number") from error
    if not 0 < number < float("inf"):
        raise ValueError("expected a number above 0")
    return number


def _seconds(text: str) -> object:
    return 0.0 if text.strip() == "0" else _positive(text)


def _batch(text: str) -> object:
    if not text.strip().isdecimal() or not 1 <= int(text) <= 10_000:
        raise ValueError("expected a whole number from 1 to 10000")
    return int(text)


ON_CONFLICT = Option(
    "on_conflict",
    "who wins where a field was changed both in the sheet and in the database: sheet or database",
    _words(str(OnConflict.SHEET), str(OnConflict.DATABASE)),
    "nobody: the row says CONFLICT and both values stay",
)
SCENARIO_NAME = Option("scenario_name", "the scenario to work on", str, "the only one there is")
ROADMAP_NAME = Option("roadmap_name", "the roadmap to work on", str, "the only one there is")
RUN_ID = Option("run_id", "the run to show, e.g. OPT-000007", str, "the latest of each scenario")
ACTIVATING_BATCH = Option(
    "activating_batch",
    "how many initiatives are activated per commit",
    _batch,
    "activating_batch of roadwright.toml",
)
TIME_LIMIT = Option("time_limit", "seconds that the optimizer may take", _positive, "time_limit of roadwright.toml")
EXPLAIN_SECONDS = Option(
    "explain_seconds", "seconds for explanations; 0 leaves them out", _seconds, "explain_seconds of roadwright.toml"
)
FILTER = Option(
    "filter",
    'only initiatives that match this filter of the backlog, e.g. "department = Growth and overall_score >= 3", or '
    "@NAME for a saved one",
    str,
    "every initiative",
)
CANDIDATES_ONLY = Option("candidates", "true: only initiatives that are optimization candidates", _yes_no, "false")


FORCE = Option(
    "force", "true: do also what is refused because something depends on it, with a warning", _yes_no, "false"
)


def force(request: ActionContext) -> bool:
    return bool(request.options.get(FORCE.name))


def on_conflict(request: ActionContext) -> OnConflict:
    return OnConflict(str(request.options.get(ON_CONFLICT.name, OnConflict.ASK)))


def activating_batch(request: ActionContext) -> int:
    chosen = request.options.get(ACTIVATING_BATCH.name)
    return chosen if isinstance(chosen, int) else request.workspace.settings.activating_batch


def time_limit(request: ActionContext) -> float:
    chosen = request.options.get(TIME_LIMIT.name)
    return chosen if isinstance(chosen, float) else request.workspace.settings.time_limit


def explain_seconds(request: ActionContext) -> float:
    chosen = request.options.get(EXPLAIN_SECONDS.name)
    return chosen if isinstance(chosen, float) else request.workspace.settings.explain_seconds


def text_option(request: ActionContext, option: Option) -> str | None:
    chosen = request.options.get(option.name)
    return None if chosen is None else str(chosen)

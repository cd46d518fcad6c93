"""The options of actions: one model of typed fields for each action, made of those that several share.

A field's description is its help; ``otherwise`` says in words what holds where it is left out. Command line, API and
reference page are made from these models. A value may come as text, as people type it, or as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message, MessageError
from roadwright.domain.registry import nearest
from roadwright.domain.shown import shown_value
from roadwright.domain.text import folded
from roadwright.sheets.kinds import BOOLEAN
from roadwright.sheets.merge import NOBODY, OnConflict, Winners
from roadwright.tabs import TABS

_OTHERWISE = "otherwise"


class UsageError(InputError):
    """The person asked for something that can't be done as asked: exit code 2."""


class OptionProblem(MessageError, ValueError):
    """A value that an option does not take; the message completes "option … is …"."""


class Options(BaseModel):
    """What an action can be told; the base is for actions without options."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class OptionHelp:
    """One option as it is told to people."""

    name: str
    help: str
    default: str
    """What holds where it is left out, in words."""


def option(help: str, *, otherwise: str, default: object = None) -> Any:
    """Declare an option with its help, its default, and the default in words."""
    return Field(default, description=help, json_schema_extra={_OTHERWISE: otherwise})


def helps(options: type[Options]) -> Iterator[OptionHelp]:
    """The options of an action, in the order in which they are declared."""
    # pydantic has the fields of the last base first
    names = dict.fromkeys(name for model in options.__mro__ for name in vars(model).get("__annotations__", ()))
    for name in filter(options.model_fields.__contains__, names):
        declared = options.model_fields[name]
        extra = declared.json_schema_extra
        otherwise = extra.get(_OTHERWISE, "") if isinstance(extra, dict) else ""
        yield OptionHelp(name, declared.description or "", str(otherwise))


def reads(parse: Callable[[str], object]) -> BeforeValidator:
    """Read a text, or a plain JSON value as the text that shows it, by this function, which raises MessageError."""

    def read(value: object) -> object:
        if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
            value = ", ".join(value)
        if not isinstance(value, str | bool | int | float):
            raise OptionProblem("option_no_plain_value")
        try:
            found = parse(shown_value(value).strip())
        except MessageError as problem:
            raise OptionProblem.saying(problem.message) from problem
        if found is None:
            raise OptionProblem("option_blank")
        return found

    return BeforeValidator(read)


def parse_options(action: str, options: type[Options], asked: Sequence[str] | Mapping[str, object]) -> Options:
    """The options as they were asked for: ``name=value`` each, or by name. Raises UsageError."""
    values: dict[str, object] = {}
    for name, value in asked.items() if isinstance(asked, Mapping) else map(_name_and_value, asked):
        known = name.strip().replace("-", "_")
        if known not in options.model_fields:
            raise UsageError(
                "unknown_option", action=action, name=name.strip(), names=list(options.model_fields) or "none"
            )
        if known in values:
            raise UsageError("option_given_twice", name=known)
        if value is not None:  # JSON's way to leave an option out
            values[known] = value
    try:
        return options.model_validate(values)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        problem = first.get("ctx", {}).get("error")
        why = problem.message if isinstance(problem, OptionProblem) else Message("option_no_value")
        name = str(first["loc"][0])
        raise UsageError("option_unreadable", name=name, value=values[name], why=why) from wrong


def _name_and_value(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not value.strip():
        raise UsageError("option_without_value", text=text)
    return name, value.strip()


def _plain(text: str) -> str:
    return text


def _winners(text: str) -> Winners:
    """``sheet`` or ``database``, or of columns by name: ``title: sheet, risk_level: database``."""
    if ":" not in text:
        return Winners(_side(text))
    columns: dict[str, OnConflict] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, side = part.rpartition(":")
        column = _column(name.strip())
        if column in columns:
            raise OptionProblem("option_column_twice", name=column)
        columns[column] = _side(side)
    return Winners(columns=columns)


def _side(text: str) -> OnConflict:
    word = text.strip().casefold()
    accepted = [str(rule) for rule in OnConflict if rule is not OnConflict.ASK]
    if word not in accepted:
        raise OptionProblem("option_one_of", accepted=" or ".join(accepted))
    return OnConflict(word)


def _column(name: str) -> str:
    """A column of any tab, by its name or as its header says it."""
    known = {column.name for spec in TABS for column in spec.saved}
    found = folded(name).replace(" ", "_")
    if found not in known:
        raise OptionProblem("option_no_column", name=name, hint=nearest(found, known))
    return found


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise OptionProblem("option_no_number") from error
    if not 0 < number < float("inf"):
        raise OptionProblem("option_not_positive")
    return number


def _seconds(text: str) -> float:
    return 0.0 if text in ("0", "0.0") else _positive(text)


def _batch(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 10_000:
        raise OptionProblem("option_no_batch", most=10_000)
    return int(text)


Text = Annotated[str, reads(_plain)]
YesNo = Annotated[bool, reads(BOOLEAN.read)]
Seconds = Annotated[float, reads(_seconds)]


class OnConflictOption(Options):
    on_conflict: Annotated[Winners, reads(_winners)] = option(
        "who wins where a field was changed both in the sheet and in the database: sheet or database, on all columns "
        "or on those that are named, as in title: sheet, risk_level: database",
        otherwise="nobody: the row says CONFLICT and both values stay",
        default=NOBODY,
    )


class ForceOption(Options):
    force: YesNo = option(
        "true: do also what is refused because something depends on it, with a warning",
        otherwise="false",
        default=False,
    )


class ScenarioOption(Options):
    scenario_name: Text | None = option("the scenario to work on", otherwise="the only one there is")


class OnlyIfChangedOption(Options):
    only_if_changed: YesNo = option(
        "true: do not solve again where the exact inputs are those of the scenario's latest answer",
        otherwise="false",
        default=False,
    )


class RoadmapOption(Options):
    roadmap_name: Text | None = option("the roadmap to work on", otherwise="the only one there is")


class ByOption(Options):
    by: Text | None = option("who decides it, e.g. anna", otherwise="whoever runs the action")


class RunOption(Options):
    run_id: Text | None = option("the run to show, e.g. OPT-000007", otherwise="the latest of each scenario")


class BatchOption(Options):
    activating_batch: Annotated[int, reads(_batch)] | None = option(
        "how many initiatives are activated per commit", otherwise="activating_batch of roadwright.toml"
    )


class TimeLimitOption(Options):
    time_limit: Annotated[float, reads(_positive)] | None = option(
        "seconds that the optimizer may take", otherwise="time_limit of roadwright.toml"
    )


class ExplainOption(Options):
    explain_seconds: Seconds | None = option(
        "seconds for explanations; 0 leaves them out", otherwise="explain_seconds of roadwright.toml"
    )


_Chosen = TypeVar("_Chosen", bound=Options)


def chosen(options: Options, kind: type[_Chosen]) -> _Chosen:
    """An action's options as those of one of the models that they are made of."""
    if not isinstance(options, kind):
        raise TypeError(f"{type(options).__name__} has no {kind.__name__}")
    return options

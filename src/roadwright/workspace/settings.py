"""roadwright.toml: which workbooks and tabs there are, which database, and the settings, each with its default."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.machine import os_fault, special_kind
from roadwright.domain.messages import Message
from roadwright.domain.periods import FiscalYear
from roadwright.domain.reading.rules import ReadingRules
from roadwright.domain.registry import nearest
from roadwright.domain.shown import UNSTORABLE
from roadwright.domain.text import folded
from roadwright.sheets.backend import WorkbookRef, scheme_of, spreadsheet_address, spreadsheet_id
from roadwright.sheets.spec import TabSpec
from roadwright.workspace.intake_settings import FileName, HeaderRow, IntakeBook, TabName, no_truth_value, one_line
from roadwright.workspace.server_settings import (
    TEMPLATE as SERVER_TEMPLATE,
)
from roadwright.workspace.server_settings import (
    AuthSettings,
    RequestsSettings,
    ServerSettings,
    from_environment,
    variable_of,
)

FILE = "roadwright.toml"
DATABASE_FILE = "roadwright.db"
ENVIRONMENT_PREFIX = "ROADWRIGHT_"
_EXAMPLES = {
    "intake": '[{"workbook": "Team_Ideas.xlsx", "tabs": ["Ideas"]}]',
    "tabs": '{"Backlog": {"workbook": "Ours.xlsx", "tab": "All ideas"}}',
    "reading": '{"decimal": ",", "dates": "dmy"}',
    "workbooks": '{"Central_Backlog": "https://docs.google.com/spreadsheets/d/ID/edit"}',
    "google": '{"credentials": "service-account.json"}',
    "sizes": '{"S": 10, "M": 30, "XL": 60}',
    "server": '{"hosts": ["roadwright.example.com"]}',
    "requests": '{"role": "planner"}',
    "auth": '{"oidc": {"issuer": "https://login.example.com"}}',
}
_LONGEST_SHOWN = 200
"""Characters of a wrong value that are shown."""


WORKBOOKS = tuple(dict.fromkeys(spec.workbook for spec in tabs.TABS))
"""The workbooks of the templates, by the names that [workbooks] knows."""


class SettingsError(InputError):
    """roadwright.toml can't be used; the message names the key and what would be accepted."""


_MOST_SECONDS = 10_000_000
"""Some 115 days; no clock of the system waits for much more."""
_Number = BeforeValidator(no_truth_value)
_Seconds = Annotated[float, _Number, Field(ge=0, le=_MOST_SECONDS, allow_inf_nan=False)]


class TabSetting(BaseModel):
    """Where a tab lies, if not where the templates have it."""

    model_config = ConfigDict(extra="forbid")

    workbook: FileName | None = None
    tab: TabName | None = None
    header_row: HeaderRow = 1


class GoogleSettings(BaseModel):
    """How spreadsheets of Google Sheets are reached."""

    model_config = ConfigDict(extra="forbid")

    credentials: FileName | None = None


def _month(value: object) -> object:
    """A month as people write it: ``"04"``, ``"4"`` or 4."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch("0?[1-9]|1[0-2]", text):
        raise ValueError(Message("should_be_a_month"))
    return int(text)


class ReadingSettings(BaseModel):
    """Which of two readings is meant where a cell can mean two things."""

    model_config = ConfigDict(extra="forbid")

    decimal: Literal[".", ","] | None = None
    dates: Literal["dmy", "mdy"] | None = None
    fiscal_year_starts: Annotated[int, BeforeValidator(_month)] | None = None
    fiscal_year_named_by: Literal["end", "start"] = "end"


_Size = Annotated[float, _Number, Field(ge=0, le=1e15, allow_inf_nan=False)]


class Settings(BaseSettings):
    """The settings of a workspace. A variable ROADWRIGHT_… of the environment wins over the file."""

    model_config = SettingsConfigDict(extra="forbid", env_prefix=ENVIRONMENT_PREFIX)

    database_url: Annotated[str, AfterValidator(one_line)] = f"sqlite:///{DATABASE_FILE}"
    activating_batch: Annotated[int, _Number] = Field(default=100, ge=1, le=10_000)
    time_limit: _Seconds = Field(default=300.0, gt=0)
    explain_seconds: _Seconds = 20.0
    lock_wait: _Seconds = 10.0
    action_wait: _Seconds = 300.0
    keep_details_days: Annotated[int, _Number] = Field(default=90, ge=0)
    keep_runs_days: Annotated[int, _Number] = Field(default=365, ge=0)
    intake: list[IntakeBook] = [IntakeBook(workbook=f"{tabs.INTAKE.workbook}.xlsx")]
    tabs: dict[str, TabSetting] = {}
    workbooks: dict[str, FileName] = {}
    google: GoogleSettings = GoogleSettings()
    server: ServerSettings = ServerSettings()
    requests: RequestsSettings = RequestsSettings()
    auth: AuthSettings = AuthSettings()
    reading: ReadingSettings = ReadingSettings()
    sizes: dict[str, _Size] = {}

    @cached_property
    def reading_rules(self) -> ReadingRules:
        """How the cells of its workbooks are read."""
        reading = self.reading
        years = FiscalYear(reading.fiscal_year_starts, named_by_end=reading.fiscal_year_named_by == "end")
        sizes = {folded(word): float(amount) for word, amount in self.sizes.items()}
        return ReadingRules(reading.decimal, reading.dates, years, sizes)

    def place_of(self, spec: TabSpec) -> tuple[str, str, int]:
        """The workbook, tab and header row of a tab (any tab but intake's)."""
        moved = self.tabs.get(spec.name, TabSetting())
        workbook = self.workbook_of(moved.workbook or f"{spec.workbook}.xlsx")
        return workbook, moved.tab or spec.name, moved.header_row

    def workbook_of(self, named: str) -> str:
        """Where a workbook lies: where [workbooks] says of its name, with or without the ending, or its name itself."""
        return next((where for name, where in self.workbooks.items() if _bare(name) == _bare(named)), named)

    @cached_property
    def carried_columns(self) -> tuple[str, ...]:
        """The columns that intake tabs send to the right of the Backlog, in the order in which they are named."""
        return tuple(dict.fromkeys(name for book in self.intake for name in book.carried_columns))

    @cached_property
    def tab_names(self) -> Counter[str]:
        """How many tabs have a name, without case."""
        names = Counter(folded(tab) for book in self.intake for tab in book.tabs)
        names.update(folded(self.place_of(spec)[1]) for spec in tabs.TABS if spec != tabs.INTAKE)
        return names

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes all four by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return InitSettingsSource(settings_cls, from_environment()), env_settings, init_settings


def _bare(name: str) -> str:
    return Path(name).as_posix().removesuffix(".xlsx")


def workbook_ref(root: Path, named: str, names: Mapping[str, str] = MappingProxyType({})) -> WorkbookRef:
    """The workbook that the settings name: an address, or a file, whose path begins at the workspace's folder.

    ``names`` are the workbooks of the settings by the name that they have there, which a spreadsheet is called by: its
    own is not known before it is opened.
    """
    spreadsheet = spreadsheet_id(named)
    if spreadsheet is not None:
        alike = [name for name, other in names.items() if spreadsheet_id(other) == spreadsheet]
        return WorkbookRef(spreadsheet_address(spreadsheet), alike[0] if alike else spreadsheet)
    if scheme_of(named):
        return WorkbookRef(named, named.partition("://")[2].partition("/")[2] or named)
    return WorkbookRef(os.path.normpath(root / named), Path(named).as_posix())


def _refuse_shared_tabs(root: Path, settings: Settings) -> None:
    """A tab can have one use only: two would overwrite each other's cells."""
    uses = [(settings.workbook_of(book.workbook), tab, "[[intake]]") for book in settings.intake for tab in book.tabs]
    for spec in tabs.TABS:
        if spec != tabs.INTAKE:
            uses.append((*settings.place_of(spec)[:2], f"[tabs.{spec.name}]"))
    seen: dict[tuple[str, str], str] = {}
    alike: dict[tuple[str, str], str] = {}
    for workbook, tab, use in uses:
        ref = workbook_ref(root, workbook, settings.workbooks)
        place, name = (ref.identity, folded(tab)), (ref.label, folded(tab))
        if place in seen:
            raise SettingsError("tab_used_twice", file=FILE, use=use, tab=tab, workbook=workbook, other=seen[place])
        if name in alike:  # the database keeps rows and copies of tabs by these names
            raise SettingsError("workbooks_named_alike", file=FILE, use=use, label=ref.label, other=alike[name])
        seen[place] = alike[name] = use


def _variables() -> dict[str, str]:
    """The variables of the environment that are settings, by the key that they win over."""
    names = {name.casefold(): name for name in os.environ}
    of_keys = {key: names.get(f"{ENVIRONMENT_PREFIX}{key}".casefold()) for key in Settings.model_fields}
    return {key: name for key, name in of_keys.items() if name is not None}


def _printable(text: str) -> str:
    """The text, with escapes for what no terminal shows."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _faults(error: ValidationError) -> list[Message]:
    """What is wrong, key by key."""
    variables, found = _variables(), []
    for fault in error.errors():
        first, *rest = path = tuple(str(part) for part in fault["loc"])
        source = [FILE, first]
        if (name := variable_of(path)) is not None:
            source, rest = [name], []
        elif first in variables:
            source = [variables[first]]
        place = ": ".join((source[0], ".".join((*source[1:], *rest)))).removesuffix(": ")
        if fault["type"] == "extra_forbidden":
            found.append(Message("unknown_setting", params={"place": _printable(place)}))
            continue
        if fault["type"] == "missing":
            found.append(Message("setting_missing", params={"place": _printable(place), "why": fault["msg"]}))
            continue
        value = str(fault["input"])
        shown = _printable(value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…")
        own = fault.get("ctx", {}).get("error")  # a ValueError of a check of ours, which carries a message
        why = own.args[0] if isinstance(own, ValueError) else fault["msg"]
        bad = UNSTORABLE.search(value) if isinstance(fault["input"], str) and fault["type"] != "value_error" else None
        if bad is not None:
            why = Message("setting_character", params={"character": ord(bad[0])})
        found.append(Message("setting_wrong", params={"place": _printable(place), "why": why, "value": shown}))
    return found


def _read_variables() -> None:
    """Refuse variables of the environment whose value should be JSON and is not."""
    for key, example in _EXAMPLES.items():
        name = _variables().get(key)
        if name is None:
            continue
        try:
            json.loads(os.environ[name])
        except (ValueError, RecursionError) as error:
            raise SettingsError("variable_not_json", name=name, why=str(error), example=example) from error


def _read_file(path: Path) -> dict[str, Any]:
    try:
        if (kind := special_kind(path)) is not None:
            raise SettingsError("not_settings", path=str(path), kind=kind)
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        root = path.parent
        raise SettingsError("no_workspace", folder=str(root), file=FILE) from error
    except OSError as error:
        raise SettingsError("settings_unreadable", path=str(path), why=os_fault(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise SettingsError("settings_unreadable", path=str(path), why=str(error)) from error
    return content


def check_folder_name(root: Path) -> None:
    """Refuse a folder whose name no database and no ledger could hold. Raises SettingsError."""
    try:
        str(root).encode()
    except UnicodeEncodeError as error:
        raise SettingsError("folder_name_not_utf8", folder=ascii(str(root))) from error


def load_settings(root: Path) -> Settings:
    """The settings in a workspace's folder. Raises SettingsError."""
    check_folder_name(root)
    content = _read_file(root / FILE)
    _read_variables()
    try:
        settings = Settings(**content)
    except ValidationError as error:
        faults = _faults(error)
        raise SettingsError("settings_wrong", lines="\n".join(map(str, faults)), faults=faults) from error
    known = {folded(name): name for name in tabs.BY_NAME}
    for name in settings.tabs:
        if known.get(folded(name)) != name or name == tabs.INTAKE.name:
            raise SettingsError("settings_of_no_tab", file=FILE, name=name, known=tuple(tabs.BY_NAME))
    named = [*(book.workbook for book in settings.intake), *(place.workbook or "" for place in settings.tabs.values())]
    names = tuple(dict.fromkeys((*WORKBOOKS, *(_bare(name) for name in named if name and not scheme_of(name)))))
    seen: set[str] = set()
    for name in settings.workbooks:
        if _bare(name) not in names or _bare(name) in seen:
            hint = nearest(name, names)
            raise SettingsError("settings_of_no_workbook", file=FILE, name=name, hint=hint, known=names)
        seen.add(_bare(name))
    _refuse_shared_tabs(root, settings)
    return settings


def template() -> str:
    """roadwright.toml of a new workspace, every key explained."""
    defaults = Settings.model_fields
    places = "\n".join(
        f'# [tabs.{spec.name}]\n# workbook = "{spec.workbook}.xlsx"\n# tab = "{spec.name}"\n# header_row = 1\n'
        for spec in tabs.TABS
        if spec != tabs.INTAKE
    )
    return f"""\
# A Roadwright workspace. Keys that start with # have the value shown; remove the # to change one.
# A variable of the environment wins over a key here, e.g. {ENVIRONMENT_PREFIX}DATABASE_URL.

# The database: a SQLite file in this folder, or a PostgreSQL database such as postgresql://user@host/name
# database_url = "{defaults["database_url"].default}"

# How many initiatives one batch of an activation (pm.score_selected, pm.switch_framework) commits at a time.
# activating_batch = {defaults["activating_batch"].default}

# Seconds that an optimization may take; the best answer found by then is kept, with its gap.
# time_limit = {defaults["time_limit"].default:g}

# Seconds that a run may spend on explanations once it has its answer: what forcing an initiative in would cost, what a
# mandate costs, what one more token is worth. 0 leaves them out.
# explain_seconds = {defaults["explain_seconds"].default:g}

# Seconds to wait for a workbook that someone has open.
# lock_wait = {defaults["lock_wait"].default:g}

# Seconds that an action waits for its turn while another one works in this folder or on this database.
# action_wait = {defaults["action_wait"].default:g}

# Days for which `roadwright prune` keeps what actions said of single rows, and what the solver said in a run.
# keep_details_days = {defaults["keep_details_days"].default}

# Days for which it keeps optimization runs that nothing refers to. What a roadmap or a version of one came from, and
# the newest runs of each scenario, stay for good.
# keep_runs_days = {defaults["keep_runs_days"].default}

# How cells are read that can mean two things; without a setting they are refused. See docs/reference/typing.md.
# [reading]
# The decimal sign of texts, "." or ",": with "," 4.000 is 4000 and 1,500 is 1.5.
# decimal = "."
# The order of dates such as 09/10/2026: "dmy" (9 October) or "mdy" (10 September).
# dates = "dmy"
# The month in which fiscal years start, and which calendar year names one, that of its "end" or of its "start": with
# these two, FY26 Q3 is October to December 2025.
# fiscal_year_starts = "04"
# fiscal_year_named_by = "end"

# Words that may be typed for tokens, days, job size and effort, and the number that each stands for.
# [sizes]
# S = 10
# M = 30
# L = 60

# A workbook is a file, or the address of a spreadsheet of Google Sheets; both may be used side by side. These move all
# tabs of a workbook at once. See docs/google.md.
# [workbooks]
# Central_Backlog = "https://docs.google.com/spreadsheets/d/ID/edit"
# The key that opens spreadsheets; else a sign-in by `roadwright google login`, or GOOGLE_APPLICATION_CREDENTIALS.
# [google]
# credentials = "service-account.json"

# Intake: any number of workbooks, each with any number of tabs, of any name. All of them enter the backlog.
# header_row is the row with the column names, if it is not the first.
[[intake]]
workbook = "{tabs.INTAKE.workbook}.xlsx"
tabs = ["{tabs.INTAKE.name}"]
# header_row = 1

# [[intake]]
# workbook = "Team_Ideas.xlsx"
# tabs = ["Ideas", "Complaints"]
# header_row = "auto"             # or found by itself
# source = "jira"                 # where its rows come from, if they have an external_id
# [intake.columns]                # our name = theirs; `roadwright import` proposes all this
# title = "User Story"
# problem_statement = ["So that", "Acceptance Criteria"]
# [intake.values.lifecycle_status]
# "In Progress" = "in_progress"
# [intake.carry]                  # their columns that go along as they are
# arr_at_stake = "ARR at stake"
# [intake.rows]
# skip = ["Total", "Phase *"]
# fill_down = ["product_area"]

# Where the other tabs lie, if you move or rename them:
{places.rstrip()}

{SERVER_TEMPLATE}"""

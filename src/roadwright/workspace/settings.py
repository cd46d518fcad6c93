"""roadwright.toml: which workbooks and tabs there are, which database, and the settings, each with its default."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from roadwright import tabs
from roadwright.domain.text import folded
from roadwright.sheets.spec import TabSpec

FILE = "roadwright.toml"
DATABASE_FILE = "roadwright.db"
ENVIRONMENT_PREFIX = "ROADWRIGHT_"
_FILE_NAME = r"^[^\x00]+$"
"""No file system has names with null characters."""


class SettingsError(Exception):
    """roadwright.toml can't be used; the message names the key and what would be accepted."""


class IntakeBook(BaseModel):
    """One intake workbook and its tabs."""

    model_config = ConfigDict(extra="forbid")

    workbook: str = Field(min_length=1, pattern=_FILE_NAME)
    tabs: list[str] = Field(default=[tabs.INTAKE.name], min_length=1)
    header_row: int = Field(default=1, ge=1)


class TabPlace(BaseModel):
    """Where a tab lies, if not where the templates have it."""

    model_config = ConfigDict(extra="forbid")

    workbook: str | None = Field(default=None, pattern=_FILE_NAME)
    tab: str | None = None
    header_row: int = Field(default=1, ge=1)


class Settings(BaseSettings):
    """The settings of a workspace. A variable ROADWRIGHT_… of the environment wins over the file."""

    model_config = SettingsConfigDict(extra="forbid", env_prefix=ENVIRONMENT_PREFIX)

    database_url: str = f"sqlite:///{DATABASE_FILE}"
    activating_batch: int = Field(default=100, ge=1, le=10_000)
    time_limit: float = Field(default=300.0, gt=0)
    explain_seconds: float = Field(default=20.0, ge=0)
    lock_wait: float = Field(default=10.0, ge=0)
    action_wait: float = Field(default=300.0, ge=0)
    keep_details_days: int = Field(default=90, ge=0)
    keep_runs_days: int = Field(default=365, ge=0)
    intake: list[IntakeBook] = [IntakeBook(workbook=f"{tabs.INTAKE.workbook}.xlsx")]
    tabs: dict[str, TabPlace] = {}

    def place_of(self, spec: TabSpec) -> tuple[str, str, int]:
        """The workbook, tab and header row of a tab (any tab but intake's)."""
        moved = self.tabs.get(spec.name, TabPlace())
        return moved.workbook or f"{spec.workbook}.xlsx", moved.tab or spec.name, moved.header_row

    @cached_property
    def tab_names(self) -> Counter[str]:
        """How many tabs have a name, without case."""
        names = Counter(folded(tab) for book in self.intake for tab in book.tabs)
        names.update(folded(self.place_of(spec)[1]) for spec in tabs.TABS if spec is not tabs.INTAKE)
        return names

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes all four by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def workbook_path(root: Path, named: str) -> Path:
    """Where a workbook lies that the settings name; a relative path begins at the workspace's folder."""
    return Path(os.path.normpath(root / named))


def _refuse_shared_tabs(root: Path, settings: Settings) -> None:
    """A tab can have one use only: two would overwrite each other's cells."""
    uses = [(book.workbook, tab, "[[intake]]") for book in settings.intake for tab in book.tabs]
    for spec in tabs.TABS:
        if spec is not tabs.INTAKE:
            uses.append((*settings.place_of(spec)[:2], f"[tabs.{spec.name}]"))
    seen: dict[tuple[str, str], str] = {}
    for workbook, tab, use in uses:
        # Unlike Path.resolve, this takes a link that leads to itself for what it is: a file that can't be read.
        place = (os.path.realpath(workbook_path(root, workbook)), folded(tab))
        if place in seen:
            raise SettingsError(
                f'{FILE}: {use}: the tab "{tab}" of {workbook} is used already by {seen[place]}; name each tab once'
            )
        seen[place] = use


def _describe(error: ValidationError) -> str:
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        found = "" if fault["type"] in ("missing", "extra_forbidden") else f' (it is "{fault["input"]}")'
        why = "is not a key that Roadwright knows" if fault["type"] == "extra_forbidden" else fault["msg"]
        lines.append(f"{FILE}: {key}: {why}{found}")
    return "\n".join(lines)


def load_settings(root: Path) -> Settings:
    """The settings in a workspace's folder. Raises SettingsError."""
    path = root / FILE
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(f"{root} is no workspace: {FILE} is missing. Make one: roadwright init {root}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error
    try:
        settings = Settings(**content)
    except ValidationError as error:
        raise SettingsError(_describe(error)) from error
    known = {folded(name): name for name in tabs.BY_NAME}
    for name in settings.tabs:
        if known.get(folded(name)) != name or name == tabs.INTAKE.name:
            raise SettingsError(f"{FILE}: [tabs.{name}]: there is no such tab; known: {', '.join(tabs.BY_NAME)}")
    _refuse_shared_tabs(root, settings)
    return settings


def template() -> str:
    """roadwright.toml of a new workspace, every key explained."""
    defaults = Settings.model_fields
    places = "\n".join(
        f'# [tabs.{spec.name}]\n# workbook = "{spec.workbook}.xlsx"\n# tab = "{spec.name}"\n# header_row = 1\n'
        for spec in tabs.TABS
        if spec is not tabs.INTAKE
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

# Intake: any number of workbooks, each with any number of tabs, of any name. All of them enter the backlog.
# header_row is the row with the column names, if it is not the first.
[[intake]]
workbook = "{tabs.INTAKE.workbook}.xlsx"
tabs = ["{tabs.INTAKE.name}"]
# header_row = 1

# [[intake]]
# workbook = "Team_Ideas.xlsx"
# tabs = ["Ideas", "Complaints"]

# Where the other tabs lie, if you move or rename them:
{places.rstrip()}
"""

"""Short forms for declaring columns by their owner, and the columns that several tabs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from roadwright.domain.initiatives import FRAMEWORK_SYNONYMS, Framework
from roadwright.domain.provenance import is_row_version, is_source, is_status
from roadwright.sheets import kinds
from roadwright.sheets.kinds import (
    AMOUNT,
    BOOLEAN,
    INITIATIVE,
    KEY,
    PERCENTILE,
    SCORE,
    TEXT,
    TIMESTAMP,
    WORD,
    Check,
    at_most,
    choice,
    within,
)
from roadwright.sheets.spec import Column, Kind, Owner

LONGEST_NAME = 200
"""Characters of a name; PostgreSQL can't index names of thousands."""


def typed(
    name: str,
    kind: Kind,
    help: str,
    *,
    required: bool = False,
    aliases: tuple[str, ...] = (),
    blank_means: object = None,
    check: Check | None = None,
    group: str = "",
    offers: str = "",
    examples: str = "",
) -> Column:
    """A column that people type."""
    return Column(
        *(name, Owner.INPUT, kind, help, required, aliases, blank_means, check, group),
        offers=offers,
        examples=examples,
    )


def name_of(name: str, help: str, *, kind: Kind = TEXT, required: bool = True, offers: str = "") -> Column:
    """A name that people give to something, and by which it is found again: needed as a rule, and not too long."""
    return typed(name, kind, help, required=required, check=at_most(LONGEST_NAME), offers=offers)


def derived(
    name: str, kind: Kind, help: str, *, group: str = "", minor: bool = False, technical: bool = False
) -> Column:
    """A column that the backend computes."""
    return Column(name, Owner.DERIVED, kind, help, group=group, minor=minor, technical=technical)


def system(
    name: str,
    kind: Kind,
    help: str,
    *,
    required: bool = False,
    technical: bool = False,
    written: Callable[[str], bool] | None = None,
) -> Column:
    """A column of keys and provenance that the backend writes."""
    return Column(name, Owner.SYSTEM, kind, help, required, technical=technical, written=written)


def own_words(name: str, kind: Kind, help: str, *, blank_means: object = None) -> Column:
    """A sheet-only column: people's own words or ticks on a tab that the backend rewrites."""
    return Column(name, Owner.SHEET_ONLY, kind, help, blank_means=blank_means)


def flag(name: str, help: str, *, blank_means: bool = False, group: str = "") -> Column:
    """A yes/no column that people tick."""
    return typed(name, BOOLEAN, help, blank_means=blank_means, group=group)


def amount(name: str, help: str, *, kind: Kind = AMOUNT, group: str = "") -> Column:
    """An amount of 0 or more that people type."""
    return typed(name, kind, help, check=within(0), group=group)


def common_word(name: str, help: str, *, kind: Kind = WORD, aliases: tuple[str, ...] = ()) -> Column:
    """A word that many rows share: a new one gets the spelling that most rows have."""
    return replace(typed(name, kind, help, aliases=aliases), is_common_word=True)


INITIATIVE_KEY = system("initiative_key", KEY, "The initiative's key. Roadwright gives it; never type or change it.")
REQUIRED_KEY = system("initiative_key", KEY, "The initiative that this row is about.", required=True)
TYPED_KEY = typed(
    "initiative_key", INITIATIVE, "The initiative that this row is about, e.g. INIT-000012.", required=True
)
TITLE = derived("title", kinds.TITLE, "The initiative's title, from the Backlog.")
ACTIVE_FRAMEWORK = typed(
    "active_scoring_framework",
    choice(Framework, also=FRAMEWORK_SYNONYMS),
    "The framework whose scores count for this initiative. Blank: none is activated.",
)
USE_MATH_MODEL = typed(
    "use_math_model",
    BOOLEAN,
    "FALSE: math models stay suggestions and contribute nothing. Blank counts as TRUE once an approved model exists.",
)
ACTIVE_SCORES = (
    derived("value_score", SCORE, "Value by the active framework.", group="Active score"),
    derived("effort_score", SCORE, "Effort by the active framework.", group="Active score"),
    derived(
        "overall_score", SCORE, "The active framework's overall × strategic_priority_coefficient.", group="Active score"
    ),
    replace(
        derived(
            "score_percentile",
            PERCENTILE,
            "The share of initiatives of the same framework (MATH_MODEL: and the same target KPI) that score no "
            "higher, 0 to 100. What is done, rejected, withdrawn or a duplicate is not counted.",
            group="Active score",
        ),
        moves=True,
    ),
)

_ACTION = replace(TEXT, width=34)  # the longest name of an action

PROVENANCE = (
    system(
        "run_status",
        TEXT,
        "What the last action said of this row: OK, SKIPPED, WARNING, CONFLICT or FAILED.",
        written=is_status,
    ),
    system("updated_source", _ACTION, "The action that last changed this row.", technical=True, written=is_source),
    system(
        "updated_at",
        TIMESTAMP,
        "When that was (UTC). Leave it: it tells what this copy of the row has seen.",
        technical=True,
        written=is_row_version,
    ),
)
"""The system columns that every tab has; a tab puts the status behind its first column."""

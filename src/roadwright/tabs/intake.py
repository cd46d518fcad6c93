"""Tab Intake: where anyone submits ideas. Any number of workbooks and tabs of any name have this form."""

from __future__ import annotations

from roadwright.domain.initiatives import INTAKE_LIFECYCLES, LIFECYCLE_SYNONYMS, Lifecycle
from roadwright.sheets.kinds import (
    ADDRESS,
    DATE,
    LONG_TEXT,
    TEXT,
    TITLE,
    at_most,
    choice,
)
from roadwright.sheets.spec import Column, TabSpec
from roadwright.tabs import lists
from roadwright.tabs.columns import INITIATIVE_KEY, PROVENANCE, common_word, typed

BRIEF_LENGTH = 500
"""The longest brief_description, in characters."""


def brief_description() -> Column:
    return typed(
        "brief_description",
        LONG_TEXT,
        f"The idea in one line, at most {BRIEF_LENGTH} characters.",
        check=at_most(BRIEF_LENGTH),
    )


INTAKE = TabSpec(
    name="Intake",
    workbook="Intake",
    help="Submit ideas here, one a row. Every row enters the backlog; nothing is filtered.",
    identity=("initiative_key",),
    main=(
        *("initiative_key", "title", "brief_description", "department", "country", "requester_name"),
        *("deadline_date", "lifecycle_status"),
    ),
    columns=(
        INITIATIVE_KEY,
        typed("title", TITLE, "A short name for the idea.", required=True),
        brief_description(),
        common_word("department", "The department that owns the idea, e.g. Growth."),
        common_word("requesting_team", "The team that asks for it.", kind=TEXT),
        typed("requester_name", TEXT, "Who asks for it.", offers=lists.PEOPLE),
        typed("requester_email", ADDRESS, "Where to reach them."),
        common_word("country", "The market it is for, e.g. UK.", aliases=("market",)),
        common_word("product_area", "The part of the product it touches."),
        typed("problem_statement", LONG_TEXT, "The problem it solves, and for whom."),
        typed("deadline_date", DATE, "The date after which it is worth less, if there is one."),
        typed(
            "lifecycle_status",
            choice(INTAKE_LIFECYCLES, also=LIFECYCLE_SYNONYMS),
            "new, or withdrawn to take the idea back.",
            blank_means=str(Lifecycle.NEW),
        ),
        *PROVENANCE,
    ),
)

"""Intake tabs as people have them: more columns than the template, by other names, and columns of their own.

Every input column of the Backlog and the inputs of RICE and WSJF may stand there. The template and the API keep to
`INTAKE`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from roadwright.sheets.habits import Habits, Overflow
from roadwright.sheets.kinds import TEXT, WORD
from roadwright.sheets.kinds.texts import CARRIED
from roadwright.sheets.spec import Column, Owner, TabSpec
from roadwright.tabs.backlog import BACKLOG
from roadwright.tabs.columns import PROVENANCE, system, typed
from roadwright.tabs.intake import BRIEF_LENGTH, INTAKE
from roadwright.tabs.product_ops import SCORING_INPUTS

CARRIED_PREFIX = "x."
"""What begins the name of a carried column: ``x.arr_at_stake``."""

EXTERNAL_ID = typed("external_id", WORD, "What identifies the row in the program that it came from, e.g. PAY-12.")
EXTERNAL_URL = typed("external_url", TEXT, "Where it stands there.")


def _wide() -> tuple[Column, ...]:
    """The template's columns, then the others, which no template has (they are minor)."""
    columns = {column.name: column for column in INTAKE.columns if column not in PROVENANCE}
    columns["lifecycle_status"] = BACKLOG.by_name["lifecycle_status"]
    for column in (*BACKLOG.owned(Owner.INPUT), *SCORING_INPUTS.owned(Owner.INPUT), EXTERNAL_ID, EXTERNAL_URL):
        columns.setdefault(column.name, replace(column, minor=True))
    return (*columns.values(), *PROVENANCE)


PEOPLES_INTAKE = replace(INTAKE, columns=_wide())

USUAL_INTAKE = replace(
    PEOPLES_INTAKE,
    columns=tuple(
        INTAKE.by_name["lifecycle_status"] if c.name == "lifecycle_status" else c for c in PEOPLES_INTAKE.columns
    ),
)
"""The template in its usual place, where requesters say that an idea is new or withdrawn, and no more."""

ID_NAMES = (
    *("external_id", "issue key", "issue id", "work item id", "ticket id", "ticket key", "ticket no", "ticket"),
    *("ticket number", "request id", "feature id", "idea id", "card id", "task id", "item id", "id"),
    *("vorgangsschlüssel", "vorgangs id", "ticketnummer", "chave da item", "chave do item", "chave da ocorrência"),
    *("clave de incidencia", "clé de ticket", "key"),
)
"""Headers of what identifies a row elsewhere, taken where each row has another."""

INTAKE_HABITS = Habits(
    title="title",
    overflow=Overflow("brief_description", BRIEF_LENGTH, "problem_statement", 497),
    person=("requester_name", "requester_email"),
    lists=frozenset(
        {
            *("department", "requesting_team", "country", "product_area", "customer_segment", "initiative_type"),
            *("category", "program_key", "dependencies_initiatives"),
        }
    ),
    id_column=EXTERNAL_ID.name,
    id_names=ID_NAMES,
    computed=frozenset(
        column.name
        for spec in (BACKLOG, SCORING_INPUTS)
        for column in spec.owned(Owner.DERIVED)
        if column.name not in PEOPLES_INTAKE.by_name
    ),
)


def with_carried(spec: TabSpec, names: Iterable[str]) -> TabSpec:
    """The Backlog with these further columns at its right, which the backend fills."""
    added = tuple(
        system(name, CARRIED if name.startswith(CARRIED_PREFIX) else TEXT, _HELP.get(name, _CARRIED_HELP))
        for name in dict.fromkeys(names)
        if name not in spec.by_name
    )
    return replace(spec, columns=(*spec.columns, *added)) if added else spec


_CARRIED_HELP = "Goes along from the intake tab as it stands there (see [intake.carry] in roadwright.toml)."
_HELP = {EXTERNAL_ID.name: EXTERNAL_ID.help, EXTERNAL_URL.name: EXTERNAL_URL.help}

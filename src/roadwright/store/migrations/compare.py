"""Compare a database's tables and columns with the models: what somebody changed by other means than migrations."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from roadwright.store.models import Base


def schema_differences(engine: Engine) -> list[str]:
    """Each difference in words; tables of other programs in the same database are none of our business."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours, "compare_type": True})
        found = compare_metadata(context, Base.metadata)
    steps = [one for step in found for one in (step if isinstance(step, list) else [step])]
    missing = {table.name for kind, table, *_ in steps if kind == "add_table"}
    return [_words(step) for step in steps if not (step[0] == "add_index" and step[1].table.name in missing)]


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, other: object) -> bool:  # noqa: ARG001
    return kind != "table" or name in Base.metadata.tables


def _words(step: tuple[Any, ...]) -> str:
    match step:
        case ("add_table", table):
            words = f"the table {table.name} is missing"
        case ("add_column", _, table, column):
            words = f"the column {table}.{column.name} is missing"
        case ("remove_column", _, table, column):
            words = f"the column {table}.{column.name} is one too many"
        case ("modify_type", _, table, column, _, found, expected):
            words = f"the column {table}.{column} holds {found}, not {expected}"
        case ("modify_nullable", _, table, column, _, found, _):
            words = f"the column {table}.{column} {'may' if found else 'may not'} be empty"
        case (("add_index" | "add_constraint") as kind, item):
            words = f"the {kind.removeprefix('add_')} {item.name} is missing"
        case (("remove_index" | "remove_constraint") as kind, item):
            words = f"the {kind.removeprefix('remove_')} {item.name} is one too many"
        case ("add_fk", item):
            words = f"the foreign key {item.name} is missing"
        case ("remove_fk", item):
            words = f"the foreign key {item.name} is one too many"
        case _:
            words = str(step[0])
    return words

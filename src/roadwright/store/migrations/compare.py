"""Compare a database's tables and columns with the models: what somebody changed by other means than migrations."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from roadwright.domain.messages import Message, failure
from roadwright.store.models import Base
from roadwright.store.queue import TABLES, has_queue

_KINDS = {"index": "index", "constraint": "constraint", "fk": "foreign key"}


def schema_differences(engine: Engine) -> list[Message]:
    """Each difference; tables of other programs in the same database are none of our business."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours, "compare_type": True})
        found = compare_metadata(context, Base.metadata)
        queue = [name for name in TABLES if not inspect(connection).has_table(name)] if has_queue(engine) else []
    steps = [one for step in found for one in (step if isinstance(step, list) else [step])]
    missing = {table.name for kind, table, *_ in steps if kind == "add_table"}
    shown = [_message(step) for step in steps if not (step[0] == "add_index" and step[1].table.name in missing)]
    return shown + [failure("table_missing", table=name) for name in queue]


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, other: object) -> bool:  # noqa: ARG001
    return kind != "table" or name in Base.metadata.tables


def _message(step: tuple[Any, ...]) -> Message:
    match step:
        case ("add_table", table):
            message = failure("table_missing", table=table.name)
        case ("add_column", _, table, column):
            message = failure("column_missing", column=f"{table}.{column.name}")
        case ("remove_column", _, table, column):
            message = failure("column_too_many", column=f"{table}.{column.name}")
        case ("modify_type", _, table, column, _, held, expected):
            message = failure("column_type", column=f"{table}.{column}", found=str(held), expected=str(expected))
        case ("modify_nullable", _, table, column, _, is_nullable, _):
            code = "column_may_be_empty" if is_nullable else "column_may_not_be_empty"
            message = failure(code, column=f"{table}.{column}")
        case (("add_index" | "add_constraint" | "add_fk") as kind, item):
            message = failure("schema_item_missing", kind=_KINDS[kind.removeprefix("add_")], name=item.name)
        case (("remove_index" | "remove_constraint" | "remove_fk") as kind, item):
            message = failure("schema_item_too_many", kind=_KINDS[kind.removeprefix("remove_")], name=item.name)
        case _:
            message = failure("schema_differs", what=str(step[0]))
    return message

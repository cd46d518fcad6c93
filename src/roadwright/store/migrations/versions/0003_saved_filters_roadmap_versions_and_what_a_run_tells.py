"""Saved filters, roadmap versions, and what a run tells while it works."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

_REFUSAL = "a published version never changes"
_TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER roadmap_versions_never_{word} BEFORE {word} ON roadmap_versions "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for word in ("update", "delete")
    ]
    + [  # SQLite fires no delete trigger for the row that an "insert or replace" takes away
        "CREATE TRIGGER roadmap_versions_never_replaced BEFORE INSERT ON roadmap_versions WHEN EXISTS (SELECT 1 FROM "
        "roadmap_versions WHERE id = NEW.id OR (roadmap_id = NEW.roadmap_id AND number = NEW.number)) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_change_of_roadmap_version() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        "CREATE TRIGGER roadmap_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roadmap_versions "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_roadmap_version()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_source", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_filters_name")),
    )
    op.create_table(
        "roadmap_status_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roadmap_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmaps.id"], name=op.f("fk_roadmap_status_changes_roadmap_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap_status_changes")),
    )
    with op.batch_alter_table("roadmap_status_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roadmap_status_changes_roadmap_id"), ["roadmap_id"], unique=False)

    op.create_table(
        "roadmap_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roadmap_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=80), nullable=False),
        sa.Column("content_json", JSON, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmaps.id"], name=op.f("fk_roadmap_versions_roadmap_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap_versions")),
        sa.UniqueConstraint("roadmap_id", "number", name=op.f("uq_roadmap_versions_roadmap_id")),
    )
    with op.batch_alter_table("roadmap_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roadmap_versions_roadmap_id"), ["roadmap_id"], unique=False)

    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)

    with op.batch_alter_table("sheet_set_copies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_written", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("sheet_set_copies", schema=None) as batch_op:
        batch_op.alter_column("is_written", server_default=None)

    with op.batch_alter_table("action_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("progress_json", JSON, nullable=True))
        batch_op.add_column(sa.Column("cancel_requested_at", sa.String(length=32), nullable=True))

    with op.batch_alter_table("optimization_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("solver_log", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("shown_json", JSON, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("roadmap_name", sa.Text(), nullable=True))
    _fill_in_what_runs_show(op.get_bind())

    # Not in a batch, which would make the table anew while others refer to its rows.
    op.add_column("roadmaps", sa.Column("is_declared", sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table("roadmap_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gate_results_json", JSON, nullable=True))
        batch_op.add_column(sa.Column("judged_at", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("matches_source", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("waived_at", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("sheet_row", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sheet_set_copies", schema=None) as batch_op:
        batch_op.drop_column("is_written")

    with op.batch_alter_table("roadmap_entries", schema=None) as batch_op:
        batch_op.drop_column("sheet_row")
        batch_op.drop_column("waived_at")
        batch_op.drop_column("matches_source")
        batch_op.drop_column("judged_at")
        batch_op.drop_column("gate_results_json")

    op.drop_column("roadmaps", "is_declared")

    with op.batch_alter_table("optimization_runs", schema=None) as batch_op:
        batch_op.drop_column("roadmap_name")
        batch_op.drop_column("shown_json")
        batch_op.drop_column("solver_log")

    with op.batch_alter_table("action_runs", schema=None) as batch_op:
        batch_op.drop_column("cancel_requested_at")
        batch_op.drop_column("progress_json")

    with op.batch_alter_table("roadmap_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roadmap_versions_roadmap_id"))

    op.drop_table("roadmap_versions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_roadmap_version()")
    with op.batch_alter_table("roadmap_status_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roadmap_status_changes_roadmap_id"))

    op.drop_table("roadmap_status_changes")
    op.drop_table("saved_filters")


def _fill_in_what_runs_show(connection: sa.Connection) -> None:
    """The figures of earlier runs, out of their whole results, one run at a time: they may be large."""
    runs = sa.table(
        "optimization_runs",
        sa.column("id", sa.Integer()),
        sa.column("context_json", JSON),
        sa.column("result_json", JSON),
        sa.column("shown_json", JSON),
    )
    for number in connection.scalars(sa.select(runs.c.id)).all():
        mine = runs.c.id == number
        context, result = connection.execute(sa.select(runs.c.context_json, runs.c.result_json).where(mine)).one()
        connection.execute(sa.update(runs).where(mine).values(shown_json=_shown(context, result)))


def _shown(context: dict[str, Any], result: dict[str, Any] | None) -> dict[str, object]:
    shown: dict[str, object] = {"candidates": len(context.get("candidates") or ())}
    if result is None:
        return shown
    shown["solve_seconds"] = result["seconds"]
    shown["solver"] = f"{result['solver']['name']} {result['solver']['version']}"
    objective, targets = result["objective_value"], result["targets"]
    if objective is None:
        return shown
    return shown | {
        "selected_count": len(result["selected"]),
        "capacity_used": result["tokens_used"],
        "objective_value": objective[-1]["final"] if isinstance(objective, list) else objective,
        "bound": result["bound"],
        "gap_percent": None if result["gap"] is None else result["gap"] * 100,
        "targets_met": f"{sum(target['met'] for target in targets)} of {len(targets)}" if targets else None,
    }

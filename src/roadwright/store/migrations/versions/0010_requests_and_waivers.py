"""Requests that are typed in sheets; waivers that wait for an approver's yes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sheet_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("typed", JSON, nullable=False),
        sa.Column("sheet_row", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("shown_at", sa.String(length=32), nullable=True),
        sa.Column("shown", JSON, nullable=True),
        sa.Column("was_seen", sa.Boolean(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_requests")),
        sa.UniqueConstraint("place", "number", name=op.f("uq_sheet_requests_place")),
        sa.UniqueConstraint("run_id", name=op.f("uq_sheet_requests_run_id")),
    )
    with op.batch_alter_table("roadmap_entries") as table:
        table.add_column(sa.Column("waiver_waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("roadmap_entries") as table:  # apart: SQLite copies the rows while there is a default
        table.alter_column("waiver_waits", server_default=None)

"""Roadmaps, their entries, and gate policies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "gate_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gate_policy", sa.Text(), nullable=False),
        sa.Column("gate", sa.String(length=32), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=True),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_source", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_policies")),
        sa.UniqueConstraint("gate_policy", "gate", name=op.f("uq_gate_policies_gate_policy")),
    )
    op.create_table(
        "roadmaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roadmap_name", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=True),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("gate_policy", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_source", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmaps")),
        sa.UniqueConstraint("roadmap_name", name=op.f("uq_roadmaps_roadmap_name")),
    )
    op.create_table(
        "sheet_set_copies",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("tab", sa.Text(), nullable=False),
        sa.Column("set_identity", sa.Text(), nullable=False),
        sa.Column("members", JSON, nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_sheet_set_copies")),
    )
    with op.batch_alter_table("sheet_set_copies", schema=None) as batch_op:
        batch_op.create_index("ix_sheet_set_copies_set", ["tab", "set_identity"], unique=False)

    op.create_table(
        "roadmap_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roadmap_id", sa.Integer(), nullable=False),
        sa.Column("initiative_key", sa.String(length=32), nullable=False),
        sa.Column("gate_status", sa.String(length=16), nullable=True),
        sa.Column("gate_failures", JSON, nullable=True),
        sa.Column("waived_by", sa.Text(), nullable=True),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("priority_rank", sa.Double(), nullable=True),
        sa.Column("planned_period", sa.Text(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("selected", sa.Boolean(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_source", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmaps.id"], name=op.f("fk_roadmap_entries_roadmap_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap_entries")),
        sa.UniqueConstraint("roadmap_id", "initiative_key", name=op.f("uq_roadmap_entries_roadmap_id")),
    )
    with op.batch_alter_table("roadmap_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roadmap_entries_roadmap_id"), ["roadmap_id"], unique=False)

    with op.batch_alter_table("initiatives", schema=None) as batch_op:
        batch_op.add_column(sa.Column("math_warnings", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("initiatives", schema=None) as batch_op:
        batch_op.drop_column("math_warnings")

    with op.batch_alter_table("roadmap_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roadmap_entries_roadmap_id"))

    op.drop_table("roadmap_entries")
    with op.batch_alter_table("sheet_set_copies", schema=None) as batch_op:
        batch_op.drop_index("ix_sheet_set_copies_set")

    op.drop_table("sheet_set_copies")
    op.drop_table("roadmaps")
    op.drop_table("gate_policies")

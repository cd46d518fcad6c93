"""Tabs as the last pass left them, so that a pass with nothing to do need not read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_settled_tabs",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column(
            "content",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_sheet_settled_tabs")),
    )


def downgrade() -> None:
    op.drop_table("sheet_settled_tabs")

"""Ideas that say the same: which one is a duplicate of which, what was compared, and what was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("initiatives", sa.Column("duplicate_of", sa.String(length=32), nullable=True))
    op.add_column("initiatives", sa.Column("is_compared", sa.Boolean(), nullable=True))
    op.create_table(
        "told_duplicates",
        sa.Column("initiative_key", sa.String(length=32), nullable=False),
        sa.Column("other_key", sa.String(length=32), nullable=False),
        sa.Column("told_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("initiative_key", "other_key", name=op.f("pk_told_duplicates")),
    )

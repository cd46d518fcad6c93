"""Folders that share a database: which one a key was given to, and which one an initiative's row stands in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspace_folders",
        sa.Column("folder", sa.String(16), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(16), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("folder", name=op.f("pk_workspace_folders")),
    )
    op.add_column("issued_keys", sa.Column("folder", sa.String(16), nullable=True))
    op.add_column("initiatives", sa.Column("folder", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("initiatives", "folder")
    op.drop_column("issued_keys", "folder")
    op.drop_table("workspace_folders")

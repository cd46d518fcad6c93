"""A database that was moved says where to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workspace_identity") as table:
        table.add_column(sa.Column("moved_to", sa.Text(), nullable=True))

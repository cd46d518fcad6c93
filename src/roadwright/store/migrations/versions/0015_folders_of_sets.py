"""Which folder's tab showed a set, of several on one database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("set_baselines", sa.Column("folder", sa.Text(), nullable=True))

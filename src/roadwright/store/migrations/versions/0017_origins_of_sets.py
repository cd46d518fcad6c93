"""Which workbook showed a set, of several that were made for the same tab."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("set_baselines", sa.Column("origin", sa.Text(), nullable=True))

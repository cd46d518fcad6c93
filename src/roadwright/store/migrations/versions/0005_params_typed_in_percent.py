"""Whether a param's value was typed as a percentage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("initiative_params", sa.Column("value_in_percent", sa.Boolean(), nullable=True))

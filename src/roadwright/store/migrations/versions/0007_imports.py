"""Where initiatives came from in other programs, and the columns that go along with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("initiatives", sa.Column("external_id", sa.Text(), nullable=True))
    op.add_column("initiatives", sa.Column("external_source", sa.Text(), nullable=True))
    op.add_column("initiatives", sa.Column("external_url", sa.Text(), nullable=True))
    op.add_column("initiatives", sa.Column("carried", JSON, nullable=True))
    op.create_index("ix_initiatives_external_id", "initiatives", ["external_id"])
    op.create_index("ix_row_baselines_identity", "row_baselines", ["tab", "identity"])

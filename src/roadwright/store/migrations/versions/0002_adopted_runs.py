"""Roadmaps adopt a run, scenarios say whether dependencies bind, and initiatives keep the price of their last run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

_ROADMAPS = sa.table(
    "roadmaps",
    sa.column("id", sa.Integer()),
    sa.column("source", sa.Text()),
    sa.column("source_ref", sa.Text()),
    sa.column("adopted_run", sa.Text()),
)
_VERSIONS = sa.table(
    "roadmap_versions",
    sa.column("roadmap_id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("content_json", JSON),
)


def upgrade() -> None:
    op.add_column("optimization_scenarios", sa.Column("use_dependencies", sa.Boolean(), nullable=True))
    op.add_column("roadmaps", sa.Column("adopted_run", sa.Text(), nullable=True))
    op.create_table(
        "last_run_prices",
        sa.Column("initiative_key", sa.String(length=32), nullable=False),
        sa.Column("run_number", sa.Integer(), nullable=False),
        sa.Column("price", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("initiative_key", name=op.f("pk_last_run_prices")),
    )
    _adopt()


def _adopt() -> None:
    """Roadmaps adopt the run that they show: of a portfolio it is their source, of a filter what was published last."""
    connection = op.get_bind()
    origins: dict[int, str | None] = {}
    found = sa.select(_VERSIONS.c.roadmap_id, _VERSIONS.c.content_json).order_by(_VERSIONS.c.number)
    for number, content in connection.execute(found):
        origins[number] = ((content or {}).get("origin") or {}).get("run_id")
    for roadmap in connection.execute(sa.select(_ROADMAPS.c.id, _ROADMAPS.c.source, _ROADMAPS.c.source_ref)).all():
        run = origins.get(roadmap.id) if roadmap.source == "filter" else None
        if roadmap.source == "portfolio":
            run = (roadmap.source_ref or "").strip().upper() or None
        if run is not None:
            connection.execute(sa.update(_ROADMAPS).where(_ROADMAPS.c.id == roadmap.id).values(adopted_run=run))

"""The tables of procrastinate, where workers of their own take runs from: on PostgreSQL only."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from roadwright.domain.messages import Message
from roadwright.store.session import NoUpgrade

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "procrastinate_3_10.sql"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    if connection.scalar(sa.text("select to_regclass('procrastinate_jobs')")) is not None:
        raise NoUpgrade(Message("foreign_job_queue"))
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute(SCHEMA.read_text(encoding="utf-8"))  # many statements at once, in the transaction of the others

"""Alembic's entry: runs the migrations in the transaction that ``upgrade`` hands over."""

from __future__ import annotations

from alembic import context

from roadwright.store.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
context.run_migrations()

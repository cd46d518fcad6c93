"""Alembic's entry: runs the migrations on the engine that ``upgrade`` hands over."""

from __future__ import annotations

from alembic import context

from roadwright.store.models import Base

engine = context.config.attributes["engine"]
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()

"""The migrations make exactly the schema of the models, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from roadwright.store.migrations import NEWEST
from roadwright.store.migrations.upgrade import configuration
from roadwright.store.models import Base
from roadwright.store.session import StoreError, open_store, schema_version


def test_migrations_make_the_schema_of_the_models(database_url: str) -> None:
    store = open_store(database_url)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert schema_version(store.engine) == NEWEST
    store.close()


def test_newest_is_the_last_file(database_url: str) -> None:
    store = open_store(database_url)
    assert ScriptDirectory.from_config(configuration(store.engine)).get_current_head() == NEWEST
    store.close()


def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    store = open_store(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="update Roadwright"):
        open_store(database_url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "postgresql://127.0.0.1:1/nothing"])
def test_unusable_urls_are_refused_in_words(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)

"""The upgrade to adopted runs: roadmaps go on showing the run that they showed before."""

from __future__ import annotations

import json
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from roadwright.store.migrations import upgrade
from roadwright.store.session import open_store

_ROADMAP = text(
    "insert into roadmaps (id, roadmap_name, is_declared, period_key, source, source_ref, status, created_at, "
    "updated_at, updated_source) values (:id, :name, 1, '2026-Q3', :source, :ref, 'published', 'm', 'm', 'test')"
)
_VERSION = text(
    "insert into roadmap_versions (roadmap_id, number, content_hash, content_json, published_by, published_at) "
    "values (:id, 1, 'h', :content, 'Ann', 'm')"
)


def test_a_roadmap_adopts_its_portfolio_or_the_run_that_was_published(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    with upgrade._alone(engine) as connection:
        command.upgrade(upgrade.configuration(connection), "0001")
        kinds = (("Chosen", "portfolio", "opt-000003"), ("Open", "filter", "x"), ("By hand", "list", "y"))
        for number, (name, source, ref) in enumerate(kinds, start=1):
            connection.execute(_ROADMAP, {"id": number, "name": name, "source": source, "ref": ref})
            content = json.dumps({"origin": {"run_id": "OPT-000007"}})
            connection.execute(_VERSION, {"id": number, "content": content})
    engine.dispose()
    store = open_store(url)
    with store.transaction() as session:
        found = session.execute(text("select roadmap_name, adopted_run from roadmaps order by id")).all()
    store.close()
    assert [tuple(row) for row in found] == [("Chosen", "OPT-000003"), ("Open", "OPT-000007"), ("By hand", None)]

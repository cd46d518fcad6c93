"""The migrations make exactly the schema of the models, on both databases."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, insert, select, text
from sqlalchemy.exc import DatabaseError

from roadwright.optimize import parse_problem, solve
from roadwright.portfolios.shown import shown_figures
from roadwright.store.migrations import NEWEST
from roadwright.store.migrations.upgrade import configuration
from roadwright.store.models import Base, GatePolicy, OptimizationRun, Roadmap, RoadmapVersion
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


def test_an_earlier_database_keeps_its_data(database_url: str) -> None:
    """A database of the schema before roadmap versions, with a roadmap in it, is brought up to date on opening."""
    store = open_store(database_url)
    command.downgrade(configuration(store.engine), "0002")
    provenance = {"created_at": "2026-01-01", "updated_source": "pm.save_selected", "updated_at": "2026-01-02"}
    with store.engine.begin() as connection:
        old = MetaData()
        old.reflect(connection, only=["roadmaps", "roadmap_entries", "gate_policies"])
        connection.execute(
            insert(old.tables["roadmaps"]).values(
                id=1, roadmap_name="Growth", period_key="2026-Q3", status="draft", **provenance
            )
        )
        connection.execute(
            insert(old.tables["roadmap_entries"]).values(
                id=1, roadmap_id=1, initiative_key="INIT-000001", is_locked=True, waiver_reason="agreed", **provenance
            )
        )
        connection.execute(
            insert(old.tables["gate_policies"]).values(
                id=1, gate_policy="strict", gate="tokens_present", severity="block", **provenance
            )
        )
    store.close()
    store = open_store(database_url)
    with store.transaction() as session:
        roadmap = session.scalars(select(Roadmap)).one()
        assert (roadmap.roadmap_name, roadmap.updated_at, roadmap.versions) == ("Growth", "2026-01-02", [])
        (entry,) = roadmap.entry_rows
        assert (entry.is_locked, entry.waiver_reason, entry.waived_at) == (True, "agreed", None)
        assert session.scalars(select(GatePolicy)).one().severity == "block"
    store.close()


@pytest.mark.parametrize("statement", ["update roadmap_versions set number = 7", "delete from roadmap_versions"])
def test_the_database_itself_keeps_a_published_version(database_url: str, statement: str) -> None:
    store = open_store(database_url)
    moment = {"created_at": "t", "updated_at": "t", "updated_source": "test"}
    with store.transaction() as session:
        roadmap = Roadmap(roadmap_name="Growth", period_key="2026-Q3", status="published", **moment)
        session.add(roadmap)
        session.flush()
        session.add(
            RoadmapVersion(
                roadmap_id=roadmap.id,
                number=1,
                content_hash="h",
                content_json={"entries": []},
                published_by="Ann",
                published_at="t",
            )
        )
    with pytest.raises(DatabaseError, match="never changes"), store.engine.begin() as connection:
        connection.execute(text(statement))
    with store.transaction() as session:
        assert session.scalars(select(RoadmapVersion)).one().number == 1
    store.close()


def test_an_earlier_run_shows_the_same_figures_as_a_new_one(database_url: str) -> None:
    """Runs that were kept before their figures stood apart get them out of their results."""
    value = {
        "candidates": [{"key": "A", "tokens": 1, "contributions": {"gmv": 2}}],
        "kpis": [{"key": "gmv", "level": "north_star"}],
        "capacity": 1,
        "objective": {"mode": "north_star"},
        "targets": [{"dimension": "all", "dimension_key": "all", "kpi_key": "gmv", "target_value": 9, "type": "goal"}],
    }
    solution = solve(parse_problem(value))
    store = open_store(database_url)
    command.downgrade(configuration(store.engine), "0002")
    with store.engine.begin() as connection:
        old = MetaData()
        old.reflect(connection, only=["optimization_runs"])
        facts: dict[str, object] = {
            "scenario_name": "Plan",
            "period_key": "2026-Q2",
            "status": "optimal",
            "objective_mode": "north_star",
        }
        facts |= {"capacity_total": 1.0, "options_json": {}, "created_at": "t", "summary": "s"}
        context = {"candidates": [{"key": "A"}]}
        for number, result in ((1, solution.to_json()), (2, None)):
            row = {"id": number, "run_id": f"OPT-{number:06d}", "context_json": context, "result_json": result, **facts}
            connection.execute(insert(old.tables["optimization_runs"]).values(row))
    store.close()
    store = open_store(database_url)
    with store.transaction() as session:
        runs = session.scalars(select(OptimizationRun).order_by(OptimizationRun.id)).all()
        assert [run.shown_json for run in runs] == [shown_figures(1, solution), shown_figures(1, None)]
    store.close()

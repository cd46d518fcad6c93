"""The migrations make exactly the schema of the models, on both databases, at once or not at all."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, MetaData, Table, func, select, text
from sqlalchemy.exc import DatabaseError

from roadwright.store import migrations
from roadwright.store.migrations.compare import schema_differences
from roadwright.store.migrations.upgrade import configuration
from roadwright.store.models import IssuedKey, Roadmap, RoadmapVersion
from roadwright.store.session import StoreError, connect, open_store, schema_version

VERSIONS = Path(migrations.__file__).parent / "versions"
NEXT_REVISION = f"{int(migrations.NEWEST) + 1:04}"
NEXT = f"""
from alembic import op
import sqlalchemy as sa

revision = "{NEXT_REVISION}"
down_revision = "{migrations.NEWEST}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("initiatives", recreate="auto") as table:
        table.add_column(sa.Column("colour", sa.Text(), nullable=False, server_default="red"))
        table.alter_column("colour", server_default=None)
    for number in range(20):
        op.create_table("extra_%s" % number, sa.Column("id", sa.Integer(), primary_key=True))
"""
"""A migration for tests: it makes one table anew on SQLite, and adds many."""


def upgrading(folder: Path, url: str) -> str:
    """A program that opens the database with one more migration than there is; it says when it begins."""
    (folder / f"{NEXT_REVISION}_next.py").write_text(NEXT, encoding="utf-8")
    return (
        "import pathlib\n"
        "from roadwright.store import session\n"
        "from roadwright.store.migrations import upgrade\n"
        f"upgrade.VERSIONS.append(pathlib.Path({str(folder)!r})); session.NEWEST = {NEXT_REVISION!r}\n"
        f"print('begin', flush=True)\nsession.open_store({url!r}).close()\n"
    )


def opening(url: str) -> str:
    """A program that opens the database; it says when it begins."""
    return (
        "from roadwright.store import session\nimport roadwright.store.migrations.upgrade\n"
        f"print('begin', flush=True)\nsession.open_store({url!r}).close()\n"
    )


def killed(program: str, after: float) -> None:
    """Run a program and kill it so many seconds after it begins."""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()


def run_at_once(program: str, count: int) -> list[str]:
    """Run a program several times at once. Returns what went wrong."""
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    said = [process.communicate()[1] for process in running]
    return [error for error, process in zip(said, running, strict=True) if process.returncode]


def test_migrations_make_the_schema_of_the_models(database_url: str) -> None:
    store = open_store(database_url)
    assert schema_differences(store.engine) == []
    assert schema_version(store.engine) == migrations.NEWEST
    store.close()


def test_rows_of_the_first_schema_are_kept(database_url: str) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0001")
    tables = MetaData()
    tables.reflect(engine)
    filled = [table for table in tables.sorted_tables if table.name not in ("alembic_version", "workspace_identity")]
    with engine.begin() as connection:
        for table in filled:
            connection.execute(table.insert().values(_a_row(table)))
    open_store(database_url).close()
    with engine.connect() as connection:
        assert [table.name for table in filled if connection.scalar(select(func.count()).select_from(table)) != 1] == []
    engine.dispose()


def _a_row(table: Table) -> dict[str, object]:
    """A value for each column that needs one; ids are 1, so that rows refer to each other."""
    plain: dict[type, object] = {int: 1, str: "x", bool: False, float: 1.0}
    return {
        column.name: {} if isinstance(column.type, JSON) else plain.get(column.type.python_type, "x")
        for column in table.columns
        if not column.nullable
    }


def test_newest_is_the_last_file(database_url: str) -> None:
    store = open_store(database_url)
    with store.engine.connect() as connection:
        head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    assert head == migrations.NEWEST
    store.close()


def test_no_migration_was_edited() -> None:
    """Add a line for a new migration. Where an old one differs, undo the edit and write a new migration instead."""
    files = [*sorted(VERSIONS.glob("*.py")), *sorted(VERSIONS.parent.glob("*.sql"))]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert found == migrations.DIGESTS


def test_differences_from_the_models_are_named(database_url: str) -> None:
    store = open_store(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("alter table initiatives drop column hypothesis"))
        connection.execute(text("alter table saved_filters add column colour text"))
        connection.execute(text("drop table portfolio_items"))
        connection.execute(text("create table of_another_program (id integer)"))
    found = schema_differences(store.engine)
    assert {(one.code, *one.params.values()) for one in found} == {
        ("column_missing", "initiatives.hypothesis"),
        ("column_too_many", "saved_filters.colour"),
        ("table_missing", "portfolio_items"),
    }
    store.close()


def test_killed_while_the_schema_is_created_the_next_one_creates_it(database_url: str) -> None:
    for after in (0.0, *(random.Random(4).uniform(0.0, 0.3) for _ in range(3))):
        killed(opening(database_url), after)
    store = open_store(database_url)
    assert schema_differences(store.engine) == []
    store.close()


def test_killed_while_the_schema_is_upgraded_the_next_one_upgrades_it(database_url: str, tmp_path: Path) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        session.add(IssuedKey(issued_at="t", issued_for="kept"))
    store.close()
    program = upgrading(tmp_path, database_url)
    for after in (0.0, *(random.Random(7).uniform(0.0, 0.3) for _ in range(3))):
        killed(program, after)
    assert run_at_once(program, 1) == []
    engine = connect(database_url)
    with engine.begin() as connection:
        assert connection.scalar(text("select version_num from alembic_version")) == NEXT_REVISION
        assert connection.scalar(text("select issued_for from issued_keys")) == "kept"
        assert connection.execute(text("select colour from initiatives")).all() == []
        connection.execute(text("select * from extra_19"))
    engine.dispose()


@pytest.mark.parametrize("is_new", [True, False])
def test_several_first_commands_at_once_all_work(database_url: str, tmp_path: Path, is_new: bool) -> None:
    if not is_new:
        open_store(database_url).close()
    assert run_at_once(opening(database_url) if is_new else upgrading(tmp_path, database_url), 3) == []


def test_a_copy_of_a_sqlite_database_is_kept_before_an_upgrade(tmp_path: Path) -> None:
    url, copies = f"sqlite:///{tmp_path / 'test.db'}", tmp_path / "copies"
    store = open_store(url, copies=copies)
    with store.transaction() as session:
        session.add(IssuedKey(issued_at="t", issued_for="kept"))
    store.close()
    assert not copies.exists()
    program = upgrading(tmp_path, url).replace(f"{url!r}", f"{url!r}, copies=pathlib.Path({str(copies)!r})")
    assert run_at_once(program, 1) == []
    [copy] = copies.iterdir()
    assert copy.name.startswith(f"test-schema-{migrations.NEWEST}-")
    before = open_store(f"sqlite:///{copy}")
    with before.transaction() as session:
        assert [key.issued_for for key in session.query(IssuedKey)] == ["kept"]
    before.close()


def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    store = open_store(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="Update Roadwright"):
        open_store(database_url)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://host/db", "postgresql://127.0.0.1:1/nothing", "postgresql://h:port/x"],
)
def test_unusable_urls_are_refused_in_words(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///x?mode=memory"],
)
def test_a_database_in_memory_is_refused_in_words(url: str) -> None:
    with pytest.raises(StoreError, match="gone at the end of each command"):
        open_store(url)


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

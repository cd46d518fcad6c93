"""Bring a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError


class TooNewError(SQLAlchemyError):
    """The database was made by a newer Roadwright."""


def configuration(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that the database lacks, in one transaction."""
    try:
        command.upgrade(configuration(engine), revision)
    except CommandError as error:
        raise TooNewError(f"its schema is not known to this Roadwright ({error}); update Roadwright") from error

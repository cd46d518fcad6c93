"""What all models share: the declarative base, column types that mean the same on both databases, provenance."""

from __future__ import annotations

from typing import Annotated, Any

from sqlalchemy import JSON, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Key = Annotated[str, mapped_column(String(32))]
"""A key that the backend gave, such as ``INIT-000001``."""
Name = Annotated[str, mapped_column(Text)]
"""A name that a person typed; it may be long."""
Moment = Annotated[str, mapped_column(String(32))]
"""A moment in UTC as ISO text with microseconds: it sorts, it is exact, and it is what the sheets show."""
Row = dict[str, Any]
"""A JSON object in a column."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        Row: Json,
        list[str]: Json,
        list[Row]: Json,
        dict[str, float]: Json,
    }


class Provenance:
    """Which action last wrote a row, and when."""

    created_at: Mapped[Moment]
    updated_source: Mapped[str]
    updated_at: Mapped[Moment]

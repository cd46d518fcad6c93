"""Who may come in: users, tokens and sessions. Whatever opens a door is stored as a digest, never as it is."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Moment, Row


class User(Base):
    """A person who signs in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    """Without case and outer blanks."""
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None]
    """By argon2; None for a person who signs in elsewhere."""
    created_at: Mapped[Moment]
    disabled_at: Mapped[Moment | None]


class ApiToken(Base):
    """What a program signs in with."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the token, which is long and random, so that it needs no slow hash."""
    role: Mapped[str] = mapped_column(String(16))
    actions: Mapped[list[str] | None]
    """The only actions that it runs, where it is made for some; it changes nothing else then."""
    made_by: Mapped[str]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


class WebSession(Base):
    """A browser that a user signed in with."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The SHA-256 of what the cookie holds."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]


class IdempotentRequest(Base):
    """A request that was sent with an idempotency key, and what it was answered: sent again, it is not done again."""

    __tablename__ = "idempotent_requests"

    caller: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Row | None]
    """None while it is being done."""
    created_at: Mapped[Moment]


class Preference(Base):
    """What a person chose for themselves: how the control room looks, by name."""

    __tablename__ = "preferences"

    who: Mapped[str] = mapped_column(primary_key=True)
    """As `Caller.who` names them: the user's address, or the person at this machine."""
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Row]


class WrittenWorkbook(Base):
    """What we last wrote into a workbook, so that whoever watches it tells our writes from those of people."""

    __tablename__ = "written_workbooks"

    address: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of the file."""
    written_at: Mapped[Moment]

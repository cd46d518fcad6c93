"""What opens the door without a password: tokens for programs, sessions for browsers."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from roadwright.domain.registry import nearest
from roadwright.domain.roles import Role
from roadwright.services.people.accounts import PeopleProblem
from roadwright.store.clock import now, to_text
from roadwright.store.models import ApiToken, User, WebSession

TOKEN_PREFIX = "rw_"
SESSION_HOURS = 12
_LONGEST_NAME = 100
_SPAN = re.compile(r"(\d{1,5}) *([dhw])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


@dataclass(frozen=True)
class NewToken:
    """A token that was just made: the only moment at which it is known as it is."""

    secret: str
    token: ApiToken


def digest_of(secret: str) -> str:
    """What is stored of a secret that is long and random."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def read_span(text: str) -> dt.timedelta:
    """``90d``, ``12h`` or ``4w``. Raises PeopleProblem."""
    read = _SPAN.fullmatch(text.strip().casefold())
    if read is None or int(read[1]) == 0:
        raise PeopleProblem("no_span", value=text)
    return dt.timedelta(hours=int(read[1]) * _HOURS[read[2]])


def make_token(
    session: Session,
    name: str,
    role: Role,
    *,
    made_by: str,
    expires_in: dt.timedelta | None = None,
    actions: Sequence[str] = (),
) -> NewToken:
    """Make a token. One that names actions runs these and reads, no more. Raises PeopleProblem."""
    called = name.strip()
    if not called or len(called) > _LONGEST_NAME or not called.isprintable():
        raise PeopleProblem("bad_token_name", name=name, most=_LONGEST_NAME)
    if session.scalar(select(ApiToken).where(ApiToken.name == called)) is not None:
        raise PeopleProblem("token_known", name=called)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=called,
        digest=digest_of(secret),
        role=str(role),
        actions=list(dict.fromkeys(actions)) or None,
        made_by=made_by,
        created_at=now(),
        expires_at=None if expires_in is None else to_text(dt.datetime.now(dt.UTC) + expires_in),
    )
    session.add(token)
    session.flush()
    return NewToken(secret, token)


def tokens(session: Session) -> list[ApiToken]:
    """All tokens, revoked ones included, by name."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.name)))


def tokens_of(session: Session, who: str) -> list[ApiToken]:
    """The tokens that this person made and that were not revoked, by name."""
    return [one for one in tokens(session) if one.revoked_at is None and is_made_by(one, who)]


def is_made_by(token: ApiToken, who: str) -> bool:
    """Whether this person made the token, through whichever door."""
    return token.made_by.partition(":")[2] == who


def check_grant(own: Role, wanted: Role) -> None:
    """Raises PeopleProblem where somebody wants a token that may do more than they may."""
    if not own.may(wanted):
        raise PeopleProblem("token_role_too_high", wanted=wanted, role=own)


def revoke_token(session: Session, name: str) -> ApiToken:
    """Let nobody in with this token any more. Raises PeopleProblem."""
    token = session.scalar(select(ApiToken).where(ApiToken.name == name.strip()))
    if token is None:
        raise PeopleProblem("no_token", name=name, hint=nearest(name, [one.name for one in tokens(session)]))
    token.revoked_at = token.revoked_at or now()
    return token


def standing_token(session: Session, digest: str) -> ApiToken | None:
    """The token of this digest, where it still lets in."""
    token = session.scalar(select(ApiToken).where(ApiToken.digest == digest))
    if token is None or token.revoked_at is not None:
        return None
    return None if token.expires_at is not None and token.expires_at <= now() else token


def open_session(session: Session, user: User) -> str:
    """Sign a user in. Returns what the cookie is to hold."""
    secret = secrets.token_urlsafe(32)
    ends = to_text(dt.datetime.now(dt.UTC) + dt.timedelta(hours=SESSION_HOURS))
    session.execute(delete(WebSession).where(WebSession.expires_at <= now()))
    session.add(WebSession(digest=digest_of(secret), user_id=user.id, created_at=now(), expires_at=ends))
    return secret


def user_of_session(session: Session, digest: str) -> User | None:
    """The user that is signed in with the cookie of this digest."""
    return session.scalar(
        select(User)
        .join(WebSession, WebSession.user_id == User.id)
        .where(WebSession.digest == digest, WebSession.expires_at > now(), User.disabled_at.is_(None))
    )


def close_session(session: Session, digest: str) -> None:
    """Sign out."""
    session.execute(delete(WebSession).where(WebSession.digest == digest))

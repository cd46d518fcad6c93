"""Users: added, listed, given a role, disabled and let in again; whether a password is theirs; what they chose."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.registry import nearest
from roadwright.domain.roles import ROLES, Role
from roadwright.domain.text import folded
from roadwright.store.clock import now
from roadwright.store.models import ApiToken, Preference, User, WebSession

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
"""Characters: hashing takes time by the length of what is hashed."""
_LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


class PeopleProblem(InputError):
    """What is asked of a user or a token can't be done so; the message says why."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    """Compared with where there is no such user, so that the answer takes as long."""
    return _hasher().hash("nobody's password")


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PeopleProblem("password_length", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    return _hasher().hash(password)


def read_role(text: str) -> Role:
    """The role of this name. Raises PeopleProblem."""
    try:
        return Role(folded(text))
    except ValueError as error:
        raise PeopleProblem("unknown_role", value=text, roles=[str(role) for role in ROLES]) from error


def has_users(session: Session) -> bool:
    """Whether anybody was ever added: from then on nobody gets in without signing in."""
    return session.scalar(select(func.count()).select_from(User)) != 0


def users(session: Session) -> list[User]:
    """All users, by address."""
    return list(session.scalars(select(User).order_by(User.email)))


def find_user(session: Session, email: str) -> User:
    """The user of this address. Raises PeopleProblem."""
    found = session.scalar(select(User).where(User.email == folded(email)))
    if found is None:
        known = [user.email for user in users(session)]
        raise PeopleProblem("no_user", email=email, hint=nearest(email, known))
    return found


def add_user(session: Session, email: str, role: Role, password: str | None) -> User:
    """Add a person. Raises PeopleProblem."""
    address = folded(email)
    if not _EMAIL.fullmatch(address) or not address.isprintable() or len(address) > _LONGEST_EMAIL:
        raise PeopleProblem("no_email", value=email)
    if session.scalar(select(User).where(User.email == address)) is not None:
        raise PeopleProblem("user_known", email=address)
    hashed = None if password is None else _hashed(password)
    user = User(email=address, role=str(role), password_hash=hashed, created_at=now())
    session.add(user)
    session.flush()
    return user


def invite_user(session: Session, email: str, role: Role, password: str) -> User:
    """Add a person from within. Whoever may do so without being a user is not let in any more once there is one, so
    that the first has to be an admin. Raises PeopleProblem.
    """
    if role is not Role.ADMIN and not _admins(session):
        raise PeopleProblem("first_user_no_admin", role=role)
    return add_user(session, email, role, password)


def user_from_elsewhere(session: Session, email: str, domains: Collection[str], role: Role) -> User:
    """The user whose address a provider vouches for; one of an allowed domain gets an account. Raises PeopleProblem."""
    address = folded(email)
    # Of letters that fold into others (ß) somebody else's address could come out.
    if address != email.strip().lower() or not _EMAIL.fullmatch(address):
        raise PeopleProblem("no_email", value=email)
    user = session.scalar(select(User).where(User.email == address))
    if user is None:
        if address.rpartition("@")[2] not in domains:
            raise PeopleProblem("oidc_other_domain", email=address)
        return add_user(session, address, role, None)
    if user.disabled_at is not None:
        raise PeopleProblem("user_disabled", email=address)
    return user


def set_role(session: Session, email: str, role: Role) -> User:
    """Give a person another role, which ends their sessions, and tokens of theirs that may do more than this role.

    Raises PeopleProblem, also for the last admin.
    """
    user = find_user(session, email)
    if user.role != role:
        _keep_an_admin(session, user)
        user.role = str(role)
        end_sessions(session, user)
        _revoke_tokens(session, user, beyond=role)
    return user


def disable_user(session: Session, email: str) -> User:
    """Let a person in no more, which ends their sessions and tokens. Raises PeopleProblem, also for the last admin."""
    user = find_user(session, email)
    if user.disabled_at is None:
        _keep_an_admin(session, user)
        user.disabled_at = now()
        end_sessions(session, user)
        _revoke_tokens(session, user, beyond=None)
    return user


def enable_user(session: Session, email: str) -> User:
    """Let a person in again who was disabled. Raises PeopleProblem."""
    user = find_user(session, email)
    user.disabled_at = None
    return user


def change_password(session: Session, email: str, old: str, new: str) -> User:
    """Give oneself another password, which ends all sessions. Raises PeopleProblem."""
    user = user_with_password(session, email, old)
    if user is None:
        raise PeopleProblem("password_wrong")
    user.password_hash = _hashed(new)
    end_sessions(session, user)
    return user


def _admins(session: Session) -> list[User]:
    """The admins who may sign in."""
    return list(session.scalars(select(User).where(User.role == str(Role.ADMIN), User.disabled_at.is_(None))))


def _keep_an_admin(session: Session, leaving: User) -> None:
    if [user.id for user in _admins(session)] == [leaving.id]:
        raise PeopleProblem("last_admin", email=leaving.email)


def _revoke_tokens(session: Session, user: User, *, beyond: Role | None) -> None:
    """Revoke the tokens that a user made, or those of them that may do more than a role."""
    made = session.scalars(
        select(ApiToken).where(
            ApiToken.made_by.endswith(f":{user.email}", autoescape=True), ApiToken.revoked_at.is_(None)
        )
    )
    for token in made:
        if beyond is None or not beyond.may(Role(token.role)):
            token.revoked_at = now()


def end_sessions(session: Session, user: User) -> None:
    """Sign a person out everywhere."""
    session.execute(delete(WebSession).where(WebSession.user_id == user.id))


def user_with_password(session: Session, email: str, password: str) -> User | None:
    """The user that may sign in with this password; None where there is none, for whatever reason."""
    user = session.scalar(select(User).where(User.email == folded(email)))
    known = user.password_hash if user is not None else None
    try:
        is_right = _hasher().verify(known or _nobodys_hash(), password[:LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError):
        return None
    if user is None or known is None or user.disabled_at is not None or not is_right:
        return None
    if _hasher().check_needs_rehash(known):
        user.password_hash = _hasher().hash(password[:LONGEST_PASSWORD])
    return user


def preference(session: Session, who: str, name: str) -> Mapping[str, Any]:
    """What this person chose under this name; nothing where they never did."""
    found = session.get(Preference, (who, name))
    return {} if found is None else found.value


def keep_preference(session: Session, who: str, name: str, chosen: Mapping[str, Any]) -> None:
    """Keep what this person chose, in addition to what they had chosen under the name."""
    found = session.get(Preference, (who, name))
    if found is None:
        session.add(Preference(who=who, name=name, value=dict(chosen)))
    else:
        found.value = {**found.value, **chosen}

"""What the settings say of the server: how it is reached, who signs in elsewhere, and whose requests it runs.

Each of them has a variable of the environment of its own, for machines on which nobody edits files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from roadwright.domain.addresses import is_private
from roadwright.domain.messages import Message
from roadwright.domain.roles import ROLES, Role
from roadwright.domain.text import folded
from roadwright.workspace.intake_settings import no_truth_value, one_line

CLIENT_SECRET = "ROADWRIGHT_OIDC_CLIENT_SECRET"
"""The variable that holds the secret of the OIDC client; it stands in no file of ours."""
VARIABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ROADWRIGHT_HOSTS": ("server", "hosts"),
        "ROADWRIGHT_TRUSTED_PROXIES": ("server", "trusted_proxies"),
        "ROADWRIGHT_REQUESTS_ROLE": ("requests", "role"),
        "ROADWRIGHT_REQUESTS_POLL_SECONDS": ("requests", "poll_seconds"),
        "ROADWRIGHT_OIDC_ISSUER": ("auth", "oidc", "issuer"),
        "ROADWRIGHT_OIDC_CLIENT_ID": ("auth", "oidc", "client_id"),
        "ROADWRIGHT_OIDC_ALLOWED_DOMAINS": ("auth", "oidc", "allowed_domains"),
        "ROADWRIGHT_OIDC_DEFAULT_ROLE": ("auth", "oidc", "default_role"),
    }
)
"""By variable the key that it wins over."""
_LISTS = ("hosts", "trusted_proxies", "allowed_domains")
_Line = Annotated[str, Field(min_length=1), AfterValidator(one_line)]


class ServerSettings(BaseModel):
    """How the server is reached."""

    model_config = ConfigDict(extra="forbid")

    hosts: list[_Line] = []
    trusted_proxies: list[_Line] = []


def _role_up_to(highest: Role) -> BeforeValidator:
    """A role that is not above this one."""
    accepted = tuple(role for role in ROLES if highest.may(role))

    def read(value: object) -> object:
        found = next((role for role in accepted if isinstance(value, str) and folded(value) == role), None)
        if found is None:
            raise ValueError(Message("should_be_a_role", params={"roles": accepted}))
        return found

    return BeforeValidator(read)


class RequestsSettings(BaseModel):
    """How the rows of Requests are run."""

    model_config = ConfigDict(extra="forbid")

    role: Annotated[Role, _role_up_to(Role.PLANNER)] = Role.PLANNER
    poll_seconds: Annotated[float, BeforeValidator(no_truth_value), Field(ge=1, le=86_400, allow_inf_nan=False)] = 20.0


def _issuer(text: str) -> str:
    """An https address; http on this machine only, where a provider is tried out."""
    if not is_private(one_line(text)) or any(urlsplit(text)[3:]):  # a query, a fragment
        raise ValueError(Message("should_be_an_issuer"))
    return text


def _domain(text: str) -> str:
    domain = one_line(text).strip().removeprefix("@").casefold()
    if not domain or "@" in domain or " " in domain:
        raise ValueError(Message("should_be_a_domain"))
    return domain


class OidcSettings(BaseModel):
    """The provider at which people sign in beside passwords."""

    model_config = ConfigDict(extra="forbid")

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: _Line
    allowed_domains: Annotated[list[Annotated[str, AfterValidator(_domain)]], Field(min_length=1)]
    """Whose e-mail is of one of these gets an account by signing in."""
    default_role: Annotated[Role, _role_up_to(Role.APPROVER)] = Role.VIEWER


class AuthSettings(BaseModel):
    """How people sign in."""

    model_config = ConfigDict(extra="forbid")

    oidc: OidcSettings | None = None


def from_environment() -> dict[str, Any]:
    """What the variables say, as the file would; lists are separated by commas, or JSON."""
    found: dict[str, Any] = {}
    for name, path in VARIABLES.items():
        text = os.environ.get(name, "").strip()
        if not text:
            continue
        part = found
        for key in path[:-1]:
            part = part.setdefault(key, {})
        part[path[-1]] = _entries(text) if path[-1] in _LISTS else text
    return found


def _entries(text: str) -> object:
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def variable_of(path: tuple[str, ...]) -> str | None:
    """The variable that says what is at this place of the settings, where one does."""
    return next(
        (name for name, key in VARIABLES.items() if path[: len(key)] == key and os.environ.get(name, "").strip()),
        None,
    )


TEMPLATE = f"""\
# `roadwright serve`: the names by which it is reached beyond its own address, such as "roadwright.example.com", and the
# addresses of proxies before it whose X-Forwarded headers are believed.
# [server]
# hosts = []
# trusted_proxies = []

# In which role the rows of Requests are run (viewer, contributor or planner), and how often, in seconds, a spreadsheet
# that is no file is looked at for new ones.
# [requests]
# role = "planner"
# poll_seconds = 20

# A provider at which people sign in, beside passwords; the client's secret is the variable
# {CLIENT_SECRET}. Whose e-mail is of an allowed domain gets an account with this role.
# [auth.oidc]
# issuer = "https://login.example.com"
# client_id = "roadwright"
# allowed_domains = ["example.com"]
# default_role = "viewer"
"""
"""The part of roadwright.toml that is about the server."""

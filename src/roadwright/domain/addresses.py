"""Addresses of the web: which lead to this machine, and what may be sent where."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The hosts that are this machine, as they are typed."""


def leads_here(address: str) -> bool:
    """Whether an http or https address is one of this machine, and names nobody."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK and "@" not in parts.netloc
    except ValueError:
        return False


def is_private(address: str) -> bool:
    """Whether what is sent there is read by nobody on the way: https, or http on this machine."""
    try:
        parts = urlsplit(address)
        has_host = bool(parts.hostname)
    except ValueError:
        return False
    return has_host and (parts.scheme == "https" or leads_here(address))

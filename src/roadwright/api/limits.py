"""What is settled before anything of the application is loaded."""

from __future__ import annotations

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_BODY = 5 * 1024 * 1024
"""Bytes of a body that are taken."""

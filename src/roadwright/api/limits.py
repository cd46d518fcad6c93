"""What is settled before anything of the application is loaded."""

from __future__ import annotations

LARGEST_BODY = 5 * 1024 * 1024
"""Bytes of a body that are taken."""

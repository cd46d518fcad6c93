"""What people and programs may do: five roles, each of which may do all that those before it may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """From the one that may do least to the one that may do most."""

    VIEWER = "viewer"
    """Reads, and asks what-if questions."""
    CONTRIBUTOR = "contributor"
    """Submits ideas, and edits their own while these are new or need information."""
    PLANNER = "planner"
    """Edits rows, approves params and models, runs actions."""
    APPROVER = "approver"
    """Waives gates, approves, publishes and archives roadmaps."""
    ADMIN = "admin"
    """Users, tokens and settings."""

    def may(self, needed: Role) -> bool:
        """Whether this role may do what needs that one."""
        return ROLES.index(self) >= ROLES.index(needed)


ROLES = tuple(Role)

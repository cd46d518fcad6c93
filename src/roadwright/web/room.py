"""What all pages of one process share: its server, what happens in the workspace, and which pages there are."""

from __future__ import annotations

from dataclasses import dataclass, field

from roadwright.api.state import Server
from roadwright.web.assets import Assets
from roadwright.web.live import Live


@dataclass(frozen=True)
class Room:
    """One control room; a process has one."""

    server: Server
    live: Live
    assets: Assets
    places: frozenset[str] = field(default_factory=frozenset)
    """The places of the navigation that have a page."""

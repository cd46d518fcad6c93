"""The navigation: which places there are, who may go there, and where a place that needs a name leads to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.roles import Role
from roadwright.services.roadmaps.pipeline import latest_scenario
from roadwright.store.models import Roadmap
from roadwright.web.page import address_of
from roadwright.workspace.workspace import Workspace


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    name: str
    words: str
    key: str
    """Pressed after ``g``."""
    role: Role = Role.VIEWER
    on_phone: bool = True
    """In the phone's bar; the others are behind the avatar there."""


PLACES = (
    Place("home", "Home", "h"),
    Place("backlog", "Backlog", "b"),
    Place("scoring", "Scoring", "s", on_phone=False),
    Place("workbench", "Workbench", "w"),
    Place("roadmaps", "Roadmaps", "r"),
    Place("report", "Report", "p"),
    Place("runs", "Runs", "l", on_phone=False),
    Place("settings", "Settings", "t", on_phone=False),
)
"""In the order of the rail. One without a page is not shown."""


def addresses(session: Session, workspace: Workspace) -> dict[str, str]:  # noqa: ARG001 - as shared reads are called
    """Where each place leads: Workbench and Report to the latest run's scenario, Roadmaps to the first one."""
    scenario = latest_scenario(session)
    roadmap = first_roadmap(session)
    return {
        "home": "/",
        "backlog": "/backlog",
        "scoring": "/scoring",
        "workbench": address_of("workbench", *([scenario] if scenario else [])),
        "roadmaps": address_of("roadmaps", *([roadmap] if roadmap else [])),
        "report": address_of("report", *([scenario] if scenario else [])),
        "runs": "/runs",
        "settings": "/settings",
    }


def first_roadmap(session: Session) -> str | None:
    """The roadmap that was made first; None where there is none."""
    return session.scalar(select(Roadmap.roadmap_name).where(Roadmap.is_declared).order_by(Roadmap.id).limit(1))

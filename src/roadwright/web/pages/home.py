"""Home: where the pipeline stands, and what to do next."""

from __future__ import annotations

from roadwright.web.kit import empty, html, region
from roadwright.web.page import Visit, page
from roadwright.web.shell import shell


@page("/", "Home", place="home")
async def home(visit: Visit) -> None:
    """The first page."""
    lead = "Everything between an idea and a published roadmap."
    async with shell(visit, "home", "Home", lead=lead):
        region(empty(html("You are signed in as {who}.", who=visit.caller.who)), "rw-card")

"""Settings: one's own profile, filters and tokens; for admins users, health and files."""

from __future__ import annotations

from roadwright.domain.roles import Role
from roadwright.web.kit import html
from roadwright.web.page import Visit, page
from roadwright.web.pages.settings.filters import filters_part
from roadwright.web.pages.settings.health import health_part
from roadwright.web.pages.settings.profile import profile_part
from roadwright.web.pages.settings.tokens import tokens_part
from roadwright.web.pages.settings.users import users_part
from roadwright.web.shell import shell


@page("/settings", "Settings", place="settings")
async def settings(visit: Visit) -> None:
    """What a role may not use is not there."""
    lead = html("You are {who}, {role}.", who=visit.caller.who, role=visit.caller.role)
    async with shell(visit, "settings", "Settings", lead=lead):
        profile_part(visit)
        if visit.may(Role.ADMIN):
            await users_part(visit)
        if visit.may(Role.PLANNER):
            await tokens_part(visit)
        await filters_part(visit)
        if visit.may(Role.ADMIN):
            await health_part(visit)

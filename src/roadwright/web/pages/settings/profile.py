"""How the pages look for oneself, and one's own password."""

from __future__ import annotations

from roadwright.services.people.accounts import SHORTEST_PASSWORD, change_password
from roadwright.web.kit import Html, button, card_head, dialog, form, html, region, segments, text_field
from roadwright.web.page import Theme, Visit

_THEMES = (("light", "Light"), ("dark", "Dark"), ("system", "As the system"))
_DENSITIES = (("compact", "Compact"), ("normal", "Normal"), ("roomy", "Roomy"))


def profile_part(visit: Visit) -> None:
    """The card, and its acts."""
    region(_card(visit), "rw-card", test="profile")

    @visit.act("wear")
    async def wear(value: Theme) -> None:
        await visit.keep_look(theme=value)
        visit.script("theme", value)

    if visit.caller.is_local:
        return
    region(_dialog(), "rw-dialogs")

    @visit.act("change-password")
    async def change(old: str, new: str) -> None:
        await visit.read(change_password, visit.caller.who, old, new)
        visit.go("/sign-in")


def _card(visit: Visit) -> Html:
    password = (
        Html()
        if visit.caller.is_local
        else button("Change password", opens="password", small=True, test="password-open")
    )
    return card_head("How it looks", password) + html(
        '<div class="rw-choices"><div><p>Theme</p>{theme}</div><div><p>Density</p>{density}</div></div>',
        theme=segments("Theme", _THEMES, visit.look.theme, "wear", test="theme"),
        density=segments("Density", _DENSITIES, visit.look.density, "density"),
    )


def _dialog() -> Html:
    fields = (
        text_field("Password now", "old", kind="password", required=True, autocomplete="current-password")
        + text_field(
            "New password",
            "new",
            kind="password",
            required=True,
            hint=f"At least {SHORTEST_PASSWORD} characters. You sign in again with it, everywhere.",
            autocomplete="new-password",
            minlength=SHORTEST_PASSWORD,
        )
        + html(
            '<div class="rw-buttons">{b}</div>', b=button("Change", look="primary", submits=True, test="password-save")
        )
    )
    return dialog("password", "Change your password", form("change-password", fields))

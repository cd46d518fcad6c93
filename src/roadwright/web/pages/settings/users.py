"""Users: added, given a role, disabled and let in again. The last admin stays."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.roles import ROLES, Role
from roadwright.services.people.accounts import (
    SHORTEST_PASSWORD,
    disable_user,
    enable_user,
    invite_user,
    set_role,
    users,
)
from roadwright.store.models import User
from roadwright.web.formats import day
from roadwright.web.kit import (
    ACTS,
    Html,
    attributes,
    button,
    card_head,
    chip,
    choice,
    dialog,
    empty,
    form,
    html,
    joined,
    region,
    table,
    text_field,
)
from roadwright.web.page import Visit
from roadwright.web.words import sentence

_ROLES = [(str(role), sentence(str(role))) for role in ROLES]
_MAY = {
    Role.VIEWER: "reads, and tries what-ifs",
    Role.CONTRIBUTOR: "and submits ideas",
    Role.PLANNER: "and edits, and runs actions",
    Role.APPROVER: "and waives gates, approves, publishes",
    Role.ADMIN: "and sees to users, tokens and settings",
}


async def users_part(visit: Visit) -> None:
    """The card, and its acts."""
    known = await visit.read(users)
    card = region(_card(known, visit.caller.who), "rw-card", test="users")
    region(_dialog(is_first=not known), "rw-dialogs")

    async def again() -> None:
        card.show(_card(await visit.read(users), visit.caller.who))

    @visit.act("set-role", Role.ADMIN)
    async def change(user: str, value: Role) -> None:
        try:
            await visit.read(set_role, user, value)
            visit.notice("ok", f"{user} is {value} now, and signs in again.")
        finally:
            await again()

    @visit.act("disable-user", Role.ADMIN)
    async def disable(user: str) -> None:
        await visit.read(disable_user, user)
        visit.notice("ok", f"{user} may sign in no more.")
        await again()

    @visit.act("enable-user", Role.ADMIN)
    async def enable(user: str) -> None:
        await visit.read(enable_user, user)
        visit.notice("ok", f"{user} may sign in again.")
        await again()

    @visit.act("add-user", Role.ADMIN)
    async def add(email: str, role: Role, password: str) -> None:
        made = await visit.read(invite_user, email, role, password)
        visit.saved("form-add-user")
        visit.script("close", "new-user-dialog")
        visit.notice("ok", f"{made.email} may sign in, as {made.role}.")
        await again()


def _card(known: Sequence[User], who: str) -> Html:
    head = card_head(
        "Users and roles", button("Add a user", opens="new-user-dialog", small=True, glyph="plus", test="new-user")
    )
    if not known:
        return head + empty(
            "Nobody has to sign in yet: only the person at this machine gets in. "
            "Once there is a user, everybody signs in."
        )
    rows = joined(_row(user, who) for user in known)
    return head + table(("Address", "Role", "Since", "State", ACTS), [rows], label="Users", stacks=True)


def _row(user: User, who: str) -> Html:
    is_off = user.disabled_at is not None
    act, words = ("enable-user", "Let in again") if is_off else ("disable-user", "Disable")
    pressed = button(words, act, small=True, test=f"{act}-{user.email}", user=user.email)
    return html(
        '<tr{a}><th scope="row">{email}{you}</th><td>{role}</td><td>{since}</td><td>{state}</td>'
        '<td class="num">{button}</td></tr>',
        a=attributes(data_testid=f"user-{user.email}"),
        email=user.email,
        you=html(' <small class="dim">you</small>') if user.email == who else "",
        role=_role(user),
        since=day(user.created_at),
        state=chip("idle", "disabled") if is_off else chip("ok", "may sign in"),
        button=pressed,
    )


def _role(user: User) -> Html:
    options = joined(
        html("<option{a}>{text}</option>", a=attributes(value=value, selected=value == user.role), text=text)
        for value, text in _ROLES
    )
    attributed = attributes(
        class_="rw-input",
        id=f"role-{user.id}",
        aria_label=f"Role of {user.email}",
        data_act="set-role",
        data_user=user.email,
        data_testid=f"role-{user.email}",
    )
    return html("<select{a}>{options}</select>", a=attributed, options=options)


def _dialog(*, is_first: bool) -> Html:
    roles = [(str(role), f"{sentence(str(role))}: {may}") for role, may in _MAY.items()]
    fields = (
        text_field("Address", "email", kind="email", required=True, autocomplete="off")
        + choice("Role", "role", roles, str(Role.ADMIN if is_first else Role.VIEWER), test="new-user-role")
        + text_field(
            "Password",
            "password",
            kind="password",
            required=True,
            hint=f"At least {SHORTEST_PASSWORD} characters; they change it under Settings.",
            autocomplete="new-password",
            minlength=SHORTEST_PASSWORD,
        )
        + html('<div class="rw-buttons">{b}</div>', b=button("Add", look="primary", submits=True, test="new-user-save"))
    )
    return dialog("new-user-dialog", "Add a user", form("add-user", fields))

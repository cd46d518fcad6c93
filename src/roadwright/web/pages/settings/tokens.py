"""Tokens for programs: one's own, for an admin all. A token is shown once, when it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.actions.registry import ACTIONS, find_action
from roadwright.domain.roles import ROLES, Role
from roadwright.services.people.accounts import PeopleProblem
from roadwright.services.people.keys import (
    NewToken,
    check_grant,
    is_made_by,
    make_token,
    read_span,
    revoke_token,
    tokens,
    tokens_of,
)
from roadwright.store.clock import now
from roadwright.store.models import ActionRun, ApiToken
from roadwright.web.formats import NONE, day, listed, moment
from roadwright.web.kit import (
    ACTS,
    Html,
    attributes,
    banner,
    button,
    card_head,
    chip,
    choice,
    dialog,
    empty,
    form,
    html,
    icon,
    joined,
    region,
    table,
    text_field,
)
from roadwright.web.page import Visit
from roadwright.web.words import action_words, person, sentence

_SPANS = (("30d", "30 days"), ("90d", "90 days"), ("365d", "a year"), ("", "never"))


async def tokens_part(visit: Visit) -> None:
    """The card, and its acts."""
    is_all = visit.may(Role.ADMIN)
    made = region(None, "rw-new-token")
    card = region(await _seen(visit, is_all=is_all), "rw-card", test="tokens")
    region(_dialog(visit.caller.role), "rw-dialogs")

    @visit.act("make-token", Role.PLANNER)
    async def make(name: str, role: Role, expires: str, action: str) -> None:
        caller = await visit.standing()
        check_grant(caller.role, role)
        actions = [find_action(action).name] if action else []
        span = read_span(expires) if expires else None
        token: NewToken = await visit.read(
            make_token, name, role, made_by=caller.requested_by, expires_in=span, actions=actions
        )
        visit.saved("form-make-token")
        visit.script("close", "new-token-dialog")
        made.show(_shown_once(token))
        card.show(await _seen(visit, is_all=is_all))

    @visit.act("revoke-token", Role.PLANNER)
    async def revoke(name: str) -> None:
        caller = await visit.standing()
        await visit.read(_revoked, name, caller.who, is_any=caller.role.may(Role.ADMIN))
        visit.notice("ok", f"{name} lets nobody in any more.")
        made.show(Html())
        card.show(await _seen(visit, is_all=is_all))


def _revoked(session: Session, name: str, who: str, *, is_any: bool) -> ApiToken:
    token = revoke_token(session, name)
    if not is_any and not is_made_by(token, who):
        raise PeopleProblem("no_token", name=name, hint="")
    return token


async def _seen(visit: Visit, *, is_all: bool) -> Html:
    def found(session: Session) -> tuple[list[ApiToken], dict[str, str]]:
        listed_ = [one for one in tokens(session) if one.revoked_at is None]
        shown = listed_ if is_all else tokens_of(session, visit.caller.who)
        return shown, _last_runs(session)

    shown, used = await visit.read(found)
    return _card(shown, used, is_all=is_all)


def _last_runs(session: Session) -> dict[str, str]:
    """By token when it last asked for a run."""
    asked = select(ActionRun.requested_by, func.max(ActionRun.created_at)).group_by(ActionRun.requested_by)
    by_token = asked.where(ActionRun.requested_by.contains(":token:"))
    return {who.partition(":token:")[2]: when for who, when in session.execute(by_token)}


def _card(shown: Sequence[ApiToken], used: Mapping[str, str], *, is_all: bool) -> Html:
    new = button("New token", opens="new-token-dialog", small=True, glyph="plus", test="new-token")
    head = card_head("Tokens" if is_all else "Your tokens", new)
    if not shown:
        return head + empty("Programs sign in with a token. There is none.")
    heads = ("Name", "Role", "May run", "Made by", "Expires", "Last run", ACTS)
    return head + table(heads, [joined(_row(one, used) for one in shown)], label="Tokens")


def _row(token: ApiToken, used: Mapping[str, str]) -> Html:
    is_over = token.expires_at is not None and token.expires_at <= now()
    expires: str | Html = chip("idle", "expired") if is_over else day(token.expires_at) if token.expires_at else "never"
    scope = listed([action_words(one) for one in token.actions]) if token.actions else "what its role may"
    return html(
        '<tr{a}><th scope="row">{name}</th><td>{role}</td><td>{scope}</td><td>{by}</td><td>{expires}</td>'
        '<td>{used}</td><td class="num">{revoke}</td></tr>',
        a=attributes(data_testid=f"token-{token.name}"),
        name=token.name,
        role=sentence(token.role),
        scope=scope,
        by=person(token.made_by),
        expires=expires,
        used=moment(used[token.name]) if token.name in used else NONE,
        revoke=button("Revoke", "revoke-token", small=True, test=f"revoke-{token.name}", name=token.name),
    )


def _shown_once(made: NewToken) -> Html:
    copy = html(
        '<button type="button" class="rw-btn small" data-local="copy" data-text="{secret}">{icon}Copy</button>',
        secret=made.secret,
        icon=icon("copy"),
    )
    said = html(
        "<p>Copy it now: it is shown this once, and can't be read from the database.</p>"
        '<code data-testid="token-secret">{secret}</code>',
        secret=made.secret,
    )
    return banner("info", f"The token {made.token.name}", said, copy, test="token-made")


def _dialog(own: Role) -> Html:
    roles = [(str(role), sentence(str(role))) for role in ROLES if own.may(role)]
    actions = [("", "What its role may"), *((one.name, f"Only: {action_words(one.name)}") for one in ACTIONS)]
    fields = (
        text_field(
            "What it is for", "name", required=True, placeholder="dashboard", id_="token-name", test="token-name"
        )
        + choice("Role", "role", roles, str(Role.VIEWER), id_="token-role", test="token-role")
        + choice("It may run", "action", actions, "", id_="token-action", test="token-action")
        + choice("It ends", "expires", _SPANS, "90d", id_="token-expires", test="token-expires")
        + html('<div class="rw-buttons">{b}</div>', b=button("Make", look="primary", submits=True, test="token-save"))
    )
    return dialog("new-token-dialog", "New token", form("make-token", fields))

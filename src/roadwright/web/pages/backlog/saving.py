"""Saved filters above the grid: the team's, and one's own; whose a new one becomes, and the dialog that saves it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

from roadwright.api.state import Caller
from roadwright.domain.messages import Message
from roadwright.domain.roles import Role
from roadwright.services.backlog import SeenFilter, save_filter, save_own_filter, seen_filters
from roadwright.services.backlog.find import LONGEST_NAME
from roadwright.web.kit import Html, attributes, button, choice, dialog, form, html, icon, joined, text_field
from roadwright.web.page import Refused


class Whose(StrEnum):
    """Who sees a saved filter."""

    TEAM = "team"
    OWN = "own"

    @classmethod
    def of(cls, caller: Caller) -> tuple[Whose, ...]:
        """Whose filters somebody may save, the usual first."""
        team = (cls.TEAM,) if caller.role.may(Role.PLANNER) else ()
        # The person at a machine where nobody signs in is nobody any more once there are users.
        return team if caller.is_local else (*team, cls.OWN)


_WORDS = {Whose.TEAM: "For the team", Whose.OWN: "Only for me"}
_HINTS = {
    Whose.TEAM: "Everybody who works here sees it, also in the sheets' and the command line's @name.",
    Whose.OWN: "Nobody else sees it. It stands above the grid and in your Settings.",
}


def save_for(session: Session, caller: Caller, name: str, text: str, whose: Whose) -> tuple[Message, list[SeenFilter]]:
    """Save a filter for the team or for the caller alone: what is told of it, and what there is now.

    Raises Refused where the caller may not, NameProblem and FilterError.
    """
    if whose not in Whose.of(caller):
        if caller.role.may(Role.PLANNER):
            raise Refused("filter_needs_account")
        raise Refused("role_too_low", needed=Role.PLANNER, role=caller.role)
    if whose is Whose.OWN:
        own, before = save_own_filter(session, caller.who, name, text)
        code, called = "filter_saved_own", own.name
    else:
        saved, before = save_filter(session, name, text, "web")
        code, called = "filter_saved", saved.name
    said = Message(code, params={"name": called})
    if before is not None:
        said = Message("filter_replaced", params={"name": called, "before": before})
    session.flush()
    return said, seen_filters(session, caller.who)


def saved_pills(known: Sequence[SeenFilter], text: str | None = None) -> Html:
    """A pill for each; that of the text that narrows the rows is pressed."""
    return joined(
        html(
            '<button type="button" class="rw-pill"{a}>{glyph}{name}</button>',
            a=attributes(
                data_saved=one.filter_text,
                title=one.filter_text,
                aria_label=f"{one.name}, only yours" if one.is_own else None,
                aria_pressed="true" if one.filter_text == text else "false",
                data_testid=f"{'own' if one.is_own else 'saved'}-{one.name}",
            ),
            glyph=icon("person") if one.is_own else "",
            name=one.name,
        )
        for one in known
    )


def filter_dialog(whose: Sequence[Whose], text: str) -> Html:
    """A name for the filter that is shown, and who is to see it, where there is a choice."""
    usual = whose[0]
    picked = Html()
    if len(whose) > 1:
        hint = "Everybody who works here sees the team's, also as @name in the sheets and on the command line."
        picked = choice(
            "Who sees it", "whose", [(one, _WORDS[one]) for one in whose], usual, hint=hint, test="filter-whose"
        )
    content = html(
        '<p><code id="save-filter-text">{text}</code></p>{name}{picked}<div class="rw-buttons">{go}</div>',
        text=text,
        name=text_field(
            "Name",
            "name",
            required=True,
            maxlength=LONGEST_NAME,
            test="filter-name",
            hint="" if len(whose) > 1 else _HINTS[usual],
        ),
        picked=picked,
        go=button("Save filter", look="primary", submits=True, test="save-filter-go"),
    )
    made = form("save-filter-now", content, id_="save-filter-form", **({} if len(whose) > 1 else {"whose": usual}))
    return dialog("save-filter-dialog", "Save filter", made)

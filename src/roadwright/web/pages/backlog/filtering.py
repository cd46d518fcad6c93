"""The filter line: what matches, what could come next, what is wrong and where, and what would match instead."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright.domain.filters import (
    FilterError,
    Slot,
    completions,
    filter_text,
    slot_at,
    values_needed,
    without_last,
)
from roadwright.grid.ideas import own_ideas
from roadwright.services.backlog import all_fields, resolve_filter
from roadwright.services.backlog.columns import values_in_use
from roadwright.services.backlog.find import keys_matching, matching_keys
from roadwright.web.formats import plural
from roadwright.web.kit import button, html
from roadwright.web.pages.backlog.rows import number_of

MOST_CHARACTERS = 30_000


@dataclass
class Narrowed:
    """What the filter line says at one moment."""

    text: str = ""
    numbers: list[int | None] | None = None
    """Of the keys that match; None where all do."""
    offers: list[dict[str, object]] = field(default_factory=list)
    fault: dict[str, str] | None = None
    empty: str = ""
    is_read: bool = True
    """Whether the text is a filter, so that the rows are narrowed by it."""

    def to_json(self, of: str) -> dict[str, object]:
        body: dict[str, object] = {"of": of, "offers": self.offers, "fault": self.fault}
        return {**body, "numbers": self.numbers, "empty": self.empty} if self.is_read else body


def narrowed(session: Session, text: str, caret: int, who: str, *, is_mine: bool) -> Narrowed:
    """What a filter finds. While a text is unfinished, what could come next is told instead of what is wrong."""
    found = Narrowed(text)
    slot = None
    if caret >= 0 and not text.strip().startswith("@"):
        slot = slot_at(text, caret, all_fields(session))
        found.offers = _offers(session, slot)
    try:
        keys = matching_keys(session, text) if text.strip() else None
    except FilterError as wrong:
        found.is_read = False
        if slot is None or not _is_unfinished(wrong, text, caret, found.offers):
            found.offers = []
            said = str(wrong.message)
            before, rest = text[: wrong.place], text[wrong.place :]
            at = rest[: len(rest) - len(rest.partition(" ")[2])].rstrip() or rest
            found.fault = {
                **{"said": f"{said[:1].upper()}{said[1:]}", "before": before, "at": at},
                "after": rest[len(at) :],
            }
        return found
    if is_mine:
        own = own_ideas(session, who)
        wanted = set(own if keys is None else keys)
        keys = [key for key in own if key in wanted]
    found.numbers = None if keys is None else [number_of(key) for key in keys]
    if keys is not None and not keys:
        found.empty = _empty(session, text, is_mine=is_mine)
    return found


_NEVER_CLOSED = ("bracket_never_closed", "quote_never_closed")


def _is_unfinished(wrong: FilterError, text: str, caret: int, offers: list[dict[str, object]]) -> bool:
    """Whether a text is wrong only because it is still typed: what is missing stands at its end, where the caret is, or
    where something is offered.
    """
    end = len(text.rstrip())
    if caret >= end and (wrong.place >= end or wrong.message.code in _NEVER_CLOSED):
        return True
    if not offers:
        return False
    start = min(int(str(one["start"])) for one in offers)
    return wrong.message.code in _NEVER_CLOSED or wrong.place >= len(text[:start].rstrip())


def _offers(session: Session, slot: Slot | None) -> list[dict[str, object]]:
    fields = all_fields(session)
    asked = values_needed(slot)
    in_use = values_in_use(session, asked) if asked is not None else ()
    return [
        {"shown": one.shown, "text": one.text, "start": one.start, "more": str(fields[one.shown].kind)}
        if one.is_field and one.shown in fields
        else {"shown": one.shown, "text": one.text, "start": one.start}
        for one in completions(slot, fields, in_use)
    ]


def _empty(session: Session, text: str, *, is_mine: bool) -> str:
    """Nothing matches: why, and what would."""
    if not text.strip():
        return str(html("<p>You have not submitted an idea yet.</p>{b}", b=button("Submit an idea", opens="submit")))
    if is_mine:
        return str(html("<p>None of your ideas matches.</p>{b}", b=_narrow("Show all of yours", "")))
    rest = without_last(resolve_filter(session, text))
    if rest is None:
        return str(html("<p>Nothing matches.</p>{b}", b=_narrow("Show all", "")))
    left = len(keys_matching(session, rest))
    said = html("<p>Nothing matches; the last condition removed would leave {n}.</p>", n=plural(left, "initiative"))
    return str(said + _narrow("Remove it", filter_text(rest)))


def _narrow(words: str, text: str) -> str:
    return button(words, look="", narrow=text, test="narrow")

"""The choice: what is said of each candidate, on which side it stands, in which order. A table or a grid shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

from roadwright.optimize import Explanation
from roadwright.services.portfolios.workbench.question import is_own
from roadwright.services.portfolios.workbench.sentences import in_words
from roadwright.web import formats
from roadwright.web.pages.workbench.desk import Desk

MOST_IN_TABLE = 300
"""Candidates that a table shows; more are shown by a grid, which draws what is on the screen."""
WAYS = (("out", "Out"), ("auto", "Auto"), ("in", "In"))
SIDES = (("in", "ok", "Chosen", "if left out"), ("out", "idle", "Not chosen", "if forced in"))
"""The sides, each with its glyph, its words, and what the prices of its rows are for."""
BARE = ("warn", "Can’t be judged", "has no tokens, so every run leaves it out.")
"""Those without tokens: glyph, words, and what is said of each."""
PRICING = "pricing…"
CHANGED = "changed"


class Shown(Protocol):
    """The choice on an open page."""

    def show(self) -> None:
        """Show the answer: on which side each candidate stands now."""

    def show_prices(self, keys: Collection[str]) -> None:
        """Show the prices of these."""

    def end_prices(self) -> None:
        """No further prices come."""

    def show_firmness(self) -> None:
        """Show in which share of the trials each was chosen."""

    def show_anew(self) -> None:
        """The data are others: show all candidates anew."""


def is_many(desk: Desk) -> bool:
    """Whether there are more candidates than a table shows."""
    return len(desk.sized) > MOST_IN_TABLE


def bare(desk: Desk) -> list[str]:
    """The candidates that can't be judged, as they have no tokens."""
    return [candidate.key for candidate in desk.problem.candidates if candidate.tokens is None]


def sides(desk: Desk) -> tuple[list[str], list[str]]:
    """The keys that are chosen, and those that could be: those that were dropped first, then the closest calls."""
    known = set(desk.sized)
    chosen = [] if desk.solution is None else [key for key in desk.solution.selected if key in known]
    order = sorted(known) if desk.shown is None else desk.shown.closest
    taken, dropped = desk.chosen, desk.moved - desk.chosen

    def place(key: str) -> tuple[bool, float]:
        price = desk.prices.get(key)
        loss = price.loss if price is not None and not price.conflict and not desk.is_waiting_for_prices else None
        return key not in dropped, float("inf") if loss is None else loss

    return chosen, sorted((key for key in order if key not in taken), key=place)


def short_name(key: str, name: str) -> str:
    """A KPI's name where there is little room: in capital letters where it is an abbreviation of its name."""
    letters = "".join(word[0] for word in name.split()).casefold()
    return key.upper() if key.casefold() == letters and len(key) <= 5 else name if len(name) <= 14 else "North star"


def facts(desk: Desk, key: str) -> str:
    """The small line below a title."""
    fact = desk.bench.facts.get(key)
    parts = [formats.short_key(key)]
    parts.append(fact.department if fact is not None and fact.department else "no department")
    parts.append(fact.country if fact is not None and fact.country else "all countries")
    return " · ".join(parts)


def gain(desk: Desk, value: float | None) -> str:
    """What an initiative brings to the north star."""
    return desk.amount(desk.bench.north_star.key, value, change=True) if value else formats.NONE


def ways(desk: Desk) -> dict[str, str]:
    """The switches that are not on auto, by key; what is put into another period is out of this one."""
    switched: dict[str, str] = {key: switch.way for key, switch in desk.changes.switches.items()}
    return switched | dict.fromkeys(desk.changes.periods, "out")


PriceKind = Literal["waits", "none", "locked", "free", "costs"]


@dataclass(frozen=True)
class Price:
    """What leaving an initiative out, or forcing it in, costs; or the rule that does not let it move."""

    kind: PriceKind
    words: str
    drops: int = 0
    """How many others it would drop."""
    tip: str = ""
    loss: float | None = None


def price(desk: Desk, key: str) -> Price:
    """The price of an initiative."""
    known = desk.prices.get(key)
    if known is None or not known.computed:
        return Price("waits", PRICING) if desk.is_waiting_for_prices else Price("none", formats.NONE)
    if known.conflict:
        return _locked(desk, known)
    if known.loss is None:
        return Price("none", formats.NONE)
    inside = known.kind == "inside"
    others = [one for one in (known.added if inside else known.dropped) if one != key]
    verb = "would bring in" if inside else "would drop"
    tip = f"{verb} {desk.titles(others, 8)}" if others else ""
    drops = 0 if inside else len(others)
    if not known.loss:
        return Price("free", "no cost", drops, tip, 0.0)
    return Price("costs", f"{formats.MINUS}{desk.worth(known.loss, known.stage)}", drops, tip, known.loss)


def _locked(desk: Desk, known: Explanation) -> Price:
    rows = desk.rows()
    rules = [rows[id] for id in known.conflict if id in rows]
    named = next((row for row in rules if getattr(row, "reason", None)), rules[0] if rules else None)
    if named is None:
        why, whole = "the rules", "the rules do not allow it"
    elif is_own(named.id):
        why, whole = "your switch", "your switch"
    else:
        whole = in_words(desk.sentence(named))
        why = getattr(named, "reason", None) or whole
    return Price("locked", why, tip=why if why == whole else f"{whole}: {why}")


@dataclass(frozen=True)
class Firm:
    """In which share of the trials something was chosen."""

    share: float
    words: str
    tip: str


def firm(desk: Desk, key: str) -> Firm | None:
    """How firm an initiative's place is; None before there are trials that say it."""
    trials = desk.trials
    share = None if trials is None else trials.share(key)
    if trials is None or share is None:
        return None
    said = f"chosen in {trials.chosen.get(key, 0)} of {trials.answered} trials"
    if trials.answered < trials.done:
        said += f"; in {trials.done - trials.answered} the rules can’t be met"
    return Firm(share, formats.percent(share), said)

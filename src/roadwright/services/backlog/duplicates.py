"""Ideas that likely say the same: found by their words, told once, and never merged.

Only ideas that are new or read otherwise are compared, each with those few that share its rarest words, so that the
time grows with the number of ideas and not with that of their pairs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from roadwright.domain.text import folded
from roadwright.store.clock import now
from roadwright.store.models import Initiative, ToldDuplicate
from roadwright.store.queries import chunks

MOST_COMPARISONS = 50
"""With how many others an idea is compared."""
MOST_TOLD = 20
"""How many pairs are told at a time; what is left is compared the next time."""
_RARE = 20
"""A word is rare where no more ideas have it."""
_WORDS = 8
"""So many of an idea's rarest words say what it is compared with."""
_PAIRED = 6
"""So many words of a title are paired."""
_BOILERPLATE = 3
"""A description that more ideas have says nothing of any of them."""
_LITTLE_WORDS = "a an and are as at be by for in is it its of off on or our so the to up via we"
_LITTLE = frozenset(_LITTLE_WORDS.split())


@dataclass(frozen=True)
class Idea:
    """What ideas are compared by."""

    key: str
    title: str
    brief_description: str | None = None
    product_area: str | None = None

    @cached_property
    def title_words(self) -> tuple[str, ...]:
        return _words(self.title)

    @cached_property
    def brief_words(self) -> tuple[str, ...]:
        return _words(self.brief_description or "")

    @cached_property
    def title_text(self) -> str:
        return " ".join(sorted(self.title_words))

    @cached_property
    def brief_text(self) -> str:
        return " ".join(sorted(self.brief_words))

    @cached_property
    def area(self) -> str:
        return folded(self.product_area or "")

    @cached_property
    def title_marks(self) -> frozenset[str]:
        """The words of the title, and its pairs of words, which are rarer."""
        telling = sorted(set(self.title_words) - _LITTLE)[:_PAIRED]
        return frozenset((*self.title_words, *map(" ".join, combinations(telling, 2))))

    @cached_property
    def marks(self) -> frozenset[str]:
        """What an idea is found by."""
        return self.title_marks.union(self.brief_words, _words(self.product_area or ""))


def _words(text: str) -> tuple[str, ...]:
    return tuple("".join(char if char.isalnum() else " " for char in folded(text)).split())


class LikelyPair(NamedTuple):
    """An idea, and another one that it looks like."""

    key: str
    other: str
    other_title: str


@dataclass
class Comparison:
    """What came of a comparison: the pairs, and the ideas that were compared with all they should be."""

    pairs: list[LikelyPair] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)


def compare_ideas(
    ideas: Sequence[Idea],
    fresh: Collection[str],
    told: Collection[tuple[str, str]] = frozenset(),
    *,
    is_likely: Callable[[Idea, Idea], bool] | None = None,
) -> Comparison:
    """Compare those ideas that are fresh with all others, in the order of the ideas.

    Pairs that were told (lower key first) are left out. Ends with the idea at which MOST_TOLD pairs are found.
    """
    judge = is_likely or look_alike
    found = Comparison()
    often = Counter(idea.brief_description or "" for idea in ideas)
    ideas = [
        replace(idea, brief_description=None) if often[idea.brief_description or ""] > _BOILERPLATE else idea
        for idea in ideas
    ]
    blocks = _Blocks.of(ideas)
    for place, idea in enumerate(ideas):
        if idea.key not in fresh:
            continue
        for other_place in blocks.near(place):
            other = ideas[other_place]
            pair = ordered(idea.key, other.key)
            if pair in told or (other.key in fresh and other_place < place):  # it was compared from there
                continue
            if judge(idea, other):
                if len(found.pairs) == MOST_TOLD:
                    return found
                later, earlier = (idea, other) if place > other_place else (other, idea)
                found.pairs.append(LikelyPair(later.key, earlier.key, earlier.title))
        found.compared.append(idea.key)
    return found


def ordered(one: str, other: str) -> tuple[str, str]:
    """A pair of keys as it is remembered."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class _Blocks:
    """Where each word, and each whole title, stands."""

    ideas: Sequence[Idea]
    with_word: Mapping[str, list[int]]
    with_title: Mapping[tuple[str, ...], list[int]]

    @classmethod
    def of(cls, ideas: Sequence[Idea]) -> _Blocks:
        words, titles = defaultdict[str, list[int]](list), defaultdict[tuple[str, ...], list[int]](list)
        for place, idea in enumerate(ideas):
            for word in idea.marks:
                places = words[word]
                if len(places) <= _RARE:
                    places.append(place)
            titles[tuple(sorted(idea.title_words))].append(place)
        return cls(ideas, words, titles)

    def near(self, place: int) -> list[int]:
        """The ideas to compare one with: those of the same title, then those that share most of its rarest words."""
        idea = self.ideas[place]
        same = self.with_title[tuple(sorted(idea.title_words))]
        at = same.index(place) if len(same) <= MOST_COMPARISONS else 0
        first = [other for other in same[max(0, at - MOST_COMPARISONS) :][: MOST_COMPARISONS + 1] if other != place]
        counted = ((len(self.with_word[word]), word) for word in idea.marks)
        rare = sorted((count, word) for count, word in counted if 1 < count <= _RARE)
        shared: Counter[int] = Counter()
        for _, word in rare[:_WORDS]:
            weight = 2 if word in idea.title_marks else 1
            for other in self.with_word[word]:
                shared[other] += weight
        shared.pop(place, None)
        # One word of a description says nothing.
        rest = sorted((-weight, other) for other, weight in shared.items() if weight > 1)
        return list(dict.fromkeys([*first, *(other for _, other in rest)]))[:MOST_COMPARISONS]


# What looks alike

_TITLE, _NEARLY, _ALIKE, _BRIEF = 88, 95, 60, 88
"""How much alike titles and descriptions must be, of 100."""
_SENTENCE, _SHORT = 5, 3
"""Words that make a description, and letters of a word that may be a code."""


def look_alike(one: Idea, other: Idea) -> bool:
    """Whether two ideas likely say the same.

    Their titles are nearly the same, or one says all that the other one says, or their descriptions do. Numbers and
    short words such as UK and DE tell ideas apart, and so do two product areas, unless all else is the same.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - most commands compare nothing

    if not one.title_text or not other.title_text or _codes(one.title_words, other.title_words):
        return False
    title = fuzz.ratio(one.title_text, other.title_text)
    brief = fuzz.ratio(one.brief_text, other.brief_text) if one.brief_words and other.brief_words else None
    is_same_brief = brief is not None and brief >= _BRIEF
    if one.area and other.area and one.area != other.area:
        return title >= _NEARLY and is_same_brief
    if title >= _TITLE:
        return brief is None or title >= _NEARLY or brief >= _BRIEF / 2
    if brief is None or brief < _BRIEF / 2:
        return False
    mine, its = set(one.title_words), set(other.title_words)
    if min(len(mine), len(its)) > 1 and (mine <= its or its <= mine):
        return True
    is_near = title >= _ALIKE or (one.area == other.area and bool((mine & its) - _LITTLE))
    is_long = min(len(one.brief_words), len(other.brief_words)) >= _SENTENCE
    return is_same_brief and is_near and is_long and not _codes(one.brief_words, other.brief_words)


def _codes(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two texts differ in numbers, or each in a short word that the other one lacks."""
    mine, its = set(one) - _LITTLE, set(other) - _LITTLE
    left, right = mine - its, its - mine
    if any(char.isdigit() for word in left | right for char in word):
        return True
    return any(len(word) <= _SHORT for word in left) and any(len(word) <= _SHORT for word in right)


_PARTLY = 80
"""How much alike a title must be that is typed just now, of 100."""


def is_likely_title(typed: Idea, other: Idea) -> bool:
    """Whether a title that is being typed may become this one: nearly the same, or two words and more of it."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - most commands compare nothing

    if not typed.title_text or not other.title_text:
        return False
    if fuzz.ratio(typed.title_text, other.title_text) >= _PARTLY:
        return not _codes(typed.title_words, other.title_words) or typed.title_text == other.title_text
    telling = [word for word in typed.title_words if word not in _LITTLE]
    has_all = all(any(word.startswith(mine) for word in other.title_words) for mine in telling)
    return len(telling) > 1 and has_all


# In the database


def similar_ideas(session: Session, title: str, most: int = 3) -> list[tuple[str, str]]:
    """Keys and titles of ideas that a title looks like while it is typed, those most alike first."""
    from rapidfuzz import fuzz  # noqa: PLC0415

    typed = Idea("", title)
    rows = session.execute(select(Initiative.initiative_key, Initiative.title).where(Initiative.duplicate_of.is_(None)))
    found = [idea for idea in (Idea(key, known) for key, known in rows) if is_likely_title(typed, idea)]
    found.sort(key=lambda idea: (-fuzz.ratio(typed.title_text, idea.title_text), idea.key))
    return [(idea.key, idea.title) for idea in found[:most]]


def tell_duplicates(session: Session) -> list[LikelyPair]:
    """The pairs that are likely the same and were not told yet; from now on they are told.

    What is marked as a duplicate already is compared with nothing.
    """
    session.flush()
    waiting = Initiative.is_compared.is_not(True)
    fresh = set(session.scalars(select(Initiative.initiative_key).where(waiting)))
    if not fresh:
        return []
    rows = session.execute(
        select(
            Initiative.id,
            Initiative.initiative_key,
            Initiative.title,
            Initiative.brief_description,
            Initiative.product_area,
        )
        .where(Initiative.duplicate_of.is_(None))
        .order_by(Initiative.id)
    ).all()
    ids = {row.initiative_key: row.id for row in rows}
    ideas = [Idea(row.initiative_key, row.title, row.brief_description, row.product_area) for row in rows]
    told = {(row.initiative_key, row.other_key) for row in session.execute(select(*_PAIR))}
    found = compare_ideas(ideas, fresh, told)
    moment = now()
    for pair in found.pairs:
        first, second = ordered(pair.key, pair.other)
        session.add(ToldDuplicate(initiative_key=first, other_key=second, told_at=moment))
    done = [ids[key] for key in found.compared]
    done += session.scalars(select(Initiative.id).where(waiting, Initiative.duplicate_of.is_not(None)))
    for part in chunks(done):
        session.execute(update(Initiative), [{"id": id, "is_compared": True} for id in part])
    session.flush()
    return found.pairs


_PAIR = (ToldDuplicate.initiative_key, ToldDuplicate.other_key)

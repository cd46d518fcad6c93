"""Which ideas look alike, and how few of them are compared."""

from __future__ import annotations

from random import Random

import pytest

from roadwright.services.backlog.duplicates import MOST_COMPARISONS, MOST_TOLD, Idea, compare_ideas, look_alike

SLOW = "Search takes three seconds on mobile; make it faster with an index"
SAME = "Search takes three seconds on mobile, make it faster by an index"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Idea("A", "Faster search"), Idea("B", "search, FASTER")),
        (Idea("A", "Instant payout"), Idea("B", "Instant payouts")),
        (Idea("A", "Reduce refund fraud"), Idea("B", "Reduce refunds fraud", "By asking twice.")),
        (Idea("A", "Faster search", SLOW, "Search"), Idea("B", "Speed up the search", SAME, "search")),
        (
            Idea("A", "Dark mode", "A dark look for the app at night."),
            Idea("B", "Dark mode app", "A dark look at night."),
        ),
        (Idea("A", "Faster search", SLOW, "Search"), Idea("B", "Faster search", SAME, "Mobile")),
    ],
)
def test_ideas_that_say_the_same_look_alike(one: Idea, other: Idea) -> None:
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Idea("A", "Idea 1"), Idea("B", "Idea 2")),
        (Idea("A", "Checkout in UK"), Idea("B", "Checkout in DE")),
        (Idea("A", "First idea"), Idea("B", "Second idea")),
        (Idea("A", "Faster search", None, "Search"), Idea("B", "Faster search", None, "Mobile")),
        (Idea("A", "Faster search", SLOW), Idea("B", "Seller payouts", SLOW)),
        (Idea("A", "Strong customer authentication wave 1"), Idea("B", "Strong customer authentication wave 2")),
        (Idea("A", "?"), Idea("B", "!")),
    ],
)
def test_numbers_codes_and_product_areas_tell_ideas_apart(one: Idea, other: Idea) -> None:
    assert not look_alike(one, other)


def keys(ideas: list[Idea]) -> set[str]:
    return {idea.key for idea in ideas}


def test_only_fresh_ideas_are_compared_and_the_later_one_is_told_of() -> None:
    ideas = [Idea("INIT-1", "Faster search"), Idea("INIT-2", "Pay by bank"), Idea("INIT-3", "Search, faster")]
    assert compare_ideas(ideas, set()).pairs == []
    for fresh in ({"INIT-1"}, {"INIT-3"}, keys(ideas)):
        found = compare_ideas(ideas, fresh)
        assert found.pairs == [("INIT-3", "INIT-1", "Faster search")]
        assert set(found.compared) == fresh
    assert compare_ideas(ideas, keys(ideas), {("INIT-1", "INIT-3")}).pairs == []


def test_a_description_that_many_ideas_have_says_nothing() -> None:
    imported = "Imported from the old tool, see there for all the details"
    names = ("Faster search", "Search of sellers", "Search by photo", "Search history", "Search in chat")
    ideas = [Idea(f"INIT-{n}", name, imported, "Search") for n, name in enumerate(names)]
    assert compare_ideas(ideas, keys(ideas)).pairs == []


def test_twenty_pairs_are_told_and_the_rest_is_left_for_the_next_time() -> None:
    names = [f"Payout of the {word} kind" for word in _words(30)]
    ideas = [Idea(f"INIT-{n:03}", names[n % 30]) for n in range(60)]
    told: set[tuple[str, str]] = set()
    fresh = keys(ideas)
    counts = []
    while fresh:
        found = compare_ideas(ideas, fresh, told)
        counts.append(len(found.pairs))
        told |= {(pair.other, pair.key) for pair in found.pairs}
        fresh -= set(found.compared)
        assert found.compared
    assert (counts, len(told)) == ([MOST_TOLD, 10], 30)


def _words(count: int) -> list[str]:
    random = Random(1)
    return ["".join(random.choice("bcdfghklmnprst") + random.choice("aeiou") for _ in range(4)) for _ in range(count)]


@pytest.mark.parametrize("vocabulary", [40, 400, 4_000])
def test_comparisons_grow_with_the_ideas_and_not_with_their_pairs(vocabulary: int) -> None:
    """Of few words, of some, and of many; each idea is compared with 50 others at the most."""
    words, random = _words(vocabulary), Random(2)
    ideas = [
        Idea(f"INIT-{n}", " ".join(random.choices(words, k=4)), " ".join(random.choices(words, k=8)))
        for n in range(1_500)
    ]
    counted: dict[str, int] = {}

    def count(one: Idea, other: Idea) -> bool:
        counted[one.key] = counted.get(one.key, 0) + 1
        return False

    found = compare_ideas(ideas, keys(ideas), is_likely=count)
    assert len(found.compared) == len(ideas)
    assert max(counted.values(), default=0) <= MOST_COMPARISONS
    counted.clear()
    compare_ideas(ideas, {ideas[7].key}, is_likely=count)
    assert set(counted) <= {ideas[7].key}


def test_a_pair_is_found_among_very_many_ideas_of_the_same_few_words() -> None:
    words, random = _words(60), Random(3)
    ideas = [Idea(f"INIT-{n}", " ".join(random.choices(words, k=4))) for n in range(3_000)]
    ideas.insert(100, Idea("ONE", " ".join(words[:4])))
    ideas.append(Idea("TWO", " ".join([*words[3:0:-1], words[0]])))
    found = compare_ideas(ideas, {"TWO"}).pairs
    assert ("TWO", "ONE", ideas[100].title) in found

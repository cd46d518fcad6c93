"""Where a score stands among those that it can be compared with."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from roadwright.domain.decimals import rounded


@dataclass(frozen=True, slots=True)
class Scored:
    """A score that counts, and the group in which it is compared."""

    key: str
    group: Hashable
    score: float


def percentiles(scored: Iterable[Scored]) -> dict[str, float]:
    """By key the share of its group, in percent, that scores no higher: itself included, so the best one has 100."""
    everyone = list(scored)
    groups: dict[Hashable, list[float]] = defaultdict(list)
    for one in everyone:
        groups[one.group].append(rounded(one.score))
    for scores in groups.values():
        scores.sort()
    return {one.key: _share(groups[one.group], rounded(one.score)) for one in everyone}


def _share(scores: list[float], score: float) -> float:
    return rounded(100 * bisect_right(scores, score) / len(scores))


def by_score(scored: Iterable[Scored]) -> Mapping[Hashable, list[tuple[float, float, float]]]:
    """By group its different percentiles, rising, each with the least and the largest score that has it."""
    everyone = list(scored)
    shares = percentiles(everyone)
    groups: dict[Hashable, dict[float, list[float]]] = defaultdict(dict)
    for one in everyone:
        groups[one.group].setdefault(shares[one.key], []).append(one.score)
    return {group: sorted((share, min(s), max(s)) for share, s in found.items()) for group, found in groups.items()}

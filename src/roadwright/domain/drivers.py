"""What drives what: the causal graph that the KPIs' ``driven_by`` draws, and the shortest path through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from roadwright.domain.text import folded

DrivenBy = Mapping[str, Iterable[str]]
"""The ``driven_by`` of Metrics_Config: for each KPI key the keys of the KPIs that cause it."""


def driver_path(driven_by: DrivenBy, cause: str, effect: str) -> tuple[str, ...] | None:
    """The shortest causal path from ``cause`` to ``effect``, both included, or None where there is none.

    Keys are compared without case, and shown as the registry spells them. Of equally short paths it is always the same
    one, whatever the order of the registry. A KPI has no path to itself.
    """
    if folded(cause) == folded(effect):
        return None
    spelled = {folded(key): key for keys in driven_by.values() for key in keys}
    spelled |= {folded(key): key for key in driven_by}
    edges = frozenset((folded(driver), folded(driven)) for driven, drivers in driven_by.items() for driver in drivers)
    path = _shortest(edges, folded(cause), folded(effect))
    return None if path is None else tuple(spelled[key] for key in path)


# Thousands of initiatives ask about the few pairs of one registry.
@lru_cache(maxsize=1024)
def _shortest(edges: frozenset[tuple[str, str]], start: str, end: str) -> tuple[str, ...] | None:
    import networkx as nx  # noqa: PLC0415 - a heavy import, for the few who ask

    graph: nx.DiGraph[str] = nx.DiGraph(sorted(edges))
    if start not in graph or end not in graph or not nx.has_path(graph, start, end):
        return None
    return tuple(nx.shortest_path(graph, start, end))

"""Metric chains: the causal path from the KPI that moves first to the KPI a model is about.

``page_load_time -> checkout_conversion -> gmv``; also with ``→``, ``>`` or commas. Several chains, by newline or ``;``,
draw one graph: that is how branches are written. An arrow at the end or the beginning of a line continues the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import Registry, UnknownKpi, key_problem, nearest
from roadwright.domain.text import folded

MAX_CHARACTERS = 32_767
"""As many as a cell holds."""
MAX_NODES = 200
MAX_KEY = 200
_SHOWN = 60

# The look-behind starts an arrow at its first dash, so that a long row of dashes is read once.
_ARROW = re.compile(r"(?<![-=–—])[-=–—]*>|→|,")
_ARROW_ENDINGS = (">", "→", ",")
_PRINTED_ARROW = " -> "
_PRINTED_BREAK = "; "
_COLUMN = "metric_chain_text"


class ChainError(InputError, ValueError):
    """A text that can't be read as a metric chain; the message says what is wrong, in the user's words."""


@dataclass(frozen=True)
class Chain:
    """A metric chain as a graph. Keys that differ in case only are one node, spelled as first typed.

    Nodes stand in the order in which the edges first name them, nodes without edges last.
    """

    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    source: str
    """The text as it was typed."""

    @property
    def starts(self) -> tuple[str, ...]:
        """The nodes that nothing leads to."""
        driven = {effect for _, effect in self.edges}
        return tuple(node for node in self.nodes if node not in driven)

    @property
    def ends(self) -> tuple[str, ...]:
        """The nodes that lead nowhere."""
        driving = {cause for cause, _ in self.edges}
        return tuple(node for node in self.nodes if node not in driving)


class ChainCheck(NamedTuple):
    """What is wrong with a chain (it must not be used) and what is odd. Each message names the column it is about."""

    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]


def parse_chain(text: str) -> Chain:
    """Read a metric chain. Raises ChainError."""
    if len(text) > MAX_CHARACTERS:
        raise ChainError("chain_too_long", characters=len(text), most=MAX_CHARACTERS)
    spelled: dict[str, str] = {}
    edges: dict[tuple[str, str], None] = {}
    for line in _lines(text):
        nodes = [_node(part, line) for part in _ARROW.split(line)]
        keys = [spelled.setdefault(folded(node), node) for node in nodes]
        edges |= dict.fromkeys(pairwise(keys))
    if not spelled:
        raise ChainError("empty_chain")
    if len(spelled) > MAX_NODES:
        raise ChainError("chain_too_many_kpis", count=len(spelled), most=MAX_NODES)
    return _chain(spelled.values(), edges, text)


def _chain(nodes: Iterable[str], edges: Iterable[tuple[str, str]], source: str) -> Chain:
    steps = tuple(edges)
    in_order = dict.fromkeys(node for edge in steps for node in edge) | dict.fromkeys(nodes)
    return Chain(tuple(in_order), steps, source)


def _lines(text: str) -> list[str]:
    """The chains in the text, one a line; what an arrow at a line's end or beginning continues is put on one line."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if lines and (lines[-1].endswith(_ARROW_ENDINGS) or _ARROW.match(line)):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return [chain for line in lines for chain in line.split(";") if chain.strip()]


def _node(part: str, line: str) -> str:
    words = part.split()
    if not words:
        raise ChainError("arrow_without_kpi", line=_cut(line.strip()))
    node = " ".join(words)
    if len(node) > MAX_KEY:
        raise ChainError("kpi_key_too_long", key=_cut(node), most=MAX_KEY)
    for word in words:
        problem = key_problem(word)
        if problem is not None:
            raise ChainError.saying(problem)
    return node


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def chain_json(chain: Chain) -> dict[str, object]:
    """The chain as it is stored: ``nodes``, ``edges`` as pairs, and the ``source`` text."""
    return {"nodes": list(chain.nodes), "edges": [list(edge) for edge in chain.edges], "source": chain.source}


def chain_text(chain: Chain) -> str:
    """The chain as text, each edge once; reading it gives the same nodes and edges in the same order."""
    lines: list[list[str]] = []
    for cause, effect in chain.edges:
        if lines and lines[-1][-1] == cause:
            lines[-1].append(effect)
        else:
            lines.append([cause, effect])
    named = {node for edge in chain.edges for node in edge}
    lines += [[node] for node in chain.nodes if node not in named]
    return _PRINTED_BREAK.join(_PRINTED_ARROW.join(line) for line in lines)


def check_chain(chain: Chain, immediate_kpi: str | None, target_kpi: str | None, registry: Registry) -> ChainCheck:
    """Judge a chain against its model and the registry.

    It must have no circle, start in the immediate KPI (where one is given) and end in the target KPI, which must be an
    active north_star or strategic one. Branches that start or end elsewhere are warned of, and so are KPIs that the
    registry does not know.
    """
    errors = [*_target_errors(target_kpi, registry)]
    warnings: list[Message] = []
    circle = _circle(chain)
    if circle:
        errors.append(Message("chain_circle", column=_COLUMN, params={"chain": _PRINTED_ARROW.join(circle)}))
    else:
        for code, ends, column, expected in (
            ("chain_starts_elsewhere", chain.starts, "immediate_kpi_key", immediate_kpi),
            ("chain_ends_elsewhere", chain.ends, "target_kpi_key", target_kpi),
        ):
            if not expected or all(folded(end) == folded(expected) for end in ends):
                continue
            is_there = any(folded(end) == folded(expected) for end in ends)
            params = {"ends": " and ".join(ends), "other": column, "expected": expected}
            message = Message(code, Level.WARNING if is_there else Level.FAILED, _COLUMN, params)
            (warnings if is_there else errors).append(message)
    for node in chain.nodes:
        if registry.resolve(node) is None:
            hint = nearest("_".join(node.split()), registry.kpis)
            warnings.append(Message("unknown_kpi", Level.WARNING, _COLUMN, params={"key": node, "hint": hint}))
    return ChainCheck(tuple(errors), tuple(warnings))


def _target_errors(target_kpi: str | None, registry: Registry) -> Iterable[Message]:
    if not target_kpi:
        return
    try:
        registry.contributable(target_kpi)
    except UnknownKpi as problem:
        yield problem.message.about("target_kpi_key")


def _circle(chain: Chain) -> list[str]:
    import networkx as nx  # noqa: PLC0415 - a heavy import, for the few who ask

    graph: nx.DiGraph[str] = nx.DiGraph(chain.edges)
    try:
        edges = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return []
    return [*(cause for cause, _ in edges), edges[0][0]]


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

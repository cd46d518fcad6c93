"""Whether a formula is an increment: what an initiative adds to a KPI, not the level that the KPI then has."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from roadwright.domain.formulas.formula import Formula
from roadwright.domain.formulas.grammar import VALUE, FormulaStep, reads
from roadwright.domain.messages import Level, Message

_WORDS_OF_CHANGE = ("delta", "uplift", "lift", "increase", "reduction")
_AFTER, _BEFORE = "after", "before"


def increment_warning(formula: Formula, marked: Collection[str] = ()) -> Message | None:
    """A warning where nothing that ``value`` is computed from is a change, else None.

    A change is a difference, a name that speaks of one (``uplift`` …, or names with ``after`` and ``before``), or a
    param in ``marked``.
    """
    steps = list(_behind_value(formula))
    if any(_is_difference(node) for step in steps for node in ast.walk(step.expression)):
        return None
    names = {name.id for step in steps for name in reads(step.expression)}
    if names & set(marked):
        return None
    words = " ".join(names).casefold()
    if any(word in words for word in _WORDS_OF_CHANGE) or (_AFTER in words and _BEFORE in words):
        return None
    return Message("formula_no_change", Level.WARNING, params={"words": _WORDS_OF_CHANGE})


def _behind_value(formula: Formula) -> Iterator[FormulaStep]:
    """The steps that ``value`` depends on, last first."""
    needed = {VALUE}
    for step in reversed(formula.steps):
        if step.name in needed:
            needed.discard(step.name)
            needed.update(name.id for name in reads(step.expression))
            yield step


def _is_difference(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    if isinstance(node.op, ast.Sub):
        return not (isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant))
    return isinstance(node.op, ast.Add) and any(
        isinstance(side, ast.UnaryOp) and isinstance(side.op, ast.USub) for side in (node.left, node.right)
    )

"""The grammar of formulas: lines become steps ``name = expression``, of known kinds of expressions only.

Python's own parser reads the lines; everything in its tree that is not on the list of the grammar is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from roadwright.domain.formulas.arithmetic import (
    EXPRESSIONS,
    FUNCTIONS,
    OPERATORS,
    CannotCompute,
    calculator,
    check_exponent,
)
from roadwright.domain.formulas.errors import FormulaError, cut
from roadwright.domain.formulas.text import MAX_DEPTH, too_deep
from roadwright.domain.messages import Message
from roadwright.domain.registry import nearest

VALUE = "value"
MAX_DIGITS = 12
"""The most decimals that ``round`` keeps."""

_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_SHIFTS: dict[type[ast.AST], str] = {ast.LShift: "<<", ast.RShift: ">>"}


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """One line of a formula: the name it sets, and from what."""

    name: str
    line: int
    expression: ast.expr
    is_bare: bool = False
    """The whole formula is one expression, which sets ``value`` without saying so."""


def read_steps(codes: Sequence[str]) -> tuple[FormulaStep, ...]:
    """The steps of lines that ``code_lines`` let pass. Raises FormulaError."""
    indents = [len(code) - len(code.lstrip(" \t")) for code in codes]  # Python would take them for blocks
    try:
        tree = ast.parse("\n".join(code[indent:] for code, indent in zip(codes, indents, strict=True)))
    except SyntaxError as error:
        raise _unreadable(codes, indents, error) from None
    except (RecursionError, MemoryError):
        raise too_deep(1) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt):
            node.col_offset += indents[node.lineno - 1]
    statements = tree.body
    if len(statements) == 1 and isinstance(statements[0], ast.Expr):
        steps = [FormulaStep(VALUE, statements[0].lineno, statements[0].value, is_bare=True)]
    else:
        steps = [_step(statement) for statement in statements]
        if all(step.name != VALUE for step in steps):
            raise FormulaError(steps[-1].line, None, "no_result_line")
    for step in steps:
        _check(step.expression)
        _check_exponents(step.expression)
    return tuple(steps)


def reads(expression: ast.expr) -> list[ast.Name]:
    """The names that an expression reads, in the order in which they stand in the text; functions are no names."""
    called = {id(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name) and id(node) not in called]
    return sorted(names, key=lambda name: (name.lineno, name.col_offset))


def _unreadable(codes: Sequence[str], indents: Sequence[int], error: SyntaxError) -> FormulaError:
    line = min(max(error.lineno or 1, 1), len(codes))
    code, indent = codes[line - 1], indents[line - 1]
    place = min(indent + max((error.offset or 1) - 1, 0), len(code))
    rest = code[place:]
    what = Message("unreadable_at", params={"rest": cut(rest)})
    if not rest:
        what = Message("unreadable_at_end", params={"code": cut(code[indent:])})
    if "%" in code:
        return FormulaError(line, place, "unreadable_line", what=what, hint=Message("hint_percent"))
    if len(_EQUALS.findall(code)) > 1:
        return FormulaError(line, place, "unreadable_line", what=what, hint=Message("hint_double_equals"))
    return FormulaError.of(line, place, what)


def _at(node: ast.expr | ast.stmt) -> tuple[int, int]:
    """The line of a piece, and its first character."""
    return node.lineno, node.col_offset


def _step(statement: ast.stmt) -> FormulaStep:
    if isinstance(statement, ast.Expr):
        raise FormulaError(*_at(statement), "lines_need_names")
    if not isinstance(statement, ast.Assign):
        raise FormulaError(*_at(statement), "line_not_a_step")
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, ast.Name):
        raise FormulaError(*_at(target), "line_sets_several")
    if target.id in FUNCTIONS:
        raise FormulaError(*_at(target), "function_as_name", name=target.id)
    return FormulaStep(target.id, statement.lineno, statement.value)


def _check(expression: ast.expr) -> None:
    """Refuse what the grammar does not have. In a loop, because what is refused may be deep."""
    pending: list[tuple[ast.expr, int]] = [(expression, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise too_deep(*_at(node))
        if type(node) not in EXPRESSIONS:
            raise _refusal(node)
        _check_operators(node)
        for child in _operands(node):
            # A long sum leans to the left without being nested.
            is_same_level = isinstance(node, ast.BinOp) and isinstance(child, ast.BinOp) and child is node.left
            pending.append((child, depth if is_same_level else depth + 1))


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        _check_call(node)
        return node.args
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        raise FormulaError(*_at(node), "function_not_called", name=node.id)
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _refusal(node: ast.expr) -> FormulaError:
    if isinstance(node, ast.Tuple):
        return FormulaError(*_at(node.elts[1] if len(node.elts) > 1 else node), "comma_outside_function")
    if isinstance(node, ast.Starred):
        return FormulaError(*_at(node), "star_without_number")
    return FormulaError(*_at(node), "expression_not_in_formulas", expression=type(node).__name__)


def _check_operators(node: ast.expr) -> None:
    operators: list[ast.AST] = []
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp):
        operators = [node.op]
    elif isinstance(node, ast.Compare):
        operators = list(node.ops)
    for operator in operators:
        if type(operator) not in OPERATORS:
            sign = _SHIFTS.get(type(operator), type(operator).__name__)
            raise FormulaError(*_at(node), "no_operator", sign=sign)


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise FormulaError(*_at(node), "parenthesis_after_number")
    name = node.func.id
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormulaError(
            *_at(node), "no_function", name=cut(name), hint=nearest(name, FUNCTIONS), functions=tuple(FUNCTIONS)
        )
    if node.keywords:
        raise FormulaError(*_at(node), "arguments_with_names", function=name)
    fewest, most, given = function.fewest, function.most, len(node.args)
    if given < fewest or (most is not None and given > most):
        code = (
            "argument_count_at_least"
            if most is None
            else "argument_count_exact"
            if fewest == most
            else "argument_count_either"
        )
        raise FormulaError(*_at(node), code, function=name, fewest=fewest, most=most, given=given)
    if name == "round" and len(node.args) > 1:
        digits = node.args[1]
        is_literal = isinstance(digits, ast.Constant) and isinstance(digits.value, int)
        if not (is_literal and 0 <= ast.literal_eval(digits) <= MAX_DIGITS):
            raise FormulaError(*_at(digits), "round_digits", most=MAX_DIGITS)


def _check_exponents(expression: ast.expr) -> None:
    """Refuse exponents beyond the limit as soon as they are typed, where they do not depend on a name."""
    for node in ast.walk(expression):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
            continue
        if any(isinstance(part, ast.Name) and part.id not in FUNCTIONS for part in ast.walk(node.right)):
            continue
        try:
            check_exponent(calculator({})(node.right))
        except CannotCompute as problem:
            raise FormulaError.of(*_at(node.right), problem.message) from None

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
from roadwright.domain.formulas.errors import FormulaError, shown
from roadwright.domain.formulas.text import MAX_DEPTH, too_deep
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
    try:
        statements = ast.parse("\n".join(codes)).body
    except SyntaxError as error:
        raise _unreadable(codes, error) from None
    except (RecursionError, MemoryError):
        raise too_deep(1) from None
    if len(statements) == 1 and isinstance(statements[0], ast.Expr):
        steps = [FormulaStep(VALUE, statements[0].lineno, statements[0].value, is_bare=True)]
    else:
        steps = [_step(statement) for statement in statements]
        if all(step.name != VALUE for step in steps):
            raise FormulaError(steps[-1].line, "no line sets the result; the last line must be value = …")
    for step in steps:
        _check(step.expression)
        _check_exponents(step.expression)
    return tuple(steps)


def reads(expression: ast.expr) -> list[ast.Name]:
    """The names that an expression reads, in the order in which they stand in the text; functions are no names."""
    called = {id(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name) and id(node) not in called]
    return sorted(names, key=lambda name: (name.lineno, name.col_offset))


def _unreadable(codes: Sequence[str], error: SyntaxError) -> FormulaError:
    line = min(max(error.lineno or 1, 1), len(codes))
    code = codes[line - 1]
    rest = code[max((error.offset or 1) - 1, 0) :]
    where = f"at {shown(rest)}" if rest else f"at the end of {shown(code)}"
    hint = ""
    if "%" in code:
        hint = "; % is the remainder of a division, so write 12 % as 0.12"
    elif len(_EQUALS.findall(code)) > 1:
        hint = "; write == to compare"
    return FormulaError(line, f"can't be read as name = expression or an expression {where}{hint}")


def _step(statement: ast.stmt) -> FormulaStep:
    line = statement.lineno
    if isinstance(statement, ast.Expr):
        raise FormulaError(line, "of several lines, each must be name = expression, and the last one value = …")
    if not isinstance(statement, ast.Assign):
        raise FormulaError(line, "must be name = expression")
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, ast.Name):
        raise FormulaError(line, "must be name = expression, with one name")
    if target.id in FUNCTIONS:
        raise FormulaError(line, f"{target.id} is a function; use another name")
    return FormulaStep(target.id, line, statement.value)


def _check(expression: ast.expr) -> None:
    """Refuse what the grammar does not have. In a loop, because what is refused may be deep."""
    pending: list[tuple[ast.expr, int]] = [(expression, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise too_deep(node.lineno)
        if type(node) not in EXPRESSIONS:
            raise FormulaError(node.lineno, _refusal(node))
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
        raise FormulaError(node.lineno, f"{node.id} is a function; write {node.id}(…)")
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _refusal(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple):
        return "a comma stands outside of a function; write numbers without thousands separators, as 1000"
    if isinstance(node, ast.Starred):
        return "a * stands where a number is expected"
    return f"{type(node).__name__} can't stand in a formula"


def _check_operators(node: ast.expr) -> None:
    operators: list[ast.AST] = []
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp):
        operators = [node.op]
    elif isinstance(node, ast.Compare):
        operators = list(node.ops)
    for operator in operators:
        if type(operator) not in OPERATORS:
            sign = _SHIFTS.get(type(operator), type(operator).__name__)
            raise FormulaError(node.lineno, f"{sign} is no operator of formulas; there are + - * / // % **")


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise FormulaError(node.lineno, "a ( follows a number or a ); write * between them to multiply")
    name = node.func.id
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormulaError(
            node.lineno,
            f"{shown(name)} is no function{nearest(name, FUNCTIONS)}; to multiply, write * before the (; "
            f"functions are {', '.join(FUNCTIONS)}",
        )
    if node.keywords:
        raise FormulaError(node.lineno, f"{name} takes numbers by position, without =")
    if len(node.args) < function.fewest or (function.most is not None and len(node.args) > function.most):
        raise FormulaError(node.lineno, f"{name} takes {function.arguments}, not {len(node.args)}")
    if name == "round" and len(node.args) > 1:
        digits = node.args[1]
        is_literal = isinstance(digits, ast.Constant) and isinstance(digits.value, int)
        if not (is_literal and 0 <= ast.literal_eval(digits) <= MAX_DIGITS):
            raise FormulaError(
                node.lineno, f"the second argument of round must be a whole number from 0 to {MAX_DIGITS}, as written"
            )


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
            raise FormulaError(node.lineno, str(problem)) from None

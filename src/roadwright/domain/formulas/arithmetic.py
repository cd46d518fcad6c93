"""Arithmetic of formulas: the functions and operators there are, and computing an expression with them.

All figures are floats, so that no number grows without bound, and each step is computed in decimal arithmetic; whatever
leaves the finite numbers is an error, also half-way. The evaluator is simpleeval with everything taken out that the
grammar does not have.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass

from roadwright.domain.decimals import power, product, quotient, remainder, rounded_to, total, whole_quotient
from roadwright.domain.messages import MessageError

MAX_EXPONENT = 64.0


class CannotCompute(MessageError):
    """There is no result; the message says why, without the place."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the grammar and how many arguments it takes (``most`` None: any number)."""

    compute: Callable[..., float]
    fewest: int
    most: int | None


def _round(number: float, digits: float = 0.0) -> float:
    return rounded_to(number, int(digits))


def _exp(number: float) -> float:
    try:
        return math.exp(number)
    except OverflowError:
        raise CannotCompute("result_too_large_of", function="exp", number=number) from None


def _logarithm(name: str, logarithm: Callable[[float], float]) -> Callable[[float], float]:
    def compute(number: float) -> float:
        if number <= 0:
            raise CannotCompute("logarithm_of_none", function=name, number=number)
        return logarithm(number)

    return compute


def _sqrt(number: float) -> float:
    if number < 0:
        raise CannotCompute("root_of_negative", number=number)
    return math.sqrt(number)


def _clamp(number: float, low: float, high: float) -> float:
    if low > high:
        raise CannotCompute("clamp_low_above_high", low=low, high=high)
    return min(max(number, low), high)


FUNCTIONS: dict[str, Function] = {
    "min": Function(min, 2, None),
    "max": Function(max, 2, None),
    "abs": Function(abs, 1, 1),
    "round": Function(_round, 1, 2),
    "floor": Function(math.floor, 1, 1),
    "ceil": Function(math.ceil, 1, 1),
    "exp": Function(_exp, 1, 1),
    "log": Function(_logarithm("log", math.log), 1, 1),
    "log10": Function(_logarithm("log10", math.log10), 1, 1),
    "sqrt": Function(_sqrt, 1, 1),
    "clamp": Function(_clamp, 3, 3),
}
"""``log`` is the natural logarithm; ``round`` takes halves to the even neighbour."""


def check_exponent(exponent: float) -> None:
    """Raises CannotCompute for an exponent beyond ±64."""
    if abs(exponent) > MAX_EXPONENT:
        raise CannotCompute("exponent_too_large", exponent=exponent, largest=MAX_EXPONENT)


def _power(base: float, exponent: float) -> float:
    check_exponent(exponent)
    if base == 0 and exponent < 0:
        raise CannotCompute("power_of_zero", exponent=exponent)
    if base < 0 and exponent != math.floor(exponent):
        raise CannotCompute("power_of_negative", base=base, exponent=exponent)
    try:
        nearby = math.pow(base, exponent)
        return power(base, int(exponent)) if exponent == math.floor(exponent) else nearby
    except OverflowError:
        raise CannotCompute("power_too_large", base=base, exponent=exponent) from None


def _divided(divide: Callable[[float, float], float]) -> Callable[[float, float], float]:
    def compute(dividend: float, divisor: float) -> float:
        if divisor == 0:
            raise CannotCompute("divided_by_zero")
        return divide(dividend, divisor)

    return compute


_BINARY: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: lambda one, other: total((one, other)),
    ast.Sub: lambda one, other: total((one, -other)),
    ast.Mult: product,
    ast.Div: _divided(quotient),
    ast.FloorDiv: _divided(whole_quotient),
    ast.Mod: _divided(remainder),
    ast.Pow: _power,
}
_UNARY: dict[type[ast.AST], Callable[..., float]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}
_COMPARISONS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
OPERATORS = frozenset({*_BINARY, *_UNARY, *_COMPARISONS, ast.And, ast.Or})
"""The operators that the grammar has."""

EXPRESSIONS = frozenset[type[ast.AST]](
    {ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Constant}
)
"""The kinds of expressions that the grammar has."""


def _in_floats(compute: Callable[..., float]) -> Callable[..., float]:
    """The same, of floats to a finite float: a comparison counts as 1 or 0."""

    def guarded(*numbers: float) -> float:
        result = float(compute(*map(float, numbers)))
        if not math.isfinite(result):
            raise CannotCompute("result_too_large")
        return result

    return guarded


_GUARDED = {kind: _in_floats(compute) for kind, compute in {**_BINARY, **_UNARY, **_COMPARISONS}.items()}
_GUARDED_FUNCTIONS = {name: _in_floats(function.compute) for name, function in FUNCTIONS.items()}


def calculator(names: dict[str, float]) -> Callable[[ast.expr], float]:
    """What computes expressions, each already checked against the grammar, with the values that ``names`` has then.

    The result is finite. Raises CannotCompute.
    """
    from simpleeval import SimpleEval  # type: ignore[import-untyped]  # noqa: PLC0415 - only formulas need it

    evaluator = SimpleEval(operators=_GUARDED, functions=_GUARDED_FUNCTIONS, names=names)
    evaluator.nodes = {kind: handler for kind, handler in evaluator.nodes.items() if kind in EXPRESSIONS}

    def number(node: ast.Constant) -> float:
        assert isinstance(node.value, int | float)
        return float(node.value)

    def binary(node: ast.BinOp) -> float:
        # a + b + c + … is a tree as deep as it is long; walked in a loop, a long sum needs no deep stack.
        pending: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            pending.append(left)
            left = left.left
        result: float = evaluator.eval("", left)
        for step in reversed(pending):
            result = _GUARDED[type(step.op)](result, evaluator.eval("", step.right))
        return result

    evaluator.nodes[ast.Constant] = number
    evaluator.nodes[ast.BinOp] = binary

    def compute(expression: ast.expr) -> float:
        # Adding 0.0 makes a plain 0 of -0.0.
        return float(evaluator.eval("", expression)) + 0.0

    return compute

"""More than a thousand hostile formulas: each is a clear error at once, and none reaches anything but numbers."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadwright.domain.formulas import FormulaError, FormulaResult, evaluate, parse_formula

SECONDS_EACH = 1.0
LONGEST_MESSAGE = 400

PARAMS = {"x": 2.0, "n": 1e9, "a": 1.0, "b": 2.0, "base_volume": 10.0, "rate_after": 0.2, "rate_before": 0.1}

INJECTIONS = (
    "__import__('os').system('id')",
    "__import__(x)",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "x.real",
    "(1).conjugate()",
    "getattr(x, 'real')",
    "getattr(x, a)",
    "eval('1')",
    "eval(x)",
    "exec(x)",
    "compile(x, a, b)",
    "open('/etc/passwd')",
    "open(x)",
    "globals()",
    "locals()",
    "vars()",
    "dir(x)",
    "type(x)",
    "print(x)",
    "input()",
    "breakpoint()",
    "exit()",
    "help()",
    "pow(9, x)",
    "sum([1, 2])",
    "range(9)",
    "int(x)",
    "float(x)",
    "str(x)",
    "chr(x)",
    "id(x)",
    "rand()",
    "randint(9)",
    "lambda: 1",
    "(lambda y: y)(x)",
    "[y for y in (1, 2)]",
    "{y for y in (1, 2)}",
    "{1: 2}",
    "[1, 2][0]",
    "(1, 2)",
    "(y for y in x)",
    "f'{x}'",
    "'a' * 9",
    '"a"',
    "b'a'",
    "`x`",
    "(y := 3)",
    "max(*x)",
    "max(1, **x)",
    "max(1, 2, key=x)",
    "x[0]",
    "x[::2]",
    "x @ 2",
    "x & 1",
    "x | 1",
    "x ^ 1",
    "~x",
    "x << 9",
    "1 << 9 << 9",
    "x >> 1",
    "x is 1",
    "x in a",
    "x not in a",
    "await x",
    "yield x",
    "yield",
    "None",
    "True",
    "...",
    "Ellipsis()",
    "NotImplemented()",
    "1j",
    "0x41414141",
    "0b1",
    "0o7",
    "1_0",
    "abs(abs)",
    "max(min, max)",
    "abs.x",
    "sqrt",
    "abs()(1)",
    "(abs)(1)(2)",
    "x()",
    "2(3)",
    "x; import os",
    "import os",
    "from os import system",
    "del x",
    "assert x",
    "raise x",
    "return x",
    "pass",
    "global x",
    "while 1: 1",
    "for y in x: y",
    "if x: a",
    "def f(): 1",
    "class C: x",
    "with x: a",
    "try: x",
    "print x",
    "x = = 1",
    "x == ",
    "$x",
    "${x}",
    "{{x}}",
    "%s % x",
    "x?",
    "x!",
    "!x",
    "x -> a",
    "@x",
    "\\x",
    "\x00",
    "x\x00",
    "\x1b[31m",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(1)",
    "<script>1</script>",
    "1); DROP TABLE initiatives; --",
)

DUNDERS = (
    "__builtins__", "__class__", "__dict__", "__doc__", "__import__", "__loader__", "__name__", "__globals__",
    "__subclasses__", "__bases__", "__mro__", "__code__", "__getattribute__", "__init__", "__reduce__", "__spec__",
    "__file__", "__debug__", "__", "___", "__x",
)  # fmt: skip

TOO_MUCH = (
    "9 ** 9 ** 9",
    "9 ** (9 ** 9)",
    "2 ** 64 ** 64",
    "2 ** 2 ** 2 ** 2 ** 2 ** 2",
    "10 ** 65",
    "x ** 65",
    "x ** -65",
    "x ** n",
    "(-x) ** 0.5",
    "0 ** -1",
    "1e200 ** 2",
    "(1e200 ** 1.5) ** 2",
    "1e308 * 10",
    "1e308 + 1e308",
    "1e308 * 1e308 * 0",
    "exp(710)",
    "exp(exp(exp(x ** 9)))",
    "1 / 0",
    "1 // 0",
    "1 % 0",
    "1 / (x - 2)",
    "log(0)",
    "log(-1)",
    "log10(0)",
    "sqrt(-1)",
    "1e999",
    "9" * 3_000,
    "*".join(str(n) for n in range(1, 200)),
    " * ".join(["1e9"] * 40),
    "round(x, 400)",
    "round(x, -400)",
    "round(x, n)",
    "round(x, 1e9)",
    "clamp(x, 9, 1)",
    "floor(1e308 * 1e308)",
)

CONTEXTS = (
    "{}",
    "value = {}",
    "value = 1 + ({})",
    "value = ({}) ** 2",
    "value = max(1, {})",
    "value = {} if a else b",
    "value = a + {}\neffort = 3",
    "y = {}\nvalue = y",
)

LOOKALIKES = (
    "аеорсухіјѕԁԛԝһ"  # Cyrillic
    "αονρτυιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Greek
    "ｘａ１＋＊（"  # full width
    "𝐱𝑥𝒙𝓍𝔵𝕩𝖝𝗑𝘅𝚡𝟏𝟙"  # mathematical
    "ªº¹²³½ſﬁﬀℓℯℹⅠⅹ"  # folded by NFKC
    "×÷−–—∗∕⁄·∙•«»‹›„“”‘’′"  # signs
    "\u00a0\u2002\u2009\u202f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"  # blanks and nothing
    "\u202a\u202b\u202d\u202e\u2066\u2067\u2069\u200e\u200f"  # right-to-left tricks
    "\u0300\u0301\u20dd\ufe0f\u115f\u3164\U000e0041"  # marks and fillers
    "١٢३४๕①"  # digits of others
    "\ud800\udfff\u2028\u0085\x0b\x0c\x1c"  # halves of characters and other line ends
)

BOMBS = (
    "(" * 2_000,
    ")" * 2_000,
    "(" * 1_500 + "1" + ")" * 1_500,
    "((" * 70 + "1" + "))" * 70,
    "-" * 3_900 + "1",
    "- " * 1_900 + "1",
    "+-" * 1_900 + "1",
    "not " * 900 + "1",
    "~" * 3_900 + "1",
    "2" + "**1" * 1_200,
    "1 if 1 else " * 300 + "1",
    "abs(" * 900 + "1" + ")" * 900,
    "max(1," * 500 + "1" + ")" * 500,
    "(-" * 1_200 + "1" + ")" * 1_200,
    "[" * 1_900 + "]" * 1_900,
    "{" * 3_900,
    "1 +" * 1_300,
    "," * 3_900,
    "=" * 3_900,
    "x = " * 900 + "1",
    "a" * 3_999 + ".b",
    "x" + "\n" * 60 + "x",
    "\n".join(f"n{i} = n{i - 1} * 2" for i in range(60)),
    "+".join(f"v{i}" for i in range(300)),
    "x" * 1_000_000,
    "1" * 1_000_000,
    "(" * 1_000_000,
    "1+" * 500_000 + "1",
    " " * 1_000_000 + "1",
    "\n" * 1_000_000 + "1",
    "#" * 1_000_000,
    "é" * 1_000_000,
    "\x00" * 1_000_000,
    "𝐱" * 1_000_000,
)

PLAIN = "base_volume * (rate_after - rate_before)"


def hostile() -> Iterator[str]:
    for payload, context in product((*INJECTIONS, *DUNDERS, *TOO_MUCH), CONTEXTS):
        yield context.format(payload) if "{" not in payload else context.replace("{}", payload)
    for character, place in product(LOOKALIKES, (0, 4, 12, 13, 20)):
        yield PLAIN[:place] + character + PLAIN[place:]
    yield from BOMBS


HOSTILE = tuple(hostile())


def test_there_are_more_than_a_thousand() -> None:
    assert len(set(HOSTILE)) > 1_000


@pytest.mark.parametrize("part", range(8))
def test_each_is_a_clear_error_at_once(part: int) -> None:
    for text in HOSTILE[part::8]:
        start = time.thread_time()
        error = outcome(text)
        assert time.thread_time() - start < SECONDS_EACH, text[:200]
        assert isinstance(error, FormulaError), f"computed: {text[:200]!r}"
        message = str(error)
        assert message.startswith(f"line {error.line}: ")
        assert len(message) < LONGEST_MESSAGE
        assert message.isprintable()


def outcome(text: str) -> FormulaResult | FormulaError:
    try:
        return evaluate(parse_formula(text), PARAMS)
    except FormulaError as error:
        return error


ALPHABET = st.sampled_from(
    [
        *"0123456789.()+-*/%<>=!,#_ \n\t:;[]{}'\"@&|^~\\$éxna²",
        *("**", "//", " if ", " else ", " and ", " or ", " not ", "lambda", "1e9"),
        *("min(", "max(", "exp(", "round(", "clamp(", "value = ", "effort = "),
    ]
)


@settings(deadline=None)
@given(st.lists(ALPHABET, max_size=40).map("".join))
def test_any_text_gives_finite_numbers_or_a_clear_error(text: str) -> None:
    result = outcome(text)
    if isinstance(result, FormulaResult):
        assert all(n is None or math.isfinite(n) for n in (result.value, result.effort, result.overall))

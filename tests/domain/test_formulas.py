"""Formulas: examples worked by hand to 1e-9, the limits of the grammar, messages that name line, name and way out."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadwright.domain.formulas import (
    FormulaError,
    FormulaResult,
    evaluate,
    increment_warning,
    parse_formula,
    typed_lines,
)
from roadwright.domain.messages import Level


def value_of(text: str, **params: float) -> float:
    return evaluate(parse_formula(text), params).value


def complaint(text: str, **params: float) -> str:
    with pytest.raises(FormulaError) as error:
        evaluate(parse_formula(text), params)
    return str(error.value)


BASE = {"base_volume": 48_000, "rate_after": 0.031, "rate_before": 0.028}
UNITS = {"units_after": 130, "units_before": 118, "value_per_unit": 7.25}
LOSSES = {"base": 1e6, "loss_before": 0.04, "loss_after": 0.035, "kept": 0.5}


@pytest.mark.parametrize(
    ("text", "params", "value"),
    [
        ("base_volume * (rate_after - rate_before)", BASE, 144.0),
        ("traffic_uplift * conversion_rate", {"traffic_uplift": 12_500, "conversion_rate": 0.023}, 287.5),
        (
            "transactions * (value_after - value_before) * pass_through_rate",
            {"transactions": 9_000, "value_after": 41.5, "value_before": 40, "pass_through_rate": 0.6},
            8_100.0,
        ),
        ("(units_after - units_before) * value_per_unit", UNITS, 87.0),
        ("base * (loss_before - loss_after) * kept", LOSSES, 2_500.0),
        ("7 // 2 + 7 % 2 * 10", {}, 13.0),
        ("-7 // 2", {}, -4.0),
        ("-7 % 3", {}, 2.0),
        ("2 ** 3 ** 2", {}, 512.0),
        ("-2 ** 2", {}, -4.0),
        ("2 ** -2", {}, 0.25),
        ("1.5e3 + .5 + 2.", {}, 1_502.5),
        ("min(3, 1, 2) + max(4, 9) + abs(-2.5)", {}, 12.5),
        ("round(2.3456, 2) + round(7.6) + round(2.5)", {}, 12.35),
        ("floor(-1.5) + ceil(1.2)", {}, 0.0),
        ("exp(1)", {}, math.e),
        ("log(8) / log(2)", {}, 3.0),
        ("log10(1000) + sqrt(2.25)", {}, 4.5),
        ("clamp(5, 0, 3) + clamp(-5, 0, 3) + clamp(2, 0, 3)", {}, 5.0),
        ("10 if x > 3 else 20", {"x": 3}, 20.0),
        ("10 if x >= 3 else 20", {"x": 3}, 10.0),
        ("(1 < x < 5) * 7", {"x": 3}, 7.0),
        ("1 < x < 3", {"x": 3}, 0.0),
        ("a if a and not b else b or c", {"a": 0, "b": 0, "c": 4}, 4.0),
        ("(x == 1) + (x != 1)", {"x": 1}, 1.0),
        ("1 / x if x != 0 else 0", {"x": 0}, 0.0),
        ("value * 2", {"value": 4}, 8.0),
        ("(a +\n  b) * 2", {"a": 1, "b": 2}, 6.0),
        ("  x = a * 2   # twice\r\n\r\n# nothing here\r\nvalue = x + 1", {"a": 4}, 9.0),
        ("value = a - b\nvalue = value * 0.5", {"a": 4, "b": 1}, 1.5),
    ],
)
def test_formulas_computed_by_hand(text: str, params: dict[str, float], value: float) -> None:
    assert value_of(text, **params) == pytest.approx(value, abs=1e-9)


def test_lines_may_set_effort_and_overall() -> None:
    formula = parse_formula("gain = orders * uplift\neffort = days * 1.5\nvalue = gain\noverall = gain / effort * 2")
    assert formula.params == ("orders", "uplift", "days")
    assert formula.assigned == ("gain", "effort", "value", "overall")
    assert (formula.sets_effort, formula.sets_overall) == (True, True)
    result = evaluate(formula, {"orders": 300, "uplift": 0.02, "days": 8})
    assert result == FormulaResult(value=6.0, effort=12.0, overall=1.0)


def test_a_formula_that_sets_neither_leaves_both_open() -> None:
    formula = parse_formula("a - b")
    assert (formula.sets_effort, formula.sets_overall, formula.assigned) == (False, False, ())
    assert evaluate(formula, {"a": 3, "b": 1}) == FormulaResult(2.0, None, None)


def test_params_come_in_the_order_of_first_use_with_their_line() -> None:
    formula = parse_formula("x = zeta * alpha\ny = max(mid, alpha) ** x\nvalue = y if cond else late")
    assert formula.params == ("zeta", "alpha", "mid", "cond", "late")
    assert dict(formula.first_use) == {"zeta": 1, "alpha": 1, "mid": 2, "cond": 3, "late": 3}


def test_results_are_floats_and_never_minus_zero() -> None:
    result = value_of("0 * -1")
    assert isinstance(result, float)
    assert math.copysign(1, result) == 1
    assert isinstance(value_of("1 < 2"), float)
    assert value_of("2 ** 64") == 2.0**64


def test_a_long_sum_within_the_limits_is_no_nesting() -> None:
    assert value_of("1" + "+1" * 1_999) == 2_000
    assert value_of("x" + "-y*2" * 900, x=1, y=1) == -1_799


def test_an_unused_branch_is_not_computed() -> None:
    assert value_of("1 if a > 0 else log(a)", a=2) == 1
    assert value_of("a == 0 or 1 / a", a=0) == 1


@pytest.mark.parametrize(
    ("text", "params", "said"),
    [
        ("a = 1\nvalue = x / a / (a - 1)", {"x": 3}, "line 2: division by zero"),
        ("x // 0", {"x": 3}, "line 1: division by zero"),
        ("x % 0", {"x": 3}, "line 1: division by zero"),
        ("log(x)", {"x": 0}, "line 1: log(0): only numbers above 0 have a logarithm"),
        ("log10(x)", {"x": -2}, "line 1: log10(-2): only numbers above 0 have a logarithm"),
        ("sqrt(x)", {"x": -4}, "line 1: sqrt(-4): only numbers of 0 or more have a square root"),
        ("exp(x)", {"x": 1000}, "line 1: exp(1,000) is too large for a number"),
        ("x ** 0.5", {"x": -8}, "line 1: (-8) ** 0.5: a negative number has whole powers only"),
        ("x ** -1", {"x": 0}, "line 1: 0 ** -1 divides by zero"),
        ("x ** n", {"x": 2, "n": 65}, "line 1: the exponent 65 is beyond ±64"),
        ("x ** 64", {"x": 1e10}, "line 1: 10,000,000,000 ** 64 is too large for a number"),
        ("x * x", {"x": 1e200}, "line 1: a result is too large for a number"),
        ("1 / (x * x)", {"x": 1e200}, "line 1: a result is too large for a number"),
        ("clamp(x, 5, 1)", {"x": 2}, "line 1: clamp: its low, 5, is above its high, 1"),
        ("a = 2\nvalue = rat * a", {"rate": 1}, 'line 2: "rat" has no value (did you mean rate?)'),
        ("x + 1", {"x": math.nan}, 'line 1: "x" has no finite value'),
        ("x + 1", {"x": 10**400}, 'line 1: "x" has no finite value'),
    ],
)
def test_what_can_not_be_computed_names_line_and_cause(text: str, params: dict[str, float], said: str) -> None:
    assert complaint(text, **params) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "there is no formula"),
        (" \n# only a comment", 1, "there is no formula"),
        ("a = 1\nb = 2", 2, "no line sets the result; the last line must be value = …"),
        ("a = 1\na * 2", 2, "each must be name = expression"),
        ("value = 1\nx + = 2", 2, 'can\'t be read as name = expression or an expression at "= 2"'),
        ("a +", 1, 'at the end of "a +"'),
        ("rate * 12%", 1, "write 12 % as 0.12"),
        ("value = 1 if a = b else 2", 1, "write == to compare"),
        ("a = b = 2\nvalue = a", 1, "with one name"),
        ("a += 2\nvalue = a", 1, "must be name = expression"),
        ("value = x\nx = 3", 1, '"x" is read before it is set in line 2'),
        ("base = base * 2\nvalue = base", 1, '"base" is read before it is set in line 1'),
        ("sqr(4)", 1, '"sqr" is no function (did you mean sqrt?)'),
        ("rate (a - b)", 1, "to multiply, write * before the ("),
        ("2 (a - b)", 1, "write * between them to multiply"),
        ("max", 1, "max is a function; write max(…)"),
        ("max = 3\nvalue = max", 1, "max is a function; use another name"),
        ("max(1)", 1, "max takes 2 or more arguments, not 1"),
        ("clamp(1, 2)", 1, "clamp takes 3 arguments, not 2"),
        ("round(1, 2, 3)", 1, "round takes 1 or 2 arguments, not 3"),
        ("abs()", 1, "abs takes 1 argument, not 0"),
        ("log(8, 2)", 1, "log takes 1 argument, not 2"),
        ("round(x, n)", 1, "must be a whole number from 0 to 12, as written"),
        ("round(x, 13)", 1, "must be a whole number from 0 to 12"),
        ("round(x, -1)", 1, "must be a whole number from 0 to 12"),
        ("round(x, 2.0)", 1, "must be a whole number from 0 to 12"),
        ("round(x, 1 + 1)", 1, "must be a whole number from 0 to 12"),
        ("max(a, b=2)", 1, "by position"),
        ("max(*a, 2)", 1, "there is a * where a number is expected"),
        ("base * 1,000", 1, "without thousands separators"),
        ("1_000 * x", 1, '"1_000" is neither a number'),
        ("2x", 1, '"2x" is neither a number'),
        ("0x1F", 1, '"0x1F" is neither a number'),
        ("1e999", 1, "is too large for a number"),
        ("9" * 400, 1, "is too large for a number"),
        ("import * 2", 1, "import is a reserved word"),
        ("True", 1, "True is a reserved word"),
        ("a is b", 1, "is is a reserved word"),
        ("a ^ 2", 1, "write ** for a power"),
        ("a × 2", 1, "write * to multiply"),
        ("a − 2", 1, "write - to subtract"),
        ("a = 1; value = a", 1, "on a line of its own"),
        ("x.real", 1, "a point is allowed in numbers only"),
        ("x[0]", 1, "a formula has no lists"),
        ("'text'", 1, "no texts"),
        ("1 << 3", 1, "<< is no operator of formulas"),
        ("(a + b", 1, "a ( is never closed"),
        ("x = 1\nvalue = (a))", 2, "a ) closes nothing"),
        ("a ** 65", 1, "the exponent 65 is beyond ±64"),
        ("a ** -64.5", 1, "the exponent -64.5 is beyond ±64"),
        ("a = 1\nvalue = a ** (60 + 5)", 2, "the exponent 65 is beyond ±64"),
        ("x = 1\nvalue = m²", 2, 'write "2"'),
        ("x\u00a0* 2", 1, "write a plain blank"),
        ("# ½ of it\nvalue = 1", 1, "is not a plain character"),
        ("rаte", 1, "CYRILLIC SMALL LETTER A"),
    ],
)
def test_what_can_not_be_read_names_line_and_way_out(text: str, line: int, said: str) -> None:
    with pytest.raises(FormulaError) as error:
        parse_formula(text)
    assert error.value.line == line
    assert said in str(error.value.message)


@pytest.mark.parametrize(
    ("text", "line", "pointed"),
    [
        ("value = 1\n  x + = 2  # more", 2, "= 2"),
        ("  value = (a", 1, "(a"),
        ("(a +\n   2x) * b", 2, "2x) * b"),
        ("value = (a +\n\t b.c)", 2, ".c)"),
        ("a = 1\r\n  value = a + sqr(4)", 2, "sqr(4)"),
        ("a = 1\n  value = a * (b,\n   c)", 3, "c)"),
        ("value = a + round(x, n)", 1, "n)"),
        ("value = b + later\nlater = 3", 1, "later"),
        ("value = a ** (60 + 5)", 1, "60 + 5)"),
        ("value = a )", 1, ")"),
        ("value = 2 * import", 1, "import"),
        ("value = a × 2", 1, "× 2"),
        ("value = m²", 1, "²"),
        ("value = cafe\u0301", 1, "e\u0301"),
        ("a +", 1, ""),
        ("a = 1\nb = 2", 2, None),
        ("", 1, None),
    ],
)
def test_it_names_the_character(text: str, line: int, pointed: str | None) -> None:
    with pytest.raises(FormulaError) as error:
        parse_formula(text)
    place = error.value.place
    assert error.value.placed.params["place"] == place
    assert error.value.line == line
    found = None if place is None else typed_lines(text)[line - 1].partition("  #")[0][place:]
    assert found == pointed


def test_limits_are_exact() -> None:
    assert value_of("1" + " " * 3_998 + "#") == 1
    assert "4,001 characters; at most 4,000" in complaint("1" + " " * 3_999 + "#")
    assert value_of("\n" * 49 + "3") == 3
    assert "line 51: the formula has 51 lines; at most 50" in complaint("\n" * 50 + "3")
    names = [f"n{i}" for i in range(201)]
    assert value_of("+".join(names[:200]), **dict.fromkeys(names, 1.0)) == 200
    assert "201 names; at most 200" in complaint("+".join(names))
    assert "201 names; at most 200" in complaint("a = 1\nvalue = " + "+".join(names[:199]))
    assert value_of("2 ** 64 * 2 ** -64") == 1
    assert value_of("round(0.1234567890126, 12)") == pytest.approx(0.123456789013, abs=1e-15)
    assert value_of("(" * 64 + "1" + ")" * 64) == 1
    assert "nested more than 64 deep" in complaint("(" * 65 + "1" + ")" * 65)


@pytest.mark.parametrize(
    "text",
    [
        "base * (rate_after - rate_before)",
        "gain = a - b\nvalue = gain * 2",
        "conversion_uplift * visits",
        "visits * deltaRate",
        "Reduction * visits",
        "rate_after / rate_before * base",
        "extra_lift",
        "price_increase * orders",
        "uplift = a * b\nvalue = uplift * c",
        "after + -before",
        "a * (1 - b)",
    ],
)
def test_a_formula_with_a_change_is_an_increment(text: str) -> None:
    assert increment_warning(parse_formula(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "visits * conversion_rate",
        "rate_after * base",
        "waste = a - b\nvalue = a * c",
        "value = a * c\neffort = days - 3",
        "5 - 3",
        "-a",
    ],
)
def test_a_formula_without_a_change_is_warned_of(text: str) -> None:
    warning = increment_warning(parse_formula(text))
    assert warning is not None
    assert (warning.code, warning.severity) == ("formula_no_change", Level.WARNING)


def test_a_param_marked_as_an_increment_is_a_change() -> None:
    formula = parse_formula("extra_orders * basket")
    assert increment_warning(formula) is not None
    assert increment_warning(formula, ["extra_orders"]) is None
    assert increment_warning(formula, ["another"]) is not None


NAMES = {"a": 1.5, "b": -2.25, "c": 3.0, "d": 0.125}


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        pair.map(lambda t: f"min({t[0]}, {t[1]})"),
        pair.map(lambda t: f"max({t[0]}, {t[1]})"),
        inner.map(lambda t: f"abs({t})"),
        inner.map(lambda t: f"(-{t})"),
        inner.map(lambda t: f"(not {t})"),
        st.tuples(inner, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), inner, inner, inner).map(
            lambda t: f"({t[3]} if {t[0]} {t[1]} {t[2]} else {t[4]})"
        ),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    )


EXPRESSIONS = st.recursive(st.sampled_from([*NAMES, "2.0", "0.5", "0.0"]), _combined, max_leaves=12)


@settings(deadline=None)
@given(EXPRESSIONS)
def test_the_same_as_python_computes(text: str) -> None:
    expected = float(eval(text, {"min": min, "max": max, "abs": abs}, dict(NAMES)))  # our own texts, not input
    assert value_of(text, **NAMES) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_the_evaluator_and_graphs_are_loaded_by_use_only() -> None:
    code = (
        "import sys; import roadwright.domain.formulas, roadwright.domain.chains, roadwright.domain.math_models; "
        "import roadwright.services.scoring.math_model, roadwright.services.scoring.contributions; "
        "sys.exit(bool({'simpleeval', 'networkx'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_to_write_instead_is_something_that_is_accepted() -> None:
    assert complaint("a * ½").endswith("is not a plain character; write it in plain letters and digits")
    assert complaint("a²").endswith('is not a plain character; write "2"')
    assert complaint("a\u00a0+ 1").endswith("is not a plain character; write a plain blank")


def test_a_message_shows_tabs_as_blanks() -> None:
    said = complaint("a\t*\t* b")
    assert said.isprintable()
    said = complaint("max\t% \t")
    assert said.isprintable()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.7 + 0.1", 0.8),
        ("0.1 * 3 - 0.3", 0.0),
        ("1 - 0.9 - 0.1", 0.0),
        ("0.7 / 0.1", 7.0),
        ("0.3 // 0.1", 3.0),
        ("0.3 % 0.1", 0.0),
        ("1.1 ** 2", 1.21),
        ("round(2.675, 2)", 2.68),
        ("1 if 0.1 + 0.2 == 0.3 else 0", 1.0),
    ],
)
def test_formulas_are_computed_in_decimals(text: str, value: float) -> None:
    assert value_of(text) == value

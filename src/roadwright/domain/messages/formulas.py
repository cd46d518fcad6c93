"""What is wrong with a formula, a metric chain or the key of a KPI."""

from __future__ import annotations

TEXTS = {
    "accents_apart": "letters and accents are typed apart; type the line again in plain letters",
    "argument_count_at_least": "{function} takes {fewest} or more arguments, not {given}",
    "argument_count_either": "{function} takes {fewest} or {most} arguments, not {given}",
    "argument_count_exact": "{function} takes {fewest} {fewest:argument|arguments}, not {given}",
    "arguments_with_names": "{function} takes numbers by position, without =",
    "arrow_without_kpi": 'an arrow in "{line}" has no KPI on one of its sides',
    "chain_circle": (
        "goes round in a circle, {chain}; a cause can't be its own effect (a comma counts as an arrow; write branches "
        "as chains of their own, separated by ;)"
    ),
    "chain_ends_elsewhere": "the chain ends in {ends}, but {other} is {expected}",
    "chain_starts_elsewhere": "the chain starts in {ends}, but {other} is {expected}",
    "chain_too_long": "the chain has {characters:,} characters; at most {most:,} are read",
    "chain_too_many_kpis": "the chain has {count:,} KPIs; at most {most} are read",
    "character_named": "{code} {name}",
    "character_not_in_formulas": "{shown} is not allowed in a formula; {hint}",
    "character_not_plain": "{shown} is not a plain character; {instead}",
    "character_seen": '"{character}" ({named})',
    "clamp_low_above_high": "clamp: its low, {low!f}, is above its high, {high!f}",
    "comma_outside_function": (
        "there is a comma outside of a function; write numbers without thousands separators, as 1000"
    ),
    "control_character": "{code} a control character",
    "did_you_mean": " (did you mean {name}?)",
    "newest_key": " (the newest is {key})",
    "divided_by_zero": "division by zero",
    "empty_chain": "there is no KPI in it; write e.g. page_load_time -> checkout_conversion -> gmv",
    "empty_formula": "there is no formula; write an expression, or lines name = expression and value = …",
    "exponent_too_large": "the exponent {exponent!f} is beyond ±{largest:g}",
    "expression_not_in_formulas": "{expression} is not allowed in a formula",
    "formula_no_change": (
        "the result contains no change. A model's value is what the initiative adds to the KPI, not the level it then "
        "has: subtract the value before from the value after, name what changes ({words}), or mark a param as an "
        "increment"
    ),
    "formula_too_deep": "nested more than {most} deep; split the expression into lines name = expression",
    "formula_too_long": "the formula has {characters:,} characters; at most {most:,} are read",
    "formula_too_many_lines": "the formula has {lines:,} lines; at most {most} are read",
    "formula_too_many_names": "the formula has {count} names; at most {most} are read",
    "function_as_name": "{name} is a function; use another name",
    "function_not_called": "{name} is a function; write {name}(…)",
    "hint_ascii_names": "names are of ASCII letters, digits and _",
    "hint_divide": "write / to divide",
    "hint_double_equals": "write == to compare",
    "hint_long_expression": "write a long expression in parentheses, or split it into lines",
    "hint_multiply": "write * to multiply",
    "hint_no_colon": "a formula has no :",
    "hint_no_lists": "a formula has no lists; use ( and )",
    "hint_no_texts": "a formula has numbers and names only, no texts",
    "hint_one_step_a_line": "write each name = expression on a line of its own",
    "hint_percent": "% is the remainder of a division, so write 12 % as 0.12",
    "hint_point": "a point is allowed in numbers only, as in 0.5",
    "hint_power": "write ** for a power",
    "hint_subtract": "write - to subtract",
    "kpi_inactive": '"{key}" is not active in Metrics_Config; {accepted}',
    "kpi_key_character": (
        '"{key}" holds {character}; a KPI key has no blanks and none of , ; : > = quotes or brackets, e.g. repeat_rate'
    ),
    "kpi_key_has_blank": (
        '"{key}" holds a blank; a KPI key has no blanks and none of , ; : > = quotes or brackets, e.g. repeat_rate'
    ),
    "kpi_key_too_long": '"{key}" is too long for a KPI key; at most {most} characters are read',
    "kpi_only_in_chains": '"{key}" is a {level} KPI, which only stands in metric chains; {accepted}',
    "kpis_accepted": "expected one of {keys}",
    "line_not_a_step": "must be name = expression",
    "line_sets_several": "must be name = expression, with one name",
    "lines_need_names": "of several lines, each must be name = expression, and the last one value = …",
    "logarithm_of_none": "{function}({number!f}): only numbers above 0 have a logarithm",
    "name_begins_reserved": '"{name}": names that begin with __ are reserved; use another name',
    "name_not_finite": '"{name}" has no finite value',
    "name_read_too_early": (
        '"{name}" is read before it is set in line {set_in}; move that line up, or use another name'
    ),
    "name_reserved": "{name} is a reserved word; use another name",
    "name_without_value": '"{name}" has no value{hint}',
    "neither_number_nor_name": '"{word}" is neither a number, as 1000 or 0.5, nor a name, as rate_2',
    "no_contributable_kpi": "Metrics_Config has no such KPI yet",
    "no_function": ('"{name}" is no function{hint}; to multiply, write * before the (; functions are {functions}'),
    "no_north_star": "there would be no active north star; exactly one active KPI must have kpi_level north_star",
    "no_operator": "{sign} is no operator of formulas; there are + - * / // % **",
    "no_result_line": "no line sets the result; the last line must be value = …",
    "number_in_formula_too_large": '"{number}" is too large for a number',
    "parenthesis_after_number": "a ( follows a number or a ); write * between them to multiply",
    "parenthesis_closes_nothing": "a ) closes nothing",
    "parenthesis_never_closed": "a ( is never closed",
    "power_of_negative": "({base!f}) ** {exponent!f}: a negative number has whole powers only",
    "power_of_zero": "0 ** {exponent!f} divides by zero",
    "power_too_large": "{base!f} ** {exponent!f} is too large for a number",
    "result_too_large": "a result is too large for a number",
    "result_too_large_of": "{function}({number!f}) is too large for a number",
    "root_of_negative": "sqrt({number!f}): only numbers of 0 or more have a square root",
    "round_digits": "the second argument of round must be a whole number from 0 to {most}, as written",
    "several_north_stars": "there would be {count} active north stars ({keys}); keep exactly one",
    "star_without_number": "there is a * where a number is expected",
    "unknown_kpi": '"{key}" is no KPI of Metrics_Config{hint}',
    "unknown_kpi_listed": '"{key}" is no KPI of Metrics_Config{hint}; {accepted}',
    "unreadable_at": 'can\'t be read as name = expression or an expression at "{rest}"',
    "unreadable_at_end": 'can\'t be read as name = expression or an expression at the end of "{code}"',
    "unreadable_line": "{what}; {hint}",
    "write_blank": "write a plain blank",
    "write_in_letters": "write it in plain letters and digits",
    "write_instead": 'write "{plain}"',
}

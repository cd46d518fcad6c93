"""What is wrong with a cell. Each text completes "<column>: …", or "<value> …" where another one quotes it."""

from __future__ import annotations

TEXTS = {
    "at_line": "line {line}: {what}",
    "bad_tolerance": "the tolerance of {kpi} is {value!q}; expected a number of 0 or more",
    "below_least": "{value} is out of range; expected a number of {low:g} or more",
    "blank_name": "has a blank name; expected {expected}",
    "blank_word_for_needed": "{value!q} counts as blank, but a value is needed",
    "cell_error": "the cell shows the error {error}; correct its formula or type the value",
    "count_too_large": "{value!q} is too large; at most {largest} is possible",
    "date_for_number": (
        "{value!q} is a date or time, not a number: spreadsheets make a date of 2-3; format the "
        "cell as a number and type it again"
    ),
    "date_without_year": "could be a day and a month, a month and a year, or a number; type the date as 2026-05-31",
    "day_for_period": "{value!q} is a day, not a period; expected a period such as 2026-Q2 (as text)",
    "day_or_year": (
        "could be the {number}. of {month} in a year that is not said, or {month} {year}; type it as 2026-05-31"
    ),
    "empty": "is empty, but needed",
    "entry_not_a_number": "{name} has {value!q}, which is not a number; expected {expected}",
    "entry_unreadable": "{name}: {why}",
    "expected": "expected {expected}",
    "is_a_range": "could be {one} or {other}; type the one number to count with",
    "is_a_size": (
        "is a size: say what it stands for under [sizes] of roadwright.toml, such as {size} = 60, or type the number"
    ),
    "is_no_date": (
        "is not a date; expected a date, as the spreadsheet's own date or as 2026-05-31, 31 May 2026 or Q2 2026"
    ),
    "is_no_number": "is not a number",
    "json_character": "holds a character that can't be stored (code {character})",
    "json_invalid": "is not valid JSON ({why} at character {place})",
    "json_no_number": "holds {word}, which is no number",
    "json_number_too_large": "holds {word}, which is too large a number",
    "json_too_deep": "is nested too deeply",
    "key_with_other_title": (
        "names two things: {key} is {title!q}, not {typed!q}; type the key alone, or with its own title"
    ),
    "merged_into": "the cell is merged into {cell}; unmerge it and type its value",
    "million_or_months": "could be {number} million or {number} months; type {number}M or the number itself",
    "named_twice": "names {name} twice",
    "names_no_kpi": "{value!q} names no KPI; expected {expected}",
    "names_two_initiatives": (
        "names two initiatives: {key} is {title!q}, and {other} is {other_title!q}; type the key "
        "of the one that is meant"
    ),
    "neither_yes_nor_no": "{value!q} is neither yes nor no; expected TRUE or FALSE, yes or no, 1 or 0, x or a blank",
    "no_pair": "{value!q} is no pair of a KPI and a number; expected {expected}",
    "no_ratio": "{value!q} is no share; expected {expected}",
    "no_stage": "{value!q} is no step of an order; expected {expected}",
    "no_such_day": "is a day that no calendar has; expected a date such as 2026-05-31",
    "no_unit": "no unit",
    "not_a_date": "{value!q} is not a date; expected a date, as the spreadsheet's own date or as 2026-05-31",
    "not_a_number": "{value!q} is not a number; expected {expected}",
    "not_a_whole_number": "{value!q} is not a whole number",
    "not_above": "{value} is out of range; expected a number above {above}",
    "not_calculated": (
        "the formula ={formula} has no calculated value; open the workbook in a spreadsheet program, let it "
        "calculate, save it, and run again"
    ),
    "number_too_large": "is too large a number",
    "other_currency": "is in {currency}; this number is in {unit}",
    "other_unit": "is in {written}, and this number is in {unit}",
    "out_of_range": "{value} is out of range; expected a number from {low:g} to {high:g}",
    "percent_for_amount": (
        "{value!q} is a percentage, and could be {share!f} or {number!f}; this column counts amounts: "
        "type the amount itself"
    ),
    "period_days": "{period} is {first} to {last}",
    "ratio_or_percent": "{value!q} could be {number} or {number} %; expected {expected}",
    "read_as": "read {typed!q} as {shown}",
    "read_as_blank": "read {typed!q} as blank",
    "stage_without_kpi": "a step of the order names no KPI; expected {expected}",
    "text_too_long": "has {length} characters; at most {most} are possible",
    "two_amounts": "could be {one} or {other} {unit}; type the number in {unit}, or {unit} behind it",
    "two_dates": (
        'could be {one} or {other}; type it as 2026-05-31, or say [reading] dates = "dmy" or "mdy" in roadwright.toml'
    ),
    "two_numbers": (
        "could be {one} or {other}; type it without a separator, or say which decimal sign you use "
        "with [reading] decimal in roadwright.toml"
    ),
    "unknown_choice": "{value!q} is not known{hint}; accepted: {choices}",
    "unreadable_date": "{value!q} {why}",
    "unreadable_entry": "{name}: {value!q} {why}; expected {expected}",
    "unreadable_json": "{value!q} {why}",
    "unreadable_key": "{value!q} {why}",
    "unreadable_value": "{value!q} {why}; expected {expected}",
    "unstorable_character": "holds a character that can't be stored (code {character}); type the text again without it",
    "unstorable_number": "{value!q} is not a number that can be stored; expected {expected}",
}

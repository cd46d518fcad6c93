"""What is wrong with a cell. Each text completes "<column>: …", or "<value> …" where another one quotes it."""

from __future__ import annotations

TEXTS = {
    "at_line": "line {line}: {what}",
    "bad_tolerance": "the tolerance of {kpi} is {value!q}; expected a number of 0 or more",
    "below_least": "{value} is out of range; expected a number of {low:g} or more",
    "blank_name": "has a blank name; expected {expected}",
    "cell_error": "the cell shows the error {error}; mend its formula or type the value",
    "count_too_large": "{value!q} is too large; at most {largest} is possible",
    "date_for_number": "{value!q} is a date or time, not a number; format the cell as a number and type it again",
    "day_for_period": "{value!q} is a day, not a period; expected a period such as 2026-Q2 (as text)",
    "empty": "is empty, but needed",
    "entry_not_a_number": "{name} has {value!q}, which is not a number; expected {expected}",
    "expected": "expected {expected}",
    "is_no_number": "is not a number",
    "json_character": "holds a character that can't be stored (code {character})",
    "json_invalid": "is not valid JSON ({why} at character {place})",
    "json_no_number": "holds {word}, which is no number",
    "json_number_too_large": "holds {word}, which is too large a number",
    "json_too_deep": "is nested too deeply",
    "merged_into": "the cell is merged into {cell}; unmerge it and type its value",
    "named_twice": "names {name} twice",
    "names_no_kpi": "{value!q} names no KPI; expected {expected}",
    "neither_yes_nor_no": "{value!q} is neither yes nor no; expected TRUE or FALSE, yes or no, 1 or 0",
    "no_pair": "{value!q} is no pair of a KPI and a number; expected {expected}",
    "no_stage": "{value!q} is no step of an order; expected {expected}",
    "not_a_date": "{value!q} is not a date; expected a date, as the spreadsheet's own date or as 2026-05-31",
    "not_a_number": "{value!q} is not a number; expected {expected}",
    "not_a_whole_number": "{value!q} is not a whole number",
    "not_above": "{value} is out of range; expected a number above {above}",
    "not_calculated": (
        "the formula ={formula} has no calculated value; open the workbook in a spreadsheet program, let it "
        "calculate, save it, and run again"
    ),
    "number_too_large": "is too large a number",
    "out_of_range": "{value} is out of range; expected a number from {low:g} to {high:g}",
    "stage_without_kpi": "a step of the order names no KPI; expected {expected}",
    "text_too_long": "has {length} characters; at most {most} are possible",
    "two_readings": "could be read in two ways: write decimals with a point, as in 1234.5 or 1,234.5",
    "unknown_choice": "{value!q} is not known; expected {expected}",
    "unreadable_entry": "{name}: {value!q} {why}; expected {expected}",
    "unreadable_json": "{value!q} {why}",
    "unreadable_value": "{value!q} {why}; expected {expected}",
    "unstorable_character": "holds a character that can't be stored (code {character}); type the text again without it",
    "unstorable_number": "{value!q} is not a number that can be stored; expected {expected}",
}

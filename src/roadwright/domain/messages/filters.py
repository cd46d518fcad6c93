"""What is wrong with a filter of the backlog, or with the name of a saved one."""

from __future__ import annotations

TEXTS = {
    "after_piece": ' after "{piece}"',
    "bad_filter_name": "\"{name}\" can't be a filter's name; expected a short text such as quick-wins",
    "blank_filter_value": "a blank text is no value; to find rows without one, write {field} is empty",
    "bracket_closes_nothing": "this bracket closes nothing; leave it out, or open one before",
    "bracket_never_closed": "this bracket is never closed; expected )",
    "but_there_is": ', but there is "{piece}"',
    "comma_separates_values": (
        "a comma only separates the values of in (…); write a number without it, as 1234.5, and put a text with a "
        "comma in quotes"
    ),
    "compared_with_nothing": (
        "{field} is compared with nothing; expected {operators}, in (…), is empty or is not empty"
    ),
    "comparison_expected": "a comparison is expected{after}, such as lifecycle_status = new{there}",
    "comparison_missing": ("a comparison is missing here; expected {operators}, in (…), is empty or is not empty"),
    "comparison_unknown": (
        'after {field} there is no comparison "{word}"; expected {operators}, in (…), is empty or is not empty'
    ),
    "empty_expected": "empty or not empty is expected{after}{there}; to compare with a value, write =",
    "empty_filter": "the filter is empty; write a comparison such as lifecycle_status = new",
    "empty_filter_value": "an empty text is no value; to find rows without one, write {field} is empty",
    "field_value": "{field}: {why}",
    "field_without_order": ("{field} is {kind}, which has no order; compare it with {operators}, in (…) or is empty"),
    "field_without_parts": (
        "{field} is {kind}, which contains nothing; compare it with {operators}, in (…) or is empty"
    ),
    "filter_at": "{what}\n{pointed}",
    "filter_character": "holds a character that can't be stored (code {character})",
    "filter_date": "{value!q} is not a date; expected such as 2026-05-31",
    "filter_names_another": "a saved filter can't be another's name; write the filter itself",
    "filter_number": "{value!q} is not a number; expected such as 1234.5, -3, 12% or '1,234.5'",
    "filter_time": (
        "{value!q} is no time; expected a day such as 2026-05-31, or a time in UTC such as 2026-05-31T10:30"
    ),
    "filter_too_deep": "is nested too deeply; at most {most} levels are read",
    "filter_too_long": "the filter has {characters:,} characters; at most {most:,} are read",
    "filter_too_many": "compares more than {most} times; for many values of one field write in (…)",
    "keyword_for_field": ('a comparison such as lifecycle_status = new is expected, but there is "{word}"'),
    "keyword_for_value": "a value is expected here; put '{word}' in quotes, to mean this text",
    "kind_boolean": "TRUE or FALSE",
    "kind_date": "a date",
    "kind_number": "a number",
    "kind_other": "a {kind}",
    "list_expected": "a list in brackets is expected{after}, such as in (new, under_review){there}",
    "list_not_ended": ('the values of in (…) are separated by commas and end with ), but there is "{piece}"'),
    "no_comparison": '"{sign}" is no comparison; expected {operators}, in (…), is empty or is not empty',
    "no_comparison_but": '"{sign}" is no comparison; write {meant}',
    "no_field_named": "names no field; expected such as initiative_key, title",
    "no_initiative_key": "{value!q} is no initiative's key; expected {expected}",
    "no_own_filters": 'you have saved no filter "{name}" for yourself; none is yet',
    "no_saved_filters": 'there is no saved filter "{name}"; none is saved yet',
    "period_without_days": (
        '{field}: "{value}" names no days, so nothing is before or after it; expected a period such as 2026-Q2, '
        "2026-H1, 2026-05 or 2026"
    ),
    "quote_never_closed": (
        "this quote is never closed; a text that holds {quote} goes in the other quotes, or doubles it"
    ),
    "saved_filter": "@{name}: {why}",
    "sign_unknown": '"{sign}" is not known here; write {word}, or put a text that holds it in quotes',
    "straight_quotes": "write the straight quotes ' or \" instead of {quote}",
    "text_with_blanks": ("text with blanks goes in quotes, such as '{example}'; else expected and, or, or the end"),
    "text_with_symbols": ('expected and, or, or the end, but there is "{piece}"; text with symbols goes in quotes'),
    "too_many_own_filters": "at most {most} filters are kept for one person; remove one in Settings first",
    "unknown_field": 'there is no field "{name}"{hint}',
    "unknown_field_listed": 'there is no field "{name}"; the fields are: {fields}',
    "unknown_own_filter": 'you have saved no filter "{name}" for yourself{hint}; there are: {names}',
    "unknown_saved_filter": 'there is no saved filter "{name}"{hint}; there are: {names}',
    "value_expected": "a value is expected{after}{there}",
    "value_expected_not_bracket": (
        "a value is expected{after}{there}; a list of values follows in, and text with brackets goes in quotes"
    ),
    "write_is_empty": "write {field} is empty; or '{word}' in quotes, to mean this text",
}

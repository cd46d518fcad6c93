"""What is wrong with what an action is asked for."""

from __future__ import annotations

TEXTS = {
    "several_sources": "{options}: a roadmap has one source; give one of them",
    "roadmap_not_named": "{options}: say of which roadmap, with --option roadmap_name=…",
    "roadmap_named_twice": "name roadmaps by --select or by --option roadmap_name, not by both",
    "status_missing": "say where to move it, with --option status=…; where to move it: {statuses}",
    "action_on_other_tabs": "{action} does not work on {tab}; it works on: {tabs}",
    "action_without_selection": "{action} always works on everything; leave --select out",
    "action_without_tab": "{action} works on no single tab; leave --tab out",
    "option_filter": "option filter: {why}",
    "option_given_twice": "option {name} is given twice",
    "option_no_batch": "expected a whole number from 1 to {most}",
    "option_no_number": "expected a number",
    "option_no_plain_value": "expected a text, a number, or true or false",
    "option_not_positive": "expected a number above 0",
    "option_one_of": "expected {accepted}",
    "option_unreadable": "option {name} is {value!q}; {why}",
    "option_without_value": "--option {text!q} can't be read; expected name=value",
    "unstorable_request": "{place} holds a character that can't be stored (code {character}); type it again without it",
    "unknown_option": '{action} has no option "{name}"; it has: {names}',
}

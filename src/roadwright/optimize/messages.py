"""Everything that the optimizer tells, as data: a code and its parameters. The words of all of them are in this file.

A kind of constraint outside this package adds its words with `add_words`. Parameters named `field`, `rule` and `rules`
hold names that a caller may want to show otherwise: the column of a sheet for a field, the place of a row for its id.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from roadwright.domain.decimals import as_float

MAX_NAMES = 8


def amount(value: Fraction | float) -> str:
    """A number for a message: thousands separated, ten digits."""
    return f"{as_float(Fraction(value)):,.10g}"


def names(keys: Sequence[str], most: int = MAX_NAMES) -> str:
    """Some keys for a message; of very many only the first ones."""
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more


def shown(value: object) -> str:
    """A value as a person recognises it in a message: JSON's words, and long values cut."""
    words = {True: "true", False: "false", None: "null"}
    text = words[value] if value is None or isinstance(value, bool) else f"'{value}'" if isinstance(value, str) else ""
    text = text or (f"{value}" if isinstance(value, int | float) else f"a{_kind(value)}")
    text = text if len(text) <= 60 else text[:57] + "…'"
    return text.encode("utf-8", "backslashreplace").decode()  # a message must be printable whatever it is about


def _kind(value: object) -> str:
    return "n object" if isinstance(value, Mapping) else " list" if isinstance(value, list | tuple) else " value"


@dataclass(frozen=True, slots=True, eq=False)
class OptimizerMessage:
    """What is told: `code` says what it is, `params` what it is about. `str` of it is the text.

    Messages are equal where their texts are: one that was stored equals the one that it was made of.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return _FORMAT.vformat(WORDS[self.code], (), self.params)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptimizerMessage) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def renamed(self, shown_as: Mapping[str, str], *params: str) -> OptimizerMessage:
        """The same with other names for what stands in these parameters, also in messages within this one."""
        return OptimizerMessage(
            self.code, {name: _renamed(name, value, shown_as, params) for name, value in self.params.items()}
        )


def _renamed(name: str, value: Any, shown_as: Mapping[str, str], params: Collection[str]) -> Any:
    if isinstance(value, OptimizerMessage):
        return value.renamed(shown_as, *params)
    if isinstance(value, list):
        return [_renamed(name, item, shown_as, params) for item in value]
    return shown_as.get(value, value) if name in params and isinstance(value, str) else value


def message(code: str, **params: Any) -> OptimizerMessage:
    """A message with these parameters."""
    return OptimizerMessage(code, params)


def text(words: str) -> OptimizerMessage:
    """Words that were put together elsewhere, or read from a stored answer."""
    return OptimizerMessage("text", {"text": words})


def hint(word: str, words: Collection[str]) -> OptimizerMessage | None:
    """The word that was probably meant, or those that there are; none among very many."""
    if len(words) > 1000:
        return None
    known = sorted(words)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.75)
    if close:
        return message("did_you_mean", word=close[0])
    return message("there_are", words=known) if 0 < len(known) <= 12 else None


class _Templates(string.Formatter):
    """Templates with the forms that parameters have in messages: ``{value:shown}``, ``{limit:amount}``."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None and not format_spec:
            return ""
        forms = {"shown": shown, "amount": amount, "names": names, "list": ", ".join, "all": _all, "ten": _ten}
        form = forms.get(format_spec)
        return str(form(value)) if form is not None else str(super().format_field(value, format_spec))  # type: ignore[operator]


def _all(messages: Iterable[object]) -> str:
    return "; ".join(map(str, messages))


def _ten(keys: Sequence[str]) -> str:
    return names(keys, 10)


_FORMAT = _Templates()

WORDS: dict[str, str] = {
    "text": "{text}",
    "did_you_mean": "; did you mean '{word}'?",
    "there_are": "; there are: {words:list}",
    # What is wrong with a field
    "not_an_object": "must be an object, not {value:shown}",
    "unknown_field": "unknown field {value:shown}{hint}",
    "missing": "{field} is missing",
    "one_missing": "{fields} is missing",
    "blank": "{field} is blank",
    "not_text": "{field} must be text, not {value:shown}",
    "broken_character": "{field} holds a broken character ({value})",
    "not_number": "{field} must be a number, not {value:shown}",
    "not_finite": "{field} must be a finite number, not {value:shown}",
    "not_whole": "{field} must be a whole number, not {value:shown}",
    "negative": "{field} must not be negative, and is {value:shown}",
    "unknown_word": "unknown {field} {value:shown}; one of {words:list}",
    "not_list": "{field} must be a list, not {value:shown}",
    "not_texts": "{field} must hold texts, not {value:shown}",
    "not_mapping": "{field} must be an object, not {value:shown}",
    "not_named_by_texts": "{field} must be named by texts, not {value:shown}",
    "not_storable": "{field} holds what can't be stored: {value:shown}",
    # What is wrong with a problem
    "reserved_resource": "{value:shown} can't name a further resource; the capacity in tokens belongs in 'capacity'",
    "candidate_and": "{key} is a candidate, so it can't be {group} as well",
    "kpi_twice": "the KPI '{key}' is there twice; keep one of the two",
    "no_north_star": "exactly one KPI must have the level north_star; there is none",
    "north_stars": "exactly one KPI must have the level north_star; there are {count}: {keys:list}",
    "candidate_twice": "the key '{key}' is there twice, first at {first}",
    "unknown_kpi": "unknown KPI {value:shown} in {field}{hint}",
    "tokens_in_resources": "tokens belong in the field tokens, not in resources",
    "no_capacity_of_resource": "unknown resource {value:shown}; give it a capacity in capacities",
    "unknown_dimension": "unknown dimension {value:shown}{hint}",
    "no_weight": "weights must name at least one KPI with a weight above 0",
    "no_order": "order must be a list that names at least one KPI",
    "order_twice": "the KPI '{key}' is there twice",
    "supporting_in_objective": "{field} can only name the north star and strategic KPIs, and '{key}' is supporting",
    "id_twice": "the id of {first} is used again by {second}; ids must differ",
    "reserved_id": "the id {value:shown} is reserved for the total capacity; give {second} another one",
    "unknown_resource": "unknown resource {value:shown}{hint}",
    "unknown_initiative": "unknown initiative {value:shown} in {field}{hint}",
    "all_of_all": "dimension all goes with the dimension_key all, not {value:shown}",
    "parts_missing": "{field} {value:shown} must have a value for each part of {dimension:shown}, joined by +",
    "above": "{low_field} ({low:shown}) is above {high_field} ({high:shown})",
    "above_members": "min_count ({count}) is above the number of members ({members})",
    "too_few_members": "{field} must name at least {least}, and {found}",
    "too_many_members": "{field} must name {most}, and {found}; use one row for each",
    "names_some": "names {count}",
    "names_none": "names none",
    "member_twice": "{field} name {value:shown} twice",
    "own_member": "{value:shown} is among its own members",
    "mandatory_outside": "{value:shown} is mandatory, but it is not a candidate; add it, or drop this row",
    "mandatory_without_tokens": "{value:shown} is mandatory, but its tokens are missing; fill them in, "
    "or drop this row",
    "decrease_without_baseline": "'{key}' should decrease, so its target is a level and needs a baseline_value; "
    "without one, {field} is the change wanted and must be below 0, not {value:shown}",
    # What rows demand
    "capacity_is": "the capacity is {limit:amount} {resource}",
    "whole_portfolio": "the whole portfolio",
    "slice": "{dimension} {key}",
    "at_least_in": "at least {limit:amount} {resource} for {slice}",
    "at_most_in": "at most {limit:amount} {resource} for {slice}",
    "is_mandatory": "{key} is mandatory",
    "is_excluded": "{key} is excluded",
    "not_both": "not both {key} and {members:names}",
    "all_or_none": "all or none of {members:names}",
    "needs": "{key} needs {members:names}",
    "needs_one_of": "{key} needs one of {members:names}",
    "count_at_least": "at least {low} of {members:names}",
    "count_at_most": "at most {high} of {members:names}",
    "count_between": "at least {low} and at most {high} of {members:names}",
    "together_add": "{members:names} together add {bonus:amount} to {kpi}",
    "must_reach": "{kpi} must reach {value:amount}{baseline} in {slice}",
    "should_reach": "{kpi} should reach {value:amount}{baseline} in {slice}",
    "from_baseline": " from {value:amount}",
    # About rows whose initiatives are no candidates
    "delivered_already": "{key} is delivered already",
    "left_out": "{key} has no tokens and is left out",
    "not_a_candidate": "{key} is not a candidate",
    "no_effect": "{who:all}, so this row has no effect",
    "fulfilled": "{who:all}, so this row is fulfilled",
    "none_of_bundle": "{who:all}, so no member of this bundle can be selected",
    "rest_of_bundle": "{who:all}; the remaining members stay all or none",
    "not_selectable": "{who:all}, so {key} can't be selected",
    "met": "{who:all}: met",
    "others_count": "{who:all}; the other members count",
    "counted_as_0": "{who:all}: counted as 0",
    "counts_as_selected": "{who:all}: counts as selected",
    "nothing_spent": "there is no candidate in {slice}: nothing is spent there",
    # About data, rows and targets before solving
    "no_tokens": "{key} has no tokens, so it is left out; fill in its tokens",
    "unused_field": "{field} is not used by {type}",
    "circle": "prerequisites in a circle: {keys:ten} can only be selected all together",
    "nothing_achieved": "there is no candidate in {slice}: nothing is achieved there",
    "supporting_kpi": "{kpi} is a supporting KPI: its contributions are counted in targets and reports only",
    "increment": "{slice} has no baseline_value: the target is taken as the change that the portfolio must bring there",
    "mandatory_and_excluded": "{key} is mandatory here and excluded by {rule}",
    "floor_above_cap": "{floor}, but {rule} allows at most {limit:amount}",
    "floor_above_all": "{floor}, but its candidates need {available:amount} altogether",
    "floor_over_nothing": "{floor}, but no candidate is there",
    "floors_above_capacity": "the floors {rules:list} ask for {total:amount} {resource} together, "
    "and the capacity is {capacity:amount}",
    "mandates_above_capacity": "what is mandatory, with its prerequisites and bundles, needs {total:amount} "
    "{resource}, and the capacity is {capacity:amount}",
    "target_out_of_reach": "asks for an improvement of {need:amount} in {kpi} for {slice}, "
    "and all candidates there bring {most:amount}",
    # Why an initiative is out
    "excluded_by": "excluded by {rule}",
    "excluded_because": "excluded by {rule} ({reason})",
    "excluded_with": "can't be chosen with {keys:list} ({rule})",
    "needs_absent": "needs {keys:list}, which can't be chosen ({rule})",
    "needs_one_absent": "needs one of {keys:list}, and none can be chosen ({rule})",
    "comes_with_absent": "comes only with {keys:list}, which can't be chosen ({rule})",
    # The objective
    "unused_by_mode": "{field} is not used with the mode {mode}",
    "last_tolerance": "{kpi} is the last KPI in order: its tolerance has no effect, nothing is weighed after it",
    "nothing_to_improve": "no weighted KPI is left to improve: any portfolio that keeps the rules will do",
    "goals_met": "{kpi}: all its goals are met already, so it is left out of the weighted sum",
    "never_improved": "{kpi}: no candidate improves it, so it is left out of the weighted sum",
    "scaled_no_target": "{kpi}: it has no target; it is scaled by all the improvement on offer ({total:g})",
    "scaled_protected": "{kpi}: its targets only protect what there is; it is scaled by all the improvement on offer "
    "({total:g})",
    "large": "{count:,} candidates: the answer may be up to {gap:.2%} below the best; ask for gap 0 to prove it",
    # How a solve ended
    "nothing": "",
    "unknown": "stopped by the time limit before any portfolio was found; give it more time",
    "infeasible": "no portfolio keeps all the rules",
    "cancelled": "stopped on request: the portfolio keeps all rules, but it is not proved to be the best",
    "cancelled_early": "stopped on request before any portfolio was found",
    "failed": "the solver's answer did not pass the exact check, so there is none",
    "stopped_by_limit": "stopped by a limit: the portfolio keeps all rules, but it is not proved to be the best",
    "within_gap": "the portfolio keeps all rules and is within the gap that was asked for of the best",
    "numerics": "the portfolio keeps all rules, but it can't be proved to be the best: "
    "the numbers of {rules:names} are too far apart; fewer digits help",
    "crashed": "the solver's process ended unexpectedly (it may have been killed, or memory was short); run it again",
    "crashed_with_answer": "the solver's process ended unexpectedly (it may have been killed, or memory was short); "
    "run it again: this is the best that was found by then",
    # Conflicts and repairs
    "no_conflict_found": "no conflict was found in the time there was",
    "conflict_not_minimal": "the conflict may hold rows that it doesn't need: the time was too short",
    "no_repair_found": "no repair was found in the time there was",
    "repair_not_proved": "there may be a cheaper repair: the time was too short to prove it",
    "several": "{parts:all}",
    "drop_row": "drop {rule} ({demand})",
    "change_capacity": "change the capacity from {before:amount} to {after:amount} ({demand})",
    "change_row": "change {field} of {rule} from {before:amount} to {after:amount} ({demand})",
    # Explanations
    "not_computed_cancelled": "not computed: stopped on request",
    "not_computed_time_limit": "not computed: the time was up",
    "not_computed_gap": "not computed: the answer was proved within a gap only",
    "not_computed_numerics": "not computed: numbers are so far apart that nothing could be proved",
    "nothing_called": "nothing to explain is called {keys:names}: name initiatives, row ids, or all",
    "no_price": "{demand}: only mandates, floors, caps and capacities have a price",
    "cannot_select_delivered": "{key} can't be selected: it is delivered already",
    "cannot_select_without_tokens": "{key} can't be selected: it has no tokens",
    "cannot_select_outside": "{key} can't be selected: it is not a candidate",
    "cannot_leave_out": "{key} can't be left out: {rules:names}",
    "cannot_leave_out_any": "{key} can't be left out: the rules",
    "cannot_select": "{key} can't be selected: {rules:names}",
    "cannot_select_any": "{key} can't be selected: the rules",
    "leaving_out_costs": "leaving it out costs {loss:amount} {stage}{changes}",
    "leaving_out_finds": "leaving it out finds {gain:amount} more {stage}{changes}",
    "forcing_in_costs": "forcing it in costs {loss:amount} {stage}{changes}",
    "forcing_in_finds": "forcing it in finds {gain:amount} more {stage}{changes}",
    "mandate_costs": "that {key} is mandatory costs {loss:amount} {stage}{changes}",
    "mandate_is_free": "that {key} is mandatory costs nothing",
    "would_drop": "; would drop {dropped:names}",
    "would_bring_in": "; would bring in {added:names}",
    "would_do_both": "; would drop {dropped:names}, would bring in {added:names}",
    "limit_is_idle": "{demand}: relaxing it alone brings nothing",
    "limit_step": "{demand}: {field} {unit:amount} would bring {brings}; the selection next changes at {next:amount}, "
    "for {gain:amount} {stage}{changes}",
    "brings_nothing": "nothing",
    "brings": "{gain:amount} {stage}",
    # Frontiers
    "wrong_points": "points must be from 2 to {most}, not {points}",
    "unknown_kpi_there_are": "unknown KPI '{kpi}'; there are: {known:list}",
    "same_kpi": "name two different KPIs",
    "capped": "capped at {most} points: those {missing} are missing",
    "capped_before": "capped at {most} points: those before the one with most {kpi} are missing",
    "below_tokens": "below {tokens:g} tokens",
    "points_below_missing": "the points {below} are missing",
    "points_before_missing": "those before the one with most {kpi} are missing",
    "stopped_late": "the time was up",
    "stopped_by_numerics": "numbers are so far apart that a point could not be proved",
    "stopped_on_request": "stopped on request",
    "stopped_with": "{why}: {missing}",
    "points_cancelled": "stopped on request: further points are missing",
}
"""By code the words of each message."""


def add_words(words: Mapping[str, str]) -> None:
    """Further messages, for kinds of constraints that come from elsewhere. Raises ValueError for a code in use."""
    for code, template in words.items():
        if WORDS.setdefault(code, template) != template:
            raise ValueError(f"the code {code} has other words already")

"""What there is to say of scores, math models and contributions."""

from __future__ import annotations

TEXTS = {
    "claimed_twice": (
        "{cause} drives {effect} ({path}) and both are claimed: if one contribution comes about through the other, it "
        "is counted twice"
    ),
    "effort_not_positive": "no MATH_MODEL overall: {source} is {effort!f}; it must be above 0",
    "effort_of_formula": "the formula's effort",
    "formula_blank": "blank, so the model contributes nothing",
    "model_not_approved": "not approved, so the model contributes nothing",
    "model_note": "{model}: {what}",
    "model_overall_too_large": "no MATH_MODEL overall: it would be too large for a number; check {source}",
    "model_without_effort": (
        "no MATH_MODEL score: effort_engineering_days and {tokens_field} are blank, and the formula of {model} sets no "
        "effort"
    ),
    "no_primary_model": "no MATH_MODEL score: no model is_primary; set is_primary on one of {models}",
    "no_primary_of_several": (
        "{kpi}: of {count} approved models none is primary; {chosen} counts, as the largest improvement, and not "
        "{others}; set is_primary on one"
    ),
    "no_score_to_activate": "{framework} is active, but there is no {framework} score to activate",
    "overall_too_large": "{framework} times strategic_priority_coefficient {coefficient!f} is too large",
    "params_blank": "Params: {params} {params:is|are} without a value, so the model contributes nothing",
    "params_missing": "Params: {params} {params:is|are} missing, so the model contributes nothing",
    "params_unapproved": "Params: {params} {params:is|are} not approved, so the model contributes nothing",
    "percent_of_shares": "result {value!f} means {value!f} %; for {percent!f} % write 100 * (…)",
    "score_inputs_blank": "no {framework} score: {names} {names:is|are} blank",
    "score_too_large": "no {framework} score: it would be too large for a number; check the inputs",
    "several_primary_models": "no MATH_MODEL score: is_primary is set on {models}; keep it on one",
    "several_primary_of_kpi": (
        "{kpi}: of {count} approved models several are primary; {chosen} counts, as the largest improvement, and not "
        "{others}; set is_primary on one"
    ),
}

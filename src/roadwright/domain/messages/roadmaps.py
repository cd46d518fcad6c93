"""What there is to say of roadmaps: gates, sources, versions, comparing, drift and overlap."""

from __future__ import annotations

TEXTS = {
    "adopted_run_of_other": (
        "{run} is of scenario {scenario}, and its candidates were not this roadmap's entries; {known}"
    ),
    "adopted_run_unanswered": "{run} chose nothing, it ended {status}; {known}",
    "adopted_run_unknown": "there is no run {run!q}; {known}",
    "allowed_moves": "from {status} it can go to {moves}",
    "candidate_not_selected": "a candidate of {run}, but not selected",
    "compared": ("{b} against {a}: {came_in} came in, {went_out} went out, {changed} changed, {same} stayed the same."),
    "compared_kpi": "{kpi}: {figures}.",
    "compared_nothing": "Nothing is in on {a}, and nothing on {b}.",
    "compared_periods": "{b} is for {b_period}, {a} for {a_period}.",
    "compared_tokens": "Tokens: {figures}.",
    "compared_without_tokens": ("Without tokens, and so not in the sum: {b_count!f} on {b}, {a_count!f} on {a}."),
    "contributes_elsewhere": (
        "it contributes to {kpis} only, and none of them is an active north_star or strategic KPI"
    ),
    "deadline_outside": "deadline_date {deadline} is not in {period} ({first} to {last})",
    "drift_entered": "is new on the roadmap",
    "drift_entered_again": "was left out ({reasons}), and is {status} now",
    "drift_gone": "is no longer on the roadmap",
    "drift_of_initiative": "{initiative} ({title}) {what}",
    "drifted": (
        "drifted since {version} was published: {first}; roadwright drift shows all, pm.roadmap_publish makes version "
        "{next}"
    ),
    "drifted_more": (
        "drifted since {version} was published: {first} (and {more} more {more:change|changes}); roadwright drift "
        "shows all, pm.roadmap_publish makes version {next}"
    ),
    "entry_not_judged": "not judged yet; pm.roadmap_check_gates judges it",
    "field_changed": "{field}: {then} → {now}",
    "fields_blank": "{names} {names:is|are} blank",
    "figures_down": "{b} instead of {a} ({change})",
    "figures_same": "{b} on both",
    "figures_up": "{b} instead of {a} (+{change})",
    "filter_source_blank": (
        "is blank; expected a filter of the backlog, such as lifecycle_status = under_review and department = Growth"
    ),
    "filter_source_empty": "matches nothing",
    "framework_blank": "active_scoring_framework is blank, so no score is active",
    "gate_blocks": "{gate}: {what}",
    "gate_changed": "gate {gate}: {then}, {now}",
    "gate_failed": "failed",
    "gate_fails_now": "fails now",
    "gate_fails_now_for": "fails now: {why}",
    "gate_faults": "{faults}",
    "gate_not_asked_now": "is not asked now",
    "gate_passed": "passed",
    "gate_passes_now": "passes now",
    "gate_warns": "{gate} (warn): {what}",
    "gate_was_not_asked": "was not asked",
    "gates_changed": " ({changes})",
    "gates_fail": "{gates} {gates:fails|fail}",
    "gates_pass": "{gates} {gates:passes|pass}",
    "kpi_field_changed": "{field} of {kpi}: {then} → {now}",
    "left_out_blocked": "left out: blocked",
    "left_out_for": "left out: {reason}",
    "left_out_for_more": "left out: {reason} (and {more} more)",
    "left_out_gone": "was left out, and is no longer on the roadmap",
    "left_out_new": "is new, and left out: {reasons}",
    "left_out_now": "is left out now: {reasons}",
    "left_out_of": "left out of {label}: {reasons}",
    "lifecycle_not_accepted": "lifecycle_status is {status}; accepted: {accepted}",
    "list_of_keys_unknown": "no initiative has the key {keys}",
    "listed": "the {what} are {names}",
    "listed_more": "the {what} are {names} and {more} more",
    "listed_none": "there are no {what} yet",
    "models_not_approved": "approved_by_user is not set on {models}",
    "move_not_allowed": 'roadmap "{roadmap}" is {status} and can\'t become {to}; {allowed}',
    "name_forms": "{why}; a version is named name@2, a run OPT-000001",
    "needs_blocked": "needs {key}, which is blocked on this roadmap",
    "needs_no_initiative": "needs {key}, which is no initiative",
    "needs_not_listed": "needs {key}, which is not on this roadmap",
    "needs_over": "needs {key}, which is {status}",
    "never_published": "it was never published; pm.roadmap_publish does that",
    "no_gate_policies": (
        'there is no policy "{policy}" on the Gates tab, there is none yet; fill in its gates there, fix the name, or '
        "clear it for the default policy"
    ),
    "no_math_model": "it has no math model",
    "no_math_model_no_chain": "it has no math model, and so no metric chain",
    "no_run_adopted": (
        'nobody has said which run is published of "{roadmap}"; {known}. Type one as adopted_run on Roadmaps, or give '
        "--option run_id=…"
    ),
    "no_runs_to_adopt": "no scenario with this roadmap has an answered run yet",
    "none_yet": "none yet",
    "not_approved": 'roadmap "{roadmap}" is {status}; {way_out}',
    "not_on": "not on {label}",
    "not_selected_on": "on {label}, but not selected",
    "overall_score_blank": "overall_score is blank; at least {least!f} is asked for",
    "score_percentile_blank": "score_percentile is blank; at least {least!f} is asked for",
    "score_percentile_too_low": "score_percentile is {share!f}; at least {least!f} is asked for",
    "overall_score_too_low": "overall_score is {overall!f}; at least {least!f} is asked for",
    "overlap": "{subject} {claim}",
    "overlap_claim_both": ('is selected on both "{one}" and "{other}" in {period}: its capacity is promised twice'),
    "overlap_claim_other": 'is selected on "{other}" too in {period}: its capacity is promised twice',
    "overlap_many": (
        '{count} initiatives ({tokens!f} tokens) are selected on "{other}" too in {period}, their capacity is promised '
        "twice: {keys}"
    ),
    "overlap_many_more": (
        '{count} initiatives ({tokens!f} tokens) are selected on "{other}" too in {period}, their capacity is promised '
        "twice: {keys} and {more} more (roadwright doctor lists all)"
    ),
    "overlap_subject": "{initiative} ({title})",
    "overlap_subject_tokens": "{initiative} ({title}, {tokens!f} tokens)",
    "parameter_blank": "is blank; expected {expected}",
    "parameter_no_column": ("{value!q} is no column of the Backlog that can be asked for{hint}; expected {expected}"),
    "parameter_out_of_range": "{value!q} is out of range; expected {expected}",
    "parameter_no_word": "{value!q} is none of {words}{hint}",
    "period_has_no_days": (
        "the roadmap's period_key {period} names no days, so that {deadline} can't be told to be in it"
    ),
    "policy_gates_changed": "the gates of the policy: {then} → {now}",
    "policy_parameter": 'in policy "{policy}" the parameter of {gate} {why}; fix it on Gates',
    "portfolio_source_empty": "the portfolio of {run} is empty",
    "publish_archived": "an archived roadmap starts again as a draft: pm.roadmap_set_status --option status=draft",
    "publish_draft": (
        "it has to be reviewed and approved first: pm.roadmap_set_status --option status=in_review, then "
        "status=approved"
    ),
    "publish_in_review": "it has to be approved first: pm.roadmap_set_status --option status=approved",
    "published_as_version": (
        '"{roadmap}" is published as version {number} with {count} {count:entry|entries}{left_out}{chosen}'
    ),
    "published_by_status": (
        'roadmap "{roadmap}" is not published by its status: pm.roadmap_publish publishes an approved roadmap; '
        "{allowed}"
    ),
    "published_chosen": (
        ", chosen by {run} (scenario {scenario}): {chosen} of {count}, {tokens!f} of {standing!f} tokens"
    ),
    "published_left_out": ", {count} left out",
    "published_nothing_new": (
        'nothing changed on "{roadmap}" since version {number}, so there is no new version{chosen}'
    ),
    "published_undecided": "; no run is adopted, so selected is blank and all of it counts",
    "reasons_unknown": "blocked",
    "risk_blank": "risk_level is blank; at most {most} is accepted",
    "risk_too_high": "risk_level is {risk}; at most {most} is accepted",
    "roadmap_field_changed": "{field} of the roadmap: {then} → {now}",
    "roadmap_not_judged": 'roadmap "{roadmap}" can\'t be judged: {why}',
    "roadmap_only_named": (
        'roadmap "{roadmap}" is named on Roadmap_Entries, but it is not on the Roadmaps tab; fill in its row there and '
        "save it"
    ),
    "run_changed": "the run that it comes from: {then} → {now}",
    "run_chose_nothing": "{run} chose nothing: the run is {status}; name a run with an answer",
    "run_of_scenario": "{run} ({scenario})",
    "runs_to_adopt": "the answered runs over it are: {runs}",
    "run_source_blank": "is blank; expected a run, the latest are: {newest}",
    "run_source_unanswered": "{run} chose nothing, it ended {status}; expected a run with an answer",
    "run_source_unknown": 'there is no run "{run}"; expected a run, the latest are: {newest}',
    "score_not_active": "its {framework} score is computed, but not the active one; run pm.switch_framework",
    "score_not_computable": "{framework} is active, but its score can't be computed from its inputs",
    "score_not_computed": "{framework} is active, but its score has not been computed; run pm.score_selected",
    "score_outdated": "its inputs were changed since its {framework} score was computed; run pm.score_selected",
    "shown_no": "no",
    "shown_none": "none",
    "shown_nothing": "nothing",
    "shown_yes": "yes",
    "source_blank": "is blank, though source_ref is filled in; expected one of {sources}",
    "status_moved": "was {before}, now {after}{gates}",
    "status_still": "still {after}{gates}",
    "unknown_gate_policy": (
        'there is no policy "{policy}"{hint} on the Gates tab, there are: {known}; fill in its gates there, fix the '
        "name, or clear it for the default policy"
    ),
    "roadmap_name_on_entries": "the roadmap can not get this name: {why}",
    "roadmap_named_elsewhere": (
        '"{roadmap}" is named by {uses}; change these first, or they would find nothing any more'
    ),
    "used_by_saved_filters": "the saved filters {where}",
    "used_by_filter_sources": "the filters that the roadmaps {where} are made from",
    "unknown_roadmap": 'there is no roadmap "{roadmap}"{hint}; {known}',
    "unknown_run": "there is no run {run}; {known}",
    "unknown_version": 'there is no version "{version}"{hint}; {known}',
    "version_never_changes": "version {version} is published, and a published version never changes",
}

"""What the server says: who may come in, what a call lacks, and how it serves."""

from __future__ import annotations

TEXTS = {
    "oidc_not_believed": (
        "what {issuer} said could not be verified ({why}); try again, and tell an admin if that happens once more"
    ),
    "oidc_not_set_up": "signing in at a provider is not set up here",
    "oidc_other_attempt": "this attempt to sign in is over, or was begun in another browser; begin again",
    "oidc_other_domain": "{email} has no account here, and its domain is not one whose people get one; ask an admin",
    "oidc_said_no": "{issuer} did not sign you in ({why})",
    "oidc_secret_missing": "[auth.oidc] needs the secret of the client; set the variable {variable}",
    "oidc_unreachable": "{issuer} can't be reached now ({why}); try again, or sign in with a password",
    "oidc_unverified": "{issuer} does not vouch for an e-mail address of yours; verify it there first",
    "user_disabled": "{email} may sign in no more; ask an admin",
    "act_unknown": 'this page has nothing that is called "{act}"; load it again',
    "edited_many": "{changed} initiatives were changed",
    "edited_many_partly": "{changed} initiatives were changed, {refused} refused; what was typed stays in their cells",
    "filter_replaced": "{name} is saved in place of: {before}",
    "filter_saved": "{name} is saved for the team",
    "filter_saved_own": "{name} is saved, only for you",
    "filter_needs_account": (
        "filters of one's own need an account; as long as nobody has to sign in, they are saved for the team"
    ),
    "idea_entered": "{key} is in the backlog",
    "idea_entered_but": "{key} is in the backlog. {said}",
    "nothing_to_undo": "nothing was edited on this page that could be taken back",
    "undone": "taken back on {done} initiatives",
    "undone_partly": "taken back on {done} initiatives; {left} were changed since then and stay as they are",
    "act_wrong": "the page sent something that is not taken ({fields:names}); load it again",
    "conflicts_changed": (
        "{count} {count:field has|fields have} changed since you chose and {count:is|are} not settled; look again"
    ),
    "action_needs_role": "{action} needs the role {needed}; yours is {role}",
    "action_not_of_token": "this token does not run {action}; it runs: {actions}",
    "address_not_served": "{host} port {port} can't be served at: {why}; --port 0 takes a free port",
    "bad_token_name": '"{name}" is no name for a token; it takes 1 to {most} characters on one line',
    "body_too_large": "the body is too large; up to {most} MB are taken. Send fewer rows at once",
    "foreign_origin": (
        "a write with the session cookie has to come from a page of this server: Origin is {origin}, not {own}"
    ),
    "idempotency_key_busy": "the request with the key {key} is still being done; send it again later",
    "idempotency_key_of_other_body": (
        "the key {key} was sent before with another body; the same key means the same request. Take a new key"
    ),
    "no_email": '"{value}" is no address; expected one such as anna@example.com',
    "no_span": '"{value}" is no time; expected hours, days or weeks, such as 12h, 90d or 8w',
    "no_such_method": "{path} takes no {method}",
    "no_such_path": "there is nothing at {path}; /api/v1/docs shows what there is",
    "no_token": 'there is no token "{name}"{hint}; roadwright tokens list shows them',
    "no_user": "there is no user {email}{hint}; roadwright users list shows them",
    "no_user_to_serve": (
        "{host} can be reached by others, and there is no user who could sign in; add one first: roadwright users add "
        "EMAIL --role admin"
    ),
    "not_signed_in": (
        "sign in first: send Authorization: Bearer rw_… (roadwright tokens create makes a token), or open the address "
        "that roadwright serve printed"
    ),
    "lane_without_period": "no period is in use for this lane; give the entry a period of its own by its menu",
    "page_fault": "that went wrong, and nothing is known to have been changed; the server's log has it",
    "first_user_no_admin": (
        "the first user has to be an admin, not {role}: as soon as there is one, everybody has to sign in to get in"
    ),
    "last_admin": ("{email} is the last admin, and stays one who may sign in; make somebody else admin first"),
    "password_wrong": "this is not your password as it is now",
    "token_role_too_high": "a token can't be {wanted}, as you are {role}; choose {role} or less",
    "password_length": "a password takes {least} to {most} characters",
    "question_superseded": "ended: the same client asked another question, or is gone",
    "refused": "{why}",
    "request_wrong": "{field}: {why}",
    "request_wrong_and_more": "{field}: {why} (and {more} more)",
    "param_has_fault": "{param} has a value that could not be saved; correct it first",
    "param_without_value": "{param} has no value yet, so nobody can stand behind it; fill it in first",
    "role_too_low": "this needs the role {needed}; yours is {role}",
    "run_of_another": "{run_id} was asked for by {who}; only an admin cancels what others asked for",
    "server_fault": "an unexpected fault; the server's log has it under {request_id}",
    "token_known": 'there is a token "{name}" already, perhaps a revoked one; choose another name',
    "token_of_actions": "this token runs {actions}, and reads; it changes nothing else",
    "too_many_attempts": "too many failed attempts to sign in; try again in {minutes} {minutes:minute|minutes}",
    "unknown_host": 'this server is not called "{host}"; name it under [server] hosts of roadwright.toml',
    "unknown_role": '"{value}" is no role; there are: {roles}',
    "user_known": "{email} is a user already; roadwright users set-role changes the role",
    "worker_needs_postgresql": (
        "a worker of its own needs a database that several machines can use: set database_url to a PostgreSQL database "
        "(roadwright move-database moves the data). On SQLite roadwright serve does the runs itself"
    ),
    "wrong_password": "this address and password don't go together",
    "column_is_computed": "{tab} row {row}: {column} is written by Roadwright, and can not be changed",
    "column_is_sheet_only": "{tab} row {row}: {column} holds words of people at the sheet, which are kept there only",
    "identity_blank": "it has no identity; fill in {names}",
    "identity_stored": '"{key}" is stored already, as another row',
    "initiative_enters_as_idea": 'there is no "{key}"; an initiative enters as an idea, by POST /api/v1/initiatives',
    "mark_missing": (
        "the row is stored already, and says something else in {columns:names}; send the mark that it was read with"
    ),
    "mark_unknown": "it is no mark of a row of {tab}; read the row again",
    "no_column_to_change": '{tab} row {row}: there is no column "{column}" to change{hint}; there are: {names}',
    "no_column_to_sort": '{tab} has no column "{value}" to sort by{hint}',
    "no_cursor": '"{value}" is no cursor; take the one that the last page gave as next',
    "no_identity_column": '{tab} row {row}: "{column}" is no part of its identity{hint}; that is: {names}',
    "removed_but_changed": (
        "it was changed since it was read ({columns:names}), so it was not removed; read it again, or send "
        "on_conflict sheet"
    ),
    "row_not_renamed": "a row of {tab} can not be renamed; add one under the new name",
    "row_not_there": 'there is no row "{key}" on {tab} any more; leave the mark out to add it',
    "row_of_another_initiative": "a row of {tab} can not be given to another initiative; add one there",
    "row_sent_twice": '"{key}" is sent twice; it is row {first}, too',
    "rows_stay": "rows of {tab} are not removed; only those of sets and roadmaps are",
    "waived_entry_stays": (
        "the entry is waived, and a waiver holds for this initiative on this roadmap only; remove the entry and add one"
    ),
    "tab_not_saved": "nothing is saved by rows of {tab}",
    "idea_of_another": "{key} was not submitted by you; a planner changes what others submitted",
    "idea_looked_at": "{key} is {status} by now; its submitter changes it while it is {statuses}",
    "no_tab_of_this_name": 'there is no tab "{name}"{hint}; there are: {names}',
    "waiver_needs_role": "a gate is waived by the role {needed}; yours is {role}",
    "waived_by_another": 'it is "{name}"; you are signed in as {who}, and waive in that name only',
    "run_without_curve": "{run} ended {status} before it had a problem to solve, so that it has no curve",
    "waiver_reason_short": "the reason has to have at least {least} characters",
}

"""What the server says: who may come in, what a call lacks, and how it serves."""

from __future__ import annotations

TEXTS = {
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
    "password_length": "a password takes {least} to {most} characters",
    "refused": "{why}",
    "request_wrong": "{field}: {why}",
    "request_wrong_and_more": "{field}: {why} (and {more} more)",
    "role_too_low": "this needs the role {needed}; yours is {role}",
    "run_of_another": "{run_id} was asked for by {who}; only an admin cancels what others asked for",
    "server_fault": "an unexpected fault; the server's log has it under {request_id}",
    "token_known": 'there is a token "{name}" already, perhaps a revoked one; choose another name',
    "token_of_actions": "this token runs {actions}, and reads; it changes nothing else",
    "too_many_attempts": "too many failed attempts to sign in; try again in {minutes} {minutes:minute|minutes}",
    "unknown_host": 'this server is not called "{host}"; name it under [server] hosts of roadwright.toml',
    "unknown_role": '"{value}" is no role; there are: {roles}',
    "user_known": "{email} is a user already; roadwright users set-role changes the role",
    "wrong_password": "this address and password don't go together",
}

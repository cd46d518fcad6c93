"""What the server says: who may come in, what a call lacks, and how it serves."""

from __future__ import annotations

TEXTS = {
    "bad_token_name": '"{name}" is no name for a token; it takes 1 to {most} characters on one line',
    "no_email": '"{value}" is no address; expected one such as anna@example.com',
    "no_span": '"{value}" is no time; expected hours, days or weeks, such as 12h, 90d or 8w',
    "no_token": 'there is no token "{name}"{hint}; roadwright tokens list shows them',
    "no_user": "there is no user {email}{hint}; roadwright users list shows them",
    "password_length": "a password takes {least} to {most} characters",
    "token_known": 'there is a token "{name}" already, perhaps a revoked one; choose another name',
    "unknown_role": '"{value}" is no role; there are: {roles}',
    "user_known": "{email} is a user already; roadwright users set-role changes the role",
}

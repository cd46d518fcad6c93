"""Scripts inside pages carry the nonce of their answer, so that the browser runs these and no others."""

from __future__ import annotations

from jinja2 import Environment
from jinja2.ext import Extension
from nicegui import client


class _Nonces(Extension):
    """Gives each script that stands in a template the nonce; what is filled in later gets none."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return source.replace("<script", '<script nonce="{{ request.state.nonce }}"')


def give_nonces() -> None:
    """Once, before the first page is served."""
    environment: Environment = client.templates.env
    environment.add_extension(_Nonces)

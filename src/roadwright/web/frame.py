"""The frame of pages outside the control room: signing in, and what is not there."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from roadwright.api.pages import Frame
from roadwright.web.assets import Assets
from roadwright.web.kit import Html, html
from roadwright.web.shell import BRAND


def framed(assets: Assets) -> Frame:
    """The frame, in the visual language."""

    def frame(title: str, body: str, status: int = 200) -> HTMLResponse:
        made = html(
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Roadwright</title>'
            '<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="{css}"></head>'
            '<body><script src="{theme}"></script><div class="rw-outside"><main>'
            '<div class="rw-brand">{brand}</div>{body}</main></div></body></html>',
            title=title,
            css=assets.address("rw.css"),
            theme=assets.address("theme.js"),
            brand=BRAND,
            body=Html(body),  # it comes from the page that asks for the frame, which has escaped what it filled in
        )
        return HTMLResponse(made, status)

    return frame

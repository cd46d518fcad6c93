"""The control room on the application: its files, its pages, and NiceGUI, which serves them, below everything else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from roadwright.api.calls import PREFIX, is_path
from roadwright.api.guard import STATIC
from roadwright.api.pages import Frame
from roadwright.api.state import Server
from roadwright.web.assets import Assets, load_assets
from roadwright.web.frame import framed
from roadwright.web.kit.html import html, joined

_FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#1559b7"/>'
    '<path d="M7 16 9 4M13 16 11 4M10 5v2M10 9v2M10 13v2" stroke="#fff" stroke-width="1.4" stroke-linecap="round" '
    'fill="none"/></svg>'
)


def mount(app: FastAPI, server: Server) -> None:
    """Add the control room. Once for each process: NiceGUI knows one application."""
    _keep_files_in(server.workspace.root)
    assets = load_assets()
    frame = framed(assets)
    app.state.frame = frame
    app.add_route(STATIC + "{version}/{name:path}", assets.answer, include_in_schema=False)
    app.add_route("/favicon.ico", _favicon, include_in_schema=False)
    app.mount(PREFIX, _no_such_call)  # NiceGUI takes every path that nobody else has taken
    _mount_pages(app, server, assets, frame)


def _keep_files_in(root: Path) -> None:
    """NiceGUI writes into the current folder, unless it is told where before it is loaded."""
    folder = root / ".roadwright"
    place = folder / "web" if folder.is_dir() else Path(tempfile.gettempdir()) / "roadwright-web"
    os.environ["NICEGUI_STORAGE_PATH"] = str(place)


def _mount_pages(app: FastAPI, server: Server, assets: Assets, frame: Frame) -> None:
    from nicegui import app as inner  # noqa: PLC0415 - where it keeps its files is settled before it is loaded
    from nicegui import ui  # noqa: PLC0415

    from roadwright.web import pages  # noqa: F401, PLC0415 - registers them
    from roadwright.web.live import Live  # noqa: PLC0415
    from roadwright.web.nonces import give_nonces  # noqa: PLC0415
    from roadwright.web.page import PAGES, serve_pages  # noqa: PLC0415
    from roadwright.web.room import Room, SharedReads  # noqa: PLC0415
    from roadwright.web.shell import show_fault  # noqa: PLC0415

    shared = SharedReads(server.workspace, server.hub)
    room = Room(server, Live(server.hub), assets, shared, frozenset(one.place for one in PAGES))
    inner.state.room = room
    inner.on_startup(room.live.start)
    inner.on_shutdown(room.live.stop)
    inner.config.socket_io_js_transports = ["websocket"]
    give_nonces()
    serve_pages(show_fault)

    @inner.exception_handler(404)
    async def not_there(_: Request, __: Exception) -> Response:
        return frame("Not found", "<h1>Not found</h1><p>There is no such page.</p><p><a href='/'>Home</a></p>", 404)

    ui.add_head_html(_head(assets), shared=True)
    ui.run_with(
        app,
        title="Roadwright",
        language="en-US",
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=6,
    )


def _head(assets: Assets) -> str:
    fonts = joined(
        html('<link rel="preload" href="{at}" as="font" type="font/woff2" crossorigin>', at=assets.address(name))
        for name in ("fonts/inter-regular.woff2", "fonts/inter-medium.woff2", "fonts/inter-semibold.woff2")
    )
    files = html(
        '<link rel="stylesheet" href="{css}"><script src="{js}" defer></script>',
        css=assets.address("rw.css"),
        js=assets.address("rw.js"),
    )
    return str(fonts + files)


async def _favicon(_: Request) -> Response:
    return Response(_FAVICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


async def _no_such_call(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - as applications are called
    """What lies below the API's prefix and is no call of it."""
    raise HTTPException(405 if is_path(scope["path"]) else 404)

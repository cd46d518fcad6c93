"""Pictures of every page of the control room, on the demo's workspace, into docs/images; needs Chromium.

One is made of each page in `SHOTS` that is registered, and nothing of pages that are not.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.get_chromium import FLAGS, installed

IMAGES = Path(__file__).parent.parent / "docs" / "images"
_PROGRAM = "from roadwright.cli.entry import main; main()"
_DESK, _PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the address of the page, and how it is looked at."""

    name: str
    address: str
    phone: bool = False
    dark: bool = False
    until: str = ""
    """A selector that has to be there: what comes later."""


SHOTS = (
    Shot("home", "/"),
    Shot("home-dark", "/", dark=True),
    Shot("home-phone", "/", phone=True),
    Shot("backlog", "/backlog", until=".ag-row"),
    Shot("scoring", "/scoring"),
    Shot("workbench", "/workbench/Growth%20first", until="[data-testid=curve] svg"),
    Shot("roadmap", "/roadmaps/Q2%20committed"),
    Shot("roadmap-gates", "/roadmaps/Q2%20committed?tab=gates"),
    Shot("report", "/report/Growth%20first"),
    Shot("runs", "/runs"),
    Shot("run", "/runs/ACT-000015"),
    Shot("settings", "/settings", until=".rw-health li"),
)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The workspace, served for the person at this machine; yields the address that holds the key."""
    command = [sys.executable, "-c", _PROGRAM, "serve", "-w", str(folder), "--port", "0", "--no-watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()
            server.wait(20)


def _shoot(browser: Any, entry: str, shot: Shot, into: Path) -> bool:
    more: dict[str, Any] = {"is_mobile": True, "has_touch": True} if shot.phone else {}
    scheme = "dark" if shot.dark else "light"
    context = browser.new_context(viewport=_PHONE if shot.phone else _DESK, color_scheme=scheme, **more)
    try:
        page = context.new_page()
        page.goto(entry)
        answer = page.goto(entry.partition("?")[0].rstrip("/") + shot.address)
        if answer is None or not answer.ok:
            return False
        page.wait_for_selector("body[data-live] h1")
        if shot.until:
            page.wait_for_selector(shot.until)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=into / f"{shot.name}.png")
        return True
    finally:
        context.close()


def shoot(entry: str, into: Path, shots: tuple[Shot, ...] = SHOTS) -> None:
    """Make the pictures, and say which."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of developers only

    chromium = installed()
    if chromium is None:
        raise SystemExit("there is no Chromium to make pictures with; scripts/get_chromium.py installs it")
    into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=[*FLAGS, "--hide-scrollbars"])
        for shot in shots:
            made = _shoot(browser, entry, shot, into)
            print(f"{into / shot.name}.png" if made else f"{shot.address}: there is no such page, no picture")
        browser.close()


def main() -> None:
    """Of the demo's workspace, made anew, unless another folder is named."""
    parser = argparse.ArgumentParser(prog="python -m scripts.make_screenshots", description=__doc__)
    parser.add_argument("--workspace", type=Path, help="a folder that is there, as it is; else the demo's, made anew")
    parser.add_argument("--into", type=Path, default=IMAGES, help="the folder for the pictures")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(shot.name for shot in SHOTS)}")
    asked = parser.parse_args()
    shots = tuple(shot for shot in SHOTS if not asked.names or shot.name in asked.names)
    with tempfile.TemporaryDirectory() as place:
        folder = asked.workspace or Path(place) / "demo-workspace"
        if asked.workspace is None:
            command = [sys.executable, "-c", _PROGRAM, "demo", str(folder)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with served(folder) as entry:
            shoot(entry, asked.into, shots)


if __name__ == "__main__":
    main()

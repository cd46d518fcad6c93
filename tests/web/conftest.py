"""The demo's workspace, served by a process of its own, and a browser that looks at it.

A page is asked of `room`: ``room.open("/runs", role="planner")`` signs a user of that role in and opens it;
``room.checked(page)`` says what nobody should ever see: faults in the console, axe's complaints, sideways scrolling.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from scripts.get_chromium import FLAGS, installed
from typer.testing import CliRunner

from roadwright.cli.main import app
from roadwright.domain.roles import ROLES, Role
from roadwright.services.people.accounts import add_user
from roadwright.workspace.workspace import open_workspace

PASSWORD = "correct horse battery"
_LATEST = {"width": 1440, "height": 900}
_ARRIVED = """Promise.allSettled(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished))"""
"""Rows that still move are paler than they are."""
_CLIPPED = "[...document.querySelectorAll('.rw-acts > *')].some(one => one.getBoundingClientRect().left < 0)"
_PHONE = {"width": 390, "height": 844}


def email(role: Role | str) -> str:
    """The address of the user of this role."""
    return f"{role}@example.com"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's workspace with a user of each role: made once for all test processes, and only looked at."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "web-demo"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            made = shared.with_name("web-demo.making")
            answer = CliRunner().invoke(app, ["demo", str(made)])
            assert answer.exit_code == 0, answer.output
            with closing(open_workspace(made)) as workspace, workspace.store.transaction() as session:
                for role in ROLES:
                    add_user(session, email(role), role, PASSWORD)
            made.rename(shared)
    return shared


@dataclass
class Room:
    """A served workspace and a browser."""

    root: Path
    base: str
    browser: Any
    faults: dict[Any, list[str]] = field(default_factory=dict)
    cookies: dict[str, list[Any]] = field(default_factory=dict)

    def signed_in(self, role: Role | str = Role.ADMIN, *, anew: bool = False, **more: Any) -> Any:
        """A browser window in which the user of this role is signed in; ``anew`` in a session of its own."""
        context = self.browser.new_context(**{"viewport": _LATEST, **more})
        if not anew and role in self.cookies:
            context.add_cookies(self.cookies[role])
            return context
        form = {"email": email(role), "password": PASSWORD}
        answer = context.request.post(f"{self.base}/sign-in", data=form, headers={"Origin": self.base})
        assert answer.status == 204, answer.text()
        if not anew:
            self.cookies[role] = context.cookies()
        return context

    def page(self, context: Any) -> Any:
        """A tab of the window, whose faults are heard."""
        page = context.new_page()
        heard: list[str] = []
        self.faults[page] = heard
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
        page.on("requestfailed", lambda request: heard.append(f"not loaded: {request.url}"))
        page.on("request", lambda r: None if r.url.startswith((self.base, "data:")) else heard.append(f"asked {r.url}"))
        return page

    def open(
        self, path: str, role: Role | str = Role.ADMIN, *, phone: bool = False, dark: bool = False, anew: bool = False
    ) -> Any:
        """A page as a user of this role sees it, once it is live."""
        more: dict[str, Any] = {"viewport": _PHONE, "has_touch": True, "is_mobile": True} if phone else {}
        page = self.page(self.signed_in(role, anew=anew, color_scheme="dark" if dark else "light", **more))
        return self.goto(page, path)

    def goto(self, page: Any, path: str) -> Any:
        """Open a page in this tab, and wait until it is live."""
        page.goto(self.base + path)
        page.wait_for_selector("body[data-live] h1")
        return page

    def checked(self, page: Any) -> list[str]:
        """What is wrong with a page that is shown; nothing, if all is well."""
        from axe_playwright_python.sync_playwright import Axe

        page.evaluate(_ARRIVED)
        found = [*self.faults[page]]
        for violation in Axe().run(page).response["violations"]:
            places = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
            found.append(f"{violation['id']}: {violation['help']} ({places})")
        if (
            page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]
        ):  # innerWidth grows with it
            found.append("it scrolls sideways")
        if page.evaluate(_CLIPPED):
            found.append("a button of its head is not all there")
        if page.locator("h1").count() != 1:
            found.append("it has not one h1")
        return found

    def close(self, page: Any) -> None:
        """Close the window of a tab."""
        self.faults.pop(page, None)
        page.context.close()


@contextmanager
def served(root: Path, before: str = "") -> Iterator[str]:
    """The workspace, served by a process of its own; yields its address. ``before`` is what the process does first."""
    program = f"{before}\nfrom roadwright.cli.entry import main; main()"
    command = [sys.executable, "-c", program, "serve", "-w", str(root), "--port", "0", "--no-watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1].rstrip("/")
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def shared_server(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The demo's workspace and its address: served once for each test process."""
    root = tmp_path_factory.mktemp("shared") / "workspace"
    shutil.copytree(demo, root)
    with served(root) as base:
        yield root, base


@pytest.fixture(scope="session")
def shared_cookies() -> dict[str, list[Any]]:
    """The sessions of users on the shared server."""
    return {}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser; skipped where there is no Chromium. Its driver's event loop ends with the module: no other test finds
    one running in its process.
    """
    chromium = installed()
    if chromium is None:
        pytest.skip("there is no Chromium to look at pages with; scripts/get_chromium.py installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def shared_room(browser: Any, shared_server: tuple[Path, str], shared_cookies: dict[str, list[Any]]) -> Room:
    """The demo's workspace, served for all modules together: for tests that only look at it, or change nothing that
    another test sees.
    """
    root, base = shared_server
    return Room(root, base, browser, cookies=shared_cookies)


@pytest.fixture(scope="module")
def room(browser: Any, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The demo's workspace, a copy for each test module that changes it, served."""
    root = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(demo, root)
    with served(root) as base:
        yield Room(root, base, browser)

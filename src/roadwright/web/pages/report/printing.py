"""The paper as a PDF: printed by a Chromium that is installed, from one file that needs nothing else."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from roadwright.domain.errors import OperationError
from roadwright.web.assets import FOLDER
from roadwright.web.kit import Html, html
from roadwright.web.pages.report.found import load_paper
from roadwright.web.pages.report.paper import paper

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_STYLES = ("tokens.css", "base.css", "marks.css", "report.css")
_SECONDS = 60


class NotPrinted(OperationError):
    """There is no browser that could print, or it did not."""


def paper_file(session: Session, text: str) -> str:
    """The paper of a run or a scenario as a whole HTML file. Raises NoReport."""
    found = load_paper(session, text)
    style = "\n".join((FOLDER / "css" / name).read_text("utf-8") for name in _STYLES)
    for font in (FOLDER / "fonts").glob("*.woff2"):
        data = base64.b64encode(font.read_bytes()).decode()
        style = style.replace(f"url(fonts/{font.name})", f"url(data:font/woff2;base64,{data})")
    page = html(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title><style>{style}</style></head>"
        "<body><article class='rw-paper'>{paper}</article></body></html>",
        title=f"Steering report, {found.run.scenario_name}, {found.run.run_id}",
        style=Html(style),
        paper=paper(found),
    )
    return str(page)


def printed(page: str) -> bytes:
    """The PDF of an HTML file. Raises NotPrinted."""
    browser = next((found for name in CHROMIUMS if (found := shutil.which(name)) is not None), None)
    if browser is None:
        raise NotPrinted("no_browser_to_print", browsers=CHROMIUMS[:3])
    with tempfile.TemporaryDirectory(prefix="roadwright-") as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(page, "utf-8")
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
            *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
            source.as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise NotPrinted("browser_did_not_print", browser=browser, why=str(fault)) from fault
        if not target.exists():
            raise NotPrinted("browser_did_not_print", browser=browser, why="it wrote no file")
        return target.read_bytes()

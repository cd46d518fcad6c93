"""Run all benchmarks, or those named on the command line; with --write FILE their results go into a page as well."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import backlog, kills, load, pages, rows, sheets, solver, tables, workers
from benchmarks.proof import campaign, medium, questions

BENCHMARKS: dict[str, Callable[[], None]] = {
    "solver": solver.main,
    "campaign": campaign.main,
    "questions": questions.main,
    "second_solver": medium.main,
    "sheets": sheets.main,
    "backlog": backlog.main,
    "kills": kills.main,
    "rows": rows.main,
    "pages": pages.main,
    "workers": workers.main,
    "load": load.main,
}
INTRODUCTION = """# Benchmarks

Written by `python -m benchmarks --write docs/benchmarks.md` (`make bench` prints the same). All times are processor
seconds, measured by turns with their peer in one run; compare the ratios, not the seconds of different machines.
"""


class _Tee(io.StringIO):
    """Keeps what is printed, and prints it."""

    def write(self, text: str) -> int:
        sys.__stdout__.write(text) if sys.__stdout__ else None
        return super().write(text)

    def flush(self) -> None:
        if sys.__stdout__:
            sys.__stdout__.flush()


def _run(name: str) -> str:
    """A benchmark's section of the page: Markdown stays as it is, other lines become text as they stand."""
    tee = _Tee()
    with contextlib.redirect_stdout(tee):
        print(f"## {name}\n\n{tables.machine()}", flush=True)
        BENCHMARKS[name]()
    head, body = tee.getvalue().split("\n\n", 1)
    if "\n### " in body:
        return f"{head}\n\n{body.strip()}\n"
    machine, _, lines = body.partition("\n")
    return f"{head}\n\n{machine}\n\n```text\n{lines.strip()}\n```\n"


def _write(page: Path, results: dict[str, str]) -> None:
    """Replace the sections of what was run; the others stay."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found = re.finditer(r"^## (\w+)\n.*?(?=^## |\Z)", text, re.M | re.S)
    sections = {match[1]: match[0].strip() + "\n" for match in found} | results
    ordered = [sections[name] for name in BENCHMARKS if name in sections]
    page.write_text("\n".join([INTRODUCTION, *ordered]), encoding="utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; none: all")
    parser.add_argument("--write", type=Path, metavar="FILE", help="a Markdown page for the results")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    results = {name: _run(name) for name in asked.names or BENCHMARKS}
    if asked.write:
        _write(asked.write, results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

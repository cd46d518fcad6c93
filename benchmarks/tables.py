"""Results as Markdown: printed while they come, and kept for the page in the docs."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psutil


def machine() -> str:
    """The machine and the versions that figures belong to."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    cores, memory = psutil.cpu_count() or 1, psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("highspy", "ortools", "pulp", "numpy", "scipy"))
    return (
        f"{names[0] if names else platform.processor() or platform.machine()}, {cores} cores, {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, {packages}"
    )


def heading(text: str) -> None:
    print(f"\n### {text}\n", flush=True)


def head(*columns: str) -> None:
    """A table's head: its first column is for words, the others for numbers."""
    row(columns)
    row(["---", *["---:"] * (len(columns) - 1)])


def row(cells: Iterable[object]) -> None:
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)


def note(text: str) -> None:
    print(f"\n{text}", flush=True)

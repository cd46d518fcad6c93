"""Run all benchmarks, or those named on the command line, and print a table each."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import backlog, sheets, solver

BENCHMARKS: dict[str, Callable[[], None]] = {"solver": solver.main, "sheets": sheets.main, "backlog": backlog.main}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

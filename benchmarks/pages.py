"""The control room's budgets: the size of each page, and how long reads take while twenty people open pages at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path

from scripts.make_screenshots import SHOTS, served

from benchmarks import tables

PEOPLE = 20
ROUNDS = 10
P99 = 0.5
MOST_BYTES = 30_000
_DEMO = "import sys; from roadwright.cli.entry import main; sys.argv[0] = 'roadwright'; main()"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _cookie(entry: str) -> str:
    """The session that the key in the address is exchanged for."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        headers = opener.open(entry).headers
    except urllib.error.HTTPError as answer:
        headers = answer.headers
    return "; ".join(
        f"{one.key}={one.value}" for line in headers.get_all("Set-Cookie", []) for one in SimpleCookie(line).values()
    )


def _read(address: str, cookie: str) -> tuple[bytes, float]:
    """What is sent, packed as for any browser, and the seconds that it took."""
    headers = {"Cookie": cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
    request = urllib.request.Request(address, headers=headers)
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        content: bytes = answer.read()
    return content, time.perf_counter() - began


def _addresses(base: str, cookie: str) -> list[str]:
    """Those of the listed pages that there are."""
    found = []
    for address in dict.fromkeys(shot.address for shot in SHOTS):
        try:
            _read(base + address, cookie)
        except urllib.error.HTTPError:
            continue
        found.append(address)
    return found


def _crowd(base: str, cookie: str, addresses: list[str]) -> list[float]:
    """Everybody opens page after page, each beginning with another."""
    seconds: list[float] = []

    def person(number: int) -> None:
        for step in range(ROUNDS):
            seconds.append(_read(base + addresses[(number + step) % len(addresses)], cookie)[1])
            time.sleep(1)  # to look at it

    people = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return sorted(seconds)


def main() -> None:
    tables.heading(f"Pages: their size, and {PEOPLE} people at once")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "demo-workspace"
        subprocess.run([sys.executable, "-c", _DEMO, "demo", str(folder)], check=True, stdout=subprocess.DEVNULL)
        with served(folder) as entry:
            base, cookie = entry.partition("?")[0].rstrip("/"), _cookie(entry)
            addresses = _addresses(base, cookie)
            tables.head("page", "bytes sent", "ms alone")
            for address in addresses:
                content, seconds = _read(base + address, cookie)
                tables.row([address, f"{len(content):,}", f"{seconds * 1000:.0f}"])
            times = _crowd(base, cookie, addresses)
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    tables.head("reads", "median ms", "p99 ms", "load average")
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    tables.row([len(times), f"{times[len(times) // 2] * 1000:.0f}", f"{p99 * 1000:.0f}", load])
    tables.note(f"The bars: {MOST_BYTES:,} bytes a page, and a p99 of {P99 * 1000:.0f} ms.")


if __name__ == "__main__":
    main()

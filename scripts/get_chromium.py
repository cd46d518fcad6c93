"""Install Chromium for the tests that look at pages, where this is a Debian-like system and we may; never fails.

Without one, these tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
"""With which it is started for pictures and tests."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
_INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]


def installed() -> str | None:
    """The path of the one that is there."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> None:
    """Install it where it is not there."""
    if installed() is not None:
        return
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        print("there is no Chromium: tests of pages are skipped", file=sys.stderr)
        return
    print("installing Chromium for the tests of pages", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(_INSTALL, check=False, env=environment, capture_output=True, timeout=300)
        if done.returncode != 0:
            subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment, capture_output=True, timeout=120)
            done = subprocess.run(_INSTALL, check=False, env=environment, capture_output=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as fault:
        print(f"Chromium can't be installed ({fault}): tests of pages are skipped", file=sys.stderr)
        return
    if done.returncode != 0:
        print("Chromium can't be installed: tests of pages are skipped", file=sys.stderr)


if __name__ == "__main__":
    main()

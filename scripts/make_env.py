"""Make the project's own environment in .venv from requirements.lock; used by the Makefile, needs nothing but Python.

An environment that was made from the same lock and project file is kept; any other is made anew.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "made-from"
NEEDED = (3, 11)


def fingerprint() -> str:
    """What an environment is made from: the lock, the project file and the Python that runs it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stop(message: str) -> None:
    sys.exit(f"\nRoadwright can't set up its environment: {message}\n")


def run(*command: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        stop(
            f"this step failed: {' '.join(command[1:])}\nThe lines above say why. "
            "Most often the package index can't be reached; run the same command again when it can."
        )


def main() -> None:
    if sys.version_info < NEEDED:
        stop(
            f"Python {NEEDED[0]}.{NEEDED[1]} or newer is needed, and {sys.executable} is {sys.version.split()[0]}. "
            "Name a newer one: make PYTHON=python3.12 demo"
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        stop(
            f"{sys.executable} comes without {' and '.join(missing)}, so it can't make a virtual environment. "
            "On Debian or Ubuntu: sudo apt install python3-venv. Or name another Python: make PYTHON=python3.12 demo"
        )
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text().strip() == wanted:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    print(f"Setting up Roadwright's own environment in {VENV.name} (a minute or two, once) …", flush=True)
    run(sys.executable, "-m", "venv", str(VENV))
    python = str(VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    run(python, "-m", "pip", "install", *quiet, "--progress-bar", "off", "--require-hashes", "-r", str(LOCK))
    run(python, "-m", "pip", "install", *quiet, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    STAMP.write_text(wanted + "\n")


if __name__ == "__main__":
    main()

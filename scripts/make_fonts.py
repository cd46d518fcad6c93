"""Make the control room's font files from Debian's ``fonts-inter``: three weights, Latin letters and what figures need.

Needs fonttools and brotli, which nothing else does: python -m pip install fonttools brotli.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path("/usr/share/fonts/opentype/inter")
TARGET = Path(__file__).parents[1] / "src/roadwright/web/static/fonts"
WEIGHTS = {"Regular": "inter-regular", "Medium": "inter-medium", "SemiBold": "inter-semibold"}
CHARACTERS = "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+1E80-1E85,U+1E9E,U+1EF2-1EF3"
SIGNS = "U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20A0-20BF,U+2122"
SYMBOLS = "U+2190-2193,U+2196-2199,U+21C4,U+2212,U+2215,U+2248,U+2260,U+2264-2265,U+25B3,U+25B7,U+2713,U+2715"
FEATURES = "kern,liga,calt,ccmp,locl,mark,mkmk,tnum,cv11"


def main() -> None:
    """Write the files."""
    for weight, name in WEIGHTS.items():
        subprocess.run(
            [
                *(sys.executable, "-m", "fontTools.subset", str(SOURCE / f"Inter-{weight}.otf")),
                f"--unicodes={CHARACTERS},{SIGNS},{SYMBOLS}",
                f"--layout-features={FEATURES}",
                *("--flavor=woff2", "--no-hinting", "--desubroutinize"),
                f"--output-file={TARGET / name}.woff2",
            ],
            check=True,
        )


if __name__ == "__main__":
    main()

"""Files that browsers get: styles and scripts as one file each, and fonts. Their address holds their version."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from roadwright.api.guard import STATIC
from roadwright.web.kit.icons import PATHS

FOLDER = Path(__file__).parent / "static"
_FIRST = ("tokens.css", "base.css", "rw.js")
"""What the others stand on comes first."""
_ALONE = frozenset({"theme.js"})
"""Not for the control room's own pages."""
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2"}
_CACHED = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class _File:
    plain: bytes
    zipped: bytes | None
    kind: str


@dataclass(frozen=True)
class Assets:
    """The files by name, and the version that is in their address: what changes has another one."""

    files: Mapping[str, _File]
    version: str

    def address(self, name: str) -> str:
        """Where a file lies."""
        return f"{STATIC}{self.version}/{name}"

    def answer(self, request: Request) -> Response:
        """The file that is asked for."""
        found = self.files.get(request.path_params["name"])
        if found is None or request.path_params["version"] != self.version:
            return Response(status_code=404)
        headers = {"Cache-Control": _CACHED, "Vary": "Accept-Encoding"}
        if found.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(found.zipped, media_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(found.plain, media_type=found.kind, headers=headers)


def load_assets(folder: Path = FOLDER) -> Assets:
    """All files of the folder: ``rw.css`` and ``rw.js`` hold every style and script, in the order of their names."""
    files = {
        "rw.css": _file(_together(folder.glob("css/*.css")), ".css"),
        "rw.js": _file(_together(path for path in folder.glob("js/*.js") if path.name not in _ALONE) + _icons(), ".js"),
    }
    files |= {name: _file((folder / "js" / name).read_bytes(), ".js") for name in _ALONE}
    files |= {f"fonts/{path.name}": _file(path.read_bytes(), ".woff2") for path in folder.glob("fonts/*.woff2")}
    digest = hashlib.sha256(b"".join(files[name].plain for name in sorted(files))).hexdigest()
    return Assets(MappingProxyType(files), digest[:12])


def _icons() -> bytes:
    """The strokes of the icons, for what is drawn in the browser."""
    return f"\nrw.icons = {json.dumps(dict(PATHS))};\n".encode()


def _together(paths: Iterable[Path]) -> bytes:
    ordered = sorted(
        paths, key=lambda path: (_FIRST.index(path.name) if path.name in _FIRST else len(_FIRST), path.name)
    )
    return b"\n".join(path.read_bytes() for path in ordered)


def _file(content: bytes, suffix: str) -> _File:
    return _File(content, None if suffix == ".woff2" else gzip.compress(content, mtime=0), _TYPES[suffix])

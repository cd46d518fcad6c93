"""JSON that a page's grid fetches, packed as browsers take it."""

from __future__ import annotations

import gzip
import json

from fastapi import Request, Response


def packed(found: object) -> bytes:
    """What was found, as JSON, packed."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), default=str)
    return gzip.compress(text.encode(errors="replace"), 5, mtime=0)


def packed_answer(request: Request, body: bytes) -> Response:
    """The packed JSON; unpacked for who does not take it so."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(body), media_type="application/json")
    return Response(body, media_type="application/json", headers={"Content-Encoding": "gzip"})

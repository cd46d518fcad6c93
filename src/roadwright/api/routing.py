"""How a call is declared, so that its errors are described like it does."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel

from roadwright.api.problems import MEDIA_TYPE, TITLES
from roadwright.api.schemas import ProblemBody


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a call answers with, beside those that every call has."""
    return {status: _shape(status) for status in sorted({400, 401, 403, 500, 503, *statuses})}


def as_json(answer: BaseModel) -> Response:
    """An answer that may be long, as it is: what FastAPI is given instead, it would check once more."""
    return Response(answer.model_dump_json(), media_type="application/json")


def _shape(status: int) -> dict[str, Any]:
    return {"description": TITLES[status], "model": ProblemBody, "content": {MEDIA_TYPE: {"schema": _REF}}}


_REF = {"$ref": "#/components/schemas/ProblemBody"}

"""The description of the API as a page: made here from OpenAPI, so that it needs nothing from anywhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from roadwright.api.routing import problems

router = APIRouter(tags=["system"])
_METHODS = ("get", "post", "patch")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid #d9dee5; }
details { border: 1px solid #d9dee5; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: #f4f6f8; padding: .6rem; overflow-x: auto; border-radius: 4px; }
.method { display: inline-block; width: 4.2rem; font-weight: 600; color: #0b5cad; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .15rem .6rem .15rem 0; vertical-align: top; }
th { color: #5a6675; font-weight: 500; }
"""


@router.get("/docs", response_class=HTMLResponse, responses={**problems(), 200: {"content": {"text/html": {}}}})
def docs(request: Request) -> Response:
    """This description, as a page."""
    return HTMLResponse(page(request.app.openapi()))


def page(described: Mapping[str, Any]) -> str:
    """The whole page."""
    info = described["info"]
    parts = [
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(info['title'])}</title>",
        f"<meta name='viewport' content='width=device-width'><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info.get('description', ''))}</p>",
        "<p><a href='openapi.json'>openapi.json</a></p>",
    ]
    calls: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method in filter(methods.__contains__, _METHODS):
            call = methods[method]
            tag = (call.get("tags") or ["other"])[0]
            calls.setdefault(tag, []).append("".join(_call(described, method, path, call)))
    for tag, told in calls.items():
        parts += [f"<h2>{escape(tag)}</h2>", *told]
    return "".join([*parts, "</body></html>"])


def _call(described: Mapping[str, Any], method: str, path: str, call: Mapping[str, Any]) -> Iterator[str]:
    role = call.get("x-role")
    yield f"<details><summary><code><span class='method'>{method.upper()}</span> {escape(path)}</code> "
    yield f"{escape(call.get('summary', ''))}</summary><p>{escape(call.get('description', ''))}</p>"
    if role:
        yield f"<p>Role: <b>{escape(role)}</b></p>"
    if call.get("parameters"):
        yield "<table><tr><th>parameter</th><th>in</th><th></th></tr>"
        for one in call["parameters"]:
            about = one.get("description") or one.get("schema", {}).get("description") or ""
            yield f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
            yield f"<td>{escape(about)}</td></tr>"
        yield "</table>"
    for media in call.get("requestBody", {}).get("content", {}).values():
        yield f"<p>Body</p><pre>{_shape(described, media.get('schema', {}))}</pre>"
    yield "<table><tr><th>answer</th><th></th></tr>"
    for status, answer in call.get("responses", {}).items():
        yield f"<tr><td>{escape(status)}</td><td>{escape(answer.get('description', ''))}</td></tr>"
    yield "</table>"
    for media in call.get("responses", {}).get("200", {}).get("content", {}).values():
        if media.get("schema"):
            yield f"<pre>{_shape(described, media['schema'])}</pre>"
    yield "</details>"


def _shape(described: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    return escape(json.dumps(_resolved(described, schema, 3), ensure_ascii=False, indent=2))


def _resolved(described: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    """A schema as an example of it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = described["components"]["schemas"].get(name, {})
    if schema.get("examples"):
        return schema["examples"][0]
    if "anyOf" in schema:
        return _resolved(described, schema["anyOf"][0], depth)
    kind = schema.get("type")
    if kind == "object" and depth:
        return {name: _resolved(described, one, depth - 1) for name, one in schema.get("properties", {}).items()}
    if kind == "array" and depth:
        return [_resolved(described, schema.get("items", {}), depth - 1)]
    return schema.get("default", kind)

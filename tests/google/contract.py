"""Calls and replies of the Sheets API, checked against the discovery document of google-api-python-client."""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]


class ApiError(Exception):
    """A reply other than 200."""

    def __init__(self, code: int, words: str, *, retry_after: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.retry_after = code, words, retry_after


class Contract:
    """What the discovery document says of methods and schemas."""

    def __init__(self) -> None:
        path = resources.files("googleapiclient.discovery_cache.documents") / "sheets.v4.json"
        self.document: Json = json.loads(path.read_text())
        self.schemas: Json = self.document["schemas"]
        self.methods: list[tuple[re.Pattern[str], Json]] = []
        self._collect(self.document)

    def _collect(self, node: Json) -> None:
        for method in node.get("methods", {}).values():
            pattern = re.sub(r"\\\{\+?(\w+)\\\}", r"(?P<\1>[^/:]+)", re.escape(method["path"]))
            pattern = pattern.replace("(?P<range>[^/:]+)", "(?P<range>[^/]+?)")  # A1 ranges hold a colon
            self.methods.append((re.compile(r"/" + pattern + r"\Z"), method))
        for resource in node.get("resources", {}).values():
            self._collect(resource)

    def match(self, verb: str, path: str) -> tuple[Json, dict[str, str]]:
        """The method that is called, and the parameters of its path; of several the one with the longest name."""
        found = [
            (len(method["path"].replace("{range}", "")), number, method, hit)
            for number, (pattern, method) in enumerate(self.methods)
            if method["httpMethod"] == verb and (hit := pattern.match(path))
        ]
        if not found:
            raise ApiError(404, f"no method {verb} {path}")
        _, _, method, hit = max(found, key=lambda one: one[:2])
        return method, {name: unquote(value) for name, value in hit.groupdict().items()}

    def query(self, method: Json, raw: dict[str, list[str]]) -> Json:
        """The parameters of the query, as what they are."""
        own = {name: value for name, value in method["parameters"].items() if value["location"] == "query"}
        known, found = {**self.document["parameters"], **own}, Json()
        for name, values in raw.items():
            spec = known.get(name)
            if spec is None:
                words = f'Unknown name "{name}": Cannot bind query parameter.'
                raise ApiError(400, f"Invalid JSON payload received. {words}")
            if len(values) > 1 and not spec.get("repeated"):
                raise ApiError(400, f"query parameter {name} repeated")
            for value in values:
                if value not in spec.get("enum", [value]) or (
                    spec["type"] == "boolean" and value not in ("true", "false")
                ):
                    raise ApiError(400, f"Invalid value at '{name}', \"{value}\"")
            read = [value == "true" for value in values] if spec["type"] == "boolean" else list(values)
            found[name] = read if spec.get("repeated") else read[0]
        return found

    def check(self, reference: str, value: Any) -> None:
        self._check({"$ref": reference}, value, reference)

    def check_mask(self, reference: str, path: list[str]) -> None:
        """A mask that names something which the schema lacks is refused."""
        schema: Json = {"$ref": reference}
        for part in path:
            while "$ref" in schema or schema.get("type") == "array":
                schema = self.schemas[schema["$ref"]] if "$ref" in schema else schema["items"]
            if part == "*":
                return
            if part not in schema.get("properties", {}):
                raise ApiError(400, "Request contains an invalid argument.")
            schema = schema["properties"][part]

    def _check(self, schema: Json, value: Any, where: str) -> None:
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"]]
        kind = schema.get("type", "any")
        if kind == "object":
            self._check_object(schema, value, where)
        elif kind == "array":
            if not isinstance(value, list):
                raise ApiError(400, f"Invalid value at '{where}': list expected")
            if schema["items"].get("type") != "any":
                for number, item in enumerate(value):
                    self._check(schema["items"], item, f"{where}[{number}]")
        elif kind != "any" and (not _is(kind, value) or value not in schema.get("enum", [value])):
            raise ApiError(400, f"Invalid value at '{where}' ({kind}), {value!r}")

    def _check_object(self, schema: Json, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise ApiError(400, f"Invalid value at '{where}': object expected")
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            if name in known:
                if inner is not None:
                    self._check(known[name], inner, f"{where}.{name}")
            elif more:
                self._check(more, inner, f"{where}.{name}")
            else:
                words = f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
                raise ApiError(400, words)


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str if kind == "string" else bool)


contract = functools.cache(Contract)


def masks(fields: str) -> list[list[str]]:
    """``a,b.c,d(e,f.g)`` as paths."""
    found: list[list[str]] = []

    def walk(text: str, before: list[str]) -> None:
        depth, current, parts = 0, "", []
        for letter in text:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth == 0:
                parts.append(current)
                current = ""
            else:
                current += letter
        for part in (one.strip() for one in (*parts, current) if one.strip()):
            inner = re.fullmatch(r"([\w./*]+)\((.*)\)", part, re.DOTALL)
            if inner:
                walk(inner[2], before + re.split(r"[./]", inner[1]))
            else:
                found.append(before + re.split(r"[./]", part))

    walk(fields, [])
    return found


def select(value: Any, paths: list[list[str]]) -> Any:
    """The parts of a value that a mask names."""
    if isinstance(value, list):
        return [select(item, paths) for item in value]
    if not isinstance(value, dict) or any(not path or path[0] == "*" for path in paths):
        return value
    names = {path[0] for path in paths} & value.keys()
    return {name: select(value[name], [path[1:] for path in paths if path[0] == name]) for name in names}


def merged(target: Json, source: Json, paths: list[list[str]]) -> Json:
    """A copy of the target with what a mask names taken from the source."""
    result = dict(target)
    for path in paths:
        if path[0] == "*":
            return dict(source)
        if len(path) == 1:
            result.pop(path[0], None)
            if path[0] in source:
                result[path[0]] = source[path[0]]
        else:
            result[path[0]] = merged(result.get(path[0], {}), source.get(path[0], {}), [path[1:]])
    return result

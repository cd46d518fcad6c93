"""Roadmaps: listed, one with its entries and versions, drift since a version, and two side by side."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from roadwright.api.problems import Problem
from roadwright.api.routing import problems
from roadwright.api.state import ServerOf
from roadwright.grid.roadmaps import roadmap_rows, whole_roadmap
from roadwright.services.roadmaps.compare import compare
from roadwright.services.roadmaps.decisions import find_decision
from roadwright.services.roadmaps.export_comparison import COMPARISONS
from roadwright.services.roadmaps.export_files import EXPORTS, file_stems
from roadwright.services.roadmaps.lookup import find_named
from roadwright.services.roadmaps.standing import drift_judged_now
from roadwright.services.roadmaps.versions import content_of, edition_of, newest_version

router = APIRouter(tags=["roadmaps"])
RoadmapName = Annotated[str, Path(description="A roadmap.", examples=["Q3 2026"])]


class FileFormat(StrEnum):
    """What a version or a comparison is told as."""

    JSON = "json"
    XLSX = "xlsx"
    MARKDOWN = "md"
    CSV = "csv"


_MEDIA = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.MARKDOWN: "text/markdown",
    FileFormat.CSV: "text/csv",
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As JSON, or the file that was asked for.",
        "content": {"application/json": {"schema": {"type": "object"}}, **{media: {} for media in _MEDIA.values()}},
    }
}
Form = Annotated[FileFormat, Query(alias="format", description="json, or a file.")]


class RoadmapLine(BaseModel):
    """A roadmap: its row of the tab Roadmaps, flat."""

    model_config = ConfigDict(extra="allow")

    roadmap_name: str = Field(examples=["Q3 2026"])
    status: str = Field(examples=["draft"])
    version: int | None = None


class RoadmapList(BaseModel):
    items: list[RoadmapLine]
    next: str | None = None
    total: int


class WholeRoadmap(RoadmapLine):
    """The same, with its entries and the versions that were published."""

    entries: list[dict[str, Any]]
    versions: list[dict[str, Any]]


def _file(form: FileFormat, content: bytes, stem: str) -> Response:
    name = f"{stem}.{form}"
    said = f"attachment; filename=\"roadwright.{form}\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=_MEDIA[form], headers={"Content-Disposition": said})


@router.get("/roadmaps", responses=problems())
def list_roadmaps(server: ServerOf) -> RoadmapList:
    """All roadmaps."""
    with server.workspace.store.transaction() as session:
        items = [RoadmapLine.model_validate(row) for row in roadmap_rows(session)]
    return RoadmapList(items=items, total=len(items))


@router.get("/roadmaps/{name:path}/versions/{number}", responses={**problems(404, 422), **_FILES})
def show_version(
    name: RoadmapName,
    number: Annotated[int, Path(ge=1, le=999_999_999)],
    server: ServerOf,
    form: Form = FileFormat.JSON,
) -> Any:
    """A published version, as JSON or as the file that was published."""
    with server.workspace.store.transaction() as session:
        _, version = find_named(session, f"{name}@v{number}")
        assert version is not None
        if form is FileFormat.JSON:
            edition = edition_of(version)
            said = {
                "number": edition.number,
                "published_by": edition.published_by,
                "published_at": edition.published_at,
            }
            return {**said, **content_of(version).model_dump(mode="json")}
        edition = edition_of(version)
        stem = f"{file_stems([edition.name])[edition.name]}-v{edition.number}"
        return _file(form, EXPORTS[str(form)](edition), stem)


@router.get("/roadmaps/{name:path}/drift", responses=problems(404, 409, 422))
def show_drift(name: RoadmapName, server: ServerOf) -> dict[str, Any]:
    """What changed since its newest version was published; `NAME@2` means another one. Nothing is saved."""
    with server.workspace.store.transaction() as session:
        roadmap, version = find_named(session, name)
        version = version or newest_version(roadmap)
        if version is None:
            raise Problem(409, "drift_never_published", roadmap=roadmap.roadmap_name)
        found = drift_judged_now(session, roadmap, version).to_json()
        session.rollback()
    return found


@router.get("/roadmaps/{name:path}", responses=problems(404))
def show_roadmap(name: RoadmapName, server: ServerOf) -> WholeRoadmap:
    """One roadmap: its row, its entries, its versions."""
    with server.workspace.store.transaction() as session:
        roadmap, _ = find_named(session, name)
        return WholeRoadmap.model_validate(whole_roadmap(session, roadmap))


@router.get("/compare", responses={**problems(404, 422), **_FILES})
def compare_two(
    server: ServerOf,
    a: Annotated[str, Query(max_length=1_000, description="A roadmap, a version (NAME@2) or a run.")],
    b: Annotated[str, Query(max_length=1_000, description="The same.")],
    form: Form = FileFormat.JSON,
) -> Any:
    """What came in, went out and changed from one to the other."""
    with server.workspace.store.transaction() as session:
        found = compare(find_decision(session, a), find_decision(session, b))
    if form is FileFormat.JSON:
        return found.to_json()
    return _file(form, COMPARISONS[str(form)](found), "comparison")

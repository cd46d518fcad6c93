"""Tabs: how they are declared, their rows by page, and rows changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from roadwright import tabs
from roadwright.api.problems import Problem
from roadwright.api.routing import as_json, problems
from roadwright.api.schemas import Body
from roadwright.api.state import CallerOf, ServerOf
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.grid.changes import RowChange
from roadwright.grid.editing import save_rows
from roadwright.grid.listing import MOST_ROWS, list_rows
from roadwright.grid.saving import with_waivers_judged
from roadwright.sheets.merge import OnConflict
from roadwright.sheets.spec import Column, TabSpec

router = APIRouter(tags=["tabs"])
Cell = str | int | float | bool | None | list[Any] | dict[str, Any]
"""What a cell holds, as JSON has it, or as it is typed."""
TabName = Annotated[str, Path(description="A tab, such as Backlog.", examples=["Backlog"])]


class ColumnShape(BaseModel):
    """One column of a tab."""

    name: str = Field(examples=["risk_level"])
    owner: str = Field(description="input, shared, derived, system or sheet-only.", examples=["input"])
    kind: str = Field(examples=["choice"])
    help: str
    required: bool
    choices: list[str] = Field(examples=[["low", "medium", "high"]])
    group: str


class TabShape(BaseModel):
    """How a tab is declared."""

    name: str = Field(examples=["Backlog"])
    workbook: str
    help: str
    layout: str = Field(description="rows, sets or mirror.")
    identity: list[str] = Field(description="The columns that tell its rows apart.", examples=[["initiative_key"]])
    columns: list[ColumnShape]


class TabList(BaseModel):
    items: list[TabShape]
    next: str | None = None
    total: int


class RowShape(BaseModel):
    """One row of a tab."""

    identity: dict[str, Any] = Field(examples=[{"initiative_key": "INIT-000001"}])
    mark: str | None = Field(description="What was seen of it: send it back with changes.")
    values: dict[str, Any] = Field(description="By column; dates as ISO text.")
    run_status: str = Field(examples=["OK"])


class RowPage(BaseModel):
    rows: list[RowShape]
    next: str | None = Field(description="Send it as `cursor` for the next page.")
    total: int


class RowPatch(Body):
    """One row to change, to add, or to remove."""

    identity: dict[str, Cell] = Field(
        description="The columns that identify it.", examples=[{"initiative_key": "INIT-000001"}]
    )
    mark: str | None = Field(default=None, max_length=2_000, description="As it was read; none for a new row.")
    changes: dict[str, Cell] = Field(
        default={}, description='By column; typed text ("12 %", "High") or JSON values.', examples=[{"country": "UK"}]
    )
    remove: bool = Field(default=False, description="Take it off its set or roadmap.")
    on_conflict: OnConflict | None = Field(default=None, description="As of the whole request, for this row alone.")


class RowsPatch(Body):
    """Rows of one tab. A bad row never stops its neighbours."""

    rows: list[RowPatch] = Field(max_length=MOST_ROWS)
    on_conflict: OnConflict = Field(
        default=OnConflict.ASK,
        description="Where a value was changed since the mark: ask (CONFLICT), sheet (what is sent) or database.",
    )

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"rows": [{"identity": {"initiative_key": "INIT-000001"}, "changes": {"country": "UK"}}]}]
        },
    )


class RowsAnswer(BaseModel):
    """The rows as they are stored now, in the order in which they were sent."""

    rows: list[RowShape]


def find_tab(name: str) -> TabSpec:
    """The tab of this name. Raises Problem."""
    found = next((spec for spec in tabs.TABS if folded(spec.name) == folded(name)), None)
    if found is None:
        names = [spec.name for spec in tabs.TABS]
        raise Problem(404, "no_tab_of_this_name", name=name, hint=nearest(name, names), names=names)
    return found


def _column(column: Column) -> ColumnShape:
    return ColumnShape(
        name=column.name,
        owner=str(column.owner),
        kind=column.kind.name,
        help=column.help,
        required=column.required,
        choices=list(column.kind.choices),
        group=column.group,
    )


def _shape(spec: TabSpec) -> TabShape:
    return TabShape(
        name=spec.name,
        workbook=spec.workbook,
        help=spec.help,
        layout=str(spec.layout),
        identity=list(spec.identity),
        columns=[_column(column) for column in spec.columns],
    )


@router.get("/tabs", responses=problems())
async def list_tabs() -> TabList:
    """All tabs, as they are declared."""
    return TabList(items=[_shape(spec) for spec in tabs.TABS], total=len(tabs.TABS))


@router.get("/tabs/{name}", responses=problems(404))
async def show_tab(name: TabName) -> TabShape:
    """One tab, as it is declared."""
    return _shape(find_tab(name))


Wanted = Annotated[
    str | None,
    Query(alias="filter", max_length=20_000, description="As everywhere: `department = Growth and overall_score >= 3`"),
]
Sort = Annotated[str | None, Query(max_length=1_000, description="Columns, `-` before one for falling order.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Cursor = Annotated[str | None, Query(max_length=4_000, description="`next` of the page before.")]


@router.get("/tabs/{name}/rows", responses=problems(404, 422), response_model=RowPage)
def list_tab_rows(  # noqa: PLR0917 - FastAPI calls it by name
    name: TabName, server: ServerOf, wanted: Wanted = None, sort: Sort = None, limit: Limit = 200, cursor: Cursor = None
) -> Response:
    """The rows of a tab, by page."""
    spec = find_tab(name)
    with server.workspace.store.transaction() as session:
        page = list_rows(session, spec, wanted=wanted, sort=sort, limit=limit, cursor=cursor)
        session.rollback()  # to read is to change nothing, whatever was worked out for it
    rows = [row.to_json() for row in page.rows]
    return as_json(RowPage.model_validate({"rows": rows, "next": page.next, "total": page.total}))


@router.patch("/tabs/{name}/rows", responses=problems(404, 413, 422))
def change_tab_rows(name: TabName, body: RowsPatch, server: ServerOf, caller: CallerOf) -> RowsAnswer:
    """Change, add and remove rows: each read, checked and merged as a row of a sheet is.

    What FAILED or is in CONFLICT is answered, and kept nowhere.
    """
    spec = find_tab(name)
    rows = [
        RowChange(row.identity, row.mark, row.changes, row.remove, row.on_conflict or body.on_conflict)
        for row in body.rows
    ]
    rows = with_waivers_judged(spec, rows, caller.who, caller.role)
    _refuse_where_all_are(rows)
    with server.edits:
        changed = save_rows(server.workspace, spec, rows, caller.requested_by)
    if not changed.is_nothing:
        server.follow(spec, *changed.also_changed)
    return RowsAnswer.model_validate({"rows": [row.to_json() for row in changed.rows]})


def _refuse_where_all_are(rows: Sequence[RowChange]) -> None:
    """Where there is nothing else to do, what is refused is the request. Raises Problem."""
    refused = [row.refused for row in rows if row.refused is not None]
    if refused and len(refused) == len(rows):
        raise Problem.of(403 if refused[0].code == "waiver_needs_role" else 422, refused[0])

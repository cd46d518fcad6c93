"""What-if questions: solved now, kept nowhere, and ended with whoever asked."""

from __future__ import annotations

import asyncio
import secrets
import threading
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from roadwright.actions.what_if import WhatIf, what_if
from roadwright.api.problems import Problem
from roadwright.api.routing import problems
from roadwright.api.schemas import Body
from roadwright.api.state import CallerOf, Server, ServerOf
from roadwright.optimize import Problem as Portfolio
from roadwright.optimize import Solution, SolveOptions, Worker, solve_isolated
from roadwright.services.portfolios.candidates import ScenarioProblem
from roadwright.services.portfolios.what_if import Question as Asked
from roadwright.services.portfolios.what_if import WrongQuestion
from roadwright.services.portfolios.workbench.pool import Lane, Question, Superseded

router = APIRouter(tags=["optimization"])
SECONDS = 10.0
MOST_SECONDS = 300.0
_LOOK_SECONDS = 0.2
_UNKNOWN = ("unknown_scenario", "no_scenarios")
"""What is said where there is no such scenario."""
_FIELDS = {
    "--capacity": "capacity",
    "--in": "force_in",
    "--out": "force_out",
    "--weights": "weights",
    "--without": "drop_rules",
}
"""What the options of the command are called here."""


class WhatIfRequest(Body):
    """A question about a scenario as it is stored."""

    scenario_name: str = Field(max_length=1_000, examples=["Q2 plan"])
    capacity: float | str | None = Field(default=None, description="Another capacity in tokens.", examples=[1200])
    force_in: list[str] = Field(default=[], max_length=1_000, examples=[["INIT-000003"]])
    force_out: list[str] = Field(default=[], max_length=1_000, examples=[["INIT-000004"]])
    weights: dict[str, float] | list[str] | str | None = Field(
        default=None, description="Another objective: weights by KPI, or an order of KPIs.", examples=[{"gmv": 0.6}]
    )
    drop_rules: list[str] = Field(
        default=[], max_length=1_000, description="Rules by id or place.", examples=[["Constraints!7"]]
    )
    time_limit: float = Field(default=SECONDS, gt=0, le=MOST_SECONDS, description="Seconds of each solve.")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"scenario_name": "Q2 plan"}]})


class WhatIfAnswer(BaseModel):
    """The answer beside the answer as it is."""

    scenario_name: str
    solution: dict[str, Any] = Field(description="The Solution of the changed problem.")
    baseline: dict[str, Any] = Field(description="The Solution as it is.")
    baseline_run_id: str | None = Field(description="The run that holds it; null where it was solved now.")
    added: list[str] = Field(description="Keys that go in.")
    dropped: list[str] = Field(description="Keys that go out.")
    objective_change: float | None = Field(description="Null where one of them is no answer.")
    conflict: list[dict[str, Any]] = Field(description="Where infeasible: the rules that can't hold together.")
    repair: str | None = Field(description="Where infeasible: what would make it feasible.")


@router.post("/what-if", responses=problems(404, 409, 413, 422))
async def ask_what_if(
    body: WhatIfRequest,
    request: Request,
    server: ServerOf,
    caller: CallerOf,
    client_id: Annotated[
        str | None,
        Header(max_length=200, description="Of a page that asks again and again: its latest question ends the others."),
    ] = None,
) -> WhatIfAnswer:
    """What would be chosen if. Solved now and kept nowhere; ended when the client goes away."""
    client = f"{caller.digest} {client_id or secrets.token_hex(8)}"
    question = server.solvers.ask(Lane.ANSWERS, client, partial(_ask, server, body), owner=caller.digest or caller.who)
    try:
        return _answer(await _awaited(request, server, question))
    except Superseded as ended:
        raise Problem(409, "question_superseded") from ended


async def _awaited(request: Request, server: Server, question: Question[WhatIf]) -> WhatIf:
    """What comes of a question, which is ended where the client goes away or the server closes."""
    waiting = asyncio.wrap_future(question.future)
    try:
        while not waiting.done():
            await asyncio.wait([waiting], timeout=_LOOK_SECONDS)
            if not waiting.done() and (server.is_closing or await request.is_disconnected()):
                server.solvers.end(question.client)
    finally:
        server.solvers.end(question.client)
    return waiting.result()


def _ask(server: Server, body: WhatIfRequest, worker: Worker, stop: threading.Event) -> WhatIf:
    def solver(problem: Portfolio, options: SolveOptions) -> Solution:
        return solve_isolated(problem, options, cancel=stop, worker=worker)

    question = Asked(
        None if body.capacity is None else str(body.capacity),
        tuple(body.force_in),
        tuple(body.force_out),
        _weights(body.weights),
        tuple(body.drop_rules),
    )
    try:
        return what_if(server.workspace, body.scenario_name, question, seconds=body.time_limit, solver=solver)
    except WrongQuestion as wrong:
        raise Problem.of(422, wrong.message.renamed(_FIELDS, "option")) from wrong
    except ScenarioProblem as wrong:
        raise Problem.of(404 if wrong.message.code in _UNKNOWN else 422, wrong.message) from wrong


def _weights(asked: dict[str, float] | list[str] | str | None) -> str | None:
    """As they are typed in Scenario_Config."""
    if isinstance(asked, dict):
        return "; ".join(f"{kpi}: {weight:g}" for kpi, weight in asked.items())
    return " > ".join(asked) if isinstance(asked, list) else asked


def _answer(found: WhatIf) -> WhatIfAnswer:
    difference = found.difference
    before = difference.value_before if difference.same_objective else difference.old_choice_by_new_objective
    after = difference.value_after
    return WhatIfAnswer(
        scenario_name=found.scenario_name,
        solution=difference.after.to_json(),
        baseline=difference.before.to_json(),
        baseline_run_id=found.base_run,
        added=[one.key for one in difference.came_in()],
        dropped=[one.key for one in difference.went_out()],
        objective_change=None if before is None or after is None else after - before,
        conflict=[{"id": row.id, "place": row.place, "message": str(row.message)} for row in found.conflict],
        repair=None if found.way_out is None else str(found.way_out),
    )

"""The application: all calls, what stands before them, and how errors are told."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from roadwright import __version__
from roadwright.api import docs, oidc, pages
from roadwright.api.calls import PREFIX, ROLES
from roadwright.api.guard import Guard
from roadwright.api.metrics import Metrics
from roadwright.api.pages import Throttle, plain_frame
from roadwright.api.problems import Problem, told_database, told_error, told_http, told_problem, told_validation
from roadwright.api.routes import initiatives, optimization, roadmaps, runs, system, tabs, what_if
from roadwright.api.routes.system import NOT_READY
from roadwright.api.schemas import ProblemBody
from roadwright.api.state import Server
from roadwright.domain.errors import RoadwrightError

_ABOUT = (
    "From intake sheets to roadmaps that can be defended: what the sheets, the command line and the control room do, "
    "by HTTP. Sign in with Authorization: Bearer rw_… (roadwright tokens create makes a token)."
)
_ROUTERS: tuple[APIRouter, ...] = (
    system.router,
    docs.router,
    runs.router,
    tabs.router,
    initiatives.router,
    what_if.router,
    optimization.router,
    roadmaps.router,
)


def make_app(server: Server) -> FastAPI:
    """The application of one server."""
    app = _bare_app()
    app.state.server = server
    app.state.metrics = Metrics()
    app.state.throttle = Throttle()
    app.state.frame = plain_frame
    app.include_router(pages.key_router)
    app.include_router(pages.router)
    app.include_router(oidc.router)
    app.add_exception_handler(Problem, told_problem)
    app.add_exception_handler(RoadwrightError, told_error)
    app.add_exception_handler(DBAPIError, told_database)
    app.add_exception_handler(HTTPException, told_http)
    app.add_exception_handler(RequestValidationError, told_validation)
    app.add_middleware(Guard, server=server, metrics=app.state.metrics)
    return app


def _bare_app() -> FastAPI:
    """All calls, and nothing that stands before them."""
    app = FastAPI(
        title="Roadwright",
        version=__version__,
        description=_ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def described() -> dict[str, Any]:
    """The description of the API."""
    return _bare_app().openapi()


def _described(app: FastAPI) -> dict[str, Any]:
    """The description of the API, with the role that each call needs, and what every call can be refused with."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        parts = described.setdefault("components", {})
        parts["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "Made by roadwright tokens create."}
        }
        schemas = parts.setdefault("schemas", {})
        schemas["ProblemBody"] = ProblemBody.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path, methods in described["paths"].items():
            for method, call in methods.items():
                role = ROLES.get(f"{method.upper()} {path.removeprefix(PREFIX)}")
                if role is not None:
                    call["security"] = [{"token": []}]
                    call["x-role"] = str(role)
                for status, answer in call["responses"].items():
                    is_own = "application/json" in answer.get("content", {}) and answer["description"] == NOT_READY
                    if int(status) >= 400 and not is_own:
                        answer["content"] = {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
                        }
        app.openapi_schema = described
    return app.openapi_schema

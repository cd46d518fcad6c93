"""The portfolio optimizer as a library: Problem in, Solution out; no database, no sheets, no server.

`api` lists the public names. They are loaded at their first use: the tabs read the kinds of constraints from here, and
need no solver for that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadwright.optimize.api import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        api = import_module("roadwright.optimize.api")
        if name not in api.__all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(api, name)

"""Acts: what a page's controls ask for. What a browser sends is checked here, before anything is done."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from roadwright.domain.roles import Role

Done = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Act:
    """One act: the role it needs at the time it is asked for, the values it takes, and what does it."""

    name: str
    role: Role
    do: Done
    values: type[BaseModel]

    def read(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The values, as the act takes them. Raises pydantic.ValidationError for others."""
        read = self.values.model_validate(dict(given))
        return {name: getattr(read, name) for name in type(read).model_fields}


def made_act(name: str, role: Role, do: Done) -> Act:
    """The act whose values are the parameters of the function, by their annotations: text is read as what they say."""
    hints = get_type_hints(do)
    fields: dict[str, Any] = {
        parameter.name: (hints[parameter.name], ... if parameter.default is parameter.empty else parameter.default)
        for parameter in inspect.signature(do).parameters.values()
    }
    model = create_model(f"Values of {name}", __config__=ConfigDict(extra="forbid"), **fields)
    return Act(name, role, do, model)

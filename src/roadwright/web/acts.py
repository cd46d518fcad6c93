"""Acts: what a page's controls ask for. What a browser sends is checked here, before anything is done."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from roadwright.domain.roles import Role

Done = Callable[..., Awaitable[None]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Open(BaseModel):
    """Of an act that takes whatever fields its form has: texts, or several of one name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str | list[str]]


@dataclass(frozen=True)
class Act:
    """One act: the role it needs at the time it is asked for, the values it takes, and what does it."""

    name: str
    role: Role
    do: Done

    @cached_property
    def values(self) -> type[BaseModel]:
        """The parameters of the function, by their annotations: text is read as what they say.

        A function with ``**`` parameters takes whatever fields its form has. Made when the act is first asked for: a
        page has up to thirty acts, of which a visit asks for few.
        """
        hints = get_type_hints(self.do)
        parameters = inspect.signature(self.do).parameters.values()
        takes_more = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        fields: dict[str, Any] = {
            parameter.name: (hints[parameter.name], ... if parameter.default is parameter.empty else parameter.default)
            for parameter in parameters
            if parameter.kind is not parameter.VAR_KEYWORD
        }
        return create_model(f"Values of {self.name}", __base__=_Open if takes_more else _Strict, **fields)

    def read(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The values, as the act takes them. Raises pydantic.ValidationError for others."""
        read = self.values.model_validate(dict(given))
        return {name: getattr(read, name) for name in type(read).model_fields} | (read.model_extra or {})

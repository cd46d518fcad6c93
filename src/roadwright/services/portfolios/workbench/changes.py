"""What a person changed on a scenario, as data: it is kept in a link, undone step by step, and saved in the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roadwright.domain.errors import InputError
from roadwright.domain.optimization import ObjectiveMode

MOST = 500
"""Changes of one sort that a what-if can hold."""
_Name = Annotated[str, Field(min_length=1, max_length=300)]
_Reason = Annotated[str, Field(max_length=500)]
_Amount = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
_Weight = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e6)]


ADDED = "added "


def added_id(place: int) -> str:
    """The id of a rule that a person added."""
    return f"{ADDED}{place + 1}"


def added_place(id: str) -> int | None:
    """Which of the added rules an id names."""
    rest = id.removeprefix(ADDED)
    return int(rest) - 1 if id.startswith(ADDED) and rest.isdigit() else None


class WrongChanges(InputError):
    """Changes that can't be made to a scenario."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Switch(_Part):
    """An initiative that a person puts in or leaves out. The reason is asked for when it is saved."""

    way: Literal["in", "out"]
    reason: _Reason = ""


class Stage(_Part):
    """A KPI of an order, and what later ones may cost it."""

    kpi: _Name
    tolerance: Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)] = 0.0


class Changes(_Part):
    """All changes; without any the scenario stands as it is."""

    capacity: Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e12)] | None = None
    weights: Annotated[dict[_Name, _Weight], Field(max_length=MOST)] | None = None
    order: Annotated[tuple[Stage, ...], Field(max_length=MOST)] | None = None
    switches: Annotated[dict[_Name, Switch], Field(max_length=MOST)] = {}
    off: Annotated[tuple[_Name, ...], Field(max_length=MOST)] = ()
    """Rules and targets that are not in force, by id."""
    edits: Annotated[dict[_Name, dict[_Name, _Amount]], Field(max_length=MOST)] = {}
    """Other numbers in rules and targets: by id and field."""
    added: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST)] = ()
    """Further rules, in the optimizer's fields."""
    periods: Annotated[dict[_Name, _Name], Field(max_length=MOST)] = {}
    """Initiatives that a person puts into a later period."""

    @property
    def is_nothing(self) -> bool:
        return self == Changes()

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """The changes that `to_json` wrote, or that somebody sends. Raises WrongChanges."""
        try:
            return cls.model_validate(value)
        except ValidationError as wrong:
            first = wrong.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise WrongChanges("changes_unreadable", place=place, why=first["msg"]) from wrong

    def to_json(self) -> dict[str, Any]:
        """Only what is changed."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def changed(self, **fields: Any) -> Self:
        """The changes with other fields. Raises WrongChanges."""
        return self.of({**self.to_json(), **fields})

    # What a person does

    def switched(self, key: str, way: str) -> Self:
        """An initiative put in, left out, or back to where the optimizer decides (``auto``)."""
        known = self.switches.get(key)
        rest = {one: switch.model_dump() for one, switch in self.switches.items() if one != key}
        if way != "auto":
            rest[key] = {"way": way, "reason": known.reason if known is not None else ""}
        return self.changed(switches=rest, periods={one: p for one, p in self.periods.items() if one != key})

    def put_into(self, key: str, period: str | None) -> Self:
        """An initiative put into a later period; None: wherever it fits."""
        rest = {one: p for one, p in self.periods.items() if one != key}
        if period is not None:
            rest[key] = period
        switches = {one: switch.model_dump() for one, switch in self.switches.items() if one != key}
        return self.changed(periods=rest, switches=switches)

    def toggled(self, id: str) -> Self:
        """A rule out of force, or back in force."""
        off = [one for one in self.off if one != id] if id in self.off else [*self.off, id]
        return self.changed(off=off)

    def edited(self, id: str, field: str, value: float, original: float | None) -> Self:
        """Another number in a rule; the original one takes the change back."""
        edits = {one: dict(fields) for one, fields in self.edits.items()}
        edits.setdefault(id, {})[field] = value
        if original is not None and value == original:
            del edits[id][field]
        return self.changed(edits={one: fields for one, fields in edits.items() if fields})

    def without_added(self, place: int) -> Self:
        """Without one of the further rules; what is changed in later ones moves along."""

        def moved(id: str) -> str | None:
            at = added_place(id)
            if at is None or at < place:
                return id
            return None if at == place else added_id(at - 1)

        return self.changed(
            added=[dict(rule) for number, rule in enumerate(self.added) if number != place],
            off=[new for id in self.off if (new := moved(id)) is not None],
            edits={new: dict(fields) for id, fields in self.edits.items() if (new := moved(id)) is not None},
        )

    def weighed(self, weights: Mapping[str, float]) -> Self:
        """Other weights. Raises WrongChanges where nothing has a weight."""
        if not any(weight > 0 for weight in weights.values()):
            raise WrongChanges("no_weight_left")
        return self.changed(weights=dict(weights), order=None)

    def objective(self) -> dict[str, Any] | None:
        """The objective in the optimizer's form; None where it is not changed."""
        if self.weights is not None:
            return {"mode": str(ObjectiveMode.WEIGHTED_KPIS), "weights": dict(self.weights)}
        if self.order is not None:
            return {"mode": str(ObjectiveMode.LEXICOGRAPHIC), "order": [stage.model_dump() for stage in self.order]}
        return None

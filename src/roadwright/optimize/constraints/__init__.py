"""The kinds of constraints, one class each: its fields, its rows of the matrix, its words, how it is judged.

Importing this package registers them; people see them in this order.
"""

from roadwright.optimize.constraints.capacity import CapacityCap, CapacityFloor
from roadwright.optimize.constraints.dependencies import Bundle, RequireAny, RequirePrereq
from roadwright.optimize.constraints.groups import ChooseCount, SynergyBonus
from roadwright.optimize.constraints.initiatives import ExcludeInitiative, ExcludePair, Mandatory
from roadwright.optimize.model.constraint import KINDS, register

__all__ = [
    "KINDS",
    "Bundle",
    "CapacityCap",
    "CapacityFloor",
    "ChooseCount",
    "ExcludeInitiative",
    "ExcludePair",
    "Mandatory",
    "RequireAny",
    "RequirePrereq",
    "SynergyBonus",
]

register(
    CapacityFloor,
    CapacityCap,
    Mandatory,
    ExcludeInitiative,
    ExcludePair,
    Bundle,
    RequirePrereq,
    RequireAny,
    ChooseCount,
    SynergyBonus,
)

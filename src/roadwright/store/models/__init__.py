"""The tables, as typed models."""

from roadwright.store.models.base import Base
from roadwright.store.models.initiative import Initiative, IssuedKey
from roadwright.store.models.ledger import ActionRun, ActionStatus
from roadwright.store.models.metrics import OrganizationMetricsConfig
from roadwright.store.models.optimization import (
    OptimizationConstraint,
    OptimizationConstraintSet,
    OptimizationRun,
    OptimizationScenario,
    OptimizationTarget,
    Portfolio,
    PortfolioItem,
)
from roadwright.store.models.scoring import InitiativeMathModel, InitiativeParam, InitiativeScore
from roadwright.store.models.sheet_memory import SheetOwnWords, SheetRowCopy

__all__ = [
    "ActionRun",
    "ActionStatus",
    "Base",
    "Initiative",
    "InitiativeMathModel",
    "InitiativeParam",
    "InitiativeScore",
    "IssuedKey",
    "OptimizationConstraint",
    "OptimizationConstraintSet",
    "OptimizationRun",
    "OptimizationScenario",
    "OptimizationTarget",
    "OrganizationMetricsConfig",
    "Portfolio",
    "PortfolioItem",
    "SheetOwnWords",
    "SheetRowCopy",
]

"""The tables, as typed models."""

from roadwright.store.models.base import Base
from roadwright.store.models.baselines import (
    CachedTab,
    RowAnnotation,
    RowBaseline,
    RowConflict,
    SetBaseline,
    UnconfirmedWrite,
)
from roadwright.store.models.initiative import COMPARED, Initiative, IssuedKey, SavedFilter, ToldDuplicate
from roadwright.store.models.ledger import ActionRun, SheetRequest
from roadwright.store.models.optimization import (
    LastRunPrice,
    OptimizationConstraint,
    OptimizationConstraintSet,
    OptimizationRun,
    OptimizationScenario,
    OptimizationTarget,
    Portfolio,
    PortfolioItem,
    StoredWhatIf,
)
from roadwright.store.models.people import ApiToken, IdempotentRequest, Preference, User, WebSession, WrittenWorkbook
from roadwright.store.models.roadmap import GatePolicy, Roadmap, RoadmapEntry, RoadmapStatusChange, RoadmapVersion
from roadwright.store.models.scoring import (
    InitiativeMathModel,
    InitiativeParam,
    InitiativeScore,
    OrganizationMetricsConfig,
)
from roadwright.store.models.workspace import KeyFloor, WorkspaceFolder, WorkspaceIdentity, WorkspaceRevision

__all__ = [
    "COMPARED",
    "ActionRun",
    "ApiToken",
    "Base",
    "CachedTab",
    "GatePolicy",
    "IdempotentRequest",
    "Initiative",
    "InitiativeMathModel",
    "InitiativeParam",
    "InitiativeScore",
    "IssuedKey",
    "KeyFloor",
    "LastRunPrice",
    "OptimizationConstraint",
    "OptimizationConstraintSet",
    "OptimizationRun",
    "OptimizationScenario",
    "OptimizationTarget",
    "OrganizationMetricsConfig",
    "Portfolio",
    "PortfolioItem",
    "Preference",
    "Roadmap",
    "RoadmapEntry",
    "RoadmapStatusChange",
    "RoadmapVersion",
    "RowAnnotation",
    "RowBaseline",
    "RowConflict",
    "SavedFilter",
    "SetBaseline",
    "SheetRequest",
    "StoredWhatIf",
    "ToldDuplicate",
    "UnconfirmedWrite",
    "User",
    "WebSession",
    "WorkspaceFolder",
    "WorkspaceIdentity",
    "WorkspaceRevision",
    "WrittenWorkbook",
]

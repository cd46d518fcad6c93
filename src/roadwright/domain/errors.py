"""The exceptions that reach whoever asked. Their messages are for that person: what is wrong, and the way out.

    RoadwrightError
    ├── InputError           what was asked or typed can't be used as it is
    │   ├── actions          NotQueued, UsageError; NotRunning: NoSuchRun
    │   ├── api              NoClientSecret, NotForStrangers
    │   ├── cli              Unreadable
    │   ├── domain           ChainError, FilterError, FormulaError, UnknownKpi
    │   ├── grid             ListingProblem, NotSaved, NotSavedAsRun; ChangeProblem: NotYours
    │   ├── optimize         InvalidProblem, UnknownKeys, WrongFrontier
    │   ├── services         NameProblem, NoCurve, NotAdoptable, NothingToRerun, ParameterProblem, PeopleProblem,
    │   │                    PolicyProblem, ScenarioProblem, SourceProblem, UnknownName, UnknownPreset,
    │   │                    SignInRefused, WrongChanges, WrongQuestion
    │   ├── sync             ImportRefused, SelectionError, UnknownRun
    │   ├── web              NoReport
    │   └── workspace        SettingsError, UnknownTab
    └── OperationError       it was asked rightly, but can't be done, or not now
        ├── actions          TakenUpElsewhere
        ├── api              CantServe
        ├── services         NeverChanges, NotApproved, Refusal, Superseded
        ├── sample           StepFailed
        ├── sheets           SheetError: ForeignTab, HeaderProblem, WorkbookUnreadable, WorkbookBusy: WorkbookMoved
        ├── store            StoreError: CopyProblem, EmptyDatabase
        ├── sync             PendingWrite
        ├── web              NotPrinted
        └── workspace        BackupProblem, SettingsChange, WorkspaceBusy, WrongDatabase

``exit_codes`` gives each its exit code. Exceptions that are caught where they are raised, because they only end a
computation, are not in this tree.
"""

from __future__ import annotations

from roadwright.domain.messages import MessageError


class RoadwrightError(MessageError):
    """Something that Roadwright tells instead of doing what was asked; raised with a message's code and parameters."""


class InputError(RoadwrightError):
    """What was asked or typed can't be used as it is."""


class OperationError(RoadwrightError):
    """It was asked rightly, but can't be done, or not now."""

"""Submitting: what is asked for is checked, and written into the ledger before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadwright.actions import ledger
from roadwright.actions.contract import Action
from roadwright.actions.options import Options, UsageError, parse_options
from roadwright.actions.registry import find_action, find_command
from roadwright.domain.shown import UNSTORABLE, shown_value
from roadwright.domain.text import folded
from roadwright.sheets.backend import spreadsheet_address
from roadwright.store.models import ActionRun
from roadwright.sync.selection import ALL, Selection, parse_selection
from roadwright.workspace.workspace import TabPlace, Workspace


@dataclass(frozen=True)
class ActionRequest:
    """What a person asked for, as typed: tab, selection and options."""

    action: str
    tab: str | None = None
    select: str | None = None
    options: Sequence[str] | Mapping[str, object] = ()
    """Each ``name=value``, or by name."""


@dataclass(frozen=True)
class SheetArea:
    """Where somebody asks from who has a spreadsheet open: its id, the tab that is shown, the rows selected there."""

    spreadsheet_id: str
    tab: str
    rows: str | None = None


def place_in_sheet(workspace: Workspace, action: str, area: SheetArea) -> tuple[str | None, str | None]:
    """The tab and the selection that are meant by somebody who has a spreadsheet open.

    An action that does not work on the tab that is shown works on its own, as a whole. Raises InputError.
    """
    address = spreadsheet_address(area.spreadsheet_id)
    mine = [place for place in workspace.places() if place.workbook.address == address]
    if not mine:
        raise UsageError("sheet_unknown", spreadsheet=area.spreadsheet_id)
    found = next((place for place in mine if folded(place.tab) == folded(area.tab)), None)
    if found is None and area.rows is not None:
        raise UsageError("sheet_tab_unknown", tab=area.tab, tabs=tuple(place.tab for place in mine))
    if area.rows is None and (found is None or found.spec not in find_action(action).tabs):
        return None, None
    return None if found is None else found.name, area.rows


@dataclass(frozen=True)
class Submission:
    """What was asked for, checked."""

    action: Action
    place: TabPlace | None
    selection: Selection
    options: Options
    request_json: Mapping[str, object]
    """The same as the ledger keeps it."""


def _find_tab(workspace: Workspace, action: Action, typed: str | None) -> TabPlace | None:
    if not action.tabs:
        if typed is not None:
            raise UsageError("action_without_tab", action=action.name)
        return None
    if typed is None:
        return workspace.place(action.tabs[0])
    place = workspace.find(typed)
    if place.spec not in action.tabs:
        accepted = [spec.name for spec in action.tabs]
        raise UsageError("action_on_other_tabs", action=action.name, tab=place.name, tabs=accepted)
    return place


def _refuse_unstorable(asked: ActionRequest) -> None:
    """Refuse what the ledger could not keep: it names where the character is."""
    texts = [("the action", asked.action), ("the tab", asked.tab or ""), ("the selection", asked.select or "")]
    if isinstance(asked.options, Mapping):
        texts += [(f"option {name}", f"{name}={value}") for name, value in asked.options.items()]
    else:
        texts += [(f"option {option.partition('=')[0]}", option) for option in asked.options]
    for place, text in texts:
        if (bad := UNSTORABLE.search(text)) is not None:
            raise UsageError("unstorable_request", place=UNSTORABLE.sub("\ufffd", place), character=ord(bad[0]))


def checked(workspace: Workspace, asked: ActionRequest) -> Submission:
    """Check what is asked for. Raises InputError."""
    _refuse_unstorable(asked)
    action = find_action(asked.action)
    if asked.select is not None and not action.selects:
        raise UsageError("action_without_selection", action=action.name)
    place = _find_tab(workspace, action, asked.tab)
    selection = parse_selection(asked.select)
    options = parse_options(action.name, action.options, asked.options)
    kept = {"tab": place.name if place else None, "select": asked.select, "options": _as_typed(asked.options)}
    submission = Submission(action, place, selection, options, kept)
    action.check(submission)
    return submission


def command(action: Action, options: Options) -> Submission:
    """What a command of its own asks for, which stands under no name in the list of actions."""
    kept = {"tab": None, "select": None, "options": _as_typed(options.model_dump(exclude_none=True))}
    return Submission(action, None, ALL, options, kept)


def _as_typed(options: Sequence[str] | Mapping[str, object]) -> list[str]:
    """As the ledger keeps them: ``name=value`` each."""
    if isinstance(options, Mapping):
        return [f"{name}={shown_value(value)}" for name, value in options.items() if value is not None]
    return list(options)


def submit(
    workspace: Workspace,
    submission: Submission,
    requested_by: str,
    *,
    alive: bool = False,
    for_worker: bool = False,
    also: ledger.Also | None = None,
) -> ActionRun:
    """Write down what is asked for: the run is queued until something executes it.

    With ``alive`` this process is going to: if it ends before that, the run counts as interrupted. With ``for_worker``
    a worker is; where that one dies, another one begins again. ``also`` is done in the same transaction.
    """
    name, asked = submission.action.name, submission.request_json
    return ledger.enqueue(workspace.store, name, asked, requested_by, alive=alive, for_worker=for_worker, also=also)


def submitted(workspace: Workspace, run: ActionRun) -> Submission:
    """What a queued run was submitted with. Raises InputError where that can't be done any more."""
    asked = run.request_json
    action = find_command(run.action)
    if action is not None:
        return command(action, parse_options(action.name, action.options, asked["options"]))
    return checked(workspace, ActionRequest(run.action, asked["tab"], asked["select"], asked["options"]))

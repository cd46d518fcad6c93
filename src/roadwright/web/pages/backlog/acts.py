"""What the page of the backlog does when it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.api.events import Event
from roadwright.domain.messages import Message
from roadwright.domain.roles import Role
from roadwright.domain.shown import shown_value
from roadwright.grid.cells import CellEdit, Preview
from roadwright.grid.changes import RowChange
from roadwright.grid.ideas import COLUMNS, is_editable, submit_idea
from roadwright.grid.panel import Panel, panel_of
from roadwright.grid.view import DEFAULT, grid_columns
from roadwright.services.backlog import all_fields, find_saved, seen_filters
from roadwright.services.backlog.columns import values_in_use
from roadwright.services.backlog.duplicates import similar_ideas
from roadwright.services.bindings.initiatives import no_such_initiative
from roadwright.services.rows.notes import level_of
from roadwright.store.models import Initiative
from roadwright.web.edits import NOT_SAVED, said_of, save
from roadwright.web.kit import Html, Region
from roadwright.web.page import Visit, address_of
from roadwright.web.pages.backlog.dialogs import (
    EDITED,
    bulk_columns,
    bulk_form,
    edit_form,
    is_column,
    similar_html,
)
from roadwright.web.pages.backlog.editing import (
    Edit,
    Pending,
    Value,
    apply_preview,
    do_edits,
    faults_of,
    preview,
    settle,
    undo,
)
from roadwright.web.pages.backlog.filtering import MOST_CHARACTERS, narrowed
from roadwright.web.pages.backlog.panel import panel_html
from roadwright.web.pages.backlog.rows import chosen_columns, keep_columns
from roadwright.web.pages.backlog.saving import Whose, save_for, saved_pills

Text = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Key = Annotated[str, Field(max_length=40)]
Keys = Annotated[list[Key], Field(max_length=100_000)]
Typed = Annotated[str, Field(max_length=40_000)]


class Start:
    """What the page begins with."""

    def __init__(self, session: Session, visit: Visit) -> None:
        asked = visit.query.get("filter", "")[:MOST_CHARACTERS]
        named = find_saved(session, asked) if asked and not asked.startswith("@") else None
        self.text = asked if named is None else named.filter_text
        self.is_mine = visit.query.get("mine") == "1" and visit.may(Role.CONTRIBUTOR)
        self.open = visit.query.get("open", "")[:40]
        self.saved = seen_filters(session, visit.caller.who)
        self.columns = chosen_columns(session, visit.caller.who)
        self.has_ideas = session.scalar(select(Initiative.id).limit(1)) is not None
        fields = all_fields(session)
        self.known = {name: values_in_use(session, fields[name])[:50] for name in ("department", "country")}

    @classmethod
    def of(cls, session: Session, visit: Visit) -> Start:
        return cls(session, visit)


class Acts:
    """What the page does when it is asked."""

    def __init__(self, visit: Visit, view: Start, panel: Region) -> None:
        self.visit = visit
        self.text = view.text
        self.is_mine = view.is_mine
        self.key = ""
        self.panel = panel
        self.pending = Pending(visit.room.edits.of(visit.caller.digest))
        self.first = view.open
        self.edited: Panel | None = None
        self._opened = 0
        """How often something was opened: a panel that was read before is not shown after it."""

    def register(self) -> None:
        """Take the acts."""
        visit = self.visit
        visit.act("filter")(self.filter)
        visit.act("open")(self.open)
        visit.act("columns")(self.columns)
        visit.act("columns-now")(self.columns_now)
        visit.act("columns-usual")(self.columns_usual)
        contributor, planner = Role.CONTRIBUTOR, Role.PLANNER
        visit.act("mine", contributor)(self.mine)
        visit.act("edit", contributor)(self.edit)
        visit.act("edit-open", contributor)(self.edit_open)
        visit.act("edit-save", contributor)(self.edit_save)
        visit.act("undo", contributor)(self.undo)
        visit.act("conflict", contributor)(self.conflict)
        visit.act("settle", contributor)(self.settle)
        visit.act("similar", contributor)(self.similar)
        visit.act("open-similar", contributor)(self.open_similar)
        visit.act("submit-idea", contributor)(self.submit)
        visit.act("save-filter-now")(self.save_filter)
        visit.act("many", planner)(self.many)
        visit.act("bulk-column", planner)(self.bulk_column)
        visit.act("bulk-preview", planner)(self.bulk_preview)
        visit.act("bulk-apply", planner)(self.bulk_apply)
        visit.act("framework", planner)(self.framework)
        visit.act("computed", planner)(self.computed)
        visit.act("sync", planner)(self.sync)
        visit.follow(self.told)
        visit.client.on_connect(self.begin)

    async def begin(self) -> None:
        """The browser is there: narrow the rows, open what the address names, offer to take back what was edited."""
        with self.visit.client:
            self.visit.script("backlog.steps", len(self.pending.steps))
            if self.text or self.is_mine:
                await self._narrow(self.text, -1)
            if self.first:
                await self.open(self.first)
                self.first = ""

    async def told(self, happened: Sequence[Event]) -> None:
        """Rows were changed, here or elsewhere, or the connection is back."""
        if any(one.may_change_rows for one in happened):
            if any(one.is_end and one.data.get("action") == "pm.backlog_sync" for one in happened):
                self.visit.script("busy", "sync", False)
            self.visit.script("backlog.reload")
            if self.text or self.is_mine:
                await self._narrow(self.text, -1)
            if self.key and self.edited is None:
                await self._show(self.key)

    def _stay(self) -> None:
        address = address_of("backlog", filter=self.text, open=self.key, mine="1" if self.is_mine else None)
        self.visit.stay_at(address)

    # The filter

    async def _narrow(self, text: str, caret: int) -> None:
        found = await self.visit.read(narrowed, text, caret, self.visit.caller.who, is_mine=self.is_mine)
        if found.is_read:
            self.text = text
            self._stay()
        self.visit.script("backlog.answer", found.to_json(text))

    async def filter(self, text: Text, caret: int) -> None:
        await self._narrow(text, caret)

    async def mine(self) -> None:
        self.is_mine = not self.is_mine
        pressed = "true" if self.is_mine else "false"
        self.visit.client.run_javascript(f"document.getElementById('mine').setAttribute('aria-pressed', {pressed})")
        await self._narrow(self.text, -1)

    async def save_filter(self, name: Text, whose: Whose) -> None:
        caller = await self.visit.standing()
        said, known = await self.visit.read(save_for, caller, name, self.text, whose)
        self.visit.saved("save-filter-form")
        self.visit.script("close", "save-filter-dialog")
        self.visit.notice("ok", said)
        self.visit.script("html", "saved-filters", str(saved_pills(known, self.text)))

    # Columns

    async def columns(self, names: list[str] | str = "") -> None:
        """As they stand in the grid now: it shows them already, and the person may be moving the next one."""
        chosen = [names] if isinstance(names, str) else names
        known = [name for name in chosen if name in grid_columns()]
        await self.visit.read(keep_columns, self.visit.caller.who, known)

    async def columns_now(self, names: list[str] | str = "") -> None:
        await self.columns(names)
        self._show_columns()

    async def columns_usual(self) -> None:
        await self.columns(list(DEFAULT))
        self._show_columns()
        self.visit.script("backlog.tick", list(DEFAULT))

    def _show_columns(self) -> None:
        self.visit.script("close", "columns-dialog")
        self.visit.script("backlog.reload")

    # The panel

    async def open(self, key: Key) -> None:
        self.edited = None
        self._opened += 1
        await self._show(key)
        self._stay()

    async def _show(self, key: str) -> None:
        asked = self._opened
        found = await self.visit.read(panel_of, key) if key else None
        if asked != self._opened or self.edited is not None:
            return  # another one was opened while this one was read
        if key and found is None:
            self.visit.notice("fail", await self.visit.read(no_such_initiative, key))
        self.key = "" if found is None else found.key
        content = Html()
        if found is not None:
            may_edit = self.visit.may(Role.PLANNER)
            is_own = await self._is_own(found.key)
            if asked != self._opened or self.edited is not None:
                return
            content = panel_html(found, may_edit=may_edit, is_own=is_own)
        self.panel.show(content)
        self.visit.script("backlog.panel", self.key)

    async def _is_own(self, key: str) -> bool:
        may = self.visit.may(Role.CONTRIBUTOR)
        return may and await self.visit.read(is_editable, key, self.visit.caller.who)

    def _fields(self) -> tuple[str, ...]:
        return EDITED if self.visit.may(Role.PLANNER) else tuple(name for name in EDITED if name in COLUMNS)

    async def edit_open(self, key: str) -> None:
        found = await self.visit.read(panel_of, key)
        if found is None:
            return
        self.edited = found
        self.panel.show(edit_form(found.key, self._fields(), found.values, {}, {}))

    async def edit_save(  # noqa: PLR0917 - the fields of the form, by name
        self,
        title: Typed | None = None,
        brief_description: Typed | None = None,
        problem_statement: Typed | None = None,
        hypothesis: Typed | None = None,
        lifecycle_status: Typed | None = None,
        department: Typed | None = None,
        country: Typed | None = None,
        product_area: Typed | None = None,
        risk_level: Typed | None = None,
        scope_mode: Typed | None = None,
        engineering_tokens: Typed | None = None,
        engineering_tokens_mvp: Typed | None = None,
        engineering_tokens_full: Typed | None = None,
        deadline_date: Typed | None = None,
        is_optimization_candidate: Typed | None = None,
        candidate_period_key: Typed | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in EDITED and value is not None}
        shown = self.edited
        if shown is None:
            return
        edits = [
            CellEdit(shown.key, name, value, shown.values.get(name))
            for name, value in given.items()
            if value != shown_value(shown.values.get(name)) and name in self._fields()
        ]
        form = f"edit-form-{shown.key}"
        found = await do_edits(self.visit, self.pending, edits) if edits else []
        faults = faults_of(found)
        if faults:
            self.panel.show(edit_form(shown.key, self._fields(), shown.values, given, faults))
            return
        self.visit.saved(form)
        self.edited = None
        await self._show(shown.key)

    # Edits

    async def edit(self, edits: Annotated[list[Edit], Field(max_length=50_000)]) -> None:
        known = [one for one in edits if is_column(one.column)]
        if len(known) != len(edits):
            self.visit.notice("fail", Message("act_wrong", params={"fields": ["column"]}))
            return
        cells = [CellEdit(one.key, one.column, one.typed, one.seen) for one in edits]
        await do_edits(self.visit, self.pending, cells)
        if self.key in {one.key for one in edits} and self.edited is None:
            await self._show(self.key)

    async def undo(self) -> None:
        await undo(self.visit, self.pending)

    async def conflict(self, key: str, column: str, typed: Value, seen: Value | list[str] = None) -> None:
        if is_column(column):
            await do_edits(self.visit, self.pending, [CellEdit(key, column, typed, seen)])

    async def settle(self, key: str, column: str, keep: Literal["mine", "theirs"]) -> None:
        await settle(self.visit, self.pending, key, column, keeps_mine=keep == "mine")

    # Many rows

    async def many(self, what: Literal["edit", "candidate", "no-candidate", "period"], keys: Keys) -> None:
        self.pending.many = keys
        self.pending.previewed = None
        if what == "edit":
            self._fill_bulk("lifecycle_status", "", None)
        elif what == "period":
            self._fill_bulk("candidate_period_key", "", None)
        else:
            value = "TRUE" if what == "candidate" else "FALSE"
            self._fill_bulk(
                "is_optimization_candidate", value, await self._previewed("is_optimization_candidate", value)
            )
        self.visit.script("open", "bulk-dialog")

    def _fill_bulk(self, column: str, value: str, found: Preview | None) -> None:
        self.visit.script("html", "bulk-form", str(bulk_form(len(self.pending.many), column, value, found)))

    async def _previewed(self, column: str, value: str) -> Preview:
        return await preview(self.visit, self.pending, column, value)

    async def bulk_column(self, value: str) -> None:
        if value in {one.name for one in bulk_columns()}:
            self.pending.previewed = None
            self._fill_bulk(value, "", None)

    async def bulk_preview(self, column: str, value: Typed) -> None:
        if column in {one.name for one in bulk_columns()}:
            self._fill_bulk(column, value, await self._previewed(column, value))

    async def bulk_apply(self) -> None:
        found = await apply_preview(self.visit, self.pending)
        changed = sum(one.is_changed for one in found)
        refused = sum(bool(one.kept) for one in found)
        self.visit.script("close", "bulk-dialog")
        if refused:
            self.visit.notice("warn", Message("edited_many_partly", params={"changed": changed, "refused": refused}))
        else:
            self.visit.notice("ok", Message("edited_many", params={"changed": changed}))

    async def sync(self) -> None:
        """Bring in what the intake sheets hold; the rows come by themselves."""
        self.visit.script("busy", "sync", True)
        try:
            await self.visit.ask("pm.backlog_sync")
        except Exception:
            self.visit.script("busy", "sync", False)
            raise

    # What belongs to one initiative

    async def framework(self, framework: str) -> None:
        """Let another framework's scores count: it is typed, and then activated by the action that does that."""
        key = self.key
        seen = await self.visit.read(panel_of, key)
        if seen is None:
            return
        edit = CellEdit(key, "active_scoring_framework", framework, seen.values.get("active_scoring_framework"))
        [found] = await do_edits(self.visit, self.pending, [edit])
        if not found.kept:
            await self.visit.ask("pm.switch_framework", tabs.BACKLOG.name, key)
        await self._show(key)

    async def computed(self) -> None:
        """Let the computed contributions count again."""
        key = self.key
        panel = await self.visit.read(panel_of, key)
        if panel is None:
            return
        contributions = panel.values["contributions"]
        assert isinstance(contributions, dict)
        seen = {"kpi_contribution_json": contributions["kpi_contribution_json"] or None}
        row = RowChange({"initiative_key": key}, None, {"kpi_contribution_json": ""}, seen=seen)
        changed = await save(self.visit, tabs.KPI_CONTRIBUTIONS, [row])
        said = changed.rows[0].run_status
        if level_of(said) in NOT_SAVED:
            self.visit.notice("fail", said_of(said))
        await self._show(key)

    # Ideas

    async def similar(self, value: Typed) -> None:
        found = await self.visit.read(similar_ideas, value) if value.strip() else []
        self.visit.script("html", "similar", str(similar_html(found)))

    async def open_similar(self, key: Key) -> None:
        """Look at an idea that says the same; what was typed stays in its fields."""
        self.visit.script("close", "submit")
        await self.open(key)

    async def submit(
        self,
        title: Typed,
        problem_statement: Typed = "",
        department: Typed = "",
        country: Typed = "",
        deadline_date: Typed = "",
    ) -> None:
        given = {
            **{"title": title, "problem_statement": problem_statement, "department": department},
            **{"country": country, "deadline_date": deadline_date},
        }
        if not title.strip():
            self.visit.script("html", "submit-fault", "A title is needed: what is it, in one line?")
            return
        idea = {name: value for name, value in given.items() if value.strip()}
        caller = await self.visit.standing()
        server = self.visit.server

        def enter() -> tuple[str, str]:
            with server.edits:
                found = submit_idea(server.workspace, idea, caller.requested_by, "web")
            server.follow(tabs.BACKLOG)
            return found.key, found.run_status

        key, said = await asyncio.to_thread(enter)
        self.visit.saved("submit-form")
        self.visit.script("html", "similar", "")
        self.visit.script("close", "submit")
        if said == "OK":
            self.visit.notice("ok", Message("idea_entered", params={"key": key}))
        else:
            self.visit.notice("warn", Message("idea_entered_but", params={"key": key, "said": said_of(said)}))
        self.visit.script("backlog.reload")
        await self.open(key)

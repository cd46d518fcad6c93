"""The page of a roadmap: what it shows, and what is done on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nicegui import ui
from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.api.events import Event
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.messages import Level
from roadwright.domain.roadmaps import MOVES, RoadmapStatus
from roadwright.domain.roles import Role
from roadwright.grid.changes import RowChange
from roadwright.grid.roadmaps import RoadmapView, roadmap_view
from roadwright.services.roadmaps.board import BoardEntry, LaneName, lanes_of, ranks_for
from roadwright.services.roadmaps.compare import compare
from roadwright.services.roadmaps.decisions import find_decision
from roadwright.services.roadmaps.drift import DriftedValue
from roadwright.services.roadmaps.lookup import find_named
from roadwright.services.roadmaps.standing import drift_judged_now
from roadwright.services.roadmaps.versions import Preview, preview_of
from roadwright.services.rows.notes import level_of
from roadwright.sheets.merge import OnConflict
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import OptimizationRun, OrganizationMetricsConfig
from roadwright.store.roadmaps import all_roadmaps
from roadwright.web.asked import Asked
from roadwright.web.edits import said_of, save
from roadwright.web.kit import Html, banner, button, dialog, html, joined, region
from roadwright.web.kit import tabs as kit_tabs
from roadwright.web.page import Refused, Visit, address_of, page
from roadwright.web.pages.roadmaps import board, dialogs, gates, versions
from roadwright.web.places import first_roadmap
from roadwright.web.running import Runs
from roadwright.web.shell import shell

_TABS = (("board", "Now / next / later"), ("gates", "Gates"), ("versions", "Versions and compare"))
_KEYS = (("1 2 3", "tabs"), ("w", "waives the first blocked entry"))
_FORWARD = {
    RoadmapStatus.DRAFT: ("in_review", "Send to review", "up"),
    RoadmapStatus.IN_REVIEW: ("approved", "Approve", "ok"),
}
_BACK = {"draft": "Back to draft", "archived": "Archive"}
_APPROVALS = ("approved", "archived")
_MOST_RUNS = 30


@page("/roadmaps", "Roadmaps", place="roadmaps")
async def roadmaps(visit: Visit) -> None:
    """The first roadmap, or that there is none."""
    name = await visit.read(first_roadmap)
    if name is not None:
        visit.go(address_of("roadmaps", name))
    async with shell(visit, "roadmaps", "Roadmaps", lead="What is promised, and whether it still holds."):
        if name is None:
            region(board.no_roadmap(may_plan=visit.may(Role.PLANNER)), "rw-card")
            said = region(Html(), "rw-said")
            region(dialog("new-roadmap", "New roadmap", dialogs.new_roadmap()))
    desk = Runs(visit)

    @visit.act("new", Role.PLANNER)
    async def new(roadmap_name: str, period_key: str, source: str, source_ref: str, gate_policy: str) -> None:
        await _make(visit, desk, roadmap_name, dialogs.created(period_key, source, source_ref, gate_policy))

    async def told(_: Sequence[Event]) -> None:
        if name is None:
            said.show(await desk.shown())
            there = await visit.read(first_roadmap)
            if there is not None and not desk.is_busy:
                visit.go(address_of("roadmaps", there))

    visit.follow(told)


async def _make(visit: Visit, runs: Runs, name: str, options: Mapping[str, object]) -> None:
    given = {"roadmap_name": name, **options}
    await runs.ask("pm.roadmap_create", given, then=address_of("roadmaps", name.strip()))
    visit.script("close", "new-roadmap")
    visit.saved("form-new")


def _found(session: Session, name: str) -> tuple[RoadmapView, str]:
    """The roadmap of the address, with the version that it may name."""
    roadmap, version = find_named(session, name)
    return roadmap_view(session, roadmap), "" if version is None else str(version.number)


def _others(session: Session, name: str) -> list[tuple[str, str]]:
    """What a roadmap can be compared with, each as it is named and in words."""
    found: list[tuple[str, str]] = []
    for roadmap in all_roadmaps(session):
        if roadmap.roadmap_name != name:
            found.append((roadmap.roadmap_name, roadmap.roadmap_name))
        found += [
            (f"{roadmap.roadmap_name}@v{one.number}", f"{roadmap.roadmap_name}, v{one.number}")
            for one in reversed(roadmap.versions)
        ]
    runs = session.execute(
        select(OptimizationRun.run_id, OptimizationRun.scenario_name, OptimizationRun.shown_json)
        .order_by(OptimizationRun.id.desc())
        .limit(_MOST_RUNS)
    )
    return found + [
        (run, f"{run} · {scenario}") for run, scenario, shown in runs if shown.get("selected_count") is not None
    ]


def _drift(session: Session, name: str, other: str) -> tuple[DriftedValue, ...] | None:
    """What differs from a version of this very roadmap; None where something else is compared."""
    roadmap, _ = find_named(session, name)
    try:
        of, version = find_named(session, other)
    except RoadwrightError:
        return None
    if version is None or of.id != roadmap.id:
        return None
    return drift_judged_now(session, roadmap, version).changes


def _preview(session: Session, name: str) -> Preview:
    roadmap, _ = find_named(session, name)
    return preview_of(session, roadmap)


def _compared(session: Session, one: str, other: str) -> Html:
    names = {row.kpi_key: row.kpi_name for row in session.scalars(select(OrganizationMetricsConfig))}
    return versions.side_by_side(compare(find_decision(session, one), find_decision(session, other)), names)


def _acts(view: RoadmapView, visit: Visit) -> Html:
    """What can be done with the roadmap as it stands, by this person."""
    status = RoadmapStatus(view.status)
    made = []
    if visit.may(Role.PLANNER):
        made.append(button("Check gates", "gates", glyph="flag", test="check-gates"))
        more = [to for to in MOVES[status] if to in _BACK and (to not in _APPROVALS or visit.may(Role.APPROVER))]
        made += [button(_BACK[to], "status", look="ghost", test=f"status-{to}", to=to) for to in more]
    step = _FORWARD.get(status)
    if step is not None:
        if visit.may(Role.APPROVER if step[0] in _APPROVALS else Role.PLANNER):
            made.append(button(step[1], "status", look="primary", glyph=step[2], test=f"status-{step[0]}", to=step[0]))
    elif status is not RoadmapStatus.ARCHIVED and visit.may(Role.APPROVER):
        made.append(button("Publish version", "preview", look="primary", glyph="roadmaps", test="publish"))
    return joined(made)


def _lead(view: RoadmapView, visit: Visit) -> Html:
    picks = joined(
        html(
            '<a href="{to}"{now}>{name}</a>',
            to=address_of("roadmaps", name),
            name=name,
            now=Html(' aria-current="true"') if name == view.name else "",
        )
        for name in view.names
    )
    new = (
        button("New", look="ghost", glyph="plus", small=True, opens="new-roadmap", test="new-roadmap-open")
        if visit.may(Role.PLANNER)
        else ""
    )
    return html(
        '<span class="rw-road-lead"><span class="rw-segs" role="group" aria-label="Roadmap">{picks}</span>{new} '
        '<span class="dim">{about}</span></span>',
        picks=picks,
        new=new,
        about=str(view.value("description") or ""),
    )


@page("/roadmaps/{name:path}", "Roadmap", place="roadmaps")
async def roadmap(visit: Visit) -> None:  # noqa: PLR0915 - one act after the other
    """One roadmap."""
    view, version = await visit.read(_found, visit.path["name"])
    runs = Runs(visit)
    chosen = visit.query.get("tab", "board")
    chosen = chosen if chosen in dict(_TABS) else "board"
    sides = {"v": visit.query.get("v", "") or version, "with": visit.query.get("with", "")}
    if "tab" not in visit.query and (sides["with"] or sides["v"]):
        chosen = "versions"
    state = {"tab": chosen}
    may_plan, may_waive = visit.may(Role.PLANNER), visit.may(Role.APPROVER)
    others = await visit.read(_others, view.name)
    acts = html('<span id="r-head"><span class="rw-acts">{acts}</span></span>', acts=_acts(view, visit))
    async with shell(visit, "roadmaps", view.name, lead=_lead(view, visit), actions=acts, wide=True, keys=_KEYS):
        said = region(Html(), "rw-said")
        strip = region(board.strip(view), "rw-road-strip", test="road-strip")
        region(kit_tabs("roadmap", "Views", _TABS, chosen, act="tab"), "rw-tabline")
        shown = {name: "" if name == chosen else " hidden" for name, _ in _TABS}
        lanes = region(
            board.board(view, may_plan=may_plan), f"rw-board{shown['board']}", test="board", id_="roadmap-board"
        )
        matrix = region(
            gates.gates(view, may_waive=may_waive, may_plan=may_plan),
            f"rw-card rw-gates{shown['gates']}",
            test="gates",
            id_="roadmap-gates",
        )
        with_classes = f"rw-versions{shown['versions']}"
        outer = ui.element("div").classes(with_classes)
        outer.props["id"], outer.props["data-testid"] = "roadmap-versions", "versions"
        with outer:
            past = region(versions.history(view, may_plan=may_plan), "stack")
            with ui.element("section").classes("rw-card stack"):
                picking = region(versions.comparing(view, others, sides["v"], sides["with"]))
                beside = region(Html(), "rw-beside", test="compare")
        region(dialog("new-roadmap", "New roadmap", dialogs.new_roadmap()) if may_plan else Html())
        asked = Asked(visit)

    async def compared() -> None:
        if not sides["with"]:
            beside.show(html('<p class="dim">Choose what to compare with: another roadmap, a version, or a run.</p>'))
            return
        one = f"{view.name}@v{sides['v']}" if sides["v"] else view.name
        try:
            table = await visit.read(_compared, one, sides["with"])
            drift = None if sides["v"] else await visit.read(_drift, view.name, sides["with"])
        except RoadwrightError as problem:
            beside.show(banner("fail", "This can't be compared", str(problem.message)))
            return
        if drift is not None:
            word = "Drift since it was published" if drift else "No drift: it is as it was published"
            table = html(
                "{table}<h3 class=rw-sub>{word}</h3>{drift}",
                table=table,
                word=word,
                drift=versions.drifted(drift) if drift else "",
            )
        beside.show(table)

    async def refresh() -> None:
        nonlocal view
        view, _ = await visit.read(_found, view.name)
        strip.show(board.strip(view))
        lanes.show(board.board(view, may_plan=may_plan))
        matrix.show(gates.gates(view, may_waive=may_waive, may_plan=may_plan))
        past.show(versions.history(view, may_plan=may_plan))
        picking.show(versions.comparing(view, await visit.read(_others, view.name), sides["v"], sides["with"]))
        visit.script("cells", ".rw-acts", {"head": str(_acts(view, visit))})
        if state["tab"] == "versions":
            await compared()

    def place() -> None:
        visit.stay_at(
            address_of(
                "roadmaps",
                view.name,
                tab=state["tab"] if state["tab"] != "board" else None,
                v=sides["v"] or None,
                **{"with": sides["with"] or None},
            )
        )

    def entry_of(key: str) -> BoardEntry:
        found = next((entry for entry in view.entries if entry.key == key), None)
        if found is None:
            raise Refused("row_not_there", key=key, tab=tabs.ROADMAP_ENTRIES.name)
        return found

    waiting: dict[str, tuple[TabSpec, list[RowChange]]] = {}

    async def keep(spec: TabSpec, rows: list[RowChange], *, form: str = "") -> bool:
        """Save rows and tell what came of it; a conflict is asked about. Whether all were saved."""
        changed = await save(visit, spec, rows)
        levels = [level_of(row.run_status) for row in changed.rows]
        both = zip(rows, changed.rows, strict=True)
        clashing = [(sent, told) for (sent, told), level in zip(both, levels, strict=True) if level is Level.CONFLICT]
        failed = [
            said_of(told.run_status) for told, level in zip(changed.rows, levels, strict=True) if level is Level.FAILED
        ]
        await refresh()
        if clashing:
            waiting["rows"] = spec, [replace(sent, on_conflict=OnConflict.SHEET) for sent, _ in clashing]
            asked.ask("Somebody else changed this", dialogs.conflict(spec, clashing))
            return False
        if failed:
            visit.notice("fail", "; ".join(failed))
            return False
        if form:
            visit.saved(form)
        warned = [
            said_of(told.run_status) for told, level in zip(changed.rows, levels, strict=True) if level is Level.WARNING
        ]
        if warned:
            visit.notice("warn", "; ".join(warned))
        return True

    def change(key: str, mark: str | None, **values: object) -> RowChange:
        return RowChange({"roadmap_name": view.name, "initiative_key": key}, mark, values)

    @visit.act("tab")
    async def tab(tab: str) -> None:
        if tab in dict(_TABS):
            state["tab"] = tab
            place()
            if tab == "versions":
                await compared()

    @visit.act("left")
    async def left(value: str) -> None:
        sides["v"] = value
        place()
        await compared()

    @visit.act("against")
    async def against(value: str) -> None:
        sides["with"] = value
        place()
        await compared()

    @visit.act("move", Role.PLANNER)
    async def move(key: str, mark: str, lane: LaneName, before: str = "") -> None:
        entry = entry_of(key)
        there = next(one for one in lanes_of(view.entries, view.period, view.periods, view.years) if one.name is lane)
        if lane is not LaneName.UNPLANNED and there.period is None:
            raise Refused("lane_without_period")
        stays = any(one.key == key for one in there.entries)
        rows = {} if stays else {key: change(key, mark, planned_period=there.period)}
        order = [(one.key, one.rank) for one in there.entries if one.key != key]
        at = next((n for n, (one, _) in enumerate(order) if one == before), len(order))
        if before or stays:
            order.insert(at, (key, entry.rank))
            for one, rank in ranks_for(order, key).items():
                sent = rows.get(one) or change(one, mark if one == key else entry_of(one).mark)
                rows[one] = replace(sent, changes={**sent.changes, "priority_rank": rank})
        if rows:
            await keep(tabs.ROADMAP_ENTRIES, list(rows.values()))

    @visit.act("plan", Role.PLANNER)
    async def plan(key: str) -> None:
        entry = entry_of(key)
        known = [
            period for lane in lanes_of(view.entries, view.period, view.periods, view.years) for period in lane.periods
        ]
        asked.ask(entry.title, dialogs.planning(entry, known))

    @visit.act("planned", Role.PLANNER)
    async def planned(key: str, mark: str, planned_period: str, priority_rank: str, is_locked: str) -> None:
        values = {
            "planned_period": planned_period or None,
            "priority_rank": priority_rank or None,
            "is_locked": is_locked,
        }
        if await keep(tabs.ROADMAP_ENTRIES, [change(key, mark, **values)], form=f"form-plan-{key}"):
            asked.close()

    @visit.act("waive", Role.APPROVER)
    async def waive(key: str) -> None:
        asked.ask("Waive the gates", gates.waiving(entry_of(key), visit.caller.who))

    @visit.act("waived", Role.APPROVER)
    async def waived(key: str, mark: str, reason: str) -> None:
        if len(reason.strip()) < gates.LEAST_REASON:
            raise Refused("waiver_reason_short", least=gates.LEAST_REASON)
        who = (await visit.standing()).who
        sent = change(key, mark, waived_by=who, waiver_reason=reason.strip())
        if await keep(tabs.ROADMAP_ENTRIES, [sent], form=f"form-waive-{key}"):
            asked.close()
            visit.notice("ok", "Waived.")

    @visit.act("unwaive", Role.APPROVER)
    async def unwaive(key: str) -> None:
        await keep(tabs.ROADMAP_ENTRIES, [change(key, entry_of(key).mark, waived_by=None, waiver_reason=None)])

    @visit.act("adopt", Role.PLANNER)
    async def adopt(mark: str, run: str) -> None:
        sent = RowChange({"roadmap_name": view.name}, mark, {"adopted_run": run or None})
        await keep(tabs.ROADMAPS, [sent], form="form-adopt")

    @visit.act("keep-mine", Role.PLANNER)
    async def keep_mine() -> None:
        if "rows" not in waiting:
            return
        spec, rows = waiting.pop("rows")
        is_waiver = any(name in row.changes for row in rows for name in ("waived_by", "waiver_reason"))
        if is_waiver and not (await visit.standing()).role.may(Role.APPROVER):
            raise Refused("role_too_low", needed=Role.APPROVER, role=visit.caller.role)
        asked.close()
        await keep(spec, rows)

    @visit.act("keep-theirs")
    async def keep_theirs() -> None:
        waiting.clear()
        asked.close()
        await refresh()

    async def run(action: str, **options: object) -> None:
        await runs.ask(action, {"roadmap_name": view.name, **options})
        said.show(await runs.shown())

    @visit.act("gates", Role.PLANNER)
    async def check() -> None:
        await run("pm.roadmap_check_gates")

    @visit.act("create", Role.PLANNER)
    async def create() -> None:
        await run("pm.roadmap_create")

    @visit.act("status", Role.PLANNER)
    async def status(to: RoadmapStatus) -> None:
        await run("pm.roadmap_set_status", status=str(to))

    @visit.act("preview", Role.APPROVER)
    async def preview() -> None:
        found = await visit.read(_preview, view.name)
        asked.ask("Publish a version", versions.previewing(found, view.name))

    @visit.act("publish-now", Role.APPROVER)
    async def publish() -> None:
        asked.close()
        await run("pm.roadmap_publish")

    @visit.act("new", Role.PLANNER)
    async def new(roadmap_name: str, period_key: str, source: str, source_ref: str, gate_policy: str) -> None:
        await _make(visit, runs, roadmap_name, dialogs.created(period_key, source, source_ref, gate_policy))
        said.show(await runs.shown())

    async def told(happened: Sequence[Event]) -> None:
        said.show(await runs.shown())
        if any(event.may_change_rows for event in happened):
            await refresh()

    visit.follow(told)
    if chosen == "versions":
        await compared()

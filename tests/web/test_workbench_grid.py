"""The workbench with more candidates than a table shows: a grid of all, of which an answer sends only what changed."""

from __future__ import annotations

import json
import random
import shutil
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, update
from typer.testing import CliRunner

from roadwright.cli.main import app
from roadwright.domain.roles import Role
from roadwright.store.models import Initiative
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import Room, served
from tests.web.test_workbench import ANSWERED, HOSTILE, figures, press, settled

CANDIDATES = 424
WITHOUT_TOKENS = "INIT-000028"
LIKE, GOOD, POOR, ODD = "INIT-000009", "INIT-000200", "INIT-000201", "INIT-000202"
"""What all others are made of; one that is chosen, one that is not, and one whose title somebody typed with malice."""
_BRINGS = {GOOD: 900_000.0, POOR: 1_000.0}
TO_THE_CLOSEST = """() => {
    const chosen = Number(document.querySelector('.ag-row[row-id=head-0] .rw-count').textContent);
    document.querySelector('.rw-choice-grid .ag-body-viewport').scrollTop = chosen * 43;
}"""
SHOWN = """[...document.querySelectorAll('.rw-choice-grid .ag-row')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
    .map(row => row.getAttribute('row-id'))"""
FOCUSED = "document.activeElement.dataset.key"
LATE = """async key => {
    const real = window.fetch;
    let give;
    const late = new Promise(done => { give = done; });
    window.fetch = () => late;
    delete document.body.dataset.rows;
    rw.choice.load();
    window.fetch = real;
    rw.choice.load();
    while (!document.body.dataset.rows) await new Promise(requestAnimationFrame);
    const found = await (await real(document.querySelector('.rw-choice-grid').dataset.rows)).json();
    found.titles.fill('of before');
    give({ ok: true, json: async () => found });
    for (let n = 0; n < 5; n++) await new Promise(requestAnimationFrame);
    return document.querySelector(`.ag-row[row-id=${key}] .rw-named a`).innerText;
}"""
"""Asks for the rows twice; the first answer comes last, and holds what was before."""
FEW = 15_000
"""Bytes of an answer as they are sent."""


def _fill(root: Path) -> None:
    """Make hundreds of candidates like one of the demo's; the same ones each time."""
    pick = random.Random(7)
    with closing(open_workspace(root)) as workspace, workspace.store.transaction() as session:
        like = session.scalars(select(Initiative).where(Initiative.initiative_key == LIKE)).one()
        kept = {one.key: getattr(like, one.key) for one in inspect(Initiative).column_attrs if one.key != "id"}
        for number in range(100, 100 + CANDIDATES - 24):
            key = f"INIT-{number:06d}"
            own = {
                "initiative_key": key,
                "title": HOSTILE if key == ODD else f"Idea {number}",
                "department": pick.choice(["Growth", "Operations", "Finance"]),
                "country": pick.choice(["UK", "Spain", "Germany"]),
                "engineering_tokens": float(pick.randint(5, 60)),
                "kpi_contribution_json": {"gmv": _BRINGS.get(key, pick.randint(10, 90) * 1000.0)},
                "kpi_contribution_computed_json": None,
                "kpi_contribution_source": "override",
            }
            session.add(Initiative(**kept | own))


@pytest.fixture(scope="module")
def many(browser: Any, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A workspace with more candidates than a table shows, solved and served."""
    root = tmp_path_factory.mktemp("many") / "workspace"
    shutil.copytree(demo, root)
    _fill(root)
    run = ["run", "pm.optimize_run_all_candidates", "-w", str(root), "-o", "scenario_name=Growth first"]
    answer = CliRunner().invoke(app, [*run, "-o", "explain_seconds=1"])
    assert answer.exit_code == 0, answer.output
    with served(root) as base:
        yield Room(root, base, browser)


def bench(many: Room, name: str = "Growth%20first", **more: Any) -> Any:
    page = many.open(f"/workbench/{name}", **{"role": "planner", **more})
    page.wait_for_selector("body[data-rows]")
    settled(page)
    return page


def find(page: Any, words: str) -> None:
    page.fill("[data-testid=filter]", words)
    page.wait_for_function(f"document.getElementById('choice-found').innerText.includes(' of {CANDIDATES} candidates')")


def side(page: Any, key: str) -> str:
    return str(page.inner_text(f".ag-row[row-id={key}] .rw-side"))


def test_an_answer_moves_rows_among_all_candidates_and_is_small(many: Room) -> None:
    page = many.page(many.signed_in("viewer"))
    frames: list[bytes] = []
    page.on("websocket", lambda one: one.on("framereceived", lambda got: frames.append(str(got).encode())))
    answer = page.goto(f"{many.base}/workbench/Growth%20first")
    assert len(zlib.compress(answer.body())) < 30_000
    page.wait_for_selector("body[data-rows]")
    settled(page)
    assert page.get_attribute("body", "data-rows") == str(CANDIDATES)
    assert page.locator(".rw-bench-table").count() == 0
    first, *chosen = page.evaluate(SHOWN)
    assert first == "head-0"
    assert "Chosen" in page.inner_text(".ag-row[row-id=head-0]")
    assert {side(page, key) for key in chosen[:5]} == {"Chosen"}

    find(page, "idea 200")
    assert page.evaluate(SHOWN) == ["head-0", GOOD]
    del frames[:]
    press(page, f"switch-{GOOD}-out")
    packer = zlib.compressobj(wbits=-12)
    sent = sum(len(packer.compress(one) + packer.flush(zlib.Z_SYNC_FLUSH)) for one in frames)
    assert sent < FEW
    assert max(len(one) for one in frames if b"choice.answer" in one) < 4_000
    assert page.evaluate(SHOWN) == ["head-1", GOOD]
    assert side(page, GOOD) == "Not chosen"
    assert "changed" in page.inner_text(f".ag-row[row-id={GOOD}]")
    assert "unsaved what-if" in figures(page)
    page.fill("[data-testid=filter]", "")
    page.wait_for_selector("#choice-found:empty", state="attached")

    other = many.page(page.context)
    many.goto(other, page.url.removeprefix(many.base))
    other.wait_for_selector("body[data-rows]")
    settled(other)
    find(other, "200 ·")
    assert other.get_attribute(f"[data-testid=switch-{GOOD}-out]", "aria-checked") == "true"
    assert side(other, GOOD) == "Not chosen"
    other.close()

    press(page, "undo")
    assert "equals the saved run" in figures(page)
    find(page, "onerror")
    assert HOSTILE in page.inner_text(f".ag-row[row-id={ODD}]")
    assert page.evaluate("window.hit") is None
    assert many.checked(page) == []
    many.close(page)


def test_rows_are_for_the_person_who_opened_the_page(many: Room) -> None:
    page = bench(many)
    rows = many.base + page.get_attribute("[data-testid=choice-grid]", "data-rows")
    answer = page.context.request.get(rows)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["keys"]) == CANDIDATES - 1, "one has no tokens"
    assert page.context.request.get(f"{many.base}/workbench-rows/other").status == 404
    another = many.signed_in(Role.ADMIN)
    assert another.request.get(rows).status == 404
    another.close()
    stranger = many.browser.new_context()
    assert stranger.request.get(rows, max_redirects=0).status in (303, 401)
    stranger.close()
    many.close(page)


@pytest.mark.thorough
def test_rows_that_were_asked_for_before_others_never_stand_in_their_place(many: Room) -> None:
    page = bench(many)
    find(page, "idea 200")
    page.click(f"[data-testid=switch-{GOOD}-out]")
    assert page.evaluate(LATE, GOOD) == "Idea 200"
    settled(page)
    assert side(page, GOOD) == "Not chosen"
    many.close(page)


@pytest.mark.thorough
def test_rows_are_found_and_sorted_within_their_sides(many: Room) -> None:
    page = bench(many)
    find(page, "spain")
    found = int(page.inner_text("#choice-found").split()[0])
    assert 0 < found < CANDIDATES
    find(page, "nothing is called so")
    assert page.inner_text("#choice-found").startswith("0 of")
    assert page.evaluate(SHOWN) == []
    find(page, WITHOUT_TOKENS.lower())
    assert page.evaluate(SHOWN) == ["head-2", WITHOUT_TOKENS]
    bare = page.locator(f".ag-row[row-id={WITHOUT_TOKENS}]")
    assert "has no tokens" in bare.inner_text()
    assert bare.locator("a").get_attribute("href") == f"/backlog?open={WITHOUT_TOKENS}"
    page.fill("[data-testid=filter]", "")
    page.click(".ag-header-cell[col-id=gain]")
    page.wait_for_selector(".ag-header-cell[col-id=gain][aria-sort=descending]")
    assert page.evaluate(SHOWN)[:2] == ["head-0", GOOD]
    page.click(".ag-header-cell[col-id=title]")
    page.wait_for_selector(".ag-header-cell[col-id=title][aria-sort=ascending]")
    titles = page.locator(".ag-row:not(.head) .rw-named a").all_inner_texts()
    assert len(titles) > 5
    assert many.checked(page) == []
    press(page, f"switch-{page.evaluate(SHOWN)[1]}-out")
    assert page.evaluate(SHOWN)[0] == "head-0", "sides stay apart, however rows are sorted"
    page.click("[data-testid=tab-periods]")
    page.click("[data-testid=tab-choice]")
    assert page.is_visible(".rw-choice-grid .ag-row")
    many.close(page)


@pytest.mark.thorough
def test_the_keyboard_is_enough_in_the_grid(many: Room) -> None:
    page = bench(many)
    page.keyboard.press("ArrowDown")
    first = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    third = page.evaluate(FOCUSED)
    assert len({first, third}) == 2
    page.keyboard.press("ArrowUp")
    page.keyboard.press("/")
    page.keyboard.type("idea 201")
    page.wait_for_selector("#choice-found:has-text('1 of')")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == POOR
    page.keyboard.press("i")
    settled(page)
    assert page.evaluate(FOCUSED) == POOR
    assert side(page, POOR) == "Chosen"
    page.keyboard.press("ArrowLeft")
    settled(page)
    assert page.get_attribute(f"[data-testid=switch-{POOR}-auto]", "aria-checked") == "true"
    page.keyboard.press("x")
    settled(page)
    page.keyboard.press("u")
    settled(page)
    assert page.evaluate(FOCUSED) == POOR
    page.fill("[data-testid=filter]", "")
    page.locator(f"[data-testid=switch-{first}-auto]").focus()
    page.keyboard.press("ArrowDown")
    dropped = page.evaluate(FOCUSED)
    page.keyboard.press("x")
    page.wait_for_function(f"{FOCUSED} === '{dropped}' && {ANSWERED}")
    box = page.locator(f".ag-row[row-id={dropped}]").bounding_box()
    assert 0 < box["y"] < page.viewport_size["height"], "who works by keys is led to where it stands now"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('col-id')") == "title"
    for _ in range(4):
        page.keyboard.press("Tab")
    assert not page.evaluate("Boolean(document.activeElement.closest('.rw-choice-grid'))")
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "capacity"
    many.close(page)


@pytest.mark.thorough
def test_prices_and_firmness_come_later_and_what_is_pressed_may_move_away(many: Room) -> None:
    page = bench(many)
    find(page, "idea 200")
    saved = page.inner_text(f".ag-row[row-id={GOOD}] .p")
    press(page, f"switch-{GOOD}-out")
    assert page.inner_text(f".ag-row[row-id={GOOD}] .p") in ("pricing…", "your switch")
    page.fill("[data-testid=filter]", "")
    page.wait_for_selector("#choice-found:empty", state="attached")
    page.evaluate(TO_THE_CLOSEST)
    page.wait_for_selector(".rw-choice-grid .p:has-text('drops')", timeout=60_000)
    assert "would drop" in page.locator(".rw-choice-grid .p .rw-tip[title]").first.get_attribute("title")
    find(page, "idea 200")
    press(page, "undo")
    assert page.inner_text(f".ag-row[row-id={GOOD}] .p") == saved
    page.fill("[data-testid=filter]", "")
    page.click("[data-testid=firm]")
    page.wait_for_selector(".rw-choice-grid .rw-firm[title*='trials']", timeout=60_000)
    assert page.is_visible(".ag-header-cell[col-id=firm]")
    top = page.evaluate(SHOWN)[3]
    press(page, f"switch-{top}-out")
    assert page.evaluate("document.querySelector('.rw-choice-grid .ag-body-viewport').scrollTop") == 0
    assert many.checked(page) == []
    many.close(page)


@pytest.mark.thorough
def test_the_grid_on_a_phone_and_in_the_dark(many: Room) -> None:
    page = bench(many, role="viewer", phone=True, dark=True)
    find(page, "idea 200")
    for way in ("out", "auto", "in"):
        box = page.locator(f"[data-testid=switch-{GOOD}-{way}]").bounding_box()
        assert min(box["width"], box["height"]) >= 44
    card = page.inner_text(f".ag-row[row-id={GOOD}]")
    assert "tokens" in card
    assert "+£900k" in card
    press(page, f"switch-{GOOD}-out")
    assert side(page, GOOD) == "Not chosen"
    assert many.checked(page) == []
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_selector(".ag-header-cell[col-id=tokens]")
    assert many.checked(page) == []
    many.close(page)


@pytest.mark.thorough
def test_new_data_may_need_the_grid_and_lose_what_was_chosen(many: Room) -> None:
    """The other scenario's run is of few candidates, one of which is none any more."""
    page = many.open("/workbench/Balanced", "planner")
    settled(page)
    gone = str(page.locator("tbody[data-side=in] tr[id^=r-]").last.get_attribute("data-key"))
    with closing(open_workspace(many.root)) as workspace, workspace.store.transaction() as session:
        flag = update(Initiative).where(Initiative.initiative_key == gone)
        session.execute(flag.values(is_optimization_candidate=False))
    page.evaluate(f"rw.act({json.dumps('data')})")
    page.wait_for_selector("body[data-rows]")
    settled(page)
    assert page.locator(".rw-notices .fail").count() == 0
    page.fill("[data-testid=filter]", gone)
    page.wait_for_selector("#choice-found:has-text('0 of')")
    many.close(page)

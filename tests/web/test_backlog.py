"""The backlog's page: what people do there, on a screen and on a phone, with one browser and with two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from roadwright.domain.roles import Role
from tests.web.conftest import Room

HOSTILE = ("<img src=x onerror=alert(1)>", ":evil", "=1+1")


def cell(page: Any, key: str, column: str) -> Any:
    return page.locator(f'.ag-row[row-id="{key}"] .ag-cell[col-id="{column}"]')


def opened(room: Room, path: str = "/backlog", role: Role = Role.PLANNER, **more: Any) -> Any:
    page = room.open(path, role, **more)
    page.wait_for_selector("body[data-rows]")
    page.wait_for_selector(".ag-row")
    return page


def shows(page: Any, key: str, column: str, text: str) -> None:
    """Wait until a cell shows this."""
    place = f'.ag-row[row-id="{key}"] .ag-cell[col-id="{column}"]'
    page.wait_for_function("([place, text]) => document.querySelector(place).textContent === text", arg=[place, text])


def filtered(page: Any, text: str) -> None:
    page.fill("[data-testid=filter]", text)


def count(page: Any, words: str) -> None:
    page.wait_for_function("words => document.getElementById('count').textContent === words", arg=words)


def edited(page: Any, key: str, column: str, value: str) -> None:
    """Type into a cell as people do: with the keyboard."""
    cell(page, key, column).click()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ag-cell-inline-editing input")
    page.locator(".ag-cell-inline-editing input").fill(value)
    page.keyboard.press("Enter")


@pytest.fixture
def page(room: Room) -> Iterator[Any]:
    made = opened(room)
    yield made
    assert room.faults[made] == []
    room.close(made)


@pytest.mark.parametrize(("phone", "dark", "role"), [(False, True, Role.PLANNER), (True, False, Role.CONTRIBUTOR)])
def test_it_is_well_made(room: Room, phone: bool, dark: bool, role: Role) -> None:
    page = opened(room, "/backlog?open=INIT-000009", role, phone=phone, dark=dark)
    page.wait_for_selector(".rw-panel.open h2")
    assert room.checked(page) == []
    room.close(page)


def test_a_viewer_sees_and_has_no_controls_to_change_anything(room: Room) -> None:
    page = opened(room, role=Role.VIEWER)
    for name in ("submit", "undo", "bulk", "mine"):
        assert page.locator(f"[data-testid={name}]").count() == 0, name
    cell(page, "INIT-000001", "country").dblclick()
    assert page.locator(".ag-cell-inline-editing").count() == 0
    cell(page, "INIT-000001", "title").click()
    page.wait_for_selector(".rw-panel.open")
    assert page.locator("[data-testid=panel-edit]").count() == 0
    page.evaluate("rw.act('edit', {edits: [{key: 'INIT-000001', column: 'country', typed: 'DE', seen: 'UK'}]})")
    page.wait_for_selector(".rw-notices .fail")
    assert "role" in page.locator(".rw-notices .fail").inner_text()
    room.close(page)


def test_the_filter_completes_narrows_and_points_at_what_is_wrong(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("depart")
    page.wait_for_selector("#suggest li")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#suggest li >> text=is empty")
    page.keyboard.type("=")
    page.wait_for_selector("#suggest li >> text=Growth")
    assert page.locator("#filter-fault").inner_text() == ""
    page.locator("h1").click()
    page.wait_for_function("document.getElementById('filter-fault').textContent.includes('value')")
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.wait_for_function("document.getElementById('filter-fault').textContent === ''")
    page.keyboard.type(" gro")
    page.wait_for_function("document.querySelectorAll('#suggest li').length === 1")
    assert page.locator("#filter-fault").inner_text() == ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.input_value("[data-testid=filter]") == "department = Growth "
    page.wait_for_function(
        "(all => all.length > 1 && all.every(one => one.textContent === 'Growth'))"
        """([...document.querySelectorAll('.ag-cell[col-id="department"]')])"""
    )
    page.wait_for_url("**filter=department**")
    filtered(page, "departmint = Growth ")
    page.wait_for_function("document.getElementById('filter-fault').textContent.includes('department')")
    assert page.locator("#filter-fault b").inner_text().startswith("departmint")
    filtered(page, "department = Growth and title = nothing")
    page.wait_for_selector("#backlog-empty:not([hidden])")
    assert "the last condition removed would leave" in page.locator("#backlog-empty").inner_text()
    page.click("[data-testid=narrow]")
    page.wait_for_function("document.getElementById('backlog-empty').hidden")
    assert page.input_value("[data-testid=filter]") == "department = Growth"


def own_pills(page: Any) -> list[str]:
    return list(page.locator("[data-testid^=own-]").all_inner_texts())


def saved(page: Any, text: str, name: str, whose: str | None = None) -> None:
    """Save what narrows the rows under a name."""
    filtered(page, text)
    page.click("[data-testid=save-filter]")
    page.fill("[data-testid=filter-name]", name)
    if whose is not None:
        page.select_option("[data-testid=filter-whose]", whose)
    page.click("[data-testid=save-filter-go]")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
def test_a_filter_of_ones_own_is_seen_by_nobody_else(room: Room, role: Role) -> None:
    page = opened(room, role=role)
    name = 'Only <b>mine</b> & "so"'
    filtered(page, "risk_level = low")
    page.click("[data-testid=save-filter]")
    assert page.locator("[data-testid=filter-whose]").count() == 0
    page.fill("[data-testid=filter-name]", name)
    assert room.checked(page) == []
    page.click("[data-testid=save-filter-go]")
    page.wait_for_selector("[data-testid^=own-][aria-pressed=true]")
    assert own_pills(page) == [name]
    assert page.get_by_role("button", name=f"{name}, only yours", exact=True).count() == 1
    page.click("[data-testid^=own-]")  # off, and on again
    page.wait_for_function("document.querySelector('[data-testid=filter]').value === ''")
    page.click("[data-testid^=own-]")
    page.wait_for_url("**filter=risk_level**")
    assert "%40" not in page.url, "a link to it opens the same for anybody"
    assert room.checked(page) == []
    page.evaluate("rw.act('save-filter-now', {name: 'All of us', whose: 'team'})")
    page.wait_for_selector(".rw-notices .fail >> text=planner")
    saved(page, "risk_level = low", "\u202e" * 3)
    page.wait_for_selector(".rw-notices .fail >> text=name")
    other = opened(room)
    assert own_pills(other) == []
    assert "<b>mine" not in other.content()
    room.goto(other, "/settings")
    assert name not in other.locator("[data-testid=filters]").inner_text()
    other.evaluate("name => rw.act('remove-own-filter', {name})", name)
    other.wait_for_selector(".rw-notices .fail")
    room.goto(page, "/settings")
    row = page.locator("[data-testid=filters] tbody tr", has_text="mine")
    assert "Only you" in row.inner_text()
    assert room.checked(page) == []
    row.locator("button").click()
    page.wait_for_selector("[data-testid=filters] tbody tr:has-text('mine')", state="detached")
    room.goto(page, "/backlog")
    page.wait_for_selector("[data-testid=filter]")
    assert own_pills(page) == []
    room.close(page)
    room.close(other)


@pytest.mark.thorough
def test_a_planner_chooses_who_sees_a_filter(room: Room, page: Any) -> None:
    saved(page, "country = UK", "British", "own")
    page.wait_for_selector("[data-testid=own-British][aria-pressed=true]")
    saved(page, "country = Spain", "British", "team")
    page.wait_for_selector("[data-testid=saved-British][aria-pressed=true]")
    assert page.locator("[data-testid=own-British]").get_attribute("aria-pressed") == "false"
    other = opened(room, role=Role.VIEWER)
    assert other.locator("[data-testid=saved-British]").get_attribute("title") == "country = Spain"
    assert own_pills(other) == []
    room.goto(other, "/settings")
    assert other.locator("[data-testid=filter-British]").count() == 1
    assert other.locator("[data-testid=filters] button").count() == 0, "the team's are the planners'"
    room.goto(page, "/settings")
    page.click("[data-testid=remove-British]")
    page.wait_for_selector("[data-testid=filter-British]", state="detached")
    page.click("[data-testid=remove-own-British]")
    page.wait_for_selector("[data-testid=own-filter-British]", state="detached")
    room.close(other)


@pytest.mark.thorough
def test_a_filter_is_saved_and_used_again(room: Room, page: Any) -> None:
    filtered(page, "risk_level = high")
    page.click("[data-testid=save-filter]")
    page.fill("[data-testid=filter-name]", 'High "risk" <b>')
    page.click("[data-testid=save-filter-go]")
    page.wait_for_selector(".rw-pill[aria-pressed=true]")
    other = opened(room, "/backlog?filter=High%20%22risk%22%20%3Cb%3E", Role.VIEWER)
    other.wait_for_selector(".rw-pill[aria-pressed=true]")
    assert other.locator(".rw-pill[aria-pressed=true]").inner_text() == 'High "risk" <b>'
    other.click(".rw-pill[aria-pressed=true]")
    count(other, f"{other.evaluate('document.body.dataset.rows')} initiatives")
    room.close(other)


def test_a_cell_is_edited_with_the_keyboard_and_taken_back_also_after_the_page_was_left(room: Room) -> None:
    page = opened(room, anew=True)
    for tokens in ("1,075", "1,080"):
        edited(page, "INIT-000009", "tokens", tokens)
        shows(page, "INIT-000009", "tokens", tokens)
        page.wait_for_selector(".rw-cell-wait", state="detached")
    page.keyboard.press("Control+z")
    shows(page, "INIT-000009", "tokens", "1,075")
    room.goto(page, "/backlog")
    page.wait_for_selector("#undo:not([hidden])")
    page.wait_for_selector(".ag-row[row-id=INIT-000009]")
    page.keyboard.press("u")
    shows(page, "INIT-000009", "tokens", "75")
    page.wait_for_selector("#undo[hidden]", state="attached")
    room.close(page)


def test_what_is_refused_stays_with_its_fault(room: Room, page: Any) -> None:
    edited(page, "INIT-000008", "tokens", "a few")
    page.wait_for_selector(".rw-cell-failed")
    refused = cell(page, "INIT-000008", "tokens")
    assert refused.inner_text() == "a few"
    assert "a few" in refused.locator("[title]").get_attribute("title")
    room.goto(page, "/backlog")
    page.wait_for_selector(".rw-cell-failed")
    edited(page, "INIT-000008", "tokens", "90")
    page.wait_for_selector(".rw-cell-failed", state="detached")
    assert cell(page, "INIT-000008", "tokens").inner_text() == "90"


@pytest.mark.thorough
def test_a_block_is_pasted(page: Any) -> None:
    cell(page, "INIT-000002", "department").click()
    text = "Growth\tSpain\nGrowth\tFrance\n"
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData('text/plain', text);
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }""",
        text,
    )
    shows(page, "INIT-000003", "country", "France")
    page.wait_for_selector("#undo:not([hidden])")
    assert cell(page, "INIT-000002", "department").inner_text() == "Growth"
    page.click("[data-testid=undo]")
    shows(page, "INIT-000003", "country", "Spain")
    assert cell(page, "INIT-000002", "department").inner_text() == "Finance"


@pytest.mark.thorough
def test_many_rows_are_previewed_applied_and_taken_back(page: Any) -> None:
    for key in ("INIT-000005", "INIT-000006", "INIT-000007"):
        cell(page, key, "country").click()
        page.keyboard.press("Space")
    page.wait_for_selector("#picked >> text=3 selected")
    page.click("[data-testid=bulk]")
    page.select_option("[data-testid=bulk-column]", "risk_level")
    page.wait_for_selector("select[data-testid=bulk-value]")
    page.select_option("[data-testid=bulk-value]", "high")
    page.click("[data-testid=bulk-preview]")
    page.wait_for_selector("[data-testid=bulk-found]")
    assert "Changes 2, same 1, refused 0" in page.locator("[data-testid=bulk-found]").inner_text()
    assert cell(page, "INIT-000006", "risk_level").inner_text() == "low"
    page.click("[data-testid=bulk-apply]")
    shows(page, "INIT-000006", "risk_level", "high")
    page.wait_for_selector("#bulk-dialog[open]", state="detached")
    page.keyboard.press("Control+z")
    shows(page, "INIT-000006", "risk_level", "low")


@pytest.mark.thorough
def test_the_panel_tells_all_and_is_walked_with_keys(page: Any) -> None:
    edited(page, "INIT-000009", "country", "France")
    shows(page, "INIT-000009", "country", "France")
    cell(page, "INIT-000009", "country").click()
    page.keyboard.press("o")
    page.wait_for_selector(".rw-panel.open h2")
    told = page.locator("[data-testid=initiative]").inner_text()
    for part in (
        "What and why",
        "Facts",
        "Scores, side by side",
        "Contributions",
        "Models and params",
        "Gates",
        "History",
    ):
        assert part in told
    page.wait_for_function("document.querySelector('.rw-change')?.innerText.includes('France')")  # once it is saved
    change = page.locator(".rw-change").first.inner_text()
    assert change == "Country UK → France"
    assert "planner@example.com, control room" in page.locator(".rw-history").first.inner_text()
    page.wait_for_url("**open=INIT-000009**")
    page.keyboard.press("]")
    page.wait_for_function("document.querySelector('.rw-key').textContent === 'INIT-000010'")
    page.keyboard.press("[")
    page.wait_for_function("document.querySelector('.rw-key').textContent === 'INIT-000009'")
    page.keyboard.press("Escape")
    page.wait_for_selector(".rw-panel.open", state="detached")
    page.keyboard.press("Control+z")
    shows(page, "INIT-000009", "country", "UK")


@pytest.mark.thorough
def test_a_framework_is_switched_and_contributions_go_back_to_computed(room: Room, page: Any) -> None:
    rows = f"{room.base}/api/v1/tabs/KPI_Contributions/rows"
    [row] = page.context.request.get(rows, params={"filter": "initiative_key = INIT-000009"}).json()["rows"]
    typed = {**row, "changes": {"kpi_contribution_json": "gmv: 99,000"}}
    del typed["values"], typed["run_status"]
    saved = page.context.request.patch(rows, data={"rows": [typed]}, headers={"Origin": room.base})
    assert saved.json()["rows"][0]["run_status"].startswith("OK"), saved.text()
    page.evaluate("rw.act('open', {key: 'INIT-000009'})")
    page.wait_for_selector(".rw-contributions >> text=+£99,000")
    page.click("[data-testid=computed]")
    page.wait_for_selector(".rw-contributions >> text=+£35,000")
    page.wait_for_selector(".rw-score.on >> text=RICE")
    page.click("[data-testid=use-WSJF]")
    page.wait_for_selector(".rw-score.on >> text=WSJF")
    page.wait_for_function(
        "document.querySelector('.ag-row[row-id=INIT-000009] [col-id=overall_score]').textContent === '3.2WSJF'"
    )


@pytest.mark.thorough
def test_two_browsers_are_asked_whose_value_stands(room: Room, page: Any) -> None:
    other = opened(room, role=Role.ADMIN)
    other.evaluate("rw.backlog.reload = () => {}")  # it has not heard of it yet
    edited(page, "INIT-000004", "country", "Spain")
    shows(page, "INIT-000004", "country", "Spain")
    edited(other, "INIT-000004", "country", "France")
    other.wait_for_selector("#conflict-dialog[open] [data-testid=conflict-INIT-000004]")
    told = other.locator("#conflicts").inner_text()
    assert "France" in told
    assert "Spain" in told
    assert "planner@example.com" in told
    other.click("[data-testid=keep-mine]")
    other.wait_for_selector("#conflict-dialog[open]", state="detached")
    shows(page, "INIT-000004", "country", "France")
    room.close(other)


@pytest.mark.thorough
def test_an_idea_is_submitted_followed_and_edited_by_its_submitter(room: Room) -> None:
    page = opened(room, role=Role.CONTRIBUTOR)
    page.click("[data-testid=submit]")
    page.fill("[data-testid=idea-title]", "Order status pages")
    page.wait_for_selector("#similar button")
    assert "INIT-000009" in page.locator("#similar").inner_text()
    for title in HOSTILE:
        if not page.locator("#submit[open]").count():
            page.click("[data-testid=submit]")
        page.fill("[data-testid=idea-title]", title)
        page.fill("[data-testid=idea-problem]", f"Nobody can read {title}")
        page.click("[data-testid=submit-idea]")
        page.wait_for_function("title => document.querySelector('.rw-panel.open h2')?.textContent === title", arg=title)
    page.click("[data-testid=mine]")
    count(page, f"3 of {page.evaluate('document.body.dataset.rows')} initiatives")
    assert [one.split("\n")[0] for one in page.locator('.ag-cell[col-id="title"] b').all_inner_texts()] == list(HOSTILE)
    page.click("[data-testid=panel-edit]")
    page.fill("[data-testid=edit-country]", "Spain")
    page.fill("[data-testid=edit-deadline_date]", "soon")
    page.click("[data-testid=edit-save]")
    page.wait_for_selector(".rw-panel .fault")
    assert page.input_value("[data-testid=edit-deadline_date]") == "soon"
    page.fill("[data-testid=edit-deadline_date]", "2026-09-30")
    page.click("[data-testid=edit-save]")
    page.wait_for_selector(".rw-panel dl >> text=2026-09-30")
    page.click("[data-testid=mine]")
    cell(page, "INIT-000001", "country").dblclick()
    assert page.locator(".ag-cell-inline-editing").count() == 0, "not theirs"
    page.evaluate("rw.act('edit', {edits: [{key: 'INIT-000001', column: 'country', typed: 'DE', seen: 'UK'}]})")
    page.wait_for_function(
        "JSON.parse(sessionStorage['rw-refused'] || '{}')['INIT-000001']?.country.level === 'FAILED'"
    )
    assert room.faults[page] == []
    room.close(page)


@pytest.mark.thorough
def test_a_phone_has_two_line_rows_and_a_panel_over_all(room: Room) -> None:
    page = opened(room, role=Role.PLANNER, phone=True)
    first = cell(page, "INIT-000001", "title")
    assert "tokens" in first.inner_text()
    first.click()
    page.wait_for_selector(".rw-panel.open h2")
    assert page.locator(".rw-panel").bounding_box()["width"] == 390
    page.click("[data-testid=panel-edit]")
    page.fill("[data-testid=edit-country]", "Portugal")
    page.click("[data-testid=edit-save]")
    page.wait_for_selector(".rw-panel header >> text=Portugal")
    assert room.checked(page) == []
    page.click("[data-testid=panel-close]")
    page.wait_for_selector(".rw-panel.open", state="detached")
    room.close(page)


@pytest.mark.thorough
def test_columns_are_chosen_for_the_person(room: Room) -> None:
    page = opened(room, role=Role.APPROVER)
    page.click("[data-testid=columns]")
    page.uncheck("[data-testid=column-country]")
    page.check("[data-testid=column-roadmaps]")
    page.click("[data-testid=columns-go]")
    page.wait_for_selector('.ag-header-cell[col-id="roadmaps"]')
    assert page.locator('.ag-header-cell[col-id="country"]').count() == 0
    page.locator('.ag-header-cell[col-id="department"]').focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight"):  # before the title is no place
        page.keyboard.press(f"Shift+{key}")
    assert page.evaluate("document.activeElement.getAttribute('col-id')") == "department"
    assert "column 5 of" in page.locator("#moved").inner_text()
    order = "[...document.querySelectorAll('.ag-header-cell')].sort((a, b) => a.ariaColIndex - b.ariaColIndex)"
    page.wait_for_function(
        "fetch('/backlog/rows').then(r => r.json()).then(all => all.columns[4].name === 'department')"
    )
    assert room.checked(page) == []
    again = opened(room, role=Role.APPROVER)
    assert again.evaluate(f"{order}.map(one => one.getAttribute('col-id'))")[2:6] == [
        *("lifecycle_status", "risk_level", "tokens", "department")
    ]
    assert again.locator('.ag-header-cell[col-id="country"]').count() == 0
    rows = json.loads(again.evaluate("fetch('/backlog/rows').then(r => r.text())"))
    assert "country" not in rows["names"]
    room.close(again)
    room.close(page)


def test_rows_are_for_those_who_are_signed_in(room: Room) -> None:
    stranger = room.browser.new_context()
    answer = stranger.request.get(f"{room.base}/backlog/rows", max_redirects=0)
    assert answer.status in (303, 401)
    stranger.close()


def test_rows_that_can_not_be_fetched_say_so(shared_room: Room) -> None:
    page = shared_room.page(shared_room.signed_in(Role.PLANNER))
    page.route("**/backlog/rows", lambda route: route.abort())
    shared_room.goto(page, "/backlog")
    assert "could not be read" in page.wait_for_selector(".rw-notices .fail").inner_text()
    page.unroute("**/backlog/rows")
    page.evaluate("rw.backlog.reload()")
    page.wait_for_selector(".ag-row")
    shared_room.close(page)


def test_a_text_that_is_left_at_once_is_judged_and_not_saved(shared_room: Room) -> None:
    page = shared_room.open("/backlog", Role.PLANNER)
    page.wait_for_selector(".ag-row")
    page.fill("[data-testid=filter]", "risk_level = low")
    page.wait_for_selector("[data-testid=save-filter]:visible")
    assert page.locator("#save-filter-text").text_content() == "risk_level = low"
    page.focus("[data-testid=filter]")
    page.keyboard.type(" and")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_selector("#filter-fault:not(:empty)")
    page.wait_for_timeout(400)
    assert page.inner_text("#filter-fault") != "", "what was to be offered comes no more"
    assert not page.is_visible("[data-testid=save-filter]"), "the line says something else than the rows"
    shared_room.close(page)

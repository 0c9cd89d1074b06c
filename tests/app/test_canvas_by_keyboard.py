"""The canvas without a mouse, in a narrow window, and the statement behind what it shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import canvas_of, still

FIRM, MANAGER = "深圳恒岭新材料有限公司", "林岳峰"


def _uid(demo: Path, name: str = FIRM) -> str:
    return open_services(read_settings({}, demo)).party(name).uid


def _open(page: Page, address: str, uid: str) -> Locator:
    page.goto(f"{address}/network?party={uid}")
    canvas = canvas_of(page)
    expect(canvas.locator("#shown")).to_contain_text("/", timeout=180_000)
    still(page)
    return canvas


def _ask(page: Page, script: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    said = page.evaluate(f"() => JSON.stringify(window.xinmaiCanvas.{script})")
    return None if said is None else json.loads(str(said))


def test_the_canvas_is_used_by_keyboard_alone(page: Page, address: str, demo: Path) -> None:
    canvas = _open(page, address, _uid(demo))
    total = len(_ask(page, "shown()"))
    whole = f"显示 {total}/{total}"
    canvas.locator("[data-action=sheet]").focus()

    # In by Tab: past the search field onto the drawing.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert _ask(page, "focus()") == "canvas"
    # To a neighbour, which is said aloud, and chosen.
    page.keyboard.press("ArrowLeft")
    expect(canvas.locator("#live")).not_to_be_empty()
    page.keyboard.press("Enter")
    assert len(_ask(page, "chosen().nodes")) == 1
    page.keyboard.press("h")
    expect(canvas.locator("#shown")).to_have_text(f"显示 {total - 1}/{total}")
    page.keyboard.press("Control+z")
    expect(canvas.locator("#shown")).to_have_text(whole)
    # The sheet of keys, closed again: the focus is back.
    page.keyboard.press("?")
    expect(canvas.locator("#dialog kbd").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(canvas.locator("#dialog")).to_be_hidden()
    assert _ask(page, "focus()") == "canvas"
    # Found by name: letters typed are letters, not keys of the page around.
    page.keyboard.press("/")
    page.keyboard.type("rc")
    page.keyboard.press("Control+a")
    page.keyboard.type(MANAGER)
    page.keyboard.press("Enter")
    assert _ask(page, "chosen().nodes") == [_uid(demo, MANAGER)]
    page.keyboard.press("e")
    expect(canvas.locator("#shown")).not_to_have_text(whole)
    page.keyboard.press("Shift+F10")
    expect(canvas.locator("#menu [data-action=pin]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(canvas.locator("#menu")).to_be_hidden()
    page.keyboard.press("Control+z")
    assert len(_ask(page, "shown()")) == total
    page.keyboard.press("Tab")
    assert _ask(page, "focus()") != "canvas"


# 720 px: a window of 1,440 px at twice the size of letters.
@pytest.mark.parametrize("width", [1_024, 720])
def test_the_canvas_fits_a_narrow_window(page: Page, address: str, demo: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    canvas = _open(page, address, _uid(demo))

    page.wait_for_function(
        "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".every(one => one.scrollWidth <= one.clientWidth)"
    )
    for tool in canvas.locator("#tools .group button").all():
        box = tool.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    # A menu opened at the edge lies within the window.
    canvas.locator("[data-action=exports]").click()
    menu = canvas.locator("#menu").bounding_box()
    assert menu is not None
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= width


def test_the_statement_behind_a_node_goes_into_the_batch(
    page: Page, address: str, demo: Path
) -> None:
    canvas = _open(page, address, _uid(demo))
    manager = _uid(demo, MANAGER)
    point = _ask(page, f"point('{manager}')")

    canvas.locator("#canvas").click(position={"x": point["x"], "y": point["y"]}, button="right")
    canvas.locator("#menu [data-action=statement]").click()
    still(page)
    page.locator("summary").filter(has_text="查看语句").click()

    expect(page.get_by_text(f"xinmai show {manager}")).to_be_visible()
    expect(page.get_by_text("MATCH (node)-[link]-(other)")).to_be_visible()
    expect(page.get_by_role("button", name="存为模板")).to_be_visible()
    still(page)
    page.get_by_role("button", name="加入批量").click()
    expect(page.get_by_text("已加入“批量查询”")).to_be_visible()

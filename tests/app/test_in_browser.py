"""The screens in a real browser: found, drawn, expanded in place, explained."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import canvas_of, opened_at, press, still

FIRM = "深圳恒岭新材料有限公司"


def _uid(demo: Path, name: str = FIRM) -> str:
    return open_services(read_settings({}, demo)).party(name).uid


# The first search after installation compiles the index of names: slow on a busy machine.
FIRST_SEARCH = 180_000


def _canvas(page: Page, address: str, uid: str) -> Locator:
    page.goto(f"{address}/network?party={uid}")
    frame = canvas_of(page)
    expect(frame.locator("#shown")).to_contain_text("/", timeout=FIRST_SEARCH)
    still(page)
    return frame


def _ask(frame: Locator, script: str) -> object:
    return json.loads(str(frame.evaluate(f"() => JSON.stringify({script})")))


def test_from_a_name_to_the_party_and_its_exposure(page: Page, address: str) -> None:
    opened_at(page, f"{address}/search", "检索")
    page.get_by_label("名称、曾用名").fill("恒岭新材料")
    page.keyboard.press("Enter")
    expect(page.get_by_text("个候选")).to_be_visible(timeout=FIRST_SEARCH)


def test_the_party_says_what_is_its_own_and_what_is_a_hint(
    page: Page, address: str, demo: Path
) -> None:
    page.goto(f"{address}/party?party={_uid(demo)}")

    expect(page.get_by_role("heading", name=FIRM)).to_be_visible()
    expect(page.get_by_text("关联提示，不是失信记录").first).to_be_visible()


def test_a_double_click_expands_in_place_and_nothing_else_moves(
    page: Page, address: str, demo: Path
) -> None:
    frame = _canvas(page, address, _uid(demo))
    before = _ask(frame, "window.xinmaiCanvas.places()")
    assert isinstance(before, dict)
    edge = _uid(demo, "林岳峰")
    assert edge in before
    point = _ask(frame, f"window.xinmaiCanvas.point('{edge}')")
    assert isinstance(point, dict)

    frame.locator("#canvas").dblclick(position={"x": point["x"], "y": point["y"]})

    expect(frame.locator("#shown")).not_to_have_text(f"显示 {len(before)}/{len(before)}")
    after = _ask(frame, "window.xinmaiCanvas.places()")
    assert isinstance(after, dict)
    assert len(after) > len(before)
    assert {uid: after[uid] for uid in before} == before

    press(page, frame.locator("[data-action=undo]"))
    assert _ask(frame, "window.xinmaiCanvas.places()") == before
    press(page, frame.locator("[data-action=redo]"))
    assert _ask(frame, "window.xinmaiCanvas.places()") == after


def test_hidden_things_are_counted_and_come_back(page: Page, address: str, demo: Path) -> None:
    uid = _uid(demo)
    frame = _canvas(page, address, uid)
    shown = _ask(frame, "window.xinmaiCanvas.shown()")
    assert isinstance(shown, list)

    _ask(frame, f"window.xinmaiCanvas.act('hide', ['{uid}']) || 1")
    expect(frame.locator("#shown")).to_have_text(f"显示 {len(shown) - 1}/{len(shown)}")
    frame.locator("[data-action=all]").click()
    expect(frame.locator("#shown")).to_have_text(f"显示 {len(shown)}/{len(shown)}")


def test_a_click_says_what_a_node_is_without_moving_it(
    page: Page, address: str, demo: Path
) -> None:
    uid = _uid(demo)
    frame = _canvas(page, address, uid)
    before = _ask(frame, "window.xinmaiCanvas.places()")
    point = _ask(frame, f"window.xinmaiCanvas.point('{uid}')")
    assert isinstance(point, dict)

    frame.locator("#canvas").click(position={"x": point["x"], "y": point["y"]})

    expect(page.get_by_text(uid).first).to_be_visible()
    assert _ask(frame, "window.xinmaiCanvas.places()") == before


def test_exposure_is_explained_and_its_certificate_holds(
    page: Page, address: str, demo: Path
) -> None:
    page.goto(f"{address}/exposure?party={_uid(demo)}")

    press(page, page.get_by_role("button", name="当场核验"))
    expect(page.get_by_text("核验一致")).to_be_visible()


def test_every_screen_speaks_english_by_the_switch(page: Page, address: str) -> None:
    opened_at(page, address, "总览")
    page.get_by_text("English", exact=True).click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

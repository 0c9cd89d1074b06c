"""The canvas as a person meets it: the checks C1 to C8 of its contract, in a real browser."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import SECONDS, canvas_of, opened, press, served, still

FIRM = "深圳恒岭新材料有限公司"
AUDITOR = "广东岭衡会计师事务所有限公司"
EVIL = "</script><img src=x onerror=window.hurt=1>"


def _uid(demo: Path, name: str = FIRM) -> str:
    return open_services(read_settings({}, demo)).party(name).uid


def _frame(page: Page) -> Locator:
    frame = canvas_of(page)
    expect(frame.locator("#shown")).to_contain_text("/", timeout=180_000)
    still(page)
    return frame


def _open(page: Page, address: str, uid: str) -> Locator:
    page.goto(f"{address}/network?party={uid}")
    return _frame(page)


def _ask(frame: Locator, script: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    said = frame.evaluate(f"() => JSON.stringify(window.xinmaiCanvas.{script})")
    return None if said is None else json.loads(str(said))


def _at(frame: Locator, uid: str) -> dict[str, float]:
    point = _ask(frame, f"point('{uid}')")
    return {"x": point["x"], "y": point["y"]}


def _menu(frame: Locator, uid: str, action: str) -> None:
    frame.locator("#canvas").click(position=_at(frame, uid), button="right")
    frame.locator(f"#menu [data-action={action}]").click()


def test_expand_and_hide_are_undone_to_the_same_ids_and_places(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    before = _ask(frame, "places()")
    edges = sorted(_ask(frame, "edges()"))
    manager = _uid(demo, "林岳峰")

    frame.locator("#canvas").dblclick(position=_at(frame, manager))
    expect(frame.locator("#shown")).not_to_have_text(f"显示 {len(before)}/{len(before)}")
    expanded = _ask(frame, "places()")
    _menu(frame, manager, "hide")
    expect(frame.locator("#shown")).to_have_text(f"显示 {len(expanded) - 1}/{len(expanded)}")
    frame.locator("[data-action=undo]").click()
    # The second by its key.
    frame.locator("#canvas").focus()
    page.keyboard.press("Control+z")

    # C2: what was there has not moved by a pixel, before or after.
    assert {uid: expanded[uid] for uid in before} == before
    assert _ask(frame, "places()") == before
    assert sorted(_ask(frame, "edges()")) == edges
    page.keyboard.press("Control+y")
    assert _ask(frame, "places()") == expanded


def test_two_expansions_are_undone_one_after_the_other(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    before = _ask(frame, "places()")
    stages = [before]
    for _ in range(2):
        more = _ask(frame, "more()")
        uid = next(uid for uid in before if 0 < more[uid] <= 30)
        _ask(frame, f"act('expand', '{uid}') || 1")
        expect(frame.locator("#shown")).not_to_contain_text(f"/{len(stages[-1])}")
        stages.append(_ask(frame, "places()"))

    for stage in reversed(stages[:-1]):
        frame.locator("[data-action=undo]").click()
        assert _ask(frame, "places()") == stage
    for stage in stages[1:]:
        frame.locator("[data-action=redo]").click()
        assert _ask(frame, "places()") == stage


def test_leaves_fold_and_open_from_afar(page: Page, address: str, demo: Path) -> None:
    frame = _open(page, address, _uid(demo))
    auditor = _uid(demo, AUDITOR)
    _menu(frame, auditor, "expandBy")
    frame.locator("#menu [data-action=expand-SERVES]").click()
    expect(frame.locator("#status")).to_contain_text("已展开")
    # Names are written over the picture, which draws itself while nodes come and go.
    _ask(frame, "moveTo({ scale: 0.3 }) || 1")
    drawn = sorted(_ask(frame, "shown()"))

    _ask(frame, f"act('fold', '{auditor}') || 1")
    assert len(_ask(frame, "shown()")) < len(drawn)
    frame.locator("[data-action=undo]").click()

    assert sorted(_ask(frame, "shown()")) == drawn


def test_a_party_of_many_is_expanded_by_choice_and_the_rest_stays_counted(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    before = _ask(frame, "places()")
    auditor = _uid(demo, AUDITOR)

    frame.locator("#canvas").dblclick(position=_at(frame, auditor))
    expect(frame.locator("#dialog")).to_be_visible()
    for box in frame.locator("#dialog input[name=type]").all():
        if box.get_attribute("value") != "SERVES":
            box.uncheck()
    frame.locator("#dialog input[name=limit][value='10']").check()
    frame.locator("[data-action=choose]").click()

    expect(frame.locator("#shown")).to_have_text(f"显示 {len(before) + 10}/{len(before) + 10}")
    after = _ask(frame, "places()")
    assert {uid: after[uid] for uid in before} == before
    expect(frame.locator("#status")).to_contain_text("已展开 10 个")


def test_another_screen_and_back_shows_the_same(page: Page, address: str, demo: Path) -> None:
    uid = _uid(demo)
    frame = _open(page, address, uid)
    spot = _at(frame, uid)
    box = frame.locator("#canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + spot["x"], box["y"] + spot["y"])
    page.mouse.down()
    page.mouse.move(box["x"] + spot["x"] + 40, box["y"] + spot["y"] + 70, steps=4)
    page.mouse.up()
    frame.locator("[data-action='link:HAS_PHONE']").click()
    expect(frame.locator("#chips")).to_contain_text("电话")
    frame.locator("#canvas").click(position=_at(frame, _uid(demo, "林岳峰")))
    expect(page.get_by_role("tab", name="来源")).to_be_visible()
    places, chosen = _ask(frame, "places()"), _ask(frame, "chosen()")

    press(page, page.get_by_role("link", name="总览"))
    expect(page.get_by_role("heading", name="总览")).to_be_visible()
    press(page, page.get_by_role("link", name="网络"))
    again = _frame(page)

    assert _ask(again, "state().pinned") == [uid]
    assert _ask(again, "places()") == places
    assert _ask(again, "chosen()") == chosen
    expect(again.locator("#chips")).to_contain_text("电话")


def test_a_call_that_a_newer_picture_overtook_takes_no_undo_away(
    page: Page, address: str, demo: Path
) -> None:
    uid = _uid(demo)
    frame = _open(page, address, uid)
    before = _ask(frame, "places()")
    _ask(frame, f"act('hide', ['{uid}']) || 1")

    # What the page does under load: it ends a call that it overtook, and the canvas stays.
    frame.evaluate(
        """async (canvas) => {
          const { src } = document.querySelector("script[src*='main.js']");
          const { default: call } = await import(src);
          const { shadowRoot } = canvas.querySelector("[data-testid=stBidiComponentIsolated]");
          call({ data: null, parentElement: shadowRoot, setStateValue: () => {} })();
        }"""
    )

    assert page.evaluate("typeof window.xinmaiCanvas") == "object"
    frame.locator("[data-action=undo]").click()
    assert _ask(frame, "places()") == before
    press(page, page.get_by_role("link", name="总览"))
    # What is taken away is over.
    page.wait_for_function("() => typeof window.xinmaiCanvas === 'undefined'")


def test_a_forged_message_changes_nothing(page: Page, address: str, demo: Path) -> None:
    frame = _open(page, address, _uid(demo))
    before, shown = _ask(frame, "places()"), frame.locator("#shown").inner_text()
    seq = 99_999_999_999_999
    acts = [
        {"seq": seq, "name": "expand", "nodes": ["nobody"], "edges": [], "args": {}},
        {"seq": seq, "name": "delete_all", "nodes": [], "edges": []},
        {"seq": seq, "name": "export", "args": {"form": "../../etc/passwd"}},
        {"seq": seq, "name": "open", "nodes": ["<img src=x onerror=window.hurt=1>"]},
    ]

    _ask(
        frame, f"forge({json.dumps({'seq': 1, 'acts': acts, 'view': {'nodes': ['nobody']}})}) || 1"
    )
    _ask(frame, "act('fit') || 1")
    page.wait_for_timeout(1_500)

    assert _ask(frame, "places()") == before
    assert frame.locator("#shown").inner_text() == shown
    expect(page.get_by_role("heading", name=FIRM)).to_be_visible()


def test_the_legend_hides_and_selects_and_says_how_many(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    persons = frame.locator("[data-action='node:Person']")
    count = int(persons.locator(".count").inner_text().split("/")[1])
    total = len(_ask(frame, "visible().nodes"))

    persons.click()
    expect(persons.locator(".count")).to_have_text(f"0/{count}")
    expect(frame.locator("#shown")).to_have_text(f"显示 {total - count}/{total}")
    persons.click()
    expect(persons.locator(".count")).to_have_text(f"{count}/{count}")
    persons.dblclick()
    page.wait_for_function(f"() => xinmaiCanvas.chosen().nodes.length === {count}")
    assert len(_ask(frame, "visible().nodes")) == total


def test_a_press_on_the_legend_holds_when_a_picture_comes_in_the_midst_of_it(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    persons = frame.locator("[data-action='node:Person']")
    expect(persons).to_have_attribute("aria-pressed", "true")

    persons.hover()
    page.mouse.down()
    # As levels come in, piece by piece, on a large graph.
    _ask(frame, "act('ask', 'levels') || 1")
    page.wait_for_timeout(1_500)
    still(page)
    page.mouse.up()

    expect(persons).to_have_attribute("aria-pressed", "false", timeout=10_000)
    expect(persons.locator(".count")).to_have_text(re.compile("^0/"))


def test_a_press_in_the_list_holds_when_a_picture_comes_in_the_midst_of_it(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    frame.locator("#canvas").focus()
    page.keyboard.press("t")
    row = frame.locator("#list tr[data-kind=node]").last
    expect(row).not_to_have_class(re.compile("chosen"))

    row.hover()
    page.mouse.down()
    _ask(frame, "act('ask', 'levels') || 1")
    page.wait_for_timeout(1_500)
    still(page)
    page.mouse.up()

    expect(row).to_have_class(re.compile("chosen"), timeout=10_000)


def test_the_list_view_does_all_that_the_canvas_does(page: Page, address: str, demo: Path) -> None:
    uid = _uid(demo)
    frame = _open(page, address, uid)
    seen = _ask(frame, "visible()")
    frame.locator("#canvas").click(position=_at(frame, uid), button="right")
    on_canvas = frame.locator("#menu button").all_inner_texts()
    page.keyboard.press("Escape")

    frame.locator("#canvas").focus()
    page.keyboard.press("t")
    rows = frame.locator("#list tr[data-kind=node]")
    expect(rows).to_have_count(len(seen["nodes"]))
    expect(frame.locator("#list tr[data-kind=edge]")).to_have_count(len(seen["edges"]))
    row = frame.locator(f"#list tr[data-id='{uid}']")
    row.focus()
    page.keyboard.press("Shift+F10")
    assert frame.locator("#menu button").all_inner_texts() == on_canvas
    frame.locator("#menu [data-action=hide]").click()
    expect(rows).to_have_count(len(seen["nodes"]) - 1)
    frame.locator("[data-action=undo]").click()
    expect(rows).to_have_count(len(seen["nodes"]))
    edge = frame.locator("#list tr[data-kind=edge]").first
    edge.locator("[data-action=rowMenu]").click()
    for action in ("evidence", "hideLink", "hideType", "whatif", "report", "note"):
        expect(frame.locator(f"#menu [data-action={action}]")).to_be_visible()


def test_paths_are_lit_and_stepped_through(page: Page, address: str, demo: Path) -> None:
    uid, other = _uid(demo, "林岳峰"), _uid(demo, AUDITOR)
    frame = _open(page, address, _uid(demo))

    _menu(frame, uid, "start")
    # The list of paths lies over the left of the canvas: this end is on the keyboard's way.
    _ask(frame, f"act('setEnd', 1, '{other}') || 1")
    # The first search after installation compiles what walks the links.
    expect(frame.locator("#status")).to_contain_text("条路径", timeout=180_000)
    items = frame.locator("#paths li")
    expect(items.first).to_be_visible()
    frame.locator("#canvas").focus()
    page.keyboard.press("j")

    lit = _ask(frame, "lit().path")
    assert {uid, other} <= set(lit)
    expect(items.first).to_have_class("now")
    page.keyboard.press("Escape")
    expect(frame.locator("#paths")).to_be_hidden()
    assert _ask(frame, "lit().path") is None


def test_leaves_fold_and_open_and_a_filter_is_a_chip(page: Page, address: str, demo: Path) -> None:
    frame = _open(page, address, _uid(demo))
    auditor = _uid(demo, AUDITOR)
    _menu(frame, auditor, "expandBy")
    frame.locator("#menu [data-action=expand-SERVES]").click()
    expect(frame.locator("#status")).to_contain_text("已展开")
    drawn = len(_ask(frame, "shown()"))
    total = len(_ask(frame, "visible().nodes"))

    _menu(frame, auditor, "fold")
    page.wait_for_function(f"() => xinmaiCanvas.shown().length < {drawn}")
    assert len(_ask(frame, "visible().nodes")) == total
    frame.locator("[data-action=undo]").click()
    assert len(_ask(frame, "shown()")) == drawn
    frame.locator("[data-action=filter]").click()
    frame.locator("#filters input[type=checkbox]").first.check()
    expect(frame.locator("#chips")).to_contain_text("仅有失信记录的")
    assert len(_ask(frame, "visible().nodes")) < total
    frame.locator("#chips .chip").first.click()
    assert len(_ask(frame, "visible().nodes")) == total


def test_files_hold_what_is_visible_and_fetch_nothing(
    page: Page, address: str, demo: Path, tmp_path: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    persons = frame.locator("[data-action='node:Person']")
    persons.click()
    # A click waits for a second one, which would select.
    expect(persons.locator(".count")).to_have_text(re.compile("^0/"))
    seen = _ask(frame, "visible()")
    expect(page.get_by_text(f"显示 {len(seen['nodes'])} 个节点")).to_be_visible()
    still(page)

    held = {}
    for form in ("json", "html", "svg", "window"):
        frame.locator("[data-action=exports]").click()
        with page.expect_download() as download:
            frame.locator(f"#menu [data-action=export-{form}]").click()
        held[form] = tmp_path / f"view.{form}"
        download.value.save_as(held[form])

    said = json.loads(held["json"].read_text("utf-8"))
    assert {node["id"] for node in said["nodes"]} == set(seen["nodes"])
    assert {edge["id"] for edge in said["links"]} == set(seen["edges"])
    assert "快照" in said["about"][0]
    assert "快照" in held["svg"].read_text("utf-8")
    assert held["window"].read_bytes()[:4] == b"\x89PNG"
    requests: list[str] = []
    errors: list[str] = []
    offline = page.context.new_page()
    offline.on("request", lambda asked: requests.append(asked.url))
    offline.on("pageerror", lambda error: errors.append(str(error)))
    # Served from the disk as a colleague would open it; the guard of the context counts requests.
    offline.set_content(held["html"].read_text("utf-8"))
    offline.wait_for_function("() => typeof network === 'object' && network.body")
    assert offline.evaluate("network.body.nodeIndices.length") == len(seen["nodes"])
    offline.close()
    assert (requests, errors) == ([], [])


def test_a_view_without_a_name_is_refused_and_the_canvas_stays(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    shown = _ask(frame, "shown()")

    press(page, page.get_by_role("button", name="视图"))
    press(page, page.get_by_role("button", name="保存", exact=True))

    expect(page.get_by_text("须有 1 至 100 个字")).to_be_visible()
    still(page)
    assert _ask(frame, "shown()") == shown


def test_a_pasted_list_opens_who_was_found_and_names_the_others(page: Page, address: str) -> None:
    page.goto(f"{address}/network")
    press(page, page.get_by_role("button", name="由名单开始"))
    page.locator("textarea").fill(f"{FIRM}\n没有的公司\n440106199001011235\n{AUDITOR}")
    page.keyboard.press("Control+Enter")
    press(page, page.get_by_role("button", name="在画布上打开"))

    expect(page.get_by_role("heading", name=f"{FIRM} 等 2 个主体")).to_be_visible()
    said = page.get_by_text("未能确定的 2 行：没有的公司、440106********1235")
    expect(said).to_be_visible()
    _frame(page)


def test_a_view_is_saved_and_its_address_opens_it_again(
    page: Page, address: str, demo: Path
) -> None:
    uid = _uid(demo)
    frame = _open(page, address, uid)
    shown = len(_ask(frame, "shown()"))
    _menu(frame, _uid(demo, "林岳峰"), "hide")
    # The line below the canvas says so once the server has heard of it.
    expect(page.get_by_text(f"显示 {shown - 1} 个节点")).to_be_visible()
    places = _ask(frame, "places()")
    press(page, page.get_by_role("button", name="视图"))
    page.get_by_label("视图名称").fill("恒岭系列")
    press(page, page.get_by_role("button", name="保存", exact=True))
    expect(page.get_by_text("已保存：恒岭系列")).to_be_visible()
    kept = page.url
    assert "view=" in kept
    assert FIRM not in kept

    page.goto("about:blank")
    page.goto(kept)
    again = _frame(page)

    assert _ask(again, "places()") == places
    assert _ask(again, "state().hidden") == [_uid(demo, "林岳峰")]


def test_a_rerun_with_the_canvas_unchanged_sends_next_to_nothing_and_moves_nothing(
    page: Page, address: str, demo: Path
) -> None:
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    frame = _open(page, address, _uid(demo))
    # What the canvas says by itself once it stands is answered: nothing more comes.
    page.wait_for_timeout(2_000)
    still(page)
    places = _ask(frame, "places()")
    sizes = []
    for _ in range(3):
        received.clear()
        _ask(frame, "act('choose', [], []) || 1")
        until = time.monotonic() + SECONDS
        while not received and time.monotonic() < until:
            page.wait_for_timeout(100)
        still(page)
        sizes.append(sum(received))

    # The median, at most 5 KB: screens.md 7.
    assert 0 < sorted(sizes)[1] <= 5_000
    assert _ask(frame, "places()") == places


def test_what_the_panel_names_is_loaded_onto_the_canvas(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    before = _ask(frame, "places()")

    frame.locator("#canvas").click(position=_at(frame, _uid(demo, "林岳峰")))
    press(page, page.get_by_role("tab", name="关系"))
    press(page, page.get_by_role("button", name="载入画布"))

    expect(frame.locator("#status")).to_contain_text("已展开")
    after = _ask(frame, "places()")
    assert len(after) > len(before)
    assert {uid: after[uid] for uid in before} == before


def test_a_language_chosen_holds_after_a_click_on_the_canvas(
    page: Page, address: str, demo: Path
) -> None:
    uid = _uid(demo)
    frame = _open(page, address, uid)
    page.get_by_text("English", exact=True).click()
    expect(frame.locator("[data-action=fit]")).to_have_text("Fit")
    still(page)

    frame.locator("#canvas").click(position=_at(frame, uid))

    expect(page.get_by_role("tab", name="Sources")).to_be_visible()
    expect(frame.locator("#shown")).to_contain_text("Shown")


def test_what_was_said_of_another_language_or_day_does_not_stay(
    page: Page, address: str, demo: Path
) -> None:
    frame = _open(page, address, _uid(demo))
    status = frame.locator("#status")
    _ask(frame, f"act('expand', '{_uid(demo, '林岳峰')}') || 1")
    expect(status).to_contain_text("已展开")

    press(page, page.get_by_text("English", exact=True))
    expect(frame.locator("[data-action=fit]")).to_have_text("Fit")
    expect(status).to_be_empty()
    press(page, frame.locator("[data-action=labels]"))
    expect(status).not_to_be_empty()
    shown = frame.locator("#shown").inner_text()
    press(page, page.get_by_text("Ended too", exact=True))

    expect(frame.locator("#shown")).not_to_have_text(shown)
    expect(status).to_be_empty()


@pytest.fixture(scope="module")
def markup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose parties are called as markup."""
    folder = tmp_path_factory.mktemp("markup")
    nodes = [
        {"uid": "e1", "label": "Enterprise", "name": EVIL},
        {"uid": "p1", "label": "Person", "name": f"张{EVIL}"},
    ]
    edges = [{"source": "p1", "target": "e1", "type": "REPRESENTS"}]
    pl.DataFrame(nodes).write_csv(folder / "nodes.csv")
    pl.DataFrame(edges).write_csv(folder / "edges.csv")
    house = open_services(read_settings({}, folder / "workspace"), create=True)
    house.take_graph(
        folder / "nodes.csv", folder / "edges.csv", None, to_store=False, progress=lambda _: None
    )
    with served(folder / "workspace") as url:
        yield url


def test_a_party_called_as_markup_is_text_everywhere(chromium: Browser, markup: str) -> None:
    with opened(chromium, f"{markup}/network?party=e1") as page:
        frame = _frame(page)
        frame.locator("#canvas").click(position=_at(frame, "e1"), button="right")
        expect(frame.locator("#menu .head")).to_have_text(EVIL)
        page.keyboard.press("Escape")
        frame.locator("#canvas").hover(position=_at(frame, "p1"))
        expect(frame.locator("#card .name")).to_have_text(f"张{EVIL}")
        frame.locator("#find").fill("img")
        expect(frame.locator("#hits button")).to_have_count(2)
        page.keyboard.press("Escape")
        frame.locator("[data-action=table]").click()
        expect(frame.locator("#list")).to_contain_text(EVIL)

        assert page.locator("img[src='x']").count() == 0
        assert page.evaluate("window.hurt") is None

"""A kept view on a newer snapshot: new, changed and gone, on canvas, in list and in files."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.bootstrap import Services, open_services
from app.canvas.board import Asked, Board, begin, redraw
from app.canvas.keeping import content_of
from app.desk.views import View, Views
from app.settings import read_settings
from tests.app.conftest import canvas_of, opened, served, still

DAY = date(2026, 11, 23)
NAMES = ("恒岭", "岭南", "珠江", "罗浮", "丹霞")
# e0 in 广州, the others in 深圳.
NODES = [
    {"uid": f"e{place}", "label": "Enterprise", "name": f"{name}有限公司"}
    | {"region": "440106" if place == 0 else "440305", "industry": "C39"}
    for place, name in enumerate(NAMES)
]
BEFORE = [
    {"source": "e0", "target": "e1", "type": "HOLDS_SHARES", "share": 0.6},
    {"source": "e1", "target": "e2", "type": "HOLDS_SHARES", "share": 0.3},
    {"source": "e1", "target": "e3", "type": "GUARANTEES"},
    {"source": "e1", "target": "e4", "type": "SERVES"},
]
AFTER = [
    {"source": "e0", "target": "e1", "type": "HOLDS_SHARES", "share": 0.7},
    {"source": "e1", "target": "e4", "type": "SERVES"},
    {"source": "e0", "target": "e4", "type": "GUARANTEES"},
]


def _loaded(
    folder: Path, nodes: Sequence[Mapping[str, str]], links: Sequence[Mapping[str, object]]
) -> Services:
    house = open_services(read_settings({}, folder / "w"), create=True)
    pl.DataFrame(list(nodes)).write_csv(folder / "nodes.csv")
    pl.DataFrame(list(links), infer_schema_length=None).write_csv(folder / "edges.csv")
    house.take_graph(
        folder / "nodes.csv", folder / "edges.csv", None, to_store=False, progress=lambda _: None
    )
    return house


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a view that was kept before 珠江 and a guarantee were gone."""
    before = _loaded(tmp_path_factory.mktemp("before"), NODES, BEFORE)
    board = Board(Asked(("e0",), (), 2, DAY, before.loaded_snapshot().id))
    begin(before, board)
    redraw(before, board, "zh")
    view = View("", "甲", None, board.asked.snapshot, DAY.isoformat(), content_of(board), "")
    there = [one for one in NODES if one["uid"] != "e2"]
    house = _loaded(tmp_path_factory.mktemp("after"), there, AFTER)
    then = before.workspace.snapshots / board.asked.snapshot
    (house.workspace.snapshots / then.name).symlink_to(then)
    desk = Views(f"sqlite:///{house.workspace.desk}")
    kept = desk.save(view, datetime(2026, 11, 23, 9, tzinfo=UTC))
    house.close()
    with served(house.workspace.folder) as url:
        yield f"{url}/network?view={kept.id}"


def _ask(frame: Locator, script: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(str(frame.evaluate(f"() => JSON.stringify(window.xinmaiCanvas.{script})")))


def _ready(page: Page) -> Locator:
    frame = canvas_of(page)
    expect(frame.locator("#shown")).to_contain_text("/")
    still(page)
    return frame


def test_what_is_gone_is_a_ghost_on_canvas_in_list_and_in_files_until_a_person_takes_the_new(
    chromium: Browser, compared: str, tmp_path: Path
) -> None:
    with opened(chromium, compared) as page:
        frame = _ready(page)
        expect(page.get_by_text("消失 2 条")).to_be_visible()
        expect(frame.locator("#shown")).to_have_text("显示 5/5")
        marks = frame.locator("#legend [data-action='mark:gone']")
        expect(marks).to_contain_text("3/3")

        # A ghost is known by its menu: nothing that asks today's snapshot.
        frame.locator("#canvas").click(position=_ask(frame, "point('e2')"), button="right")
        expect(frame.locator("#menu [data-action=open]")).to_be_disabled()
        expect(frame.locator("#menu [data-action=open]")).to_contain_text("本快照中已不存在")
        page.keyboard.press("Escape")
        expect(page.get_by_text("所选在快照")).to_be_visible()

        # The list has the same, and the same signs.
        frame.locator("[data-action=table]").click()
        expect(frame.locator("#list tr[data-id=e2]")).to_contain_text("− 消失")
        expect(frame.locator("#list tr[data-kind=edge]")).to_have_count(5)
        with page.expect_download() as download:
            frame.locator("[data-action=exports]").click()
            frame.locator("[data-action=export-csv]").click()
        download.value.save_as(tmp_path / "view.zip")
        with zipfile.ZipFile(tmp_path / "view.zip") as archive:
            rows = archive.read("nodes.csv").decode("utf-8-sig")
            about = archive.read("about.csv").decode("utf-8-sig")
        assert "珠江有限公司" in rows
        assert "消失 −" in rows
        assert "新增 1（+）、消失 3（−）、变化 1（~）" in about

        # The legend puts ghosts away and back, the switch takes off every sign.
        marks.click()
        expect(frame.locator("#shown")).to_have_text("显示 4/5")
        frame.locator("[data-action=undo]").click()
        expect(frame.locator("#shown")).to_have_text("显示 5/5")
        page.get_by_text("在画布和列表中标出").click()
        expect(frame.locator("#shown")).to_have_text("显示 4/4")
        assert _ask(frame, "shown()") == ["e0", "e1", "e3", "e4"]


def test_parties_of_one_region_or_family_stand_as_one_and_open_again(
    chromium: Browser, compared: str
) -> None:
    with opened(chromium, compared.replace("view=", "party=e0&none=")) as page:
        page.get_by_role("slider", name="跳数").focus()
        frame = _ready(page)
        for _ in range(2):
            page.get_by_role("slider").first.press("ArrowRight")
        expect(page.get_by_role("slider").first).to_have_value("3")
        # One step shows all of it already; what the other one draws would close what is opened.
        page.wait_for_function("() => xinmaiCanvas.hops() === 3 && !xinmaiCanvas.waiting()")
        still(page)
        expect(frame.locator("#shown")).to_have_text("显示 3/3")
        before = _ask(frame, "places()")

        frame.locator("[data-action=groupings]").click()
        frame.locator("[data-action=groupRegion]").click()

        # 罗浮 and 丹霞 ... stand as one; what is counted and listed is still each of them.
        group = "group|by:region|深圳市"
        assert sorted(_ask(frame, "shown()")) == ["e0", group]
        expect(frame.locator("#shown")).to_have_text("显示 3/3")
        frame.locator("#canvas").click(position=_ask(frame, f"point('{group}')"), button="right")
        expect(frame.locator("#menu .head")).to_have_text("地区：深圳市 ×2（企业）")
        frame.locator("#menu [data-action=members]").click()
        expect(frame.locator("#dialog")).to_contain_text("丹霞有限公司")
        page.keyboard.press("Escape")
        # The list can do the same.
        frame.locator("[data-action=table]").click()
        frame.locator("#list [data-action=groupMenu]").click()
        frame.locator("#menu [data-action=unfold]").click()
        frame.locator("[data-action=table]").click()
        assert _ask(frame, "places()") == before
        frame.locator("[data-action=undo]").click()
        assert sorted(_ask(frame, "shown()")) == ["e0", group]
        frame.locator("[data-action=undo]").click()

        # e0 holds 70 % of e1: one family, whose head it is.
        frame.locator("[data-action=groupings]").click()
        frame.locator("[data-action=groupFamily]").click()
        page.wait_for_function("() => xinmaiCanvas.shown().includes('group|by:family|e0')")
        assert _ask(frame, "state().groups") == [["by:family", "e0"]]
        frame.locator("[data-action=undo]").click()
        assert _ask(frame, "places()") == before

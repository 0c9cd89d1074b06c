"""A guarantee ring stands on one ground; what is selected stands in a row or a column."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.test_canvas_in_browser import _ask, _at, _menu, _open, _uid

FIRMS = [f"惠州保岭{trade}有限公司" for trade in ("机电设备", "五金制品", "包装材料", "照明")]


def _spots(frame: Locator, ids: list[str]) -> list[dict[str, Any]]:
    places = _ask(frame, "places()")
    return [places[one] for one in ids]


@pytest.fixture
def ring(page: Page, address: str, demo: Path) -> tuple[Locator, list[str]]:
    """The canvas of the first firm, with those who stand surety around it."""
    ids = [_uid(demo, name) for name in FIRMS]
    frame = _open(page, address, ids[0])
    # The one across stands surety for neither the first nor the other way round.
    expect(frame.locator("#legend")).not_to_contain_text("担保圈")
    _ask(frame, f"act('expand', '{ids[1]}') || 1")
    expect(frame.locator("#legend")).to_contain_text("担保圈 1")
    return frame, ids


def test_a_guarantee_ring_has_a_ground_while_its_guarantees_are_shown(
    ring: tuple[Locator, list[str]],
) -> None:
    frame, ids = ring

    assert _ask(frame, "rings()") == [sorted(ids)]
    expect(frame.locator("#legend")).to_contain_text("担保圈 1")

    # Without its guarantees, or one of its members, there is no ring to be seen.
    frame.locator("[data-action='link:GUARANTEES']").click()
    expect(frame.locator("#legend")).not_to_contain_text("担保圈")
    assert _ask(frame, "rings()") == []
    frame.locator("[data-action=undo]").click()
    expect(frame.locator("#legend")).to_contain_text("担保圈 1")
    _ask(frame, f"act('hide', ['{ids[1]}']) || 1")
    expect(frame.locator("#legend")).not_to_contain_text("担保圈")


def test_the_selected_stand_in_a_row_none_over_another_and_undo_puts_them_back(
    ring: tuple[Locator, list[str]],
) -> None:
    frame, ids = ring
    before = _ask(frame, "places()")
    _ask(frame, f"act('choose', {ids}, []) || 1")

    frame.locator("#canvas").focus()
    _menu(frame, ids[0], "align")
    frame.locator("#menu [data-action=alignRow]").click()

    row = _spots(frame, ids)
    assert len({spot["y"] for spot in row}) == 1
    across = sorted(spot["x"] for spot in row)
    gaps = [right - left for left, right in pairwise(across)]
    # A sign with these names is wider than a hundred pixels; gaps are alike.
    assert min(gaps) > 100
    assert max(gaps) - min(gaps) <= 1
    # They keep their order, and nobody else moves.
    order = sorted(ids, key=lambda one: before[one]["x"])
    assert sorted(ids, key=lambda one: _ask(frame, "places()")[one]["x"]) == order
    others = {one: spot for one, spot in before.items() if one not in ids}
    assert {one: _ask(frame, "places()")[one] for one in others} == others

    _menu(frame, ids[0], "align")
    frame.locator("#menu [data-action=alignColumn]").click()
    assert len({spot["x"] for spot in _spots(frame, ids)}) == 1
    frame.locator("[data-action=undo]").click()
    frame.locator("[data-action=undo]").click()
    assert _ask(frame, "places()") == before


def test_one_alone_cannot_be_aligned_and_the_menu_says_why(
    ring: tuple[Locator, list[str]],
) -> None:
    frame, ids = ring
    _ask(frame, f"act('choose', ['{ids[0]}'], []) || 1")
    frame.locator("#canvas").click(position=_at(frame, ids[0]), button="right")

    item = frame.locator("#menu [data-action=align]")
    expect(item).to_be_disabled()
    expect(item).to_contain_text("先选择 2 个以上节点")

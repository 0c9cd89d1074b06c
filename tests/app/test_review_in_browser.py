"""核对 by keyboard alone in a real browser: ten pairs decided, one taken back, nothing jumps."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import opened, served, still

PAIRS = 10
# The first look at a pair compiles the index of names and the exposure.
FIRST = 180_000


@pytest.fixture
def workspace(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that may be judged."""
    made = tmp_path / "w"
    shutil.copytree(demo, made)
    return made


@pytest.fixture
def review(chromium: Browser, workspace: Path) -> Iterator[Page]:
    """The review page of a server of its own."""
    with served(workspace) as address, opened(chromium, f"{address}/review") as page:
        expect(page.locator(".keys button").first).to_be_enabled(timeout=FIRST)
        # The last thing on the page: all of it is drawn.
        expect(page.get_by_text("查看语句")).to_be_visible(timeout=FIRST)
        still(page)
        yield page


def test_the_keyboard_alone_clears_ten_pairs(review: Page, workspace: Path) -> None:
    press = review.keyboard.press
    # By Tab from the top to the two fields that must be filled once.
    review.get_by_label("判定人").focus()
    review.keyboard.type("张三")
    press("Enter")
    review.get_by_label("理由").focus()
    review.keyboard.type("登记资料核对")
    press("Enter")
    press("Escape")
    place = review.get_by_text("第 1 对，共")
    expect(place).to_be_visible()
    keys = review.locator(".keys button")
    expect(keys.first).to_be_enabled()

    for number in range(1, PAIRS + 1):
        press("2" if number % 2 else "3")
        expect(keys.nth(1 if number % 2 else 2)).to_have_attribute("aria-pressed", "true")
        press("Enter")
        expect(review.get_by_text(f"已保存第 {number} 号判定")).to_be_visible()
        expect(keys.first).to_be_enabled()

    made = open_services(read_settings({}, workspace)).judgements.standing()
    assert [one.decision for one in made] == ["different", "unsure"] * (PAIRS // 2)
    assert len({(one.one, one.other) for one in made}) == PAIRS

    press("u")
    expect(review.get_by_text(f"已撤销第 {PAIRS} 号判定")).to_be_visible()
    assert len(open_services(read_settings({}, workspace)).judgements.standing()) == PAIRS - 1


def test_keys_walk_through_the_list_and_are_letters_in_a_field(review: Page) -> None:
    press = review.keyboard.press
    press("j")
    expect(review.get_by_text("第 2 对，共")).to_be_visible()
    expect(review.locator(".keys button").first).to_be_enabled()
    press("k")
    expect(review.get_by_text("第 1 对，共")).to_be_visible()

    field = review.get_by_label("理由")
    field.focus()
    review.keyboard.type("j12u")
    assert field.input_value() == "j12u"
    expect(review.get_by_text("第 1 对，共")).to_be_visible()


def test_the_drawing_of_a_pair_stands_still_while_it_is_decided(review: Page) -> None:
    drawn = review.locator("[data-testid=stImage] img")
    expect(drawn).to_be_visible()
    before = drawn.get_attribute("src")
    review.keyboard.press("3")
    expect(review.locator(".keys button").nth(2)).to_have_attribute("aria-pressed", "true")
    assert drawn.get_attribute("src") == before

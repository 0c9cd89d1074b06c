"""Every screen by the rules of axe-core: enough contrast, a name for whatever can be used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import ROOT, opened, served

MAIN = (ROOT / "app" / "main.py").read_text(encoding="utf-8")
# Read as text: the app's entry draws when it is imported.
SCREENS = re.findall(r'\("app\.\w+", "(\w+)"\)', MAIN)
RULES = (
    "color-contrast", "button-name", "link-name", "label", "select-name", "image-alt",
    "input-button-name", "aria-input-field-name", "aria-toggle-field-name", "aria-command-name",
    "aria-dialog-name", "frame-title", "document-title", "html-has-lang", "aria-required-attr",
    "aria-valid-attr-value", "nested-interactive",
)  # fmt: skip
WIDTHS = (1440, 1024)


@pytest.fixture(scope="module")
def party(demo: Path) -> str:
    return open_services(read_settings({}, demo)).party("深圳恒岭建材贸易有限公司").uid


@pytest.fixture
def one(chromium: Browser, address: str) -> Iterator[Page]:
    with opened(chromium, address) as page:
        yield page


def broken(page: Page) -> list[str]:
    """Return what breaks a rule: the rule, how many, the first of them."""
    options = {"runOnly": {"type": "rule", "values": list(RULES)}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']} {len(one['nodes'])} {one['nodes'][0]['html'][:200]}" for one in found]


def test_the_screens_are_those_of_the_menu() -> None:
    assert len(SCREENS) >= 7
    assert {"overview", "search", "party", "data"} <= set(SCREENS)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_contrast_and_names_and_fits_its_width(
    one: Page, address: str, party: str, screen: str
) -> None:
    one.goto(f"{address}/{screen}?party={party}")
    expect(one.get_by_role("heading", level=1)).to_be_visible()
    expect(one.get_by_test_id("stStatusWidget")).to_have_count(0)

    assert broken(one) == []
    for width in WIDTHS:
        one.set_viewport_size({"width": width, "height": 900})
        wide = one.evaluate(
            "() => [document.documentElement.scrollWidth - innerWidth,"
            " ...[...document.querySelectorAll('[data-testid=stMain]')]"
            ".map(e => e.scrollWidth - e.clientWidth)]"
        )
        assert max(wide) <= 0, f"{screen} scrolls sideways at {width}"


def test_a_screen_without_data_has_contrast_and_names(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "empty") as url, opened(chromium, url) as page:
        expect(page.get_by_role("button", name="演示数据")).to_be_visible()

        assert broken(page) == []

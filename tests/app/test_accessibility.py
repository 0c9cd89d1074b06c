"""Every screen by the rules of axe-core: enough contrast, a name for whatever can be used."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import ROOT, opened, press, served, still

MAIN = (ROOT / "app" / "main.py").read_text(encoding="utf-8")
# Read as text: the app's entry draws when it is imported.
_MENU = re.findall(r'\("app\.\w+", "(\w+)"\)', MAIN)
# There is no audit where nobody is named: its own tests look at it (test_rights_in_browser.py).
SCREENS = [one for one in _MENU if one != "audit"]
RULES = (
    "color-contrast", "button-name", "link-name", "label", "select-name", "image-alt",
    "input-button-name", "aria-input-field-name", "aria-toggle-field-name", "aria-command-name",
    "aria-dialog-name", "frame-title", "document-title", "html-has-lang", "aria-required-attr",
    "aria-valid-attr-value", "nested-interactive",
)  # fmt: skip
WIDTHS = (1440, 1024)
PATIENT = 180_000
# Seconds after which a screen stands still on a busy machine; milliseconds between looks.
SETTLES, _LOOK = 180.0, 500


@pytest.fixture(scope="module")
def party(demo: Path) -> str:
    return open_services(read_settings({}, demo)).party("深圳恒岭建材贸易有限公司").uid


@pytest.fixture
def one(chromium: Browser, address: str) -> Iterator[Page]:
    with opened(chromium, address) as page:
        yield page


@pytest.fixture(scope="module")
def english(chromium: Browser, address: str, party: str) -> Iterator[Page]:
    """One page for all screens, which speaks English and is about a party."""
    with opened(chromium, f"{address}/party?party={party}") as page:
        press(page, page.get_by_text("English", exact=True))
        title = page.get_by_role("heading", name="Party", level=1, exact=True)
        expect(title).to_be_visible(timeout=PATIENT)
        yield page


def broken(page: Page) -> list[str]:
    """Return what breaks a rule once the screen stands still: the rule, how many, the first.

    While a script runs, what it has not drawn again is faint: that is told apart by looking again.
    """
    still(page)
    options = {"runOnly": {"type": "rule", "values": list(RULES)}}
    until = time.monotonic() + SETTLES
    while True:
        found = Axe().run(page, options=options).response["violations"]
        if not found or time.monotonic() > until:
            return [f"{one['id']} {len(one['nodes'])} {one['nodes'][0]['html']}" for one in found]
        page.wait_for_timeout(_LOOK)


def test_the_screens_are_those_of_the_menu() -> None:
    assert len(SCREENS) >= 7
    assert {"overview", "search", "party", "data"} <= set(SCREENS)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_contrast_and_names_and_fits_its_width(
    one: Page, address: str, party: str, screen: str
) -> None:
    one.goto(f"{address}/{screen}?party={party}")
    expect(one.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENT)

    assert broken(one) == []
    for width in WIDTHS:
        _fits(one, width)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_in_english_has_contrast_and_names_and_fits_a_narrow_window(
    english: Page, screen: str
) -> None:
    page = english
    # The address of a screen of a party names the party.
    ends = (f"$='/{screen}'", f"*='/{screen}?'", f"='{screen}'", f"^='{screen}?'")
    menu = ", ".join(f"[data-testid=stSidebar] a[href{end}]" for end in ends)
    link = page.locator(menu).first
    press(page, link)
    page.wait_for_url(re.compile(f"/({screen}|home)?([?].*)?$"), timeout=PATIENT)
    still(page)

    assert broken(page) == []
    assert page.locator("h1").inner_text().isascii()
    _fits(page, 1024)


def _fits(page: Page, width: int) -> None:
    """Hold a page to a width: tables take a moment to follow it; what stays too wide fails."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(
        "() => [document.documentElement.scrollWidth - innerWidth,"
        " ...[...document.querySelectorAll('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth)].every(more => more <= 0)",
        timeout=SETTLES * 1e3,
    )


def test_a_screen_without_data_has_contrast_and_names(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "empty") as url, opened(chromium, url) as page:
        expect(page.get_by_role("button", name="演示数据")).to_be_visible(timeout=PATIENT)

        assert broken(page) == []

"""The frame in a real browser: addresses, the menu, the search box, widths."""

import pytest
from playwright.sync_api import Page, expect

BORROWER = "深圳恒岭建材贸易有限公司"


@pytest.mark.parametrize("place", ["/", "/overview"])
def test_the_first_screen_answers_at_both_addresses(page: Page, address: str, place: str) -> None:
    page.goto(f"{address}{place}")

    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_a_name_typed_on_any_screen_leads_to_the_party(page: Page, address: str) -> None:
    page.goto(f"{address}/review")
    box = page.get_by_role("textbox", name="检索", exact=True)

    box.press_sequentially("恒岭建材", delay=30)
    page.get_by_role("button", name=BORROWER).click(timeout=60_000)

    expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()

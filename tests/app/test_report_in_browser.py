"""报告 in a real browser: made while nobody looks, found again; boxes change language."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.app.conftest import opened_at, press, still

FIRM = "深圳恒岭新材料有限公司"
FIRST = 180_000
SLOW = 300_000


def _open(page: Page, address: str) -> None:
    opened_at(page, f"{address}/report", "报告")


def _choose(page: Page, box: str, word: str) -> None:
    chosen = page.get_by_role("combobox", name=box, exact=True)
    chosen.click()
    page.get_by_role("option", name=word, exact=True).click()
    expect(chosen).to_have_value(word)
    still(page)


def test_a_report_is_asked_for_the_page_is_left_and_the_report_is_found_and_downloaded(
    page: Page, address: str, tmp_path: Path
) -> None:
    _open(page, address)
    _choose(page, "报告种类", "集团报告")
    page.get_by_label("主体（名称、代码或实体编号）").fill(FIRM)
    _choose(page, "用途（必填）", "招投标")
    press(page, page.get_by_role("button", name="生成", exact=True))
    expect(page).to_have_url(re.compile(r"job=\d+"), timeout=FIRST)
    url = page.url

    page.goto(f"{address}/search")
    expect(page.get_by_role("heading", name="检索", exact=True)).to_be_visible(timeout=FIRST)
    page.goto(url)

    expect(page.get_by_text(re.compile(r"已出具 XM-\d{8}-\d{6}"))).to_be_visible(timeout=SLOW)
    still(page)
    with page.expect_download() as loading:
        page.get_by_role("button", name=re.compile(r"^XM-.*\.pdf$")).click()
    loading.value.save_as(tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


def test_boxes_say_what_is_chosen_in_the_new_language_without_being_opened(
    page: Page, address: str
) -> None:
    _open(page, address)
    _choose(page, "报告种类", "集团报告")
    _choose(page, "用途（必填）", "招投标")

    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name="Reports", exact=True)).to_be_visible(timeout=FIRST)
    still(page)

    boxes = page.get_by_test_id("stMain").get_by_test_id("stSelectbox")
    shown = [one.locator("input").input_value() or one.inner_text() for one in boxes.all()]
    assert any("Report on a group of companies" in one for one in shown), shown
    assert any("Tendering" in one for one in shown), shown
    assert not any("集团报告" in one or "招投标" in one for one in shown), shown

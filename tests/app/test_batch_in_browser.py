"""批量 and 查询 in a real browser: a list is checked and settled, a query run and handed on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.conftest import opened, opened_at, own_desk, press, served, still

FIRM = "深圳恒岭新材料有限公司"
FIRST = 180_000
SLOW = 180_000


def _open(page: Page, address: str, where: str, title: str) -> None:
    opened_at(page, f"{address}/{where}", title)


def test_a_list_is_pasted_checked_and_downloaded(page: Page, address: str, tmp_path: Path) -> None:
    _open(page, address, "batch", "批量")
    page.get_by_label("或粘贴名单").fill(f"企业名称,统一社会信用代码\n{FIRM},\n{FIRM},9.1E+17\n")
    page.keyboard.press("Control+Enter")
    press(page, page.get_by_role("button", name="核查", exact=True))

    expect(page.get_by_text("命中 1 · 未命中 0 · 需人工 1")).to_be_visible(timeout=FIRST)
    still(page)
    with page.expect_download() as loading:
        page.get_by_role("button", name="下载 CSV", exact=True).click()
    loading.value.save_as(tmp_path / "out.csv")
    rows = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert [row.split(",")[2] for row in rows] == ["核查结果", "命中", "需人工"]
    # The result is found again by its number alone: nothing else stands in the address.
    found = re.search(r"\?job=(\d+)$", page.url)
    assert found is not None
    page.goto(f"{address}/batch?job={found[1]}")
    expect(page.get_by_text("命中 1 · 未命中 0 · 需人工 1")).to_be_visible(timeout=FIRST)


@pytest.fixture
def desk(demo: Path, tmp_path: Path) -> Iterator[str]:
    """The app on a desk of its own: what others put into the batch is not asked here."""
    with served(own_desk(demo, tmp_path / "w")) as url:
        yield url


@pytest.fixture
def alone(chromium: Browser, desk: str) -> Iterator[Page]:
    """A page of that app."""
    with opened(chromium, desk) as page:
        yield page


def test_a_batch_runs_as_a_job_that_outlives_the_page(alone: Page, desk: str) -> None:
    page, address = alone, desk
    _open(page, address, "batch", "批量")
    page.get_by_text("批量查询", exact=True).click()
    expect(page.get_by_label("从查询库加入")).to_be_visible()
    still(page)
    page.get_by_label("从查询库加入").fill("ownership.holders")
    page.keyboard.press("Enter")
    add = page.get_by_role("button", name="加入", exact=True)
    expect(add).to_be_enabled()
    press(page, add)
    expect(page.get_by_role("button", name="清空")).to_be_visible()
    still(page)
    page.get_by_label("或粘贴名单").fill(f"{FIRM}\n")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 个主体可查询")).to_be_visible(timeout=FIRST)
    press(page, page.get_by_role("button", name="运行", exact=True))
    expect(page).to_have_url(re.compile(r"job=\d+"), timeout=FIRST)
    url = page.url

    page.goto(f"{address}/search")
    opened_at(page, url, "批量")
    page.get_by_text("批量查询", exact=True).click()

    expect(page.get_by_role("button", name="下载结果 ZIP")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("有结果 1")).to_be_visible()


def test_a_query_is_found_filled_in_run_and_shown_on_the_network(page: Page, address: str) -> None:
    _open(page, address, "query?query=ownership.holders", "查询")
    page.get_by_label("主体（检索后选择）").fill(FIRM)
    expect(page.get_by_role("button", name="运行", exact=True)).to_be_enabled(timeout=FIRST)
    press(page, page.get_by_role("button", name="运行", exact=True))
    expect(page.get_by_text(re.compile(r"^2 行，"))).to_be_visible(timeout=FIRST)

    press(page, page.get_by_text("画布", exact=True))
    press(page, page.get_by_role("button", name="在网络中打开"))

    expect(page.get_by_role("heading", name="网络", exact=True)).to_be_visible(timeout=FIRST)


def test_a_query_that_writes_is_refused_as_soon_as_the_box_is_left(
    page: Page, address: str
) -> None:
    _open(page, address, "query", "查询")
    page.get_by_text("自写语句", exact=True).click()
    expect(page.get_by_role("textbox", name="Cypher（只读）")).to_be_visible()
    still(page)
    page.get_by_role("textbox", name="Cypher（只读）").fill(
        "MATCH (p)\nSET p.x = 1\nRETURN p LIMIT 1"
    )
    page.get_by_role("textbox", name="Cypher（只读）").blur()

    expect(page.get_by_text("第 2 行：SET 不允许")).to_be_visible(timeout=FIRST)
    still(page)
    expect(page.get_by_role("button", name="运行", exact=True)).to_be_disabled()

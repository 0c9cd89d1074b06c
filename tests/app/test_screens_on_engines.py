"""Every screen of the menu stands and answers, whichever engine holds the graph."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.app.conftest import canvas_of, opened, press, run_own, served, still

# As the menu has them, from above.
SCREENS = (
    *("总览", "检索", "主体", "网络", "路径", "传导", "股权与控制", "线索"),
    *("核对", "报告", "批量", "查询", "数据"),
)
FIRM = "深圳恒岭新材料有限公司"


def _heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, level=1, exact=True)


def test_a_walk_through_every_screen_shows_no_error(
    chromium: Browser, on_either_engine: str
) -> None:
    with opened(chromium, on_either_engine) as page:
        still(page)
        box = page.get_by_role("textbox", name="检索", exact=True)
        box.press_sequentially(FIRM, delay=20)
        press(page, page.get_by_role("button", name=re.compile(f"^{FIRM} · ")).first)
        expect(page.get_by_role("heading", name=FIRM, exact=True)).to_be_visible()
        menu = page.locator("[data-testid=stSidebar]").get_by_role("link")
        expect(menu).to_have_text(list(SCREENS))
        for title in SCREENS:
            press(page, page.get_by_role("link", name=title, exact=True))
            expect(_heading(page, title)).to_be_visible()
            still(page)
            assert (
                page.get_by_role("alert").filter(has_text=re.compile("编号|未能|无法")).count() == 0
            )
        press(page, page.get_by_role("link", name="网络", exact=True))
        expect(canvas_of(page).locator("#shown")).to_contain_text("/")


def test_the_store_itself_answers_a_query_somebody_wrote(
    chromium: Browser, on_either_engine: str
) -> None:
    with opened(chromium, f"{on_either_engine}/query") as page:
        still(page)
        expect(_heading(page, "查询")).to_be_visible()
        press(page, page.get_by_text("自写语句", exact=True))
        cypher = page.get_by_role("textbox", name=re.compile("Cypher"))
        cypher.fill("MATCH (e:Enterprise {name: '" + FIRM + "'}) RETURN e.name AS name LIMIT 5")
        cypher.press("Control+Enter")
        still(page)
        run_own(page)
        expect(page.get_by_text(re.compile("^1 行"))).to_be_visible()
        cell = page.locator("[role=gridcell]").filter(has_text=FIRM).first
        expect(cell).to_be_attached()


def test_with_nothing_loaded_every_screen_says_so_and_where_to_begin(
    chromium: Browser, tmp_path: Path
) -> None:
    with served(tmp_path / "w") as address, opened(chromium, address) as page:
        still(page)
        for title in SCREENS[:-1]:
            press(page, page.get_by_role("link", name=title, exact=True))
            expect(_heading(page, title)).to_be_visible()
            still(page)
            main = page.get_by_test_id("stMain")
            expect(main.get_by_text("尚无数据。").first).to_be_visible()
            press(page, main.get_by_role("link", name="装载文件", exact=True))
            expect(_heading(page, "数据")).to_be_visible()

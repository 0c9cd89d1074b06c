"""The frame in a real browser: addresses, the menu, the search box, widths."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import opened_at, press, run_own, still

BORROWER = "深圳恒岭建材贸易有限公司"
FIRM = "深圳恒岭新材料有限公司"


@pytest.mark.parametrize("place", ["/", "/overview", "/home", "/nosuch/overview"])
def test_the_first_screen_answers_at_its_addresses(page: Page, address: str, place: str) -> None:
    page.goto(f"{address}{place}")

    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)


@pytest.mark.parametrize("name", ["nosuch", "没有的画面", "<img src=x onerror=alert(1)>", "a/b"])
def test_an_address_without_a_screen_is_said_in_chinese_and_leads_on(
    page: Page, address: str, name: str
) -> None:
    opened_at(page, f"{address}/{quote(name)}", "没有此画面")

    last = name.rpartition("/")[2]
    expect(page.get_by_text(f"网址末尾的“{last}”不是画面名称")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    press(page, page.get_by_test_id("stMain").get_by_text("打开总览"))
    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()


def test_what_a_person_typed_is_no_link_no_picture_and_no_other_sign(
    page: Page, address: str
) -> None:
    name = "qqzz@x.cn www.x.cn :streamlit: &lt; A -> B $x^2$ <b>"
    opened_at(page, f"{address}/search", "检索")
    main = page.get_by_test_id("stMain")
    box = main.get_by_role("textbox").first

    box.fill(name)
    box.press("Enter")

    said = main.get_by_test_id("stAlert").last
    expect(said).to_contain_text("未发现")
    # What is read is what was typed; signs that nobody sees part what would be a link.
    assert f"“{name}”" in (said.text_content() or "").replace("\u2060", "")
    expect(said.locator("a, img, b, .katex")).to_have_count(0)


def test_a_name_typed_on_any_screen_leads_to_the_party(page: Page, address: str) -> None:
    opened_at(page, f"{address}/review", "核对")
    box = page.get_by_role("textbox", name="检索", exact=True)

    box.press_sequentially("恒岭建材", delay=30)
    press(page, page.get_by_role("button", name=BORROWER))

    expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()


def test_going_back_and_forward_shows_the_parties_of_before(
    page: Page, address: str, demo: Path
) -> None:
    houses = open_services(read_settings({}, demo))
    opened_at(page, f"{address}/party?party={houses.party(FIRM).uid}", "主体")
    expect(page.get_by_role("heading", name=FIRM)).to_be_visible()
    page.get_by_role("textbox", name="检索", exact=True).press_sequentially("恒岭建材", delay=30)
    press(page, page.get_by_role("button", name=BORROWER))
    expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()
    still(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="传导").click()
    expect(page.get_by_role("heading", name="传导", exact=True)).to_be_visible()
    still(page)
    # For as long an address may be that of a click on its way.
    page.wait_for_timeout(2500)

    # One step each.
    page.go_back()
    expect(page.get_by_role("heading", name="主体", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=FIRM)).to_be_visible()
    page.wait_for_timeout(2500)
    page.go_forward()
    expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()


def test_suggestions_come_while_typing_and_a_row_opens_its_party(page: Page, address: str) -> None:
    opened_at(page, f"{address}/search", "检索")
    page.get_by_role("textbox", name="名称、曾用名").press_sequentially("恒岭建材", delay=30)

    expect(page.get_by_text("个候选").first).to_be_visible(timeout=180_000)
    assert "party=" not in page.url
    # The grid is drawn on a canvas: the box of its first row is where people click.
    press(page, page.get_by_test_id("stDataFrame"), (20, 52))

    expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()
    assert "party=" in page.url


def test_what_was_typed_is_searched_for_in_full(page: Page, address: str) -> None:
    opened_at(page, f"{address}/search", "检索")
    page.get_by_role("textbox", name="检索", exact=True).press_sequentially("恒岭", delay=30)
    press(page, page.get_by_role("button", name="全部结果 →"))

    expect(page.get_by_role("textbox", name="名称、曾用名")).to_have_value("恒岭")
    expect(page.get_by_text("个候选").first).to_be_visible()


def test_what_was_opened_stays_open_as_the_banner_of_a_past_day_comes(
    page: Page, address: str, demo: Path
) -> None:
    uid = open_services(read_settings({}, demo)).party(BORROWER).uid
    page.goto(f"{address}/party?party={uid}")
    expect(page.get_by_text("自身有效失信记录 1 条")).to_be_visible()
    press(page, page.locator("summary").filter(has_text="查看语句"))
    expect(page.get_by_text(f"xinmai show {uid}")).to_be_visible()

    press(page, page.get_by_role("button", name="记录日前一日"))

    expect(page.get_by_text("历史时点").first).to_be_visible()
    expect(page.get_by_text("自身有效失信记录 0 条")).to_be_visible()
    still(page)
    expect(page.get_by_text(f"xinmai show {uid}")).to_be_visible()


def test_what_is_typed_is_answered_in_the_language_of_the_screen(page: Page, address: str) -> None:
    opened_at(page, f"{address}/search", "检索")
    press(page, page.get_by_text("English", exact=True))
    expect(page.get_by_role("heading", name="Search", level=1, exact=True)).to_be_visible()
    still(page)

    page.get_by_role("textbox", name="Name, former name").press_sequentially("恒岭", delay=30)

    expect(page.get_by_text(re.compile(r"^\d+ candidates")).first).to_be_visible()
    still(page)
    page.get_by_role("textbox", name="Search", exact=True).press_sequentially("恒岭", delay=30)
    expect(page.get_by_role("button", name="All results →")).to_be_visible()
    still(page)
    said = page.get_by_test_id("stMain").inner_text()
    assert not re.search("候选|检索|名称", said)


def test_an_uploader_speaks_chinese_where_the_screen_does(page: Page, address: str) -> None:
    page.goto(f"{address}/data")
    box = page.get_by_test_id("stFileUploaderDropzone").first
    expect(box).to_be_visible()

    # The style sheet may come a moment after the box.
    words = box.locator("button [data-testid=stMarkdownContainer]")
    expect(words).to_have_css("content", '"选择文件"', pseudo="after")
    more = box.get_by_test_id("stFileUploaderDropzoneInstructions")
    expect(more).to_have_css("content", re.compile("每个文件最多 200 MB"), pseudo="after")
    # Streamlit's own word names the button for who cannot see it; on the screen it takes no room.
    expect(box.get_by_text("Upload", exact=True)).to_have_css("font-size", "0px")


def test_a_query_of_before_is_asked_again_by_a_click(page: Page, address: str) -> None:
    opened_at(page, f"{address}/query", "查询")
    page.get_by_text("自写语句", exact=True).click()
    box = page.get_by_role("textbox", name="Cypher")
    cypher = "MATCH (p:Enterprise) RETURN p.uid AS uid ORDER BY uid LIMIT 7"
    box.fill(cypher)
    box.press("Control+Enter")
    run_own(page)
    expect(page.get_by_text("7 行（已截断，上限 7）").first).to_be_visible()

    opened_at(page, f"{address}/query", "查询")
    page.get_by_text("最近的查询").click()
    grid = page.get_by_test_id("stExpander").filter(has_text="最近的查询")
    press(page, grid.get_by_test_id("stDataFrame"), (20, 52))

    expect(page.get_by_text("7 行（已截断，上限 7）").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Cypher")).to_have_value(cypher)

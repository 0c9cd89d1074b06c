"""The inspectors' questions (Q1 to Q11), each answered in at most three clicks from the search box.

A click is one on a button, link, tab, row or choice; what is typed or pasted is no click.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.leads import ON, loaded
from tests.app.conftest import opened, press, served, still

FIRM = "深圳恒岭新材料有限公司"
BORROWER = "深圳恒岭建材贸易有限公司"
PERSON = "林岳峰"
MOST = 3
# The first search and the first leads of a server compile and index: slow on a busy machine.
PATIENT = 180_000


class Walk:
    """A person at the search box, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        """Stand at the box of the first screen."""
        self.page = page
        self.clicks = 0
        expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible(timeout=PATIENT)
        still(page)

    def click(self, what: Locator, place: tuple[float, float] | None = None) -> None:
        """Click once the screen stands, and count it."""
        press(self.page, what, place)
        self.clicks += 1
        assert self.clicks <= MOST, "more clicks than a person is asked for"

    def to(self, name: str) -> None:
        """Type a name and open its suggestion."""
        box = self.page.get_by_role("textbox", name="检索", exact=True)
        box.press_sequentially(name, delay=20)
        suggestion = self.page.get_by_role("button", name=re.compile(f"^{name} · "))
        self.click(suggestion.first)
        heading = self.page.get_by_role("heading", name=name, exact=True)
        expect(heading).to_be_visible(timeout=PATIENT)

    def day(self, digits: str) -> None:
        """Type a day, year first, into the box of the day; what is typed is no click."""
        self.page.get_by_role("spinbutton", name="year, 时点").focus()
        self.page.keyboard.type(digits)
        # It counts once the box is left: the title is nothing that could be clicked.
        self.page.get_by_role("heading", level=1).click()
        shown = f"时点 {digits[:4]}-{digits[4:6]}-{digits[6:]}"
        expect(self.page.get_by_text(shown).first).to_be_visible(timeout=PATIENT)
        still(self.page)

    def tab(self, name: str) -> None:
        """Open a tab."""
        self.click(self.page.get_by_role("tab", name=name, exact=True))

    def menu(self, name: str) -> None:
        """Go to a screen by the menu."""
        self.click(self.page.get_by_role("link", name=name, exact=True))
        title = self.page.get_by_role("heading", name=name, level=1, exact=True)
        expect(title).to_be_visible(timeout=PATIENT)
        still(self.page)

    def cell(self, words: str | re.Pattern[str]) -> Locator:
        """Return the first cell of a table that holds words.

        Tables are drawn on a canvas, inside which their cells stand for whoever does not see them.
        """
        return self.page.locator("[role=gridcell]").filter(has_text=words).first


@pytest.fixture
def walk(chromium: Browser, on_either_engine: str) -> Iterator[Walk]:
    with opened(chromium, on_either_engine) as page:
        yield Walk(page)


def test_q1_who_stands_behind_an_enterprise_with_source_and_period(walk: Walk) -> None:
    walk.to(FIRM)
    walk.tab("股东与投资")

    expect(walk.cell(re.compile(r"股东及出资\.csv 第 \d+ 行"))).to_be_attached(timeout=PATIENT)
    expect(walk.cell(re.compile(r"\d{4}-\d\d-\d\d — "))).to_be_attached()

    walk.click(walk.page.get_by_role("button", name="股权与控制", exact=True))
    title = walk.page.get_by_role("heading", name="股权与控制", level=1)
    expect(title).to_be_visible(timeout=PATIENT)


def test_q2_where_else_a_representative_serves_and_whether_in_office(walk: Walk) -> None:
    walk.to(PERSON)
    walk.tab("任职与代表")

    expect(walk.cell(BORROWER)).to_be_attached(timeout=PATIENT)
    expect(walk.cell("是（1 条）")).to_be_attached()


def test_q3_who_is_banned_and_holds_office_all_the_same(walk: Walk) -> None:
    walk.to("湛江同岭水产有限公司")
    walk.click(walk.page.get_by_role("button", name="线索", exact=True))
    walk.click(walk.page.get_by_role("radio", name=re.compile("禁入任职")))

    card = walk.page.locator("[class*=st-key-lead-card-]")
    expect(card).to_have_count(1, timeout=PATIENT)
    said = "陈志伟 有限制任职的记录，仍与 1 家企业有任职、持股或控制关系"
    expect(card.get_by_text(said)).to_be_visible()
    expect(card.get_by_text("陈志伟、湛江同岭水产有限公司")).to_be_visible()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on 2,000 enterprises: among fewer the clients of a firm have too few peers."""
    folder = tmp_path_factory.mktemp("large")
    loaded(folder).close()
    with served(folder / "workspace") as url:
        yield url


@pytest.fixture
def in_large(chromium: Browser, large: str) -> Iterator[Walk]:
    with opened(chromium, large) as page:
        yield Walk(page)


# Each story with who is named on its card, and a row of its evidence; brackets are made alike.
STORIES = {
    "Q6": ("中介扎堆", "广东岭衡会计师事务所有限公司", r"粤财罚.2025.\d+号"),
    "Q7": ("换壳", "佛山岭丰源食品有限公司", "佛市监罚.2025.301号"),
    "Q8": (
        "循环持股", "东莞环岭控股有限公司",
        r"东莞环岭控股有限公司 —持股 60\.00%→ 东莞环岭置业有限公司",
    ),
}  # fmt: skip


@pytest.mark.parametrize("question", STORIES)
def test_q6_q7_q8_a_pattern_names_its_parties_and_the_rows_it_rests_on(
    in_large: Walk, question: str
) -> None:
    walk = in_large
    pattern, named, row = STORIES[question]
    walk.menu("线索")
    # The penalties of Q6 are no longer published a year after October 2025.
    walk.day(f"{ON:%Y%m%d}")
    walk.click(walk.page.get_by_role("radio", name=re.compile(pattern)))

    expect(walk.page.get_by_role("heading", name=pattern)).to_be_visible(timeout=PATIENT)
    card = walk.page.locator("[class*=st-key-lead-card-]").filter(has_text=named).first
    expect(card).to_be_visible(timeout=PATIENT)
    tab = card.get_by_role("tab", name=re.compile("行依据"))
    walk.click(tab)
    expect(tab).to_have_attribute("aria-selected", "true")
    cell = card.locator("[role=gridcell]").filter(has_text=re.compile(row)).first
    expect(cell).to_be_attached(timeout=PATIENT)
    source = card.locator("[role=gridcell]").filter(has_text=re.compile(r"\.csv 第 \d+ 行")).first
    expect(source).to_be_attached()


def test_q4_a_list_of_bidders_is_compared_two_by_two(walk: Walk) -> None:
    walk.menu("批量")
    walk.click(walk.page.get_by_text("投标名单比对", exact=True))
    # Until it has come, the box to paste into is that of 名单核查.
    expect(walk.page.get_by_text("间接关联最多跳数")).to_be_visible(timeout=PATIENT)
    still(walk.page)
    walk.page.get_by_label("或粘贴名单").fill(f"{FIRM}\n{BORROWER}\n")
    walk.page.keyboard.press("Control+Enter")
    walk.click(walk.page.get_by_role("button", name=re.compile("^比对")))

    said = walk.page.get_by_text("是否串通投标须依法查证").first
    expect(said).to_be_visible(timeout=PATIENT)


def test_q5_who_reaches_the_party_with_what_record(walk: Walk) -> None:
    walk.to(FIRM)
    walk.tab("传导")

    expect(walk.page.get_by_text("关联提示，不是失信记录").first).to_be_visible(timeout=PATIENT)
    expect(walk.cell(re.compile(BORROWER))).to_be_attached(timeout=PATIENT)


def test_q9_a_list_says_for_each_row_hit_no_hit_or_for_a_person(walk: Walk) -> None:
    walk.menu("批量")
    walk.page.get_by_label("或粘贴名单").fill(f"企业名称\n{FIRM}\n没有这样的公司\n")
    walk.page.keyboard.press("Control+Enter")
    walk.click(walk.page.get_by_role("button", name="核查", exact=True))

    expect(walk.page.get_by_text("命中 1 · 未命中 1 · 需人工 0")).to_be_visible(timeout=PATIENT)


def test_q10_a_day_in_the_past_with_its_links_and_statuses(walk: Walk) -> None:
    walk.to(BORROWER)
    expect(walk.page.get_by_text("自身有效失信记录 1 条")).to_be_visible(timeout=PATIENT)
    walk.click(walk.page.get_by_role("button", name="记录日前一日"))

    expect(walk.page.get_by_text("历史时点").first).to_be_visible(timeout=PATIENT)
    expect(walk.page.get_by_text("自身有效失信记录 0 条")).to_be_visible(timeout=PATIENT)


def test_q11_a_record_leads_to_the_row_of_the_file(walk: Walk) -> None:
    walk.to(BORROWER)
    walk.tab("信用记录")
    # The box of the first row; the cells themselves are drawn on a canvas.
    walk.click(walk.page.get_by_test_id("stDataFrame").first, (20, 52))

    stands = walk.page.get_by_text(re.compile(r"出处：失信被执行人 · 失信被执行人\.csv 第 \d+ 行"))
    expect(stands).to_be_visible(timeout=PATIENT)

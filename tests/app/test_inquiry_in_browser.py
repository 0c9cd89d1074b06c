"""Ownership, leads, exposure and paths walked through in a real browser, without an error in it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.bootstrap import open_services
from app.settings import read_settings
from tests.app.conftest import canvas_of, opened, press, served, still

FIRM, OTHER = "深圳恒岭新材料有限公司", "深圳恒岭建材贸易有限公司"
# The first answer compiles its kernels on a busy machine.
FIRST = 180_000
NARROW = {"width": 1024, "height": 900}


@pytest.fixture(scope="module")
def workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration on whose leads one may decide."""
    made = tmp_path_factory.mktemp("inquiry") / "w"
    shutil.copytree(demo, made)
    return made


@pytest.fixture(scope="module")
def site(workspace: Path) -> Iterator[str]:
    """One app for all walks of this file."""
    with served(workspace) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A page of that app."""
    with opened(chromium, site) as page:
        yield page


def _uid(workspace: Path, name: str) -> str:
    return open_services(read_settings({}, workspace)).party(name).uid


def _fits(page: Page) -> None:
    """Hold the page to a narrow window: nothing scrolls sideways but tables and drawings."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    still(page)
    # Tables take the new width once the browser has told them of it.
    page.wait_for_function(
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return main.scrollWidth <= main.clientWidth; }"
    )


def test_from_the_party_to_its_owners_and_a_changed_certificate_is_refused(
    page: Page, site: str, workspace: Path, tmp_path: Path
) -> None:
    uid = _uid(workspace, FIRM)
    page.goto(f"{site}/party?party={uid}")
    press(page, page.get_by_role("button", name="股权与控制"))

    expect(page.get_by_alt_text(f"{FIRM} 的持股结构")).to_be_visible(timeout=FIRST)
    expect(page.get_by_text("判定控制：林岳峰，表决权 60.00%")).to_be_visible()
    press(page, page.get_by_role("button", name="当场核验").first)
    expect(page.get_by_text("核验一致：重算")).to_be_visible()

    still(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="下载计算凭证").first.click()
    content = Path(started.value.path()).read_text(encoding="utf-8")
    changed = tmp_path / "changed.json"
    changed.write_text(content.replace('"share": 600000', '"share": 600001', 1), encoding="utf-8")
    assert json.loads(content) != json.loads(changed.read_text(encoding="utf-8"))
    page.get_by_text("核验收到的凭证").click()
    page.locator("input[type=file]").set_input_files(changed)
    expect(page.get_by_text("核验不符：")).to_be_visible()

    press(page, page.get_by_text("向下：投资", exact=True))
    expect(page.get_by_text("穿透比例凭证（对外投资）")).to_be_visible()
    _fits(page)


def test_a_lead_is_dismissed_taken_back_and_opened_on_the_canvas(page: Page, site: str) -> None:
    page.goto(f"{site}/leads?pattern=circular_ownership")
    card = page.locator("[class*=st-key-lead-card-]")
    expect(card).to_be_visible(timeout=FIRST)
    expect(card.get_by_text("疑似循环持股")).to_be_visible()
    expect(card).to_have_css("border-style", "dotted")
    press(page, card.get_by_role("tab", name="3 行依据"))
    expect(card.locator("[data-testid=stDataFrame]").last).to_be_visible()

    press(page, card.get_by_role("button", name="排除"))
    page.get_by_label("判定人").last.fill("张三")
    page.get_by_label("理由（必填）").last.fill("少量互持")
    press(page, page.get_by_role("button", name="保存排除"))
    expect(page.get_by_text("已保存第 1 号：排除")).to_be_visible()

    press(page, page.get_by_text("已排除", exact=True).first)
    press(page, page.get_by_role("button", name="撤销"))
    expect(page.get_by_text("已撤销第 1 号")).to_be_visible()

    press(page, page.get_by_text("待核", exact=True).first)
    expect(card).to_be_visible()
    _fits(page)
    press(page, page.get_by_role("button", name="画布"))
    canvas = canvas_of(page)
    expect(canvas.locator("#shown")).to_contain_text("3/3", timeout=FIRST)


def test_exposure_adds_up_and_what_if_is_said_to_be_not_stored(
    page: Page, site: str, workspace: Path
) -> None:
    page.goto(f"{site}/exposure?party={_uid(workspace, FIRM)}")
    expect(page.get_by_text("每一步的系数：规则与来源")).to_be_visible(timeout=FIRST)
    expect(page.locator("ol li").first).to_be_visible()
    shown = page.locator("ol li").all_inner_texts()
    parts = [float(line.rsplit(" ", 1)[1]) for line in shown]
    total = page.get_by_text(re.compile(r"^Σ ")).inner_text().removeprefix("Σ ")
    assert f"{sum(parts):.3f}" == total

    press(page, page.locator("[class*=st-key-l-] label").first)
    expect(page.get_by_text("假设，未保存：")).to_be_visible()
    press(page, page.get_by_role("button", name="恢复全部勾选"))
    expect(page.get_by_text("假设，未保存：")).to_be_hidden()
    _fits(page)


def test_from_two_names_to_their_paths_without_one_between_them(
    page: Page, site: str, workspace: Path
) -> None:
    uid = _uid(workspace, FIRM)
    page.goto(f"{site}/paths?first={uid}")
    expect(page.get_by_label("终点")).to_be_visible()
    still(page)
    page.get_by_label("终点").fill(OTHER)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name=OTHER).first)
    expect(page.get_by_alt_text(f"{FIRM} 与 {OTHER} 之间的路径")).to_be_visible(timeout=FIRST)
    # Ids alone stand in the address.
    assert FIRM not in page.url
    assert f"first={uid}" in page.url

    card = page.locator("[class*=st-key-path-2]").first
    press(page, card.get_by_role("button", name="排除并重新检索"))
    press(page, page.get_by_role("button", name="主体 林岳峰"))
    chip = page.get_by_role("button", name="主体 林岳峰 ×")
    expect(chip).to_be_visible()
    still(page)
    assert "林岳峰" not in " ".join(page.locator("[class*=st-key-path-]").all_inner_texts())
    chip.click()
    expect(chip).to_be_hidden()

    press(page, page.get_by_role("button", name="互换"))
    expect(page.get_by_alt_text(f"{OTHER} 与 {FIRM} 之间的路径")).to_be_visible()
    _fits(page)

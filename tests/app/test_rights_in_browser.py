"""Who may do what, as people with different roles meet it in a real browser."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.acting import acting_for, acts_of
from app.bootstrap import Services, open_services
from app.canvas import sharing
from app.desk.jobs import DONE
from app.desk.views import View, Views
from app.jobs import control
from app.settings import read_settings
from app.users import EVERYBODY, read_users, user_of
from graph.store.running import stop_engine
from tests.app.conftest import opened, press, served, still
from tests.app.test_accessibility import broken

HEADER = "X-Remote-User"
BORROWER = "深圳恒岭建材贸易有限公司"
PEOPLE = {
    "cha": ("陈查", "查询员"),
    "he": ("何核", "核查员"),
    "shen": ("沈审", "审核员"),
    "guan": ("关管", "数据管理员"),
    "ji": ("季计", "安全审计员"),
}
LOOKING = ["总览", "检索", "主体", "网络", "路径", "传导", "股权与控制", "线索"]
MENUS = {
    "cha": [*LOOKING, "查询"],
    "he": [*LOOKING, "核对", "报告", "批量", "查询"],
    "shen": [*LOOKING, "核对", "报告", "批量", "查询"],
    "guan": [*LOOKING, "查询", "数据"],
    "ji": ["审计"],
}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
As = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demonstration, in which five people work, each in one role."""
    made = tmp_path_factory.mktemp("rights") / "w"
    shutil.copytree(demo, made, ignore=shutil.ignore_patterns("engine.json", "desk*", "jobs"))
    users = "".join(
        f'[[user]]\nlogin = "{login}"\nname = "{name}"\nroles = ["{role}"]\n'
        for login, (name, role) in PEOPLE.items()
    )
    (made / "users.toml").write_text(f'contact = "信息中心"\n{users}', encoding="utf-8")
    (made / "xinmai.toml").write_text(f'user_header = "{HEADER}"\n', encoding="utf-8")
    yield made
    stop_engine(made / "graph")


@pytest.fixture(scope="module")
def site(workspace: Path) -> Iterator[str]:
    """The app of that site."""
    with served(workspace) as url:
        yield url


@pytest.fixture
def person(chromium: Browser, site: str) -> As:
    """Open the app as somebody whom the site's proxy names."""

    def open_as(login: str | None, path: str = "/") -> AbstractContextManager[Page]:
        headers = {} if login is None else {HEADER: login}
        return opened(chromium, f"{site}{path}", **headers)

    return open_as


def house(workspace: Path, login: str | None = None) -> Services:
    """Return the services for somebody, or for the test itself."""
    found = open_services(read_settings({}, workspace))
    user = EVERYBODY if login is None else user_of(read_users(workspace), login)
    return acting_for(found, user)


@pytest.mark.parametrize("login", MENUS)
def test_each_role_sees_its_screens_and_no_other(person: As, login: str) -> None:
    with person(login) as page:
        links = page.get_by_test_id("stSidebar").get_by_test_id("stPageLink")
        expect(links).to_have_text(MENUS[login])
        expect(page.get_by_text(f"{PEOPLE[login][0]} · {PEOPLE[login][1]}")).to_be_visible()
        expect(page.get_by_role("heading", name=MENUS[login][0], exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("login", "path", "right", "who"),
    [
        ("cha", "review", "核对", "何核、沈审"),
        ("he", "data", "装载", "关管"),
        ("guan", "report", "报告与批量", "何核、沈审"),
        ("ji", "overview", "查看", "陈查、何核、沈审、关管"),
        ("shen", "audit", "审计", "季计"),
    ],
)
def test_the_address_of_an_absent_screen_says_which_right_it_needs(
    person: As, workspace: Path, login: str, path: str, right: str, who: str
) -> None:
    with person(login, f"/{path}") as page:
        expect(page.get_by_text(f"无权限：此处需要“{right}”权限")).to_be_visible()
        expect(page.get_by_text(f"本单位可办理的人员：{who}")).to_be_visible()
        expect(page.get_by_text("申请权限请联系：信息中心")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
        still(page)
    noted = acts_of(house(workspace).workspace).listed(1, refused=True)
    assert [(one.login, one.thing) for one in noted] == [(login, f"screen {path}")]


@pytest.mark.parametrize(
    ("login", "said"), [("nobody", "未登记的用户 nobody"), (None, f"请求中没有 {HEADER}")]
)
def test_whom_nobody_knows_sees_no_data(
    person: As, workspace: Path, login: str | None, said: str
) -> None:
    snapshot = house(workspace).loaded_snapshot().id
    for path in ("/", "/search", "/query", "/?job=1"):
        with person(login, path) as page:
            expect(page.get_by_text(said)).to_be_visible()
            still(page)
            assert snapshot not in page.content()
            expect(page.get_by_test_id("stPageLink")).to_have_count(0)


def test_a_querier_looks_at_leads_and_decides_on_none(person: As) -> None:
    with person("cha", "/leads") as page:
        card = page.locator("[class*='st-key-lead-card-']").first
        expect(card.get_by_role("button", name="确认")).to_be_disabled()
        expect(card.get_by_role("button", name="排除")).to_be_disabled()
        expect(card.get_by_text("无权限：需要“核对”权限（核查员、审核员）")).to_be_visible()


def test_a_querier_has_the_library_and_no_cypher_of_their_own(person: As) -> None:
    with person("cha", "/query") as page:
        expect(page.get_by_text("查询库", exact=True).first).to_be_visible()
        still(page)
        expect(page.get_by_text("自写语句", exact=True)).to_have_count(0)


def test_what_an_investigator_judges_bears_their_name(person: As, workspace: Path) -> None:
    with person("he", "/review") as page:
        name = page.get_by_role("textbox", name="判定人")
        expect(name).to_have_value("何核")
        expect(name).to_be_disabled()
        # Keys stand below: all that is decided with is drawn.
        expect(page.locator(".keys button").first).to_be_enabled()
        press(page, page.get_by_text("不同", exact=True).first)
        expect(page.locator(".keys button").nth(1)).to_have_attribute("aria-pressed", "true")
        still(page)
        reason = page.get_by_role("textbox", name="理由")
        reason.fill("两人身份证号不同")
        reason.press("Enter")
        still(page)
        press(page, page.get_by_role("button", name="保存", exact=True).first)
        expect(page.get_by_text("两人身份证号不同").first).to_have_count(0)
        still(page)
    with closing(house(workspace)) as desk:
        assert [one.author for one in desk.judgements.standing()] == ["何核"]


def test_a_shared_view_opens_to_whom_its_author_opened_it(person: As, workspace: Path) -> None:
    he = house(workspace, "he")
    uid = he.party(BORROWER).uid
    content = {
        "seeds": [uid], "types": [], "hops": 1, "as_of": "2026-11-23", "ended": False,
        "engine": "sfdp", "shown": [uid], "places": {}, "edges": {}, "seen": {},
    }  # fmt: skip
    views = Views(f"sqlite:///{he.workspace.desk}")
    snapshot = he.loaded_snapshot().id
    own, judges = (
        sharing.save(
            he, views, View("", to, None, snapshot, "2026-11-23", content, "", open_to=to), NOON
        ).id
        for to in (sharing.OWN, sharing.JUDGES)
    )

    with person("shen", f"/network?view={own}") as page:
        expect(page.get_by_text("该视图由 何核 保存，未向您开放")).to_be_visible()
        still(page)
        expect(page.get_by_role("heading", name=BORROWER)).to_have_count(0)
    with person("cha", f"/network?view={judges}") as page:
        expect(page.get_by_text("无权限：此处需要“核对”权限")).to_be_visible()
    with person("ji", f"/network?view={judges}") as page:
        expect(page.get_by_text("无权限：此处需要“查看”权限")).to_be_visible()
    with person("shen", f"/network?view={judges}") as page:
        expect(page.get_by_role("heading", name=BORROWER)).to_be_visible()


def test_a_job_acts_for_who_asked_and_its_result_is_for_who_may(
    person: As, workspace: Path
) -> None:
    with person("he") as page:
        press(page, page.get_by_role("button", name="全库传导扫描"))
        # The line of progress names the file, too: the job has ended where it can be fetched.
        expect(page.get_by_role("button", name="scan.xlsx", exact=True)).to_be_visible()
    (job,) = control.latest(house(workspace))
    assert (job.author, job.last.state) == ("何核", DONE)

    with person("cha", f"/?job={job.id}") as page:
        expect(page.get_by_text("无权限：此处需要“报告与批量”权限")).to_be_visible()
        still(page)
        expect(page.get_by_text("scan.xlsx")).to_have_count(0)
        scan = page.get_by_role("button", name="全库传导扫描")
        expect(scan).to_be_disabled()


def test_the_auditor_sees_who_was_refused_and_who_works_here(person: As) -> None:
    with person("cha", "/data") as page:
        expect(page.get_by_text("无权限：此处需要“装载”权限")).to_be_visible()
        assert broken(page) == []
    with person("ji") as page:
        expect(page.get_by_text("只追加，不修改")).to_be_visible()
        expect(page.get_by_role("tab", name="人员（5）")).to_be_visible()
        press(page, page.get_by_text("只看被拒绝的"))
        still(page)
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
        assert broken(page) == []

"""Services that the server keeps act for whoever comes next, never for who opened them first."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.earlier import loaded_then_and_later

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
SCREEN = """
from app.views import frame, known
from app.views.{page} import render
with frame.told():
    render(known.house("{page}"))
"""
NODES = "uid,label,name\nd,Enterprise,甲公司\nr,Person,张三\nc,Enterprise,乙公司\n"
LINKS = (
    "source,target,type,share\nr,d,REPRESENTS,\n",
    "source,target,type,share\nr,c,REPRESENTS,\n",
)
RECORDS = (
    "record_id,subject,class,severity,status,decided_on,published_until\n"
    "x1,d,court_defaulter,serious,active,2026-01-01,2099-12-31\n"
)
DAY = date(2026, 3, 1)
USERS = '[[user]]\nlogin = "he"\nname = "何核"\nroles = ["核查员"]\n'


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A workspace of two loads, on which nobody is named yet."""
    tables = {"nodes": NODES, "records": RECORDS}
    made = loaded_then_and_later(tmp_path, tables, LINKS, DAY)
    monkeypatch.setenv("XINMAI_WORKSPACE", str(made))
    return made


def shown(page: str, known: date | None) -> AppTest:
    screen = AppTest.from_string(SCREEN.format(page=page), default_timeout=300)
    screen.session_state["party"] = "d"
    if known is not None:
        screen.session_state["known_at"] = known
    return screen.run()


@pytest.mark.parametrize("known", [None, DAY])
@pytest.mark.parametrize("page", ["party", "exposure"])
def test_what_everybody_saw_is_refused_once_people_are_named(
    workspace: Path, page: str, known: date | None
) -> None:
    before = shown(page, known)
    (workspace / "users.toml").write_text(USERS, encoding="utf-8")
    after = shown(page, known)

    assert not before.exception
    assert not before.warning or "无权限" not in before.warning[0].value
    assert any("甲公司" in one.value for one in (*before.header, *before.markdown, *before.title))
    assert not after.exception
    assert any("无权限：此处需要“查看”权限" in one.value for one in after.warning)
    assert not any("甲公司" in str(one.value) for one in (*after.header, *after.markdown))
    assert not after.dataframe


def test_without_a_way_to_know_who_comes_the_app_lets_nobody_in(workspace: Path) -> None:
    (workspace / "users.toml").write_text(USERS, encoding="utf-8")

    screen = AppTest.from_file(str(MAIN), default_timeout=300).run()

    assert not screen.exception
    assert any("user_header 或 user_claim" in one.value for one in screen.warning)
    assert not screen.sidebar.get("page_link")


def test_a_wrong_file_of_users_shuts_the_app_with_one_line(workspace: Path) -> None:
    (workspace / "users.toml").write_text(USERS.replace("核查员", "科长"), encoding="utf-8")

    screen = AppTest.from_file(str(MAIN), default_timeout=300).run()

    assert not screen.exception
    (said,) = [one.value for one in screen.error]
    assert "科长 须为 查询员" in said
    assert not screen.sidebar.get("page_link")


def test_a_screen_of_a_workspace_without_users_is_as_it_was(workspace: Path) -> None:
    screen = AppTest.from_file(str(MAIN), default_timeout=300).run()

    assert workspace.is_dir()
    labels = [one.proto.label for one in screen.sidebar.get("page_link")]
    assert labels[-1] == "数据"
    assert "审计" not in labels

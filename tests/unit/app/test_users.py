"""The file of users: whom it knows, and every way in which it can be wrong, in one line."""

from pathlib import Path

import pytest

from app.rights import Right, Role
from app.users import EVERYBODY, read_users, signed_by, user_of
from graph.errors import SettingsError

TWO = """
contact = "信息中心 王工 020-8888"
[[user]]
login = "zhangwei"
name = "张伟"
roles = ["核查员"]
[[user]]
login = "lina"
name = "李娜"
roles = ["审核员", "数据管理员"]
"""


def written(folder: Path, words: str) -> Path:
    (folder / "users.toml").write_text(words, encoding="utf-8")
    return folder


def person(login: str = "a", name: str = "甲", roles: str = '["查询员"]', more: str = "") -> str:
    return f'[[user]]\nlogin = "{login}"\nname = "{name}"\nroles = {roles}\n{more}\n'


def test_the_file_says_who_works_here_and_what_they_are(tmp_path: Path) -> None:
    users = read_users(written(tmp_path, TWO))

    assert users is not None
    assert users.contact == "信息中心 王工 020-8888"
    assert [one.shown for one in users.user] == ["张伟（核查员）", "李娜（审核员、数据管理员）"]
    assert [one.name for one in users.who_may(Right.JUDGE)] == ["张伟", "李娜"]
    assert [one.name for one in users.who_may(Right.LOAD)] == ["李娜"]


def test_without_the_file_everybody_may_do_everything(tmp_path: Path) -> None:
    user = user_of(read_users(tmp_path), "whoever")

    assert user == EVERYBODY
    assert all(user.has(right) for right in Right)
    assert user.signs("李四") == "李四"


def test_somebody_who_is_not_in_the_file_may_do_nothing(tmp_path: Path) -> None:
    user = user_of(read_users(written(tmp_path, TWO)), "stranger")

    assert not any(user.has(right) for right in Right)
    assert user.shown == "stranger"
    assert user.signs("张伟") == ""


def test_a_person_signs_with_their_own_name_whatever_was_typed(tmp_path: Path) -> None:
    users = read_users(written(tmp_path, TWO))

    assert user_of(users, "zhangwei").signs("李娜") == "张伟"
    assert signed_by(users, "李娜").login == "lina"
    assert signed_by(users, "离职的人").person is None


def test_a_change_of_the_file_counts_at_once(tmp_path: Path) -> None:
    before = read_users(written(tmp_path, person()))

    written(tmp_path, person(roles='["查询员", "核查员"]'))
    after = read_users(tmp_path)

    assert before is not None
    assert after is not None
    assert before.user[0].roles == (Role.QUERIER,)
    assert after.user[0].roles == (Role.QUERIER, Role.INVESTIGATOR)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (person() + person(name="乙"), "users.toml user.2.login: 'a' stands twice"),
        (person() + person(login="b"), "users.toml user.2.name: '甲' stands twice; add what"),
        (
            person(roles='["科长"]'),
            "users.toml user.1.roles.1: '科长' must be one of 查询员, 核查员",
        ),
        (person(roles="[]"), "users.toml user.1.roles: [] must not be empty"),
        (person(roles='["查询员", "查询员"]'), "user.1.roles: '查询员、查询员' names a role twice"),
        (
            person(roles='["数据管理员", "安全审计员"]'),
            "users.toml user.1.roles: 'a' must not have 安全审计员、数据管理员 in one person",
        ),
        (person(login=" "), "users.toml user.1.login: ' ' must not be empty"),
        (person(more='phone = "1"'), "users.toml user.1.phone: '1' is no word of this file"),
        ('[[user]]\nlogin = "a"\n', "users.toml user.1.name: '' is missing"),
        ("", "users.toml user: '' is missing"),
        ("user = 1", "users.toml user: 1 is wrong"),
        ("[[user", "cannot be read"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_thing_value_and_rule(
    tmp_path: Path, words: str, said: str
) -> None:
    written(tmp_path, words)

    with pytest.raises(SettingsError) as refused:
        read_users(tmp_path)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_may_not_be_looked_at_refuses(tmp_path: Path) -> None:
    # A folder in its place can be found and not be read, also by who may read everything.
    (tmp_path / "users.toml").mkdir()

    with pytest.raises(SettingsError, match=r"users\.toml.*cannot be read"):
        read_users(tmp_path)

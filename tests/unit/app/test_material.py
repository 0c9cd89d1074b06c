"""Resources as they were handed over: add up, fresh or late by a word, codes, conflicts, rules."""

import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from app.bootstrap import open_services
from app.intake import Handed
from app.presenters import figures
from app.presenters.joining import role_in
from app.presenters.material import (
    Checked,
    authority_rows,
    batch_rows,
    check_batch,
    conflict_rows,
    source_rows,
    sources,
)
from app.presenters.rejects import by_rule, rule_text, told
from app.settings import read_settings
from loaders.batches import Batch
from loaders.catalogue.catalog import load_catalogue
from tests.factory import take_in

RESOURCES = load_catalogue().by_code


def batch(code: str, loaded_at: str, read: int = 10, merged: int = 1, rejected: int = 2) -> Batch:
    loaded = read - merged - rejected
    at = f"{loaded_at}T08:00:00+00:00"
    return Batch(f"b-{code}", code, 1, f"{code}.csv", "0" * 64, read, loaded, merged, rejected, at)


def test_as_what_a_row_names_a_party_is_said_in_both_languages() -> None:
    roles = {role for one in RESOURCES.values() for role in one.parties}

    assert {"borrower", "signer", "subject"} <= roles
    assert [role for role in sorted(roles) if role_in(role, "zh").isascii()] == []
    assert [role for role in sorted(roles) if not role_in(role, "en").isascii()] == []
    assert role_in("borrower", "zh") == "被担保人"


def test_a_moment_is_told_by_the_clock_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()

    try:
        assert figures.moment("2026-11-26T23:30:42+00:00") == "2026-11-27 07:30"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_read_is_written_and_rejected_and_a_late_resource_is_late_by_a_word() -> None:
    fresh, old = batch("shareholding", "2026-11-20"), batch("penalty", "2026-10-21")
    checked = Checked(date(2026, 11, 18), codes=8, wrong=2)
    found = sources(
        [(fresh, checked), (old, checked)], RESOURCES, {"penalty": (4, 1)}, date(2026, 11, 23)
    )

    rows = {row["资料"]: row for row in source_rows(found, "zh")}

    for row in rows.values():
        assert row["读入"] == row["写入"] + row["拒收"]  # type: ignore[operator]
    assert rows["股东及出资"]["更新"] == "按期"
    assert rows["股东及出资"]["截至"] == "2026-11-18"
    penalty = next(row for row in rows.values() if row["最近装载"] == "2026-10-21")
    # 33 days since the load, and a cycle of 30.
    assert penalty["更新"] == "迟3天"
    assert penalty["未解析"] == "25.00%"
    assert penalty["代码不合格"] == "25.00%"


def test_a_resource_that_the_catalogue_lost_keeps_its_code() -> None:
    found = sources(
        [(batch("gone", "2026-11-20"), Checked(None, 0, 0))], {}, {}, date(2026, 11, 23)
    )

    (row,) = source_rows(found, "en")

    assert (row["资料"], row["截至"], row["代码不合格"]) == ("gone", "—", "—")


def test_a_wrong_code_is_counted_and_a_date_to_come_is_not_the_newest(tmp_path: Path) -> None:
    services = open_services(read_settings({}, tmp_path / "w"), create=True)
    content = (
        "企业名称,统一社会信用代码,股东名称,持股比例(%),认缴出资日期\n"
        "甲公司,91440300013986040P,张三,60,2020-01-01\n"
        "乙公司,914403000139860401,李四,40,2999-01-01\n"
        "丙公司,,王五,40,2021-05-05\n"
    )
    take_in(services, [Handed("股东.csv", content.encode())])
    (one,) = services.ledger.batches()

    checked = check_batch(services.ledger, one, RESOURCES["shareholding"])

    assert checked == Checked(date(2021, 5, 5), codes=2, wrong=1)


def test_batches_stand_newest_first() -> None:
    rows = batch_rows([batch("penalty", "2026-01-01"), batch("x", "2026-02-01")], RESOURCES, "en")

    assert [row["资料"] for row in rows] == ["x", RESOURCES["penalty"].title.en]
    assert rows[0]["写入"] == 8


def test_conflicts_stand_by_field_with_who_is_believed_first() -> None:
    conflicts = pl.DataFrame(
        {
            "uid": ["x1", "x2"],
            "property": ["name", "name"],
            "value": ["甲公同", "乙公同"],
            "chosen": ["甲公司", "乙公司"],
            "resource": ["permit", "court_defaulter"],
            "record_id": ["r1", "r2"],
            "rule": ["authority", "authority"],
        }
    )
    loaded = {code: RESOURCES[code] for code in ("permit", "court_defaulter", "market_entity")}

    ((name, row),) = authority_rows(conflicts, loaded, "zh")

    assert name == "name"
    assert row["冲突"] == 2
    order = str(row["权威次序"])
    assert order.index("市场主体登记") < order.index(RESOURCES["permit"].title.zh)
    (first, second) = conflict_rows(conflicts, {"x1": "甲公司"}, RESOURCES, "zh")
    assert (first["主体"], first["未采用的值"], first["采用的值"]) == ("甲公司", "甲公同", "甲公司")
    assert second["主体"] == "x2"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("must be a share from 0 to 100 percent", "应为 0 至 100 的百分比"),
        ("must be one of 男, 女", "应为下列之一：男, 女"),
        ("is longer than 32767 characters", "超过 32767 个字符"),
        ("has 3 cells, the header 5", "有 3 个单元格，表头为 5 个"),
        ("holds a key twice", "同一键出现两次，无法判断取哪个值"),
        ("holds half a character (a lone surrogate)", "含有残缺字符（孤立代理项）"),
        (
            "gives several values of endDate (2019, 2020-01-01): which one holds nobody can say",
            "endDate 给出多个互相矛盾的值（2019, 2020-01-01），无法判断取哪个值",
        ),
        (
            "gives several percentages for one holding: which one holds nobody can say",
            "同一笔持股给出多个不同比例，无法判断取哪个值",
        ),
        ("breaks something new", "breaks something new"),
    ],
)
def test_a_rule_is_told_in_the_readers_language(rule: str, words: str) -> None:
    assert rule_text(rule, "zh") == words
    assert rule_text(rule, "en") == rule


def test_rejected_rows_keep_their_columns_and_are_counted_by_rule() -> None:
    rejected = pl.DataFrame(
        {"企业名称": ["甲", "乙"], "行号": [2, 5], "列": ["日期"] * 2, "值": ["x", "y"],
         "规则": ["must be given"] * 2}
    )  # fmt: skip

    handed_back = told(rejected, "zh")

    assert handed_back.columns == ["企业名称", "行号", "列", "值", "规则"]
    assert handed_back["规则"].to_list() == ["必填，未填写"] * 2
    assert by_rule(rejected, "zh") == [{"列": "日期", "规则": "必填，未填写", "行数": 2}]
    assert by_rule(pl.DataFrame(), "zh") == []

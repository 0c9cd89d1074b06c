"""Refusals in the language of the screen: of an error at hand, and of the line it left behind."""

import pytest

from app.presenters.refusals import refusal, retold
from app.texts.read import speak
from app.views import frame
from graph.errors import (
    AnalysisError,
    DeskError,
    PolicyError,
    QueryError,
    RightError,
    StatementsError,
    StoreError,
    StoreTimeoutError,
    StoreUnavailableError,
    XinmaiError,
)

STATEMENT = "MATCH (p:Party) RETURN p.uid AS uid ORDER BY uid"
KNOWN = [
    (QueryError("line 3", "CREATE", "is not allowed: queries only read"), "第 3 行：CREATE 不允许"),
    (QueryError("line 1", "*1..", "is a path without an end; write *1..6 or less"), "请写 *1..6"),
    (QueryError("parameter uid", None, "must be given"), "参数 uid"),
    (StoreTimeoutError("query", STATEMENT, "did not finish within 0:00:05"), "0:00:05 内未完成"),
]


@pytest.mark.parametrize(("error", "said"), KNOWN)
def test_a_line_left_behind_says_what_its_error_said(error: QueryError, said: str) -> None:
    told = retold(str(error), "zh")

    assert said in told
    if error.value is not None:
        assert told == refusal(error, "zh")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreError("statement", STATEMENT, "was refused by neo4j: no such label"), "neo4j 拒绝"),
        (StoreUnavailableError("neo4j", "bolt://127.0.0.1:7687", "does not answer"), "没有答复"),
    ],
)
def test_what_a_store_said_is_told_in_chinese(error: StoreError, said: str) -> None:
    assert said in retold(str(error), "zh")


def test_in_english_and_where_nothing_is_known_a_message_stays_as_it_is() -> None:
    assert retold("5 rows are shown, there are more", "en") == "5 rows are shown, there are more"
    assert retold("something else", "zh") == "something else"
    several = (
        "line 1: 'Persn' is no label of the graph (Person is)",
        "line 2: 'x' is no property of the graph",
        "line 3: 'capital' is no property of the graph (capital_currency, registered_capital are)",
    )
    told = (
        "第 1 行：Persn 不是图中的标签，有 Person；第 2 行：x 不是图中的属性；"
        "第 3 行：capital 不是图中的属性，有 capital_currency, registered_capital"
    )
    assert retold("; ".join(several), "zh") == told
    of_another = "report: 'other.pdf' holds no report number XM-yyyymmdd-nnnnnn"
    assert retold(of_another, "zh").startswith("报告：other.pdf 中没有报告编号（XM-")
    assert retold("", "zh") == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DeskError("note", "", "must have 1 to 500 characters"), "备注 须有 1 至 500 个字"),
        (
            StatementsError(
                "table nodes",
                "x1",
                "is there twice as uid: two files call different things by it;"
                " nothing is kept of 甲.csv",
            ),
            "两个文件用它称呼不同的事物；甲.csv 均未保留",
        ),
        (AnalysisError("party", "x*1", "is not in snapshot ab12"), "主体：x*1 不在快照 ab12 中"),
    ],
)
def test_what_the_canvas_refuses_is_said_in_chinese_as_it_is_written(
    error: XinmaiError, said: str
) -> None:
    speak("zh")

    assert said in frame.unmarked(error)


def test_a_thing_with_a_name_keeps_it() -> None:
    rule = "has a spectral radius above 0.7 on snapshot ab12: everything would light up"

    assert refusal(PolicyError("policy default-1", 2.203, rule), "zh") == (
        "策略 default-1：2.203 （谱半径）高于 0.7：在快照 ab12 上几乎所有主体都会显示有传导"
    )


def test_who_has_a_right_is_said_in_chinese() -> None:
    rule = "has no right to this; 核查员 have it: 何核; ask 信息中心 for it"
    told = refusal(RightError("judge", "甲", rule), "zh")

    assert told == "judge：甲 无此权限；核查员 有此权限：何核；可向 信息中心 申请"

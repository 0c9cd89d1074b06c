"""Refusals in the language of the screen: of an error at hand, and of the line it left behind."""

import pytest

from app.presenters.refusals import refusal, retold
from graph.errors import QueryError, StoreError, StoreTimeoutError, StoreUnavailableError

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
    assert retold("", "zh") == ""

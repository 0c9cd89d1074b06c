"""An answer as a table, a chart and parties; a refusal in the words of the screen; a draft."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.desk.drafts import Drafts
from app.presenters.answer import MOST_BARS, answer_rows, chart, chart_columns, parties
from app.presenters.refusals import refusal
from graph.errors import QueryError, XinmaiError
from queries.guard import check_cypher
from queries.run import Answer
from tests.factory import write_small

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def _answer(columns: tuple[str, ...], *rows: tuple[object, ...]) -> Answer:
    return Answer("q", columns, rows, False, 99, 0.1, {}, "s1")  # noqa: FBT003 - more


def test_cells_are_shown_joined_and_maps_as_json() -> None:
    answer = _answer(("a", "b"), (["甲", "乙"], {"k": 1}), (None, float("nan")))

    assert answer_rows(answer) == [{"a": "甲；乙", "b": '{"k": 1}'}, {"a": None, "b": None}]


def test_a_chart_sums_a_measure_by_name_largest_first_and_says_what_it_left_out() -> None:
    answer = _answer(("region", "n", "flag"), ("甲", 1, True), ("乙", 5, False), ("甲", 2, True))

    assert chart_columns(answer) == (["region", "flag"], ["count", "n"])
    bars, left = chart(answer, "region", "n")
    assert (list(bars.iter_rows()), left) == ([("乙", 5), ("甲", 3)], 0)
    assert list(chart(answer, "region", "count")[0].iter_rows()) == [("甲", 2), ("乙", 1)]
    many = _answer(("a",), *((str(place),) for place in range(MOST_BARS + 4)))
    assert chart(many, "a", "count")[1] == 4


def test_parties_of_an_answer_are_those_of_the_snapshot_each_once(tmp_path: Path) -> None:
    snapshot = write_small(tmp_path, [{"uid": "a"}, {"uid": "b"}, {"uid": "c"}])
    answer = _answer(
        ("one", "two", "three"), ("b", "a", 1), ("x", ["a", "c"], {"uid": "c"}), ("b", None, {})
    )

    assert parties(answer, snapshot, 9) == (["b", "a", "c"], 0)
    assert parties(answer, snapshot, 2) == (["b", "a"], 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MATCH (a)\nSET a.x=1 RETURN a LIMIT 1", "第 2 行：SET 不允许"),
        ("MATCH (a) RETURN a LIMIT 1; MATCH (b) RETURN b LIMIT 1", "第 1 行：; 只能有一条语句"),
        ("MATCH (a)-[*]-(b) RETURN a LIMIT 1", "请写 *1..6 以内"),
        ("MATCH (a)-[:X]->+(b) RETURN a LIMIT 1", "不限次数的路径"),
        ("MATCH (a {name: 'x}) RETURN a LIMIT 1", "字符串没有结束"),
        ("MATCH (a) RETURN a", "语句：LIMIT 必须跟在最后一个 RETURN 之后"),
        ("MATCH (a)", "语句：RETURN 必须有"),
        ("", "语句 为空"),
    ],
)
def test_every_rule_of_the_guard_is_said_in_chinese(text: str, said: str) -> None:
    with pytest.raises(QueryError) as refused:
        check_cypher(text)

    assert said in refusal(refused.value, "zh")
    assert refusal(refused.value, "en") == str(refused.value)


def test_what_is_not_known_by_heart_stays_as_it_is() -> None:
    error = XinmaiError("thing", "value", "breaks a rule that nobody has met")

    assert refusal(error, "zh") == str(error)
    spread = QueryError("a.cypher parameter n", "0", "must be 1 to 9")
    assert refusal(spread, "zh") == "a.cypher 参数 n：0 必须在 1 到 9 之间"
    long = QueryError("query", "x" * 99, "did not finish within 0:00:20")
    assert refusal(long, "zh").endswith("… 超时：0:00:20 内未完成")


def test_a_draft_is_the_last_of_its_author(tmp_path: Path) -> None:
    drafts = Drafts(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    drafts.keep("batch", "张三", [1], NOW)
    drafts.keep("batch", "李四", [2], NOW)
    drafts.keep("batch", "张三", [3], NOW)

    assert drafts.last("batch", "张三") == [3]
    assert drafts.last("batch", "李四") == [2]
    assert drafts.last("other", "张三") is None
    drafts.close()

"""The questions on the desk: newest first, each once, everybody's own, the last hundred."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.desk.history import LAST, QueryHistory

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[QueryHistory]:
    made = QueryHistory(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    yield made
    made.close()


def test_the_newest_question_comes_first_and_the_same_one_stands_once(
    history: QueryHistory,
) -> None:
    history.note("张三", "trace.records", "", {"uid": "x1"}, NOW)
    history.note("张三", "", "RETURN 1 AS one LIMIT 1", {}, NOW)
    history.note("张三", "trace.records", "MATCH …", {"uid": "x1"}, NOW)

    first, second = history.last("张三")

    assert (first.query, first.cypher, first.params) == ("trace.records", "", {"uid": "x1"})
    assert (second.query, second.cypher) == ("", "RETURN 1 AS one LIMIT 1")


def test_nobody_sees_the_questions_of_another(history: QueryHistory) -> None:
    history.note("张三", "trace.records", "", {"uid": "x1"}, NOW)

    assert history.last("李四") == []


def test_a_hundred_questions_are_looked_back_on(history: QueryHistory) -> None:
    for number in range(LAST + 5):
        history.note("张三", "trace.records", "", {"uid": f"x{number}"}, NOW)

    found = history.last("张三")

    assert len(found) == LAST
    assert found[0].params == {"uid": f"x{LAST + 4}"}


def test_a_complete_identity_number_is_kept_as_its_mask(history: QueryHistory) -> None:
    # The example of GB 11643-1999.
    number = "440524188001010014"
    history.note("张三", "", f"RETURN '{number}' AS one LIMIT 1", {"code": number}, NOW)

    [past] = history.last("张三")

    assert past.cypher == "RETURN '440524********0014' AS one LIMIT 1"
    assert past.params == {"code": "440524********0014"}

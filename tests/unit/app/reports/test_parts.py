"""Small parts of reports: layers of a group, who was in post, rows named, tables bounded."""

from datetime import date
from pathlib import Path

import pytest

from app.reports import owning
from app.reports.ask import Ground
from app.reports.blocks import rows_text, stage
from app.reports.content import MOST_ROWS, Numbering, table
from app.reports.group import layers
from app.reports.person import in_post
from app.reports.verify import DAMAGED, UNKNOWN, Verified
from graph.analysis.control import Controlled, Votes
from graph.analysis.controller import controller
from graph.analysis.view import open_view
from graph.model import Link, Record, Source
from graph.policy.read import load_policy
from tests.factory import write_small


def _member(uid: str, *holders: str) -> Controlled:
    votes = tuple(Votes(holder, f"{holder}-{uid}", 600_000) for holder in holders)
    return Controlled(uid, uid, 0.6, votes, 600_000, 1_000_000)


def test_a_member_stands_one_layer_below_the_nearest_whose_votes_count() -> None:
    # c is found before b, whose votes count in it; d is held by the head and from the third layer.
    family = [_member("a", "head"), _member("c", "b"), _member("b", "a"), _member("d", "c", "head")]

    assert layers("head", family) == {"head": 0, "a": 1, "b": 2, "c": 3, "d": 1}
    assert layers("head", []) == {"head": 0}


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2023, 6, 30), "是"),
        (date(2023, 7, 1), "否"),
        (date(2019, 12, 31), "否"),
        (date(2020, 1, 1), "是"),
        (None, "不详"),
    ],
)
def test_in_post_from_the_first_day_to_the_one_before_the_last(on: date | None, said: str) -> None:
    post = Link("k", "REPRESENTS", "a", "b", "recorded", date(2020, 1, 1), date(2023, 7, 1))

    assert in_post(post, on) == said


def test_of_a_post_without_a_beginning_nothing_is_said() -> None:
    assert in_post(Link("k", "REPRESENTS", "a", "b"), date(2023, 1, 1)) == "不详"


def test_rows_are_named_file_by_file_and_many_of_one_file_are_counted() -> None:
    sources = [Source("r", "penalty", "b", "甲.csv", row) for row in range(2, 9)]
    sources.append(Source("r", "penalty", "b", "乙.xlsx", 3))

    words = rows_text(sources)

    assert words == "甲.csv 第 2 行、第 3 行、第 4 行、第 5 行、第 6 行 等 7 处；乙.xlsx 第 3 行"
    assert rows_text([]) == "—"


@pytest.mark.parametrize(
    ("severity", "positive", "word"),
    [
        ("minor", False, "提示"),
        ("general", False, "警示"),
        ("serious", False, "惩戒"),
        (None, False, "—"),
        (None, True, "激励"),
    ],
)
def test_measures_go_from_hint_over_warning_to_punishment(
    severity: str | None, positive: bool, word: str
) -> None:
    assert stage(Record("c", "e", "penalty", severity, "active", positive)) == word


def test_a_long_table_says_how_many_rows_it_has() -> None:
    [shown] = table("表", [{"行": str(place)} for place in range(MOST_ROWS + 1)])

    assert len(shown.rows) == MOST_ROWS
    assert f"共 {MOST_ROWS + 1} 行" in shown.caption
    assert table("表", []) == ()


def test_sentences_are_numbered_within_their_section() -> None:
    numbers = Numbering()
    said = []
    for _ in range(2):
        numbers.begin()
        said += [numbers.say("句", "recorded", "甲.csv").number for _ in range(2)]

    assert said == ["1.1", "1.2", "2.1", "2.2"]
    assert [one.number for one in numbers.said] == said


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ((6, 13), "不同：第 6 节、第 13 节"),
        ((0,), "不同：页眉页脚与文件属性"),
        ((), "不同：文字逐节相同，字节不同（图、版式或文件属性）"),
        ((DAMAGED,), "不同：文件已损坏，无法读取"),
        ((UNKNOWN,), "不同：档案中没有此编号的报告"),
    ],
)
def test_what_differs_is_said_in_words(differs: tuple[int | str, ...], words: str) -> None:
    assert Verified("XM-20260101-000001", same=False, differs=differs).words() == words


def test_that_nobody_controls_or_owns_names_the_day_and_the_snapshot(tmp_path: Path) -> None:
    people = [{"uid": f"p{number:02}", "label": "Person"} for number in range(10)]
    links = [
        {"type": "HOLDS_SHARES", "source": one["uid"], "target": "c", "share": 0.1, "votes": 0.1}
        for one in people
    ]
    snapshot = write_small(tmp_path, [*people, {"uid": "c"}], links)
    view = open_view(snapshot, load_policy(), date(2026, 11, 23))
    ground = Ground(snapshot, view, (), (), "", {})
    seen = f"快照 {snapshot.id}，截至 2026-11-23"

    assert seen in owning.controller_words(ground, controller(view, "c"))
    (said,) = owning._by_rule(ground, Numbering(5), "c")
    assert seen in said.text

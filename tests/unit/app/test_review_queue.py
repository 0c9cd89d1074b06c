"""The queue puts first what most depends on, hides scores from the blind, and counts all pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Services, open_services
from app.desk.review import Asked, Wanted, pair_to_json, review_pairs, states
from app.presenters.pairs import worth_text
from app.settings import read_settings
from tests.factory import write_small

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def lead(one: str, other: str, score: float = 0.8) -> dict[str, Any]:
    return {
        "type": "POSSIBLY_SAME", "source": one, "target": other, "kind": "lead", "score": score,
        "evidence": "字号相同", "record_id": "r",
    }  # fmt: skip


NODES: Sequence[Mapping[str, Any]] = [
    *({"uid": uid, "name": f"深圳市{uid}有限公司"} for uid in "abcdefz"),
    {"uid": "p", "name": "欧阳明", "label": "Person"},
    {"uid": "q", "name": "欧阳明", "label": "Person"},
]
LINKS = [
    lead("a", "b", 0.7),
    lead("c", "d", 0.9),
    lead("e", "f", 0.99),
    lead("p", "q", 0.87),
    {"type": "HOLDS_SHARES", "source": "z", "target": "b", "share": 0.6},
    {"type": "HOLDS_SHARES", "source": "c", "target": "z", "share": 0.6},
    {"type": "REPRESENTS", "source": "p", "target": "c"},
]
RECORDS = [
    {
        "uid": "k", "subject": "a", "class": "court_defaulter", "severity": "serious",
        "decided_on": date(2026, 1, 5),
    },
]  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Services:
    """A workspace with four pairs to decide."""
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    snapshot = write_small(house.workspace.snapshots, NODES, LINKS, RECORDS)
    house.workspace.set_current(snapshot.id)
    return house


@pytest.fixture
def two_persons(house: Services) -> Services:
    """The same where two persons must agree."""
    return replace(house, settings=replace(house.settings, review_persons=2))


def names(house: Services, **wanted: object) -> list[str]:
    queue = review_pairs(house, DAY, Wanted(**wanted))  # type: ignore[arg-type]
    return [pair.one + pair.other for pair in queue.pairs]


def judge(house: Services, pair: str, decision: str, author: str = "张三", **more: bool) -> None:
    house.decide(Asked(pair[0], pair[1], decision, author, "核对原件", **more), NOW)


def test_what_depends_on_a_record_comes_first_and_is_said_in_words(house: Services) -> None:
    assert names(house) == ["ab", "cd", "pq", "ef"]
    queue = review_pairs(house, DAY, Wanted())
    first, second = queue.pairs[:2]
    assert (first.records, first.links, first.steps, first.exposed) == ((1, 0), (0, 1), (0, 8), 1)
    assert "甲有有效失信记录 1 条" in worth_text(first, "zh")
    assert "乙距失信记录由 8 步以上变为 0 步，其 1 条关系" in worth_text(first, "zh")
    assert "B comes from 8 links or more to 0 from a record; its 1 link may" in worth_text(
        first, "en"
    )
    assert second.records == (0, 0)
    assert "附近无失信记录" in worth_text(queue.pairs[3], "zh")


def test_the_queue_is_filtered_by_kind_score_and_text_and_read_in_pages(house: Services) -> None:
    assert names(house, kind="person") == ["pq"]
    assert names(house, least=0.9) == ["cd", "ef"]
    assert names(house, text="深圳Ｆ") == []
    assert names(house, text="圳市f有") == ["ef"]
    assert names(house, limit=2) + names(house, limit=2, offset=2) == names(house)
    queue = review_pairs(house, DAY, Wanted(kind="organisation", limit=1))
    assert (len(queue.pairs), queue.fitting, queue.open, queue.decided) == (1, 3, 4, 0)


def test_what_is_decided_leaves_the_queue_and_is_counted(house: Services) -> None:
    judge(house, "ab", "different")
    judge(house, "ef", "unsure")

    queue = review_pairs(house, DAY, Wanted())
    assert [pair.one for pair in queue.pairs] == ["c", "p", "e"]
    assert (queue.open, queue.decided, queue.every) == (3, 1, 4)
    assert queue.pairs[-1].state == "unsure"


def test_a_second_person_gets_what_waits_first_and_the_first_person_does_not(
    two_persons: Services,
) -> None:
    judge(two_persons, "pq", "same")

    assert names(two_persons, author="李四")[0] == "pq"
    assert "pq" not in names(two_persons, author="张三")
    entries = two_persons.judgements.listed()
    assert states(two_persons, entries) == {1: "waiting"}
    assert two_persons.pipeline().judgements == ()

    judge(two_persons, "pq", "different", "李四")
    assert set(states(two_persons, two_persons.judgements.listed()).values()) == {"disputed"}
    assert two_persons.pipeline().judgements == ()


def test_a_blind_judge_gets_what_others_judged_and_nothing_that_hints_at_the_answer(
    house: Services,
) -> None:
    judge(house, "ab", "different")

    queue = review_pairs(house, DAY, Wanted(author="李四", blind=True))
    assert [pair.one for pair in queue.pairs] == ["a", "c", "p", "e"]
    said = pair_to_json(queue.pairs[0], "…", blind=True)
    assert not {"score", "evidence", "state", "said"} & set(said)
    assert "ab" not in names(house, author="张三", blind=True)


def test_a_judgement_on_a_party_that_is_gone_is_named_so(house: Services) -> None:
    judge(house, "ef", "same")
    others = [node for node in NODES if node["uid"] != "f"]
    links = [link for link in LINKS if link["target"] != "f"]
    snapshot = write_small(house.workspace.snapshots, others, links, RECORDS)
    house.workspace.set_current(snapshot.id)

    assert states(house, house.judgements.listed()) == {1: "gone"}
    assert review_pairs(house, DAY, Wanted()).every == 3

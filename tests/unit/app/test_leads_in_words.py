"""Leads in words: each pattern has its texts in both languages, figures as people read them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.presenters.leads_screen import involved, named
from app.presenters.patterns import (
    QUERY,
    details,
    figures_text,
    leads_lines,
    leads_to_json,
    searched,
)
from app.texts.read import speak, texts
from graph.analysis.patterns.catalog import CODES, find_leads
from graph.analysis.patterns.finding import Leads, Member
from graph.analysis.view import open_view
from graph.policy.read import load_policy
from graph.snapshot.reader import Snapshot
from queries.catalog import load_catalog
from tests.factory import write_small

ON = date(2026, 11, 22)
OPEN: dict[str, object] = {"state": "open", "back": None, "decision": None}
[SHOWS] = [query for query in load_catalog() if query.id == QUERY]


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Speak one language, then Chinese again."""
    speak(request.param)
    yield request.param
    speak("zh")


@pytest.fixture
def ring(tmp_path: Path) -> tuple[Snapshot, Leads]:
    """Two companies that hold each other, and what is found there."""
    holds = {"type": "HOLDS_SHARES", "share": 0.5}
    links = [{**holds, "source": "a", "target": "b"}, {**holds, "source": "b", "target": "a"}]
    snapshot = write_small(
        tmp_path, [{"uid": "a", "name": "甲"}, {"uid": "b", "name": "乙"}], links
    )
    view = open_view(snapshot, load_policy(), ON)
    (found,) = find_leads(snapshot, view, "circular_ownership")
    return snapshot, found


@pytest.mark.parametrize("code", CODES)
def test_every_pattern_says_what_it_is_in_both_languages(code: str) -> None:
    for part in ("title", "purpose", "null", "why", "false_alarms", "searched"):
        words = texts()[f"patterns.{code}.{part}"]
        assert words["zh"]
        assert words["en"]


def test_lines_say_what_was_searched_why_and_what_may_be_wrong(
    ring: tuple[Snapshot, Leads], language: str
) -> None:
    snapshot, found = ring
    decided = {one.id: OPEN for one in found.findings}

    lines = "\n".join(leads_lines(found, snapshot, decided, "precision"))

    said = {
        "zh": (
            "已检索 2 条持股关系；跳过：无；截断：无；线索 1 条",
            "2 家企业的持股成环",
            "可能的误报",
            "待核",
        ),
        "en": (
            "Searched 2 holdings; skipped: none",
            "2 companies hold one another",
            "false alarm",
            "open",
        ),
    }
    assert all(words in lines for words in said[language])
    assert "甲 —50.00%→ 乙 —50.00%→ 甲" in lines


def test_json_carries_the_query_that_shows_the_lead(ring: tuple[Snapshot, Leads]) -> None:
    snapshot, found = ring

    answer = leads_to_json(found, snapshot, SHOWS, {one.id: OPEN for one in found.findings}, {})

    (finding,) = answer["findings"]
    assert finding["cypher"]["params"] == {"uids": ["a", "b"], "limit": 5000}
    assert "$uids" in finding["cypher"]["text"]
    assert [row["kind"] for row in finding["rows"]] == ["link", "link"]
    assert (answer["kind"], answer["parameters"]["links"], finding["state"]) == ("lead", 6, "open")


def test_figures_are_those_of_the_null_model(ring: tuple[Snapshot, Leads]) -> None:
    (finding,) = ring[1].findings

    assert figures_text(finding) == "N=2，k=2"
    cluster = replace(
        finding, population=40, count=12, p=1.36e-9, lift=10.0, interval=(0.181, 0.454)
    )
    assert figures_text(cluster) == "N=40，k=12，P=1.36e-09，提升 10.0，95% 区间 18.10%–45.40%"
    assert figures_text(replace(finding, p=0.511)) == "N=2，k=2，P=0.511"


def test_lists_are_said_with_their_words(ring: tuple[Snapshot, Leads], language: str) -> None:
    (finding,) = ring[1].findings
    told = replace(
        finding,
        lists={
            "values": [("phone", "138****1601", 6)], "bases": [("court_defaulter",)],
            "changes": [("moved",)], "relations": [("same_person", 2)],
            "pairs": [("甲", "乙", "co_bidding")], "members": [(1, "甲", 0.6)],
        },
    )  # fmt: skip

    words = details(told)

    assert len(words) == 6
    assert (
        words[0]
        == {"zh": "同一电话：138****1601（6 家）", "en": "same phone: 138****1601 (6)"}[language]
    )


def test_nothing_searched_and_no_such_data_are_two_answers(ring: tuple[Snapshot, Leads]) -> None:
    found = ring[1]

    nothing = searched(replace(found, state="nothing", searched=0, findings=()))
    no_data = searched(replace(found, state="no_data", searched=0, findings=()))

    assert nothing == "未检索：没有可检索的内容（0 条持股关系）"
    assert no_data.startswith("未检索：图中没有此类数据")


def test_whom_a_lead_involves_is_counted_once_and_two_of_one_name_are_two(
    ring: tuple[Snapshot, Leads],
) -> None:
    (one, *_) = ring[1].findings
    roles = (
        Member("a", "甲", "held"),
        Member("a", "甲", "represented"),
        Member("b", "甲", "banned"),
    )

    lead = replace(one, members=roles)

    assert len(involved(lead)) == 2
    assert named(lead) == "甲、甲"

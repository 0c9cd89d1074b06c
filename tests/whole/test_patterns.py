"""Patterns from files to decisions: the demonstration world's stories, the command, the desk."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Services, open_services
from app.presenters.patterns import QUERY, leads_lines, searched, statement
from app.settings import read_settings
from app.texts.read import speak
from benchmarks.leads import ON, expected, loaded, scores, true_ids
from graph.analysis.patterns.catalog import CODES, sources_of
from loaders.world.write import TRUTH
from tests.conftest import Xinmai


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the world and its workspace lie."""
    return tmp_path_factory.mktemp("patterns")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[Services]:
    """The demonstration world of 2,000 enterprises, loaded and not published."""
    made = loaded(folder)
    yield made
    made.close()


def test_every_planted_story_is_found_and_little_else(house: Services, folder: Path) -> None:
    truth = folder / "world" / TRUTH
    ids = true_ids(house.loaded_snapshot(), truth)

    found = {one.pattern: one for one in scores(house.leads(None, {}, ON), ids, truth)}

    assert sum(one.planted for one in found.values()) == len(list(expected(truth))) == 19
    assert {
        (one.pattern, story)
        for one in found.values()
        for story, there in one.stories.items()
        if not there
    } == set()
    # No pattern is without a story that it has to find.
    assert all(one.found == one.planted >= 1 for one in found.values())
    assert all(one.merged == 0 for one in found.values())
    # Defaulters in office, guarantees that happen to close a ring and families are in the data.
    others = {one.pattern: one.others for one in found.values() if one.others}
    assert others == {
        "banned_person": 8,
        "nominee_representative": 1,
        "exit_before_record": 1,
        "guarantee_ring": 2,
        "group_family": 21,
        "opposing_parties": 1,
    }
    # The false alarm that is told on purpose: a holder's true dispute with the company.
    (dispute,) = found["opposing_parties"].named
    assert "江门争岭食品有限公司" in dispute


def test_who_is_cleared_by_the_story_is_in_no_lead(house: Services, folder: Path) -> None:
    truth = folder / "world" / TRUTH
    ids = true_ids(house.loaded_snapshot(), truth)
    stories = {
        one["code"]: one["parties"]
        for one in json.loads((truth / "stories.json").read_text("utf-8"))
    }
    cleared = {
        *stories["repaired"],
        *stories["disputed"],
        stories["homonyms"][0],
        stories["homonyms"][2],
        *stories["strangers"],
    }

    named = {
        one
        for leads in house.leads(None, {}, ON)
        for finding in leads.findings
        for member in finding.members
        for one in ids.get(member.uid, ())
    }

    assert len(cleared) == 12
    assert not named & cleared


def test_every_lead_leads_back_to_file_and_row(house: Services) -> None:
    for leads in house.leads(None, {}, ON):
        for finding in leads.findings:
            said = sources_of(house.loaded_snapshot(), finding)
            assert {*finding.links, *finding.records} == set(said)
            assert all(said.values()), finding.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_has_words_in_both_languages(house: Services, language: str) -> None:
    speak(language)
    try:
        for leads in house.leads(None, {}, ON):
            undecided = {"state": "open", "back": None}
            decided = {one.id: undecided for one in leads.findings}
            lines = list(leads_lines(leads, house.loaded_snapshot(), decided, ""))
            assert searched(leads) in lines
    finally:
        speak("zh")


def _leads(xinmai: Xinmai, folder: Path, *words: str) -> dict[str, Any]:
    ran = xinmai("patterns", *words, "--json", workspace=folder / "workspace")
    assert ran.code == 0, ran.err
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


@pytest.mark.usefixtures("house")
def test_a_lead_is_dismissed_returns_after_its_end_and_is_open_when_taken_back(
    xinmai: Xinmai, folder: Path
) -> None:
    workspace = folder / "workspace"
    found = _leads(xinmai, folder, "circular_ownership", "--as-of", ON.isoformat())
    (ring,) = found["findings"]
    assert (ring["state"], found["precision"]["share"]) == ("open", None)

    words = [
        "patterns",
        "decide",
        ring["id"],
        "dismiss",
        "--reason",
        "集团内部持股",
        "--author",
        "张三",
    ]
    made = xinmai(*words, "--until", "2098-01-01", workspace=workspace)
    assert (made.code, made.err) == (0, "")
    assert "排除（至 2098-01-01）" in made.out
    during = _leads(xinmai, folder, "circular_ownership", "--as-of", "2098-01-01")
    after = _leads(xinmai, folder, "circular_ownership", "--as-of", "2098-01-02")
    assert (during["findings"][0]["state"], during["precision"]["dismissed"]) == ("dismissed", 1)
    assert (after["findings"][0]["state"], after["findings"][0]["back"]) == ("returned", "expired")
    shown = xinmai("patterns", "circular_ownership", "--as-of", "2098-01-02", workspace=workspace)
    assert "曾排除，现重新列出（排除已到期）" in shown.out
    assert "核实率 0.00%" in shown.out

    other = [*words[:3], "confirm", "--reason", "章程已核", "--author", "李四"]
    refused = xinmai(*other, workspace=workspace)
    assert (refused.code, refused.out) == (2, "")
    assert "decision: 1 by 张三 at " in refused.err
    made = xinmai(*other, "--against", "1", workspace=workspace)
    assert made.code == 0, made.err
    assert xinmai("patterns", "undo", "2", workspace=workspace).code == 0

    assert xinmai("patterns", "undo", "1", workspace=workspace).code == 0
    again = _leads(xinmai, folder, "circular_ownership", "--as-of", ON.isoformat())
    assert again["findings"][0]["state"] == "open"
    listed = json.loads(xinmai("patterns", "decided", "--json", workspace=workspace).out)
    assert [(one["decision"], one["undone_at"] is None) for one in listed] == [
        ("dismiss", False), ("confirm", False),
    ]  # fmt: skip


@pytest.mark.usefixtures("house")
def test_the_answer_of_the_command_has_what_a_person_needs(xinmai: Xinmai, folder: Path) -> None:
    found = _leads(xinmai, folder, "dishonest_cluster", "--as-of", ON.isoformat())

    (cluster,) = found["findings"]
    assert (found["title"], found["maturity"], found["version"], found["state"]) == (
        "中介扎堆", "trial", 1, "searched",
    )  # fmt: skip
    assert (cluster["N"], cluster["k"]) == (41, 13)
    assert cluster["lift"] > 5
    assert "不等于共同违法" in found["false_alarms"]
    assert {source["file"] for row in cluster["rows"] for source in row["sources"]} >= {
        "中介业务.csv", "行政处罚_省.csv",
    }  # fmt: skip
    cypher = cluster["cypher"]
    assert cypher["query"] == "trace.among"
    assert set(cypher["params"]) == {"uids", "limit"}


def test_the_query_of_a_lead_shows_every_link_and_record_it_rests_on(demo: Path) -> None:
    house = open_services(read_settings({}, demo))
    [query] = [one for one in house.queries() if one.id == QUERY]
    shown = 0
    codes = ("circular_ownership", "shell_change", "bidder_list", "opposing_parties")
    for code in (*codes, "key_professional"):
        (leads,) = house.leads(code, {}, ON)
        for finding in leads.findings:
            asked = dict(statement(finding, house.loaded_snapshot(), query))["params"]
            assert isinstance(asked, dict)
            answer = house.run_query(query, asked)
            assert set(finding.links) <= {row[0] for row in answer.rows}
            assert set(finding.records) <= {row[4] for row in answer.rows}
            shown += 1
    house.close()
    assert shown >= 3


@pytest.mark.usefixtures("house")
def test_the_same_question_has_the_same_bytes(xinmai: Xinmai, folder: Path) -> None:
    one, two = (
        xinmai("patterns", "--as-of", ON.isoformat(), "--json", workspace=folder / "workspace")
        for _ in range(2)
    )

    assert one.out == two.out
    assert [leads["pattern"] for leads in json.loads(one.out)] == list(CODES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], "pattern: 'nope' is unknown"),
        (["circular_ownership", "--param", "links=9"], "'9' must be 2 to 8"),
        (["circular_ownership", "--param", "links"], "must be written as links=4"),
        (["--param", "links=4"], "needs the pattern that it is for"),
        (["--as-of", "2026-13-01"], "must be a date"),
        (["decide", "x-1", "dismiss", "--reason", "r"], "is no lead's id"),
        (
            ["decide", "circular_ownership-0", "dismiss", "--reason", "r"],
            "is not found on this day",
        ),
        (["undo", "99"], "decision: 99 is unknown"),
        (["undo", "x"], "should be a valid integer"),
    ],
)
@pytest.mark.usefixtures("house")
def test_bad_words_get_one_line(xinmai: Xinmai, folder: Path, words: list[str], said: str) -> None:
    ran = xinmai("patterns", *words, workspace=folder / "workspace")

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1

"""The tabs of a party: who was in office when, what is history only, how a value stands."""

from dataclasses import replace
from datetime import date

import pytest

from app.presenters.drawing import family_of
from app.presenters.party import party_lines
from app.presenters.profile import event_rows, in_office, own_line, own_records, post_rows
from graph.analysis.party import Described
from graph.model import Link, Node, Record, Source

SAID = Source("r1", "penalty", "b", "处罚.csv", 7)


def penalty(decided: date | None, status: str = "active", uid: str = "p1") -> Record:
    return Record(
        uid, "c", "penalty", "serious", status, decided_on=decided,
        published_until=date(2027, 3, 1), properties={"record_id": "r1"},
    )  # fmt: skip


def post(since: date | None, until: date | None) -> Link:
    return Link("k", "REPRESENTS", "z", "c", valid_from=since, valid_to=until)


def described(*, records: list[Record], links: list[Link]) -> Described:
    node = Node("c", "Enterprise", ("Enterprise",), "甲公司", {"record_id": "r1"})
    return Described(
        node, date(2026, 1, 1), "s", records, links, {"z": "张三", "c": "甲公司"}, [], [],
        {"r1": [SAID]}, {link.key: [SAID] for link in links},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("since", "until", "decided", "words"),
    [
        (date(2020, 1, 1), None, date(2023, 7, 1), "是（1 条）"),
        (date(2020, 1, 1), date(2023, 6, 30), date(2023, 7, 1), "否"),
        (date(2023, 7, 1), None, date(2023, 7, 1), "是（1 条）"),
        (date(2023, 7, 2), None, date(2023, 7, 1), "否"),
        (None, None, date(2023, 7, 1), "不详"),
        (None, date(2023, 6, 30), date(2023, 7, 1), "否"),
        (date(2020, 1, 1), None, None, "不详"),
    ],
)
def test_in_office_on_the_day_of_the_decision(
    since: date | None, until: date | None, decided: date | None, words: str
) -> None:
    assert in_office(post(since, until), [penalty(decided)], "zh") == words


def test_without_a_penalty_the_question_does_not_arise() -> None:
    assert in_office(post(date(2020, 1, 1), None), [], "zh") == "—"


def test_a_post_says_how_many_active_records_its_organisation_has() -> None:
    party = described(records=[], links=[post(date(2020, 1, 1), None)])
    held = {"c": [penalty(date(2023, 7, 1)), penalty(date(2010, 7, 1), "expired", "p2")]}

    (row,) = post_rows(party, "zh", family_of, lambda uid: held[uid])

    assert row.cells["处罚时在任"] == "是（1 条）"
    assert row.cells["单位有效失信"] == "1"
    assert (row.other, row.other_name) == ("z", "张三")
    assert list(row.sources) == [SAID]


@pytest.mark.parametrize("status", ["repaired", "revoked", "expired"])
def test_what_is_over_is_in_history_only(status: str) -> None:
    party = described(records=[penalty(date(2023, 7, 1), status)], links=[])

    found = own_records(party, "zh")

    assert (len(found.negative), len(found.positive), len(found.history)) == (0, 0, 1)
    assert own_line(party, "zh") == (0, 0, "")


def test_the_gravest_is_named_with_the_end_of_its_publication() -> None:
    party = described(records=[penalty(date(2023, 7, 1))], links=[])

    assert own_line(party, "zh") == (1, 0, "严重，公示至 2027-03-01")


def test_an_objection_is_open_and_not_counted_as_active() -> None:
    party = described(records=[penalty(date(2023, 7, 1), "disputed")], links=[])

    assert own_line(party, "zh")[:2] == (0, 1)
    assert len(own_records(party, "zh").negative) == 1


def test_events_stand_newest_first_each_with_its_row() -> None:
    party = described(
        records=[penalty(date(2023, 7, 1))], links=[post(date(2020, 1, 1), date(2024, 1, 1))]
    )

    rows = event_rows(party, [], "zh")

    assert [row.cells["日期"] for row in rows] == ["2024-01-01", "2023-07-01", "2020-01-01"]
    assert all(list(row.sources) == [SAID] for row in rows)


@pytest.mark.parametrize(
    ("founded", "told"),
    [(date(2026, 1, 2), True), (date(2026, 1, 1), False), ("2030年", False), (None, False)],
)
def test_a_party_founded_after_the_day_asked_for_is_said_not_to_be_there_yet(
    founded: object, *, told: bool
) -> None:
    one = described(records=[], links=[])
    node = replace(one.node, properties={**one.node.properties, "established_on": founded})
    lines = list(party_lines(replace(one, node=node)))
    assert ("提示：成立于 2026-01-02，所查之日尚未成立" in lines) is told

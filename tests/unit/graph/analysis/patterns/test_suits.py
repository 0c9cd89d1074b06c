"""Both sides of a suit: what ties them, on which day, against chance; a suit passes nothing on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.analysis.exposure import expose
from graph.analysis.patterns.catalog import find_leads
from graph.analysis.patterns.finding import Finding, Leads
from graph.analysis.view import View, open_view
from graph.policy.read import load_policy
from tests.factory import write_small

ON = date(2026, 11, 22)
FILED = date(2026, 4, 10)
Row = Mapping[str, Any]
Find = Callable[..., Leads]
LABELS = {"e": "Enterprise", "p": "Person", "s": "Lawsuit", "o": "Organ"}


def _view(
    folder: Path, links: Sequence[Row], records: Sequence[Row] = (), nodes: Sequence[Row] = ()
) -> View:
    known = {str(row["uid"]): row for row in nodes}
    for row in links:
        for end in (row["source"], row["target"]):
            known.setdefault(str(end), {"uid": end, "label": LABELS[str(end)[0]]})
    return open_view(write_small(folder, list(known.values()), links, records), load_policy(), ON)


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Return the leads on both sides of suits in a graph that is made from its links."""

    def run(links: Sequence[Row], nodes: Sequence[Row] = (), **asked: str) -> Leads:
        view = _view(tmp_path, links, nodes=nodes)
        (found,) = find_leads(view.snapshot, view, "opposing_parties", asked)
        return found

    return run


def link(kind: str, source: str, target: str, **values: object) -> Row:
    return {"type": kind, "source": source, "target": target, **values}


def suit(name: str, plaintiff: str, defendant: str, filed: date | None = FILED) -> list[Row]:
    return [
        link("PLAINTIFF_IN", plaintiff, name, valid_from=filed),
        link("DEFENDANT_IN", defendant, name, valid_from=filed),
    ]


def held(source: str, target: str, share: float = 0.6, **values: object) -> Row:
    return link("HOLDS_SHARES", source, target, share=share, **values)


def kinds(finding: Finding) -> set[object]:
    return {kind for _, _, kind in finding.lists["pairs"]}


# Nine suits among strangers: what a linked one is seen against.
STRANGERS = [row for one in range(9) for row in suit(f"s{one}", f"ea{one}", f"eb{one}")]


@pytest.mark.parametrize(
    ("ties", "kind"),
    [
        ([link("REPRESENTS", "p1", "e1"), link("REPRESENTS", "p1", "e2")], "same_person"),
        (
            [
                link("HOLDS_POST", "p1", "e1", post="supervisor"),
                link("HOLDS_POST", "p1", "e2", post="director"),
            ],
            "management",
        ),
        ([held("p1", "e1", 0.1), held("p1", "e2", 0.1)], "common_party"),
        ([held("e1", "e2", 0.05)], "holding"),
        ([link("BRANCH_OF", "e1", "e2")], "branch"),
        ([held("e1", "e3"), held("e3", "e2")], "control"),
        (
            [held("p1", "e3"), held("e3", "e1"), held("p1", "e4"), held("e4", "e2")],
            "same_controller",
        ),
    ],
)  # fmt: skip
def test_each_tie_between_both_sides_makes_a_lead(find: Find, ties: list[Row], kind: str) -> None:
    found = find([*STRANGERS, *suit("sx", "e1", "e2"), *ties])

    (only,) = found.findings
    assert kind in kinds(only)
    assert only.key == ("sx",)
    assert {(one.uid, one.role) for one in only.members} >= {
        ("sx", "suit"), ("e1", "plaintiff"), ("e2", "defendant"),
    }  # fmt: skip
    # Both rows of the suit and those of the tie.
    assert len(only.links) == 2 + len(ties)
    assert (found.searched, only.population, only.count) == (10, 10, 1)
    # One of ten places of defendants is that of the one it belongs to; one pair in ten expected.
    assert only.p == pytest.approx(0.1)
    assert only.lift == pytest.approx(10)


def test_a_person_who_sues_the_company_it_leads_is_named_as_such(find: Find) -> None:
    (only,) = find([*suit("sx", "p1", "e1"), link("REPRESENTS", "p1", "e1")]).findings

    assert kinds(only) == {"office"}


@pytest.mark.parametrize(
    "ties",
    [
        [held("e1", "e2", 0.04)],
        [
            link("HOLDS_POST", "p1", "e1", post="other"),
            link("HOLDS_POST", "p1", "e2", post="other"),
        ],
        [held("o1", "e1"), held("o1", "e2")],
        [held("p1", "e3", 0.5), held("e3", "e1"), held("p1", "e2", 0.04)],
        [link("REPRESENTS", "p1", "e1"), link("REPRESENTS", "p2", "e2")],
    ],
    ids=["below 5 %", "no key post", "the state", "half is no control", "two namesakes"],
)
def test_what_just_misses_the_bounds_is_no_tie(find: Find, ties: list[Row]) -> None:
    same = {"name": "陈志伟", "label": "Person"}

    found = find(
        [*suit("sx", "e1", "e2"), *ties],
        [{"uid": "p1", **same}, {"uid": "p2", **same}],
    )

    assert found.findings == ()
    assert dict(found.skipped) == {"pairs_without_relation": 1}


def test_a_tie_counts_as_it_stood_when_the_suit_was_filed(find: Find) -> None:
    def linked(**period: date) -> bool:
        seats = [link("REPRESENTS", "p1", "e1"), link("REPRESENTS", "p1", "e2", **period)]
        return bool(find([*suit("sx", "e1", "e2"), *seats]).findings)

    assert linked(valid_to=date(2026, 5, 1))
    assert not linked(valid_to=FILED)
    assert linked(valid_from=FILED)
    assert not linked(valid_from=date(2026, 5, 1))


def test_control_counts_by_the_votes_of_the_day_of_filing(find: Find) -> None:
    def linked(until: date) -> bool:
        chain = [held("e1", "e3", valid_to=until), held("e3", "e2")]
        return bool(find([*suit("sx", "e1", "e2"), *chain]).findings)

    assert linked(date(2026, 5, 1))
    assert not linked(FILED)


def test_a_suit_filed_later_is_not_seen_and_one_without_a_day_is_seen_as_of_today(
    find: Find,
) -> None:
    tie = held("e1", "e2")

    assert find([*suit("sx", "e1", "e2", date(2027, 1, 1)), tie]).state == "nothing"
    assert len(find([*suit("sx", "e1", "e2", None), tie]).findings) == 1


def test_hubs_are_left_aside_and_counted(find: Find) -> None:
    bank = [row for one in range(51) for row in suit(f"s{one}", "ebank", f"ec{one}")]
    crowd = [link("PLAINTIFF_IN", f"p{one}", "sx") for one in range(200)]
    seats = [link("REPRESENTS", "p0", f"ed{one}") for one in range(60)]
    suits = [row for one in range(30) for row in suit(f"sy{one}", f"ed{one}", f"ed{one + 30}")]

    found = find(
        [*bank, held("ec1", "ebank"), *crowd, link("DEFENDANT_IN", "e1", "sx"),
         link("REPRESENTS", "p1", "e1"), *suits, *seats]
    )  # fmt: skip

    assert found.findings == ()
    assert dict(found.skipped) == {
        "litigant_hubs": 1, "large_suits": 1, "seat_hubs": 1, "pairs_without_relation": 30,
    }  # fmt: skip
    assert len(find([*bank, held("ec1", "ebank")], most_suits="51").findings) == 1


def test_one_party_on_both_sides_is_counted_and_no_pair(find: Find) -> None:
    found = find([*suit("sx", "e1", "e1"), *suit("sy", "e1", "e2")])

    assert found.findings == ()
    assert dict(found.skipped) == {"same_on_both_sides": 1, "pairs_without_relation": 1}


def test_chance_is_said_for_the_whole_and_for_the_suit(find: Find) -> None:
    # e1 sues e2 twice and e9 once; of ten suits three places of defendants are e2's or e3's.
    suits = [
        *STRANGERS[:14],
        *suit("sx", "e1", "e2"),
        *suit("sy", "e1", "e2"),
        *suit("sz", "e1", "e3"),
    ]
    found = find([*suits, held("e1", "e2")])

    one, two = found.findings
    assert {one.key, two.key} == {("sx",), ("sy",)}
    assert one.population == 10
    # Two of ten places of defendants are e2's; e1 has three places of plaintiffs.
    assert one.p == pytest.approx(0.2)
    assert one.facts["expected"] == "0.6"
    assert one.lift == pytest.approx(2 / 0.6)


def test_without_suits_the_answer_says_that_there_is_no_such_data(find: Find) -> None:
    found = find([held("p1", "e1")])

    assert (found.state, found.findings, found.searched) == ("no_data", (), 0)


def test_a_suit_is_no_record_and_passes_nothing_on(tmp_path: Path) -> None:
    record = {"uid": "r1", "subject": "e1", "class": "court_defaulter", "decided_on": ON}
    alone = [held("p1", "e3")]
    beside = [*alone, *suit("sx", "e1", "e2"), *suit("sy", "e2", "e1"), *suit("sz", "p1", "e1")]

    for uid in ("e2", "p1", "e3"):
        view = _view(tmp_path / uid, beside, [record])
        answer = expose(view, uid)
        assert (answer.exposure, answer.own, answer.floor) == (0, 0, 0)
        assert view.snapshot.records_of(uid) == []


def test_the_order_of_rows_changes_no_lead(find: Find) -> None:
    rows = [*STRANGERS, *suit("sx", "e1", "e2"), held("p1", "e1"), held("p1", "e2")]

    one, two = find(rows), find(rows[::-1])

    assert [(lead.id, lead.links, lead.p) for lead in one.findings] == [
        (lead.id, lead.links, lead.p) for lead in two.findings
    ]

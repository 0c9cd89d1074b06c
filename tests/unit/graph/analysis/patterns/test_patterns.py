"""Each pattern on a small graph that it finds, and on one that just misses it."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.analysis.patterns.catalog import CODES, find_leads
from graph.analysis.patterns.finding import Finding, Leads
from graph.analysis.view import open_view
from graph.errors import PolicyError
from graph.policy.read import load_policy
from tests.factory import write_small

ON = date(2026, 11, 22)
Row = Mapping[str, Any]
Find = Callable[..., Leads]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Return the leads of a pattern on a graph: firms and persons are made from the links."""

    def run(
        code: str,
        edges: Sequence[Row] = (),
        records: Sequence[Row] = (),
        nodes: Sequence[Row] = (),
        **asked: str,
    ) -> Leads:
        known = {str(row["uid"]): row for row in nodes}
        for row in edges:
            for end in (row["source"], row["target"]):
                known.setdefault(str(end), {"uid": end, "label": LABELS[str(end)[0]]})
        for row in records:
            known.setdefault(str(row["subject"]), {"uid": row["subject"]})
        snapshot = write_small(tmp_path, list(known.values()), edges, records)
        (found,) = find_leads(snapshot, open_view(snapshot, load_policy(), ON), code, asked)
        return found

    return run


LABELS = {
    "e": "Enterprise", "p": "Person", "o": "Organ", "a": "Address", "t": "Phone", "m": "Email",
    "b": "Tender", "i": "PractisingBody", "g": "Engagement",
}  # fmt: skip


def link(kind: str, source: str, target: str, **values: object) -> Row:
    return {"type": kind, "source": source, "target": target, **values}


def held(source: str, target: str, share: float = 0.6, **values: object) -> Row:
    return link("HOLDS_SHARES", source, target, share=share, **values)


def record(uid: str, subject: str, **values: object) -> Row:
    usual = {"class": "penalty", "severity": "serious", "decided_on": date(2026, 3, 1)}
    return {**usual, "uid": uid, "subject": subject, **values}


def roles(finding: Finding) -> set[tuple[str, str]]:
    return {(member.uid, member.role) for member in finding.members}


# --- rings ---


def test_a_ring_of_three_holdings_is_found(find: Find) -> None:
    found = find("circular_ownership", [held("e1", "e2"), held("e2", "e3"), held("e3", "e1")])

    (ring,) = found.findings
    assert [member.uid for member in ring.members] == ["e1", "e2", "e3"]
    assert ring.key == ("e1", "e2", "e3")
    assert (ring.facts["cycles"], ring.facts["shortest"], ring.count) == (1, 3, 3)
    assert ring.lists["cycles"] == (("e1 —60.00%→ e2 —60.00%→ e3 —60.00%→ e1",),)
    assert len(ring.links) == 3
    assert (found.searched, found.state) == (3, "searched")


def test_a_chain_and_an_ended_ring_are_none(find: Find) -> None:
    ended = held("e3", "e1", valid_to=date(2026, 1, 1))

    found = find("circular_ownership", [held("e1", "e2"), held("e2", "e3"), ended])

    assert (found.findings, found.state, found.searched) == ((), "searched", 2)


def test_what_begins_later_is_not_seen_on_the_day(find: Find) -> None:
    later = held("e2", "e1", valid_from=date(2027, 1, 1))

    assert find("circular_ownership", [held("e1", "e2"), later]).findings == ()


def test_own_shares_and_holders_that_the_state_is_are_counted_not_ringed(find: Find) -> None:
    found = find(
        "circular_ownership",
        [held("e1", "e1"), held("o1", "e2"), held("e2", "o1"), held("e1", "e2")],
    )

    assert found.findings == ()
    assert dict(found.skipped) == {"own_shares": 1, "state_or_nominee": 2}


def test_a_ring_longer_than_the_bound_is_still_a_ring_without_cycles(find: Find) -> None:
    ring = [held(f"e{one}", f"e{one % 8 + 1}") for one in range(1, 9)]

    (found,) = find("circular_ownership", ring).findings

    assert (found.count, found.facts["cycles"], found.facts["shortest"]) == (8, 0, None)


def test_a_cap_on_cycles_is_counted(find: Find) -> None:
    whole = [held(f"e{a}", f"e{b}", 0.1) for a in range(6) for b in range(6) if a != b]

    found = find("circular_ownership", whole, cycles="100")

    assert found.findings[0].facts["cycles"] == 100
    assert dict(found.capped) == {"cycles": 1}


def test_a_guarantee_ring_is_found_and_one_through_a_guarantor_by_trade_is_not(find: Find) -> None:
    trade = {"uid": "i1", "label": "PractisingBody", "labels": ["PractisingBody", "Intermediary"]}
    links = [
        link("GUARANTEES", "e1", "e2"), link("GUARANTEES", "e2", "e1"),
        link("GUARANTEES", "i1", "e3"), link("GUARANTEES", "e3", "i1"),
    ]  # fmt: skip

    found = find("guarantee_ring", links, nodes=[trade])

    assert [member.uid for one in found.findings for member in one.members] == ["e1", "e2"]
    assert dict(found.skipped) == {"intermediaries": 2}


# --- clusters ---


def _crowd(hit: int, clients: int) -> tuple[list[Row], list[Row], list[Row]]:
    """Firms of one region and trade: 97 clean peers, 3 with records, and a firm's clients."""
    nodes = [{"uid": f"e{one:03}", "region": "440305", "industry": "5179"} for one in range(100)]
    records = [record(f"r{one}", f"e{one:03}") for one in range(3)]
    own = [f"ec{one:03}" for one in range(clients)]
    nodes += [{"uid": uid, "region": "440305", "industry": "5179"} for uid in own]
    records += [record(f"c{one}", uid) for one, uid in enumerate(own[:hit])]
    return nodes, [link("SERVES", "i1", uid) for uid in own], records


def test_a_cluster_of_five_in_sixteen_is_found_with_its_figures(find: Find) -> None:
    nodes, links, records = _crowd(5, 16)

    (found,) = find("dishonest_cluster", links, records, nodes).findings

    assert (found.population, found.count, found.facts["base"]) == (16, 5, 0.03)
    assert f"{found.p:.2e}" == "8.04e-05"
    assert len(found.links) == len(found.records) == 5
    assert ("i1", "intermediary") in roles(found)


def test_four_of_sixteen_and_records_that_do_not_stand_are_no_cluster(find: Find) -> None:
    nodes, links, records = _crowd(5, 16)
    repaired = [*records[:-1], record("c4", "ec004", status="repaired", ended_on=date(2026, 5, 1))]

    found = find("dishonest_cluster", links, repaired, nodes)

    assert (found.findings, found.searched) == ((), 1)


def test_old_and_slight_records_make_no_cluster(find: Find) -> None:
    nodes, links, records = _crowd(5, 16)
    old = [dict(row, decided_on=date(2020, 1, 1)) for row in records[3:5]]
    slight = [dict(row, severity="minor") for row in records[5:]]

    assert find("dishonest_cluster", links, [*records[:3], *old, *slight], nodes).findings == ()


def test_a_hub_of_many_clients_at_the_usual_rate_raises_nothing(find: Find) -> None:
    nodes, links, records = _crowd(6, 200)

    found = find("dishonest_cluster", links, records, nodes)

    assert (found.findings, found.searched) == ((), 1)


def test_a_professional_who_signed_for_penalised_clients_is_found(find: Find) -> None:
    nodes, links, records = _crowd(5, 16)
    acts = [
        part
        for place, row in enumerate(links)
        for part in (
            link("SIGNED", "p1", f"g{place}"),
            link("ENGAGED_FOR", f"g{place}", str(row["target"])),
        )
    ]

    (found,) = find("key_professional", acts, records, nodes).findings

    assert found.key == ("p1",)
    assert (found.population, found.count) == (16, 5)
    # Signature and client of each of the five engagements, not the derived link.
    assert len(found.links) == 10
    few = [row for row in acts if row["target"] != "ec004" and row["source"] != "g4"]
    assert find("key_professional", few, records, nodes).findings == ()


# --- shared attributes ---


def test_two_shared_attributes_join_and_one_usual_one_does_not(find: Find) -> None:
    pair = [
        link(kind, uid, value)
        for uid in ("e1", "e2")
        for kind, value in (("HAS_PHONE", "t1"), ("HAS_ADDRESS", "a1"))
    ]
    more = [link("HAS_PHONE", f"e{one}", "t1") for one in range(3, 7)]
    more += [link("HAS_ADDRESS", f"e{one}", "a1") for one in range(7, 11)]

    (found,) = find("shared_attributes", [*pair, *more]).findings

    assert found.key == ("e1", "e2")
    # Five others of five have the phone, five of five the address.
    assert found.p == pytest.approx((5 / 5) * (5 / 5))
    assert dict(found.facts) == {"members": 2, "pairs": 1, "attributes": 2}


def test_a_rare_phone_joins_and_one_above_the_cut_off_is_counted(find: Find) -> None:
    rare = [link("HAS_PHONE", f"e{one}", "t1") for one in range(3)]
    common = [link("HAS_PHONE", f"ec{one}", "t2") for one in range(31)]
    common += [link("HAS_ADDRESS", f"ec{one}", "a2") for one in range(31)]

    found = find("shared_attributes", [*rare, *common])

    assert [one.key for one in found.findings] == [("e0", "e1", "e2")]
    assert found.findings[0].p == pytest.approx(2 / 33)
    assert dict(found.skipped) == {"phone_hubs": 1}


def test_one_person_in_charge_of_two_firms_is_a_fact_and_no_lead(find: Find) -> None:
    both = [link("REPRESENTS", "p1", "e1"), link("REPRESENTS", "p1", "e2")]

    assert find("shared_attributes", both).findings == ()
    assert len(find("shared_attributes", both, rare_representative="2").findings) == 1


def test_branches_and_registration_agents_are_left_aside_and_counted(find: Find) -> None:
    agent = {"uid": "a1", "label": "Address", "name": "汕尾市滨江路13号政务服务代办中心"}
    links = [
        link("HAS_PHONE", "e1", "t1"),
        link("HAS_PHONE", "e2", "t1"),
        link("BRANCH_OF", "e1", "e2"),
    ]
    for uid in ("e3", "e4"):
        links += [link("HAS_ADDRESS", uid, "a1"), link("HAS_PHONE", uid, "t2")]

    found = find("shared_attributes", links, nodes=[agent])

    assert found.findings == ()
    assert dict(found.skipped) == {"branches": 1, "registration_agents": 2}


# --- persons ---


def test_a_defaulter_in_office_and_behind_a_firm_is_found(find: Find) -> None:
    links = [
        link("REPRESENTS", "p1", "e1"), held("p1", "e2"), held("e2", "e3"),
        link("REPRESENTS", "p2", "e1", valid_to=date(2026, 1, 1)),
    ]  # fmt: skip
    people = [{"uid": uid, "label": "Person"} for uid in ("p1", "p2")]
    records = [record(f"r{uid}", uid, **{"class": "court_defaulter"}) for uid in ("p1", "p2")]

    found = find("banned_person", links, records, people)

    (only,) = found.findings
    assert roles(only) == {
        ("p1", "banned"), ("e1", "represented"), ("e2", "held"), ("e3", "controlled"),
    }  # fmt: skip
    assert (only.records, found.searched) == (("rp1",), 2)


def test_who_led_a_closed_company_is_banned_for_three_years(find: Find) -> None:
    links = [link("REPRESENTS", "p1", "e1"), link("REPRESENTS", "p1", "e2")]
    closed = {"measure": "吊销营业执照"}

    (found,) = find("banned_person", links, [record("r", "e1", **closed)]).findings

    # The closed company is named: the record is its own, and leads back to its rows.
    assert roles(found) == {("p1", "banned"), ("e2", "represented"), ("e1", "closed")}
    assert found.lists["bases"] == (("closed",),)
    old = record("r", "e1", decided_on=date(2022, 1, 1), **closed)
    assert find("banned_person", links, [old]).findings == ()
    assert find("banned_person", links, [record("r", "e1", measure="罚款")]).findings == ()


def test_many_posts_without_shares_are_a_nominee_and_with_shares_are_not(find: Find) -> None:
    posts = [link("REPRESENTS", "p1", f"e{one}") for one in range(12)]
    posts += [link("REPRESENTS", f"pc{one}", f"ec{one}") for one in range(12)]
    own = [held("p1", f"e{one}") for one in range(2)]

    (found,) = find("nominee_representative", posts).findings
    owner = find("nominee_representative", [*posts, *own])

    assert (found.key, found.count, found.population) == (("p1",), 12, 24)
    assert found.lift == pytest.approx(12 * 13 / 24)
    assert (owner.findings, dict(owner.skipped)) == ((), {"holders": 1})
    assert find("nominee_representative", posts, least_posts="13").findings == ()


# --- events ---


def _shell(
    founded: date, moved: date, person: str = "p1"
) -> tuple[list[Row], list[Row], list[Row]]:
    links = [
        link("REPRESENTS", "p1", "e1", valid_to=moved),
        link("HAS_ADDRESS", "e1", "a1", valid_to=moved),
        link("HAS_ADDRESS", "e1", "a2", valid_from=moved), link("HAS_ADDRESS", "e2", "a1"),
        held(person, "e2", 1.0),
    ]  # fmt: skip
    return links, [record("r1", "e1")], [{"uid": "e2", "established_on": founded}]


def test_a_new_company_in_the_old_place_with_the_old_people_is_a_shell(find: Find) -> None:
    found = find("shell_change", *_shell(date(2026, 5, 1), date(2026, 4, 1)))

    (only,) = found.findings
    assert only.key == ("e1", "e2")
    assert ("p1", "person_of_both") in roles(only)
    assert only.lists["changes"] == (("moved",), ("representative_left",))
    assert only.records == ("r1",)


@pytest.mark.parametrize(
    ("founded", "moved", "person"),
    [
        (date(2026, 9, 1), date(2026, 4, 1), "p1"),
        (date(2026, 2, 1), date(2026, 4, 1), "p1"),
        (date(2026, 5, 1), date(2026, 9, 1), "p1"),
        (date(2026, 5, 1), date(2026, 4, 1), "p2"),
    ],
    ids=["founded after the window", "founded before", "moved after the window", "others"],
)
def test_what_misses_one_sign_is_no_shell(
    find: Find, founded: date, moved: date, person: str
) -> None:
    assert find("shell_change", *_shell(founded, moved, person)).findings == ()


def test_a_deregistration_counts_as_a_change(find: Find) -> None:
    links = [link("HAS_ADDRESS", "e1", "a1"), link("HAS_ADDRESS", "e2", "a1")]
    links += [held("p1", "e1"), held("p1", "e2")]
    nodes = [
        {"uid": "e1", "ended_on": date(2026, 6, 1)},
        {"uid": "e2", "established_on": date(2026, 7, 1)},
    ]

    (found,) = find("shell_change", links, [record("r1", "e1")], nodes).findings

    assert found.lists["changes"] == (("deregistered",),)


def test_an_exit_before_a_record_is_found_and_one_after_it_is_not(find: Find) -> None:
    def left(day: date) -> Leads:
        links = [held("p1", "e1", valid_to=day), held("p2", "e1")]
        return find("exit_before_record", links, [record("r1", "e1")])

    (found,) = left(date(2026, 1, 30)).findings
    assert (found.facts["days"], roles(found)) == (30, {("e1", "subject"), ("p1", "holder")})
    assert left(date(2025, 11, 1)).findings == ()
    assert left(date(2026, 3, 2)).findings == ()


def test_who_holds_more_or_serves_on_has_not_left_and_an_address_renewed_is_no_move(
    find: Find,
) -> None:
    day = date(2026, 1, 30)
    more = [
        held("p1", "e1", 0.3, valid_to=day),
        held("p1", "e1", 0.4, valid_from=day),
        link("REPRESENTS", "p2", "e1", valid_to=day),
        link("REPRESENTS", "p2", "e1", valid_from=date(2026, 1, 1)),
    ]
    assert find("exit_before_record", more, [record("r1", "e1")]).findings == ()
    later = date(2026, 4, 1)
    same = [
        link("HAS_ADDRESS", "e1", "a1", valid_to=later),
        link("HAS_ADDRESS", "e1", "a1", valid_from=later),
    ]
    assert find("moved_after_penalty", same, [record("r1", "e1")]).findings == ()
    # One day without it, and it was left.
    gone = [*more[:1], held("p1", "e1", 0.4, valid_from=date(2026, 1, 31))]
    assert len(find("exit_before_record", gone, [record("r1", "e1")]).findings) == 1


def test_the_chance_of_an_exit_counts_every_day_before_one_of_the_records_once(find: Find) -> None:
    def chance(*days: date) -> float:
        left = [held("p1", "e1", valid_to=date(2026, 1, 30))]
        records = [record(f"r{place}", "e1", decided_on=day) for place, day in enumerate(days)]
        (found,) = find("exit_before_record", left, records).findings
        assert found.p is not None
        return -math.log1p(-found.p)

    one = chance(date(2026, 3, 1))
    assert chance(date(2026, 3, 1), date(2026, 3, 1)) == pytest.approx(one)
    assert chance(date(2026, 3, 1), date(2026, 3, 10)) == pytest.approx(one * 99 / 90)
    assert chance(date(2025, 3, 1), date(2026, 3, 1)) == pytest.approx(2 * one)


def test_a_move_after_a_record_is_found_and_one_before_it_is_not(find: Find) -> None:
    def moved(day: date) -> Leads:
        links = [
            link("HAS_ADDRESS", "e1", "a1", valid_to=day),
            link("HAS_ADDRESS", "e1", "a2", valid_from=day),
        ]
        return find("moved_after_penalty", links, [record("r1", "e1")])

    (found,) = moved(date(2026, 4, 1)).findings
    assert roles(found) == {("e1", "subject"), ("a1", "old_address"), ("a2", "new_address")}
    assert (found.facts["days"], len(found.links)) == (31, 2)
    assert moved(date(2026, 2, 1)).findings == ()
    assert moved(date(2026, 10, 1)).findings == ()


# --- bidders ---


def test_bidders_with_one_person_in_charge_are_found_and_strangers_are_not(find: Find) -> None:
    bids = [link("BID_IN", f"e{one}", "b1") for one in range(4)]
    ties = [link("REPRESENTS", "p1", "e0"), link("REPRESENTS", "p1", "e1"), held("e2", "e1", 0.04)]

    found = find("bidder_list", [*bids, *ties])

    (only,) = found.findings
    assert (only.population, only.count, only.facts["legal"]) == (6, 1, 1)
    assert only.lists["pairs"] == (("e0", "e1", "same_person"),)
    assert ("p1", "between") in roles(only)
    assert dict(found.skipped) == {"pairs_without_relation": 5}
    assert find("bidder_list", bids).findings == ()


def test_a_small_common_holder_is_no_relation_of_the_law(find: Find) -> None:
    bids = [link("BID_IN", uid, "b1") for uid in ("e0", "e1", "e2")]
    common = [held("p1", "e0", 0.3), held("p1", "e1", 0.3)]
    leading = [
        link("REPRESENTS", "p2", "e1"),
        held("p2", "e2", 0.7),
        held("o1", "e0"),
        held("o1", "e2"),
    ]

    (found,) = find("bidder_list", [*bids, *common, *leading]).findings

    assert found.lists["pairs"] == (("e0", "e1", "common_party"), ("e1", "e2", "management"))
    assert found.facts["legal"] == 1


def test_a_relation_counts_as_it_stood_when_the_bids_were_opened(find: Find) -> None:
    opened = date(2026, 4, 10)
    bids = [link("BID_IN", uid, "b1", valid_from=opened) for uid in ("e0", "e1")]

    def tied(**period: date) -> bool:
        posts = [link("REPRESENTS", "p1", "e0"), link("REPRESENTS", "p1", "e1", **period)]
        return bool(find("bidder_list", [*bids, *posts]).findings)

    assert tied(valid_to=date(2026, 5, 1))
    assert not tied(valid_to=opened)
    assert tied(valid_from=opened)
    assert not tied(valid_from=date(2026, 5, 1))


def test_who_always_bid_together_are_found_and_who_met_twice_are_not(find: Find) -> None:
    bids = [
        link("BID_IN", f"e{one}", f"b{place:02}")
        for place in range(20)
        for one in (2 * place + 10, 2 * place + 11)
    ]
    often = [link("BID_IN", uid, f"b{place:02}") for uid in ("e1", "e2") for place in range(4)]

    found = find("bidder_list", [*bids, *often]).findings
    few = find("bidder_list", [*bids, *[row for row in often if row["target"] < "b02"]])

    assert len(found) == 4
    assert found[0].lists["pairs"] == (("e1", "e2", "co_bidding"),)
    # One of the 4845 ways to draw 4 tenders of 20 is that of the other.
    assert found[0].p == pytest.approx(1 / 4845)
    assert few.findings == ()


def test_a_tender_and_a_person_with_too_many_bidders_are_skipped_and_counted(find: Find) -> None:
    bids = [link("BID_IN", f"e{one}", f"b{one // 201}") for one in range(201 + 60)]
    seats = [link("REPRESENTS", "p1", f"e{one}") for one in range(201, 201 + 60)]

    found = find("bidder_list", [*bids, *seats])

    assert (found.findings, found.searched) == ((), 2)
    assert found.skipped["large_tenders"] == found.skipped["seat_hubs"] == 1


# --- groups ---


def test_a_family_has_its_head_and_layers_and_smaller_ones_are_none(find: Find) -> None:
    links = [
        held("p1", "e1"), held("e1", "e2"), held("e2", "e3", 0.3), held("e1", "e3", 0.3),
        held("p2", "e4"), held("p2", "e5", 0.5),
        held("o1", "e6"), held("o1", "e7"), held("o1", "e8"),
    ]  # fmt: skip

    found = find("group_family", links)

    (only,) = found.findings
    assert (only.key, only.facts["layers"], only.count) == (("p1",), 2, 3)
    assert only.lists["members"] == ((1, "e1", 0.6), (2, "e2", 0.6), (2, "e3", 0.6))
    assert dict(found.skipped) == {"state_or_nominee": 1}


# --- all ---


def test_an_empty_snapshot_answers_that_nothing_was_searched(tmp_path: Path) -> None:
    snapshot = write_small(tmp_path, [])

    found = find_leads(snapshot, open_view(snapshot, load_policy(), ON))

    assert [one.rule.code for one in found] == list(CODES)
    assert {one.state for one in found} == {"nothing", "no_data"}
    assert all((one.searched, one.findings) == (0, ()) for one in found)


@pytest.mark.parametrize(
    ("code", "asked", "said"),
    [
        ("nope", {}, "is unknown; known: circular_ownership"),
        ("circular_ownership", {"links": "9"}, "must be 2 to 8"),
        ("circular_ownership", {"links": "4.5"}, "must be a whole number"),
        ("circular_ownership", {"least_share": "nan"}, "must be 0.0 to 1.0"),
        ("circular_ownership", {"hops": "4"}, "is unknown; known: links"),
        ("opposing_parties", {"hops": "4"}, "is unknown; known: least_share"),
    ],
)
def test_an_unknown_pattern_or_a_parameter_out_of_bounds_is_refused(
    find: Find, code: str, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(PolicyError, match=said):
        find(code, [held("e1", "e2")], **asked)


@pytest.mark.parametrize("code", CODES)
def test_a_node_with_very_many_links_and_senseless_shares_breaks_no_pattern(
    find: Find, code: str
) -> None:
    crowd = [f"e{one:05}" for one in range(5_000)]
    many = [
        link(kind, uid, hub)
        for uid in crowd
        for kind, hub in (("HAS_PHONE", "t1"), ("BID_IN", "b1"))
    ]
    many += [link("REPRESENTS", "p1", uid) for uid in crowd]
    many += [
        held("e00000", "e00000", 1.0),
        held("e00001", "e00002", 3.0),
        held("e00002", "e00001", 3.0),
    ]
    records = [
        record("r1", "e00001", decided_on=None),
        record("r2", "p1", **{"class": "court_defaulter"}),
    ]

    found = find(code, many, records)

    assert found.rule.code == code
    assert len(found.findings) <= 1


def test_the_order_of_rows_changes_no_lead(find: Find) -> None:
    ring = [
        held("e1", "e2"),
        held("e2", "e3"),
        held("e3", "e1"),
        held("e5", "e4"),
        held("e4", "e5"),
    ]

    one, two = find("circular_ownership", ring), find("circular_ownership", ring[::-1])

    assert [(lead.id, lead.links) for lead in one.findings] == [
        (lead.id, lead.links) for lead in two.findings
    ]
    assert [lead.count for lead in one.findings] == [3, 2]

"""Arrays of a snapshot: links that follow from others, hubs, distance to a record, flags."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.snapshot import arrays, derive, form, kernels
from graph.snapshot.arrays import NOMINEE, STATE
from graph.snapshot.reader import Snapshot
from tests.factory import write_small

Row = dict[str, Any]
FIRM: Row = {"uid": "f", "labels": ["Enterprise", "Intermediary"]}
CLIENT: Row = {"uid": "k"}
SIGNER: Row = {"uid": "p", "label": "Person"}


def _work(uid: str, **values: object) -> Row:
    return {"uid": uid, "label": "Engagement", **values}


def _link(kind: str, source: str, target: str, **values: object) -> Row:
    return {"type": kind, "source": source, "target": target, **values}


def _engaged(work: str) -> list[Row]:
    return [_link("PERFORMED", "f", work), _link("ENGAGED_FOR", work, "k")]


def _pairs(snapshot: Snapshot, kind: str) -> list[tuple[str, str]]:
    arrays = snapshot.arrays
    rows = np.flatnonzero(arrays["link_type"] == form.TYPES.index(kind))
    ends = zip(arrays["link_source"][rows], arrays["link_target"][rows], strict=True)
    return [(snapshot.uid_at(int(one)), snapshot.uid_at(int(two))) for one, two in ends]


def test_service_follows_from_an_engagement_and_names_it(tmp_path: Path) -> None:
    snapshot = write_small(
        tmp_path,
        [FIRM, CLIENT, SIGNER, _work("g1", signed_on=date(2024, 3, 1))],
        [*_engaged("g1"), _link("SIGNED", "p", "g1")],
    )
    (service,) = [link for link in snapshot.links_of("f") if link.type == "SERVES"]
    assert (service.key, service.kind) == ("derived:SERVES:f:k", "recorded")
    assert service.valid_from == date(2024, 3, 1)
    assert service.properties["via"] == ("g1",)
    assert snapshot.link("derived:SERVES:f:k") == service
    assert _pairs(snapshot, "SIGNS_FOR") == [("p", "k")]
    assert snapshot.link("derived:SIGNS_FOR:p:k").properties["via"] == ("g1",)
    # Read at once, links of rows of the table and derived ones are those that are read singly.
    rows = np.arange(snapshot.arrays["link_type"].size)[::-1]
    assert snapshot.links_at(rows) == [snapshot.link_at(int(row)) for row in rows]


def test_service_through_many_engagements_is_one_link_and_one_counterparty(tmp_path: Path) -> None:
    works = [_work("g1", signed_on=date(2024, 3, 1)), _work("g2", signed_on=date(2022, 3, 1))]
    snapshot = write_small(
        tmp_path,
        [FIRM, CLIENT, *works],
        [*_engaged("g1"), *_engaged("g2"), _link("SERVES", "f", "k")],
    )
    assert _pairs(snapshot, "SERVES") == [("f", "k"), ("f", "k")]
    derived = snapshot.link("derived:SERVES:f:k")
    assert derived.valid_from == date(2022, 3, 1)
    assert derived.properties["via"] == ("g1", "g2")
    assert snapshot.arrays["hub_degree"].tolist() == [1, 0, 0, 1]


def test_control_through_another_company_is_derived(tmp_path: Path) -> None:
    snapshot = write_small(
        tmp_path,
        [{"uid": "a"}, {"uid": "b"}, {"uid": "c"}],
        [
            _link("HOLDS_SHARES", "a", "b", share=0.6, valid_from=date(2020, 1, 1)),
            _link("HOLDS_SHARES", "b", "c", share=0.51),
        ],
    )
    assert _pairs(snapshot, "CONTROLS") == [("a", "c")]
    control = snapshot.link("derived:CONTROLS:a:c")
    assert (control.kind, control.valid_from) == ("computed", date(2020, 1, 1))
    # Whether it holds on a day is for the analysis to say: it is not listed with the party.
    assert {link.type for link in snapshot.links_of("a")} == {"HOLDS_SHARES"}


def test_half_of_the_shares_is_no_control(tmp_path: Path) -> None:
    snapshot = write_small(
        tmp_path,
        [{"uid": "a"}, {"uid": "b"}, {"uid": "c"}],
        [
            _link("HOLDS_SHARES", "a", "b", share=0.5),
            _link("HOLDS_SHARES", "b", "c", share=0.9),
        ],
    )
    assert ("a", "c") not in _pairs(snapshot, "CONTROLS")


def test_near_counts_conducting_links_whatever_their_direction(tmp_path: Path) -> None:
    chain = "abcdefghij"
    links = [
        _link("HOLDS_SHARES", *(ends if place % 2 else reversed(ends)), share=0.1)
        for place, ends in enumerate(pairwise(chain))
    ]
    snapshot = write_small(
        tmp_path,
        [*({"uid": uid} for uid in chain), {"uid": "k"}, {"uid": "z", "label": "Address"}],
        [*links, _link("HAS_ADDRESS", "a", "z"), _link("HAS_ADDRESS", "k", "z")],
        [
            {"uid": "c1", "subject": "a", "class": "penalty"},
            {"uid": "c2", "subject": "k", "class": "honour"},
        ],
    )
    far = form.FAR
    assert snapshot.arrays["near"].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, far, far, far, far]


def test_a_factor_of_its_own_makes_any_link_conduct(tmp_path: Path) -> None:
    snapshot = write_small(
        tmp_path,
        [{"uid": "a"}, {"uid": "z", "label": "Address"}],
        [_link("HAS_ADDRESS", "a", "z", p=0.2)],
        [{"uid": "c1", "subject": "a", "class": "penalty"}],
    )
    assert snapshot.arrays["near"].tolist() == [0, 1]
    assert snapshot.arrays["link_p"].tolist() == [200_000]


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        ({"name": "广州市国资委"}, STATE),
        ({"name": "广东省人民政府国有资产监督管理委员会"}, STATE),
        ({"name": "海关", "label": "Organ"}, STATE),
        ({"name": "香港中央结算（代理人）有限公司"}, NOMINEE),
        ({"name": "汇丰代理人有限公司"}, NOMINEE),
        ({"name": "HSBC Nominees Ltd"}, NOMINEE),
        ({"name": "中国证券登记结算有限责任公司"}, NOMINEE),
        ({"name": "某某银行资产托管专户"}, NOMINEE),
        ({"name": "小太阳托管班有限公司"}, 0),
        ({"name": None}, 0),
    ],
)
def test_state_holders_and_nominees_are_flagged_by_name(
    tmp_path: Path, row: Row, flags: int
) -> None:
    snapshot = write_small(tmp_path, [{"uid": "a", **row}])
    assert snapshot.arrays["node_flags"].tolist() == [flags]


def test_a_record_cites_the_engagement_whose_document_it_names(tmp_path: Path) -> None:
    penalty = {"subject": "k", "class": "penalty"}
    snapshot = write_small(
        tmp_path,
        [FIRM, CLIENT, _work("g1", document_number="粤审2024-7")],
        _engaged("g1"),
        [
            {"uid": "c1", "engagement": "粤审2024-7", **penalty},
            {"uid": "c2", "engagement": "粤审2024-8", **penalty},
            {"uid": "c3", **penalty},
        ],
    )
    place = snapshot.find("g1")
    assert snapshot.arrays["record_cites"].tolist() == [place, form.UNKNOWN, form.UNKNOWN]


def test_a_post_taken_over_is_a_succession(tmp_path: Path) -> None:
    day = date(2024, 1, 1)
    snapshot = write_small(
        tmp_path,
        [CLIENT, SIGNER, {"uid": "q", "label": "Person"}],
        [
            _link("REPRESENTS", "p", "k", key="l1", valid_to=day),
            _link("REPRESENTS", "q", "k", key="l2", valid_from=day),
        ],
    )
    assert (snapshot.arrays["link_flags"] & form.SUCCESSION).tolist() == [0, form.SUCCESSION]


def test_aliases_are_in_order_and_there_once_whatever_they_look_like() -> None:
    own = ["x00000000000000ff", "x0000000000000010", "xffffffffffffffff", "x0000000000000010"]
    for texts in (own, ["b", "a", "ab", "a"], [f"{one[:-1]}g" for one in own], []):
        found, first = arrays._sorted_once(pl.Series(texts, dtype=pl.String))

        assert [one.decode() for one in found.tolist()] == sorted(set(texts))
        assert [texts[place] for place in first] == sorted(set(texts))


@given(owner=st.lists(st.integers(0, 5), max_size=30))
def test_rows_stand_by_their_owner_in_order(owner: list[int]) -> None:
    places = np.array(owner, np.int64)
    assert arrays.rows_by_owner(places).tolist() == np.argsort(places, kind="stable").tolist()


@given(
    links=st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans()), min_size=1, max_size=25
    ),
    begin=st.sets(st.integers(0, 11), min_size=1, max_size=3),
)
def test_near_is_the_least_number_of_conducting_links_to_where_it_begins(
    links: list[tuple[int, int, bool]], begin: set[int]
) -> None:
    size = 12
    source, target = (np.array([one[end] for one in links], np.int32) for end in (0, 1))
    conducts = np.array([one[2] for one in links])
    near = np.full(size, form.FAR, np.uint8)
    ring = np.array(sorted(begin), np.int64)
    near[ring] = 0
    arrays.spread(
        near,
        ring,
        *arrays._csr(source, size),
        *arrays._csr(target, size),
        source,
        target,
        conducts,
    )

    steps = dict.fromkeys(begin, 0)
    for _ in range(size):
        for one, other, passes in links:
            for here, there in ((one, other), (other, one)) if passes else ():
                if here in steps:
                    steps[there] = min(steps.get(there, form.FAR), steps[here] + 1)
    assert near.tolist() == [min(steps.get(node, form.FAR), form.FAR) for node in range(size)]


_HOLDING = st.tuples(
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from([200_000, 300_000, 499_999, 500_000, 500_001, 1_000_000]),
    st.sampled_from([form.NO_DAY, 100, 200]),
    st.sampled_from([form.NO_DAY, 150, 300]),
)


@given(rows=st.lists(_HOLDING, max_size=14))
def test_holders_of_whom_all_is_explained_need_not_be_asked_about(
    rows: list[tuple[int, int, int, int, int]],
) -> None:
    size = 7
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    names = ("link_source", "link_target", "link_votes", "link_from", "link_to")
    links = {name: part.astype(np.int32) for name, part in zip(names, columns, strict=True)}
    links["link_share"] = links["link_votes"]
    links["link_type"] = np.full(len(rows), form.TYPES.index("HOLDS_SHARES"), np.uint8)

    found = derive.controlled(links, size)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(derive, "_asked", lambda source, *_: np.unique(source).astype(np.int64))
        everybody = derive.controlled(links, size)
        patched.setattr(kernels, "FEW_HOLDERS", -1)
        compiled = derive.controlled(links, size)

    assert found.equals(everybody)
    assert compiled.equals(everybody)

"""Arrays by which votes are told from shares, and why a search for owners ends."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from graph.snapshot import form
from tests.factory import Rows, write_small


def votes(root: Path, links: Rows) -> dict[str, int]:
    uids = {str(row[end]) for row in links for end in ("source", "target")}
    rows = [{"type": "HOLDS_SHARES", "key": f"{r['source']}{r['target']}", **r} for r in links]
    snapshot = write_small(root, [{"uid": uid} for uid in sorted(uids)], rows)
    keys = [bytes(key).decode() for key in snapshot.arrays["link_keys"]]
    return dict(zip(keys, snapshot.arrays["link_votes"][: len(keys)].tolist(), strict=True))


def partner(source: str, kind: str, share: float, **values: object) -> dict[str, object]:
    return {"source": source, "target": "f", "partner_kind": kind, "share": share, **values}


def test_a_limited_partner_has_shares_and_the_managing_partner_the_vote(tmp_path: Path) -> None:
    found = votes(
        tmp_path,
        [
            partner("a", "limited", 0.9),
            partner("b", "managing", 0.01),
            partner("c", "general", 0.09),
        ],
    )
    assert found == {"af": 0, "bf": 1_000_000, "cf": 0}


def test_votes_that_are_given_hold_whatever_the_partner_is(tmp_path: Path) -> None:
    found = votes(
        tmp_path,
        [partner("a", "limited", 0.9, votes=0.4), {"source": "z", "target": "g", "share": 0.3}],
    )
    assert found == {"af": 400_000, "zg": 300_000}


def test_managing_partners_of_the_same_days_divide_the_vote(tmp_path: Path) -> None:
    until, since = {"valid_to": date(2020, 1, 1)}, {"valid_from": date(2020, 1, 1)}
    found = votes(
        tmp_path,
        [
            partner("a", "managing", 0.1, **until),
            partner("b", "managing", 0.1, **since),
            partner("c", "managing", 0.1, **since),
        ],
    )
    assert found == {"af": 1_000_000, "bf": 500_000, "cf": 500_000}


def test_general_partners_without_a_managing_one_vote_one_each(tmp_path: Path) -> None:
    found = votes(tmp_path, [partner(uid, "general", 0.2) for uid in "abc"])
    assert set(found.values()) == {333_333}


def test_the_upper_end_of_a_range_and_the_group_are_kept(tmp_path: Path) -> None:
    rows = [
        {"source": "a", "target": "f", "share_min": 0.2, "share_max": 0.4, "acting_group": "g2"},
        {"source": "b", "target": "f", "share": 0.3, "acting_group": "g1"},
        {"source": "c", "target": "f"},
    ]
    nodes = [{"uid": uid} for uid in "abcf"]
    keyed = [{"type": "HOLDS_SHARES", "key": str(row["source"]), **row} for row in rows]
    arrays = write_small(tmp_path, nodes, keyed).arrays
    assert arrays["link_share"][:3].tolist() == [200_000, 300_000, form.UNKNOWN]
    assert arrays["link_share_max"][:3].tolist() == [400_000, 300_000, form.UNKNOWN]
    assert arrays["link_group"][:3].tolist() == [1, 0, form.UNKNOWN]
    assert [bytes(code) for code in arrays["group_code"]] == [b"g1", b"g2"]


@pytest.mark.parametrize(
    ("node", "stop"),
    [
        ({"name": "未披露股东", "label": "UnknownHolder"}, form.UNKNOWN_HOLDER),
        ({"name": "中信信托·睿选一号集合资金信托计划"}, form.TRUST),
        ({"name": "平安信托有限责任公司"}, form.PASSES),
        ({"name": "甲公司", "country": "HK"}, form.FOREIGN),
        ({"name": "甲公司", "country": "CN"}, form.PASSES),
        ({"name": "GOLDEN HARVEST LIMITED"}, form.FOREIGN),
        ({"name": "GOLDEN HARVEST LIMITED", "uscc": "91440300MA5FB4WW0A"}, form.PASSES),
        ({"name": "e1"}, form.PASSES),
    ],
)
def test_why_a_search_for_owners_ends(tmp_path: Path, node: dict[str, object], stop: int) -> None:
    arrays = write_small(tmp_path, [{"uid": "a", **node}]).arrays
    assert arrays["node_stop"].dtype == np.uint8
    assert arrays["node_stop"].tolist() == [stop]

"""Why two are one, may be one, or are two; and how one was put together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.analysis.identity import Comparison, compare
from graph.errors import SnapshotError
from tests.factory import write_small

A = {"uid": "a", "name": "深圳市甲乙丙科技有限公司", "uscc": "914403001922038216"}


def _compared(root: Path, other: Mapping[str, Any], *links: Mapping[str, Any]) -> Comparison:
    return compare(write_small(root, [A, {"uid": "b", **other}, {"uid": "c"}], links), "a", "b")


def _speaks(found: Comparison) -> dict[str, bool | None]:
    return {one.what: one.speaks for one in found.evidence}


def test_two_valid_codes_veto(tmp_path: Path) -> None:
    found = _compared(tmp_path, {"name": A["name"], "uscc": "91440300MA5ABCD1XX"})
    assert found.verdict == "different"
    assert _speaks(found)["uscc"] is False
    assert _speaks(found)["name"] is True


def test_a_lead_is_never_shown_as_one_party(tmp_path: Path) -> None:
    link = {
        "type": "POSSIBLY_SAME", "source": "a", "target": "b", "kind": "lead", "score": 0.9,
        "evidence": "字号相同", "record_id": "r",
    }  # fmt: skip
    found = _compared(tmp_path, {"name": "甲乙丙科技"}, link)
    assert (found.verdict, found.one.uid, found.other.uid) == ("lead", "a", "b")
    assert found.lead is not None
    said = _speaks(found)
    assert (said["brand"], said["region"], said["form"], said["uscc"]) == (True, None, None, None)
    assert "neighbours" not in said


def test_nothing_that_joins_is_said_with_what_was_compared(tmp_path: Path) -> None:
    found = _compared(tmp_path, {"name": "广州市甲乙丙餐饮有限公司"})
    said = _speaks(found)
    assert found.verdict == "apart"
    assert (said["brand"], said["region"], said["trade"]) == (True, False, False)


def test_a_party_linked_to_both_speaks_for_one_and_a_link_between_them_against(
    tmp_path: Path,
) -> None:
    links = [
        {"type": "HOLDS_SHARES", "source": "c", "target": "a", "share": 0.5},
        {"type": "HOLDS_SHARES", "source": "c", "target": "b", "share": 0.5},
        {"type": "HOLDS_SHARES", "source": "a", "target": "b", "share": 0.5},
    ]
    said = _speaks(_compared(tmp_path, {"former_names": [A["name"]]}, *links))
    assert (said["neighbours"], said["linked"], said["former_names"]) == (True, False, True)


def test_an_identity_number_is_compared_and_never_shown(tmp_path: Path) -> None:
    people = [
        {"uid": uid, "name": "欧阳明", "label": "Person", "id_hash": number}
        for uid, number in (("p", "0123abcd"), ("q", "4567cdef"))
    ]
    found = compare(write_small(tmp_path, people), "p", "q")
    number = next(one for one in found.evidence if one.what == "id_hash")
    assert (found.verdict, number.one, number.other) == ("different", "***", "***")
    assert "brand" not in _speaks(found)


def test_an_unknown_uid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="nobody"):
        compare(write_small(tmp_path, [A]), "a", "nobody")

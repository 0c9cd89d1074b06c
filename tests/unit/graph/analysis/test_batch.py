"""Each row of a list comes to one answer with its reason; what is not sure is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.batch import REASONS, Asked, Found, look_up
from graph.snapshot.reader import Snapshot
from tests.factory import write_small

CODE = "914403001922038216"
NODES: Sequence[Mapping[str, Any]] = [
    {
        "uid": "a", "name": "深圳市甲乙丙科技有限公司", "uscc": CODE, "org_code": "192203821",
        "former_names": ["深圳市旧名实业有限公司"], "state": "存续",
    },
    {
        "uid": "b", "name": "广州恒裕贸易有限公司", "registration_number": "440301103097413",
        "state": "注销",
    },
    {"uid": "c", "name": "佛山金穗商行"},
    {"uid": "d", "name": "佛山金穗商行"},
    {"uid": "e", "name": "深圳市甲乙丙科技有限公司广州分公司"},
    {"uid": "f", "name": "中山华岭有限公司", "uscc": "91440300MA5DA00018", "state": "吊销，未注销"},
    {"uid": "g", "name": "珠海宏图有限公司", "state": "注销中"},
    {"uid": "h", "name": "珠海瑞丰有限公司", "state": "吊销，已注销"},
    {"uid": "p", "name": "欧阳明", "label": "Person"},
]  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_small(tmp_path_factory.mktemp("batch"), NODES)


def one(snapshot: Snapshot, name: str, *codes: str) -> Found:
    (found,) = look_up(snapshot, [Asked(name, codes)])
    return found


@pytest.mark.parametrize(
    ("name", "codes", "uid", "reasons"),
    [
        ("深圳市甲乙丙科技有限公司", (CODE,), "a", ("code",)),
        ("", (CODE.lower(),), "a", ("code",)),
        ("", (" 9144-0300 1922 0382 16",), "a", ("code",)),
        ("", ("19220382-1",), "a", ("code",)),
        ("深圳市甲乙丙科技有限责任公司", (CODE,), "a", ("code",)),
        ("深圳市旧名实业有限公司", (CODE,), "a", ("code", "former_name")),
        ("深圳市旧名实业有限公司", (), "a", ("former_name",)),
        ("深圳市甲乙丙科技（有限公司）", ("无",), "a", ("name",)),
        ("广州恒裕贸易有限公司", ("440301103097413",), "b", ("registration", "closed")),
        ("深圳市甲乙丙科技有限公司广州分公司", (), "e", ("name", "branch")),
        ("中山華嶺有限公司", (), "f", ("name",)),
        ("珠海宏图有限公司", (), "g", ("name",)),
        ("珠海瑞丰有限公司", (), "h", ("name", "closed")),
    ],
)
def test_a_valid_code_or_the_whole_name_of_one_organisation_is_a_hit(
    snapshot: Snapshot, name: str, codes: tuple[str, ...], uid: str, reasons: tuple[str, ...]
) -> None:
    found = one(snapshot, name, *codes)

    assert (found.state, found.uid, found.reasons, found.candidates) == ("hit", uid, reasons, ())


@pytest.mark.parametrize(
    ("name", "codes", "reasons", "candidates"),
    [
        ("深圳市甲乙丙科技有限公司", ("9.1E+17",), ("wrong_check",), ["a"]),
        ("", ("9.14403E+17",), ("wrong_check",), []),
        ("", (CODE.replace("0", "O"),), ("wrong_check",), ["a"]),
        ("", (CODE[:-1] + "7",), ("wrong_check",), []),
        ("佛山金穗商行", (CODE,), ("contradicted",), ["a", "c", "d"]),
        ("深圳市甲乙丙科技有限公司深圳分公司", (CODE,), ("contradicted", "branch"), ["a"]),
        ("中山华岭有限公司", ("91330203674737244W",), ("contradicted",), ["f"]),
        ("佛山金穗商行", (), ("several",), ["c", "d"]),
        ("", (CODE, "440301103097413"), ("several",), ["a", "b"]),
        ("甲乙丙科技", (), ("similar",), ["a", "e"]),
        ("深圳市甲乙两科技有限公司", (), ("similar",), ["a"]),
        ("深圳市甲乙丙科技有限公司珠海分公司", (), ("branch",), ["a"]),
        ("欧阳明", (), ("name",), ["p"]),
        ("", (), ("empty",), []),
        ("，。——！", ("无",), ("empty",), []),
        ("\u202e\u200f\ufeff", (), ("empty",), []),
    ],
)
def test_what_is_not_sure_is_for_a_person_to_say(
    snapshot: Snapshot,
    name: str,
    codes: tuple[str, ...],
    reasons: tuple[str, ...],
    candidates: list[str],
) -> None:
    found = one(snapshot, name, *codes)

    assert (found.state, found.reasons, found.uid) == ("ask", reasons, "")
    assert [one.uid for one in found.candidates] == candidates


def test_candidates_of_one_name_stand_with_what_tells_them_apart(snapshot: Snapshot) -> None:
    found = one(snapshot, "", CODE, "440301103097413")

    assert found.candidates[0].told_apart == f"深圳市甲乙丙科技有限公司 {CODE}"


@pytest.mark.parametrize(
    ("name", "codes"),
    [("珠海天朗物流有限公司", ()), ("甲乙丙科技", ("91330203674737244W",)), ("甲" * 10_000, ())],
)
def test_nobody_is_meant_by_what_nothing_resembles_or_another_code_denies(
    snapshot: Snapshot, name: str, codes: tuple[str, ...]
) -> None:
    assert one(snapshot, name, *codes) == Found("none")


def test_a_mark_of_direction_changes_no_name(snapshot: Snapshot) -> None:
    assert one(snapshot, "\u202e深圳市甲乙丙\u200f科技有限公司\u202c").uid == "a"


def test_a_row_that_asks_the_same_names_the_first_and_answers_alike(snapshot: Snapshot) -> None:
    rows = [Asked("佛山金穗商行"), Asked(), Asked("佛山金穗商行 "), Asked()]
    found = list(look_up(snapshot, rows))

    assert (found[2].state, found[2].reasons, found[2].first) == ("ask", ("several", "repeated"), 0)
    assert [one.reasons for one in (found[1], found[3])] == [("empty",)] * 2


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=20)), max_size=20))
def test_every_row_is_answered_once_whatever_it_holds(
    snapshot: Snapshot, rows: list[tuple[str, str]]
) -> None:
    found = list(look_up(snapshot, [Asked(name, (code,)) for name, code in rows]))

    assert len(found) == len(rows)
    for row in found:
        assert row.state in {"hit", "none", "ask"}
        assert set(row.reasons) <= set(REASONS)
        assert bool(row.uid) == (row.state == "hit")

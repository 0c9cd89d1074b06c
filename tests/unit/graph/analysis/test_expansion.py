"""Whom to show next beside a party, and what stands beside its name."""

from datetime import date
from pathlib import Path

import pytest

from graph.analysis.expansion import Wanted, expansion, in_common
from graph.analysis.marks import Marks, marks
from graph.errors import AnalysisError
from graph.snapshot.reader import Snapshot
from tests.factory import write_small

DAY = date(2026, 11, 23)
WORTH = {"b": 0.2, "c": 0.9, "d": 0.2}


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    def holds(source: str, target: str, **more: object) -> dict[str, object]:
        return {"type": "HOLDS_SHARES", "source": source, "target": target, "share": 0.5, **more}

    def record(uid: str, subject: str, kind: str, **more: object) -> dict[str, object]:
        decided = date(2025, 1, 1)
        return {"uid": uid, "subject": subject, "class": kind, "decided_on": decided, **more}

    return write_small(
        tmp_path,
        [{"uid": uid, "name": name} for uid, name in zip("abcde", "甲丁丙乙戊", strict=True)],
        [
            holds("a", "b"),
            holds("a", "c"),
            {"type": "BRANCH_OF", "source": "d", "target": "a"},
            holds("b", "e"),
            holds("a", "e", valid_to=date(2020, 1, 1)),
            {"type": "POSSIBLY_SAME", "source": "c", "target": "e", "kind": "lead"},
        ],
        [
            record("r1", "c", "penalty"),
            record("r2", "c", "penalty", status="repaired"),
            record("r3", "c", "honour"),
            record("r4", "c", "permit", decided_on=date(2024, 1, 1)),
        ],
    )


def _next(
    snapshot: Snapshot, wanted: Wanted, day: date | None = DAY
) -> tuple[tuple[str, ...], int]:
    found = expansion(snapshot, "a", {"a"}, wanted, day, lambda uid: WORTH.get(uid, 0.0))
    return found.uids, found.left


def test_the_most_exposed_come_first_and_equal_ones_by_links_and_name(snapshot: Snapshot) -> None:
    assert _next(snapshot, Wanted(10, order="exposure")) == (("c", "b", "d"), 0)
    assert _next(snapshot, Wanted(10, order="degree")) == (("b", "c", "d"), 0)
    assert _next(snapshot, Wanted(10, order="name")) == (("b", "c", "d"), 0)
    assert _next(snapshot, Wanted(2, order="exposure")) == (("c", "b"), 1)


def test_types_way_and_record_choose_among_them(snapshot: Snapshot) -> None:
    assert _next(snapshot, Wanted(10, types=("BRANCH_OF",)))[0] == ("d",)
    assert _next(snapshot, Wanted(10, way="in"))[0] == ("d",)
    assert set(_next(snapshot, Wanted(10, way="out"))[0]) == {"b", "c"}
    assert _next(snapshot, Wanted(10, with_record=True))[0] == ("c",)


def test_a_link_of_another_day_leads_nowhere_unless_all_times_are_asked(snapshot: Snapshot) -> None:
    assert "e" not in _next(snapshot, Wanted(10))[0]
    assert "e" in _next(snapshot, Wanted(10), None)[0]


def test_who_is_shown_comes_no_second_time_and_nobody_unknown_is_asked(snapshot: Snapshot) -> None:
    found = expansion(snapshot, "a", {"a", "b", "c"}, Wanted(10), DAY, lambda _: 0.0)

    assert found.uids == ("d",)
    with pytest.raises(AnalysisError, match="is not in snapshot"):
        expansion(snapshot, "nobody", set(), Wanted(10), DAY, lambda _: 0.0)


def test_marks_count_records_by_what_they_came_to_and_possible_doubles(snapshot: Snapshot) -> None:
    found = marks(snapshot, ["a", "c", "e", "nobody"], DAY)

    days = (date(2024, 1, 1), date(2025, 1, 1))
    assert found["c"] == Marks(1, 1, 0, 1, 1, days)
    assert found["e"] == Marks(doubles=1)
    assert set(found) == {"c", "e"}


def test_what_several_have_in_common_is_beside_each_of_them(snapshot: Snapshot) -> None:
    assert in_common(snapshot, ("b", "c"), {"b", "c"}, None, DAY) == ("e", "a")
    assert in_common(snapshot, ("b", "c"), {"b", "c"}, ("HOLDS_SHARES",), DAY) == ("a",)
    assert in_common(snapshot, ("b", "c"), {"a", "e"}, None, DAY) == ()
    with pytest.raises(AnalysisError, match="is not in snapshot"):
        in_common(snapshot, ("b", "nobody"), set(), None, DAY)

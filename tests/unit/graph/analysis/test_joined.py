"""A snapshot as if two parties were one answers as one in which they are."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.control import controls
from graph.analysis.exposure import expose
from graph.analysis.joined import joined
from graph.analysis.view import open_view
from graph.errors import AnalysisError
from graph.policy.read import load_policy
from tests.factory import write_small

DAY = date(2026, 11, 23)
Row = Mapping[str, Any]
UIDS = "abcdefg"


def _record(number: int, subject: str) -> Row:
    return {
        "uid": f"k{number}", "subject": subject, "class": "court_defaulter", "severity": "serious",
        "decided_on": date(2026, 1, 5),
    }  # fmt: skip


def _as_one(rows: Sequence[Row], ends: Sequence[str]) -> list[Row]:
    """Return rows in which b is a."""
    return [row | {end: "a" for end in ends if row[end] == "b"} for row in rows]


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    links: list[Row] = []
    for number in range(draw(st.integers(1, 9))):
        source, target = draw(st.permutations(UIDS))[:2]
        if {source, target} == {"a", "b"}:
            continue
        kind: Row = draw(
            st.sampled_from(
                [
                    {"type": "HOLDS_SHARES", "share": 0.3},
                    {"type": "GUARANTEES"},
                    {"type": "BRANCH_OF"},
                ]
            )
        )
        links.append({"key": f"l{number}", "source": source, "target": target, **kind})
    records = [
        _record(number, draw(st.sampled_from(UIDS))) for number in range(draw(st.integers(1, 3)))
    ]
    return links, records


@settings(max_examples=15)
@given(_worlds())
def test_exposure_is_that_of_the_graph_in_which_they_are_one(
    tmp_path_factory: pytest.TempPathFactory, world: tuple[list[Row], list[Row]]
) -> None:
    links, records = world
    root = tmp_path_factory.mktemp("joined")
    policy = load_policy(None)
    two = write_small(root, [{"uid": uid} for uid in UIDS], links, records)
    one = write_small(
        root,
        [{"uid": uid} for uid in UIDS if uid != "b"],
        _as_one(links, ("source", "target")),
        _as_one(records, ("subject",)),
    )
    then, real = open_view(joined(two, "a", "b"), policy, DAY), open_view(one, policy, DAY)

    for uid in UIDS.replace("b", ""):
        supposed, found = expose(then, uid), expose(real, uid)
        assert supposed.exposure == pytest.approx(found.exposure, abs=1e-9)
        assert (supposed.own, supposed.level) == (found.own, found.level)
    assert expose(then, "b").uid == "a"


def test_shares_of_both_together_may_control(tmp_path: Path) -> None:
    links = [
        {"type": "HOLDS_SHARES", "source": uid, "target": "c", "share": 0.3} for uid in ("a", "b")
    ]
    snapshot = write_small(tmp_path, [{"uid": uid} for uid in "abc"], links)
    policy = load_policy(None)

    assert controls(open_view(snapshot, policy, DAY), "a") == []
    (held,) = controls(open_view(joined(snapshot, "a", "b"), policy, DAY), "a")
    assert (held.uid, held.votes) == ("c", 0.6)


def test_a_record_that_names_both_counts_once(tmp_path: Path) -> None:
    records = [_record(1, "a"), _record(1, "b")]
    snapshot = write_small(tmp_path, [{"uid": uid} for uid in "ab"], (), records)
    policy = load_policy(None)
    alone = expose(open_view(snapshot, policy, DAY), "a").own

    assert expose(open_view(joined(snapshot, "a", "b"), policy, DAY), "a").own == alone > 0


def test_who_is_not_there_or_one_already_is_refused(tmp_path: Path) -> None:
    snapshot = write_small(tmp_path, [{"uid": uid} for uid in "ab"])
    with pytest.raises(AnalysisError, match="nobody"):
        joined(snapshot, "a", "nobody")
    with pytest.raises(AnalysisError, match="one with the first"):
        joined(snapshot, "a", "a")

"""Merges as facts: whose row names whom, and what falls where a name alone says so."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.presenters.rests import rests_lines
from graph.analysis.conclusions import Control, Share, exposure_level
from graph.analysis.rests import Fact, Rests, rests, stands_without
from graph.analysis.view import View, open_view
from graph.errors import AnalysisError
from graph.policy.read import load_policy
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.snapshot.tables import TABLES
from graph.snapshot.write import write_snapshot
from tests.factory import tables_of

DAY = date(2026, 11, 23)


def _mention(record: str, uid: str, own: str, rule: str) -> dict[str, Any]:
    return {
        "record_id": record, "role": "holder", "own_uid": own, "uid": uid, "name": uid,
        "resource": "shareholding", "batch": "b", "file": "股东.csv", "row": int(record[1:]),
        "rule": rule,
    }  # fmt: skip


def _house(root: Path, mentions: list[dict[str, Any]]) -> tuple[Snapshot, View]:
    """p holds 60 % of a (row 1), a holds 60 % of b (row 2); p has a record (row 3)."""
    tables = tables_of(
        [{"uid": "p", "label": "Person"}, {"uid": "a"}, {"uid": "b"}],
        [
            {"type": "HOLDS_SHARES", "source": "p", "target": "a", "share": 0.6,
             "record_id": "r1", "records": ["r1"]},
            {"type": "HOLDS_SHARES", "source": "a", "target": "b", "share": 0.6,
             "record_id": "r2", "records": ["r2"]},
        ],
        [{"uid": "c1", "subject": "p", "class": "court_defaulter", "record_id": "r3",
          "records": ["r3"]}],
    )  # fmt: skip
    frame = pl.DataFrame(mentions, schema=TABLES["mentions"]).sort("record_id", "role")
    tables["mentions"] = frame
    snapshot = open_snapshot(root / write_snapshot(tables, root, {"test": len(mentions)}))
    return snapshot, open_view(snapshot, load_policy(), DAY)


def test_a_conclusion_that_rests_on_one_name_alone_says_so(tmp_path: Path) -> None:
    snapshot, view = _house(
        tmp_path,
        [
            _mention("r1", "a", "a", "credit_code"),
            _mention("r2", "a", "a-by-name", "full_name"),
        ],
    )
    control = Control(view, "p", "b")

    found = rests(view, control, snapshot)

    merge = Fact("merge", "a-by-name", "a", "full_name")
    assert found.on_one_name == (merge,)
    assert [fact.kind for fact in found.single] == ["link", "link", "merge"]
    assert not stands_without(view, control, [merge], snapshot)
    lines = list(rests_lines(found, snapshot))
    assert "此结论依赖一处仅凭姓名（名称）的合并，须先核对是否同一主体" in lines
    assert any("股东.csv 第 2 行 所列者归为 a" in line for line in lines)


def test_what_an_identifier_or_a_second_row_says_rests_on_no_name(tmp_path: Path) -> None:
    coded = [_mention("r1", "a", "a", "credit_code"), _mention("r2", "a", "x", "credit_code")]
    snapshot, view = _house(tmp_path, coded)
    assert rests(view, Control(view, "p", "b"), snapshot).on_one_name == ()

    judged = [*coded[:1], _mention("r2", "a", "x", "judgement")]
    snapshot, view = _house(tmp_path / "judged", judged)
    found = rests(view, Control(view, "p", "b"), snapshot)
    assert [fact.rule for fact in found.single if fact.kind == "merge"] == ["judgement"]
    assert found.on_one_name == ()


def test_a_record_that_a_name_brings_to_its_subject_falls_with_the_merge(tmp_path: Path) -> None:
    snapshot, view = _house(
        tmp_path,
        [_mention("r1", "p", "p", "identity_number"), _mention("r3", "p", "q", "full_name")],
    )
    level = exposure_level(view, "b", None, None)
    assert level.level != "none"

    found: Rests = rests(view, level, snapshot)

    assert Fact("merge", "q", "p", "full_name") in found.on_one_name
    assert found.smallest == (Fact("record", "c1", "p"),)
    assert not stands_without(view, level, [Fact("record", "c1")], snapshot)
    assert stands_without(view, Share(view, "p", "b", 0.3), [Fact("merge", "q")], snapshot)


def test_what_is_not_in_the_snapshot_cannot_be_supposed_away(tmp_path: Path) -> None:
    snapshot, view = _house(tmp_path, [])
    for fact in (Fact("link", "no"), Fact("record", "no"), Fact("merge", "no")):
        with pytest.raises(AnalysisError, match="is not in snapshot"):
            stands_without(view, Control(view, "p", "b"), [fact], snapshot)
    with pytest.raises(AnalysisError, match="must be above 0"):
        exposure_level(view, "b", None, 0.0)


def test_an_exposure_value_is_a_conclusion_too(tmp_path: Path) -> None:
    _, view = _house(tmp_path, [])
    reached = exposure_level(view, "b", None, 0.1)

    found = rests(view, reached)

    # p's .9 passes two controlling shares: .9 x .6 x .6.
    assert found.stands
    assert found.exact
    assert len(found.single) == 3
    assert not rests(view, exposure_level(view, "b", None, 0.9)).stands

"""A checked list is kept whole, and what a person says of a row counts for those that repeat it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.checked import checked_rows, checked_to_json, read_checked, settled, subjects_of
from app.checklist import check, result_rows
from app.desk.choices import Choices
from app.listing import read_text
from app.settings import read_settings
from graph.errors import DeskError, LoadError
from tests.factory import write_small

DAY, NOW = date(2026, 11, 23), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TWIN = "佛山金穗商行"
TEXT = f"名称\n{TWIN}\n深圳甲乙丙科技有限公司\n\n{TWIN}\n没有这样的公司\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Services]:
    """A workspace that knows two firms of one name, one of them with a record."""
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    nodes = [
        {"uid": "a", "name": "深圳甲乙丙科技有限公司"},
        {"uid": "b", "name": TWIN},
        {"uid": "c", "name": TWIN},
    ]
    record = {"uid": "k", "subject": "c", "class": "court_defaulter", "severity": "serious"}
    snapshot = write_small(house.workspace.snapshots, nodes, [], [record])
    house.workspace.set_current(snapshot.id)
    yield house
    house.close()


def test_a_checked_list_is_read_back_as_it_was(house: Services, tmp_path: Path) -> None:
    listing = read_text(TEXT, "t")
    done = check(house, listing, DAY, with_levels=True)
    path = tmp_path / "answer.txt"
    path.write_text(json.dumps(checked_to_json(done)), "utf-8")

    again = read_checked(listing, path)

    assert list(result_rows(again)) == list(result_rows(done))
    assert again.counts == done.counts == {"hit": 1, "none": 1, "ask": 3}
    assert replace(again, took=done.took, levels=done.levels) == done
    with pytest.raises(LoadError, match="another list"):
        read_checked(read_text("名称\n甲公司\n", "t"), path)
    with pytest.raises(LoadError, match="cannot be read"):
        read_checked(listing, tmp_path / "none.txt")


def test_columns_of_a_list_stay_whatever_they_are_called(house: Services) -> None:
    text = f"行,名称,秒,原因,原因（核查）\nA7,{TWIN},12s,旧,更旧\n"
    done = check(house, read_text(text, "t"), DAY)

    header, row = result_rows(done)
    assert len(set(header)) == len(header)
    shown = checked_rows(done, "zh")[0]
    assert (shown["行"], shown["秒"], shown["原因"], shown["原因（核查）"]) == (
        "A7",
        "12s",
        "旧",
        "更旧",
    )
    assert (shown["行（核查）"], shown["原因（核查2）"]) == (2, "多个候选")
    assert set(row) <= set(shown.values())


def test_a_row_is_settled_with_those_that_repeat_it_and_the_counts_follow(
    house: Services, tmp_path: Path
) -> None:
    done = check(house, read_text(TEXT, "t"), DAY, with_levels=True)
    choices = Choices(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    choices.choose("0001", {2: "b"}, "张三", NOW)
    choices.choose("0001", {2: "c", 4: ""}, "张三", NOW)

    after = settled(house, done, choices.standing("0001"))

    assert after.counts == {"hit": 3, "none": 2, "ask": 0}
    header, first, *_, repeated, _ = (
        dict(zip(next(iter(result_rows(after))), row, strict=True)) for row in result_rows(after)
    )
    assert (first["核查结果"], first["实体编号"], first["有效失信记录"]) == ("命中", "c", "1")
    assert first["原因"] == "多个候选；人工选定"
    assert repeated["实体编号"] == "c"
    assert header["核查结果"] == "核查结果"
    assert settled(house, done, {}) is done
    # Only what was for a person to say is: a hit stays what it was.
    choices.choose("0001", {3: "b"}, "张三", NOW)
    assert settled(house, done, choices.standing("0001")).found[1].uid == "a"


def test_a_choice_needs_a_name_behind_it_and_a_party_that_is_there(
    house: Services, tmp_path: Path
) -> None:
    done = check(house, read_text(TEXT, "t"), DAY)
    choices = Choices(f"sqlite:///{tmp_path / 'desk.sqlite'}")

    with pytest.raises(DeskError, match="somebody"):
        choices.choose("0001", {2: "b"}, " ", NOW)
    choices.choose("0001", {2: "gone"}, "张三", NOW)
    with pytest.raises(DeskError, match="is not in snapshot"):
        settled(house, done, choices.standing("0001"))
    choices.close()


def test_who_is_left_out_of_a_list_is_told_why_in_the_readers_language(house: Services) -> None:
    listing = read_text(f"名称\n{TWIN}\n没有这样的公司\n", "t")
    reasons = [
        [one.reason for one in subjects_of(house, listing, DAY, language)[1]]
        for language in ("zh", "en")
    ]
    assert reasons == [["需人工 多个候选", "未命中"], ["for a person several candidates", "no hit"]]

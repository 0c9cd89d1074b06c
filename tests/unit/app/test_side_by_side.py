"""Two parties side by side: differences marked, everything escaped, bounded; effects by column."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.desk.preview import Side
from app.presenters.compare import Row, marked, plain_table, rows_of, table_html
from app.presenters.pairs import affected_text, common_text, side_rows
from graph.analysis.commonness import MOST_COUNTED, commonness
from graph.analysis.identity import compare
from graph.model import Source
from tests.factory import write_small

A = {
    "uid": "a", "name": "深圳市恒裕科技有限公司", "address": "福田路1号", "state": "存续",
    "record_id": "r1",
}  # fmt: skip


def test_differences_are_marked_by_character_and_lists_by_item() -> None:
    assert marked("福田路1号", "福田路12号") == ("福田路1号", "福田路1<mark>2</mark>号")
    assert marked("甲、乙", "乙、丙") == ("<mark>甲</mark>、乙", "乙、<mark>丙</mark>")
    assert marked("", "<b>") == ("", "&lt;b&gt;")


def test_what_the_data_holds_is_text_never_markup_and_is_cut() -> None:
    evil = "</td><script>alert()</script>"
    row = Row(evil, evil, "甲" * 10_000, None, (evil, ""))
    html = table_html([row], (evil, evil), "zh", blind=False)

    assert "<script" not in html
    assert "…（10000）" in html
    assert len(html) < 3_000
    assert "<script" not in plain_table([{evil: evil}])


def test_an_english_page_names_file_and_row_in_english(tmp_path: Path) -> None:
    found = compare(write_small(tmp_path, [A, {**A, "uid": "b"}]), "a", "b")

    rows = rows_of(found, {"r1": [Source("r1", "market_entity", "b", "a.csv", 3)]}, "en")

    html = table_html(rows, ("A", "B"), "en", blind=False)
    assert "<small>source: a.csv row 3</small>" in html
    assert "：" not in html
    assert "行" not in html


def test_a_blind_judge_gets_the_values_and_not_what_they_speak_for(tmp_path: Path) -> None:
    other: Mapping[str, Any] = {**A, "uid": "b", "name": "深圳市恒裕科技公司", "address": "南山路"}
    found = compare(write_small(tmp_path, [A, other]), "a", "b")
    rows = rows_of(found, {}, "zh")

    seen = table_html(rows, ("甲", "乙"), "zh", blind=False)
    blind = table_html(rows, ("甲", "乙"), "zh", blind=True)

    assert "支持同一" in seen
    assert "支持" not in blind
    assert "<mark>福田</mark>路<mark>1号</mark>" in blind
    alone = [row.what for row in rows if not row.counts]
    assert "住所" not in alone


def test_how_common_a_name_is(tmp_path: Path) -> None:
    nodes = [
        A,
        {"uid": "b", "name": "广州恒裕贸易有限公司"},
        {"uid": "p", "name": "张伟", "label": "Person"},
        {"uid": "q", "name": "张伟", "label": "Person"},
    ]
    snapshot = write_small(tmp_path, nodes)
    firm, person = (commonness(snapshot, snapshot.node(uid)) for uid in ("a", "p"))

    assert (firm.bearers, firm.brand, firm.holders) == (1, "恒裕", 2)
    assert (person.bearers, person.holders) == (2, None)
    said = common_text([person, person], MOST_COUNTED, "zh")
    assert said == "“张伟”2 个主体使用"
    assert "brand “恒裕” in the names of 2 bodies" in common_text([firm], MOST_COUNTED, "en")


@pytest.mark.parametrize(("language", "head"), [("zh", "若同一"), ("en", "if one")])
def test_effects_stand_in_columns_and_say_how_far_was_looked(language: str, head: str) -> None:
    side = Side("a", "甲", 2, 7, 1, 0.9, 0.5556, "high", ("丙公司",))
    rows = side_rows([side, side], [side], language)

    assert [row[head] for row in rows][1:6] == ["2", "7", "1", "0.900", "0.556"]
    assert len(rows[0]) == 4
    said = affected_text(7, 3, 60, 4, language)
    assert all(count in said for count in ("7", "3", "60", "4"))

"""Mentions: every party that a row names, whatever the resource declared when it was loaded."""

from pathlib import Path

from app.bootstrap import open_services
from app.settings import read_settings
from loaders.resolve.mentions import mentions_of, statements

HOLDERS = "企业名称,统一社会信用代码,股东名称,认缴出资额（万元）,持股比例\n"
ROWS = "深圳市甲乙丙科技有限公司,914403001922038216,张三,60,60%\n"


def test_rows_loaded_before_a_column_was_declared_are_read_as_without_it(tmp_path: Path) -> None:
    (tmp_path / "股东及出资.csv").write_text(HOLDERS + ROWS, "utf-8")
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    files = [tmp_path / "股东及出资.csv"]
    done = house.load(files, "shareholding", to_store=False, progress=lambda _: None)
    assert [one.loaded for one in done.files] == [1]
    now = statements(house.ledger, "shareholding")
    before = now.drop(name for name in now.columns if name.startswith("v_votes"))
    assert before.width < now.width

    found = mentions_of({"shareholding": before}, house.catalogue)

    assert set(found.rows["shareholding"].columns) == set(now.columns)
    assert found.rows["shareholding"]["v_votes"].to_list() == [None]
    assert found.rows["shareholding"].schema["v_votes"] == now.schema["v_votes"]
    expected = mentions_of({"shareholding": now}, house.catalogue).frame
    assert found.frame.equals(expected)
    assert set(found.frame["name"]) == {"深圳市甲乙丙科技有限公司", "张三"}

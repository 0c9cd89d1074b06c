"""Files are read several at a time: what becomes of each is as if they came one by one."""

from pathlib import Path

from app.loads import Loads, open_house
from app.settings import read_settings
from loaders.messages import Message

HEADER = "企业名称,统一社会信用代码,股东名称,认缴出资额（万元）,持股比例\n"
ROW = "深圳市甲乙丙科技有限公司,914403001922038216,{},60,60%\n"


def test_files_are_appended_in_name_order_and_one_that_is_refused_stops_no_other(
    tmp_path: Path,
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    # The first takes longest to read.
    (files / "01股东.csv").write_text(
        HEADER + "".join(ROW.format(f"股东{n}号") for n in range(5_000)), "utf-8"
    )
    (files / "02股东.csv").write_text(HEADER + ROW.format("张三"), "utf-8")
    (files / "03空.csv").write_text("", "utf-8")
    (files / "04股东.csv").write_text(HEADER + ROW.format("李四") + ROW.format("张三"), "utf-8")
    told: list[Message] = []
    house = open_house(Loads, read_settings({}, tmp_path / "w"), create=True)

    done = house.load([files], "shareholding", to_store=False, progress=told.append)

    assert [Path(one.file).name[:2] for one in done.files] == ["01", "02", "03", "04"]
    assert [bool(one.refused) for one in done.files] == [False, False, True, False]
    assert [(one.loaded, one.merged) for one in done.files] == [(5_000, 0), (1, 0), (0, 0), (1, 1)]
    assert [batch.file[:2] for batch in house.ledger.batches()] == ["01", "02", "04"]
    assert [(one.values["number"], one.values["total"]) for one in told[:4]] == [
        (number, 4) for number in (1, 2, 3, 4)
    ]


def test_a_file_that_lies_there_twice_is_loaded_once_however_near_its_like_lies(
    tmp_path: Path,
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for name in ("1股东.csv", "2股东.csv", "3股东.csv"):
        (files / name).write_text(HEADER + ROW.format("张三"), "utf-8")
    house = open_house(Loads, read_settings({}, tmp_path / "w"), create=True)

    done = house.load([files], "shareholding", to_store=False, progress=lambda _: None)

    assert [one.again for one in done.files] == [False, True, True]
    assert [one.loaded for one in done.files] == [1, 0, 0]
    assert len(house.ledger.batches()) == 1

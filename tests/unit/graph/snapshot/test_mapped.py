"""A table is laid out alike whether all of it is written or a former one is edited."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.snapshot.folder import digest_of
from graph.snapshot.mapped import (
    Edit,
    frame_of,
    laid_out,
    open_mapped,
    scan_mapped,
    spliced,
    texts_of,
    write_mapped,
)
from graph.snapshot.tables import RECORDS, TABLES

texts = st.one_of(st.none(), st.sampled_from(["", "甲", "乙方", "c" * 40]))
rows = st.lists(
    st.fixed_dictionaries(
        {
            "uid": st.text("ab", min_size=1, max_size=3),
            "name": texts,
            "class": texts,
            "status": texts,
            "case_number": texts,
            "positive": st.one_of(st.none(), st.booleans()),
            "amount": st.one_of(st.none(), st.integers(0, 9).map(float)),
            "records": st.one_of(st.none(), st.lists(st.sampled_from(["r1", "r22"]), max_size=3)),
        }
    ),
    max_size=20,
)


def _frame(items: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(sorted(items, key=lambda item: str(item["uid"])), schema=RECORDS)


def _bytes(table: pa.Table, path: Path) -> bytes:
    digest = write_mapped(table, path)
    assert digest == digest_of(path)
    return path.read_bytes()


@given(before=rows, after=rows, data=st.data())
def test_an_edited_table_has_the_bytes_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[dict[str, object]],
    after: list[dict[str, object]],
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("mapped") / "records.arrow"
    gone = data.draw(st.sets(st.integers(0, max(len(before) - 1, 0)))) if before else set()
    former, made = _frame(before), _frame(after)
    write_mapped(laid_out("records", former), path)
    at = [sum(uid < own for uid in former["uid"]) for own in made["uid"]]
    edit = Edit(np.array(sorted(gone), np.int64), made, np.array(at, np.int64))
    kept = former.with_row_index("place").with_columns(turn=1)
    kept = kept.filter(~pl.col("place").is_in(sorted(gone)))
    new = made.with_columns(place=pl.Series(at, dtype=pl.UInt32), turn=0)
    whole = pl.concat([kept, new.select(kept.columns)]).sort("place", "turn", maintain_order=True)
    whole = whole.select(former.columns)

    table = spliced("records", open_mapped(path), edit)

    assert frame_of("records", table).equals(whole)
    other = path.with_name("other.arrow")
    assert _bytes(table, other) == _bytes(laid_out("records", whole), other)


@given(items=rows)
def test_what_is_read_back_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("mapped") / "records.arrow"
    frame = _frame(items)

    write_mapped(laid_out("records", frame), path)

    assert frame_of("records", open_mapped(path)).equals(frame)
    assert scan_mapped("records", path).collect().equals(frame)
    assert scan_mapped("records", path).collect().schema == pl.Schema(RECORDS)


def test_every_type_of_a_column_has_a_narrow_one() -> None:
    for table, columns in TABLES.items():
        assert laid_out(table, pl.DataFrame(schema=columns)).num_rows == 0


def test_a_table_of_the_former_form_can_be_edited(tmp_path: Path) -> None:
    frame = _frame([{"uid": uid, "status": "active", "case_number": "1号"} for uid in "abc"])
    former = laid_out("records", frame)
    # Form 3 chose by the data which texts stand as numbers: others than are declared now.
    for name, kind in (
        ("case_number", pa.dictionary(pa.int32(), pa.string())),
        ("status", pa.string()),
    ):
        place = former.column_names.index(name)
        former = former.set_column(place, name, former.column(name).cast(kind))
    edit = Edit(np.array([1]), frame.clear(), np.array([], np.int64))

    table = spliced("records", former, edit)

    path = tmp_path / "t.arrow"
    assert _bytes(table, path) == _bytes(laid_out("records", frame[[0, 2]]), path)


def test_pandas_is_not_loaded_to_lay_a_table_out_or_to_edit_it() -> None:
    # pyarrow imports it for numbers of numpy, in a third of a second, and makes nothing of it.
    code = """
import sys
import numpy as np
import polars as pl
from graph.snapshot.mapped import Edit, laid_out, numbers, spliced
from graph.snapshot.tables import RECORDS
frame = pl.DataFrame([{"uid": "a", "status": None}, {"uid": "b", "status": "x"}], schema=RECORDS)
table = laid_out("records", frame)
table = spliced("records", table, Edit(np.array([0]), frame[:1], np.array([0])))
table.take(numbers(np.array([1]))).to_pylist()
sys.exit("pandas" in sys.modules)
"""

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_texts_are_taken_where_they_lie_only_if_all_are_there_and_equally_long() -> None:
    table = pa.table({"a": ["xy", "zw"], "b": ["x", "yz"], "c": ["xy", None]})

    assert texts_of(table, "a").tolist() == [b"xy", b"zw"]  # type: ignore[union-attr]
    assert texts_of(table.slice(1), "a").tolist() == [b"zw"]  # type: ignore[union-attr]
    assert [texts_of(table, name) for name in ("b", "c", "missing")] == [None, None, None]
    assert texts_of(table.slice(2), "a") is None
